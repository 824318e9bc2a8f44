#!/usr/bin/env python3
"""A remote MCP server for tests, by several transports and with several manners. Prints its port.

/mcp        Streamable HTTP with sessions; answers as events, which can be come back to
/mcp400     the same, but an unknown session is said with a 400, as many servers do
/sse        HTTP+SSE (2024-11-05); a POST there is a 405
/foreign    HTTP+SSE that names an address on another host
/elsewhere  a redirect

Tools: echo, progress, whoami (the headers it saw), calls, forget (the next request finds its session gone), cut (the
stream breaks off before the answer), poll (the server closes the stream three times before the answer), notify (a notice
on the session's own stream), hangup (that stream is closed; over HTTP+SSE the only one there is), crash.
"""

import json
import os
import queue
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SESSIONS = {}  # id: the queue of its own stream
CALLS = []
LOGS = {}  # key of a stream: what is on it
POLLS = {}
RESUMED = []
LOCK = threading.Lock()


def event(message, ident=None):
    head = f"id: {ident}\r\n" if ident else ""
    return f": hi\r\n{head}event: message\r\ndata: {json.dumps({'jsonrpc': '2.0', **message})}\r\n\r\n".encode()


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

    def events(self):
        """Begins an event stream that ends with its connection."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def write(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def do_GET(self):
        if self.path in ("/sse", "/foreign"):
            return self.older()
        session = SESSIONS.get(self.headers.get("Mcp-Session-Id"))
        if session is None:
            return self.reply(404)
        last = self.headers.get("Last-Event-ID")
        if last and last.split(".")[0] in LOGS:
            return self.resume(*last.split("."))
        self.own(session, f"id: {last or 'own.0'}\r\ndata:\r\n\r\n".encode())

    def own(self, session, first):
        self.events()
        self.write(first)
        while (message := session.get()) is not None:
            self.write(event(message, "own.1"))

    def resume(self, stream, seen):
        RESUMED.append(stream)
        self.events()
        POLLS[stream] = POLLS.get(stream, 0) - 1
        if POLLS[stream] >= 0:
            return self.write(f"id: {stream}.{seen}\r\nretry: 10\r\ndata:\r\n\r\n".encode())
        for number, message in enumerate(LOGS[stream]):
            if number + 1 > int(seen):
                self.write(event(message, f"{stream}.{number + 1}"))

    def older(self):
        if self.headers.get("Authorization") != "Bearer upstream-secret":
            return self.reply(401)
        session, messages = uuid.uuid4().hex, queue.Queue()
        SESSIONS[session] = messages
        host = "http://127.0.0.1:1" if self.path == "/foreign" else ""
        self.own(messages, f"event: endpoint\r\ndata: {host}/messages?session_id={session}\r\n\r\n".encode())
        SESSIONS.pop(session, None)

    def do_DELETE(self):
        SESSIONS.pop(self.headers.get("Mcp-Session-Id"), None)
        self.reply(200)

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/elsewhere":
            return self.reply(307, Location="http://evil.example/")
        if self.headers.get("Authorization") != "Bearer upstream-secret":
            return self.reply(401)
        if self.path in ("/sse", "/foreign"):
            return self.reply(405)
        if self.path.startswith("/messages"):
            return self.message(message)
        ident, method = message.get("id"), message.get("method")
        if method == "initialize":
            session = uuid.uuid4().hex
            SESSIONS[session] = queue.Queue()
            body = json.dumps({"jsonrpc": "2.0", "id": ident, "result": self.hello()}, indent=2).encode()
            return self.reply(200, body, Mcp_Session_Id=session)
        session = SESSIONS.get(self.headers.get("Mcp-Session-Id"))
        if session is None and self.path == "/mcp400":
            error = {"code": -32000, "message": "Bad Request: No valid session ID provided"}
            return self.reply(400, json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode())
        if session is None:
            return self.reply(404)
        if ident is None or method is None:
            return self.reply(202)
        name = message["params"].get("name")
        messages = self.call(ident, message["params"], session)
        stream = uuid.uuid4().hex
        LOGS[stream] = messages
        if name in ("cut", "poll"):
            POLLS[stream] = 3 if name == "poll" else 0
            self.events()
            self.write(f"id: {stream}.0\r\nretry: 10\r\ndata:\r\n\r\n".encode())
            return name == "poll" or self.write(event(messages[0], f"{stream}.1"))
        body = b"".join(event(message) for message in messages)
        self.reply(200, body, "text/event-stream; charset=utf-8")

    def message(self, message):
        """A message of HTTP+SSE."""
        session = SESSIONS.get(self.path.split("=")[1])
        if session is None:
            return self.reply(404)
        self.reply(202)
        ident, method = message.get("id"), message.get("method")
        if method == "initialize":
            session.put({"id": ident, "result": self.hello()})
        elif method is not None and ident is not None:
            for answer in self.call(ident, message["params"], session):
                session.put(answer)

    def hello(self):
        return {"protocolVersion": "2025-06-18", "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "remote", "version": str(os.getpid())}}

    def call(self, ident, params, session):
        name, args = params.get("name"), params.get("arguments") or {}
        with LOCK:
            CALLS.append(name)
        messages = []
        if name == "crash":
            os._exit(1)
        if name in ("progress", "cut"):
            token = (params.get("_meta") or {}).get("progressToken")
            messages.append({"method": "notifications/progress", "params": {"progressToken": token, "progress": 1}})
        if name == "forget":
            SESSIONS.clear()
        if name == "notify":
            session.put({"method": "notifications/tools/list_changed"})
        if name == "hangup":
            session.put(None)
        text = {"echo": args.get("text"), "whoami": json.dumps(dict(self.headers)), "calls": json.dumps(CALLS),
                "resumed": str(len(RESUMED))}.get(name, "done")
        return [*messages, {"id": ident, "result": {"content": [{"type": "text", "text": text}]}}]


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
