//! Reads a server's last words: a refused credential is another problem than a crash.

use catwalk_domain::{Fix, Problem, ProblemCode};

/// Phrases by which servers and HTTP libraries say that a key is wrong or missing.
const REFUSED: [&str; 12] = [
    "unauthorized",
    "invalid api key",
    "invalid token",
    "bad credentials",
    "authentication failed",
    "invalid credentials",
    "incorrect api key",
    "401",
    "access denied",
    "invalid access token",
    "api key is required",
    "missing api key",
];

/// What to tell about a server that ended while it started.
pub(crate) fn died_at_start(problem: Problem, tail: &[String], asks_secrets: bool) -> Problem {
    let words = tail.join("\n").to_lowercase();
    if asks_secrets && REFUSED.iter().any(|phrase| words.contains(phrase)) {
        return credential_refused(tail.to_vec());
    }
    problem
}

/// The server, or the service behind it, refuses the credential.
pub(crate) fn credential_refused(evidence: Vec<String>) -> Problem {
    let text = "The server says that its key is wrong, expired or may not do this. Check the key, or make a new one, and \
                enter it again.";
    Problem::new(ProblemCode::CredentialRefused, "The key was refused", text)
        .evidence(evidence)
        .fix(Fix::EditAnswers { field: None })
}

#[cfg(test)]
mod tests {
    use super::died_at_start;
    use catwalk_domain::{Problem, ProblemCode};

    #[test]
    fn a_refused_key_is_told_from_a_crash() {
        let crash = || Problem::new(ProblemCode::DiedAtStart, "It ended", "");
        for (tail, asks, expect) in [
            ("Error: Invalid API key provided", true, ProblemCode::CredentialRefused),
            ("HTTP 401 Unauthorized", true, ProblemCode::CredentialRefused),
            ("Error: Invalid API key provided", false, ProblemCode::DiedAtStart),
            ("TypeError: x is not a function", true, ProblemCode::DiedAtStart),
        ] {
            assert_eq!(died_at_start(crash(), &[tail.to_owned()], asks).code, expect, "{tail}");
        }
    }
}
