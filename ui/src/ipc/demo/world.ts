// The demo's state: servers that come up, fail and stop by timers.
import type { DeploymentView, Event, LogLine, Problem, Status, StatusEvent } from "../types";
import { seeds, servers } from "./servers";

const empty = new URLSearchParams(location.search).has("empty");
const listeners = new Set<(event: Event) => void>();

export const deployments = new Map<string, DeploymentView>(empty ? [] : servers.map((s) => [s.id, s]));
export const histories = new Map<string, StatusEvent[]>(empty ? [] : seeds);

const silent = { id: null, status: null, line: null, activity: null, progress: null };
export const tell = (event: Partial<Event> & Pick<Event, "tag">): void => listeners.forEach((l) => l({ ...silent, ...event }));

export function listen(on: (event: Event) => void): Promise<() => void> {
  // One entry per call, as in the shell: the same function may listen twice.
  const listener = (event: Event) => on(event);
  listeners.add(listener);
  return Promise.resolve(() => listeners.delete(listener));
}

export function set(id: string, status: Status): void {
  const server = deployments.get(id);
  if (!server) return;
  const event = { at: Date.now(), status };
  deployments.set(id, { ...server, status, statusAt: event.at, tools: status.state === "ready" ? status.tools : server.tools });
  const history = histories.get(id) ?? [];
  if (status.state !== "installing" || history.at(-1)?.status.state !== "installing") histories.set(id, [...history, event]);
  tell({ tag: "deployments", id, status: event });
}

export function say(id: string, stream: LogLine["stream"], text: string): void {
  tell({ tag: "log", id, line: { at: Date.now(), stream, text } });
}

const wait = (millis: number): Promise<void> => new Promise((done) => setTimeout(done, millis));

export const died: Problem = {
  code: "diedAtStart",
  title: "The server stopped while it was starting",
  explanation: "It ended with exit code 1 right after it was started. Its last lines say why: the API key is missing or wrong.",
  evidence: ["Traceback (most recent call last):", '  File "server.py", line 41, in main', '    raise RuntimeError("NOTES_API_KEY is not valid")', "RuntimeError: NOTES_API_KEY is not valid"],
  fix: { kind: "editAnswers", field: "env:NOTES_API_KEY" },
};

/** Checking → … → Ready, or not. */
export async function bring(id: string, fails = false): Promise<void> {
  const pace = new URLSearchParams(location.search).has("slow") ? 4 : 1;
  set(id, { state: "checking" });
  await wait(400 * pace);
  for (let done = 0; done <= 31; done += 4) {
    set(id, { state: "installing", step: "Downloading Node.js 22.20.0", done: done * 1_000_000, total: 31_400_000 });
    await wait(160 * pace);
  }
  set(id, { state: "starting" });
  await wait(500 * pace);
  if (fails) { set(id, { state: "failed", problem: died }); return; }
  set(id, { state: "testing" });
  await wait(600 * pace);
  set(id, { state: "ready", tools: 5 });
}
