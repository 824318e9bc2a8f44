//! Requests and results on their way from one era to the other. Where both sides are of one era nothing here is used:
//! their bytes pass as they are.

use crate::envelope::{self, field};
use crate::session::{Session, level_name};
use crate::version::Version;
use memchr::memmem;
use serde_json::json;
use serde_json::value::RawValue;

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CLIENT: &str = "io.modelcontextprotocol/clientInfo";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const LEVEL: &str = "io.modelcontextprotocol/logLevel";
const SERVER: &str = "io.modelcontextprotocol/serverInfo";
/// Ties a notification to the `subscriptions/listen` that asked for it.
pub(super) const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// Results that say how long they may be kept.
const CACHEABLE: [&str; 6] =
    ["server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read"];

/// Who Catwalk itself is, as a client.
pub(crate) fn own_info() -> String {
    json!({ "name": "catwalk", "title": "Catwalk", "version": env!("CARGO_PKG_VERSION") }).to_string()
}

fn meta_of(params: &str) -> Option<&RawValue> {
    field(serde_json::from_str(params).ok()?, "_meta")
}

/// `params` for a server of 2026-07-28: with what its client said once, in `initialize`, and with our progress token.
pub(super) fn to_modern(params: Option<&str>, session: Option<&Session>, token: Option<u64>) -> String {
    let params = params.unwrap_or("{}");
    let version = format!("\"{}\"", Version::MODERN.as_str());
    let own = own_info();
    let hello = session.and_then(Session::hello);
    let level = session.and_then(Session::level).map(|rank| format!("\"{}\"", level_name(rank)));
    let token = token.map(|token| token.to_string());
    let mut set = vec![
        (VERSION, &*version),
        (CLIENT, hello.map_or(&*own, |hello| &hello.info)),
        (CAPABILITIES, hello.map_or("{}", |hello| &hello.capabilities)),
    ];
    set.extend(level.as_deref().map(|level| (LEVEL, level)));
    set.extend(token.as_deref().map(|token| ("progressToken", token)));
    let meta = envelope::edit(meta_of(params).map_or("{}", RawValue::get), &set, &[]);
    envelope::edit(params, &[("_meta", &meta)], &[])
}

/// `params` for a server with sessions: without what only 2026-07-28 knows, which some of them refuse.
pub(super) fn to_legacy(params: Option<&str>, token: Option<u64>) -> String {
    let params = params.unwrap_or("{}");
    let token = token.map(|token| token.to_string());
    let set: Vec<_> = token.as_deref().map(|token| ("progressToken", token)).into_iter().collect();
    let old = meta_of(params).map_or("{}", RawValue::get);
    let meta = envelope::edit(old, &set, &[VERSION, CLIENT, CAPABILITIES, LEVEL]);
    if meta == "{}" {
        return envelope::edit(params, &[], &["_meta", "requestState", "inputResponses"]);
    }
    envelope::edit(params, &[("_meta", &meta)], &["requestState", "inputResponses"])
}

/// The members that a legacy server's result lacks for a client of 2026-07-28, each with a comma after it.
pub(crate) fn completion(result: &RawValue, method: &str, info: Option<&str>) -> String {
    let lacks = |key: &str| {
        memmem::find(result.get().as_bytes(), format!("\"{key}\"").as_bytes()).is_none() || field(result, key).is_none()
    };
    let mut out = String::new();
    if lacks("resultType") {
        out.push_str("\"resultType\":\"complete\",");
    }
    if CACHEABLE.contains(&method) {
        // A server that never said how long its lists hold is asked anew each time.
        for (key, member) in [("ttlMs", "\"ttlMs\":0,"), ("cacheScope", "\"cacheScope\":\"private\",")] {
            if lacks(key) {
                out.push_str(member);
            }
        }
    }
    if let Some(info) = info.filter(|_| lacks("_meta")) {
        for part in ["\"_meta\":{\"", SERVER, "\":", info, "},"] {
            out.push_str(part);
        }
    }
    out
}

/// A legacy server's error as 2026-07-28 has it: the code for a resource that is not there was given up.
pub(super) fn error(error: &RawValue, method: &str) -> Option<String> {
    let code = field(error, "code").filter(|code| method == "resources/read" && code.get() == "-32002")?;
    Some(envelope::replace(error.get(), code.get(), "-32602"))
}

