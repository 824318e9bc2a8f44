//! Names of variables at the beginning of a line of prose.

use crate::infer::is_env_name;

/// What follows `1.` or `1)`.
pub(super) fn numbered(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let marked = rest.len() < line.len() && line.len() - rest.len() < 3;
    marked.then(|| rest.strip_prefix(['.', ')'])).flatten().filter(|r| r.starts_with(' '))
}

/// A variable's name: capitals with an underscore, in a text's first word. Where variables are spoken of (`coded`), one
/// word in code letters will do.
fn variable(text: &str, coded: bool) -> Option<(&str, &str)> {
    let inner = text.trim().trim_start_matches(['*', '`', '-', '+', ' ', '_']);
    let marked = text.trim()[..text.trim().len() - inner.len()].ends_with('`');
    let end = inner.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    let good = name.len() >= 5
        && (name.contains('_') || coded && marked && rest.starts_with('`'))
        && !name.ends_with('_')
        && is_env_name(name)
        && !rest.starts_with(|c: char| c.is_alphanumeric());
    good.then_some((name, rest))
}

/// The variables that a text begins with, and what follows them: several that belong together stand side by side.
pub(super) fn variables(text: &str, coded: bool) -> Option<(Vec<&str>, &str)> {
    let (first, mut rest) = variable(text, coded)?;
    let mut names = vec![first];
    while names.len() < 6 {
        let Some(next) = rest.strip_prefix('`').map(str::trim_start) else { break };
        let next = ["/", ",", "or ", "and ", "&", "+"].iter().find_map(|w| next.strip_prefix(w));
        let Some(next) = next.map(str::trim_start).filter(|n| n.starts_with('`')) else { break };
        let Some((name, after)) = variable(next, coded) else { break };
        names.push(name);
        rest = after;
    }
    Some((names, rest))
}

/// A few words stand before the name: `(Optional) Set a limit:`, and then the name in code letters.
pub(super) fn after_words(line: &str) -> Option<(Vec<&str>, &str, &str)> {
    let line = line.trim_start_matches(['-', '*', '+', ' ']);
    let at = line.find('`').filter(|at| *at > 0)?;
    let (before, name) = line.split_at(at);
    let before = before.trim();
    let lower = before.to_lowercase();
    let leads = ["(optional)", "optional", "(required)", "required", "set "].iter().any(|w| lower.starts_with(w));
    if !leads || before.chars().count() > 40 {
        return None;
    }
    let (names, rest) = variables(name, false)?;
    let explained = rest.trim_start_matches(['`', '*', ' ']);
    (explained.is_empty() || explained.starts_with([':', '=', '(', '-', '–', '—'])).then_some((names, rest, before))
}
