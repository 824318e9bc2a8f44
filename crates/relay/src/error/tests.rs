//! The table of `Fault::answer`, row by row.

use super::{CallError, Fault, status_of};
use crate::mirror::Mismatch;
use crate::upstream::ConnectError;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn every_fault_has_its_status_and_code() {
    let second = Duration::from_secs(1);
    let server = CallError::Server { code: -32602, message: "no such tool".into(), data: None };
    for (fault, status, code) in [
        (Fault::HostMissing, 400, -32600),
        (Fault::HostForeign, 403, -32600),
        (Fault::OriginForeign, 403, -32600),
        (Fault::TokenInUrl, 400, -32600),
        (Fault::TokenMissing, 401, -32600),
        (Fault::TokenUnknown, 401, -32600),
        (Fault::TokenElsewhere, 403, -32600),
        (Fault::NoRoute, 404, -32600),
        (Fault::HttpMethod("POST, GET, DELETE"), 405, -32600),
        (Fault::Accept("text/event-stream"), 406, -32600),
        (Fault::ContentType, 415, -32600),
        (Fault::BodyTooLong(4 << 20), 413, -32600),
        (Fault::BodySlow, 408, -32600),
        (Fault::BodyCut, 400, -32600),
        (Fault::Syntax, 400, -32700),
        (Fault::Shape, 400, -32600),
        (Fault::Batch, 400, -32600),
        (Fault::Initialize, 400, -32602),
        (Fault::Version("2026-07-28".into()), 400, -32022),
        (Fault::SessionMissing, 400, -32600),
        (Fault::SessionUnknown, 404, -32001),
        (Fault::SessionsFull, 503, -32000),
        (Fault::Rate(second), 429, -32000),
        (Fault::ProcessesFull(16), 503, -32000),
        (Fault::InFlight(128), 429, -32000),
        (Fault::EventId, 400, -32600),
        (Fault::Meta("_meta"), 400, -32602),
        (Mismatch("the Mcp-Method header is missing".into()).into(), 400, -32020),
        (Fault::Method, 404, -32601),
        (Fault::Listen, 400, -32602),
        (Fault::RequestState, 400, -32602),
        (CallError::Unavailable(Arc::new(ConnectError::Stopped)).into(), 200, -32000),
        (CallError::NotReady(second).into(), 200, -32001),
        (CallError::TimedOut(second).into(), 200, -32001),
        (CallError::OutcomeUnknown.into(), 200, -32000),
        (CallError::AnswerTooLong(64 << 20).into(), 200, -32603),
        (CallError::Http(502).into(), 200, -32000),
        (CallError::Params.into(), 200, -32602),
        (server.into(), 200, -32602),
        (CallError::Answer("tools/list").into(), 200, -32603),
        (CallError::Subscriptions(256).into(), 200, -32000),
        (CallError::Unanswered("no".into()).into(), 200, -32000),
        (CallError::Rounds(10).into(), 200, -32000),
        (CallError::Unlisted("a__b".into()).into(), 200, -32602),
        (CallError::NoResource("a://b".into()).into(), 200, -32602),
        (CallError::NoMethod("tasks/get".into()).into(), 200, -32601),
        (CallError::Cursor.into(), 200, -32602),
        (CallError::Stopping.into(), 200, -32000),
    ] {
        let (got, got_code) = fault.answer();
        assert_eq!((got.as_u16(), got_code), (status, code), "{fault}");
        let text = fault.to_string();
        assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
    }
}

#[test]
fn an_unsupported_version_lists_ours() {
    let data = Fault::Version("2027-01-01".into()).data().expect("has data");
    assert_eq!(data["requested"], "2027-01-01");
    assert_eq!(data["supported"][0], "2026-07-28");
}

#[test]
fn in_the_newest_revision_an_errors_status_follows_from_its_code() {
    for (code, status) in [
        (-32700, 400),
        (-32600, 400),
        (-32601, 404),
        (-32602, 400),
        (-32603, 200),
        (-32019, 200),
        (-32020, 400),
        (-32021, 400),
        (-32022, 400),
        (-32023, 200),
        (-32000, 200),
        (1, 200),
    ] {
        assert_eq!(status_of(code).as_u16(), status, "{code}");
    }
}
