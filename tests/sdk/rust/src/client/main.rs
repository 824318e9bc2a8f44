//! One column of the SDK matrix with the Rust SDK: `sdk-rust-client v1|v1-modern URL`. As matrix.mjs, in all respects.
#![expect(clippy::print_stdout, reason = "its caller reads there how each thing went")]
#![expect(deprecated, reason = "what the newest revision has given up is still tried")]

mod checks;
mod handler;

use anyhow::{Context, Result, bail};
use checks::{Checks, LIMIT};
use handler::Handler;
use rmcp::model::ProtocolVersion;
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin, stdin};

/// A connection.
pub(crate) type Client = RunningService<RoleClient, Handler>;

/// How connections are made.
struct Endpoint {
    url: String,
    token: String,
    modern: bool,
}

impl Endpoint {
    async fn connect(&self) -> Result<Client> {
        let mut config = StreamableHttpClientTransportConfig::with_uri(&*self.url);
        if !self.token.is_empty() {
            config = config.auth_header(&self.token);
        }
        let lifecycle = if self.modern {
            ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
        } else {
            ClientLifecycleMode::Initialize
        };
        let transport = StreamableHttpClientTransport::from_config(config);
        let client = Handler::default().serve_with_lifecycle(transport, lifecycle).await?;
        let version =
            client.peer_info().map(|info| info.protocol_version.clone()).context("the server said who it is")?;
        anyhow::ensure!((version == ProtocolVersion::V_2026_07_28) == self.modern, "the version is {version}");
        Ok(client)
    }
}

fn tell(check: &str, outcome: Result<Option<String>>) {
    let said = match outcome {
        Ok(note) => json!({ "check": check, "ok": true, "note": note }),
        Err(error) => json!({ "check": check, "ok": false, "note": format!("{error:#}") }),
    };
    println!("{said}");
}

// One thread, for the SDK handles each notification in a task of its own: on several they overtake each other.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [line, url] = &words[..] else { bail!("usage: sdk-rust-client v1|v1-modern URL") };
    let mut input = BufReader::new(stdin()).lines();
    let token = input.next_line().await?.unwrap_or_default().trim().to_owned();
    let endpoint = Endpoint { url: url.clone(), token, modern: line == "v1-modern" };
    let client = match tokio::time::timeout(2 * LIMIT, endpoint.connect()).await? {
        Ok(client) => client,
        Err(error) => {
            tell("initialize", Err(error));
            return Ok(());
        }
    };
    tell("initialize", Ok(None));
    let checks = Checks { client, modern: endpoint.modern };
    for name in checks::NAMES {
        let late = async {
            tokio::time::sleep(2 * LIMIT).await;
            bail!("no answer in time")
        };
        let outcome = tokio::select! {
            outcome = checks.run(name) => outcome,
            late = late => late,
        };
        tell(name, outcome.map(|()| None));
    }
    println!("{}", json!({ "check": "restart" }));
    tell("reconnect", again(&endpoint, checks, &mut input).await);
    std::process::exit(0);
}

/// The relay was started anew.
async fn again(endpoint: &Endpoint, checks: Checks, input: &mut Lines<BufReader<Stdin>>) -> Result<Option<String>> {
    input.next_line().await?;
    let first = tokio::time::timeout(2 * LIMIT, checks.works()).await.unwrap_or_else(|_| bail!("no answer in time"));
    let Err(error) = first else { return Ok(None) };
    let client = endpoint.connect().await?;
    Checks { client, ..checks }.works().await?;
    Ok(Some(format!("by a new connection: {error:#}")))
}
