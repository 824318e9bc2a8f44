"""What the Python servers do: the same names as in the fixture, as far as a server written with this SDK would go."""

import asyncio
import json
from pathlib import Path

FIXTURE = Path(__file__).parents[1] / "fixtures" / "conformance" / "catalog.mjs"


def constant(name: str) -> str:
    """A constant of the fixture's catalogue: an image, a sound."""
    text = FIXTURE.read_text().split(f"export const {name} =", 1)[1]
    return text.split('"', 2)[1]


PNG, WAV = constant("PNG"), constant("WAV")
USER = {
    "type": "object",
    "properties": {"username": {"type": "string"}, "email": {"type": "string"}},
    "required": ["username", "email"],
}


def register(mcp, Context, Image, types, client) -> None:
    """Adds tools, prompts and resources. `client` puts questions to the client, as its SDK does it."""
    taken_back = 0

    def tool(function):
        return mcp.tool(structured_output=False)(function)

    @tool
    def test_simple_text() -> str:
        """Answers with a text."""
        return "This is a simple text response for testing."

    @tool
    def test_image_content() -> Image:
        """Answers with an image."""
        import base64

        return Image(data=base64.b64decode(PNG), format="png")

    @tool
    def test_audio_content() -> list:
        """Answers with a sound."""
        return [types.AudioContent.model_validate({"type": "audio", "data": WAV, "mimeType": "audio/wav"})]

    @tool
    def test_embedded_resource() -> list:
        """Answers with a resource inside."""
        words = {"uri": "test://embedded-resource", "mimeType": "text/plain", "text": "This is an embedded resource content."}
        return [types.EmbeddedResource.model_validate({"type": "resource", "resource": words})]

    @tool
    def test_error_handling() -> str:
        """Fails, as a tool fails."""
        raise RuntimeError("This tool intentionally returns an error for testing")

    @tool
    async def test_tool_with_logging(ctx: Context) -> str:
        """Writes three log messages while it works."""
        for words in ("Tool execution started", "Tool processing data", "Tool execution completed"):
            await ctx.info(words)
            await asyncio.sleep(0.05)
        return "Tool execution completed"

    @tool
    async def test_tool_with_progress(ctx: Context) -> str:
        """Reports progress while it works."""
        for progress in (0, 50, 100):
            await ctx.report_progress(progress, 100)
            await asyncio.sleep(0.05)
        return "Work completed"

    @tool
    @client.asking
    async def test_sampling(prompt: str, ctx: Context) -> str:
        """Asks the client's model."""
        return f"LLM response: {await client.sample(ctx, prompt)}"

    @tool
    @client.asking
    async def test_elicitation(message: str, ctx: Context) -> str:
        """Asks the user."""
        return f"User response: {await client.elicit(ctx, message, USER)}"

    @tool
    @client.asking
    async def test_roots(ctx: Context) -> str:
        """Asks the client for its roots."""
        return json.dumps(await client.roots(ctx))

    @tool
    async def test_trigger_tool_change(ctx: Context) -> str:
        """Says that the list of tools has changed."""
        await client.tools_changed(ctx)
        return "The list of tools has changed"

    @tool
    async def test_trigger_resource_update(uri: str, ctx: Context) -> str:
        """Says that a resource has changed."""
        await client.resource_updated(ctx, uri)
        return "The resource has changed"

    @tool
    def test_big(bytes: int) -> str:
        """Answers with many bytes."""
        return "x" * bytes

    @tool
    async def test_wait(ctx: Context) -> str:
        """Works until it is taken back."""
        nonlocal taken_back
        await ctx.report_progress(0, 1)
        try:
            await asyncio.sleep(3600)
        finally:
            taken_back += 1
        return "Nobody hears this"

    @tool
    def test_taken_back() -> str:
        """How many calls were taken back."""
        return str(taken_back)

    @mcp.prompt()
    def test_simple_prompt() -> str:
        """One message."""
        return "This is a simple prompt for testing."

    @mcp.prompt()
    def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
        """A message with two words in it."""
        return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"

    @mcp.resource("test://static-text", mime_type="text/plain")
    def static_text() -> str:
        """A text."""
        return "This is the content of the static text resource."

    @mcp.resource("test://static-binary", mime_type="image/png")
    def static_binary() -> bytes:
        """An image."""
        import base64

        return base64.b64decode(PNG)

    @mcp.resource("test://template/{id}/data", mime_type="application/json")
    def template(id: str) -> str:
        """By its id."""
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})
