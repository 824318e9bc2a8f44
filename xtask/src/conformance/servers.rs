//! The servers: our own fixture in each era, one written with each official SDK, and whatever else is named.

use super::tools::Tools;
use crate::paths;

/// A server and how it is started.
pub(crate) struct Server {
    pub(crate) name: String,
    /// On stdio.
    pub(crate) stdio: Vec<String>,
    /// As an HTTP server that prints its address first, if it can be one.
    pub(crate) direct: Option<Vec<String>>,
}

/// All of them.
pub(crate) fn all(tools: &Tools, upstream: Option<&[String]>) -> Vec<Server> {
    let root = paths::root();
    let server = |name: &str, words: &[&str]| {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        let direct = words.iter().cloned().chain(["--http".to_owned(), "0".to_owned()]).collect();
        Server { name: name.to_owned(), stdio: words, direct: Some(direct) }
    };
    let file = |path: &str| root.join(path).display().to_string();
    let (node, fixture) = (tools.node_path(), file("tests/fixtures/conformance/main.mjs"));
    let [newest, first] = tools.pythons.each_ref().map(|python| python.display().to_string());
    let mut servers = vec![
        server("fixture, both eras", &[&node, &fixture]),
        server("fixture, legacy", &[&node, &fixture, "--era", "legacy"]),
        server("fixture, 2026-07-28", &[&node, &fixture, "--era", "modern"]),
        server("TypeScript SDK 1", &[&node, &file("tests/sdk/server-1.mjs")]),
        server("TypeScript SDK 2", &[&node, &file("tests/sdk/server-2.mjs")]),
        server("Python SDK 1", &[&first, &file("tests/sdk/server_1.py")]),
        server("Python SDK 2", &[&newest, &file("tests/sdk/server_2.py")]),
        server("Rust SDK", &[&tools.rust[1].display().to_string()]),
    ];
    if let Some(words) = upstream {
        servers.push(Server { name: words.join(" "), stdio: words.to_vec(), direct: None });
    }
    servers
}
