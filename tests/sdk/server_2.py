"""A server written with the second line of the Python SDK, which serves both eras: python server_2.py [--http PORT]."""

import argparse
import functools
import logging
import socket

import mcp_types as types
import uvicorn
from mcp.server.mcpserver import Context, Image, MCPServer

import work

logging.disable(logging.WARNING)
mcp = MCPServer("python-2", version="1.0.0")
KEY = "answer"


class Questions(Exception):
    """Ends a call of the newer era that needs an answer first."""

    def __init__(self, request):
        self.result = types.InputRequiredResult(input_requests={KEY: request})


def newer(ctx):
    return (ctx.protocol_version or "") >= "2026-07-28"


def answered(ctx, request):
    """The answer that came with this try; without one the call ends here."""
    answers = ctx.input_responses or {}
    if KEY not in answers:
        raise Questions(request)
    return answers[KEY]


class Client:
    """How this SDK asks the client."""

    @staticmethod
    def asking(function):
        @functools.wraps(function)
        async def asked(*arguments, **named):
            try:
                return await function(*arguments, **named)
            except Questions as questions:
                return questions.result

        return asked

    @staticmethod
    async def sample(ctx, prompt):
        content = types.TextContent(type="text", text=prompt)
        messages = [types.SamplingMessage(role="user", content=content)]
        if newer(ctx):
            params = types.CreateMessageRequestParams(messages=messages, max_tokens=100)
            answer = answered(ctx, types.CreateMessageRequest(params=params))
        else:
            answer = await ctx.session.create_message(messages, max_tokens=100, related_request_id=ctx.request_id)
        return answer.content.text

    @staticmethod
    async def elicit(ctx, message, schema):
        if newer(ctx):
            params = types.ElicitRequestFormParams(message=message, requested_schema=schema)
            answer = answered(ctx, types.ElicitRequest(params=params))
        else:
            answer = await ctx.session.elicit_form(message, schema, related_request_id=ctx.request_id)
        return f"action={answer.action}, content={answer.content}"

    @staticmethod
    async def roots(ctx):
        answer = answered(ctx, types.ListRootsRequest()) if newer(ctx) else await ctx.session.list_roots()
        return [str(root.uri) for root in answer.roots]

    @staticmethod
    async def tools_changed(ctx):
        await ctx.notify_tools_changed()
        if not newer(ctx):
            await ctx.session.send_tool_list_changed()

    @staticmethod
    async def resource_updated(ctx, uri):
        await ctx.notify_resource_updated(uri)


work.register(mcp, Context, Image, types, Client)

arguments = argparse.ArgumentParser()
arguments.add_argument("--http", type=int)
port = arguments.parse_args().http
if port is None:
    mcp.run()
else:
    listener = socket.create_server(("127.0.0.1", port))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
    uvicorn.Server(uvicorn.Config(mcp.streamable_http_app(), log_level="error")).run([listener])
