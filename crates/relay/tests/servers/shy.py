#!/usr/bin/env python3
"""A server with sessions that ends when the first thing it hears is not `initialize`; with --mute it says nothing to
that, and goes on."""

import json
import sys

first = True
for line in sys.stdin:
    message = json.loads(line)
    method, ident = message["method"], message.get("id")
    if first and method != "initialize":
        if "--mute" in sys.argv:
            continue
        sys.exit("initialize comes first")
    first = False
    result = {"initialize": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                             "serverInfo": {"name": "shy", "version": "1"}},
              "tools/call": {"content": [{"type": "text", "text": "here"}]}}.get(method, {})
    if ident is not None:
        print(json.dumps({"jsonrpc": "2.0", "id": ident, "result": result}), flush=True)
