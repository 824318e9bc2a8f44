import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { install } from "@/ipc/demo";
import { App } from "./App";

beforeEach(() => {
  install();
  location.hash = "#/";
});

const open = () => ({ user: userEvent.setup(), ...render(<App />) });
const SLOW = { timeout: 8000 };

it("goes from a pasted link to a ready server", async () => {
  const { user } = open();
  await user.type(await screen.findByTestId("paste-input"), "https://github.com/ada/notes-mcp{Enter}");
  expect(await screen.findByTestId("exact-command", undefined, SLOW)).toHaveTextContent("uvx notes-mcp@0.9.1 <allowed_directory>");
  expect(screen.getByTestId("warnings")).toHaveTextContent("Catwalk does not run it");
  expect(screen.getByTestId("evidence")).toHaveTextContent("README.md:48");
  await user.click(screen.getByTestId("allow"));
  await user.type(await screen.findByTestId("field-env:NOTES_API_KEY"), "wrong");
  await user.click(screen.getByTestId("pick-field-arg:0"));
  await waitFor(() => expect(screen.getByTestId("field-arg:0")).toHaveValue("/home/ada/Documents"));
  await user.click(screen.getByTestId("field-env:NOTES_REGION"));
  await user.click(await screen.findByTestId("option-eu"));
  await user.click(screen.getByTestId("deploy"));
  expect(await screen.findByText("Notes API key must start with nk_.")).toBeInTheDocument();
  await user.clear(screen.getByTestId("field-env:NOTES_API_KEY"));
  await user.type(screen.getByTestId("field-env:NOTES_API_KEY"), "nk_1");
  await user.click(screen.getByTestId("deploy"));
  expect(await screen.findByTestId("phase-installing", undefined, SLOW)).toBeInTheDocument();
  await waitFor(() => expect(screen.getByTestId("status")).toHaveAttribute("data-state", "ready"), SLOW);
  expect(screen.getByTestId("endpoint-url")).toHaveTextContent("http://127.0.0.1:4517/mcp/team-notes");
}, 30_000);

it("shows a problem under the box and keeps what was typed", async () => {
  const { user } = open();
  await user.type(await screen.findByTestId("paste-input"), "npx missing{Enter}");
  expect(await screen.findByTestId("problem", undefined, SLOW)).toHaveAttribute("data-code", "notFound");
  expect(screen.getByTestId("paste-input")).toHaveValue("npx missing");
});

it("connects an AI app after showing the change, and takes it back", async () => {
  location.hash = "#/servers/a1/connect";
  const { user } = open();
  await user.click(await screen.findByTestId("connect-claude-code"));
  expect(await screen.findByTestId("connect-diff")).toHaveTextContent('"url": "http://127.0.0.1:4517/mcp/filesystem"');
  await user.click(screen.getByTestId("apply-connect"));
  await user.click(await screen.findByTestId("undo-connect"));
  expect(await screen.findByTestId("connect-claude-code")).toBeInTheDocument();
});

it("runs a tool and shows its answer", async () => {
  location.hash = "#/servers/a1";
  const { user } = open();
  await user.click(await screen.findByTestId("try-read_text_file"));
  await user.click(screen.getByTestId("tool-run"));
  await user.type(await screen.findByTestId("arg-path"), "/tmp/x");
  await user.click(screen.getByTestId("tool-run"));
  expect(await screen.findByTestId("tool-result")).toHaveTextContent("book the train");
});

it("has its keys", async () => {
  const { user } = open();
  await screen.findByTestId("server-filesystem");
  await user.keyboard("{Control>}n{/Control}");
  expect(location.hash).toBe("#/new");
  await user.keyboard("{Escape}");
  expect(location.hash).toBe("#/");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "sett{Enter}");
  expect(location.hash).toBe("#/settings");
});

it("asks before it deletes", async () => {
  location.hash = "#/servers/a4";
  const { user } = open();
  await user.click(await screen.findByTestId("delete"));
  await user.click(await screen.findByTestId("confirm-delete"));
  await waitFor(() => expect(location.hash).toBe("#/"));
  await waitFor(() => expect(screen.queryByText("Linear")).toBeNull());
});
