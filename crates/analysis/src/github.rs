//! Repositories on GitHub.

use crate::{Analyzer, Error};
use catwalk_domain::{Analysis, GitHubRef, Millis};

/// To be written.
pub(crate) async fn analyze(_: &Analyzer, place: &GitHubRef, _: Millis) -> Result<Analysis, Error> {
    Err(Error::Unsupported { what: place.repo.clone(), why: String::new(), seen: Vec::new() })
}
