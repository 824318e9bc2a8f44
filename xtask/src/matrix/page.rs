//! The table as a page of documentation.

use std::fmt;

use super::pair::Outcome;

/// What is tried, and its headline.
const CHECKS: [(&str, &str); 13] = [
    ("initialize", "initialize"),
    ("list", "list"),
    ("call", "call"),
    ("progress", "progress"),
    ("cancel", "cancel"),
    ("elicitation", "elicitation"),
    ("sampling", "sampling"),
    ("roots", "roots"),
    ("subscription", "resource subscription"),
    ("logging", "logging"),
    ("list_changed", "list_changed"),
    ("big", "1 MiB"),
    ("reconnect", "relay restarted"),
];

/// Rows and footnotes so far.
#[derive(Default)]
pub(crate) struct Page {
    rows: Vec<String>,
    notes: Vec<String>,
    lost: usize,
}

impl Page {
    /// One pair: by itself, through the relay on stdio, through the relay over HTTP.
    pub(crate) fn add(&mut self, client: &str, server: &str, [direct, stdio, http]: [&Outcome; 3]) {
        let cells = CHECKS.map(|(check, _)| [stdio, http].map(|through| self.cell(check, direct, through)).join(" "));
        self.rows.push(format!("| {client} | {server} | {} |", cells.join(" | ")));
    }

    fn cell(&mut self, check: &str, direct: &Outcome, through: &Outcome) -> String {
        let alone = direct.get(check);
        match through.get(check) {
            Some((true, None)) => "✓".to_owned(),
            Some((true, Some(note))) => format!("✓{}", self.note(note)),
            other => {
                // Only what was tried and failed without the relay is the SDKs' own affair.
                if let Some((false, Some(note))) = alone {
                    return format!("–{}", self.note(&format!("not without the relay either: {note}")));
                }
                self.lost += 1;
                let note = other.and_then(|(_, note)| note.as_deref()).unwrap_or("the client did not get so far");
                format!("✗{}", self.note(&format!("lost: {note}")))
            }
        }
    }

    /// The footnote's number; one that is there is used again.
    fn note(&mut self, words: &str) -> String {
        let words = words.lines().next().unwrap_or_default();
        let at = self.notes.iter().position(|note| note == words).unwrap_or_else(|| {
            self.notes.push(words.to_owned());
            self.notes.len() - 1
        });
        format!("[{}]", at + 1)
    }

    /// How many cells the relay lost.
    pub(crate) fn lost(&self) -> usize {
        self.lost
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# The relay between official SDKs\n")?;
        writeln!(
            f,
            "Written by `cargo xtask matrix`. The client calls `catwalk relay`, behind which the server stands;"
        )?;
        writeln!(
            f,
            "the first mark is for a server on stdio, the second for one over Streamable HTTP. A client with a revision to its name has\nno session, the others have one. ✓ works, ✗ is lost in"
        )?;
        writeln!(f, "the relay, – does not work between these two without the relay either.\n")?;
        writeln!(f, "| client | server | {} |", CHECKS.map(|(_, name)| name).join(" | "))?;
        writeln!(f, "|---|---|{}", "---|".repeat(CHECKS.len()))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        if !self.notes.is_empty() {
            writeln!(f)?;
        }
        self.notes.iter().enumerate().try_for_each(|(at, note)| writeln!(f, "- [{}] {note}", at + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::{CHECKS, Page};
    use crate::matrix::pair::Outcome;

    #[test]
    fn what_fails_without_the_relay_is_not_lost() {
        let all = |ok: bool| -> Outcome {
            CHECKS.map(|(check, _)| (check.to_owned(), (ok, (!ok).then(|| "why".to_owned())))).into()
        };
        let mut page = Page::default();
        page.add("a", "b", [&all(false), &all(false), &all(true)]);
        assert_eq!(page.lost(), 0);
        assert!(page.to_string().contains("–[1] ✓"), "{page}");
        page.add("a", "b", [&all(true), &Outcome::new(), &all(true)]);
        assert_eq!(page.lost(), CHECKS.len());
    }
}
