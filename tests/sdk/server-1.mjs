// The fixture's work behind the first TypeScript SDK: node server-1.mjs [--http PORT]

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import * as types from "@modelcontextprotocol/sdk/types.js";
import { INFO, PROMPTS, RESOURCES, TEMPLATES, TOOLS } from "../fixtures/conformance/catalog.mjs";
import { loudEnough } from "../fixtures/conformance/rpc.mjs";
import { call, complete, prompt, read } from "../fixtures/conformance/work.mjs";
import { local, session } from "./http.mjs";

const offered = { "elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots" };
const results = {
  "elicitation/create": types.ElicitResultSchema,
  "sampling/createMessage": types.CreateMessageResultSchema,
  "roots/list": types.ListRootsResultSchema,
};
const servers = new Set();

function make() {
  const capabilities = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { subscribe: true, listChanged: true },
    completions: {},
    logging: {},
  };
  const server = new Server(INFO, { capabilities });
  const watched = new Set();
  let level = "info";

  function context({ params }, extra) {
    const offers = (name) => server.getClientCapabilities()?.[name] !== undefined;
    const say = (method, words) => extra.sendNotification({ method, params: words });
    const progressToken = params._meta?.progressToken;
    return {
      name: params.name,
      args: params.arguments ?? {},
      offers,
      async ask(requests) {
        const answers = {};
        for (const [key, request] of Object.entries(requests)) {
          if (!offers(offered[request.method])) throw new Error(`the client does not offer ${offered[request.method]}`);
          answers[key] = await extra.sendRequest(request, results[request.method]);
        }
        return answers;
      },
      log: (at, data) => loudEnough(at, level) && say("notifications/message", { level: at, data }),
      progress: (progress, total) =>
        progressToken !== undefined && say("notifications/progress", { progressToken, progress, total }),
      changed: (kind) => {
        for (const other of servers) other.changed(kind);
      },
      updated: (uri) => {
        for (const other of servers) other.updated(uri);
      },
      dropStream: () => extra.closeSSEStream?.(),
      cancelled: new Promise((cancel) => extra.signal.addEventListener("abort", cancel)),
    };
  }

  server.setRequestHandler(types.ListToolsRequestSchema, () => ({ tools: TOOLS }));
  server.setRequestHandler(types.ListPromptsRequestSchema, () => ({ prompts: PROMPTS }));
  server.setRequestHandler(types.ListResourcesRequestSchema, () => ({ resources: RESOURCES }));
  server.setRequestHandler(types.ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: TEMPLATES }));
  server.setRequestHandler(types.CompleteRequestSchema, ({ params }) => complete(params));
  server.setRequestHandler(types.ReadResourceRequestSchema, ({ params }) => read(params.uri, -32002));
  server.setRequestHandler(types.GetPromptRequestSchema, (request, extra) => prompt(context(request, extra)));
  server.setRequestHandler(types.CallToolRequestSchema, (request, extra) =>
    call(context(request, extra)).catch((error) => {
      if (error.code !== undefined) throw error;
      return { content: [{ type: "text", text: error.message }], isError: true };
    }),
  );
  server.setRequestHandler(types.SubscribeRequestSchema, ({ params }) => (watched.add(params.uri), {}));
  server.setRequestHandler(types.UnsubscribeRequestSchema, ({ params }) => (watched.delete(params.uri), {}));
  server.setRequestHandler(types.SetLevelRequestSchema, ({ params }) => ((level = params.level), {}));

  const member = {
    changed: (kind) => server.notification({ method: `notifications/${kind}/list_changed` }).catch(() => {}),
    updated: (uri) => watched.has(uri) && server.sendResourceUpdated({ uri }).catch(() => {}),
  };
  servers.add(member);
  server.onclose = () => servers.delete(member);
  return server;
}

const { http: port } = parseArgs({ options: { http: { type: "string" } } }).values;
if (port === undefined) {
  await make().connect(new StdioServerTransport());
} else {
  const serve = session(
    (options) => new StreamableHTTPServerTransport({ ...options, sessionIdGenerator: randomUUID }),
    (transport) => make().connect(transport),
  );
  const server = createServer((request, response) => local(request, response) && serve(request, response));
  server.listen(Number(port), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
}
