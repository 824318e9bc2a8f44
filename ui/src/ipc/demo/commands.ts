import type { Commands } from "../backend";
import type { ClientView, ConnectPlan, DeploymentView, GithubView, Problem, Progress, Scope, SetView, SettingsView } from "../types";
import { analysisOf, limited, missing, several } from "./analyses";
import * as lists from "./listings";
import { servers } from "./servers";
import { log, tools } from "./tools";
import { bring, deployments, histories, say, set, tell } from "./world";

const ok = <T>(data: T) => Promise.resolve({ status: "ok" as const, data });
const fail = (error: Problem) => Promise.resolve({ status: "error" as const, error });
const wait = (millis: number): Promise<void> => new Promise((done) => setTimeout(done, millis));
const problem = (code: Problem["code"], title: string, explanation: string): Problem => ({ code, title, explanation, evidence: [], fix: null });

let drafts = new Map<string, string>();
let cancel: (() => void) | null = null;
const links = new Map<string, { id: string; kind: string; scope: Scope; deployment: string | null; at: number }>();
const plans = new Map<string, { kind: string; scope: Scope; connect: boolean }>();
let sets: SetView[] = [{ name: "work", servers: ["a1", "a2"], url: "http://127.0.0.1:4517/mcp/set/work" }];
const github: GithubView = { tokenSet: false, login: null, canSignIn: true, allowance: { limit: 60, remaining: 41, reset: Date.now() + 1_800_000 }, code: null, problem: null };
const steps: Omit<Progress, "about">[] = [
  { step: "resolve", done: 0, total: 0 }, { step: "tree", done: 42, total: 0 }, { step: "files", done: 2, total: 9 },
  { step: "files", done: 9, total: 9 }, { step: "packages", done: 0, total: 1 }, { step: "merge", done: 1, total: 1 },
];
const settings: SettingsView = {
  appearance: (localStorage.getItem("appearance") as SettingsView["appearance"] | null) ?? "system",
  githubTokenSet: false,
  database: { kind: "sqlite", location: "/home/ada/.local/share/app.catwalk.desktop/catwalk.db", pending: null },
  vault: "unlocked",
  relay: { url: "http://127.0.0.1:4517" },
  version: "0.1.0",
  dataDir: "/home/ada/.local/share/app.catwalk.desktop",
  logDir: "/home/ada/.local/share/app.catwalk.desktop/logs",
};
const get = (id: string): DeploymentView | undefined => deployments.get(id);
const one = (id: string) => { const found = get(id); return found ? ok(found) : fail(problem("notFound", "There is no such server", "It may have been deleted.")); };
const done = () => ok(null);

function clients(): ClientView[] {
  const bare = new URLSearchParams(location.search).has("noapps");
  const connected = (kind: string) => {
    const scopes = [...links.values()].filter((l) => l.kind === kind).map((l) => l.scope);
    return {
      connected: scopes.flatMap((s) => (s.kind === "server" ? [s.id] : [])),
      all: scopes.some((s) => s.kind === "all"),
      sets: scopes.flatMap((s) => (s.kind === "set" ? [s.name] : [])),
    };
  };
  return [
    { kind: "claude-desktop", name: "Claude Desktop", file: "/home/ada/.config/Claude/claude_desktop_config.json", installed: !bare, ...connected("claude-desktop") },
    { kind: "claude-code", name: "Claude Code", file: "/home/ada/.claude.json", installed: !bare, ...connected("claude-code") },
  ];
}

/** What comes after /mcp in its address, and the name of its entry. */
function place(scope: Scope): { path: string; name: string } {
  if (scope.kind === "all") return { path: "", name: "catwalk" };
  if (scope.kind === "set") return { path: `/set/${scope.name}`, name: `catwalk-${scope.name}` };
  const slug = get(scope.id)?.slug ?? "server";
  return { path: `/${slug}`, name: slug };
}

function plan(kind: string, scope: Scope, connect: boolean): ConnectPlan {
  const planId = `plan-${Date.now()}`;
  plans.set(planId, { kind, scope, connect });
  const { path, name } = place(scope);
  const bridge = ["bridge", path.slice(1)].filter(Boolean).map((word) => `"${word}"`).join(", ");
  const entry = kind === "claude-desktop"
    ? [`    "${name}": {`, '      "command": "/usr/lib/catwalk/catwalk",', `      "args": [${bridge}]`, "    },"]
    : [`    "${name}": {`, '      "type": "http",', `      "url": "http://127.0.0.1:4517/mcp${path}",`, '      "headers": { "Authorization": "Bearer ••••••••" }', "    },"];
  const sign = connect ? "+" : "-";
  const same = (text: string) => ({ sign: " ", text });
  return {
    planId, file: clients().find((c) => c.kind === kind)?.file ?? "", entryName: name,
    diff: [same("{"), same('  "mcpServers": {'), ...entry.map((text) => ({ sign, text })), same('    "github": {'), same('      "command": "docker",')],
    note: kind === "claude-desktop" ? "Close Claude Desktop completely and open it again to see the server." : null,
  };
}

