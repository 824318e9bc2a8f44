//! Registries as mirrors and odd packages make them, against fakes.

use crate::support::{NOW, analyze, analyzer, asks, runs};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode, header};
use catwalk_analysis::{Analyzer, Endpoints};
use catwalk_domain::{ProblemCode, WarningKind};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;
use zip::write::SimpleFileOptions;

/// Serves what a function of the path gives.
async fn serve(
    answer: impl Fn(&str, Option<&str>) -> Option<Response<Body>> + Send + Sync + 'static,
) -> (Analyzer, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let base = format!("http://{}/", listener.local_addr().expect("bound"));
    let answer = Arc::new(answer);
    let router = Router::new().fallback(move |request: Request| {
        let range = request.headers().get(header::RANGE).and_then(|v| v.to_str().ok());
        let found = answer(request.uri().path(), range);
        let missing = || Response::builder().status(StatusCode::NOT_FOUND).body(Body::empty()).expect("valid");
        std::future::ready(found.unwrap_or_else(missing))
    });
    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
    let task = tokio::spawn(async move {
        let _ = axum::serve(listener, router).await;
    });
    let part = |p: &str| url::Url::parse(&base).and_then(|b| b.join(p)).expect("a URL");
    (analyzer(Endpoints { npm: part("npm/"), pypi: part("pypi/"), ..Endpoints::default() }), task)
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside `None` in every table")]
fn ok(body: impl Into<Body>) -> Option<Response<Body>> {
    Some(Response::new(body.into()))
}

fn wheel(scripts: &str, padding: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("demo/data.bin", plain).expect("a member");
    zip.write_all(&vec![7; padding]).expect("written");
    zip.start_file("demo_mcp-1.0.dist-info/entry_points.txt", SimpleFileOptions::default()).expect("a member");
    zip.write_all(scripts.as_bytes()).expect("written");
    zip.finish().expect("finished").into_inner()
}

fn project(url: &str, size: usize) -> String {
    json!({
        "info": {"name": "Demo_MCP", "version": "1.0", "summary": "Demo", "requires_dist": ["mcp[cli]>=1.2"], "yanked": true, "yanked_reason": "broken",
            "author_email": "Ada <ada@example.org>", "description": "<!-- mcp-name: io.github.ada/demo --> A server. It speaks the Model Context Protocol."},
        "urls": [{"packagetype": "bdist_wheel", "filename": "demo_mcp-1.0-py3-none-any.whl", "size": size, "url": url, "upload_time_iso_8601": "2026-11-20T00:00:00.000000Z"}],
    })
    .to_string()
}

#[tokio::test]
async fn a_mirror_whose_relative_links_are_dead_is_read_by_its_simple_page() {
    let file = wheel("[console_scripts]\nserve-demo = demo:main\n", 10);
    let size = file.len();
    let html = "<a href=\"../../files/demo_mcp-1.0-py3-none-any.whl#sha256=0\" data-requires-python=\"&gt;=3.9\">x</a>";
    let (analyzer, _task) = serve(move |path, _| match path {
        "/pypi/pypi/demo-mcp/json" => ok(project("../../packages/p/demo_mcp-1.0-py3-none-any.whl", size)),
        "/pypi/simple/demo-mcp/" => ok(html),
        "/pypi/files/demo_mcp-1.0-py3-none-any.whl" => ok(file.clone()),
        _ => None,
    })
    .await;
    let analysis = analyze(&analyzer, "pypi:demo.mcp").await.expect("analyses");
    assert_eq!(runs(&analysis), "pypi:Demo_MCP!serve-demo");
    assert_eq!(analysis.manifest.name, "io.github.ada/demo");
    assert_eq!(analysis.publisher.as_deref(), Some("Ada"));
    let kinds: Vec<WarningKind> = analysis.warnings.iter().map(|w| w.kind).collect();
    assert_eq!(kinds, [WarningKind::Deprecated, WarningKind::VeryNew]);
}

#[tokio::test]
async fn large_wheels_are_read_from_their_end_with_or_without_range() {
    for ranges in [true, false] {
        let file = wheel("[console_scripts]\ndemo-mcp = demo:main\nother = demo:x\n", 3 << 20);
        let size = file.len();
        let (analyzer, _task) = serve(move |path, range| match path {
            "/pypi/pypi/demo-mcp/json" => ok(project("../../files/w.whl", size)),
            "/pypi/files/w.whl" => {
                match range.filter(|_| ranges).and_then(|r| r.strip_prefix("bytes=-")?.parse::<usize>().ok()) {
                    Some(tail) => {
                        let start = size - tail.min(size);
                        let range = format!("bytes {start}-{}/{size}", size - 1);
                        let response = Response::builder().status(206).header(header::CONTENT_RANGE, range);
                        response.body(Body::from(file[start..].to_vec())).ok()
                    }
                    None => ok(file.clone()),
                }
            }
            _ => None,
        })
        .await;
        let analysis = analyze(&analyzer, "pypi:demo-mcp").await.expect("analyses");
        assert_eq!(runs(&analysis), "pypi:Demo_MCP!demo-mcp", "ranges: {ranges}");
    }
}

#[tokio::test]
async fn without_a_readable_wheel_the_script_is_a_guess_and_without_scripts_it_is_no_server() {
    let (guessing, _task) = serve(|path, _| match path {
        "/pypi/pypi/demo-mcp/json" => ok(project("../../files/w.whl", 100)),
        "/pypi/files/w.whl" => ok("no zip at all"),
        _ => None,
    })
    .await;
    let analysis = analyze(&guessing, "pypi:demo-mcp").await.expect("analyses");
    assert_eq!(runs(&analysis), "pypi:Demo_MCP!demo-mcp");
    assert!(analysis.warnings.iter().any(|w| w.kind == WarningKind::Guessed));
    let (empty, _task) = serve(|path, _| match path {
        "/pypi/pypi/demo-mcp/json" => ok(project("../../files/w.whl", 100)),
        "/pypi/files/w.whl" => ok(wheel("[gui_scripts]\nx = y:z\n", 1)),
        _ => None,
    })
    .await;
    assert_eq!(analyze(&empty, "pypi:demo-mcp").await.expect_err("a library").problem().code, ProblemCode::NotAServer);
}

fn npm(extra: &Value) -> String {
    let mut json = json!({"name": "demo-mcp", "version": "1.0.0", "bin": "cli.js", "description": "x\u{202e}y ".repeat(200), "maintainers": [{"name": "ada"}]});
    for (key, value) in extra.as_object().expect("a map") {
        json[key] = value.clone();
    }
    json.to_string()
}

#[tokio::test]
async fn warnings_of_an_npm_package() {
    let (analyzer, _task) = serve(|path, _| match path {
        "/npm/demo-mcp/latest" => {
            ok(npm(&json!({"deprecated": "use other-mcp", "scripts": {"postinstall": "node x.js"}})))
        }
        "/npm/demo-mcp" => {
            ok(json!({"dist-tags": {"latest": "1.0.0"}, "time": {"1.0.0": "2026-11-22T12:00:00.000Z"}}).to_string())
        }
        _ => None,
    })
    .await;
    let analysis = analyze(&analyzer, "npm:demo-mcp").await.expect("analyses");
    let kinds: Vec<WarningKind> = analysis.warnings.iter().map(|w| w.kind).collect();
    assert_eq!(kinds, [WarningKind::Deprecated, WarningKind::InstallScript, WarningKind::VeryNew]);
    assert_eq!((runs(&analysis).as_str(), analysis.publisher.as_deref()), ("npm:demo-mcp!demo-mcp", Some("ada")));
    assert!(
        analysis.manifest.description.chars().count() <= 100 && !analysis.manifest.description.contains('\u{202e}')
    );
    assert!(analysis.published_at.is_some_and(|p| p < NOW));
}

#[tokio::test]
async fn a_bare_word_is_looked_for_in_both_registries() {
    let both = |path: &str| match path {
        "/npm/demo-mcp/latest" => ok(npm(&json!({}))),
        "/pypi/pypi/demo-mcp/json" => ok(project("x.whl", 1)),
        _ => None,
    };
    let (two, _task) = serve(move |path, _| both(path)).await;
    let analysis = analyze(&two, "demo-mcp").await.expect("analyses");
    assert!(runs(&analysis).starts_with("npm:") && analysis.source.to_string().starts_with("npm:"));
    assert!(analysis.warnings.iter().any(|w| w.kind == WarningKind::Guessed && w.text.contains("PyPI")));
    let (one, _task) = serve(move |path, _| both(path).filter(|_| path.starts_with("/pypi"))).await;
    let analysis = analyze(&one, "demo-mcp").await.expect("analyses");
    assert!(runs(&analysis).starts_with("pypi:") && analysis.source.to_string().starts_with("pypi:"));
    assert_eq!(
        analyze(&one, "npm:demo-mcp").await.expect_err("a prefix decides").problem().code,
        ProblemCode::NotFound
    );
    let (none, _task) = serve(|_, _| None).await;
    assert_eq!(analyze(&none, "demo-mcp").await.expect_err("nowhere").problem().evidence.len(), 2);
}

#[tokio::test]
async fn hostile_answers_are_bounded() {
    let readme = "```json\n{\"mcpServers\": {\"x\": {\"command\": \"npx\", \"args\": [\"demo-mcp\", \"--registry\", \"https://evil.example\"], \"env\": {\"LD_PRELOAD\": \"/x.so\", \"A b\": \"c\"}}}}\n```\n";
    let (analyzer, _task) = serve(move |path, _| match path {
        "/npm/demo-mcp/latest" => ok(npm(&json!({"mcpName": "../../<script>", "homepage": "javascript:alert(1)", "repository": {"url": "git+https://github.com/../x"}}))),
        "/npm/demo-mcp" => ok(json!({"dist-tags": {"latest": "1.0.0"}, "readme": format!("{readme}{}", "[".repeat(100_000))}).to_string()),
        "/npm/large-mcp/latest" => ok(vec![b' '; 5 << 20]),
        "/npm/html-mcp/latest" => ok("<html>log in first</html>"),
        "/npm/busy-mcp/latest" => Response::builder().status(429).body(Body::empty()).ok(),
        _ => None,
    })
    .await;
    let analysis = analyze(&analyzer, "npm:demo-mcp").await.expect("analyses");
    assert_eq!(analysis.manifest.name, "npm/demo-mcp");
    assert_eq!((analysis.manifest.website_url.as_ref(), analysis.manifest.repository.as_ref()), (None, None));
    assert!(asks(&analysis).iter().all(|a| !a.contains("LD_PRELOAD")), "{:?}", asks(&analysis));
    for (text, code) in [
        ("npm:large-mcp", ProblemCode::Unsupported),
        ("npm:html-mcp", ProblemCode::Offline),
        ("npm:busy-mcp", ProblemCode::RateLimited),
    ] {
        assert_eq!(analyze(&analyzer, text).await.expect_err(text).problem().code, code, "{text}");
    }
}
