"""A server written with the first line of the Python SDK: python server_1.py [--http PORT]."""

import argparse
import socket

import uvicorn
from mcp import types
from mcp.server.fastmcp import Context, FastMCP, Image
from mcp.server.lowlevel import NotificationOptions

import work

mcp = FastMCP("python-1")
watched = set()
sessions = set()


class Client:
    """How this SDK asks the client."""

    @staticmethod
    def asking(function):
        return function

    @staticmethod
    async def sample(ctx, prompt):
        content = types.TextContent(type="text", text=prompt)
        message = types.SamplingMessage(role="user", content=content)
        answer = await ctx.session.create_message([message], max_tokens=100, related_request_id=ctx.request_id)
        return answer.content.text

    @staticmethod
    async def elicit(ctx, message, schema):
        answer = await ctx.session.elicit_form(message, schema, related_request_id=ctx.request_id)
        return f"action={answer.action}, content={answer.content}"

    @staticmethod
    async def roots(ctx):
        answer = await ctx.session.list_roots()
        return [str(root.uri) for root in answer.roots]

    @staticmethod
    async def tools_changed(ctx):
        await ctx.session.send_tool_list_changed()

    @staticmethod
    async def resource_updated(ctx, uri):
        if uri in watched:
            await ctx.session.send_resource_updated(uri)


work.register(mcp, Context, Image, types, Client)
low = mcp._mcp_server


@low.subscribe_resource()
async def subscribe(uri) -> None:
    watched.add(str(uri))


@low.unsubscribe_resource()
async def unsubscribe(uri) -> None:
    watched.discard(str(uri))


@low.set_logging_level()
async def set_level(level) -> None:
    pass


# The high-level server declares less than it can do.
declare = low.create_initialization_options


def initialization_options(notification_options=None, experimental_capabilities=None):
    options = declare(NotificationOptions(tools_changed=True), experimental_capabilities or {})
    options.capabilities.resources.subscribe = True
    return options


low.create_initialization_options = initialization_options

arguments = argparse.ArgumentParser()
arguments.add_argument("--http", type=int)
port = arguments.parse_args().http
if port is None:
    mcp.run()
else:
    listener = socket.create_server(("127.0.0.1", port))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
    uvicorn.Server(uvicorn.Config(mcp.streamable_http_app(), log_level="error")).run([listener])
