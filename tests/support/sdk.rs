//! The official MCP clients, as other people's programs use them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::Value;

/// The official clients.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sdk {
    TypeScriptV1,
    TypeScriptV2,
    Python,
    Rust,
}

impl Sdk {
    pub(crate) const ALL: [Self; 4] = [Self::TypeScriptV1, Self::TypeScriptV2, Self::Python, Self::Rust];

    /// Calls a tool; the result, or the client's own words for what went wrong.
    pub(crate) async fn call(self, url: &str, token: &str, tool: &str, arguments: &Value) -> Result<Value, String> {
        let text = arguments.to_string();
        match self {
            Self::TypeScriptV1 => run(&["node", "call.mjs", "v1", url, tool, &text], token),
            Self::TypeScriptV2 => run(&["node", "call.mjs", "v2", url, tool, &text], token),
            Self::Python => run(&[&python(), "call.py", url, tool, &text], token),
            Self::Rust => rust(url, token, tool, arguments).await,
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk")
}

fn python() -> String {
    std::env::var("CATWALK_TEST_PYTHON").unwrap_or_else(|_| {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-python/bin/python").display().to_string()
    })
}

#[allow(clippy::disallowed_methods, reason = "the product's ban on starting processes does not bind its tests")]
fn run(command: &[&str], token: &str) -> Result<Value, String> {
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .current_dir(folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{}: {e}", command[0]))?;
    let mut stdin = child.stdin.take().expect("it was piped");
    stdin.write_all(token.as_bytes()).map_err(|e| e.to_string())?;
    drop(stdin);
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())
}

async fn rust(url: &str, token: &str, tool: &str, arguments: &Value) -> Result<Value, String> {
    let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(token);
    let transport = StreamableHttpClientTransport::from_config(config);
    let client = ().serve(transport).await.map_err(|e| e.to_string())?;
    let mut request = CallToolRequestParams::new(tool.to_owned());
    request.arguments = arguments.as_object().cloned();
    let result = client.call_tool(request).await.map_err(|e| e.to_string())?;
    client.cancel().await.map_err(|e| e.to_string())?;
    serde_json::to_value(result).map_err(|e| e.to_string())
}
