#!/usr/bin/env python3
"""A server of 2026-07-28 for tests: no dependencies, no sessions. Over pipes; with --http over HTTP, printing its port.

Refuses requests without their `_meta`, and over HTTP those whose headers do not say what their bodies say. Tools: echo,
meta (what the request said of its client), ask (wants an elicitation), ask-twice, ask-sample, later (puts off twice),
for-ever (never has enough), slow (until cancelled), cancelled (how many were), seen, touch, count, log, progress, crash,
annotated (a parameter that is repeated in a header).
"""

import base64
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

P = "io.modelcontextprotocol/"
OUT = threading.Lock()
CANCELLED = set()
SEEN = []
HEADERS = []
LISTENERS = {}
GONE = []
STATE = "st\u00e4te / \"1\" \u2028"
PLAIN = {"type": "object"}
TOOLS = {name: PLAIN for name in ["echo", "meta", "ask", "ask-twice", "ask-sample", "later", "for-ever", "slow", "cancelled",
                                  "seen", "headers", "touch", "count", "log", "progress", "crash"]}
TOOLS["annotated"] = {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}


class Refused(Exception):
    def __init__(self, code, message, data=None):
        super().__init__(message)
        self.error = {"code": code, "message": message, **({"data": data} if data else {})}


def text(value, **more):
    return {"resultType": "complete", "content": [{"type": "text", "text": value}], **more}


def wants(requests, state=None):
    return {"resultType": "input_required", "inputRequests": requests, **({"requestState": state} if state else {})}


def elicit(message):
    return {"method": "elicitation/create", "params": {"message": message, "requestedSchema": {"type": "object"}}}


def changed(method, params=None):
    for ident, (send, wanted) in list(LISTENERS.items()):
        kind = method.split("/")[1] + "ListChanged"
        if wanted.get(kind) or (params or {}).get("uri") in wanted.get("resourceSubscriptions", []):
            send({"method": method, "params": {**(params or {}), "_meta": {P + "subscriptionId": ident}}})


def call(ident, params, send, gone):
    name, args, meta = params["name"], params.get("arguments") or {}, params["_meta"]
    given, state = params.get("inputResponses"), params.get("requestState")
    if name == "echo":
        return text(args["text"])
    if name == "meta":
        return text(json.dumps(meta))
    if name == "ask":
        if not given:
            return wants({"who": elicit("Who?")}, STATE)
        if state != STATE:
            raise Refused(-32602, f"state {state!r}")
        return text(json.dumps(given, sort_keys=True))
    if name == "ask-twice":
        if state is None:
            return wants({"a": elicit("A?"), "b": elicit("B?")}, "one")
        if state == "one":
            return wants({"c": elicit("C?")}, "two:" + json.dumps(given, sort_keys=True))
        return text(state + json.dumps(given, sort_keys=True))
    if name == "ask-sample":
        if "sampling" not in meta[P + "clientCapabilities"]:
            raise Refused(-32021, "sampling is needed", {"requiredCapabilities": {"sampling": {}}})
        return text(json.dumps(given)) if given else wants({"s": {"method": "sampling/createMessage", "params": {
            "messages": [], "maxTokens": 1}}})
    if name == "later":
        left = int(state or 3) - 1
        return {"resultType": "input_required", "requestState": str(left)} if left else text("now")
    if name == "for-ever":
        return {"resultType": "input_required", "requestState": "more"}
    if name == "slow":
        while ident not in CANCELLED and not gone():
            time.sleep(0.01)
        GONE.append(ident)
        return None
    if name == "cancelled":
        return text(str(len(GONE)))
    if name == "seen":
        return text(json.dumps(SEEN))
    if name == "headers":
        return text(json.dumps(HEADERS))
    if name == "touch":
        changed("notifications/resources/updated", {"uri": args["uri"]})
        return text("touched")
    if name == "count":
        TOOLS[f"tool-{len(TOOLS)}"] = PLAIN
        changed("notifications/tools/list_changed")
        return text(str(len(TOOLS)))
    if name == "log":
        if P + "logLevel" in meta:
            send({"method": "notifications/message", "params": {"level": args["level"], "data": meta[P + "logLevel"]}})
        return text("logged")
    if name == "progress":
        token = meta["progressToken"]
        send({"method": "notifications/progress", "params": {"progressToken": token, "progress": 1}})
        return text("done")
    if name == "crash":
        os._exit(1)
    if name == "annotated":
        return text(args.get("region", "none"))
    raise Refused(-32602, f"no tool {name}")


