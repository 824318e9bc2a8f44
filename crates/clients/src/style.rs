//! A file's own style, and our entry written in it.

use crate::jsonc::{Doc, property};
use jsonc_parser::ast::Object;
use jsonc_parser::common::Ranged;
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// What to put at a key.
pub(crate) enum Put<'a> {
    /// A value, written in the file's style.
    Value(&'a Value),
    /// Text as it once stood there.
    Raw(&'a str),
}

/// How the file is written.
pub(crate) struct Style {
    pub(crate) newline: &'static str,
    /// One step of indentation.
    pub(crate) unit: String,
    /// Whether `: ` and `, ` are followed by a space in one-line objects.
    pub(crate) spaced: bool,
}

/// Whether a stretch holds a line break.
pub(crate) fn breaks(text: &str) -> bool {
    text.contains(['\n', '\r'])
}

/// The white space that a place's line begins with.
pub(crate) fn line_indent(text: &str, place: usize) -> &str {
    let line = text[..place].rfind(['\n', '\r']).map_or(0, |i| i + 1);
    let rest = &text[line..];
    &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()]
}

/// The indentation of a node that begins its line; `None` if something stands before it.
pub(crate) fn own_line_indent<'t>(text: &'t str, node: &impl Ranged) -> Option<&'t str> {
    let indent = line_indent(text, node.start());
    let before = text[..node.start()].strip_suffix(indent)?;
    (before.is_empty() || before.ends_with(['\n', '\r'])).then_some(indent)
}

impl Style {
    /// Reads the style off the text.
    pub(crate) fn of(doc: &Doc<'_>, path: &[&str]) -> Self {
        let text = doc.text;
        let crlf = text.find('\n').is_some_and(|i| text[..i].ends_with('\r'));
        let root = doc.root.as_ref().and_then(|r| r.as_object());
        let inner = doc.object(path).ok().flatten();
        let unit = [root, inner].into_iter().flatten().find_map(|o| unit_of(text, o));
        let spaced = root.and_then(|o| o.properties.first()).is_none_or(|p| {
            let between = &text[p.name.end()..p.value.start()];
            between.ends_with([' ', '\t', '\n'])
        });
        Self { newline: if crlf { "\r\n" } else { "\n" }, unit: unit.unwrap_or_else(|| "  ".into()), spaced }
    }

    /// A property `"key": value`, with the keys that are still missing on the way to it.
    pub(crate) fn property(&self, keys: &[&str], put: &Put<'_>, indent: Option<&str>) -> String {
        let [key, rest @ ..] = keys else { return self.value(put, indent) };
        let colon = if self.spaced || indent.is_some() { ": " } else { ":" };
        format!("{}{colon}{}", Value::from(*key), self.nested(rest, put, indent))
    }

    /// A value inside objects for the keys that are still missing. `indent` is `None` on one line.
    pub(crate) fn nested(&self, keys: &[&str], put: &Put<'_>, indent: Option<&str>) -> String {
        if keys.is_empty() {
            return self.value(put, indent);
        }
        let Some(indent) = indent else { return format!("{{{}}}", self.property(keys, put, None)) };
        let (nl, inner) = (self.newline, format!("{indent}{}", self.unit));
        format!("{{{nl}{inner}{}{nl}{indent}}}", self.property(keys, put, Some(&inner)))
    }

    /// A value; its first line is not indented.
    pub(crate) fn value(&self, put: &Put<'_>, indent: Option<&str>) -> String {
        let value = match put {
            Put::Raw(text) => return (*text).to_owned(),
            Put::Value(value) => *value,
        };
        match indent {
            // A JSON string holds no raw line break, so every one of the output is structure.
            Some(indent) => write(value, PrettyFormatter::with_indent(self.unit.as_bytes()))
                .replace('\n', &format!("{}{indent}", self.newline)),
            None if self.spaced => write(value, Spaced),
            None => write(value, CompactFormatter),
        }
    }
}

/// One step of indentation, seen at the first property that begins its own line.
fn unit_of(text: &str, object: &Object<'_>) -> Option<String> {
    let first = object.properties.first()?;
    let unit = own_line_indent(text, first)?.strip_prefix(line_indent(text, object.start()))?;
    (!unit.is_empty()).then(|| unit.to_owned())
}

/// Whether a new property of an object gets its own line.
pub(crate) fn multi_line(doc: &Doc<'_>, object: &Object<'_>) -> bool {
    let Some(root) = &doc.root else { return true };
    breaks(doc.text_of(object))
        || object.properties.is_empty() && (breaks(doc.text_of(root)) || root.start() == object.start())
}

/// Whether the value of a name may span lines when it is written again.
pub(crate) fn value_indent<'t>(doc: &Doc<'t>, object: &Object<'_>, name: &str) -> Option<&'t str> {
    let (_, found) = property(object, name)?;
    let alone = own_line_indent(doc.text, found);
    alone.or_else(|| breaks(doc.text_of(object)).then(|| line_indent(doc.text, found.start())))
}

/// One line with a space after `:` and `,`.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

fn write(value: &Value, formatter: impl Formatter) -> String {
    let mut out = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut out, formatter));
    debug_assert!(written.is_ok(), "a value always serialises into memory");
    String::from_utf8(out).unwrap_or_default()
}
