//! Statements of origin as registries keep them: in-toto statements in DSSE envelopes, and PyPI's names of publishers. Their
//! signatures are the registry's to check at upload; here they are only read.

use super::Built;
use crate::source::repository_of;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Most statements that are looked at.
const MAX: usize = 8;

/// What npm's attestations say; only a statement about the file with this integrity counts.
pub(super) fn of_npm(json: &Value, integrity: Option<&str>, url: &str) -> Option<Built> {
    let list = json.get("attestations").and_then(Value::as_array).into_iter().flatten().take(MAX);
    let provenance = |a: &&Value| {
        a.get("predicateType").and_then(Value::as_str).is_some_and(|t| t.starts_with("https://slsa.dev/provenance/"))
    };
    list.filter(provenance).find_map(|attestation| {
        let payload = attestation.pointer("/bundle/dsseEnvelope/payload")?.as_str()?;
        let statement: Value = serde_json::from_slice(&STANDARD.decode(payload).ok()?).ok()?;
        if !is_about(&statement, integrity?) {
            return None;
        }
        let predicate = statement.get("predicate")?;
        let text = |pointer: &str| predicate.pointer(pointer).and_then(Value::as_str);
        let source = text("/buildDefinition/externalParameters/workflow/repository")
            .or_else(|| text("/invocation/configSource/uri").and_then(|u| u.split('@').next()))?;
        let (owner, repo, _) = repository_of(source)?;
        let commit = text("/buildDefinition/resolvedDependencies/0/digest/gitCommit")
            .or_else(|| text("/invocation/configSource/digest/sha1"));
        let commit = commit.filter(|c| c.len() == 40 && c.chars().all(|c| c.is_ascii_hexdigit())).map(str::to_owned);
        Some(Built { repository: (owner, repo), commit, url: url.to_owned() })
    })
}

/// Whether the statement's subject is the file with this `sha512-…`.
fn is_about(statement: &Value, integrity: &str) -> bool {
    let Some(digest) = integrity.strip_prefix("sha512-").and_then(|b| STANDARD.decode(b).ok()) else { return false };
    let subjects = statement.get("subject").and_then(Value::as_array).into_iter().flatten();
    subjects.filter_map(|s| s.pointer("/digest/sha512")?.as_str()).any(|hex| is_hex_of(hex, &digest))
}

fn is_hex_of(hex: &str, bytes: &[u8]) -> bool {
    let byte = |at: usize| hex.get(2 * at..2 * at + 2).and_then(|h| u8::from_str_radix(h, 16).ok());
    hex.len() == 2 * bytes.len() && bytes.iter().enumerate().all(|(at, b)| byte(at) == Some(*b))
}

/// What PyPI's integrity API says of a file.
pub(super) fn of_pypi(json: &Value, url: &str) -> Option<Built> {
    let bundles = json.get("attestation_bundles").and_then(Value::as_array).into_iter().flatten().take(MAX);
    let github = |b: &&Value| b.pointer("/publisher/kind").and_then(Value::as_str) == Some("GitHub");
    bundles.filter(github).find_map(|bundle| {
        let (owner, repo, _) = repository_of(bundle.pointer("/publisher/repository")?.as_str()?)?;
        Some(Built { repository: (owner, repo), commit: None, url: url.to_owned() })
    })
}
