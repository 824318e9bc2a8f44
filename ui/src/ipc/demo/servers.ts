import type { DeploymentView, Problem, Source, Status, StatusEvent } from "../types";

const now = Date.now();
const MINUTE = 60_000;

const base = { desired: "running", target: "local", description: null, warnings: [], lastCall: null, tools: null, signIn: null, isolated: false } as const;
const npm = (name: string): Source => ({ kind: "npm", name, version: null, bin: null, args: [], env: {}, title: null });
const pypi = (name: string): Source => ({ kind: "pypi", name, version: null, bin: null, args: [], env: {}, title: null });

const signIn: Problem = {
  code: "signInNeeded", title: "The server asks you to sign in",
  explanation: "It is used with an account. Sign in with your browser; Catwalk seals what it gets for that with a key from this computer’s keychain and shows it to this server alone.",
  evidence: [], fix: { kind: "signIn" },
};

export const servers: DeploymentView[] = [
  {
    ...base, id: "a1", slug: "filesystem", title: "Filesystem", source: npm("@modelcontextprotocol/server-filesystem"),
    sourceText: "npm:@modelcontextprotocol/server-filesystem", version: "2025.8.21", tools: 14, createdAt: now - 9 * 86_400_000,
    endpoint: "http://127.0.0.1:4517/mcp/filesystem", status: { state: "ready", tools: 14 }, statusAt: now - 42 * MINUTE, warnings: [],
    command: ["npx", "-y", "@modelcontextprotocol/server-filesystem@2025.8.21", "/home/ada/Documents", "/home/ada/My Projects"],
    lastCall: { client: "Claude", method: "tools/call", tool: "read_text_file", millis: 12, at: now - 2 * MINUTE, ok: true },
  },
  {
    ...base, id: "a2", slug: "time", title: "Time", source: { kind: "github", owner: "modelcontextprotocol", repo: "servers", tail: "main/src/time" },
    sourceText: "github:modelcontextprotocol/servers/main/src/time", version: "2025.9.25", createdAt: now - 3 * 86_400_000, warnings: [],
    endpoint: "http://127.0.0.1:4517/mcp/time", status: { state: "installing", step: "Downloading Python 3.12.11", done: 11_200_000, total: 28_300_000 }, statusAt: now - 4000,
    command: ["uvx", "mcp-server-time@2025.9.25"],
  },
  {
    ...base, id: "a3", slug: "notes", title: "Team notes", source: pypi("notes-mcp"), sourceText: "pypi:notes-mcp", version: "0.9.1", createdAt: now - 86_400_000,
    endpoint: "http://127.0.0.1:4517/mcp/notes", statusAt: now - 12 * MINUTE, command: ["uvx", "notes-mcp@0.9.1"], warnings: [],
    status: {
      state: "failed",
      problem: {
        code: "credentialRefused", title: "The server refused its API key",
        explanation: "It started, and then said that the key is not valid. Check it where you got it, and put in a new one.",
        evidence: ["2026-11-23 09:12:44 ERROR notes: 401 Unauthorized", '{"error":"invalid_api_key","hint":"Keys start with nk_"}'],
        fix: { kind: "editAnswers", field: "env:NOTES_API_KEY" },
      },
    },
  },
  {
    ...base, id: "a4", slug: "linear", title: "Linear", target: "remote", source: { kind: "remote", url: "https://mcp.linear.app/mcp", sse: false, headers: {}, name: "linear" },
    sourceText: "https://mcp.linear.app/mcp", version: null, createdAt: now - 40 * 86_400_000, statusAt: now - 26 * 60 * MINUTE,
    endpoint: "http://127.0.0.1:4517/mcp/linear", command: [], warnings: [], signIn: { signedIn: false, scopes: [], problem: signIn },
    status: { state: "failed", problem: signIn },
  },
];

const run = (from: number, list: [number, Status][]): StatusEvent[] => list.map(([after, status]) => ({ at: from + after, status }));

export const seeds: [string, StatusEvent[]][] = [
  ["a1", run(now - 43 * MINUTE, [[0, { state: "checking" }], [320, { state: "installing", step: "Installing", done: null, total: null }], [7300, { state: "starting" }], [7900, { state: "testing" }], [8850, { state: "ready", tools: 14 }]])],
  ["a2", run(now - 5000, [[0, { state: "checking" }], [410, { state: "installing", step: "Downloading Python 3.12.11", done: 0, total: null }]])],
  ["a3", run(now - 12 * MINUTE - 9000, [[0, { state: "checking" }], [300, { state: "installing", step: "Installing", done: null, total: null }], [6100, { state: "starting" }], [7200, { state: "testing" }], ...(servers[2] ? [[9000, servers[2].status] as [number, Status]] : [])])],
];
