//! What the machine says to people.

use catwalk_domain::{Fix, Problem, ProblemCode};

use crate::Exit;

/// How a process ended, as part of a sentence.
pub(super) fn ended(exit: Exit) -> String {
    match (exit.code, exit.signal) {
        (Some(code), _) => format!("with exit code {code}"),
        (None, Some(9)) => "because the system killed it (often for using too much memory)".to_owned(),
        (None, Some(signal)) => format!("by signal {signal}"),
        (None, None) => "for an unknown reason".to_owned(),
    }
}

pub(super) fn died_at_start(how: &str, tail: Vec<String>) -> Problem {
    let fix = if speaks_of_answers(&tail) { Fix::EditAnswers { field: None } } else { Fix::ShowLog };
    let explanation = match fix {
        Fix::ShowLog => format!("It ended {how} before it was ready. Its last lines usually say why."),
        _ => format!(
            "It ended {how} before it was ready. Its last lines speak of a setting or a key: check what you entered."
        ),
    };
    Problem::new(ProblemCode::DiedAtStart, "The server ended while starting", explanation).evidence(tail).fix(fix)
}

pub(super) fn crashed(how: &str, tail: Vec<String>) -> Problem {
    let explanation = format!("It ended {how}. It is being started again.");
    Problem::new(ProblemCode::DiedAtStart, "The server ended unexpectedly", explanation)
        .evidence(tail)
        .fix(Fix::ShowLog)
}

pub(super) fn crash_loop(evidence: Vec<String>) -> Problem {
    let explanation = "It ended five times within a minute, so Catwalk stopped trying. Its last lines usually say why.";
    Problem::new(ProblemCode::CrashLoop, "The server keeps crashing", explanation).evidence(evidence).fix(Fix::Restart)
}

pub(super) fn unhealthy() -> Problem {
    let explanation = "It did not answer three checks in a row, so it is being started again.";
    Problem::new(ProblemCode::NoAnswer, "The server no longer answers", explanation)
        .evidence(["No answer to three health checks".to_owned()])
        .fix(Fix::Restart)
}

/// Whether the last lines complain of something that the form asks for.
fn speaks_of_answers(tail: &[String]) -> bool {
    const WORDS: [&str; 12] = [
        "api key",
        "api_key",
        "apikey",
        "token",
        "credential",
        "password",
        "environment variable",
        "env var",
        "unauthorized",
        "authentication",
        "missing required",
        "usage:",
    ];
    tail.iter().map(|line| line.to_lowercase()).any(|line| WORDS.iter().any(|word| line.contains(word)))
}
