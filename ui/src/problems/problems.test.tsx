import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { expect, it, vi } from "vitest";
import { Tooltip } from "radix-ui";
import { setBackend } from "@/ipc/backend";
import type { Fix, Problem } from "@/ipc/types";
// The generated file as text: the lists in it are the truth about codes and fixes.
import bindings from "../ipc/bindings.ts?raw";
import { faces } from "./codes";
import { label } from "./fixes";
import { ProblemCard } from "./ProblemCard";

const block = (name: string) => {
  const from = bindings.indexOf(`export type ${name} =`);
  return bindings.slice(from, bindings.indexOf(";\n\n", from)).replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
};
const problem = (more: Partial<Problem> = {}): Problem => ({ code: "offline", title: "No network", explanation: "Check it.", evidence: [], fix: null, ...more });
const show = (element: React.ReactNode) => render(<Tooltip.Provider><MemoryRouter>{element}</MemoryRouter></Tooltip.Provider>);

it("has a face for exactly the codes that exist", () => {
  const codes = [...block("ProblemCode").matchAll(/"(\w+)"/g)].map((m) => m[1]);
  expect(codes.length).toBeGreaterThan(15);
  expect(Object.keys(faces).sort()).toEqual(codes.sort());
});

it("has words for every fix that exists", () => {
  const kinds = [...block("Fix").matchAll(/kind: "(\w+)"/g)].map((m) => m[1]);
  expect(kinds.length).toBeGreaterThan(8);
  for (const kind of kinds) expect(label({ kind, label: "Open", packages: [], field: null, url: "" } as unknown as Fix), kind).toBeTruthy();
});

it("shows what happened, the evidence with nothing hidden, and the way out", async () => {
  const retry = vi.fn();
  show(<ProblemCard problem={problem({ evidence: ["exit code 1", "\u001b[31mboom"], fix: { kind: "retry" } })} retry={retry} />);
  expect(screen.getByRole("alert")).toHaveTextContent("No network");
  expect(screen.getByLabelText("Evidence")).toHaveTextContent("exit code 1\\e[31mboom");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

it("is busy while it tries again, and says when that fails", async () => {
  let refuse: (why: Error) => void = vi.fn();
  show(<ProblemCard problem={problem()} retry={() => new Promise((_, reject) => { refuse = reject; })} />);
  await userEvent.click(screen.getByTestId("fix"));
  expect(screen.getByTestId("fix")).toHaveAttribute("aria-busy", "true");
  refuse(new Error("still not"));
  expect(await screen.findByText(/Something went wrong inside Catwalk/)).toBeInTheDocument();
});

it("shows the end of a log, the beginning of anything else, and neither where it stands anyway", () => {
  vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockReturnValue(500);
  const evidence = ["one", "two"];
  const { unmount } = show(<ProblemCard problem={problem({ code: "diedAtStart", evidence })} />);
  expect(screen.getByLabelText("Evidence").scrollTop).toBe(500);
  unmount();
  show(<ProblemCard problem={problem({ code: "answersInvalid", evidence })} />);
  expect(screen.getByLabelText("Evidence").scrollTop).toBe(0);
  show(<ProblemCard problem={problem({ code: "crashLoop", evidence })} brief />);
  expect(screen.getAllByLabelText("Evidence")).toHaveLength(1);
});

it("offers no button that could do nothing here", () => {
  show(<ProblemCard problem={problem({ fix: { kind: "restart" } })} />);
  expect(screen.queryByTestId("fix")).toBeNull();
});

it("offers to try again when nothing better is known", () => {
  show(<ProblemCard problem={problem()} retry={vi.fn()} />);
  expect(screen.getByTestId("fix")).toHaveTextContent("Try again");
});

it("asks before it gives up a key, and only then does it", async () => {
  const startOver = vi.fn(() => Promise.resolve({ status: "ok", data: null }));
  setBackend({ commands: { startOver } as never, listen: () => Promise.resolve(() => undefined) });
  show(<ProblemCard problem={problem({ code: "keyLost", fix: { kind: "startOver" } })} />);
  await userEvent.click(screen.getByTestId("fix"));
  await userEvent.click(screen.getByRole("button", { name: "Not now" }));
  expect(startOver).not.toHaveBeenCalled();
  await userEvent.click(screen.getByTestId("fix"));
  await userEvent.click(screen.getByTestId("confirm-start-over"));
  expect(startOver).toHaveBeenCalledOnce();
});
