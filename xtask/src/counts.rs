//! Counting what ran: the closing lines of cargo's and vitest's test runners, summed.

use std::ops::AddAssign;

/// How many tests went how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// One check that either holds or does not.
    pub(crate) fn check(holds: bool) -> Self {
        Self { passed: holds.into(), failed: (!holds).into(), skipped: 0 }
    }

    /// What a test runner printed. One that failed, or ran nothing, without saying which test, counts as one failure.
    pub(crate) fn of(output: &str, succeeded: bool) -> Self {
        let mut sum = Self::default();
        for line in output.lines() {
            let line = plain(line);
            let line = line.trim();
            if let Some(counts) = line.strip_prefix("test result:").or_else(|| line.strip_prefix("Tests  ")) {
                sum += Self::listed(counts);
            }
        }
        if sum.failed == 0 && (!succeeded || sum.passed == 0) {
            sum.failed = 1;
        }
        sum
    }

    /// `ok. 12 passed; 0 failed; 1 ignored; …` or `1 failed | 11 passed | 2 skipped (14)`.
    fn listed(text: &str) -> Self {
        let mut counts = Self::default();
        let words: Vec<&str> = text.split([' ', ';', '|', '(', ')']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => counts.passed += number,
                "failed" => counts.failed += number,
                "ignored" | "skipped" | "todo" => counts.skipped += number,
                _ => {}
            }
        }
        counts
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The line without its colours.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn cargo_lines_are_summed() {
        let output = "test a ... ok\n\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s\n\
                      test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(Counts::of(output, false), counts(13, 2, 1));
    }

    #[test]
    fn vitest_lines_are_read_through_their_colours() {
        let output = " \u{1b}[2m Test Files \u{1b}[22m \u{1b}[1m2 passed\u{1b}[22m (2)\n\
                      \u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | 11 passed | 2 skipped (14)\n";
        assert_eq!(Counts::of(output, false), counts(11, 1, 2));
    }

    #[test]
    fn silence_and_nothing_run_are_failures() {
        assert_eq!(Counts::of("", true), counts(0, 1, 0));
        assert_eq!(Counts::of("test result: ok. 0 passed; 0 failed; 3 ignored", true), counts(0, 1, 3));
        assert_eq!(Counts::of("error: could not compile", false), counts(0, 1, 0));
        assert_eq!(Counts::of("test result: ok. 4 passed; 0 failed", false), counts(4, 1, 0));
    }
}
