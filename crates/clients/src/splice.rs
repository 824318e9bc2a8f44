//! The lossless edit. Text is inserted or cut at places that the parse tree gives; nothing is serialised again, so every
//! byte outside those places stays.
//!
//! `jsonc-parser`'s own editable tree is not used for this: on insertion it reflows one-line objects and drops blank
//! lines, which is a stray byte in somebody else's file.

use crate::jsonc::{Doc, NotAnObject, is_comment, property};
use crate::style::{Put, Style, breaks, line_indent, multi_line, own_line_indent, value_indent};
use jsonc_parser::ast::Object;
use jsonc_parser::common::Ranged;
use jsonc_parser::tokens::Token;
use std::ops::Range;

/// Cuts and insertions, in ascending order.
type Edits = Vec<(Range<usize>, String)>;

/// The text with `name` set in the object that `path` leads to; what is missing on the way is made.
pub(crate) fn set(doc: &Doc<'_>, path: &[&str], name: &str, put: &Put<'_>) -> Result<String, NotAnObject> {
    let style = Style::of(doc, path);
    let keys: Vec<&str> = path.iter().copied().chain([name]).collect();
    let Some(mut object) = doc.object(&[])? else { return Ok(first_value(doc, &style, &keys, put)) };
    for (depth, key) in keys.iter().enumerate() {
        let Some((_, found)) = property(object, key) else {
            return Ok(apply(doc.text, insert(doc, &style, object, &keys[depth..], put)));
        };
        if depth + 1 == keys.len() {
            let value = style.value(put, value_indent(doc, object, key));
            return Ok(apply(doc.text, vec![(found.value.start()..found.value.end(), value)]));
        }
        object = found.value.as_object().ok_or_else(|| NotAnObject((*key).to_owned()))?;
    }
    Ok(doc.text.to_owned())
}

/// The text without `name`; unchanged if it is not there.
pub(crate) fn remove(doc: &Doc<'_>, path: &[&str], name: &str) -> Result<String, NotAnObject> {
    let edits = doc.object(path)?.and_then(|object| cut(doc, object, name));
    Ok(edits.map_or_else(|| doc.text.to_owned(), |edits| apply(doc.text, edits)))
}

/// The first value of a file that holds none yet; comments stay above it.
fn first_value(doc: &Doc<'_>, style: &Style, keys: &[&str], put: &Put<'_>) -> String {
    let value = style.nested(keys, put, Some(""));
    let before = if doc.text.trim().is_empty() { "" } else { doc.text };
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { style.newline };
    format!("{before}{gap}{value}{}", style.newline)
}

/// A new property at the end of an object.
fn insert(doc: &Doc<'_>, style: &Style, object: &Object<'_>, keys: &[&str], put: &Put<'_>) -> Edits {
    let (text, close) = (doc.text, object.end() - 1);
    let outer = line_indent(text, object.start());
    if !multi_line(doc, object) {
        let new = style.property(keys, put, None);
        let space = if style.spaced { " " } else { "" };
        return match object.properties.last() {
            None => vec![at(object.start() + 1, new)],
            Some(last) => match doc.comma_after(last.end(), close) {
                Some(comma) => vec![at(comma.end(), format!("{space}{new},"))],
                None => vec![at(last.end(), format!(",{space}{new}"))],
            },
        };
    }
    let nl = style.newline;
    let Some(last) = object.properties.last() else {
        // After whatever comments stand in the empty object.
        let place = doc.tokens_in(object.start() + 1..close).next_back().map_or(object.start() + 1, Ranged::end);
        let indent = format!("{outer}{}", style.unit);
        let tail = if breaks(&text[place..close]) { String::new() } else { format!("{nl}{outer}") };
        return vec![at(place, format!("{nl}{indent}{}{tail}", style.property(keys, put, Some(&indent))))];
    };
    let indent = own_line_indent(text, last).map_or_else(|| format!("{outer}{}", style.unit), str::to_owned);
    let new = style.property(keys, put, Some(&indent));
    match doc.comma_after(last.end(), close).map(Ranged::end) {
        Some(comma) => vec![at(line_end(doc, comma, close), format!("{nl}{indent}{new},"))],
        None => vec![at(last.end(), ",".into()), at(line_end(doc, last.end(), close), format!("{nl}{indent}{new}"))],
    }
}

/// Past the comments that follow a place on its own line: they speak of what stands before them.
fn line_end(doc: &Doc<'_>, place: usize, close: usize) -> usize {
    let same_line = |end: usize, token: &jsonc_parser::tokens::TokenAndRange<'_>| {
        (is_comment(token) && !breaks(&doc.text[end..token.start()])).then(|| token.end())
    };
    doc.tokens_in(place..close).try_fold(place, |end, token| same_line(end, token).ok_or(end)).unwrap_or_else(|end| end)
}

/// Cuts a property with its comma and the space before it; other comments stay.
fn cut(doc: &Doc<'_>, object: &Object<'_>, name: &str) -> Option<Edits> {
    let (text, close) = (doc.text, object.end() - 1);
    let (index, found) = property(object, name)?;
    let previous = index.checked_sub(1).map(|i| &object.properties[i]);
    let comma = doc.comma_after(found.end(), close).map(Ranged::end);
    let end = comma.unwrap_or(found.end());
    // The token before ours: `{`, a comma or a comment.
    let from = previous.map_or(object.start(), Ranged::end);
    let before = doc.tokens_in(from..found.start()).next_back()?;
    let mut start = before.end();
    let rest = &text[end..];
    let rest_of_line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
    if matches!(before.token, Token::CommentLine(_)) && !rest_of_line.trim().is_empty() {
        // What follows must not end up inside the comment.
        start = text[..found.start()].rfind(['\n', '\r']).map_or(start, |i| i + 1);
    }
    let mut edits = Vec::new();
    if let (None, Some(previous)) = (comma, previous) {
        let comma = doc.comma_after(previous.end(), found.start())?;
        edits.push((comma.start()..comma.end(), String::new()));
        start = start.max(comma.end());
    }
    let blank = |stretch: Range<usize>| text[stretch].trim().is_empty();
    if object.properties.len() == 1 && blank(object.start() + 1..start) && blank(end..close) {
        return Some(vec![(object.start() + 1..close, String::new())]);
    }
    edits.push((start..end, String::new()));
    Some(edits)
}

fn at(place: usize, text: String) -> (Range<usize>, String) {
    (place..place, text)
}

fn apply(text: &str, edits: Edits) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    let mut done = 0;
    for (range, new) in edits {
        out.push_str(&text[done..range.start]);
        out.push_str(&new);
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}
