//! The least that a relay to one shared stdio server can do: no token, no limit, no event stream, no second chance. A
//! physical reference for what a relay costs, not a product.
//!
//! It answers `initialize` from the server's one answer, gives every other request a number of its own on the way to the
//! server and the client's id back on the way to the client, and touches nothing else.

mod child;

use anyhow::Context;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use child::{Child, Message};
use clap::Parser;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpSocket;

/// A relay that does only what it must, as a reference.
#[derive(Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The server's command.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(arguments.listen).context("cannot listen there")?;
    let listener = socket.listen(1024)?;
    let child = Child::start(&arguments.command).await?;
    let take = post(message).delete(|| async { StatusCode::NO_CONTENT });
    let router = axum::Router::new().route("/mcp", take.layer(axum::extract::DefaultBodyLimit::disable()));
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, router.with_state(child)).await?;
    Ok(())
}

async fn message(State(child): State<Arc<Child>>, body: Bytes) -> Response {
    let Ok(message) = serde_json::from_slice::<Message<'_>>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Some(id) = message.id else { return StatusCode::ACCEPTED.into_response() };
    if message.method == Some("initialize") {
        let name = HeaderName::from_static("mcp-session-id");
        let session = (name, HeaderValue::from_static("shared"));
        return ([session], json(child::answer(id.get(), &child.hello))).into_response();
    }
    match child.call(&message).await {
        Some(outcome) => json(child::answer(id.get(), &outcome)).into_response(),
        None => StatusCode::BAD_GATEWAY.into_response(),
    }
}

fn json(body: Vec<u8>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], body)
}
