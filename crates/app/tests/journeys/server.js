// A complete MCP server over stdio without dependencies; `manner` is set above this text by fixture.rs.
import { createInterface } from "node:readline";

if (manner === "dies at start") {
  console.error("Traceback: the fixture cannot find its settings");
  process.exit(3);
}
if (manner === "asks for a key" && process.env.FIXTURE_API_KEY !== "kea-right") {
  console.error("Error: 401 Unauthorized: invalid API key");
  process.exit(1);
}

const text = { type: "object", properties: { text: { type: "string" } } };
const tools = ["echo", "env", "pid", "crash"].map((name) => ({ name, description: name, inputSchema: text }));

function call({ name, arguments: args = {} }) {
  if (name === "echo") return args.text;
  if (name === "env") return process.env[args.text] ?? "unset";
  if (name === "pid") return String(process.pid);
  if (name === "crash") {
    console.error("crashing as asked");
    process.exit(7);
  }
  throw new Error(`Unknown tool ${name}`);
}

function answer({ method, params }) {
  if (method === "initialize") {
    const serverInfo = { name: "fixture", version: "1.0.0" };
    return { protocolVersion: params?.protocolVersion ?? "2025-06-18", capabilities: { tools: {} }, serverInfo };
  }
  if (method === "ping" && manner !== "knows no ping") return {};
  if (method === "tools/list") return { tools };
  if (method === "tools/call") return { content: [{ type: "text", text: call(params) }] };
  throw new Error(`Unknown method ${method}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const message = JSON.parse(line);
  if (message.id === undefined) continue;
  let reply;
  try {
    reply = { result: answer(message) };
  } catch (error) {
    reply = { error: { code: -32601, message: error.message } };
  }
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: message.id, ...reply })}\n`);
}
