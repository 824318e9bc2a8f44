import { useCallback } from "react";
import { useToast } from "@/components/Toasts";
import { toProblem } from "@/ipc/errors";

/** Says in passing that something did not work, for what needs no card of its own. */
export function useSayFailure(): (thrown: unknown) => void {
  const say = useToast();
  return useCallback((thrown: unknown) => say({ tone: "bad", text: toProblem(thrown).title }), [say]);
}
