//! Both columns, and what the relay lost.

use std::process::ExitCode;

use super::suite::{Report, Set, Verdict};

/// One server with one set.
pub(crate) struct Row {
    pub(crate) server: String,
    pub(crate) set: String,
    /// By itself, if it can be had so.
    pub(crate) direct: Option<Report>,
    /// Through the relay.
    pub(crate) through: Report,
}

/// What has been found so far.
#[derive(Default)]
pub(crate) struct Table {
    lines: Vec<String>,
    notes: Vec<String>,
    lost: usize,
}

impl Row {
    /// Scenarios that the server passes by itself and not through the relay, with why.
    fn lost(&self) -> Vec<(&str, &str)> {
        let failed = self.failed().into_iter();
        failed
            .filter(|(name, _)| self.direct.as_ref().is_some_and(|it| it.get(*name) == Some(&Verdict::Passed)))
            .collect()
    }

    fn failed(&self) -> Vec<(&str, &str)> {
        let failed = self.through.iter().filter_map(|(name, verdict)| match verdict {
            Verdict::Failed(why) => Some((&**name, &**why)),
            Verdict::Passed | Verdict::Unjudged => None,
        });
        failed.collect()
    }
}

/// `passed of judged`.
fn score(report: &Report) -> String {
    let passed = report.values().filter(|verdict| **verdict == Verdict::Passed).count();
    let judged = report.values().filter(|verdict| **verdict != Verdict::Unjudged).count();
    format!("{passed} of {judged}")
}

impl Table {
    pub(crate) fn add(&mut self, row: &Row) {
        let direct = row.direct.as_ref().map_or_else(|| "–".to_owned(), score);
        let lost = row.lost();
        self.lines.push(format!(
            "{:<28} {:<26} {direct:>12} {:>12} {:>6}",
            row.server,
            row.set,
            score(&row.through),
            lost.len()
        ));
        self.lost += lost.len();
        let failed = if row.direct.is_some() { lost } else { row.failed() };
        let word = if row.direct.is_some() { "lost" } else { "failed" };
        self.notes
            .extend(failed.iter().map(|(name, why)| format!("{}, {}: {word} {name}: {why}", row.server, row.set)));
    }

    pub(crate) fn add_client(&mut self, set: &Set, report: &Report) {
        let row =
            Row { server: "the relay's own client".to_owned(), set: set.name(), direct: None, through: report.clone() };
        self.lost += row.failed().len();
        self.add(&row);
    }

    /// Prints it; the result is whether anything was lost.
    pub(crate) fn print(&self) -> ExitCode {
        println!("\n{:<28} {:<26} {:>12} {:>12} {:>6}", "server", "suite and revision", "direct", "relay", "lost");
        self.lines.iter().for_each(|line| println!("{line}"));
        if !self.notes.is_empty() {
            println!();
        }
        self.notes.iter().for_each(|note| println!("{note}"));
        if self.lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::{Report, Row, Verdict, score};

    #[test]
    fn what_is_lost() {
        let report = |verdicts: [Verdict; 4]| -> Report {
            ["a", "b", "c", "d"].map(str::to_owned).into_iter().zip(verdicts).collect()
        };
        let failed = || Verdict::Failed("why".to_owned());
        let row = Row {
            server: String::new(),
            set: String::new(),
            direct: Some(report([Verdict::Passed, Verdict::Passed, failed(), Verdict::Unjudged])),
            through: report([Verdict::Passed, failed(), failed(), failed()]),
        };
        assert_eq!(row.lost(), [("b", "why")]);
        assert_eq!(row.direct.as_ref().map(score).as_deref(), Some("2 of 3"));
    }
}
