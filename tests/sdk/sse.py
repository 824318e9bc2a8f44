"""The official Python client over HTTP+SSE: python sse.py URL < token

Calls `sleep` with progress and `elicit` with an answer; prints what came as JSON. Runs with mcp 1 and 2.
"""

import asyncio
import json
import sys

from mcp import ClientSession
from mcp.client.sse import sse_client
from mcp.types import ElicitResult


async def elicit(_context, _params) -> ElicitResult:
    return ElicitResult(action="accept", content={"name": "Ada"})


async def main() -> None:
    url = sys.argv[1]
    token = sys.stdin.read().strip()
    seen = []

    async def progress(done: float, _total: float | None, _message: str | None) -> None:
        seen.append(done)

    async with sse_client(url, headers={"Authorization": f"Bearer {token}"}) as streams:
        async with ClientSession(*streams, elicitation_callback=elicit) as session:
            await session.initialize()
            await session.list_tools()
            slept = await session.call_tool("sleep", {"seconds": 0.9, "steps": 3}, progress_callback=progress)
            elicited = await session.call_tool("elicit", {})
    text = [result.content[0].text for result in (slept, elicited)]
    print(json.dumps({"progress": len(seen), "text": text[0], "elicited": text[1]}))


asyncio.run(main())
