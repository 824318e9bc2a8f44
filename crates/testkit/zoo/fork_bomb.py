"""Answers, and keeps forking children that fork on (at most argv[1] processes alive by its own count of depth)."""
import os
import sys
import threading
import time

import mcp

DEPTH = int(sys.argv[1]) if len(sys.argv) > 1 else 6


def grow(depth):
    for _ in range(2):
        if os.fork() == 0:
            os.setsid()
            if depth:
                grow(depth - 1)
            while True:
                time.sleep(0.02)
                if os.fork() == 0:
                    time.sleep(0.05)
                    os._exit(0)
                try:
                    os.waitpid(-1, os.WNOHANG)
                except ChildProcessError:
                    pass


threading.Thread(target=grow, args=(DEPTH,), daemon=True).start()
mcp.serve()
