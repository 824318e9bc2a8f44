//! What each AI app bears of the tools of many servers at one address.

use catwalk_relay::Budget;

/// The name of the entry that leads to all servers. Most apps put it in front of each tool's name.
pub(crate) const ENTRY: &str = "catwalk";
/// The longest tool name that the large model providers take.
const PROVIDERS: usize = 64;
/// What apps write around an entry's name: `mcp__catwalk__`.
const AROUND: usize = "mcp____".len();
/// The longest entry and tool name together in Cursor, which drops tools beyond that without a word.
const CURSOR: usize = 60;

/// By an app's name, as its token has it.
pub(crate) fn of(client: &str) -> Budget {
    let widely = PROVIDERS - AROUND - ENTRY.len();
    match client {
        "Cursor" => Budget { name: (CURSOR - ENTRY.len() - 1).min(widely), tools: Some(80) },
        "Windsurf" => Budget { name: widely, tools: Some(100) },
        "VS Code" => Budget { name: widely, tools: Some(128) },
        _ => Budget { name: widely, tools: None },
    }
}
