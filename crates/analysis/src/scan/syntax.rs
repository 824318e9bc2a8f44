//! A source file as a tree that is cheap to walk in any direction. Parsing is bounded in size and in work; nothing recurses.

use std::ops::ControlFlow;
use std::sync::OnceLock;
use tree_sitter::{Language, ParseOptions, Parser, Tree};

/// Largest file that is parsed.
pub(crate) const MAX_BYTES: usize = 192 << 10;
/// Most nodes of a file that are looked at.
const MAX_NODES: usize = 400_000;
/// Most steps of the parser, counted in the hundreds after which it asks whether to go on: a count, not a clock, so that
/// the same file gives the same facts on a busy computer.
const MAX_STEPS: u32 = 3_000;

/// A language that sources are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// TypeScript; JavaScript is read by the same grammar.
    Script,
    Python,
    Go,
    Rust,
}

impl Tongue {
    /// By the file's extension.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = name.rsplit_once('.')?;
        match extension {
            _ if stem.is_empty() || matches!(stem.rsplit('.').next(), Some("d" | "min")) && stem.contains('.') => None,
            "ts" | "mts" | "cts" | "js" | "mjs" | "cjs" => Some(Self::Script),
            "py" => Some(Self::Python),
            "go" => Some(Self::Go),
            "rs" => Some(Self::Rust),
            _ => None,
        }
    }

    fn grammar(self) -> Language {
        match self {
            Self::Script => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Self::Python => tree_sitter_python::LANGUAGE.into(),
            Self::Go => tree_sitter_go::LANGUAGE.into(),
            Self::Rust => tree_sitter_rust::LANGUAGE.into(),
        }
    }
}

/// What a grammar calls its nodes and their parts, by number.
struct Names {
    kinds: Vec<String>,
    fields: Vec<String>,
}

impl Names {
    /// Read once: the grammars are part of the program.
    fn of(tongue: Tongue) -> &'static Self {
        static ALL: [OnceLock<Names>; 4] = [const { OnceLock::new() }; 4];
        ALL[tongue as usize].get_or_init(|| {
            let grammar = tongue.grammar();
            let fields = u16::try_from(grammar.field_count()).unwrap_or_default();
            let kinds = u16::try_from(grammar.node_kind_count()).unwrap_or_default();
            let kind = |id| grammar.node_kind_for_id(id).unwrap_or_default().to_owned();
            let field = |id| grammar.field_name_for_id(id).unwrap_or_default().to_owned();
            Self { kinds: (0..kinds).map(kind).collect(), fields: (0..=fields).map(field).collect() }
        })
    }
}

/// A node, by its place in the order of the text.
pub(super) type Id = usize;

struct Node {
    kind: &'static str,
    field: Option<&'static str>,
    from: usize,
    to: usize,
    line: u32,
    parent: Id,
    /// The first node that is no longer inside this one.
    after: Id,
    named: bool,
}

/// A parsed file.
pub(super) struct Syntax<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

