//! The official Rust SDK as a client: what it takes for granted holds.

use crate::support::{TOKEN, fixture};
use futures_util::StreamExt;
use rmcp::handler::client::progress::ProgressDispatcher;
use rmcp::model::{
    CallToolRequestParams, ClientRequest, ListRootsResult, ProgressNotificationParam, ProtocolVersion, Request,
};
use rmcp::service::{NotificationContext, PeerRequestOptions, RequestContext, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientHandler, ErrorData, RoleClient, ServiceExt};
use serde_json::{Value, json};

#[derive(Clone)]
struct Client {
    progress: ProgressDispatcher,
}

impl ClientHandler for Client {
    async fn on_progress(&self, params: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
        self.progress.handle_notification(params).await;
    }

    fn get_info(&self) -> rmcp::model::ClientConfig {
        serde_json::from_value(json!({
            "protocolVersion": "2025-11-25", "capabilities": { "roots": {} },
            "clientInfo": { "name": "sdk", "version": "1" },
        }))
        .expect("a client's description")
    }

    async fn list_roots(&self, _: RequestContext<RoleClient>) -> Result<ListRootsResult, ErrorData> {
        Ok(serde_json::from_value(json!({ "roots": [{ "uri": "file:///here" }] })).expect("roots"))
    }
}

async fn connect(url: String) -> RunningService<RoleClient, Client> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(TOKEN);
    let client = Client { progress: ProgressDispatcher::new() };
    client.serve(StreamableHttpClientTransport::from_config(config)).await.expect("it initialises")
}

fn call(tool: &'static str, arguments: Value) -> CallToolRequestParams {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    CallToolRequestParams::new(tool).with_arguments(arguments)
}

fn said(result: &rmcp::model::CallToolResult) -> String {
    let value = serde_json::to_value(result).expect("is JSON");
    value["content"][0]["text"].as_str().expect("has text").to_owned()
}

#[tokio::test]
async fn initialize_list_call_question() {
    let relay = fixture().await;
    let client = connect(relay.url("one")).await;
    let info = client.peer_info().expect("it was introduced");
    assert_eq!(serde_json::to_value(&*info).expect("is JSON")["serverInfo"]["name"], "fixture");
    let tools = client.list_all_tools().await.expect("a list");
    assert!(tools.iter().any(|tool| tool.name == "echo"));
    let answer = client.call_tool(call("echo", json!({ "text": "hi" }))).await.expect("a result");
    assert_eq!(said(&answer), "hi");
    let large = client.call_tool(call("big", json!({ "bytes": 1 << 20 }))).await.expect("a result");
    assert_eq!(said(&large).len(), 1 << 20);
    let roots = client.call_tool(call("roots", json!({}))).await.expect("a result");
    assert!(said(&roots).contains("file:///here"), "{}", said(&roots));
    client.cancel().await.expect("it ends");
    crate::support::until("it said goodbye", || relay.handle.sessions(relay.one) == 0).await;
}

#[tokio::test]
async fn many_servers_at_one_address() {
    let relay = fixture().await;
    let client = connect(format!("http://{}/mcp", relay.addr)).await;
    let info = client.peer_info().expect("it was introduced");
    assert_eq!(serde_json::to_value(&*info).expect("is JSON")["serverInfo"]["name"], "catwalk");
    let tools = client.list_all_tools().await.expect("a list");
    assert!(["one__echo", "two__echo"].iter().all(|name| tools.iter().any(|tool| tool.name == **name)));
    assert!(client.list_all_resources().await.expect("a list").is_empty());
    let answer = client.call_tool(call("two__echo", json!({ "text": "hi" }))).await.expect("a result");
    assert_eq!(said(&answer), "hi");
    let roots = client.call_tool(call("one__roots", json!({}))).await.expect("a result");
    assert!(said(&roots).contains("file:///here"), "{}", said(&roots));
    client.cancel().await.expect("it ends");
    let gone = || relay.handle.sessions(relay.one) + relay.handle.sessions(relay.two) == 0;
    crate::support::until("it said goodbye to both", gone).await;
}

#[tokio::test]
async fn progress_and_cancel() {
    let relay = fixture().await;
    let client = connect(relay.url("one")).await;
    let request = |params| ClientRequest::CallToolRequest(Request::new(params));
    let sleep = request(call("sleep", json!({ "seconds": 0.2, "steps": 4 })));
    let handle = client.send_cancellable_request(sleep, PeerRequestOptions::no_options()).await.expect("it is sent");
    let mut progress = client.service().progress.subscribe(handle.progress_token.clone()).await;
    assert!(progress.next().await.is_some_and(|seen| seen.progress >= 1.0));
    handle.await_response().await.expect("a result");
    let slow = request(call("slow", json!({})));
    let handle = client.send_cancellable_request(slow, PeerRequestOptions::no_options()).await.expect("it is sent");
    let seen = || async { said(&client.call_tool(call("seen", json!({}))).await.expect("a result")) };
    while seen().await.matches("tools/call").count() < 3 {}
    handle.cancel(Some("enough".to_owned())).await.expect("it is sent");
    while !seen().await.contains("notifications/cancelled") {}
    assert_eq!(said(&client.call_tool(call("add", json!({ "a": 1, "b": 1 }))).await.expect("a result")), "2");
}

#[tokio::test]
async fn its_era_probe_is_told_our_versions() {
    let relay = fixture().await;
    let client = connect(relay.url("one")).await;
    let version = client.peer_info().map(|info| serde_json::to_value(&*info).expect("is JSON"));
    assert_eq!(version.expect("it was introduced")["protocolVersion"], ProtocolVersion::V_2025_11_25.as_str());
}
