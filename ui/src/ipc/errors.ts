import type { Problem } from "./types";

/** A problem on its way up. Every failed command ends as one of these, so the window has a single kind of failure. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = "ProblemError";
  }
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === "object" && value !== null && "code" in value && "title" in value && "explanation" in value;

/** Whatever was thrown, as a problem a person can read. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  if (isProblem(thrown)) return thrown;
  const line = thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : "";
  return {
    code: "internal",
    title: "Something went wrong inside Catwalk",
    explanation: "This is our fault, not yours. Trying again often helps; the log has the details.",
    evidence: line === "" ? [] : [line],
    fix: { kind: "retry" },
  };
}
