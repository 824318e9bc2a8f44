//! What can go wrong between a secret and its seal, and what a person can do about it.

use catwalk_domain::{FieldKey, Fix, Problem, ProblemCode};
use std::error::Error as StdError;
use std::time::Duration;

/// Why a secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system's keychain is locked, so nothing can be said about what is in it.
    #[error("the keychain is locked")]
    Locked,
    /// The user closed the keychain's dialog, or no dialog could be shown.
    #[error("the keychain was not unlocked")]
    Refused(#[source] Option<Box<dyn StdError + Send + Sync>>),
    /// The keychain's service runs but holds no default collection yet (or its program has none open).
    #[error("the keyring has no default collection")]
    NoCollection,
    /// No keychain can be reached.
    #[error("no keychain can be reached")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// The keychain's service did not answer.
    #[error("the keychain did not answer within {} s", .0.as_secs())]
    Silent(Duration),
    /// The keychain is open and has no entry for the key that the sealed rows need.
    #[error("the keychain no longer holds the key `{key_id}`")]
    KeyGone {
        /// The missing key.
        key_id: String,
    },
    /// The entry exists and is not a key.
    #[error("the keychain's entry for the key `{key_id}` is damaged")]
    KeyDamaged {
        /// The damaged key.
        key_id: String,
    },
    /// The keychain's key is not the one that sealed the rows.
    #[error("the keychain's key `{key_id}` is not the one that sealed the stored secrets")]
    WrongKey {
        /// The key that was expected.
        key_id: String,
    },
    /// A sealed value was changed, or belongs to another deployment or field.
    #[error("a sealed value does not open")]
    Corrupt {
        /// The field it was opened for, if it belongs to a form.
        field: Option<FieldKey>,
    },
    /// A new key was written to the keychain and could not be read back.
    #[error("the keychain did not keep a new entry")]
    NotKept,
    /// The vault has not been unlocked yet, or was locked again.
    #[error("the vault is locked")]
    NotUnlocked,
    /// The keychain refused for another reason.
    #[error("the keychain failed")]
    Keychain(#[source] keyring_core::Error),
    /// This operating system has no keychain that Catwalk knows.
    #[error("no keychain is supported on this operating system")]
    Unsupported,
    /// The operating system gave no random bytes.
    #[error("no random bytes")]
    Random(#[source] getrandom::Error),
}

impl Error {
    /// The error as the user sees it.
    pub fn problem(&self) -> Problem {
        let problem = |code, title: &str, explanation: &str| Problem::new(code, title, explanation);
        let unlock = |title: &str, explanation: &str| {
            problem(ProblemCode::KeychainLocked, title, explanation).fix(Fix::UnlockKeychain)
        };
        let again = |title: &str, explanation: &str| {
            problem(ProblemCode::KeychainLocked, title, explanation).evidence(self.chain()).fix(Fix::Retry)
        };
        match self {
            Self::Locked | Self::NotUnlocked => unlock(
                "The keychain is locked",
                "Your credentials are sealed with a key that is kept in this computer's keychain. Unlock the keychain and \
                 go on; nothing is lost.",
            ),
            Self::Refused(_) => unlock(
                "The keychain was not unlocked",
                "The request to unlock this computer's keychain was cancelled or could not be shown. Your credentials \
                 are safe; unlock the keychain to use them.",
            ),
            Self::NoCollection => unlock(
                "The keyring has not been set up",
                "This computer's keyring service runs, but it has no keyring that is open for Catwalk. Set one up, or \
                 open your password manager's database, and try again.",
            ),
            Self::Unavailable(_) => again("The keychain cannot be reached", unavailable()),
            Self::Silent(_) => again(
                "The keychain does not answer",
                "This computer's keychain service did not answer. It may be waiting for a dialog that is hidden behind \
                 another window. Log out and in again if it stays like this.",
            ),
            Self::KeyGone { .. } | Self::KeyDamaged { .. } | Self::WrongKey { .. } => problem(
                ProblemCode::KeyLost,
                "The key to your credentials is missing",
                "Your credentials are sealed with a key that this computer's keychain no longer has. If the keychain was \
                 restored from a backup or the database came from another computer, bring back the old keychain. \
                 Otherwise start over with a new key and enter the credentials again; your servers stay.",
            )
            .evidence(self.chain())
            .fix(Fix::StartOver),
            Self::Corrupt { field } => {
                let problem = problem(
                    ProblemCode::AnswersInvalid,
                    "A stored credential cannot be read",
                    "Its sealed value was changed or damaged, so Catwalk does not use it. Enter this credential again; \
                     the others are not affected.",
                );
                match field {
                    Some(field) => problem.fix(Fix::EditAnswers { field: Some(field.0.clone()) }),
                    None => problem,
                }
            }
            Self::NotKept => again(
                "The keychain does not keep entries",
                "Catwalk wrote a new key to this computer's keychain and could not read it back, so it would be lost. \
                 Nothing was sealed.",
            ),
            Self::Keychain(_) => again(
                "The keychain refused",
                "This computer's keychain did not carry out what Catwalk asked for. Your credentials have not changed.",
            ),
            Self::Unsupported => problem(
                ProblemCode::Unsupported,
                "No keychain on this system",
                "Catwalk knows no keychain for this operating system, so it cannot keep credentials safely.",
            ),
            Self::Random(_) => problem(
                ProblemCode::Internal,
                "No random numbers",
                "The operating system gave no random numbers, so nothing can be sealed safely.",
            )
            .evidence(self.chain()),
        }
    }

    /// The error and its sources, one line each. None of them holds key material.
    fn chain(&self) -> Vec<String> {
        let mut lines = vec![self.to_string()];
        let mut source = self.source();
        while let Some(error) = source {
            lines.push(error.to_string());
            source = error.source();
        }
        lines
    }
}

/// What to install or start, in the words of this operating system.
fn unavailable() -> &'static str {
    if cfg!(target_os = "linux") {
        "Catwalk keeps the key to your credentials in the Secret Service of your desktop, and none answers. Install and \
         start one: GNOME Keyring (package `gnome-keyring`), KWallet, or KeePassXC with its Secret Service switched on. \
         On a machine without a desktop, start Catwalk inside `dbus-run-session` after unlocking `gnome-keyring-daemon`."
    } else {
        "Catwalk keeps the key to your credentials in this computer's keychain, which cannot be reached. Log out and in \
         again, then try once more."
    }
}
