//! What the relay counts, as Prometheus would read it.

use crate::support::{Running, TOKEN, fixture, routes, text, until};
use catwalk_relay::Routes;
use reqwest::StatusCode;
use serde_json::json;
use sha2::{Digest, Sha256};

const SCRAPER: &str = "cw_test_metrics";

async fn measured() -> Running {
    let relay = fixture().await;
    let metrics = Some(Sha256::digest(SCRAPER).into());
    relay.handle.set_routes(Routes { metrics, ..routes(relay.one, relay.two) });
    relay
}

async fn get(relay: &Running, token: Option<&str>) -> (StatusCode, String) {
    let request = relay.stranger().http.get(format!("http://{}/metrics", relay.addr));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let response = request.send().await.expect("an answer");
    (response.status(), response.text().await.expect("a body"))
}

/// The value of a sample, named with its labels.
async fn value(relay: &Running, sample: &str) -> f64 {
    let (status, text) = get(relay, Some(SCRAPER)).await;
    assert_eq!(status, 200);
    let found = text.lines().find_map(|line| line.strip_prefix(sample)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("no {sample} in {text}"))
}

#[tokio::test]
async fn counts_what_passes() {
    let relay = measured().await;
    let client = relay.client().await;
    client.call(1, "echo", json!({ "text": "x".repeat(1000) })).await;
    client.call(2, "nonsense", json!({})).await;
    client.call(3, "crash", json!({})).await;
    assert_eq!(text(&client.call(4, "echo", json!({ "text": "back" })).await), "back");
    let ended = |outcome| format!("catwalk_calls_total{{deployment=\"one\",outcome=\"{outcome}\"}}");
    // The handshakes count too: they are requests to the server.
    for (sample, least) in [(ended("ok"), 4.0), (ended("error"), 1.0), (ended("lost"), 1.0)] {
        assert!((value(&relay, &sample).await - least).abs() < 0.1, "{sample}");
    }
    for (name, expect) in [("restarts_total", 1.0), ("sessions", 1.0), ("servers_up", 1.0), ("calls_in_flight", 0.0)] {
        let got = value(&relay, &format!("catwalk_{name}{{deployment=\"one\"}}")).await;
        assert!((got - expect).abs() < 0.1, "{name}: {got}");
    }
    assert!(value(&relay, "catwalk_sent_bytes_total{deployment=\"one\"}").await > 1000.0);
    assert!(value(&relay, "catwalk_received_bytes_total{deployment=\"one\"}").await > 1000.0);
    let counted = value(&relay, "catwalk_call_duration_seconds_count{deployment=\"one\"}").await;
    let longest = value(&relay, "catwalk_call_duration_seconds_bucket{deployment=\"one\",le=\"+Inf\"}").await;
    assert!((counted - 6.0).abs() < 0.1 && (longest - counted).abs() < 0.1, "{counted} {longest}");
    let slow = {
        let client = client.clone();
        crate::support::spawn(async move { client.call(5, "slow", json!({})).await })
    };
    until("a call in flight is seen", || relay.handle.in_flight(relay.one) == 1).await;
    assert!((value(&relay, "catwalk_calls_in_flight{deployment=\"one\"}").await - 1.0).abs() < 0.1);
    slow.abort();
}

/// FAULTS case 3, for this door: its token opens nothing else, and no other token opens it.
#[tokio::test]
async fn case_03_the_metrics_have_their_own_token() {
    let relay = measured().await;
    for token in [None, Some(TOKEN), Some("wrong")] {
        assert_eq!(get(&relay, token).await.0, 401, "{token:?}");
    }
    let mut scraper = relay.stranger();
    scraper.token = SCRAPER.to_owned();
    assert_eq!(scraper.post(&json!({})).await.status(), 401);
    assert!((value(&relay, "catwalk_refusals_total{status=\"401\"}").await - 4.0).abs() < 0.1);
    let posted = scraper.http.post(format!("http://{}/metrics", relay.addr)).bearer_auth(SCRAPER).send().await;
    assert_eq!(posted.expect("an answer").status(), 405);
    let foreign = scraper.http.get(format!("http://{}/metrics", relay.addr)).bearer_auth(SCRAPER);
    assert_eq!(foreign.header("origin", "http://evil.example").send().await.expect("an answer").status(), 403);
    let without = crate::support::fixture().await;
    assert_eq!(get(&without, Some(TOKEN)).await.0, 404, "there is no such page unless it was asked for");
}

#[tokio::test]
async fn labels_are_ours() {
    let relay = measured().await;
    let client = relay.client().await;
    for n in 0..50 {
        client.call(n, &format!("made-up-{n}"), json!({})).await;
        client.ask(n, &format!("made/up-{n}"), json!({})).await;
    }
    let (_, text) = get(&relay, Some(SCRAPER)).await;
    assert!(!text.contains("made"), "nothing that a client sends becomes a label: {text}");
    let labels: std::collections::BTreeSet<_> =
        text.lines().filter_map(|line| line.split_once("deployment=\"")?.1.split('"').next()).collect();
    assert_eq!(labels.into_iter().collect::<Vec<_>>(), ["one", "two"]);
}
