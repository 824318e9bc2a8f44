//! Why a pasted text is not a source.

use catwalk_domain::{Fix, Problem, ProblemCode, SourceChoice};

/// Why a pasted text is not a source. Each displays as a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseProblem {
    /// Nothing was pasted.
    #[error("Paste a link, a package name, a command or a JSON snippet first.")]
    Empty,
    /// More than any link or snippet needs.
    #[error("This text is too long to be a link, a command or a snippet.")]
    TooLong,
    /// Characters that cannot be seen, so that the text is not what it looks like.
    #[error("This text holds hidden characters, so it may not be what it looks like. Type it instead of pasting it.")]
    Hidden,
    /// No form that we know.
    #[error(
        "Catwalk does not recognise this. Paste a GitHub link, an npm or PyPI package, a command such as `npx …`, a JSON snippet or the address of a hosted server."
    )]
    NotUnderstood,
    /// A form that we know, with something wrong in it.
    #[error("{0}")]
    Wrong(&'static str),
    /// A snippet that does not parse.
    #[error("This JSON snippet cannot be read: {0}.")]
    BadSnippet(String),
    /// A snippet with more than one server.
    #[error("This snippet describes several servers ({names}). Choose the one you want.")]
    Several {
        /// Their names.
        names: String,
        /// Those that can be run, without the secrets in them.
        choices: Vec<SourceChoice>,
    },
    /// No source itself, but it shows which was meant.
    #[error("{why} Is this what you meant?")]
    NearMiss {
        /// What was pasted.
        why: &'static str,
        /// What to paste instead, the likeliest first.
        meant: Vec<String>,
    },
    /// The page of a user or organisation on GitHub; analysis can ask which servers they have.
    #[error("This is the page of `{owner}` on GitHub, not a repository. Open the repository and paste its link.")]
    Owner {
        /// Whose page.
        owner: String,
    },
    /// A form that we know but cannot run yet.
    #[error("{0}")]
    Unsupported(&'static str),
    /// A form that could start something else than it seems to.
    #[error("For your safety Catwalk does not accept `{form}` here: {why}.")]
    Dangerous {
        /// The words at fault.
        form: String,
        /// What they would do.
        why: &'static str,
    },
}

impl ParseProblem {
    /// As a problem for the window.
    pub fn problem(&self) -> Problem {
        let (code, title) = match self {
            Self::Unsupported(_) => (ProblemCode::Unsupported, "This kind of server is not supported yet"),
            Self::Dangerous { .. } | Self::Hidden => (ProblemCode::SourceNotUnderstood, "This was refused for safety"),
            Self::Several { .. } => (ProblemCode::SourceNotUnderstood, "Several servers in one snippet"),
            Self::NearMiss { .. } => (ProblemCode::SourceNotUnderstood, "This is not a server’s own link"),
            Self::Owner { .. } => (ProblemCode::SourceNotUnderstood, "This link leads to a person, not to a server"),
            _ => (ProblemCode::SourceNotUnderstood, "This is no server link that Catwalk knows"),
        };
        let choices = match self {
            Self::Several { choices, .. } => choices.clone(),
            Self::NearMiss { meant, .. } => meant.iter().map(|text| choice(text)).collect(),
            _ => Vec::new(),
        };
        let fix = if choices.is_empty() { Fix::ChangeSource } else { Fix::ChooseSource { choices } };
        Problem::new(code, title, self.to_string()).fix(fix)
    }
}

fn choice(text: &str) -> SourceChoice {
    SourceChoice { title: crate::text::clean(text, 120), detail: None, text: text.to_owned() }
}
