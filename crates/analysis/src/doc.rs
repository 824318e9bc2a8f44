//! A text with the place it came from, and the launches that a README prints.

use crate::recipe::Recipe;
use crate::source::{recognise, snippet, split};
use catwalk_domain::EvidenceSource;
use std::sync::OnceLock;

/// Most launches that are looked at.
const MAX_RECIPES: usize = 60;

/// A text with the place it came from.
#[derive(Clone, Debug)]
pub(crate) struct Doc {
    pub(crate) text: String,
    origin: EvidenceSource,
    /// Read once: a long README is asked several times.
    printed: OnceLock<Vec<Printed>>,
}

/// A launch as a document prints it.
#[derive(Clone, Debug)]
pub(crate) struct Printed {
    pub(crate) recipe: Recipe,
    /// 1-based line where its block begins.
    pub(crate) line: u32,
    /// From a JSON snippet rather than a shell line.
    pub(crate) json: bool,
}

impl Doc {
    /// A file of a repository or package.
    pub(crate) fn file(path: &str, text: String, url: Option<String>) -> Self {
        Self { text, origin: EvidenceSource::File { path: path.to_owned(), line: None, url }, printed: OnceLock::new() }
    }

    /// A field of an API's answer.
    pub(crate) fn api(name: &str, url: &str, text: String) -> Self {
        let origin = EvidenceSource::Api { name: name.to_owned(), url: url.to_owned() };
        Self { text, origin, printed: OnceLock::new() }
    }

    /// Where a line of it stands.
    pub(crate) fn at(&self, line: Option<u32>) -> EvidenceSource {
        match &self.origin {
            EvidenceSource::File { path, url, .. } => EvidenceSource::File {
                path: path.clone(),
                line,
                url: url.clone().map(|u| line.map_or(u.clone(), |l| format!("{u}#L{l}"))),
            },
            other => other.clone(),
        }
    }

    /// Where the first occurrence of some words stands.
    pub(crate) fn find(&self, words: &str) -> EvidenceSource {
        self.at(crate::text::line_of(&self.text, words))
    }

    /// Every launch that the document prints, in its order.
    pub(crate) fn recipes(&self) -> &[Printed] {
        self.printed.get_or_init(|| self.read())
    }

    fn read(&self) -> Vec<Printed> {
        let mut out = Vec::new();
        for (line, block) in blocks(&self.text) {
            if out.len() >= MAX_RECIPES {
                break;
            }
            if block.contains('{') {
                out.extend(snippet::all(&block).into_iter().map(|recipe| Printed { recipe, line, json: true }));
            } else {
                out.extend(shell(&block).into_iter().map(|recipe| Printed { recipe, line, json: false }));
            }
        }
        out
    }
}

/// Packages that the document says to install by hand, e.g. `pip install x`: (from npm?, name).
pub(crate) fn installs(text: &str) -> Vec<(bool, String)> {
    let mut out = Vec::new();
    for line in blocks(text).iter().flat_map(|(_, b)| b.lines()) {
        let words: Vec<&str> = line.trim().trim_start_matches("$ ").split_whitespace().collect();
        let (npm, rest) = match words.as_slice() {
            ["npm", "install" | "i", "-g" | "--global", rest @ ..] => (true, rest),
            ["pip" | "pip3" | "pipx", "install", rest @ ..] | ["uv", "tool" | "pip", "install", rest @ ..] => {
                (false, rest)
            }
            _ => continue,
        };
        let name = rest.iter().find(|w| !w.starts_with('-')).copied().unwrap_or_default();
        let spec = if npm {
            crate::source::name::npm(name)
        } else {
            crate::source::name::pypi(name.trim_matches(['"', '\'']))
        };
        if let Ok(spec) = spec
            && crate::signs::in_words(&spec.name)
            && out.len() < 5
        {
            out.push((npm, spec.name));
        }
    }
    out
}

fn shell(block: &str) -> Vec<Recipe> {
    let joined = block.replace("\\\r\n", " ").replace("\\\n", " ");
    let lines = joined.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#') && l.len() < 2000);
    let words = lines.filter_map(|l| split(l.strip_prefix("$ ").unwrap_or(l)).ok());
    words.filter_map(|w| recognise(&w).ok()).collect()
}

/// Fenced code blocks with the line of their fence. A block that never closes ends with the text.
fn blocks(text: &str) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    let mut open: Option<(u32, String, &str)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let bare = line.trim_start().trim_start_matches("> ");
        let fence = ["```", "~~~"].into_iter().find(|f| bare.starts_with(f));
        match (&mut open, fence) {
            (None, Some(fence)) => open = Some((number, String::new(), fence)),
            (Some((_, _, with)), Some(fence)) if *with == fence => {
                if let Some((start, body, _)) = open.take() {
                    out.push((start, body));
                }
            }
            (Some((_, body, _)), _) if body.len() < 64 * 1024 => {
                body.push_str(line);
                body.push('\n');
            }
            _ => {}
        }
    }
    out.extend(open.map(|(start, body, _)| (start, body)));
    out
}
