//! Reading JSON with comments: values with their places in the text, and the tokens between them.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::tokens::{Token, TokenAndRange};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};
use std::ops::Range;

/// UTF-8's byte order mark; it stays at the front, the parser does not see it.
pub(crate) const BOM: char = '\u{feff}';

/// Where and why a text is no JSON.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) what: String,
}

/// A parsed text.
pub(crate) struct Doc<'a> {
    pub(crate) text: &'a str,
    /// The root value; `None` in a text of nothing but space and comments.
    pub(crate) root: Option<Value<'a>>,
    tokens: Vec<TokenAndRange<'a>>,
}

/// A key on the way leads to something that is no object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotAnObject(pub(crate) String);

/// Comments and trailing commas are allowed, because they are left alone; any other liberty (single quotes, missing
/// commas, …) would let us edit a file that its own client cannot read.
fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// Splits a byte order mark off.
pub(crate) fn split_bom(text: &str) -> (&str, &str) {
    text.split_at(if text.starts_with(BOM) { BOM.len_utf8() } else { 0 })
}

/// Parses a text without byte order mark.
pub(crate) fn parse(text: &str) -> Result<Doc<'_>, Mistake> {
    let collect = CollectOptions { comments: CommentCollectionStrategy::AsTokens, tokens: true };
    let parsed = parse_to_ast(text, &collect, &options()).map_err(|e| Mistake {
        line: e.line_display(),
        column: e.column_display(),
        what: e.kind().to_string(),
    })?;
    Ok(Doc { text, root: parsed.value, tokens: parsed.tokens.unwrap_or_default() })
}

/// The property of a name that counts: of several the last, as in every JSON reader.
pub(crate) fn property<'o, 'a>(object: &'o Object<'a>, name: &str) -> Option<(usize, &'o ObjectProp<'a>)> {
    object.properties.iter().enumerate().rev().find(|(_, p)| p.name.as_str() == name)
}

impl<'a> Doc<'a> {
    /// The object that keys lead to; `None` where one is missing.
    pub(crate) fn object(&self, path: &[&str]) -> Result<Option<&Object<'a>>, NotAnObject> {
        let Some(root) = &self.root else { return Ok(None) };
        let mut object = root.as_object().ok_or_else(|| NotAnObject("the file".into()))?;
        for key in path {
            let Some((_, found)) = property(object, key) else { return Ok(None) };
            object = found.value.as_object().ok_or_else(|| NotAnObject((*key).to_owned()))?;
        }
        Ok(Some(object))
    }

    /// The value of a name in the object that keys lead to.
    pub(crate) fn value(&self, path: &[&str], name: &str) -> Result<Option<&Value<'a>>, NotAnObject> {
        let found = self.object(path)?.and_then(|o| property(o, name));
        Ok(found.map(|(_, p)| &p.value))
    }

    /// The text of a node.
    pub(crate) fn text_of(&self, node: &impl Ranged) -> &'a str {
        &self.text[node.start()..node.end()]
    }

    /// Comments and commas in a stretch that holds no values.
    pub(crate) fn tokens_in(&self, stretch: Range<usize>) -> impl DoubleEndedIterator<Item = &TokenAndRange<'a>> {
        let from = self.tokens.partition_point(|t| t.start() < stretch.start);
        let to = self.tokens.partition_point(|t| t.start() < stretch.end);
        self.tokens[from..to.max(from)].iter()
    }

    /// The comma that follows a place, comments between them aside.
    pub(crate) fn comma_after(&self, place: usize, end: usize) -> Option<&TokenAndRange<'a>> {
        self.tokens_in(place..end).find(|t| !is_comment(t)).filter(|t| t.token == Token::Comma)
    }

    /// Every comment.
    pub(crate) fn comments(&self) -> impl Iterator<Item = &TokenAndRange<'a>> {
        self.tokens.iter().filter(|t| is_comment(t))
    }
}

/// Whether a token is a comment.
pub(crate) fn is_comment(token: &TokenAndRange<'_>) -> bool {
    matches!(token.token, Token::CommentLine(_) | Token::CommentBlock(_))
}
