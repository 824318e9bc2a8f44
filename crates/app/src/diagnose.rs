//! Reads a server's last words: a refused credential is another problem than a crash.

use catwalk_domain::{Fix, Problem, ProblemCode};

/// Phrases by which servers and HTTP libraries say that a key is wrong or missing.
const REFUSED: [&str; 11] = [
    "unauthorized",
    "invalid api key",
    "invalid token",
    "bad credentials",
    "authentication failed",
    "invalid credentials",
    "incorrect api key",
    "access denied",
    "invalid access token",
    "api key is required",
    "missing api key",
];

/// What to tell about a server whose last words refuse the key that it was given; `None` where it says something else.
pub(crate) fn refusal(tail: &[String], has_secrets: bool) -> Option<Problem> {
    let words = tail.join("\n").to_lowercase();
    let refused = has_secrets && (REFUSED.iter().any(|phrase| words.contains(phrase)) || says_401(&words));
    refused.then(|| credential_refused(tail.to_vec()))
}

/// Whether the number is there as a status, and not as somebody's port, count or time.
fn says_401(words: &str) -> bool {
    const BEFORE: [&str; 9] = ["http", "1", "status", "statuscode", "code", "error", "returned", "got", "with"];
    let mut words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut last = words.next();
    words.any(|word| {
        let before = last.replace(word);
        word == "401" && before.is_some_and(|before| BEFORE.contains(&before))
    })
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
            ("POST /v1/me: HTTP/1.1 401", true, true),
            ("request failed with status code 401", true, true),
            ("AxiosError: status: 401,", true, true),
            ("listening on port 4010 after 401 ms", true, false),
            ("1764000401000 TypeError: x is not a function", true, false),
            ("Error: Invalid API key provided", false, false),
            ("TypeError: x is not a function", true, false),
        ] {
            let code = refusal(&[tail.to_owned()], has_secrets).map(|p| p.code);
            assert_eq!(code, refused.then_some(ProblemCode::CredentialRefused), "{tail}");
        }
    }
}
