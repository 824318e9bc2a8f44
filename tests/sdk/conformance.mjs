// What the conformance suite runs as its client: node conformance.mjs CATWALK URL. It puts `catwalk relay` before the
// suite's server at URL and calls it with an official client, so that what the suite judges is the relay's own client.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [catwalk, upstream] = process.argv.slice(2);
const scenario = process.env.MCP_CONFORMANCE_SCENARIO;
const newer = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION === "2026-07-28";
const { Client, StreamableHTTPClientTransport } = newer
  ? await import("@modelcontextprotocol/client")
  : {
      ...(await import("@modelcontextprotocol/sdk/client/index.js")),
      ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
    };

const relay = spawn(catwalk, ["relay", "--json", "--upstream", upstream], { stdio: ["ignore", "pipe", "inherit"] });
const [line] = await new Promise((done) => createInterface(relay.stdout).once("line", (line) => done([line])));
const { url, token } = JSON.parse(line);

/** Something of the right kind for every argument a tool needs. */
function fill(schema = {}) {
  const values = { number: 5, integer: 5, boolean: true, array: [], object: {} };
  const needed = (schema.required ?? []).map((name) => [name, schema.properties?.[name] ?? {}]);
  return Object.fromEntries(needed.map(([name, { type, default: value }]) => [name, value ?? values[type] ?? "text"]));
}

const capabilities = { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: {} };
const options = newer ? { capabilities, versionNegotiation: { mode: "auto" } } : { capabilities };
const client = new Client({ name: "behind-the-relay", version: "1.0.0" }, options);
const accept = async () => ({ action: "accept", content: {} });
if (newer) {
  client.setRequestHandler("elicitation/create", accept);
} else {
  const { ElicitRequestSchema } = await import("@modelcontextprotocol/sdk/types.js");
  client.setRequestHandler(ElicitRequestSchema, accept);
}

try {
  const headers = { Authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  const { tools } = await client.listTools();
  // One scenario wants to have back what the list said of another tool; one says itself what to call.
  const heard = { schema: tools[0]?.inputSchema };
  const { toolCalls } = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
  const calls = tools.map(({ name, inputSchema }) => ({ name, arguments: fill(inputSchema) }));
  for (const call of toolCalls ?? calls) {
    await client.callTool("schema" in call.arguments ? { ...call, arguments: heard } : call);
  }
  await client.close();
} catch (error) {
  console.error(`${scenario}: ${error?.message ?? error}`);
  process.exitCode = 1;
} finally {
  relay.kill("SIGTERM");
  await new Promise((done) => relay.once("exit", done));
}
