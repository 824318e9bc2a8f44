// What an AI app is connected to: one server, a set of them, or all as one.
import type { ClientLink, ClientView, DeploymentView, Scope, SetView } from "@/ipc/types";

export interface Subject {
  /** Unlike for any two subjects. */
  key: string;
  scope: Scope;
  /** As in "… is in Claude Desktop". */
  title: string;
}

export const ofServer = (server: DeploymentView): Subject => ({ key: server.id, scope: { kind: "server", id: server.id }, title: server.title });
export const ofSet = (set: SetView): Subject => ({ key: `set/${set.name}`, scope: { kind: "set", name: set.name }, title: `The set “${set.name}”` });
export const ALL: Subject = { key: "all", scope: { kind: "all" }, title: "All servers" };

export function isConnected(client: ClientView, { scope }: Subject): boolean {
  switch (scope.kind) {
    case "server": return client.connected.includes(scope.id);
    case "set": return client.sets.includes(scope.name);
    case "all": return client.all;
  }
}

/** The change that can be taken back. Of sets and all servers only right after it, by its message. */
export const lastLink = (links: ClientLink[] | undefined, client: ClientView, { scope }: Subject): ClientLink | undefined =>
  scope.kind === "server" ? links?.filter((l) => l.deployment === scope.id && l.kind === client.kind).at(-1) : undefined;
