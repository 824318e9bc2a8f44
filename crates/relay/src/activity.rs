//! What passed through, for the live view: one record per answered request, without contents.

use catwalk_domain::{DeploymentId, Millis};
use std::time::{SystemTime, UNIX_EPOCH};

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Of which deployment.
    pub deployment: DeploymentId,
    /// Which client asked, by the name its token was made for; empty for Catwalk itself.
    pub client: String,
    /// The request's method.
    pub method: String,
    /// The tool's name, for `tools/call`.
    pub tool: Option<String>,
    /// How long it took.
    pub millis: u64,
    /// Whether the answer is a result and, for a tool, does not say that the tool failed.
    pub ok: bool,
    /// When it was answered.
    pub at: Millis,
}

/// Now, by the wall clock.
pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// Whether a raw result says `"isError": true`. Looks for the letters first: nearly none has them.
pub(crate) fn says_error(result: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Told {
        #[serde(default, rename = "isError")]
        is_error: bool,
    }
    memchr::memmem::find(result.as_bytes(), b"\"isError\"").is_some()
        && serde_json::from_str::<Told>(result).is_ok_and(|told| told.is_error)
}

#[cfg(test)]
mod tests {
    use super::says_error;

    #[test]
    fn tool_errors() {
        assert!(says_error(r#"{"content":[],"isError": true}"#));
        assert!(!says_error(r#"{"content":[],"isError":false}"#));
        assert!(!says_error(r#"{"structuredContent":{"isError":true},"content":[]}"#));
    }
}
