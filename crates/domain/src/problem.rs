//! An error a person can act on.

use serde::{Deserialize, Serialize};

/// A plain sentence, its evidence, and a button that leads on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What kind; the window chooses icon and behaviour by it.
    pub code: ProblemCode,
    /// What happened, a few words without a full stop.
    pub title: String,
    /// What it means and what to do, plain sentences.
    pub explanation: String,
    /// Lines that show it: the server's last output, an API's answer. Masked and capped by who made it.
    pub evidence: Vec<String>,
    /// The way out that we offer first.
    pub fix: Option<Fix>,
}

impl Problem {
    /// A problem without evidence or fix; add them with [`Problem::evidence`] and [`Problem::fix`].
    pub fn new(code: ProblemCode, title: impl Into<String>, explanation: impl Into<String>) -> Self {
        Self { code, title: title.into(), explanation: explanation.into(), evidence: Vec::new(), fix: None }
    }

    /// Adds evidence lines.
    #[must_use]
    pub fn evidence(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.evidence.extend(lines);
        self
    }

    /// Sets the fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// Closed list of codes: one exists only if the window (or a client of the API) branches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ProblemCode {
    /// The pasted text is no link, name or snippet that we know.
    SourceNotUnderstood,
    /// No such package, repository, version or folder (or it is private).
    NotFound,
    /// Somebody's API asks us to wait.
    RateLimited,
    /// No network, or the other side does not answer.
    Offline,
    /// It exists but is no MCP server, or no way to run one was found.
    NotAServer,
    /// The way to run it is known but not supported yet.
    Unsupported,
    /// Required answers are missing or wrong.
    AnswersInvalid,
    /// The server refused its credential.
    CredentialRefused,
    /// The server wants a person to sign in to it in the browser.
    SignInNeeded,
    /// Installing failed.
    InstallFailed,
    /// The package wants to run a script or build step that has not been allowed.
    ScriptNotAllowed,
    /// The process ended while starting or testing.
    DiedAtStart,
    /// The process ended again and again.
    CrashLoop,
    /// The server does not answer in time.
    NoAnswer,
    /// The relay's port is taken by another program.
    PortInUse,
    /// The keychain is locked or refuses.
    KeychainLocked,
    /// The keychain no longer has our key, though sealed secrets exist.
    KeyLost,
    /// The database is away, full or damaged.
    Storage,
    /// Another app's config file cannot be changed safely.
    ClientConfig,
    /// A language model gave no answer that can be used.
    ModelUnusable,
    /// The user cancelled.
    Cancelled,
    /// A fault of ours.
    Internal,
}

/// The way out that the window offers as a button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Fix {
    /// Do the same again.
    Retry,
    /// Move the relay to a free port, for good.
    UseAnotherPort,
    /// Go back and paste another link.
    ChangeSource,
    /// Analyse one of these instead: what was probably meant, or the several servers of one place.
    #[serde(rename_all = "camelCase")]
    ChooseSource {
        /// What can be chosen.
        choices: Vec<SourceChoice>,
    },
    /// Sign in to GitHub, or put in a token, and try again.
    SignInGithub,
    /// Open the form, at a field if one is to blame.
    #[serde(rename_all = "camelCase")]
    EditAnswers {
        /// The field's key.
        field: Option<String>,
    },
    /// Ask the system to unlock the keychain.
    UnlockKeychain,
    /// Give up the lost key and what it sealed, and go on with a new one; the window asks first.
    StartOver,
    /// Put the newest sound copy in place of the damaged database.
    RestoreDatabase,
    /// Open an https page.
    #[serde(rename_all = "camelCase")]
    OpenUrl {
        /// Words on the button.
        label: String,
        /// Where it leads.
        url: String,
    },
    /// Open the settings.
    OpenSettings,
    /// Show the server's log.
    ShowLog,
    /// Start the server again.
    Restart,
    /// Show an AI app's entry, to be copied and pasted into its settings by hand.
    CopyEntry,
    /// Sign in to the server in the browser.
    SignIn,
    /// Install once more with the named packages' scripts allowed.
    #[serde(rename_all = "camelCase")]
    AllowScripts {
        /// The packages that asked.
        packages: Vec<String>,
    },
}

/// One source that may have been meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SourceChoice {
    /// Its name for people.
    pub title: String,
    /// What tells it from the others, if anything does.
    pub detail: Option<String>,
    /// What to analyse, as if it had been pasted.
    pub text: String,
}
