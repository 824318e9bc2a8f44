// The lists of servers and the model, as the demo has them.
import type { Analyzed, CatalogStatus, FillResult, GlamaView, Listing, ModelSettings } from "../types";

const one = (name: string, title: string, description: string, more: Partial<Listing> = {}): Listing => ({
  name, title, description, version: "1.2.0", publisher: name.startsWith("io.github.") ? `${name.split(/[./]/)[2] ?? ""} on GitHub` : "example.com",
  official: !name.startsWith("io.github."), repository: `https://github.com/${name.split("/")[0] ?? ""}`,
  packages: [{ registryType: "npm", identifier: name }], remotes: [], hosted: false, deprecated: null, icon: null, updatedAt: Date.now() - 86_400_000,
  origin: { kind: "registry" }, paste: name, ...more,
});

const all: Listing[] = [
  one("com.example/github", "GitHub", "Issues, pull requests and code of your repositories", { hosted: true }),
  one("io.github.ada/notes", "Team notes", "Reads and writes notes in a folder", { packages: [{ registryType: "pypi", identifier: "notes-mcp" }] }),
  one("io.github.bob/old-calendar", "Old calendar", "Events of your calendar", { deprecated: "Use com.example/calendar" }),
  one("com.example/calendar", "Calendar", "Events of your calendar", { packages: [], hosted: true }),
];

export const search = (question: string): Listing[] => all.filter((l) => `${l.name} ${l.title ?? ""} ${l.description}`.toLowerCase().includes(question.toLowerCase()));

export const status = (): CatalogStatus => {
  const offline = new URLSearchParams(location.search).has("offline");
  const problem = { code: "offline" as const, title: "The MCP Registry cannot be reached", explanation: "Check that this computer is online.", evidence: [], fix: { kind: "retry" as const } };
  return { entries: 21_408, complete: true, syncedAt: Date.now() - (offline ? 4 * 86_400_000 : 900_000), refreshing: false, problem: offline ? problem : null };
};

export const glama: GlamaView = { enabled: false, keySet: false };
export const model: ModelSettings = { provider: null, base: null, model: null, name: null, keySet: false };

export const filled = (analyzed: Analyzed): FillResult => ({ analyzed, facts: ["/title"], leftOut: [], tokens: 2140, dollars: 0.0034 });
