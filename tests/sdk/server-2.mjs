// The fixture's work behind the second TypeScript SDK, which serves both eras: node server-2.mjs [--http PORT]

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from "@modelcontextprotocol/node";
import { createMcpHandler, inputRequired, isLegacyRequest, Server } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { INFO, PROMPTS, RESOURCES, TEMPLATES, TOOLS } from "../fixtures/conformance/catalog.mjs";
import { seal, unseal } from "../fixtures/conformance/state.mjs";
import { call, complete, prompt, read } from "../fixtures/conformance/work.mjs";
import { local, session } from "./http.mjs";

const offered = { "elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots" };
const servers = new Set();
/** Tells the listeners of the newer era over HTTP, where no server object outlives its request. */
let notify;

/** Ends a call that needs answers first; the SDK puts the questions to clients of either era. */
class Questions {
  constructor(inputRequests, requestState) {
    this.result = inputRequired({ inputRequests, ...(requestState && { requestState }) });
  }
}

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

  function context({ params }, { mcpReq, http }) {
    const declared = mcpReq.envelope?.["io.modelcontextprotocol/clientCapabilities"] ?? server.getClientCapabilities();
    const progressToken = mcpReq._meta?.progressToken;
    const state = mcpReq.requestState();
    const kept = state === undefined ? {} : unseal(state);
    return {
      name: params.name,
      args: params.arguments ?? {},
      offers: (name) => declared?.[name] !== undefined,
      async ask(requests, keep) {
        for (const { method } of Object.values(requests)) {
          if (!declared?.[offered[method]]) throw new Error(`the client does not offer ${offered[method]}`);
        }
        const answers = { ...kept, ...mcpReq.inputResponses };
        const missing = Object.entries(requests).filter(([key]) => answers[key] === undefined);
        const had = Object.fromEntries(Object.keys(requests).flatMap((key) => (answers[key] ? [[key, answers[key]]] : [])));
        if (missing.length > 0) throw new Questions(Object.fromEntries(missing), keep && seal({ ...kept, ...had }));
        Object.assign(kept, had);
        return had;
      },
      log: (level, data) => mcpReq.log(level, data),
      progress: (progress, total) =>
        progressToken !== undefined &&
        mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total } }),
      changed: (kind) => {
        notify?.[`${kind}Changed`]?.();
        for (const other of servers) other.changed(kind);
      },
      updated: (uri) => {
        notify?.resourceUpdated?.(uri);
        for (const other of servers) other.updated(uri);
      },
      dropStream: () => http?.closeSSE?.(),
      cancelled: new Promise((cancel) => mcpReq.signal.addEventListener("abort", cancel)),
    };
  }
  const asked = (error) => {
    if (error instanceof Questions) return error.result;
    throw error;
  };

  server.setRequestHandler("tools/list", () => ({ tools: TOOLS }));
  server.setRequestHandler("prompts/list", () => ({ prompts: PROMPTS }));
  server.setRequestHandler("resources/list", () => ({ resources: RESOURCES }));
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: TEMPLATES }));
  server.setRequestHandler("completion/complete", ({ params }) => complete(params));
  server.setRequestHandler("resources/read", ({ params }) => read(params.uri, -32602));
  server.setRequestHandler("prompts/get", async (request, ctx) => prompt(context(request, ctx)).catch(asked));
  server.setRequestHandler("tools/call", async (request, ctx) =>
    call(context(request, ctx)).catch((error) => {
      if (error instanceof Questions || error.code !== undefined) return asked(error);
      return { content: [{ type: "text", text: error.message }], isError: true };
    }),
  );
  server.setRequestHandler("resources/subscribe", ({ params }) => (watched.add(params.uri), {}));
  server.setRequestHandler("resources/unsubscribe", ({ params }) => (watched.delete(params.uri), {}));

  const member = {
    changed: (kind) => server.notification({ method: `notifications/${kind}/list_changed` }).catch(() => {}),
    updated: (uri) => server.sendResourceUpdated({ uri }).catch(() => {}),
  };
  servers.add(member);
  server.onclose = () => servers.delete(member);
  return server;
}

const { http: port } = parseArgs({ options: { http: { type: "string" } } }).values;
if (port === undefined) {
  serveStdio(make);
} else {
  const handler = createMcpHandler(make, { legacy: "reject" });
  notify = handler.notify;
  const modern = toNodeHandler(handler);
  const legacy = session(
    (options) => new NodeStreamableHTTPServerTransport({ ...options, sessionIdGenerator: randomUUID }),
    (transport) => make().connect(transport),
  );
  const server = createServer(async (request, response) => {
    if (!local(request, response)) return;
    if (request.method !== "POST") return legacy(request, response);
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const parsed = JSON.parse(body);
    const old = await isLegacyRequest(await toWebRequest(request, parsed), parsed);
    return old ? legacy(request, response, parsed) : modern(request, response, parsed);
  });
  server.listen(Number(port), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
}
