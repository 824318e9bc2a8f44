import type { Analyzed, Field, Gap, Problem } from "../types";

const field = (key: string, label: string, more: Partial<Field>): Field => ({
  key, name: key.slice(key.indexOf(":") + 1), label, help: null, link: null, kind: { kind: "text" }, required: false, secret: false, repeated: false, default: null, placeholder: null, ...more,
});
const week = 7 * 86_400_000;

export function analysisOf(text: string, id: string): Analyzed {
  const asks = !/memory|time/.test(text);
  const name = asks ? "notes-mcp" : "@modelcontextprotocol/server-memory";
  const odd = text.includes("odd") ? ["--note=‮gpj.exe​", "a b"] : [];
  const fields: Field[] = asks
    ? [
        field("env:NOTES_API_KEY", "Notes API key", { required: true, secret: true, help: "Personal key of your account. Create one at https://notes.example/settings/keys", link: "https://notes.example/settings/keys", placeholder: "nk_…" }),
        field("arg:0", "Allowed folder", { name: "allowed_directory", required: true, repeated: true, kind: { kind: "folder" }, help: "Folders that the server may read and write." }),
        field("env:NOTES_REGION", "Notes region", { required: true, kind: { kind: "choice", options: ["eu", "us", "ap"] }, help: "Where your account lives." }),
        field("env:NOTES_MAX_RESULTS", "Notes max results", { kind: { kind: "number" }, default: "50" }),
        field("env:NOTES_READ_ONLY", "Notes read only", { kind: { kind: "boolean" }, default: "true", help: "Never changes a note." }),
      ]
    : [];
  return {
    id,
    form: { fields },
    answers: [],
    lookedAt: Date.now() - (asks ? 3 * 3_600_000 : 0),
    preview: asks
      ? { command: ["uvx", "notes-mcp@0.9.1", "<allowed_directory>", ...odd], arguments: ["<allowed_directory>", ...odd], env: ["NOTES_API_KEY=••••••••", "NOTES_REGION=<NOTES_REGION>", "NOTES_MAX_RESULTS=50", "NOTES_READ_ONLY=true"], url: null, headers: [] }
      : { command: ["npx", "-y", "@modelcontextprotocol/server-memory@2025.9.25", ...odd], arguments: odd, env: [], url: null, headers: [] },
    analysis: {
      source: { kind: asks ? "pypi" : "npm", name, version: null, bin: null, args: [], env: {}, title: null },
      manifest: {
        name: asks ? "io.github.ada/notes" : "io.github.modelcontextprotocol/memory",
        title: asks ? "Team notes" : "Memory",
        description: asks ? "Search, read and write the notes of your team." : "A knowledge graph that AI apps remember things in between conversations.",
        version: asks ? "0.9.1" : "2025.9.25",
        repository: { url: "https://github.com/ada/notes-mcp", source: "github" },
        packages: [{
          registryType: asks ? "pypi" : "npm", identifier: name, version: asks ? "0.9.1" : "2025.9.25", transport: { type: "stdio" },
          environmentVariables: asks ? [{ name: "NOTES_API_KEY", isSecret: true }, { name: "NOTES_REGION" }] : [],
        }],
      },
      evidence: [
        { pointer: "/packages/0/identifier", source: { kind: "api", name: asks ? "PyPI" : "npm registry", url: "https://pypi.org/pypi/notes-mcp/json" }, excerpt: `"name": "${name}"`, confidence: "high" },
        { pointer: "/packages/0/version", source: { kind: "api", name: asks ? "PyPI" : "npm registry", url: "https://pypi.org/pypi/notes-mcp/json" }, excerpt: "newest version that is not yanked", confidence: "high" },
        ...(asks
          ? ([
              { pointer: "/packages/0/environmentVariables/0", source: { kind: "file", path: "README.md", line: 48, url: "https://github.com/ada/notes-mcp/blob/main/README.md#L48" }, excerpt: "export NOTES_API_KEY=nk_…", confidence: "medium" },
              { pointer: "/packages/0/environmentVariables/1", source: { kind: "file", path: "src/notes_mcp/config.py", line: 17, url: "https://github.com/ada/notes-mcp" }, excerpt: 'region: Literal["eu", "us", "ap"]', confidence: "high" },
            ] as const)
          : []),
        { pointer: "/title", source: { kind: "pasted" }, excerpt: "", confidence: "low" },
      ],
      facts: [
        { topic: "pointsBack", text: `The package “${name}” and this repository name each other.`, source: { kind: "api", name: "GitHub", url: "https://github.com/ada/notes-mcp" } },
        { topic: "age", text: "The package exists for 7 months, in 23 versions.", source: { kind: "api", name: asks ? "PyPI" : "npm registry", url: "https://pypi.org/pypi/notes-mcp/json" } },
        { topic: "requires", text: asks ? "It needs Python >=3.11." : "It needs Node.js >=20.", source: { kind: "api", name: asks ? "PyPI" : "npm registry", url: "https://pypi.org/pypi/notes-mcp/json" } },
        ...(asks ? [] : [{ topic: "downloads", text: "It was downloaded 52,310 times last week.", source: { kind: "api", name: "npm’s counter", url: "https://api.npmjs.org/" } } as const]),
      ],
      warnings: asks
        ? [
            { kind: "veryNew", text: "This version is two days old. Catwalk waits a week before it installs new versions by itself, because bad ones are usually noticed by then." },
            { kind: "installScript", text: "The package wants to run a script while it is installed. Catwalk does not run it." },
            { kind: "unverified", text: "The package does not point back to the repository whose link you pasted." },
          ]
        : [],
      gaps: [
        { topic: "provenance", sought: "A signed statement of who built the package, and from what", places: [asks ? "PyPI" : "the npm registry"], advice: "Most packages have none. Nothing then proves that the published files are those of its source." },
        ...(asks ? [{ topic: "tools", sought: "A list of its tools", places: ["src/notes_mcp/config.py"], advice: "Catwalk asks the server itself when it runs for the first time; its tools are then on its page, where each can be switched off." } satisfies Gap] : []),
      ],
      disputes: asks
        ? [{
            pointer: "/packages/0/environmentVariables/1",
            sides: [
              { says: { kind: "required" }, source: { kind: "file", path: "README.md", line: 52, url: "https://github.com/ada/notes-mcp/blob/main/README.md#L52" } },
              { says: { kind: "optional" }, source: { kind: "file", path: "smithery.yaml", line: 9, url: null } },
            ],
            taken: 0,
          }]
        : [],
      publisher: asks ? "ada" : "modelcontextprotocol",
      publishedAt: Date.now() - (asks ? 2 * 86_400_000 : 5 * week),
      commit: text.includes("github") ? "7c1e4f0b2a9d8e6f5c4b3a2918070605f4e3d2c1" : null,
    },
  };
}

