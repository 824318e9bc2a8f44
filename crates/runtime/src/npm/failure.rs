//! npm's errors as ours.

use crate::tool::Output;
use crate::{Error, evidence};
use serde_json::Value;

/// What npm's `--json` says of a failure.
struct Report {
    code: String,
    summary: String,
}

fn report(output: &Output) -> Report {
    // The report is the last JSON document; a script may have printed before it.
    let json = output.stdout.rfind("{\n  \"error\"").map_or("", |at| &output.stdout[at..]);
    let error = serde_json::from_str::<Value>(json).ok().and_then(|v| v.get("error").cloned()).unwrap_or_default();
    let field = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    let printed = || {
        let line = output.stderr.lines().find_map(|l| l.strip_prefix("npm error code "));
        line.unwrap_or_default().trim().to_owned()
    };
    Report { code: field("code").unwrap_or_else(printed), summary: field("summary").unwrap_or_default() }
}

pub(super) fn too_new(output: &Output) -> bool {
    let report = report(output);
    match report.code.as_str() {
        "ETARGET" => report.summary.contains("with a date before"),
        // Said of a package whose versions are all too new, and of one that has none.
        "ENOVERSIONS" => true,
        _ => false,
    }
}

pub(super) fn out_of_step(output: &Output) -> bool {
    report(output).code == "EUSAGE"
}

/// The telling lines: npm's stack traces and pointers to its log files help nobody.
pub(super) fn evidence(output: &Output) -> Vec<String> {
    let idle = ["    at ", "A complete log of this run", "Log files were not written"];
    let keep = |l: &&str| !idle.iter().any(|i| l.contains(i)) && l.trim() != "npm error";
    let lines: Vec<&str> = output.stderr.lines().filter(keep).collect();
    let lines = evidence::tail(&lines.join("\n"));
    if lines.is_empty() { output.evidence() } else { lines }
}

pub(super) fn explain(step: String, output: &Output) -> Error {
    let Report { code, summary } = report(output);
    let evidence = evidence(output);
    let what = "The npm registry".to_owned();
    match code.as_str() {
        "E404" => Error::NotFound { what: quoted(output).unwrap_or(what), evidence },
        "ETARGET" | "ENOVERSIONS" => {
            let (package, version) = wanted(&summary);
            Error::VersionNotFound { package, version, evidence }
        }
        "EINTEGRITY" => Error::Integrity { what: "A package".into(), evidence },
        "E429" => Error::RateLimited { what },
        "ENOSPC" => Error::DiskFull { at: "the disk that holds Catwalk's data".into() },
        "EBADPLATFORM" => Error::Unsupported { what: "This package on this kind of computer is".into() },
        "ENOTFOUND"
        | "ECONNREFUSED"
        | "ECONNRESET"
        | "ETIMEDOUT"
        | "EAI_AGAIN"
        | "ENETUNREACH"
        | "EHOSTUNREACH"
        | "ERR_SOCKET_TIMEOUT"
        | "ENOTCACHED"
        | "E500"
        | "E502"
        | "E503"
        | "E504"
        | "EPIPE"
        | "SELF_SIGNED_CERT_IN_CHAIN"
        | "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
        | "UNABLE_TO_VERIFY_LEAF_SIGNATURE" => Error::Offline { what, evidence },
        _ => Error::Tool { step, evidence },
    }
}

/// `name@version` from "No matching version found for name@version with …".
fn wanted(summary: &str) -> (String, String) {
    let spec = summary.split(" for ").nth(1).unwrap_or_default();
    let spec = spec.split_whitespace().next().unwrap_or_default().trim_end_matches('.');
    let (name, version) = spec.rsplit_once('@').filter(|(n, _)| !n.is_empty()).unwrap_or((spec, ""));
    (name.to_owned(), version.to_owned())
}

/// `'name@version' could not be found`.
fn quoted(output: &Output) -> Option<String> {
    let line = output.stderr.lines().find(|l| l.contains("could not be found"))?;
    line.split('\'').nth(1).map(str::to_owned)
}
