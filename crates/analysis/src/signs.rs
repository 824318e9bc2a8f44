//! Signs that a package or repository is an MCP server.

use crate::text::words;

/// Libraries that servers are built with.
const SDKS: [&str; 16] = [
    "@modelcontextprotocol/sdk",
    "@modelcontextprotocol/server",
    "@modelcontextprotocol/node",
    "fastmcp",
    "mcp",
    "mcp-framework",
    "xmcp",
    "mcpengine",
    "mcp-lite",
    "@mastra/mcp",
    "mcp-server",
    "pydantic-ai",
    "fastapi-mcp",
    "mcp-proxy",
    "mcp-use",
    "mcp-handler",
];

/// Whether a dependency is a library that servers are built with.
pub(crate) fn is_sdk(name: &str) -> bool {
    let base = name.split(['[', '=', '<', '>', '~', '!', ';', ' ', '(']).next().unwrap_or(name).trim();
    SDKS.contains(&base.to_lowercase().as_str())
}

/// Whether a name or short text speaks of MCP.
pub(crate) fn in_words(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("model context protocol")
        || lower.contains("model-context-protocol")
        || lower.contains("modelcontextprotocol")
        || words(text).iter().any(|w| w == "mcp" || w.starts_with("mcp") && w.len() < 12 || w.ends_with("mcp"))
}

/// Whether a README speaks of MCP as a server's does.
pub(crate) fn in_readme(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["model context protocol", "mcpservers", "mcp server", "mcp-name:", "claude mcp add"]
        .iter()
        .any(|w| lower.contains(w))
}
