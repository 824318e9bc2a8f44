"""Explains itself on stderr and dies before answering anything."""
import sys

print("Traceback (most recent call last):", file=sys.stderr)
print("KeyError: 'API_KEY'", file=sys.stderr)
sys.exit(3)
