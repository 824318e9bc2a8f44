"""Calls one tool with the official Python client: python call.py URL TOOL JSON < token. Prints the result as JSON."""

import asyncio
import json
import sys

from mcp import Client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client


async def main() -> None:
    url, tool, arguments = sys.argv[1:4]
    token = sys.stdin.read().strip()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with create_mcp_http_client(headers=headers) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            listed = await client.list_tools()
            if tool not in [t.name for t in listed.tools]:
                raise SystemExit(f"no tool {tool}")
            result = await client.call_tool(tool, json.loads(arguments))
            print(result.model_dump_json(by_alias=True, exclude_none=True))


asyncio.run(main())
