import { useMutation, useQueryClient } from "@tanstack/react-query";
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

/** Deletes a server and leaves its page. */
export function useRemove(id: string) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => api.deleteDeployment(id),
    // Here and not where it is called: a refetch may have found the server gone already and taken that part of the page away.
    onSuccess: () => {
      void navigate("/");
      cache.removeQueries({ queryKey: ["deployments", id] });
      cache.setQueryData(queries.deployments().queryKey, (old) => old?.filter((server) => server.id !== id));
      return cache.invalidateQueries({ queryKey: ["deployments"], exact: true });
    },
    onError: useSayFailure(),
  });
}
