import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { EndpointView } from "@/ipc/types";
import { useSayFailure } from "@/problems/useSayFailure";

/** A token that is read only when it is shown or copied. */
export function useToken(reveal: () => Promise<EndpointView>) {
  const failed = useSayFailure();
  const [seen, setSeen] = useState<string | null>(null);
  const read = () => reveal().then(({ token }) => token);
  const show = useMutation({ mutationFn: read, onSuccess: setSeen, onError: failed });
  return {
    seen,
    show: () => show.mutate(),
    hide: () => setSeen(null),
    /** What is copied works as it is; the token comes along without being shown. */
    within: (write: (token: string) => string) => async () => {
      const token = seen ?? (await read().catch((thrown: unknown) => { failed(thrown); return null; }));
      return token && write(token);
    },
  };
}
