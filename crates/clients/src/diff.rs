//! The change as people see it before they say yes.

use crate::mask::mask;
use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

/// Lines shown around a change.
const CONTEXT: usize = 3;
/// Longer lines are cut to a window around the change: some clients write one line of a megabyte.
const WIDTH: usize = 200;

/// One line of a preview. Secrets are masked in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    /// What happens to it.
    pub kind: DiffKind,
    /// The line without its end.
    pub text: String,
}

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DiffKind {
    /// Stays; shown for orientation.
    Same,
    /// Comes.
    Added,
    /// Goes.
    Removed,
    /// Stands for lines that stay and are not shown.
    Gap,
}

/// Line by line, with a little around each change.
pub(crate) fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    let (masked_before, masked_after) = (mask(before), mask(after));
    let shown = [lines(&masked_before), lines(&masked_after)];
    let focus = common_prefix(&masked_before, &masked_after);
    let text = TextDiff::from_lines(before, after);
    let mut out = Vec::new();
    for (index, group) in text.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            out.push(DiffLine { kind: DiffKind::Gap, text: "…".into() });
        }
        for change in group.iter().flat_map(|op| text.iter_changes(op)) {
            // The diff runs over the real lines, so that a new token shows as a change; what is shown is masked.
            let (kind, side, line) = match change.tag() {
                ChangeTag::Equal => (DiffKind::Same, 0, change.old_index()),
                ChangeTag::Delete => (DiffKind::Removed, 0, change.old_index()),
                ChangeTag::Insert => (DiffKind::Added, 1, change.new_index()),
            };
            let line = line.and_then(|i| shown[side].get(i)).copied().unwrap_or_default();
            out.push(DiffLine { kind, text: window(line.0, focus.saturating_sub(line.1)) });
        }
    }
    out
}

/// Each line without its end, and where it begins. Cut where `similar` cuts.
fn lines(text: &str) -> Vec<(&str, usize)> {
    let mut place = 0;
    let mut out = Vec::new();
    while place < text.len() {
        let rest = &text[place..];
        let len = rest.find(['\n', '\r']).map_or(rest.len(), |i| i + if rest[i..].starts_with("\r\n") { 2 } else { 1 });
        out.push((rest[..len].trim_end_matches(['\n', '\r']).trim_start_matches(crate::jsonc::BOM), place));
        place += len;
    }
    out
}

fn common_prefix(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

fn window(line: &str, focus: usize) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let focus = if focus < line.len() { line.char_indices().take_while(|(i, _)| *i < focus).count() } else { 0 };
    let from = focus.saturating_sub(WIDTH / 4);
    let shown: String = line.chars().skip(from).take(WIDTH).collect();
    let head = if from > 0 { "…" } else { "" };
    let tail = if line.chars().count() > from + WIDTH { "…" } else { "" };
    format!("{head}{shown}{tail}")
}
