//! The release-age cooldown: dependencies are chosen among versions that are old enough. The package itself was chosen
//! and consented to by name, so it is exempt.
//!
//! When nothing old enough fits, there are three cases. The package is itself that young: what it needs may have been
//! published together with it, so the user's consent covers it and a note is kept. The registry does not say when
//! versions were published: then no cooldown is possible, and a note is kept. The package is old: then its dependencies
//! must once have been resolvable, and older versions were withdrawn; that is what a hijack looks like, so it is refused.

use crate::Error;
use crate::job::Job;
use catwalk_domain::Millis;

/// Whether one applies at all.
pub(crate) fn applies(job: &Job<'_>) -> bool {
    !job.runtime.config.cooldown.is_zero()
}

fn days(job: &Job<'_>) -> u64 {
    job.runtime.config.cooldown.as_secs().div_ceil(24 * 60 * 60)
}

/// Decides about a resolution that failed because of the cooldown: a note to go on without it, or the refusal.
pub(crate) fn waive(job: &Job<'_>, published: Option<Millis>, evidence: Vec<String>) -> Result<String, Error> {
    let package = &job.request.package.identifier;
    match published {
        None => Ok(format!(
            "The registry does not say when versions were published, so the {} day cooldown was not applied.",
            days(job)
        )),
        Some(at) if at > job.cutoff() => Ok(format!(
            "{package} is younger than {} days and needs dependencies that are too, so the cooldown was not applied.",
            days(job)
        )),
        Some(_) => Err(Error::TooNew { package: package.clone(), days: days(job), evidence }),
    }
}
