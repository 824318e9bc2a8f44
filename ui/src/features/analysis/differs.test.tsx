import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { Toasts } from "@/components/Toasts";
import { backend, setBackend } from "@/ipc/backend";
import { install } from "@/ipc/demo";
import { analysisOf } from "@/ipc/demo/analyses";
import type { Analyzed } from "@/ipc/types";
import { about, claim } from "./facts";
import { Facts, NotFound } from "./Facts";

beforeEach(install);

function Shown({ first }: { first: Analyzed }) {
  const [found, setFound] = useState(first);
  return <Facts analysis={found.analysis} draft={found.id} onTaken={setFound} />;
}

const show = (first: Analyzed) =>
  render(<QueryClientProvider client={new QueryClient()}><Toasts><Shown first={first} /></Toasts></QueryClientProvider>);

it("shows both sides of a contradiction beside the fact, and takes the other on a click", async () => {
  const { commands, listen } = backend();
  const takeSide = vi.fn(commands.takeSide);
  setBackend({ commands: { ...commands, takeSide }, listen });
  show(analysisOf("notes", "d1"));
  const dispute = await screen.findByTestId("dispute");
  expect(dispute.closest("li")).toHaveTextContent("NOTES_REGION");
  const sides = () => within(screen.getByTestId("dispute")).getAllByRole("listitem").map((s) => s.textContent);
  expect(sides()).toEqual([expect.stringMatching(/must be given · taken.*README\.md:52/), expect.stringMatching(/need not be given.*smithery\.yaml:9/)]);
  await userEvent.click(screen.getByTestId("take-0-1"));
  expect(takeSide).toHaveBeenCalledWith("d1", 0, 1);
  expect(await screen.findByTestId("take-0-0")).toBeInTheDocument();
  expect(sides()[1]).toContain("taken");
});

it("says what each side says", () => {
  const side = (says: Parameters<typeof claim>[0]["says"]) => claim({ says, source: { kind: "pasted" } });
  expect([side({ kind: "required" }), side({ kind: "optional" }), side({ kind: "default", value: "eu" }), side({ kind: "default", value: "" })]).toEqual([
    "must be given", "need not be given", "is “eu” by default", "is empty by default",
  ]);
});

it("finds the contradictions of a fact by its place", () => {
  const { disputes } = analysisOf("notes", "x").analysis;
  expect(about(disputes, "/packages/0/environmentVariables/1").map(([number]) => number)).toEqual([0]);
  expect(about(disputes, "/packages/0/environmentVariables/0")).toEqual([]);
});

it("says of each gap what was looked for, where, and what to do", () => {
  render(<NotFound gaps={analysisOf("notes", "x").analysis.gaps} />);
  const tools = screen.getAllByRole("listitem").find((item) => item.dataset.topic === "tools");
  expect(tools).toHaveTextContent("A list of its tools");
  expect(tools).toHaveTextContent("Looked for in src/notes_mcp/config.py");
  expect(tools).toHaveTextContent("Catwalk asks the server itself");
});
