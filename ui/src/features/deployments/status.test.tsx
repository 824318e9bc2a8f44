import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Problem, Status } from "@/ipc/types";
import bindings from "../../ipc/bindings.ts?raw";
import { phases } from "./phases";
import { StatusBadge } from "./StatusBadge";
import { isUp, words } from "./status";

const problem: Problem = { code: "diedAtStart", title: "It died", explanation: "", evidence: [], fix: null };
const all: Status[] = [
  { state: "queued" }, { state: "checking" }, { state: "installing", step: "Downloading", done: 1, total: 2 }, { state: "starting" }, { state: "testing" },
  { state: "ready", tools: 1 }, { state: "unhealthy" }, { state: "restarting", at: 3000, attempt: 2 }, { state: "paused", problem }, { state: "stopping" },
  { state: "stopped" }, { state: "failed", problem },
];

it("has words for every state that exists", () => {
  const states = [...bindings.matchAll(/\{ state: "(\w+)"/g)].map((m) => m[1]);
  expect(all.map((s) => s.state)).toEqual(states);
  for (const status of all) {
    const { unmount } = render(<StatusBadge status={status} live />);
    expect(screen.getByTestId("status")).toHaveAttribute("data-state", status.state);
    expect(screen.getByRole("status")).toHaveTextContent(words(status).label);
    unmount();
  }
});

it("says the detail that matters", () => {
  expect(words({ state: "ready", tools: 1 }).detail).toBe("1 tool");
  expect(words({ state: "restarting", at: 3000, attempt: 2 }, 1000).detail).toBe("in 2 s, attempt 2");
  expect(words({ state: "failed", problem }).detail).toBe("It died");
});

it("counts down only while it waits", () => {
  const status: Status = { state: "restarting", at: Date.now() + 60_000, attempt: 2 };
  const { rerender, container } = render(<StatusBadge status={status} live />);
  expect(screen.getByTestId("status")).toHaveTextContent(/^Restarting(in 1 min 0 s|in 60 s), attempt 2$/);
  // What changes every second is not read out.
  expect(screen.getByRole("status")).toHaveTextContent(/^Restarting$/);
  rerender(<StatusBadge status={status} past />);
  expect(screen.getByTestId("status")).toHaveTextContent("RestartingAttempt 2");
  expect(container.querySelector(".breathe")).toBeNull();
});

it("can stop what runs or will run, and nothing else", () => {
  expect(all.filter((s) => !isUp(s)).map((s) => s.state)).toEqual(["paused", "stopping", "stopped", "failed"]);
});

const event = (at: number, status: Status) => ({ at, status });

it("tells the way to Ready, of the last run only", () => {
  const history = [event(1, { state: "checking" }), event(2, { state: "failed", problem }), event(10, { state: "queued" }), event(11, { state: "checking" }), event(15, { state: "starting" })];
  expect(phases("local", history, { state: "starting" }).map((p) => [p.name, p.state, p.from])).toEqual([
    ["checking", "done", 11], ["installing", "skipped", null], ["starting", "now", 15], ["testing", "open", null], ["ready", "open", null],
  ]);
});

it("marks the step that failed", () => {
  const history = [event(1, { state: "checking" }), event(2, { state: "installing", step: "", done: null, total: null }), event(9, { state: "failed", problem })];
  expect(phases("local", history, { state: "failed", problem })[1]).toEqual({ name: "installing", state: "failed", from: 2, to: 9 });
});

it("has no installing for a hosted server", () => {
  expect(phases("remote", [], { state: "testing" }).map((p) => p.name)).toEqual(["checking", "testing", "ready"]);
});