/// The answer to `server/discover` as one to `initialize`, which is how all clients are introduced to a server.
pub(super) fn introduction(discovered: &RawValue) -> String {
    let version = format!("\"{}\"", Version::MODERN.as_str());
    let info = field(discovered, "_meta").and_then(|meta| field(meta, SERVER)).or(field(discovered, "serverInfo"));
    let mut set = vec![
        ("protocolVersion", &*version),
        ("capabilities", field(discovered, "capabilities").map_or("{}", RawValue::get)),
        ("serverInfo", info.map_or("{\"name\":\"server\",\"version\":\"0\"}", RawValue::get)),
    ];
    set.extend(field(discovered, "instructions").map(|words| ("instructions", words.get())));
    envelope::edit("{}", &set, &[])
}

/// A notification's `params` as a listener gets them: with the id that it gave its `subscriptions/listen`.
pub(crate) fn for_listener(params: Option<&RawValue>, id: &str) -> String {
    let params = params.map_or("{}", RawValue::get);
    let meta = envelope::edit(meta_of(params).map_or("{}", RawValue::get), &[(SUBSCRIPTION, id)], &[]);
    envelope::edit(params, &[("_meta", &meta)], &[])
}

#[cfg(test)]
mod tests {
    use super::{completion, for_listener, introduction, to_legacy, to_modern};
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    fn raw(text: &str) -> &RawValue {
        serde_json::from_str(text).expect("is JSON")
    }

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect("is JSON")
    }

    #[test]
    fn there_and_back() {
        let params = r#"{"name":"x","arguments":{"n":1.0e2},"_meta":{"progressToken":"p","a/b":1}}"#;
        let modern = to_modern(Some(params), None, Some(9));
        assert!(modern.starts_with(r#"{"name":"x","arguments":{"n":1.0e2},"_meta":{"a/b":1,"#), "{modern}");
        let meta = &value(&modern)["_meta"];
        assert_eq!(meta["progressToken"], 9);
        assert_eq!(meta["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
        assert_eq!(meta["io.modelcontextprotocol/clientCapabilities"], json!({}));
        let legacy = to_legacy(Some(&modern), Some(7));
        assert_eq!(legacy, r#"{"name":"x","arguments":{"n":1.0e2},"_meta":{"a/b":1,"progressToken":7}}"#);
        assert_eq!(to_legacy(Some(&to_modern(None, None, None)), None), "{}");
        let retry = r#"{"name":"x","requestState":"s","inputResponses":{}}"#;
        assert_eq!(to_legacy(Some(retry), None), r#"{"name":"x"}"#);
    }

    #[test]
    fn results_are_completed_once() {
        let info = Some(r#"{"name":"s"}"#);
        assert_eq!(completion(raw(r#"{"content":[]}"#), "tools/call", None), r#""resultType":"complete","#);
        assert_eq!(
            completion(raw(r#"{"tools":[{"_meta":{}}]}"#), "tools/list", info),
            concat!(
                r#""resultType":"complete","ttlMs":0,"cacheScope":"private","#,
                r#""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}},"#
            )
        );
        assert_eq!(completion(raw(r#"{"resultType":"complete","_meta":{}}"#), "tools/call", info), "");
    }

    #[test]
    fn servers_introduce_themselves_in_either_way() {
        let discovered = r#"{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"instructions":"Be kind",
            "_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}"#;
        let got = value(&introduction(raw(discovered)));
        let expect = json!({ "protocolVersion": "2026-07-28", "capabilities": { "tools": {} },
            "serverInfo": { "name": "s", "version": "1" }, "instructions": "Be kind" });
        assert_eq!(got, expect);
    }

    #[test]
    fn listeners_find_their_own_id() {
        let theirs = r#"{"uri":"a","_meta":{"io.modelcontextprotocol/subscriptionId":17}}"#;
        let expect = r#"{"uri":"a","_meta":{"io.modelcontextprotocol/subscriptionId":"mine"}}"#;
        assert_eq!(for_listener(Some(raw(theirs)), "\"mine\""), expect);
    }
}
