//! The headings that a line of Markdown stands under.

use crate::text::words;

/// Most headings of one document.
const MOST: usize = 2000;

/// A heading: its line, its depth, and its words in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    line: u32,
    depth: usize,
    words: Vec<String>,
}

/// The headings of a document, in its order.
pub(super) fn headings(text: &str) -> Vec<Heading> {
    let mut out = Vec::new();
    let mut code = false;
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim_start().starts_with("```") || text.trim_start().starts_with("~~~") {
            code = !code;
        }
        let title = text.trim_start_matches('#');
        let depth = text.len() - title.len();
        if !code && (1..=6).contains(&depth) && title.starts_with(' ') && title.len() < 400 && out.len() < MOST {
            out.push(Heading { line, depth, words: words(title) });
        }
    }
    out
}

/// Where a line stands: the words of the headings above it, the title of the document left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section<'a> {
    headings: Vec<&'a [String]>,
}

impl<'a> Section<'a> {
    /// The section of a line.
    pub(super) fn of(headings: &'a [Heading], line: u32) -> Self {
        let mut depth = usize::MAX;
        let mut out = Vec::new();
        let end = headings.partition_point(|h| h.line <= line);
        for heading in headings[..end].iter().rev() {
            if heading.depth < depth {
                depth = heading.depth;
                if depth > 1 {
                    out.push(heading.words.as_slice());
                }
            }
            if depth == 1 {
                break;
            }
        }
        Self { headings: out }
    }

    fn has(&self, list: &[&str]) -> bool {
        self.headings.iter().any(|words| words.iter().any(|w| list.contains(&w.as_str())))
    }

    /// Whether it speaks to those who change the server rather than to those who use it.
    pub(crate) fn is_developers(&self) -> bool {
        const FOR_THEM: [&str; 8] =
            ["development", "developing", "contributing", "testing", "tests", "debugging", "releasing", "evals"];
        const FOR_USERS: [&str; 8] =
            ["variables", "configuration", "settings", "options", "arguments", "flags", "usage", "parameters"];
        let about = |list: &[&str], words: &&&[String]| words.iter().any(|w| list.contains(&w.as_str()));
        // What is configured is configured by users, wherever it stands.
        let own = self.headings.iter().take_while(|h| !about(&FOR_USERS, h));
        own.into_iter().any(|h| about(&FOR_THEM, &h))
    }

    /// Whether it is about running it in a container.
    pub(crate) fn is_container(&self) -> bool {
        self.has(&["docker", "container", "containers", "podman", "kubernetes", "helm", "compose"])
    }
}

#[cfg(test)]
mod tests {
    use super::{Section, headings};

    #[test]
    fn a_line_stands_under_its_headings() {
        let text =
            "# Testing tools\n\nA\n\n## Development\n\n### Start it\n\n```sh\n# Docker\n```\nB\n\n## With Docker\nC\n";
        let headings = headings(text);
        let at = |line| Section::of(&headings, line);
        assert!(!at(3).is_developers(), "a document's title names the server");
        assert!(at(12).is_developers() && !at(12).is_container(), "a comment in code is no heading");
        assert!(!at(15).is_developers() && at(15).is_container());
    }
}
