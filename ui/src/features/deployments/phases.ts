// The way to Ready as steps with times, from the status history.
import type { Status, StatusEvent } from "@/ipc/types";

export type PhaseName = "checking" | "installing" | "starting" | "testing" | "ready";
export interface Phase { name: PhaseName; state: "done" | "now" | "failed" | "open" | "skipped"; from: number | null; to: number | null }

const LOCAL: PhaseName[] = ["checking", "installing", "starting", "testing", "ready"];
const REMOTE: PhaseName[] = ["checking", "testing", "ready"];

/** Only the last run counts: everything since it was last put in the queue. */
export function lastRun(history: StatusEvent[]): StatusEvent[] {
  const begins = (event: StatusEvent, index: number) => {
    const before = history[index - 1]?.status.state;
    return event.status.state === "queued" || (event.status.state === "checking" && before !== "queued" && before !== "checking");
  };
  const start = history.findLastIndex(begins);
  return start < 0 ? history : history.slice(start);
}

export function phases(target: "local" | "remote", history: StatusEvent[], now: Status): Phase[] {
  const names = target === "remote" ? REMOTE : LOCAL;
  const run = lastRun(history);
  const place = (state: string) => names.indexOf(state as PhaseName);
  const reached = Math.max(...run.map((e) => place(e.status.state)), place(now.state), 0);
  const broken = now.state === "failed" || now.state === "paused";

  return names.map((name, index) => {
    const first = run.find((e) => e.status.state === name);
    const left = first && run.find((e) => e.at >= first.at && e.status.state !== name && run.indexOf(e) > run.indexOf(first));
    const from = first?.at ?? null;
    const to = left?.at ?? null;
    if (now.state === "ready") return { name, state: first ?? name === "ready" ? "done" : "skipped", from, to };
    if (index === reached) return { name, state: broken ? "failed" : "now", from, to };
    if (index < reached) return { name, state: first ? "done" : "skipped", from, to };
    return { name, state: "open", from: null, to: null };
  });
}
