"""Answers, but prints banners, blank lines, broken JSON and bytes that are no text on stdout in between."""
import sys

import mcp


def junk():
    sys.stdout.flush()
    sys.stdout.buffer.write(b"Server running on stdio!\n\n{\"half\": \n\xff\xfe\x00 binary\n[1, 2]\n\"text\"\n")
    sys.stdout.buffer.flush()


junk()
mcp.serve(before_answer=junk)
