//! From what the user pasted to a [`Source`]. Pure: no network, no files, no clock.
//!
//! The text is a stranger's: nothing in it is run or expanded, secrets in it are dropped, and forms that would start
//! something else than they seem to are refused.

mod address;
mod claude;
pub(crate) mod command;
mod container;
mod convert;
mod folder;
mod github;
pub(crate) mod name;
mod near;
mod problem;
pub(crate) mod snippet;
mod uv;
mod words;
mod write;

pub use problem::ParseProblem;
pub(crate) use {
    address::decode, claude::client_command, command::recognise, convert::repository_of, convert::variables_of,
    words::split, write::choice_of,
};

use crate::text::is_hidden;
use catwalk_domain::Source;

/// A hosted server's address.
pub(crate) fn hosted(url: &str) -> Option<crate::recipe::Runner> {
    address::remote(url, None).ok().map(|recipe| recipe.runner)
}

/// Whether a path ends in an extension, whatever its case.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    container::ends_in(path, &[extension])
}

/// Longest text that is looked at.
const MAX_TEXT: usize = 64 * 1024;

/// Understands a link, a name, a command line or a snippet.
///
/// # Errors
/// [`ParseProblem`], a plain sentence that says why not and what to paste instead.
pub fn parse(text: &str) -> Result<Source, ParseProblem> {
    if text.len() > MAX_TEXT {
        return Err(ParseProblem::TooLong);
    }
    let text = unwrap(text);
    if text.is_empty() {
        return Err(ParseProblem::Empty);
    }
    if text.chars().any(|c| is_hidden(c) || (c.is_control() && !c.is_whitespace())) {
        return Err(ParseProblem::Hidden);
    }
    match source_of(text) {
        // What cannot be understood may still show what was meant; what was refused stays refused.
        Err(problem @ (ParseProblem::NotUnderstood | ParseProblem::Wrong(_))) => {
            let words = words::split(text).unwrap_or_default();
            Err(near::installer(&words)
                .or_else(|| near::commands(text))
                .or_else(|| near::prose(text))
                .unwrap_or(problem))
        }
        done => done,
    }
}

/// One source, without guessing what else could have been meant.
fn source_of(text: &str) -> Result<Source, ParseProblem> {
    if snippet::looks_like(text) {
        return convert::from_recipe(snippet::only(text)?);
    }
    if let Some(source) = address::parse(text)? {
        return Ok(source);
    }
    if text.contains(char::is_whitespace) && !folder::looks_like(text) || command::starts_command(text) {
        return convert::from_recipe(command::line(text)?);
    }
    if folder::looks_like(text) {
        return folder::parse(text);
    }
    name::parse(text)
}

/// Takes off what people copy along: a code fence, quotes, a prompt sign.
fn unwrap(text: &str) -> &str {
    let mut text = text.trim().trim_start_matches('\u{FEFF}').trim();
    if let Some(inner) = text.strip_prefix("```").and_then(|t| t.strip_suffix("```")) {
        text = inner.split_once('\n').map_or(inner, |(_, body)| body).trim();
    }
    for (open, close) in [('`', '`'), ('"', '"'), ('\'', '\''), ('<', '>'), ('“', '”')] {
        if let Some(inner) = text.strip_prefix(open).and_then(|t| t.strip_suffix(close))
            && !inner.contains([open, close, '{'])
        {
            text = inner.trim();
        }
    }
    text.strip_prefix("$ ").or_else(|| text.strip_prefix("> ")).unwrap_or(text).trim()
}
