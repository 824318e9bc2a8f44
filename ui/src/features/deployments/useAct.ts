import { useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api } from "@/ipc/client";
import { queries } from "@/ipc/queries";
import { useSayFailure } from "@/problems/useSayFailure";

const verbs = {
  start: (id: string) => api.startDeployment(id),
  stop: (id: string) => api.stopDeployment(id),
  restart: (id: string) => api.restartDeployment(id),
};

/** Start, stop or restart a server; failures are said in passing, its status tells the rest. */
export function useAct(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (verb: keyof typeof verbs) => verbs[verb](id),
    onError: useSayFailure(),
    onSettled: () => cache.invalidateQueries({ queryKey: ["deployments"] }),
  });
}

const removing = (id: string) => ["remove", id];

/** Whether it is being deleted, so that nobody is told of what goes missing then. */
export const useIsRemoving = (id: string): boolean => useIsMutating({ mutationKey: removing(id) }) > 0;

/** Deletes a server and leaves its page. */
export function useRemove(id: string) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationKey: removing(id),
    mutationFn: () => api.deleteDeployment(id),
    // Here and not where it is called: a refetch may have found the server gone already and taken that part of the page away.
    onSuccess: async () => {
      void navigate("/");
      cache.setQueryData(queries.deployments().queryKey, (old) => old?.filter((server) => server.id !== id));
      await cache.invalidateQueries({ queryKey: ["deployments"], exact: true });
      // Last, for its page asks anew for what it misses while it is still there.
      cache.removeQueries({ queryKey: ["deployments", id] });
    },
    onError: useSayFailure(),
  });
}
