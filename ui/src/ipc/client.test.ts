import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, expect, it } from "vitest";
import { api } from "./client";
import { ProblemError, toProblem } from "./errors";
import type { Problem } from "./types";

afterEach(clearMocks);

const locked: Problem = { code: "keychainLocked", title: "The keychain is locked", explanation: "Unlock it.", evidence: [], fix: { kind: "unlockKeychain" } };

/** What Tauri rejects with: a plain value for an answered error, an Error for a broken bridge. */
const rejecting = (value: unknown) => mockIPC(() => { throw value; });

it("gives the data of a command", async () => {
  mockIPC((command, args) => (command === "test_database" ? null : { command, args }));
  await expect(api.testDatabase("postgres://x")).resolves.toBeNull();
  await expect(api.getDeployment("a1")).resolves.toEqual({ command: "get_deployment", args: { id: "a1" } });
});

it("throws the problem that a command answers", async () => {
  rejecting(locked);
  const thrown: unknown = await api.listDeployments().catch((e: unknown) => e);
  expect(thrown).toBeInstanceOf(ProblemError);
  expect(toProblem(thrown)).toEqual(locked);
});

it("makes a problem of a broken bridge", async () => {
  rejecting(new Error("command analyze not allowed"));
  const problem = toProblem(await api.analyze("x", false).catch((e: unknown) => e));
  expect(problem.code).toBe("internal");
  expect(problem.evidence).toEqual(["command analyze not allowed"]);
});

it("makes a problem of anything else", () => {
  expect(toProblem("odd").evidence).toEqual(["odd"]);
  expect(toProblem(undefined).code).toBe("internal");
});