export const missing: Problem = {
  code: "notFound",
  title: "There is no such package",
  explanation: "npm has no package named “server-memorry”. Check the spelling, or paste the link of the package’s page.",
  evidence: ["GET https://registry.npmjs.org/server-memorry → 404 Not Found"],
  fix: { kind: "changeSource" },
};

export const several: Problem = {
  code: "sourceNotUnderstood",
  title: "There are several servers here",
  explanation: "modelcontextprotocol/servers holds 3 servers. Choose the one you want.",
  evidence: [],
  fix: { kind: "chooseSource", choices: [
    { title: "mcp-server-time", detail: "src/time: What time it is, in every time zone", text: "https://github.com/modelcontextprotocol/servers/tree/main/src/time" },
    { title: "@modelcontextprotocol/server-memory", detail: "src/memory: A knowledge graph that lasts", text: "https://github.com/modelcontextprotocol/servers/tree/main/src/memory" },
    { title: "mcp-server-git", detail: "src/git", text: "https://github.com/modelcontextprotocol/servers/tree/main/src/git" },
  ] },
};

export const limited: Problem = {
  code: "rateLimited",
  title: "GitHub asks us to wait",
  explanation: "Too many questions came from this computer’s network. Try again after 14:05 UTC. When you are signed in to GitHub the limit is far higher.",
  evidence: ["API rate limit exceeded for 203.0.113.7."],
  fix: { kind: "signInGithub" },
};
