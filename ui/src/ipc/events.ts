// Events say what became stale. Status changes are also written straight into the cache, so that a fast
// install shows every step without a round trip.
import type { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { backend } from "./backend";
import type { DeploymentView, Event } from "./types";

function patch(view: DeploymentView, event: Event): DeploymentView {
  const { status, activity } = event;
  let next = view;
  if (status) next = { ...next, status: status.status, statusAt: status.at, tools: status.status.state === "ready" ? status.status.tools : next.tools };
  if (activity?.tool) next = { ...next, lastCall: activity };
  return next;
}

export function applyEvent(cache: QueryClient, event: Event): void {
  const { id, tag } = event;
  if (id && (event.status ?? event.activity)) {
    cache.setQueryData<DeploymentView>(["deployments", id], (old) => old && patch(old, event));
    cache.setQueryData<DeploymentView[]>(["deployments"], (old) => old?.map((d) => (d.id === id ? patch(d, event) : d)));
  }
  // A download reports many times a second; only a change of state is worth asking again.
  if (tag === "app") {
    void cache.invalidateQueries();
  } else if (tag === "deployments" && event.status?.status.state !== "installing") {
    void cache.invalidateQueries({ queryKey: ["deployments"] });
  } else if (tag === "clients" || tag === "listings" || tag === "settings") {
    void cache.invalidateQueries({ queryKey: [tag] });
  }
}

/** Listens while mounted. */
export function useEvents(on: (event: Event) => void): void {
  useEffect(() => {
    const stopping = backend().listen(on);
    return () => void stopping.then((stop) => stop());
  }, [on]);
}
