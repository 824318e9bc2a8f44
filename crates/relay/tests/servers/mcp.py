#!/usr/bin/env python3
"""A stdio MCP server for tests: no dependencies, every message kind, and some bad manners on request.

Tools: echo, add, sleep, slow, crash, big, stray, elicit, sample, roots, log, touch, count, and three that crash until a
file is there (flaky, flaky-read, flaky-idempotent: the last two say that they may be repeated).
With --turns it reads and writes by turns, so a client that does not do both at once stalls.
"""

import json
import os
import sys
import threading
import time

OUT = threading.Lock()
ANSWERS = {}
NEXT = [0]
CANCELLED = set()
BY_TURNS = "--turns" in sys.argv
TOOLS = ["echo", "add", "sleep", "slow", "crash", "big", "stray", "elicit", "sample", "roots", "log", "touch", "count",
         "seen", "flaky", "flaky-read", "flaky-idempotent"]
HINTS = {"flaky": {"readOnlyHint": False}, "flaky-read": {"readOnlyHint": True},
         "flaky-idempotent": {"readOnlyHint": False, "idempotentHint": True}}
SEEN = []


def send(message):
    line = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False) + "\n"
    with OUT:
        sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()


def text(value, **more):
    return {"content": [{"type": "text", "text": value}], **more}


def ask(method, params):
    """A request to the client; waits for its answer."""
    NEXT[0] += 1
    ident = f"server-{NEXT[0]}"
    done = threading.Event()
    ANSWERS[ident] = done
    send({"id": ident, "method": method, "params": params})
    done.wait(30)
    return ANSWERS.pop(ident)


def call(ident, params):
    name, args = params["name"], params.get("arguments") or {}
    token = (params.get("_meta") or {}).get("progressToken")
    if name == "echo":
        return text(args["text"])
    if name == "add":
        return text(str(args["a"] + args["b"]))
    if name == "sleep":
        steps = args.get("steps", 1)
        for step in range(steps):
            time.sleep(args["seconds"] / steps)
            if ident in CANCELLED:
                return None
            if token is not None:
                send({"method": "notifications/progress",
                      "params": {"progressToken": token, "progress": step + 1, "total": steps}})
        return text("slept")
    if name == "slow":  # never answers; only a cancel ends it
        while ident not in CANCELLED:
            time.sleep(0.01)
        return None
    if name == "crash":
        os._exit(args.get("code", 1))
    if name.startswith("flaky"):
        if os.path.exists(args["file"]):
            return text("survived")
        if args.get("make"):
            open(args["file"], "w").close()
        os._exit(1)
    if name == "big":
        return text("x" * args["bytes"])
    if name == "stray":
        with OUT:
            sys.stdout.buffer.write(b"Server says hello\n{\"level\":\"info\"}\n\xff\xfe\n")
            sys.stdout.buffer.flush()
        return text("strayed")
    if name == "elicit":
        answer = ask("elicitation/create", {"message": args.get("message", "?"), "requestedSchema": {
            "type": "object", "properties": {"name": {"type": "string"}}}})
        return text(json.dumps(answer, sort_keys=True))
    if name == "sample":
        answer = ask("sampling/createMessage", {"messages": [], "maxTokens": 1})
        return text(json.dumps(answer, sort_keys=True))
    if name == "roots":
        return text(json.dumps(ask("roots/list", {}), sort_keys=True))
    if name == "log":
        send({"method": "notifications/message", "params": {"level": args["level"], "data": args["data"]}})
        return text("logged")
    if name == "touch":
        send({"method": "notifications/resources/updated", "params": {"uri": args["uri"]}})
        return text("touched")
    if name == "count":
        TOOLS.append(f"tool-{len(TOOLS)}")
        send({"method": "notifications/tools/list_changed"})
        return text(str(len(TOOLS)))
    if name == "seen":
        return text(json.dumps(SEEN))
    raise KeyError(name)


def answer(ident, method, params):
    try:
        if method == "initialize":
            result = {"protocolVersion": params["protocolVersion"],
                      "capabilities": {"tools": {"listChanged": True}, "logging": {}, "resources": {"subscribe": True}},
                      "serverInfo": {"name": "fixture", "version": str(os.getpid())}, "instructions": "Be kind"}
        elif method == "tools/list":
            result = {"tools": [{"name": name, "inputSchema": {"type": "object"},
                                 **({"annotations": HINTS[name]} if name in HINTS else {})} for name in TOOLS]}
        elif method == "tools/call":
            result = call(ident, params)
        elif method in ("ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"):
            result = {}
        else:
            return send({"id": ident, "error": {"code": -32601, "message": f"no {method}"}})
        if result is not None:
            send({"id": ident, "result": result})
    except Exception as error:  # noqa: BLE001
        send({"id": ident, "error": {"code": -32602, "message": repr(error)}})


def main():
    for line in sys.stdin.buffer:
        message = json.loads(line)
        ident, method, params = message.get("id"), message.get("method"), message.get("params") or {}
        if method is None:
            done = ANSWERS.get(ident)
            if done:
                ANSWERS[ident] = message.get("result", message.get("error"))
                done.set()
            continue
        SEEN.append(method)
        if ident is None:
            if method == "notifications/cancelled":
                CANCELLED.add(params["requestId"])
        elif BY_TURNS:
            answer(ident, method, params)
        else:
            threading.Thread(target=answer, args=(ident, method, params), daemon=True).start()


main()
