"""The least an MCP server (legacy era, revision 2025-11-25) needs; the animals of the zoo import it."""
import json
import os
import sys
import time


def text(value, error=False):
    result = {"content": [{"type": "text", "text": value}]}
    if error:
        result["isError"] = True
    return result


def schema(**properties):
    return {"type": "object", "properties": properties, "required": list(properties)}


TOOLS = [
    {"name": "echo", "description": "Returns its text.", "inputSchema": schema(text={"type": "string"}),
     "annotations": {"readOnlyHint": True}},
    {"name": "env", "description": "Returns an environment variable.", "inputSchema": schema(name={"type": "string"}),
     "annotations": {"readOnlyHint": True}},
    {"name": "sleep", "description": "Answers after some seconds.", "inputSchema": schema(seconds={"type": "number"})},
    {"name": "crash", "description": "Ends the server without an answer.", "inputSchema": schema(code={"type": "integer"})},
    {"name": "big", "description": "Returns this many bytes.", "inputSchema": schema(bytes={"type": "integer"})},
    {"name": "pid", "description": "Returns the server's process id.", "inputSchema": {"type": "object"}},
]


def call(name, arguments):
    if name == "echo":
        return text(arguments["text"])
    if name == "env":
        return text(os.environ.get(arguments["name"], ""))
    if name == "sleep":
        time.sleep(float(arguments["seconds"]))
        return text("slept")
    if name == "crash":
        print("crashing as asked", file=sys.stderr, flush=True)
        os._exit(int(arguments.get("code", 1)))
    if name == "big":
        return text("x" * int(arguments["bytes"]))
    if name == "pid":
        return text(str(os.getpid()))
    return text("no such tool: " + str(name), error=True)


def answer(method, params):
    if method == "initialize":
        return {"protocolVersion": params.get("protocolVersion", "2025-11-25"), "capabilities": {"tools": {}},
                "serverInfo": {"name": "zoo", "version": "1.0.0"}}
    if method == "ping":
        return {}
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        return call(params.get("name"), params.get("arguments") or {})
    return None


def send(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def serve(before_answer=lambda: None):
    """Answers until stdin closes."""
    for line in sys.stdin:
        line = line.strip()
        if not line:
            continue
        request = json.loads(line)
        if "id" not in request or "method" not in request:
            continue
        result = answer(request["method"], request.get("params") or {})
        before_answer()
        if result is None:
            error = {"code": -32601, "message": "no such method: " + request["method"]}
            send({"jsonrpc": "2.0", "id": request["id"], "error": error})
        else:
            send({"jsonrpc": "2.0", "id": request["id"], "result": result})
