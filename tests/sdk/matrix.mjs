// One column of the SDK matrix: node matrix.mjs v1|v2|v2-modern URL. The token is the first line of stdin; each thing
// tried is one line of JSON on stdout. `{"check":"restart"}` asks for the relay to be started anew; a line on stdin says
// that it was.

import { createInterface } from "node:readline";

const [line, url] = process.argv.slice(2);
const v1 = line === "v1";
const modern = line === "v2-modern";
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const token = (await input.next()).value.trim();
const LIMIT = 10_000;

const { Client, StreamableHTTPClientTransport } = v1
  ? {
      ...(await import("@modelcontextprotocol/sdk/client/index.js")),
      ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
    }
  : await import("@modelcontextprotocol/client");
const types = v1 && (await import("@modelcontextprotocol/sdk/types.js"));

const heard = [];
const waiting = new Set();
function hear(notification) {
  heard.push(notification);
  for (const look of waiting) look();
}

/** Resolves when as many notifications of a method have come as are wanted since the last time. */
function wait(method, count = 1) {
  heard.length = 0;
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`no ${method} came`)), LIMIT);
    const look = () => {
      if (heard.filter((it) => it.method === method).length < count) return;
      clearTimeout(late);
      waiting.delete(look);
      done();
    };
    waiting.add(look);
  });
}

const asked = {
  "elicitation/create": { action: "accept", content: { username: "somebody", email: "a@b.example" } },
  "sampling/createMessage": { role: "assistant", model: "none", content: { type: "text", text: "sampled" } },
  "roots/list": { roots: [{ uri: "file:///somewhere" }] },
};
const told = ["notifications/message", "notifications/tools/list_changed", "notifications/resources/updated"];
const schemas = v1 && {
  "elicitation/create": types.ElicitRequestSchema,
  "sampling/createMessage": types.CreateMessageRequestSchema,
  "roots/list": types.ListRootsRequestSchema,
  "notifications/message": types.LoggingMessageNotificationSchema,
  "notifications/tools/list_changed": types.ToolListChangedNotificationSchema,
  "notifications/resources/updated": types.ResourceUpdatedNotificationSchema,
};
const named = (method) => (v1 ? schemas[method] : method);

async function connect() {
  const capabilities = { elicitation: { form: {} }, sampling: {}, roots: { listChanged: true } };
  const versionNegotiation = { mode: modern ? { pin: "2026-07-28" } : "legacy" };
  const client = new Client({ name: `matrix-${line}`, version: "1.0.0" }, { capabilities, ...(!v1 && { versionNegotiation }) });
  for (const [method, answer] of Object.entries(asked)) client.setRequestHandler(named(method), async () => answer);
  for (const method of told) client.setNotificationHandler(named(method), hear);
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

let client;
const call = (name, args = {}, options = {}) =>
  v1 ? client.callTool({ name, arguments: args }, undefined, options) : client.callTool({ name, arguments: args }, options);
const words = (result) => result.content[0].text;
function expect(condition, otherwise) {
  if (!condition) throw new Error(typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise).slice(0, 200));
}
async function says(name, part, args) {
  const result = await call(name, args);
  expect(words(result).includes(part), result);
}

const checks = {
  async initialize() {
    client = await connect();
    const version = v1 ? client.transport.protocolVersion : client.getNegotiatedProtocolVersion();
    expect((version === "2026-07-28") === modern, `the version is ${version}`);
  },
  async list() {
    expect((await client.listTools()).tools.some(({ name }) => name === "test_simple_text"), "no tool");
    expect((await client.listPrompts()).prompts.some(({ name }) => name === "test_simple_prompt"), "no prompt");
    expect((await client.listResources()).resources.some(({ uri }) => uri === "test://static-text"), "no resource");
    expect((await client.listResourceTemplates()).resourceTemplates.length > 0, "no template");
  },
  async call() {
    await says("test_simple_text", "simple text response");
    const read = await client.readResource({ uri: "test://static-text" });
    expect(read.contents[0].text.includes("static text"), read);
    const prompt = await client.getPrompt({ name: "test_prompt_with_arguments", arguments: { arg1: "one", arg2: "two" } });
    expect(prompt.messages[0].content.text.includes("two"), prompt);
  },
  async progress() {
    const seen = [];
    await call("test_tool_with_progress", {}, { onprogress: ({ progress }) => seen.push(progress) });
    expect(seen.join() === "0,50,100", `saw ${seen}`);
  },
  async cancel() {
    const before = Number(words(await call("test_taken_back")));
    const abort = new AbortController();
    const given = call("test_wait", {}, { signal: abort.signal, onprogress: () => abort.abort("enough") });
    await given.then(() => Promise.reject(new Error("it was answered")), () => {});
    for (const late = Date.now() + LIMIT; Number(words(await call("test_taken_back"))) === before; ) {
      expect(Date.now() < late, "the server never heard of it");
    }
  },
  elicitation: () => says("test_elicitation", "accept", { message: "Who?" }),
  sampling: () => says("test_sampling", "sampled", { prompt: "Say it" }),
  roots: () => says("test_roots", "file:///somewhere"),
  async subscription() {
    const uri = "test://static-text";
    const updated = wait("notifications/resources/updated");
    const subscription = modern ? await client.listen({ resourceSubscriptions: [uri] }) : await client.subscribeResource({ uri });
    await Promise.all([updated, call("test_trigger_resource_update", { uri })]);
    if (modern) await subscription.close();
  },
  async logging() {
    const logged = wait("notifications/message", 3);
    logged.catch(() => {});
    if (!modern) await client.setLoggingLevel("debug");
    const meta = { "io.modelcontextprotocol/logLevel": "debug" };
    const params = { name: "test_tool_with_logging", arguments: {}, ...(modern && { _meta: meta }) };
    await client.callTool(params);
    await logged;
  },
  async list_changed() {
    const changed = wait("notifications/tools/list_changed");
    const subscription = modern && (await client.listen({ toolsListChanged: true }));
    await Promise.all([changed, call("test_trigger_tool_change")]);
    if (modern) await subscription.close();
  },
  async big() {
    expect(words(await call("test_big", { bytes: 1 << 20 })).length === 1 << 20, "the length is another");
  },
  async reconnect() {
    console.log(JSON.stringify({ check: "restart" }));
    await input.next();
    try {
      await says("test_simple_text", "simple text response");
    } catch (error) {
      client = await connect();
      await says("test_simple_text", "simple text response");
      return `by a new connection: ${error.message}`;
    }
  },
};

for (const [check, run] of Object.entries(checks)) {
  try {
    const late = new Promise((_, fail) => setTimeout(() => fail(new Error("no answer in time")), 2 * LIMIT).unref());
    const note = await Promise.race([run(), late]);
    console.log(JSON.stringify({ check, ok: true, note }));
  } catch (error) {
    console.log(JSON.stringify({ check, ok: false, note: String(error?.message ?? error).slice(0, 300) }));
    if (check === "initialize") break;
  }
}
await Promise.race([client?.close().catch(() => {}), new Promise((done) => setTimeout(done, 1000))]);
process.exit(0);
