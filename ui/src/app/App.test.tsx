import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { setBackend, type Commands } from "@/ipc/backend";
import { install } from "@/ipc/demo";
import { demoCommands } from "@/ipc/demo/commands";
import { listen, tell } from "@/ipc/demo/world";
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

it("shows each step of the analysis with its numbers, until it is cancelled", async () => {
  const { user } = open();
  await user.type(await screen.findByTestId("paste-input"), "npx slow{Enter}");
  await waitFor(() => expect(screen.getByTestId("steps")).toHaveTextContent("Reading the files that matter2 of 9"), SLOW);
  expect(screen.getByTestId("steps")).toHaveTextContent("Listing its files42 found");
  await user.click(screen.getByTestId("cancel-analysis"));
  expect(await screen.findByTestId("paste-input")).toHaveValue("npx slow");
});

it("lets the user pick one of several servers", async () => {
  const { user } = open();
  await user.type(await screen.findByTestId("paste-input"), "several{Enter}");
  const choices = await screen.findByTestId("choices", undefined, SLOW);
  expect(choices).toHaveTextContent("src/time: What time it is");
  await user.click(screen.getByText("@modelcontextprotocol/server-memory"));
  expect(await screen.findByTestId("exact-command", undefined, SLOW)).toHaveTextContent("npx -y @modelcontextprotocol/server-memory");
  expect(screen.getByTestId("evidence")).toHaveTextContent("downloaded 52,310 times");
  expect(screen.getByTestId("not-found")).toHaveTextContent("A signed statement of who built the package");
});

it("goes on by itself once GitHub knows the user", async () => {
  const { user } = open();
  await user.type(await screen.findByTestId("paste-input"), "limited{Enter}");
  await screen.findByTestId("github-sign-in", undefined, SLOW);
  await user.click(screen.getByTestId("github-begin"));
  expect(await screen.findByTestId("github-code")).toHaveTextContent("WDJB-MJHT");
  expect(await screen.findByTestId("exact-command", undefined, SLOW)).toBeInTheDocument();
  await user.click(screen.getByTestId("look-again"));
  await waitFor(() => expect(screen.getByTestId("exact-command")).toBeInTheDocument(), SLOW);
  expect(screen.queryByTestId("look-again")).not.toBeInTheDocument();
}, 20_000);

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
  await user.click(screen.getByText("What do you want to run?"));
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

/** The demo's backend with some commands of the test's own. */
const instead = (commands: Partial<Commands>) => setBackend({ commands: { ...demoCommands, ...commands }, listen });
const refused = () => Promise.resolve({ status: "error" as const, error: { code: "storage" as const, title: "The database does not answer", explanation: "", evidence: [], fix: null } });

it("keeps what is typed in a server's settings while its status changes", async () => {
  location.hash = "#/servers/a1/settings?field=";
  const { user } = open();
  const field = await screen.findByTestId("field-env:NOTES_API_KEY");
  await waitFor(() => expect(field).toHaveFocus());
  await user.type(field, "nk_new");
  act(() => tell({ tag: "deployments", id: "a3" }));
  await user.type(field, "er");
  expect(screen.getByTestId("field-env:NOTES_API_KEY")).toHaveValue("nk_newer");
  await user.keyboard("{Escape}{Control>}n{/Control}");
  expect(location.hash).toContain("/servers/a1/settings");
  await user.click(screen.getByTestId("save-answers"));
  await waitFor(() => expect(screen.getByTestId("field-env:NOTES_API_KEY")).toHaveValue(""));
  // Saving starts the server again; the next test is to find it at rest.
  await waitFor(() => expect(screen.getByTestId("status")).toHaveAttribute("data-state", "ready"), SLOW);
}, 20_000);

it("keeps the list when it cannot be read anew, and says so", async () => {
  open();
  await screen.findByTestId("server-filesystem");
  instead({ listDeployments: refused });
  act(() => tell({ tag: "deployments" }));
  expect(await screen.findByTestId("stale")).toHaveTextContent("The database does not answer");
  expect(screen.getByTestId("server-filesystem")).toBeInTheDocument();
  install();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByTestId("stale")).toBeNull());
});

it("copies a configuration that works, without showing the token", async () => {
  location.hash = "#/servers/a1/connect";
  const { user } = open();
  await user.click(await screen.findByTestId("endpoint-entry"));
  await user.click(screen.getByTestId("copy-entry"));
  await waitFor(async () => expect(await navigator.clipboard.readText()).toContain("Bearer cw_"));
  expect(document.body).not.toHaveTextContent("cw_");
});

