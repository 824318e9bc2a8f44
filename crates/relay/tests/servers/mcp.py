#!/usr/bin/env python3
"""A stdio MCP server for tests: no dependencies, every message kind, and some bad manners on request.

Tools: echo, add, sleep, slow, crash, big, stray, elicit, sample, roots, log, touch, count, and three that crash until a
file is there (flaky, flaky-read, flaky-idempotent: the last two say that they may be repeated).
With --turns it reads and writes by turns, so a client that does not do both at once stalls. With --library NAME it
has a prompt, resources and templates too, with --long a tool with a long name and one twice; with --slow-lists SECONDS its
lists take that long.
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
LONG = "a_tool_with_a_name_that_is_much_longer_than_most_clients_take"


def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


LIBRARY = option("--library")
if "--long" in sys.argv:
    TOOLS += [LONG, LONG + "_2", "twice", "twice"]


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
    if name in (LONG, LONG + "_2"):
        return text(name)
    if name == "seen":
        return text(json.dumps(SEEN))
    raise KeyError(name)


def read(params):
    if not params["uri"].startswith((f"note://{LIBRARY}/", f"secret://{LIBRARY}/")):
        raise KeyError(params["uri"])
    return {"contents": [{"uri": params["uri"], "text": f"{params['uri']} of {LIBRARY}"}]}


SHELVES = {
    "prompts/list": lambda _: {"prompts": [{"name": "greet", "arguments": [{"name": "who"}]}]},
    "prompts/get": lambda params: {"messages": [{"role": "user", "content": {
        "type": "text", "text": f"{LIBRARY}: {params['name']} {params['arguments']['who']}"}}]},
    # Two pages, and one that every library has.
    "resources/list": lambda params: {"resources": [{"uri": f"note://{LIBRARY}/2", "name": "two"},
                                                    {"uri": "note://all", "name": "all"}]}
    if params.get("cursor") else {"resources": [{"uri": f"note://{LIBRARY}/1", "name": "one"},
                                                {"uri": f"ui://{LIBRARY}/app", "name": "app"}], "nextCursor": "2"},
    "resources/templates/list": lambda _: {"resourceTemplates": [
        {"uriTemplate": f"note://{LIBRARY}/{{id}}", "name": "note"}]},
    "resources/read": read,
    "completion/complete": lambda params: {"completion": {"values": [f"{LIBRARY} {json.dumps(params['ref'])}"]}},
}


def answer(ident, method, params):
    try:
        if method.endswith("/list"):
            time.sleep(float(option("--slow-lists") or 0))
        if method == "initialize":
            result = {"protocolVersion": params["protocolVersion"],
                      "capabilities": {"tools": {"listChanged": True}, "logging": {}, "resources": {"subscribe": True},
                                       **({"prompts": {}, "completions": {}} if LIBRARY else {})},
                      "serverInfo": {"name": "fixture", "version": str(os.getpid())}, "instructions": "Be kind"}
        elif method == "tools/list":
            result = {"tools": [{"name": name, "inputSchema": {"type": "object"},
                                 **({"annotations": HINTS[name]} if name in HINTS else {})} for name in TOOLS]}
        elif method == "tools/call":
            result = call(ident, params)
        elif LIBRARY and method in SHELVES:
            result = SHELVES[method](params)
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
