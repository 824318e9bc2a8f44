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

/// What to tell about a server whose last words refuse the key that it was given; `None` where it says something else.
pub(crate) fn refusal(tail: &[String], has_secrets: bool) -> Option<Problem> {
    let words = tail.join("\n").to_lowercase();
    let refused = has_secrets && REFUSED.iter().any(|phrase| words.contains(phrase));
    refused.then(|| credential_refused(tail.to_vec()))
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
    use super::refusal;
    use catwalk_domain::ProblemCode;

    #[test]
    fn a_refused_key_is_told_from_a_crash() {
        for (tail, has_secrets, refused) in [
            ("Error: Invalid API key provided", true, true),
            ("HTTP 401 Unauthorized", true, true),
            ("Error: Invalid API key provided", false, false),
            ("TypeError: x is not a function", true, false),
        ] {
            let code = refusal(&[tail.to_owned()], has_secrets).map(|p| p.code);
            assert_eq!(code, refused.then_some(ProblemCode::CredentialRefused), "{tail}");
        }
    }
}