it("asks before it runs a tool that may destroy something, and gives the focus back", async () => {
  location.hash = "#/servers/a1";
  const { user } = open();
  await user.click(await screen.findByTestId("try-write_file", undefined, SLOW));
  await user.type(screen.getByTestId("arg-path"), "/tmp/x");
  await user.click(screen.getByTestId("tool-run"));
  await user.keyboard("{Control>}n{/Control}");
  expect(location.hash).toBe("#/servers/a1");
  await user.click(screen.getByRole("button", { name: "Not now" }));
  await waitFor(() => expect(screen.getByTestId("tool-run")).toHaveFocus());
  expect(screen.queryByTestId("tool-result")).toBeNull();
  await user.click(screen.getByTestId("tool-run"));
  await user.click(screen.getByTestId("confirm-run"));
  expect(await screen.findByTestId("tool-result")).toBeInTheDocument();
});

it("reads the log again when that failed, instead of starting the server", async () => {
  const startDeployment = vi.fn(demoCommands.startDeployment);
  instead({ readLog: refused, startDeployment });
  location.hash = "#/servers/a1/log";
  const { user } = open();
  await user.click(await screen.findByTestId("fix"));
  install();
  await user.click(await screen.findByTestId("fix"));
  const log = await screen.findByTestId("log");
  expect(startDeployment).not.toHaveBeenCalled();
  // Going up stops following; the end takes it up again.
  Object.defineProperty(log, "scrollHeight", { value: 1000 });
  fireEvent.scroll(log, { target: { scrollTop: 1000 } });
  fireEvent.scroll(log, { target: { scrollTop: 300 } });
  expect(screen.getByTestId("log-follow")).not.toBeChecked();
  fireEvent.scroll(log, { target: { scrollTop: 1000 } });
  expect(screen.getByTestId("log-follow")).toBeChecked();
});

it("takes a planned change of database back", async () => {
  location.hash = "#/settings";
  const { user } = open();
  await user.type(await screen.findByTestId("database-url"), "postgres://ada:x@db.example/catwalk");
  await user.click(screen.getByTestId("test-database"));
  await waitFor(() => expect(screen.getByTestId("save-database")).toBeEnabled());
  await user.click(screen.getByTestId("save-database"));
  await screen.findByTestId("database-pending");
  expect(screen.getByTestId("database-url")).toHaveValue("");
  await user.click(screen.getByTestId("stay-with-file"));
  await waitFor(() => expect(screen.queryByTestId("database-pending")).toBeNull());
});

it("gives an AI app all servers by one entry", async () => {
  location.hash = "#/apps";
  const { user } = open();
  await user.click(await screen.findByTestId("connect-claude-desktop"));
  expect(await screen.findByTestId("connect-diff")).toHaveTextContent('"args": ["bridge"]');
  await user.click(screen.getByTestId("apply-connect"));
  await user.click(await screen.findByTestId("disconnect-claude-desktop"));
  await user.click(await screen.findByTestId("apply-connect"));
  expect(await screen.findByTestId("connect-claude-desktop")).toBeInTheDocument();
});

it("makes, changes and deletes a set", async () => {
  location.hash = "#/apps";
  const { user } = open();
  await user.click(await screen.findByTestId("new-set"));
  await user.click(await screen.findByTestId("save-set"));
  expect(await screen.findByText("Choose at least one server.")).toBeInTheDocument();
  await user.type(screen.getByTestId("set-name"), "At home");
  await user.click(screen.getByTestId("in-set-time"));
  await user.click(screen.getByTestId("save-set"));
  expect(await screen.findByTestId("set-at-home")).toHaveTextContent("Time");
  await user.click(screen.getByTestId("edit-set-at-home"));
  await user.click(await screen.findByTestId("in-set-filesystem"));
  await user.click(screen.getByTestId("save-set"));
  await waitFor(() => expect(screen.getByTestId("set-at-home")).toHaveTextContent("Filesystem, Time"));
  await user.click(screen.getByTestId("connect-set-at-home"));
  expect(await within(await screen.findByRole("dialog")).findByTestId("endpoint-url")).toHaveTextContent("/mcp/set/at-home");
  await user.keyboard("{Escape}");
  await user.click(screen.getByTestId("delete-set-at-home"));
  await user.click(await screen.findByTestId("confirm-delete-set"));
  await waitFor(() => expect(screen.queryByTestId("set-at-home")).not.toBeInTheDocument());
});
