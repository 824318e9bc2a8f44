//! Faults of the assembly itself, as problems for people. Every other crate maps its own.

use catwalk_domain::{Fix, Problem, ProblemCode};

/// A fault of ours.
pub(crate) fn internal(title: &str, error: &dyn std::fmt::Display) -> Problem {
    tracing::error!("{title}: {error}");
    Problem::new(ProblemCode::Internal, title, "This is a fault in Catwalk. Trying again may help; the log says more.")
        .evidence([error.to_string()])
        .fix(Fix::Retry)
}

/// The deployment that was asked for is gone.
pub(crate) fn gone() -> Problem {
    Problem::new(ProblemCode::NotFound, "This server is no longer here", "It was deleted in the meantime.")
}

/// The draft that was asked for is gone: drafts live as long as the window.
pub(crate) fn draft_gone() -> Problem {
    Problem::new(ProblemCode::NotFound, "This analysis is no longer here", "Paste the link once more.")
        .fix(Fix::ChangeSource)
}
