//! uv's errors as ours. uv has no error codes, so its words are read; the version is pinned, so they do not move.

use crate::Error;
use crate::job::Job;
use crate::tool::Output;

pub(super) fn too_new(output: &Output) -> bool {
    output.stderr.contains("exclude-newer") || output.stderr.contains("upload date")
}

pub(super) fn no_solution(output: &Output) -> bool {
    output.stderr.contains("No solution found") && common(output).is_none()
}

pub(super) fn no_python(wanted: &str, output: &Output) -> Error {
    match common(output) {
        Some(error @ Error::DiskFull { .. }) => error,
        _ => Error::NoPython { wanted: wanted.to_owned(), evidence: output.evidence() },
    }
}

pub(super) fn explain(job: &Job<'_>, step: String, output: &Output) -> Error {
    if let Some(error) = common(output) {
        return error;
    }
    let (said, evidence) = (&output.stderr, output.evidence());
    let package = &job.request.package;
    let unbuilt = wheelless(said);
    if !unbuilt.is_empty() {
        let why = "It is published only as source, so its build step has to run on this computer.".to_owned();
        return Error::ScriptNotAllowed { packages: unbuilt, why, evidence };
    }
    if let Some(name) = between(said, "Because ", " was not found in the package registry") {
        return Error::NotFound { what: name, evidence };
    }
    let version = package.version.clone().unwrap_or_default();
    if said.contains(&format!("there is no version of {}", package.identifier)) {
        return Error::VersionNotFound { package: package.identifier.clone(), version, evidence };
    }
    Error::Tool { step, evidence }
}

fn common(output: &Output) -> Option<Error> {
    let said = output.stderr.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| said.contains(w));
    let what = "The Python package index".to_owned();
    if has(&["no space left on device", "disk quota exceeded", "not enough space on the disk"]) {
        return Some(Error::DiskFull { at: "the disk that holds Catwalk's data".into() });
    }
    if has(&["hash mismatch"]) {
        return Some(Error::Integrity { what: "A package".into(), evidence: output.evidence() });
    }
    if has(&["429 too many requests"]) {
        return Some(Error::RateLimited { what });
    }
    let away = [
        "error sending request",
        "dns error",
        "connection refused",
        "connection reset",
        "operation timed out",
        "network is unreachable",
        "500 internal",
        "502 bad",
        "503 service",
        "504 gateway",
        "invalid peer certificate",
    ];
    has(&away).then(|| Error::Offline { what, evidence: output.evidence() })
}

/// Packages for which only a source distribution exists, from uv's hints.
fn wheelless(said: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in said.lines().filter(|l| l.contains("building from source is disabled")) {
        let quoted = between(line, "Wheels are required for `", "`");
        let building = || between(line, "Building source distributions for `", "`");
        let name = quoted.or_else(building).unwrap_or_default();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    let (found, _) = rest.split_once(after)?;
    (!found.contains(char::is_whitespace)).then(|| found.to_owned())
}
