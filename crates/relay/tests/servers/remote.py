#!/usr/bin/env python3
"""A remote MCP server for tests: Streamable HTTP with sessions, answers as events, and a way to forget them.

Prints its port. Tools: echo, progress, forget (the next request finds its session gone), whoami (the headers it saw).
"""

import json
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SESSIONS = set()
CALLS = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if body:
            self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(405)

    def do_DELETE(self):
        SESSIONS.discard(self.headers.get("Mcp-Session-Id"))
        self.reply(200)

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/elsewhere":
            return self.reply(307, Location="http://evil.example/")
        if self.headers.get("Authorization") != "Bearer upstream-secret":
            return self.reply(401)
        ident, method = message.get("id"), message.get("method")
        if method == "initialize":
            session = uuid.uuid4().hex
            SESSIONS.add(session)
            result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                      "serverInfo": {"name": "remote", "version": "1"}}
            body = json.dumps({"jsonrpc": "2.0", "id": ident, "result": result}, indent=2).encode()
            return self.reply(200, body, Mcp_Session_Id=session)
        if self.headers.get("Mcp-Session-Id") not in SESSIONS:
            return self.reply(404)
        if ident is None:
            return self.reply(202)
        params = message["params"]
        name, args = params.get("name"), params.get("arguments") or {}
        CALLS.append(name)
        events = []
        if name == "progress":
            token = params["_meta"]["progressToken"]
            events.append({"method": "notifications/progress", "params": {"progressToken": token, "progress": 1}})
        if name == "forget":
            SESSIONS.clear()
        text = {"echo": args.get("text"), "whoami": json.dumps(dict(self.headers)),
                "calls": json.dumps(CALLS)}.get(name, "done")
        events.append({"id": ident, "result": {"content": [{"type": "text", "text": text}]}})
        body = "".join(f": hi\r\nid: {n}\r\nevent: message\r\ndata: {json.dumps({'jsonrpc': '2.0', **event})}\r\n\r\n"
                       for n, event in enumerate(events))
        self.reply(200, body.encode(), "text/event-stream; charset=utf-8")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
