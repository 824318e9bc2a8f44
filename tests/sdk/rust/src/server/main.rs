//! A server written with the Rust SDK, which serves both eras: `sdk-rust-server [--http PORT]`.
#![expect(deprecated, reason = "what the newest revision has given up is still served")]

mod catalog;
mod everybody;
mod questions;
mod server;
mod work;

use anyhow::{Result, bail};
use everybody::Everybody;
use rmcp::ServiceExt;
use rmcp::transport::stdio;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use server::Fixture;
use std::sync::Arc;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let everybody = Arc::new(Everybody::default());
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            Fixture::new(everybody).serve(stdio()).await?.waiting().await?;
            Ok(())
        }
        ["--http", port] => http(everybody, port.parse()?).await,
        _ => bail!("usage: sdk-rust-server [--http PORT]"),
    }
}

#[expect(clippy::print_stdout, reason = "its caller reads the address there")]
async fn http(everybody: Arc<Everybody>, port: u16) -> Result<()> {
    let service = StreamableHttpService::new(
        move || Ok(Fixture::new(Arc::clone(&everybody))),
        Arc::new(LocalSessionManager::default()),
        StreamableHttpServerConfig::default(),
    );
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://{}/mcp", listener.local_addr()?);
    axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await?;
    Ok(())
}
