// A status in words. The switch is exhaustive: a new state does not compile until it has some.
import type { Tone } from "@/components/Badge";
import type { Problem, Status } from "@/ipc/types";
import { took } from "@/text/time";

export interface Words { label: string; detail: string | null; tone: Tone; moving: boolean }

const moving = (label: string, detail: string | null = null): Words => ({ label, detail, tone: "accent", moving: true });

/** With the time, what is still to come has a countdown. */
export function words(status: Status, now?: number): Words {
  switch (status.state) {
    case "queued": return moving("Waiting");
    case "checking": return moving("Checking");
    case "installing": return moving("Installing", status.step);
    case "starting": return moving("Starting");
    case "testing": return moving("Testing");
    case "stopping": return { label: "Stopping", detail: null, tone: "plain", moving: true };
    case "restarting": return { label: "Restarting", detail: dueIn(status.at, now, status.attempt), tone: "warn", moving: true };
    case "ready": return { label: "Ready", detail: count(status.tools), tone: "ok", moving: false };
    case "unhealthy": return { label: "Not answering", detail: null, tone: "warn", moving: false };
    case "paused": return { label: "Paused", detail: status.problem.title, tone: "bad", moving: false };
    case "stopped": return { label: "Stopped", detail: null, tone: "plain", moving: false };
    case "failed": return { label: "Failed", detail: status.problem.title, tone: "bad", moving: false };
  }
}

function dueIn(at: number, now: number | undefined, attempt: number): string {
  if (now === undefined) return `Attempt ${attempt}`;
  return `${at > now ? `in ${took(Math.ceil((at - now) / 1000) * 1000).replace(".0", "")}` : "now"}, attempt ${attempt}`;
}

export const count = (tools: number): string => (tools === 1 ? "1 tool" : `${tools} tools`);

/** Whether it is up, so that it can be stopped. */
export const isUp = (status: Status): boolean => !["stopped", "failed", "paused", "stopping"].includes(status.state);

/** The problem a status carries, if any. */
export const problemOf = (status: Status): Problem | null => ("problem" in status ? status.problem : null);
