// Stands in for the file that the desktop shell generates from its commands; same names, same shapes.
import { invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";

export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

async function call<T>(name: string, args?: Record<string, unknown>): Promise<Result<T, Problem>> {
  try {
    return { status: "ok", data: await invoke<T>(name, args) };
  } catch (e) {
    if (e instanceof Error) throw e;
    return { status: "error", error: e as Problem };
  }
}

export const commands = {
  appState: () => call<AppState>("app_state"),
  analyze: (text: string) => call<Analyzed>("analyze", { text }),
  cancelAnalysis: () => call<null>("cancel_analysis"),
  previewDraft: (draft: string, answers: AnswerInput[]) => call<Preview>("preview_draft", { draft, answers }),
  validateDraft: (draft: string, answers: AnswerInput[]) => call<FieldProblem[]>("validate_draft", { draft, answers }),
  deploy: (draft: string, title: string, answers: AnswerInput[], allowScripts: boolean) =>
    call<DeploymentView>("deploy", { draft, title, answers, allowScripts }),
  listDeployments: () => call<DeploymentView[]>("list_deployments"),
  getDeployment: (id: string) => call<DeploymentView>("get_deployment", { id }),
  startDeployment: (id: string) => call<null>("start_deployment", { id }),
  stopDeployment: (id: string) => call<null>("stop_deployment", { id }),
  restartDeployment: (id: string) => call<null>("restart_deployment", { id }),
  deleteDeployment: (id: string) => call<null>("delete_deployment", { id }),
  allowScripts: (id: string, packages: string[]) => call<null>("allow_scripts", { id, packages }),
  renameDeployment: (id: string, title: string) => call<null>("rename_deployment", { id, title }),
  deploymentForm: (id: string) => call<DeploymentForm>("deployment_form", { id }),
  updateAnswers: (id: string, answers: AnswerInput[]) => call<DeploymentView>("update_answers", { id, answers }),
  listTools: (id: string) => call<ToolView[]>("list_tools", { id }),
  callTool: (id: string, name: string, argumentsJson: string) =>
    call<ToolResult>("call_tool", { id, name, argumentsJson }),
  readLog: (id: string, lines: number) => call<LogLine[]>("read_log", { id, lines }),
  statusHistory: (id: string) => call<StatusEvent[]>("status_history", { id }),
  endpoint: (id: string) => call<EndpointView>("endpoint", { id }),
  revealToken: (id: string) => call<string>("reveal_token", { id }),
  rotateToken: () => call<null>("rotate_token"),
  listClients: () => call<ClientView[]>("list_clients"),
  planConnect: (kind: ClientKind, id: string) => call<ConnectPlan>("plan_connect", { kind, id }),
  applyConnect: (planId: string) => call<ClientLink>("apply_connect", { planId }),
  planDisconnect: (kind: ClientKind, id: string) => call<ConnectPlan>("plan_disconnect", { kind, id }),
  undoConnect: (linkId: string) => call<null>("undo_connect", { linkId }),
  clientLinks: () => call<ClientLink[]>("client_links"),
  getSettings: () => call<SettingsView>("get_settings"),
  setAppearance: (appearance: Appearance) => call<null>("set_appearance", { appearance }),
  setGithubToken: (token: string | null) => call<null>("set_github_token", { token }),
  testDatabase: (url: string) => call<null>("test_database", { url }),
  setDatabase: (url: string | null) => call<null>("set_database", { url }),
  unlockVault: () => call<null>("unlock_vault"),
  pickFolder: () => call<string | null>("pick_folder"),
  pickFile: () => call<string | null>("pick_file"),
  openUrl: (url: string) => call<null>("open_url", { url }),
};

export const events = {
  event: { listen: (cb: (e: { payload: Event }) => void): Promise<UnlistenFn> => listen<Event>("catwalk://event", cb) },
};

export type Analyzed = { id: string; analysis: Analysis; form: Form; preview: Preview };
export type Analysis = {
  source: Source;
  manifest: Manifest;
  evidence: Evidence[];
  warnings: Warning[];
  publisher: string | null;
  publishedAt: number | null;
  commit: string | null;
};
export type AnswerInput = { key: string; values: string[] };
export type AnswerView = { key: string; values: string[]; secretSet: boolean };
export type AppState = { ready: boolean; problem: Problem | null };
export type Appearance = "system" | "light" | "dark";
export type ClientKind = "claudeDesktop" | "claudeCode";
export type ClientLink = { id: string; kind: ClientKind; deployment: string; at: number };
export type ClientView = {
  kind: ClientKind;
  name: string;
  file: string;
  installed: boolean;
  connected: string[];
  entryNames: string[];
};
export type Confidence = "low" | "medium" | "high";
export type ConnectPlan = {
  planId: string;
  file: string;
  diff: DiffLine[];
  conflict: string | null;
  note: string | null;
};
export type DeploymentForm = { form: Form; answers: AnswerView[] };
export type DeploymentView = {
  id: string;
  slug: string;
  title: string;
  source: Source;
  sourceText: string;
  target: Target;
  desired: Desired;
  status: Status;
  statusAt: number;
  endpoint: string;
  version: string | null;
  command: string[];
  description: string | null;
  createdAt: number;
  tools: number | null;
  warnings: Warning[];
  lastCall: LastCall | null;
};
export type Desired = "running" | "stopped";
export type DiffLine = { sign: " " | "+" | "-"; text: string };
export type EndpointView = { url: string; token: string | null };
export type Event = {
  tag: "deployments" | "clients" | "settings" | "log" | "activity";
  id: string | null;
  status: Status | null;
  line: LogLine | null;
  activity: Activity | null;
};
export type Activity = {
  client: string;
  method: string;
  tool: string | null;
  millis: number;
  ok: boolean;
  at: number;
};
export type Evidence = { pointer: string; source: EvidenceSource; excerpt: string; confidence: Confidence };
export type EvidenceSource =
  | { kind: "file"; path: string; line: number | null; url: string | null }
  | { kind: "api"; name: string; url: string }
  | { kind: "pasted" };
export type Field = {
  key: string;
  name: string;
  label: string;
  help: string | null;
  link: string | null;
  kind: FieldKind;
  required: boolean;
  secret: boolean;
  repeated: boolean;
  default: string | null;
  placeholder: string | null;
};
export type FieldKind =
  | { kind: "text" }
  | { kind: "number" }
  | { kind: "boolean" }
  | { kind: "choice"; options: string[] }
  | { kind: "folder" }
  | { kind: "file" };
export type FieldProblem = { key: string; message: string };
export type Fix =
  | { kind: "retry" }
  | { kind: "changeSource" }
  | { kind: "editAnswers"; field: string | null }
  | { kind: "unlockKeychain" }
  | { kind: "openUrl"; label: string; url: string }
  | { kind: "openSettings" }
  | { kind: "showLog" }
  | { kind: "restart" }
  | { kind: "allowScripts"; packages: string[] };
export type Form = { fields: Field[] };
export type GitHubRef = { owner: string; repo: string; tail: string | null };
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type LastCall = { client: string; tool: string | null; at: number; ok: boolean };
export type LogLine = { at: number; stream: "stdout" | "stderr" | "catwalk"; text: string };
export type Manifest = {
  name: string;
  description: string;
  version: string;
  title?: string | null;
  repository?: { url: string; source: string; subfolder?: string | null } | null;
  websiteUrl?: string | null;
  packages?: { registryType: string; identifier: string; version?: string | null }[];
  remotes?: { type: "stdio" | "streamable-http" | "sse"; url?: string | null }[];
};
export type PackageRef = {
  name: string;
  version: string | null;
  bin: string | null;
  args: string[];
  env: Record<string, string>;
  title: string | null;
};
export type Preview = { command: string[]; env: string[]; url: string | null; headers: string[] };
export type Problem = {
  code: ProblemCode;
  title: string;
  explanation: string;
  evidence: string[];
  fix: Fix | null;
};
export type ProblemCode =
  | "sourceNotUnderstood"
  | "notFound"
  | "rateLimited"
  | "offline"
  | "notAServer"
  | "unsupported"
  | "answersInvalid"
  | "credentialRefused"
  | "installFailed"
  | "scriptNotAllowed"
  | "diedAtStart"
  | "crashLoop"
  | "noAnswer"
  | "portInUse"
  | "keychainLocked"
  | "keyLost"
  | "storage"
  | "clientConfig"
  | "cancelled"
  | "internal";
export type SettingsView = {
  appearance: Appearance;
  githubTokenSet: boolean;
  database: { kind: "sqlite" | "postgres"; location: string };
  vault: "unlocked" | "locked" | "unavailable";
  relay: { url: string; problem: Problem | null };
  version: string;
  dataDir: string;
  logDir: string;
};
export type Source =
  | ({ kind: "npm" } & PackageRef)
  | ({ kind: "pypi" } & PackageRef)
  | ({ kind: "github" } & GitHubRef)
  | { kind: "folder"; path: string }
  | { kind: "remote"; url: string; sse: boolean; headers: Record<string, string>; name: string | null };
export type Status =
  | { state: "queued" }
  | { state: "checking" }
  | { state: "installing"; step: string; done: number | null; total: number | null }
  | { state: "starting" }
  | { state: "testing" }
  | { state: "ready"; tools: number }
  | { state: "unhealthy" }
  | { state: "restarting"; at: number; attempt: number }
  | { state: "paused"; problem: Problem }
  | { state: "stopping" }
  | { state: "stopped" }
  | { state: "failed"; problem: Problem };
export type StatusEvent = { at: number; status: Status };
export type Target = "local" | "remote";
export type ToolResult = { content: JsonValue[]; structured: JsonValue | null; isError: boolean; millis: number };
export type ToolView = {
  name: string;
  title: string | null;
  description: string | null;
  inputSchema: JsonValue;
};
export type Warning = { kind: WarningKind; text: string };
export type WarningKind =
  | "deprecated"
  | "veryNew"
  | "installScript"
  | "unverified"
  | "guessed"
  | "dropped"
  | "archived";
