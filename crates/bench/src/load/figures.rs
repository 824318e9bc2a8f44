//! What a run measured.

use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The figures of one run.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Figures {
    /// Calls answered rightly.
    pub(crate) ok: usize,
    /// What else happened, and how often.
    pub(crate) errors: BTreeMap<String, usize>,
    /// Calls answered rightly per second.
    pub(crate) per_second: f64,
    /// Microseconds that half of the calls took at most.
    pub(crate) p50: f64,
    /// Microseconds that 99 of 100 took at most.
    pub(crate) p99: f64,
    /// Microseconds that the slowest took.
    pub(crate) max: f64,
    /// Microseconds of processor time that the relay took per call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu: Option<f64>,
    /// The relay's resident memory afterwards, MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memory: Option<f64>,
}

/// What is noted while a run goes on.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    took: Vec<Duration>,
    errors: BTreeMap<String, usize>,
}

impl Tally {
    /// Notes a call.
    pub(crate) fn note(&mut self, took: Duration, outcome: anyhow::Result<()>) {
        match outcome {
            Ok(()) => self.took.push(took),
            Err(error) => *self.errors.entry(format!("{error:#}")).or_default() += 1,
        }
    }

    /// Adds another's notes.
    pub(crate) fn extend(&mut self, other: Self) {
        self.took.extend(other.took);
        for (error, times) in other.errors {
            *self.errors.entry(error).or_default() += times;
        }
    }

    /// How many calls were noted.
    pub(crate) fn len(&self) -> usize {
        self.took.len() + self.errors.values().sum::<usize>()
    }

    /// The figures of a run that took so long.
    pub(crate) fn figures(mut self, elapsed: Duration) -> Figures {
        self.took.sort_unstable();
        let at = |share: f64| {
            // The nearest rank; a share of a length is a small whole number.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the length")]
            let rank = (count(self.took.len()) * share).ceil() as usize;
            self.took.get(rank.saturating_sub(1)).map_or(0.0, |took| took.as_secs_f64() * 1e6)
        };
        Figures {
            ok: self.took.len(),
            per_second: count(self.took.len()) / elapsed.as_secs_f64(),
            p50: at(0.5),
            p99: at(0.99),
            max: at(1.0),
            errors: self.errors,
            cpu: None,
            memory: None,
        }
    }
}

impl Figures {
    /// How many calls were not answered rightly.
    pub(crate) fn failed(&self) -> usize {
        self.errors.values().sum()
    }
}

/// A count as a number to divide.
#[expect(clippy::cast_precision_loss, reason = "nobody measures 2⁵² calls")]
pub(crate) fn count(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::Tally;
    use std::time::Duration;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut tally = Tally::default();
        for micros in 1..=200 {
            tally.note(Duration::from_micros(micros), Ok(()));
        }
        let figures = tally.figures(Duration::from_secs(2));
        assert_eq!(format!("{:.0} {:.0} {:.0}", figures.p50, figures.p99, figures.max), "100 198 200");
        assert_eq!(format!("{:.0}", figures.per_second), "100");
    }
}
