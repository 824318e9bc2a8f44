"""Answers, and has started daemons: double-forked, in sessions of their own, deaf to SIGTERM, one holding stdout.

With an argument, the daemons' pids are appended to that file, one a line.
"""
import os
import signal
import sys

import mcp

DAEMONS = 3


def daemon(number):
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if number:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
    if len(sys.argv) > 1:
        with open(sys.argv[1], "a") as file:
            file.write("%d\n" % os.getpid())
    while True:
        signal.pause()


for n in range(DAEMONS):
    daemon(n)
for n in range(DAEMONS):
    os.wait()
mcp.serve()