impl<'t> Syntax<'t> {
    /// Parses a file; `None` when it is too large or too much work.
    pub(super) fn parse(tongue: Tongue, text: &'t str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let mut parser = Parser::new();
        parser.set_language(&tongue.grammar()).ok()?;
        let mut steps = 0;
        let mut count = |_: &tree_sitter::ParseState| {
            steps += 1;
            if steps > MAX_STEPS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut count);
        let bytes = text.as_bytes();
        let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options))?;
        Some(Self { text, nodes: flat(&tree, Names::of(tongue)) })
    }

    /// All nodes, in the order of the text.
    pub(super) fn ids(&self) -> std::ops::Range<Id> {
        0..self.nodes.len()
    }

    pub(super) fn kind(&self, id: Id) -> &'static str {
        self.nodes.get(id).map_or("", |n| n.kind)
    }

    /// What stands there.
    pub(super) fn text(&self, id: Id) -> &'t str {
        self.nodes.get(id).and_then(|n| self.text.get(n.from..n.to)).unwrap_or_default()
    }

    /// Its 1-based line.
    pub(super) fn line(&self, id: Id) -> u32 {
        self.nodes.get(id).map_or(1, |n| n.line)
    }

    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        (id != 0).then(|| self.nodes.get(id).map(|n| n.parent)).flatten()
    }

    /// What it lies in, from the inside, as far as is ever looked.
    pub(super) fn around(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(self.parent(id), |at| self.parent(*at)).take(60)
    }

    /// Its direct parts that are no punctuation and no comment.
    pub(super) fn parts(&self, id: Id) -> impl Iterator<Item = Id> {
        self.children(id).filter(|c| self.nodes[*c].named && !self.nodes[*c].kind.ends_with("comment"))
    }

    /// All its direct parts.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let end = self.nodes.get(id).map_or(0, |n| n.after);
        let inside = move |at: Id| (at < end).then_some(at);
        std::iter::successors(inside(id + 1), move |at| inside(self.nodes[*at].after))
    }

    /// The part that the grammar calls by a name.
    pub(super) fn field(&self, id: Id, name: &str) -> Option<Id> {
        self.children(id).find(|c| self.nodes[*c].field == Some(name))
    }

    /// The first `most` nodes inside it.
    pub(super) fn inside(&self, id: Id, most: usize) -> std::ops::Range<Id> {
        let end = self.nodes.get(id).map_or(0, |n| n.after);
        id + 1..end.min(id + 1 + most).max(id + 1)
    }

    /// A literal's text; `None` when it is none, or is put together at run time.
    pub(super) fn string(&self, id: Id) -> Option<String> {
        match self.kind(id) {
            "string" | "template_string" | "interpreted_string_literal" | "raw_string_literal" | "string_literal" => {
                let computed = |i: Id| matches!(self.kind(i), "template_substitution" | "interpolation");
                (!self.inside(id, 2000).any(computed)).then(|| unquote(self.text(id)))
            }
            "concatenated_string" | "parenthesized_expression" => {
                let parts: Option<Vec<String>> = self.parts(id).take(40).map(|p| self.plain_string(p)).collect();
                parts.filter(|p| !p.is_empty()).map(|p| p.concat())
            }
            _ => None,
        }
    }

    fn plain_string(&self, id: Id) -> Option<String> {
        if matches!(self.kind(id), "string" | "template_string") { self.string(id) } else { None }
    }
}

/// The tree as a list: each node before what lies inside it.
fn flat(tree: &Tree, names: &'static Names) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<Id> = Vec::new();
    let mut cursor = tree.walk();
    'walk: while nodes.len() < MAX_NODES {
        let node = cursor.node();
        let line = u32::try_from(node.start_position().row + 1).unwrap_or(u32::MAX);
        let id = nodes.len();
        nodes.push(Node {
            kind: names.kinds.get(usize::from(node.kind_id())).map_or("", String::as_str),
            field: cursor.field_id().and_then(|id| names.fields.get(usize::from(id.get()))).map(String::as_str),
            from: node.start_byte(),
            to: node.end_byte(),
            line,
            parent: open.last().copied().unwrap_or_default(),
            after: id + 1,
            named: node.is_named(),
        });
        if cursor.goto_first_child() {
            open.push(id);
            continue;
        }
        while !cursor.goto_next_sibling() {
            let after = nodes.len();
            match open.pop() {
                Some(id) if cursor.goto_parent() => nodes[id].after = after,
                _ => break 'walk,
            }
        }
    }
    // What is still open where the walk ended lasts to the end.
    let end = nodes.len();
    for id in open {
        nodes[id].after = end;
    }
    nodes
}

/// A literal without its quotes, common escapes resolved.
fn unquote(text: &str) -> String {
    let bare = text.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_matches('#');
    let raw = text.starts_with(['r', 'R']) || text.starts_with('`');
    let quote = ["\"\"\"", "'''", "\"", "'", "`"].into_iter().find(|q| bare.starts_with(q)).unwrap_or_default();
    let inner = bare.strip_prefix(quote).unwrap_or(bare);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    if raw || !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'r' | 't') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out
}
