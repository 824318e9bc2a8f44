"""Answers, while a thread floods stderr as fast as it can."""
import os
import threading

import mcp


def flood():
    noise = b"".join(b"noise %d: the quick brown fox jumps over the lazy dog\n" % n for n in range(1000))
    try:
        while True:
            os.write(2, noise)
    except OSError:
        pass


threading.Thread(target=flood, daemon=True).start()
mcp.serve()
os._exit(0)