export const demoCommands: Commands = {
  appState: () => {
    const search = new URLSearchParams(location.search);
    const broken: Problem | null = search.has("port")
      ? { ...problem("portInUse", "Another program uses Catwalk’s port", "AI apps reach your servers at port 4517 of this computer, and another program took it. Close that program and try again, or let Catwalk use another port for good."), evidence: ["127.0.0.1:4517 is in use"], fix: { kind: "useAnotherPort" } }
      : search.has("database")
        ? { ...problem("storage", "The database does not answer", "Catwalk’s database is on another computer that cannot be reached now. Check the network and whether the database runs."), evidence: ["db.example:5432: connection refused"], fix: { kind: "retry" } }
        : null;
    return ok({ ready: !broken, appearance: settings.appearance, problem: broken, externalDatabase: search.has("database") });
  },
  retryStart: done,
  restoreDatabase: done,
  useAnotherPort: done,
  useBuiltInDatabase: done,
  analyze: async (text, again) => {
    const stopped = new Promise<boolean>((stop) => { cancel = () => stop(true); });
    steps.slice(0, text.includes("slow") ? 3 : steps.length).forEach((step, index) => {
      setTimeout(() => tell({ tag: "analysis", progress: { ...step, about: step.step === "files" ? "src/notes/README.md" : "ada/notes-mcp" } }), index * 130);
    });
    const cancelled = await Promise.race([wait(text.includes("slow") ? 60_000 : 900).then(() => false), stopped]);
    if (cancelled) return fail(problem("cancelled", "Cancelled", ""));
    if (text.includes("missing")) return fail(missing);
    if (text.includes("several")) return fail(several);
    if (text.includes("limited") && !github.tokenSet) return fail(limited);
    const id = `draft-${Date.now()}`;
    drafts = drafts.set(id, text);
    const found = analysisOf(text, id);
    return ok(again ? { ...found, lookedAt: Date.now() } : found);
  },
  cancelAnalysis: () => { cancel?.(); return ok(null); },
  previewDraft: (draft, answers) => {
    const base = analysisOf(drafts.get(draft) ?? "", draft).preview;
    const folders = answers.find((a) => a.key === "arg:0")?.values ?? [];
    const region = answers.find((a) => a.key === "env:NOTES_REGION")?.values[0];
    const command = base.command.flatMap((w) => (w === "<allowed_directory>" && folders.length > 0 ? folders : [w]));
    return ok({ ...base, command, env: base.env.map((e) => (region && e.startsWith("NOTES_REGION") ? `NOTES_REGION=${region}` : e)) });
  },
  takeSide: (draft, number, side) => {
    const found = analysisOf(drafts.get(draft) ?? "", draft);
    const dispute = found.analysis.disputes[number];
    const says = dispute?.sides[side]?.says;
    if (!dispute || !says) return fail(problem("notFound", "This analysis is gone", "Paste the link again."));
    dispute.taken = side;
    const field = found.form.fields.find((f) => f.key === "env:NOTES_REGION");
    if (field && says.kind !== "default") field.required = says.kind === "required";
    return ok(found);
  },
  validateDraft: (_, answers) => ok(answers.some((a) => a.key === "env:NOTES_API_KEY" && !a.values[0]?.startsWith("nk_")) ? [{ key: "env:NOTES_API_KEY", message: "Notes API key must start with nk_." }] : []),
  deploy: async (draft, title) => {
    await wait(300);
    const text = drafts.get(draft) ?? "";
    const { analysis, preview } = analysisOf(text, draft);
    const id = `n${Date.now()}`;
    const view: DeploymentView = {
      id, slug: "team-notes", title, source: analysis.source, sourceText: "pypi:notes-mcp", target: "local", desired: "running", status: { state: "queued" }, statusAt: Date.now(),
      endpoint: "http://127.0.0.1:4517/mcp/team-notes", version: analysis.manifest.version, command: preview.command, description: null, isolated: false, createdAt: Date.now(), tools: null, warnings: [], lastCall: null, signIn: null,
    };
    deployments.set(id, view);
    histories.set(id, []);
    tell({ tag: "deployments", id });
    void bring(id, text.includes("dies"));
    return ok(view);
  },
  listDeployments: () => ok([...deployments.values()]),
  getDeployment: (id) => one(id),
  startDeployment: (id) => { void bring(id); return ok(null); },
  stopDeployment: async (id) => { set(id, { state: "stopping" }); await wait(500); set(id, { state: "stopped" }); return ok(null); },
  restartDeployment: (id) => { void bring(id); return ok(null); },
  signIn: async (id) => {
    await wait(1500);
    const found = get(id);
    if (found) deployments.set(id, { ...found, desired: "running", signIn: { signedIn: true, scopes: ["read", "write"], problem: null } });
    set(id, { state: "testing" });
    await wait(600);
    set(id, { state: "ready", tools: 5 });
    return ok(null);
  },
  cancelSignIn: done,
  signOut: (id) => {
    const found = get(id);
    const signIn = servers.find((s) => s.id === "a4")?.signIn ?? null;
    if (found) deployments.set(id, { ...found, signIn });
    if (signIn?.problem) set(id, { state: "failed", problem: signIn.problem });
    return ok(null);
  },
  allowScripts: (id) => { void bring(id); return ok(null); },
  // As in the shell, the window hears of it before the command answers.
  deleteDeployment: async (id) => { deployments.delete(id); tell({ tag: "deployments" }); await wait(100); return ok(null); },
  renameDeployment: (id, title) => { const found = get(id); if (found) deployments.set(id, { ...found, title }); return one(id); },
  setIsolated: (id, isolated) => { const found = get(id); if (found) deployments.set(id, { ...found, isolated }); return ok(null); },
  deploymentForm: () => ok({
    form: analysisOf("notes", "x").form,
    answers: [{ key: "env:NOTES_API_KEY", values: [], secretSet: true }, { key: "arg:0", values: ["/home/ada/Documents", "/home/ada/My Projects"], secretSet: false }, { key: "env:NOTES_REGION", values: ["eu"], secretSet: false }],
  }),
  updateAnswers: async (id) => { await wait(300); void bring(id); return one(id); },
  listTools: async () => { await wait(150); return ok(tools); },
  callTool: async (id, name, argumentsJson) => {
    await wait(400);
    say(id, "stderr", `${name} ${argumentsJson}`);
    return ok({ content: [JSON.stringify({ type: "text", text: `# Plan\n\n- call Grace about the talk\n- book the train\n- ${argumentsJson}` })], structured: JSON.stringify({ bytes: 214, encoding: "utf-8" }), isError: name === "write_file", millis: 38 });
  },
  readLog: () => ok(log),
  statusHistory: (id) => ok(histories.get(id) ?? []),
  endpoint: (id, reveal) => ok({ url: get(id)?.endpoint ?? "", token: reveal ? "cw_7Jq2hVt0m3XbKp9sRzL5yEwA8dNfGu1c" : null }),
  endpointOfMany: (name, reveal) => ok({ url: `http://127.0.0.1:4517/mcp${name === null ? "" : `/set/${name}`}`, token: reveal ? "cw_7Jq2hVt0m3XbKp9sRzL5yEwA8dNfGu1c" : null }),
  listSets: () => ok(sets),
  metrics: (reveal) => ok({ url: "http://127.0.0.1:4517/metrics", token: reveal ? "cw_mQ81vZc4nYt6LrXe0PwHs2KjBa9UdF3g" : null }),
  saveSet: (name, servers) => {
    const slug = name.trim().toLowerCase().replace(/[^a-z0-9]+/g, "-");
    if (slug === "" || slug === "sse") return fail(problem("answersInvalid", "This set needs another name", "Its name becomes part of an address. Use letters and digits, but neither “sse” nor “messages”."));
    const saved = { name: slug, servers, url: `http://127.0.0.1:4517/mcp/set/${slug}` };
    sets = [...sets.filter((s) => s.name !== slug), saved];
    tell({ tag: "settings" });
    return ok(saved);
  },
  deleteSet: (name) => { sets = sets.filter((s) => s.name !== name); tell({ tag: "settings" }); return ok(null); },
  rotateToken: done,
  listClients: () => ok(clients()),
  pasteEntry: (kind, scope) => ok(JSON.stringify({ mcpServers: { [place(scope).name]: kind === "claude-desktop" ? { command: "/usr/lib/catwalk/catwalk", args: ["bridge", place(scope).path.slice(1)].filter(Boolean) } : { type: "http", url: `http://127.0.0.1:4517/mcp${place(scope).path}`, headers: { Authorization: "Bearer cw_7Jq2hVt0m3XbKp9sRzL5yEwA8dNfGu1c" } } } }, null, 2)),
  planConnect: (kind, scope) => ok(plan(kind, scope, true)),
  planDisconnect: (kind, scope) => ok(plan(kind, scope, false)),
  applyConnect: (planId) => {
    const p = plans.get(planId);
    if (!p) return fail(problem("clientConfig", "The file changed meanwhile", "Look at the change again."));
    const key = `${p.kind}/${place(p.scope).name}`;
    const link = { id: key, kind: p.kind, scope: p.scope, deployment: p.scope.kind === "server" ? p.scope.id : null, at: Date.now() };
    if (p.connect) links.set(key, link); else links.delete(key);
    tell({ tag: "clients" });
    return ok(p.connect ? link : null);
  },
  undoConnect: (linkId) => { links.delete(linkId); tell({ tag: "clients" }); return ok(null); },
  clientLinks: () => ok([...links.values()]),
  getSettings: () => ok({ ...settings }),
  setAppearance: (appearance) => { settings.appearance = appearance; return ok(null); },
  setGithubToken: (token) => {
    settings.githubTokenSet = token !== null;
    Object.assign(github, { tokenSet: token !== null, login: token === null ? null : "ada", code: null });
    tell({ tag: "settings" });
    return ok(null);
  },
  githubAccount: () => ok({ ...github }),
  githubSignIn: () => {
    github.code = { code: "WDJB-MJHT", page: "https://github.com/login/device" };
    tell({ tag: "settings" });
    setTimeout(() => { if (github.code) { Object.assign(github, { tokenSet: true, login: "ada", code: null }); settings.githubTokenSet = true; tell({ tag: "settings" }); } }, 3000);
    return ok(github.code);
  },
  cancelGithubSignIn: () => { github.code = null; tell({ tag: "settings" }); return ok(null); },
  testDatabase: async (url) => { await wait(400); return url.includes("wrong") ? fail({ ...problem("storage", "The database does not answer", "Nothing listens at that address. Check host and port, and whether the database runs."), evidence: ["connection refused (os error 111)"], fix: { kind: "retry" } }) : ok(null); },
  setDatabase: (url) => { settings.database = { ...settings.database, pending: url && "postgres://ada:••••@db.example/catwalk" }; return ok(null); },
  unlockVault: () => { settings.vault = "unlocked"; return ok(null); },
  startOver: () => { settings.vault = "unlocked"; settings.githubTokenSet = false; return ok(null); },
  searchListings: async (question) => { await wait(20); return ok({ listings: lists.search(question), status: lists.status() }); },
  searchGlama: () => ok([]),
  refreshListings: async () => { await wait(600); tell({ tag: "listings" }); return ok(lists.status()); },
  listingsStatus: () => ok(lists.status()),
  listingIcon: () => ok(null),
  glamaSettings: () => ok({ ...lists.glama }),
  setGlama: (enabled, key) => { lists.glama.enabled = enabled; if (key !== null) lists.glama.keySet = key !== ""; return ok(null); },
  modelSettings: () => ok({ ...lists.model }),
  tryModel: async (input) => {
    await wait(300);
    if (input.key === "wrong") return fail({ ...problem("credentialRefused", "OpenRouter does not accept your key", "The key is wrong, has expired or was withdrawn. Put in a new one."), fix: { kind: "openSettings" } });
    return ok({ label: null, left: 4.25, models: [{ id: "kea/large", name: "Kea Large", context: 200_000, sentPrice: 2, receivedPrice: 10 }, { id: "kea/tiny", name: "Kea Tiny", context: 32_000, sentPrice: 0, receivedPrice: 0 }] });
  },
  setModel: (input) => { Object.assign(lists.model, { provider: input.provider, base: input.base, model: input.model, name: input.model, keySet: input.key !== null }); return ok(null); },
  forgetModel: () => { Object.assign(lists.model, { provider: null, base: null, model: null, name: null, keySet: false }); return ok(null); },
  estimateFill: async () => { await wait(200); return ok({ provider: "OpenRouter", model: "Kea Large", local: false, files: ["README.md"], gaps: ["the title"], tokens: 1800, dollars: 0.04 }); },
  fillGaps: async (draft) => { await wait(600); return ok(lists.filled({ ...analysisOf("notes", "x"), id: draft })); },
  cancelFill: done,
  pickFolder: () => ok("/home/ada/Documents"),
  pickFile: () => ok("/home/ada/key.json"),
  openUrl: done,
};