def answer(message, send, gone=lambda: False):
    """The result, or nothing if there is none to give."""
    ident, method, params = message["id"], message["method"], message.get("params") or {}
    meta = params.get("_meta") or {}
    SEEN.append(method)
    if method == "initialize":
        raise Refused(-32022, "no sessions here", {"supported": ["2026-07-28"], "requested": params["protocolVersion"]})
    for key in ["protocolVersion", "clientCapabilities"]:
        if P + key not in meta:
            raise Refused(-32602, f"{key} is missing")
    if meta[P + "protocolVersion"] != "2026-07-28":
        raise Refused(-32022, "unknown", {"supported": ["2026-07-28"], "requested": meta[P + "protocolVersion"]})
    kept = {"resultType": "complete", "ttlMs": 60000, "cacheScope": "public"}
    if method == "server/discover":
        return {**kept, "supportedVersions": ["2026-07-28"], "instructions": "Be modern", "capabilities": {
            "tools": {"listChanged": True}, "resources": {"subscribe": True}, "logging": {}},
            "_meta": {P + "serverInfo": {"name": "modern", "version": str(os.getpid())}}}
    if method == "tools/list":
        return {**kept, "tools": [{"name": name, "inputSchema": schema} for name, schema in TOOLS.items()]}
    if method == "tools/call":
        return call(ident, params, send, gone)
    if method == "subscriptions/listen":
        wanted = params["notifications"]
        LISTENERS[ident] = (send, wanted)
        send({"method": "notifications/subscriptions/acknowledged", "params": {
            "notifications": wanted, "_meta": {P + "subscriptionId": ident}}})
        while ident not in CANCELLED and not gone():
            time.sleep(0.01)
        LISTENERS.pop(ident, None)
        return None
    raise Refused(-32601, f"no {method}")


def outcome(message, send, gone=lambda: False):
    try:
        result = answer(message, send, gone)
        return None if result is None else {"id": message["id"], "result": result}
    except Refused as refused:
        return {"id": message["id"], "error": refused.error}


def pipes():
    def send(message):
        with OUT:
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
            sys.stdout.flush()

    def run(message):
        done = outcome(message, send)
        if done:
            send(done)

    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "notifications/cancelled":
            CANCELLED.add(message["params"]["requestId"])
        elif "id" in message:
            threading.Thread(target=run, args=(message,), daemon=True).start()
        else:
            SEEN.append(message["method"])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(405)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_DELETE = do_GET

    def refused(self, message):
        params, said = message.get("params") or {}, self.headers.get
        plain = lambda value: base64.b64decode(value[9:-2]).decode() if value and value.startswith("=?base64?") else value
        pairs = [("Mcp-Method", message["method"]), ("Mcp-Name", params.get("name")),
                 ("MCP-Protocol-Version", (params.get("_meta") or {}).get(P + "protocolVersion"))]
        if params.get("name") == "annotated":
            pairs.append(("Mcp-Param-Region", (params.get("arguments") or {}).get("region")))
        return next((name for name, value in pairs if plain(said(name)) != value), None)

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        HEADERS.append(dict(self.headers))
        lock, opened = threading.Lock(), []

        def send(one):
            with lock:
                if not opened:
                    opened.append(True)
                    self.send_response(200)
                    self.send_header("Content-Type", "text/event-stream")
                    self.send_header("Connection", "close")
                    self.end_headers()
                self.wfile.write(f"data: {json.dumps({'jsonrpc': '2.0', **one})}\n\n".encode())
                self.wfile.flush()

        def gone():
            self.connection.setblocking(False)
            try:
                return self.connection.recv(1) == b""
            except BlockingIOError:
                return False
            except OSError:
                return True
            finally:
                self.connection.setblocking(True)

        wrong = self.refused(message)
        if wrong:
            done = {"id": message["id"], "error": {"code": -32020, "message": wrong}}
        else:
            done = outcome(message, send, gone)
        self.close_connection = True
        if done is None:
            return
        if opened:
            return send(done)
        body = json.dumps({"jsonrpc": "2.0", **done}).encode()
        self.send_response({-32601: 404, -32602: 400, -32020: 400, -32021: 400, -32022: 400}.get(
            done.get("error", {}).get("code"), 200))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


if "--http" in sys.argv:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
else:
    pipes()
