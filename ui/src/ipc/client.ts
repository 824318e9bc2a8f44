// Commands as plain promises: data when it worked, a thrown ProblemError when not.
import { backend, type Commands } from "./backend";
import { ProblemError, toProblem } from "./errors";
import type { Definite, Problem } from "./types";

interface Ok { status: "ok"; data: unknown }
type Data<R> = [Extract<R, Ok>] extends [never] ? R : Extract<R, Ok>["data"];
type Api = {
  [K in keyof Commands]: (...args: Parameters<Commands[K]>) => Promise<Definite<Data<Awaited<ReturnType<Commands[K]>>>>>;
};

type Outcome = Ok | { status: "error"; error: Problem };
const isOutcome = (value: unknown): value is Outcome =>
  typeof value === "object" && value !== null && "status" in value && ("data" in value || "error" in value);

/** Unwraps a command's result. The shell reports failures as values, the bridge itself by throwing; both end alike. */
export async function unwrap(pending: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await pending;
  } catch (thrown) {
    throw new ProblemError(toProblem(thrown));
  }
  if (!isOutcome(value)) return value;
  if (value.status === "error") throw new ProblemError(toProblem(value.error));
  return value.data;
}

type Any = (...args: unknown[]) => Promise<unknown>;

export const api = new Proxy({} as Api, {
  get: (_, name) => (...args: unknown[]) => unwrap((backend().commands[name as keyof Commands] as Any)(...args)),
});
