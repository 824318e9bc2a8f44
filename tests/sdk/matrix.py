"""One column of the SDK matrix with the Python SDK: python matrix.py v1|v2|v2-modern URL. As matrix.mjs, in all respects."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack, asynccontextmanager

LINE, URL = sys.argv[1:3]
V1, MODERN = LINE == "v1", LINE == "v2-modern"
TOKEN = sys.stdin.readline().strip()
HEADERS = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}
LIMIT = 10

if V1:
    from mcp import ClientSession, types
    from mcp.client.streamable_http import streamablehttp_client
else:
    import mcp_types as types
    from mcp import Client
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

heard = []
came = asyncio.Event()


def hear(method):
    heard.append(method)
    came.set()


async def wait(method, count=1):
    """Waits until so many notifications of a method are there."""
    async with asyncio.timeout(LIMIT):
        while heard.count(method) < count:
            came.clear()
            await came.wait()


async def elicit(context, params):
    return types.ElicitResult(action="accept", content={"username": "somebody", "email": "a@b.example"})


async def sample(context, params):
    content = types.TextContent(type="text", text="sampled")
    return types.CreateMessageResult(role="assistant", model="none", content=content)


async def roots(context):
    return types.ListRootsResult(roots=[types.Root(uri="file:///somewhere")])


async def log(params):
    hear("notifications/message")


async def message(message):
    hear(getattr(getattr(message, "root", message), "method", ""))


@asynccontextmanager
async def connect():
    callbacks = {
        "elicitation_callback": elicit,
        "sampling_callback": sample,
        "list_roots_callback": roots,
        "logging_callback": log,
        "message_handler": message,
    }
    async with AsyncExitStack() as stack:
        if V1:
            read, write, _ = await stack.enter_async_context(streamablehttp_client(URL, headers=HEADERS))
            session = await stack.enter_async_context(ClientSession(read, write, **callbacks))
            version = (await session.initialize()).protocolVersion
        else:
            http = await stack.enter_async_context(create_mcp_http_client(headers=HEADERS))
            transport = streamable_http_client(URL, http_client=http)
            mode = "2026-07-28" if MODERN else "legacy"
            level = {"log_level": "debug"} if MODERN else {}
            session = await stack.enter_async_context(Client(transport, mode=mode, **level, **callbacks))
            version = session.protocol_version
        assert (version == "2026-07-28") == MODERN, f"the version is {version}"
        yield session


class Checks:
    def __init__(self, client):
        self.client = client

    async def call(self, name, **arguments):
        result = await self.client.call_tool(name, arguments)
        return result.content[0].text

    async def says(self, name, part, **arguments):
        words = await self.call(name, **arguments)
        assert part in words, words[:200]

    async def list(self):
        uri = lambda resource: str(resource.uri)
        assert "test_simple_text" in [tool.name for tool in (await self.client.list_tools()).tools], "no tool"
        assert "test_simple_prompt" in [it.name for it in (await self.client.list_prompts()).prompts], "no prompt"
        assert "test://static-text" in map(uri, (await self.client.list_resources()).resources), "no resource"
        templates = await self.client.list_resource_templates()
        assert getattr(templates, "resourceTemplates", None) or templates.resource_templates, "no template"

    async def one(self):
        await self.says("test_simple_text", "simple text response")
        read = await self.client.read_resource("test://static-text")
        assert "static text" in read.contents[0].text, read
        prompt = await self.client.get_prompt("test_prompt_with_arguments", {"arg1": "one", "arg2": "two"})
        assert "two" in prompt.messages[0].content.text, prompt

    async def progress(self):
        seen = []

        async def progressed(progress, total, message):
            seen.append(int(progress))

        await self.client.call_tool("test_tool_with_progress", {}, progress_callback=progressed)
        assert seen == [0, 50, 100], f"saw {seen}"

    async def cancel(self):
        before = await self.call("test_taken_back")
        begun = asyncio.Event()

        async def progressed(progress, total, message):
            begun.set()

        given = asyncio.create_task(self.client.call_tool("test_wait", {}, progress_callback=progressed))
        async with asyncio.timeout(LIMIT):
            await begun.wait()
        given.cancel()
        await asyncio.gather(given, return_exceptions=True)
        late = asyncio.get_running_loop().time() + LIMIT
        while await self.call("test_taken_back") == before:
            assert asyncio.get_running_loop().time() < late, "the client does not tell the server"

    async def elicitation(self):
        await self.says("test_elicitation", "accept", message="Who?")

    async def sampling(self):
        await self.says("test_sampling", "sampled", prompt="Say it")

    async def roots(self):
        await self.says("test_roots", "file:///somewhere")

    async def subscription(self):
        uri = "test://static-text"
        if MODERN:
            async with self.client.listen(resource_subscriptions=[uri]) as events, asyncio.timeout(LIMIT):
                await self.call("test_trigger_resource_update", uri=uri)
                await anext(aiter(events))
        else:
            await self.client.subscribe_resource(uri)
            await self.call("test_trigger_resource_update", uri=uri)
            await wait("notifications/resources/updated")

    async def logging(self):
        heard.clear()
        if not MODERN:
            await self.client.set_logging_level("debug")
        await self.call("test_tool_with_logging")
        await wait("notifications/message", 3)

    async def list_changed(self):
        if MODERN:
            async with self.client.listen(tools_list_changed=True) as events, asyncio.timeout(LIMIT):
                await self.call("test_trigger_tool_change")
                await anext(aiter(events))
        else:
            await self.call("test_trigger_tool_change")
            await wait("notifications/tools/list_changed")

    async def big(self):
        assert len(await self.call("test_big", bytes=1 << 20)) == 1 << 20, "the length is another"


def tell(check, ok, note=None):
    print(json.dumps({"check": check, "ok": ok, "note": note and str(note)[:300]}), flush=True)


def why(error):
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


async def again(client):
    """The relay was started anew."""
    print(json.dumps({"check": "restart"}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    async with asyncio.timeout(2 * LIMIT):
        await Checks(client).says("test_simple_text", "simple text response")


async def main():
    first = None
    begun = False
    try:
        async with connect() as client:
            begun = True
            tell("initialize", True)
            checks = Checks(client)
            names = "list one progress cancel elicitation sampling roots subscription logging list_changed big"
            for name in names.split():
                check = "call" if name == "one" else name
                try:
                    async with asyncio.timeout(2 * LIMIT):
                        await getattr(checks, name)()
                    tell(check, True)
                except Exception as error:
                    tell(check, False, why(error))
            try:
                await again(client)
                return tell("reconnect", True)
            except Exception as error:
                first = why(error)
    except BaseException as error:
        if not begun:
            return tell("initialize", False, why(error))
        first = first or why(error)
    try:
        async with connect() as client:
            await Checks(client).says("test_simple_text", "simple text response")
            tell("reconnect", True, f"by a new connection: {first}")
    except BaseException as error:
        tell("reconnect", False, why(error))


asyncio.run(main())
