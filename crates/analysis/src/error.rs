//! Why an analysis failed, and what a person can do about it.

use crate::text::excerpt;
use catwalk_domain::{Fix, Millis, Problem, ProblemCode, SourceChoice};
use url::Url;

/// Why an analysis failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such package, version, repository, reference or folder; perhaps it is private.
    #[error("{what} was not found")]
    NotFound {
        /// What was looked for, e.g. `The npm package “x”`.
        what: String,
        /// What may be the reason, plain sentences.
        hint: String,
        /// Where it was looked for.
        looked: Vec<String>,
    },
    /// It is not there for somebody who has not signed in: it does not exist, or it is private.
    #[error("{what} was not found without signing in")]
    Hidden {
        /// What was looked for.
        what: String,
        /// Where it was looked for.
        looked: Vec<String>,
    },
    /// An API wants us to wait.
    #[error("{who} asks us to wait")]
    RateLimited {
        /// Whose API.
        who: String,
        /// Until when, if it says.
        until: Option<Millis>,
        /// Whether a token would raise the limit.
        token_helps: bool,
        /// What it said.
        said: String,
    },
    /// No connection.
    #[error("{who} cannot be reached: {detail}")]
    Offline {
        /// Who was to be asked.
        who: String,
        /// The address.
        url: String,
        /// What the network said.
        detail: String,
    },
    /// No answer in time.
    #[error("{who} did not answer within {seconds} s")]
    Slow {
        /// Who was asked.
        who: String,
        /// The address.
        url: String,
        /// How long we waited.
        seconds: u64,
    },
    /// An answer that says neither yes nor no.
    #[error("{who} answered with status {status}")]
    Refused {
        /// Who was asked.
        who: String,
        /// The address.
        url: String,
        /// HTTP status.
        status: u16,
        /// The answer's beginning.
        said: String,
    },
    /// The token in the settings is not accepted.
    #[error("{who} does not accept the token")]
    TokenRefused {
        /// Whose API.
        who: String,
    },
    /// An answer that cannot be read.
    #[error("the answer of {who} cannot be read: {detail}")]
    BadAnswer {
        /// Who was asked.
        who: String,
        /// The address.
        url: String,
        /// What is wrong with it.
        detail: String,
    },
    /// An answer beyond the allowed size.
    #[error("the answer of {who} is too large")]
    TooLarge {
        /// Who was asked.
        who: String,
        /// The address.
        url: String,
    },
    /// It exists, but it is no MCP server or nothing says how to start one.
    #[error("{what} is no MCP server that can be started")]
    NotAServer {
        /// What was looked at.
        what: String,
        /// Why not, plain sentences.
        why: String,
        /// What was seen.
        seen: Vec<String>,
    },
    /// A place with several servers: the user picks.
    #[error("{what} holds several servers")]
    Several {
        /// The repository, folder or person.
        what: String,
        /// The servers, each with what leads to it.
        choices: Vec<SourceChoice>,
    },
    /// A way to run it that is not supported yet.
    #[error("{what} is not supported yet")]
    Unsupported {
        /// What was looked at.
        what: String,
        /// Which way, plain sentences.
        why: String,
        /// What was seen.
        seen: Vec<String>,
    },
}

