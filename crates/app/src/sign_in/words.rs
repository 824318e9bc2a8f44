//! What a person is told about signing in.

use catwalk_domain::{Fix, Problem, ProblemCode};
use rmcp::transport::auth::AuthError;

/// Characters of a stranger's words that are shown.
const WORDS: usize = 300;

/// A person is wanted: to sign in, or to give `more` permissions.
pub(super) fn wanted(more: &[String]) -> Problem {
    if more.is_empty() {
        return needed();
    }
    let text = "A tool needs a permission that you have not given yet. Sign in again to give it; what you gave before \
                stays. Everything else goes on working.";
    Problem::new(ProblemCode::SignInNeeded, "The server asks for more permissions", text)
        .evidence(more.iter().map(|scope| shown(scope)))
        .fix(Fix::SignIn)
}

/// The server is used with an account.
pub(crate) fn needed() -> Problem {
    let text = "It is used with an account. Sign in with your browser; Catwalk seals what it gets for that with a key from \
                this computer's keychain and shows it to this server alone.";
    Problem::new(ProblemCode::SignInNeeded, "The server asks you to sign in", text).fix(Fix::SignIn)
}

pub(super) fn no_account() -> Problem {
    let text = "Only a hosted server that is used without a key of its own can be signed in to.";
    Problem::new(ProblemCode::Unsupported, "There is nothing to sign in to", text)
}

pub(super) fn no_metadata() -> Problem {
    let text = "It wants to know who you are, but does not say where to sign in. If you have a key or token for it, enter \
                that in its settings.";
    Problem::new(ProblemCode::Unsupported, "The server does not say how to sign in", text)
        .fix(Fix::EditAnswers { field: None })
}

pub(super) fn no_registration() -> Problem {
    let text = "Its sign-in takes only apps that were entered there by hand. If you can get a key or token for it, enter \
                that in its settings.";
    Problem::new(ProblemCode::Unsupported, "The server's sign-in does not know Catwalk", text)
        .fix(Fix::EditAnswers { field: None })
}

pub(super) fn unsafe_server(why: &str) -> Problem {
    let text = format!("Catwalk did not open it: {why}. Ask whoever runs the server.");
    Problem::new(ProblemCode::Unsupported, "The server's sign-in is not safe", text)
}

pub(super) fn cancelled() -> Problem {
    Problem::new(ProblemCode::Cancelled, "The sign-in was stopped", "Nothing was changed.").fix(Fix::SignIn)
}

pub(super) fn too_late() -> Problem {
    let text = "The browser did not come back in time. Nothing was changed; you can sign in again.";
    Problem::new(ProblemCode::Cancelled, "The sign-in took too long", text).fix(Fix::SignIn)
}

pub(super) fn no_browser(why: &str) -> Problem {
    let text = "The system could not open the sign-in page. Check which browser it uses for web pages.";
    Problem::new(ProblemCode::Internal, "The browser did not open", text).evidence([why.to_owned()]).fix(Fix::SignIn)
}

/// The authorization server said no; `error` and `description` are its words.
pub(super) fn said_no(error: &str, description: Option<&str>) -> Problem {
    let evidence = [Some(error), description].into_iter().flatten().map(shown);
    if error == "access_denied" {
        let text = "You, or the server's sign-in, said no. Nothing was changed; you can sign in again.";
        return Problem::new(ProblemCode::Cancelled, "The sign-in was refused", text)
            .evidence(evidence)
            .fix(Fix::SignIn);
    }
    let text = "The server's sign-in did not accept the request. Trying again may help; the lines say more.";
    Problem::new(ProblemCode::SignInNeeded, "The sign-in did not work", text).evidence(evidence).fix(Fix::SignIn)
}

/// The answer came from somebody else than asked.
pub(super) fn foreign_issuer(evidence: &str) -> Problem {
    let text =
        "The answer did not come from the sign-in that was opened. That can be an attack, so Catwalk did not go on.";
    Problem::new(ProblemCode::SignInNeeded, "The sign-in was broken off", text)
        .evidence([shown(evidence)])
        .fix(Fix::SignIn)
}

/// What the library gave up with.
pub(super) fn failed(error: &AuthError) -> Problem {
    let evidence = chain(error);
    match error {
        AuthError::AuthorizationServerMismatch { .. } | AuthError::AuthorizationServerMissingIssuer { .. } => {
            foreign_issuer(&evidence)
        }
        AuthError::PkceUnsupported => {
            unsafe_server("its sign-in does not use PKCE, so somebody else could take it over")
        }
        AuthError::ProtectedResourceMetadataInvalid { .. } | AuthError::AuthorizationServersUnavailable { .. } => {
            unsafe_server("what it says about its sign-in does not fit").evidence([shown(&evidence)])
        }
        AuthError::RegistrationFailed(_) => no_registration().evidence([shown(&evidence)]),
        AuthError::DiscoveryRequestFailed { .. } | AuthError::HttpError(_) => {
            let text = "The server, or the one it signs in at, could not be asked. Check the network and try again.";
            Problem::new(ProblemCode::Offline, "The sign-in cannot be reached", text)
                .evidence([shown(&evidence)])
                .fix(Fix::SignIn)
        }
        _ => {
            let text = "The server's sign-in did not go as it should. Trying again may help; the lines say more.";
            Problem::new(ProblemCode::SignInNeeded, "The sign-in did not work", text)
                .evidence([shown(&evidence)])
                .fix(Fix::SignIn)
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn shown(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}
