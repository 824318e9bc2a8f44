// The official TypeScript client, v1 or v2, over HTTP+SSE: node sse.mjs v1|v2 URL < token
// Calls `sleep` with progress and `elicit` with an answer; prints what came as JSON; exits 1 with the error's words.
const [line, url] = process.argv.slice(2);
const token = (await new Response(process.stdin).text()).trim();
const v1 = async () => ({
  ...(await import("@modelcontextprotocol/sdk/client/index.js")),
  ...(await import("@modelcontextprotocol/sdk/client/sse.js")),
  ...(await import("@modelcontextprotocol/sdk/types.js")),
});
const { Client, SSEClientTransport, ElicitRequestSchema } = line === "v1"
  ? await v1()
  : await import("@modelcontextprotocol/client");

const client = new Client({ name: `typescript-${line}`, version: "1.0.0" }, { capabilities: { elicitation: {} } });
const answer = async () => ({ action: "accept", content: { name: "Ada" } });
client.setRequestHandler(line === "v1" ? ElicitRequestSchema : "elicitation/create", answer);
try {
  const headers = { Authorization: `Bearer ${token}` };
  await client.connect(new SSEClientTransport(new URL(url), { requestInit: { headers } }));
  let progress = 0;
  const options = { onprogress: () => progress++ };
  const sleep = { name: "sleep", arguments: { seconds: 0.9, steps: 3 } };
  const slept = line === "v1" ? await client.callTool(sleep, undefined, options) : await client.callTool(sleep, options);
  const elicited = await client.callTool({ name: "elicit", arguments: {} });
  console.log(JSON.stringify({ progress, text: slept.content[0].text, elicited: elicited.content[0].text }));
  await client.close();
} catch (error) {
  console.error(String(error?.stack ?? error));
  process.exit(1);
}