impl Error {
    pub(crate) fn offline(who: &str, url: &Url, error: &reqwest::Error) -> Self {
        let mut detail = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            detail = inner.to_string();
            cause = inner.source();
        }
        Self::Offline { who: who.to_owned(), url: shown(url), detail: excerpt(&detail) }
    }

    /// As a problem for people: a plain sentence, its evidence and a way out.
    pub fn problem(&self) -> Problem {
        match self {
            Self::NotFound { what, hint, looked } => {
                Problem::new(ProblemCode::NotFound, format!("{what} was not found"), hint).evidence(looked.clone()).fix(Fix::ChangeSource)
            }
            Self::Hidden { what, looked } => Problem::new(
                ProblemCode::NotFound,
                format!("{what} was not found"),
                "It does not exist, or it is private. Check the link; if it is private, sign in to GitHub or put in a token that may read it.",
            )
            .evidence(looked.clone())
            .fix(Fix::SignInGithub),
            Self::RateLimited { who, until, token_helps, said } => limited(who, *until, *token_helps, said),
            Self::Offline { who, url, detail } => Problem::new(
                ProblemCode::Offline,
                format!("{who} cannot be reached"),
                "Check that this computer is online and that no firewall or proxy is in the way, then try again.",
            )
            .evidence([url.clone(), detail.clone()])
            .fix(Fix::Retry),
            Self::Slow { who, url, seconds } => Problem::new(
                ProblemCode::Offline,
                format!("{who} does not answer"),
                format!("No answer came within {seconds} seconds. Try again in a moment."),
            )
            .evidence([url.clone()])
            .fix(Fix::Retry),
            Self::Refused { who, url, status, said } => Problem::new(
                ProblemCode::Offline,
                format!("{who} could not answer"),
                format!("It answered with status {status} instead of what was asked for. Try again in a moment."),
            )
            .evidence([url.clone(), said.clone()])
            .fix(Fix::Retry),
            Self::TokenRefused { who } => Problem::new(
                ProblemCode::CredentialRefused,
                format!("{who} does not accept your token"),
                "It has expired or was withdrawn. Sign in again, put in a new one, or go on without it.",
            )
            .fix(Fix::SignInGithub),
            Self::BadAnswer { who, url, detail } => Problem::new(
                ProblemCode::Offline,
                format!("The answer of {who} makes no sense"),
                "Something between this computer and the service may be changing answers, such as a login page of the network. Try again.",
            )
            .evidence([url.clone(), detail.clone()])
            .fix(Fix::Retry),
            Self::TooLarge { who, url } => Problem::new(
                ProblemCode::Unsupported,
                format!("The answer of {who} is too large"),
                "Catwalk reads only a bounded amount, and this is far more than a server needs.",
            )
            .evidence([url.clone()])
            .fix(Fix::ChangeSource),
            Self::NotAServer { what, why, seen } => {
                Problem::new(ProblemCode::NotAServer, format!("{what} is not an MCP server"), why).evidence(seen.clone()).fix(Fix::ChangeSource)
            }
            Self::Several { what, choices } => Problem::new(
                ProblemCode::SourceNotUnderstood,
                "There are several servers here",
                format!("{what} holds {} servers. Choose the one you want.", choices.len()),
            )
            .fix(Fix::ChooseSource { choices: choices.clone() }),
            Self::Unsupported { what, why, seen } => {
                Problem::new(ProblemCode::Unsupported, format!("{what} cannot be run here yet"), why).evidence(seen.clone()).fix(Fix::ChangeSource)
            }
        }
    }
}

fn limited(who: &str, until: Option<Millis>, token_helps: bool, said: &str) -> Problem {
    let clock = until.and_then(|ms| time::OffsetDateTime::from_unix_timestamp(ms / 1000).ok());
    let when = clock.map_or("in a few minutes".to_owned(), |t| format!("after {:02}:{:02} UTC", t.hour(), t.minute()));
    let token = if token_helps { " When you are signed in to GitHub the limit is far higher." } else { "" };
    Problem::new(
        ProblemCode::RateLimited,
        format!("{who} asks us to wait"),
        format!("Too many questions came from this computer's network. Try again {when}.{token}"),
    )
    .evidence([said.to_owned()])
    .fix(if token_helps { Fix::SignInGithub } else { Fix::Retry })
}

/// An address without what may be secret in it.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::Error;
    use catwalk_domain::ProblemCode;

    #[test]
    fn every_error_is_a_sentence_with_a_way_out() {
        let text = || "x".to_owned();
        let url = || "https://x.example/".to_owned();
        let errors = [
            (Error::NotFound { what: text(), hint: "Gone.".into(), looked: vec![url()] }, ProblemCode::NotFound),
            (
                Error::RateLimited { who: text(), until: Some(1_795_400_000_000), token_helps: true, said: text() },
                ProblemCode::RateLimited,
            ),
            (
                Error::RateLimited { who: text(), until: None, token_helps: false, said: text() },
                ProblemCode::RateLimited,
            ),
            (Error::Offline { who: text(), url: url(), detail: text() }, ProblemCode::Offline),
            (Error::Slow { who: text(), url: url(), seconds: 8 }, ProblemCode::Offline),
            (Error::Refused { who: text(), url: url(), status: 500, said: text() }, ProblemCode::Offline),
            (Error::TokenRefused { who: text() }, ProblemCode::CredentialRefused),
            (Error::BadAnswer { who: text(), url: url(), detail: text() }, ProblemCode::Offline),
            (Error::TooLarge { who: text(), url: url() }, ProblemCode::Unsupported),
            (Error::NotAServer { what: text(), why: "Why.".into(), seen: vec![text()] }, ProblemCode::NotAServer),
            (Error::Several { what: text(), choices: Vec::new() }, ProblemCode::SourceNotUnderstood),
            (Error::Hidden { what: text(), looked: vec![url()] }, ProblemCode::NotFound),
            (Error::Unsupported { what: text(), why: "Why.".into(), seen: vec![text()] }, ProblemCode::Unsupported),
        ];
        for (error, code) in errors {
            let problem = error.problem();
            assert_eq!(problem.code, code, "{error}");
            assert!(
                problem.explanation.ends_with('.') && !problem.title.ends_with('.') && problem.fix.is_some(),
                "{problem:?}"
            );
        }
        let limited =
            Error::RateLimited { who: text(), until: Some(1_795_400_000_000), token_helps: true, said: text() };
        assert!(limited.problem().explanation.contains("after 02:13 UTC"), "{}", limited.problem().explanation);
    }
}
