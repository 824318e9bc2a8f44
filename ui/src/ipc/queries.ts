// Server state, keyed by noun, so that an event's tag names what became stale.
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";

export const queries = {
  app: () => queryOptions({ queryKey: ["app"], queryFn: () => api.appState() }),
  deployments: () => queryOptions({ queryKey: ["deployments"], queryFn: () => api.listDeployments() }),
  deployment: (id: string) =>
    queryOptions({ queryKey: ["deployments", id], queryFn: () => api.getDeployment(id) }),
  history: (id: string) =>
    queryOptions({ queryKey: ["deployments", id, "history"], queryFn: () => api.statusHistory(id) }),
  form: (id: string) =>
    // Not under the deployments: a change of status changes no answer. Read anew each time it is opened.
    queryOptions({ queryKey: ["form", id], queryFn: () => api.deploymentForm(id), staleTime: 0, gcTime: 0 }),
  endpoint: (id: string) =>
    queryOptions({ queryKey: ["deployments", id, "endpoint"], queryFn: () => api.endpoint(id, false) }),
  tools: (id: string, since: number) =>
    queryOptions({ queryKey: ["tools", id, since], queryFn: () => api.listTools(id), retry: false }),
  // An app may have been installed since.
  clients: () => queryOptions({ queryKey: ["clients"], queryFn: () => api.listClients(), staleTime: 0 }),
  links: () => queryOptions({ queryKey: ["clients", "links"], queryFn: () => api.clientLinks() }),
  sets: () => queryOptions({ queryKey: ["settings", "sets"], queryFn: () => api.listSets() }),
  all: () => queryOptions({ queryKey: ["settings", "all"], queryFn: () => api.endpointOfMany(null, false) }),
  metrics: () => queryOptions({ queryKey: ["settings", "metrics"], queryFn: () => api.metrics(false) }),
  // Not kept: the limit changes with every question, the code with every sign-in.
  github: () => queryOptions({ queryKey: ["settings", "github"], queryFn: () => api.githubAccount(), staleTime: 0 }),
  listings: (question: string) => queryOptions({ queryKey: ["listings", question], queryFn: () => api.searchListings(question) }),
  glama: (question: string) => queryOptions({ queryKey: ["glama", question], queryFn: () => api.searchGlama(question), retry: false }),
  listingIcon: (name: string) => queryOptions({ queryKey: ["listing-icon", name], queryFn: () => api.listingIcon(name), staleTime: Infinity, retry: false }),
  glamaSettings: () => queryOptions({ queryKey: ["settings", "glama"], queryFn: () => api.glamaSettings() }),
  modelSettings: () => queryOptions({ queryKey: ["settings", "model"], queryFn: () => api.modelSettings() }),
  settings: () => queryOptions({ queryKey: ["settings"], queryFn: () => api.getSettings() }),
};
