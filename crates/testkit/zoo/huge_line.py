"""Answers `initialize` and `tools/list`; any call gets one line of 200 MB (or argv[1] bytes)."""
import sys

import mcp

SIZE = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000_000
plain = mcp.call


def call(name, arguments):
    if name != "echo":
        return plain(name, arguments)
    block = b"x" * 1_000_000
    out = sys.stdout.buffer
    out.write(b'{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"')
    for _ in range(SIZE // len(block)):
        out.write(block)
    out.write(b'"}}\n')
    out.flush()
    return plain(name, arguments)


mcp.call = call
mcp.serve()
