//! Why a model gave nothing to use, and what a person can do about it.

use catwalk_domain::{Fix, Problem, ProblemCode};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The key is not accepted.
    #[error("{who} does not accept the key")]
    KeyRefused {
        /// Who was asked.
        who: String,
        /// What it said.
        said: String,
    },
    /// No money left.
    #[error("{who} wants to be paid")]
    NoCredit {
        /// Who was asked.
        who: String,
        /// What it said.
        said: String,
    },
    /// Too many questions.
    #[error("{who} asks us to wait")]
    RateLimited {
        /// Who was asked.
        who: String,
        /// For how long, if it says.
        seconds: Option<u64>,
        /// What it said.
        said: String,
    },
    /// There is no such model, or it cannot answer in the form that is needed.
    #[error("{who} has no model {model} for this")]
    NoModel {
        /// Who was asked.
        who: String,
        /// Which model.
        model: String,
        /// What it said.
        said: String,
    },
    /// The model does not want to.
    #[error("the model {model} refused to answer")]
    Refused {
        /// Which model.
        model: String,
        /// What it said.
        said: String,
    },
    /// The answer ends in the middle.
    #[error("the answer of the model {model} was cut off")]
    Truncated {
        /// Which model.
        model: String,
    },
    /// The answer is not what was asked for, also after it was told so.
    #[error("the answer of the model {model} is of no use: {detail}")]
    Malformed {
        /// Which model.
        model: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The files are more than the model can take.
    #[error("the model {model} cannot take so much text")]
    TooLong {
        /// Which model.
        model: String,
    },
    /// No answer in time.
    #[error("{who} did not answer within {seconds} s")]
    Slow {
        /// Who was asked.
        who: String,
        /// How long we waited.
        seconds: u64,
    },
    /// No connection.
    #[error("{who} cannot be reached: {detail}")]
    Offline {
        /// Who was asked.
        who: String,
        /// It should run on this computer.
        local: bool,
        /// What the network said.
        detail: String,
    },
    /// Something else is wrong over there.
    #[error("{who} answered with status {status}")]
    Failed {
        /// Who was asked.
        who: String,
        /// HTTP status, or 200 where the answer itself says that it failed.
        status: u16,
        /// What it said.
        said: String,
    },
}

impl ModelError {
    /// As a problem for people.
    pub fn problem(&self) -> Problem {
        let of = |code, title: String, text: &str, fix| Problem::new(code, title, text).fix(fix);
        let unusable = ProblemCode::ModelUnusable;
        let problem = match self {
            Self::KeyRefused { who, .. } => of(
                ProblemCode::CredentialRefused,
                format!("{who} does not accept your key"),
                "The key in the settings is wrong, has expired or was withdrawn. Put in a new one.",
                Fix::OpenSettings,
            ),
            Self::NoCredit { who, .. } => of(
                unusable,
                format!("{who} has no credit left for you"),
                "Add credit there, or choose a free or local model in the settings. The analysis is usable as it is.",
                Fix::OpenSettings,
            ),
            Self::RateLimited { who, seconds, .. } => {
                let when = seconds.map_or("in a few minutes".to_owned(), |s| format!("in {s} seconds"));
                let text = format!("Too many questions were asked with this key or to this model. Try again {when}.");
                of(ProblemCode::RateLimited, format!("{who} asks us to wait"), &text, Fix::Retry)
            }
            Self::NoModel { who, model, .. } => of(
                unusable,
                format!("{who} cannot use {model} for this"),
                "The model is not there, or it cannot answer in a given form. Choose another one in the settings.",
                Fix::OpenSettings,
            ),
            Self::Refused { model, .. } => of(
                unusable,
                format!("{model} refused to answer"),
                "It does not want to read these files. Nothing was changed; try another model, or fill in the rest yourself.",
                Fix::OpenSettings,
            ),
            Self::Truncated { model } => of(
                unusable,
                format!("The answer of {model} was cut off"),
                "Half an answer is not used, so nothing was changed. Try again, or choose a model that may answer at greater length.",
                Fix::Retry,
            ),
            Self::Malformed { model, .. } => of(
                unusable,
                format!("{model} gave no usable answer"),
                "It was asked twice and did not keep to the form. Nothing was changed; a larger model usually does better.",
                Fix::OpenSettings,
            ),
            Self::TooLong { model } => of(
                unusable,
                format!("{model} cannot read so much text"),
                "The server's files are more than it can take at once. Choose a model with a larger context.",
                Fix::OpenSettings,
            ),
            Self::Slow { who, seconds } => {
                let text = format!(
                    "No answer came within {seconds} seconds. Nothing was changed. Try again in a moment, or choose a faster model."
                );
                of(ProblemCode::Offline, format!("{who} takes too long"), &text, Fix::Retry)
            }
            Self::Offline { who, local: true, .. } => of(
                ProblemCode::Offline,
                format!("{who} does not run"),
                "It should answer on this computer. Start it, then try again.",
                Fix::Retry,
            ),
            Self::Offline { who, .. } => of(
                ProblemCode::Offline,
                format!("{who} cannot be reached"),
                "Check that this computer is online and that the address in the settings is right, then try again.",
                Fix::Retry,
            ),
            Self::Failed { who, .. } => of(
                ProblemCode::Offline,
                format!("{who} could not answer"),
                "Something is wrong over there. Nothing was changed. Try again in a moment.",
                Fix::Retry,
            ),
        };
        problem.evidence(self.said())
    }

    fn said(&self) -> Option<String> {
        let said = match self {
            Self::KeyRefused { said, .. }
            | Self::NoCredit { said, .. }
            | Self::RateLimited { said, .. }
            | Self::NoModel { said, .. }
            | Self::Refused { said, .. } => said.clone(),
            Self::Failed { status, said, .. } => format!("{status}: {said}"),
            Self::Malformed { detail, .. } | Self::Offline { detail, .. } => detail.clone(),
            Self::Truncated { .. } | Self::TooLong { .. } | Self::Slow { .. } => return None,
        };
        (!said.is_empty()).then_some(said)
    }
}
