//! Hosted servers, against real HTTP servers on loopback.

use crate::support::{analyze, analyzer, asks};
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use catwalk_analysis::Endpoints;
use catwalk_domain::manifest::TransportKind;
use catwalk_domain::{Answers, ProblemCode, launch};

const RESULT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"notes","version":"3.1.0"}}}"#;

async fn host() -> (String, tokio::task::JoinHandle<()>) {
    let kind = |kind: &'static str| [("content-type", kind)];
    let router = Router::new()
        .route("/mcp", post(move || async move { (kind("application/json"), RESULT) }))
        .route(
            "/stream",
            post(move || async move { (kind("text/event-stream"), format!("event: message\ndata: {RESULT}\n\n")) }),
        )
        .route(
            "/sse",
            get(move || async move { (kind("text/event-stream"), "event: endpoint\ndata: /messages?x=1\n\n") }),
        )
        .route(
            "/locked",
            post(|| async {
                (StatusCode::UNAUTHORIZED, [("www-authenticate", "Bearer realm=\"x\"")], "no").into_response()
            }),
        )
        .route("/page", post(move || async move { (kind("text/html"), "<html>hello</html>") }))
        .route("/busy", post(|| async { StatusCode::TOO_MANY_REQUESTS }))
        .route("/broken", post(|| async { StatusCode::INTERNAL_SERVER_ERROR }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
    let task = tokio::spawn(async move {
        let _ = axum::serve(listener, router).await;
    });
    (base, task)
}

#[tokio::test]
async fn servers_that_answer() {
    let (base, _task) = host().await;
    let analyzer = analyzer(Endpoints::default());
    for path in ["mcp", "stream"] {
        let analysis = analyze(&analyzer, &format!("{base}/{path}")).await.unwrap_or_else(|e| panic!("{path}: {e:?}"));
        let remote = analysis.manifest.remote().expect("it is hosted");
        assert_eq!((remote.kind, analysis.manifest.version.as_str()), (TransportKind::StreamableHttp, "3.1.0"));
        assert_eq!(analysis.manifest.title.as_deref(), Some("notes"));
        assert!(asks(&analysis).is_empty());
    }
    let sse = analyze(&analyzer, &format!("{base}/sse")).await.expect("analyses");
    assert_eq!(sse.manifest.remote().map(|r| r.kind), Some(TransportKind::Sse));
}

#[tokio::test]
async fn a_locked_server_asks_for_its_token() {
    let (base, _task) = host().await;
    let analysis = analyze(&analyzer(Endpoints::default()), &format!("{base}/locked")).await.expect("analyses");
    // Not required: it may be one that people sign in to.
    assert_eq!(asks(&analysis), ["header:Authorization/token#"]);
    assert!(launch(&analysis.manifest, &Answers::default()).expect("complete").headers.is_empty());
    let answers = Answers([("header:Authorization/token".into(), catwalk_domain::Answer::secret("t"))].into());
    assert_eq!(launch(&analysis.manifest, &answers).expect("complete").headers[0].1.expose(), "Bearer t");
}

#[tokio::test]
async fn open_parts_are_asked_before_the_server_is() {
    let text = r#"{"mcpServers": {"x": {"url": "https://mcp.example.invalid/mcp?apiKey=YOUR_KEY", "headers": {"Authorization": "Bearer sk-abcdefghijkl", "X-Key": "your-key", "X-Team": "blue"}}}}"#;
    let analysis = analyze(&analyzer(Endpoints::default()), text).await.expect("nothing was asked");
    assert_eq!(asks(&analysis), ["url:apiKey*#", "header:Authorization/token*#", "header:X-Key*#"]);
    assert!(!analysis.manifest.to_json().to_string().contains("sk-abc"));
    assert_eq!(analysis.manifest.title.as_deref(), Some("x"));
}

#[tokio::test]
async fn addresses_that_are_no_servers() {
    let (base, task) = host().await;
    let analyzer = analyzer(Endpoints::default());
    for (path, code) in [
        ("page", ProblemCode::NotAServer),
        ("nothing", ProblemCode::NotFound),
        ("busy", ProblemCode::RateLimited),
        ("broken", ProblemCode::Offline),
    ] {
        let problem = analyze(&analyzer, &format!("{base}/{path}")).await.expect_err(path).problem();
        assert_eq!(problem.code, code, "{path}: {problem:?}");
        assert!(!problem.evidence.is_empty() && problem.fix.is_some());
    }
    task.abort();
    let _ = task.await;
    assert_eq!(
        analyze(&analyzer, &format!("{base}/mcp")).await.expect_err("gone").problem().code,
        ProblemCode::Offline
    );
}
