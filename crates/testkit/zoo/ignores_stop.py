"""Answers, but ignores both the end of its stdin and SIGTERM."""
import signal

import mcp

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
mcp.serve()
while True:
    signal.pause()
