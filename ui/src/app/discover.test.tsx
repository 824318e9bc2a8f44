import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { App } from "@/app/App";
import { install } from "@/ipc/demo";

beforeEach(() => {
  install();
  history.replaceState(null, "", "/#/new");
});

const open = () => ({ user: userEvent.setup(), ...render(<App />) });
const SLOW = { timeout: 8000 };

it("finds a server by typing, and analyses the one that is picked with the keys", async () => {
  const { user } = open();
  const field = await screen.findByTestId("search-input", undefined, SLOW);
  await user.type(field, "calendar");
  await waitFor(() => expect(screen.queryAllByTestId(/^listing-/).length).toBe(2), SLOW);
  expect(screen.getByTestId("listing-io.github.bob/old-calendar")).toHaveTextContent("Outdated: Use com.example/calendar");
  expect(screen.getByTestId("listing-com.example/calendar")).toHaveTextContent("Hosted");
  expect(screen.getByTestId("copy-state")).toHaveTextContent("21,408 servers of the MCP Registry, as of 15 minutes ago");
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}{Enter}");
  expect(await screen.findByTestId("exact-command", undefined, SLOW)).toBeInTheDocument();
}, 20_000);

it("says how old the list is when there is no network, and what was not found", async () => {
  history.replaceState(null, "", "/?offline#/new");
  const { user } = open();
  await user.type(await screen.findByTestId("search-input", undefined, SLOW), "nothing like it");
  expect(await screen.findByText("No server was found for “nothing like it”.", undefined, SLOW)).toBeInTheDocument();
  expect(screen.getByTestId("copy-state")).toHaveTextContent("as of 4 days ago. The MCP Registry cannot be reached.");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryAllByTestId(/^listing-/).length).toBe(4), SLOW);
}, 20_000);

it("sets up a model and has it fill the gaps", async () => {
  location.hash = "#/settings";
  const { user } = open();
  await user.type(await screen.findByTestId("model-key", undefined, SLOW), "wrong");
  await user.click(screen.getByTestId("try-model"));
  expect(await screen.findByTestId("problem", undefined, SLOW)).toHaveAttribute("data-code", "credentialRefused");
  await user.clear(screen.getByTestId("model-key"));
  await user.type(screen.getByTestId("model-key"), "sk-good");
  await user.click(screen.getByTestId("try-model"));
  await user.click(await screen.findByTestId("model-choice", undefined, SLOW));
  await user.click(await screen.findByTestId("option-kea/large"));
  await user.click(screen.getByTestId("save-model"));
  expect(await screen.findByTestId("forget-model", undefined, SLOW)).toBeInTheDocument();

  location.hash = "#/new";
  await user.type(await screen.findByTestId("paste-input", undefined, SLOW), "https://github.com/ada/notes-mcp{Enter}");
  await user.click(await screen.findByTestId("estimate-fill", undefined, SLOW));
  expect(await screen.findByText(/README\.md \(about 1800 tokens\) will be sent to OpenRouter, at most \$0\.04\./, undefined, SLOW)).toBeInTheDocument();
  await user.click(screen.getByTestId("fill-gaps"));
  expect(await screen.findByTestId("filled", undefined, SLOW)).toHaveTextContent("One fact is from the model");
}, 30_000);
