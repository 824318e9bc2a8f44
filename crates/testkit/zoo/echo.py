"""Well-behaved: answers, leaves when its stdin closes (and says so on stderr)."""
import sys

import mcp

print("echo is ready", file=sys.stderr, flush=True)
mcp.serve()
print("echo leaves", file=sys.stderr, flush=True)
