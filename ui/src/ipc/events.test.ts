import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { servers } from "./demo/servers";
import { applyEvent } from "./events";
import type { DeploymentView, Event } from "./types";

const [server] = servers;
const silent = { id: "a1", status: null, line: null, activity: null, progress: null };

function cacheWith(): QueryClient {
  const cache = new QueryClient();
  cache.setQueryData(["deployments"], servers);
  cache.setQueryData(["deployments", "a1"], server);
  return cache;
}
const apply = (event: Partial<Event> & Pick<Event, "tag">) => {
  const cache = cacheWith();
  applyEvent(cache, { ...silent, ...event });
  return { cache, one: cache.getQueryData<DeploymentView>(["deployments", "a1"]), all: cache.getQueryData<DeploymentView[]>(["deployments"]) };
};

it("shows a new status at once, in the list and on the page", () => {
  const { one, all } = apply({ tag: "deployments", status: { at: 7, status: { state: "ready", tools: 3 } } });
  expect(one).toMatchObject({ status: { state: "ready" }, statusAt: 7, tools: 3 });
  expect(all?.find((d) => d.id === "a1")?.statusAt).toBe(7);
  expect(all?.find((d) => d.id === "a2")?.status.state).toBe("installing");
});

it("asks again after a change, but not for each step of a download", () => {
  const stale = (event: Partial<Event> & Pick<Event, "tag">) => apply(event).cache.getQueryState(["deployments"])?.isInvalidated;
  expect(stale({ tag: "deployments", status: { at: 1, status: { state: "starting" } } })).toBe(true);
  expect(stale({ tag: "deployments", status: { at: 1, status: { state: "installing", step: "x", done: 1, total: 2 } } })).toBe(false);
  expect(stale({ tag: "log", line: { at: 1, stream: "stderr", text: "x" } })).toBe(false);
});

it("remembers the last call", () => {
  const { one } = apply({ tag: "activity", activity: { client: "Claude", method: "tools/call", tool: "echo", millis: 3, ok: true, at: 9 } });
  expect(one?.lastCall).toMatchObject({ client: "Claude", tool: "echo", at: 9 });
});
