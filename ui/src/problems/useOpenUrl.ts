import { useCallback } from "react";
import { api } from "@/ipc/client";
import { useSayFailure } from "./useSayFailure";

/** Opens a page in the browser; says so when the system cannot. */
export function useOpenUrl(): (url: string) => void {
  const failed = useSayFailure();
  return useCallback((url: string) => { api.openUrl(url).catch(failed); }, [failed]);
}
