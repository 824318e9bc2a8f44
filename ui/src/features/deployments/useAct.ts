import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useToast } from "@/components/Toasts";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";

const verbs = {
  start: (id: string) => api.startDeployment(id),
  stop: (id: string) => api.stopDeployment(id),
  restart: (id: string) => api.restartDeployment(id),
  remove: (id: string) => api.deleteDeployment(id),
};

/** Start, stop, restart or delete a server; failures are said in passing, its status tells the rest. */
export function useAct(id: string) {
  const say = useToast();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (verb: keyof typeof verbs) => verbs[verb](id),
    onError: (thrown) => say({ tone: "bad", text: toProblem(thrown).title }),
    onSettled: () => cache.invalidateQueries({ queryKey: ["deployments"] }),
  });
}
