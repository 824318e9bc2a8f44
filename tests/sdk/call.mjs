// Calls one tool with the official TypeScript client, v1 or v2: node call.mjs v1|v2 URL TOOL JSON < token
// Prints the result as JSON; exits 1 with the error's words.
const [line, url, tool, args] = process.argv.slice(2);
const token = (await new Response(process.stdin).text()).trim();
const { Client, StreamableHTTPClientTransport } = line === "v1"
  ? { ...(await import("@modelcontextprotocol/sdk/client/index.js")), ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")) }
  : await import("@modelcontextprotocol/client");

const headers = token ? { Authorization: `Bearer ${token}` } : {};
const client = new Client({ name: `typescript-${line}`, version: "1.0.0" });
try {
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  const { tools } = await client.listTools();
  if (!tools.some((t) => t.name === tool)) throw new Error(`no tool ${tool} among ${tools.length}`);
  console.log(JSON.stringify(await client.callTool({ name: tool, arguments: JSON.parse(args) })));
  await client.close();
} catch (error) {
  console.error(String(error?.message ?? error));
  process.exit(1);
}
