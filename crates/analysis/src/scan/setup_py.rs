//! `setup.py`: the literal words of its call of `setup`. A program, so it is never run: what it works out stays unknown.

use super::syntax::{Id, Syntax, Tongue};
use std::collections::HashMap;

/// Most words of a list that are read.
const MOST: usize = 60;

/// What the call says in so many words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) python: Option<String>,
    /// `name = module:function`.
    pub(crate) scripts: Vec<String>,
    pub(crate) requirements: Vec<String>,
}

/// Reads the first call of `setup`.
pub(crate) fn setup(text: &str) -> Option<Setup> {
    let syntax = Syntax::parse(Tongue::Python, text)?;
    let s = &syntax;
    let called = |id: Id| s.field(id, "function").map(|f| s.text(f));
    let call = s.ids().find(|id| s.kind(*id) == "call" && matches!(called(*id), Some("setup" | "setuptools.setup")))?;
    let words = Words { s, constants: constants(s) };
    let arguments = s.field(call, "arguments")?;
    let given = |name: &str| {
        let keyword =
            |id: &Id| s.kind(*id) == "keyword_argument" && s.field(*id, "name").is_some_and(|n| s.text(n) == name);
        s.parts(arguments).find(keyword).and_then(|k| s.field(k, "value"))
    };
    let text = |name: &str| given(name).and_then(|id| words.text(id)).filter(|t| !t.is_empty());
    Some(Setup {
        name: text("name"),
        version: text("version"),
        description: text("description"),
        python: text("python_requires"),
        scripts: given("entry_points").map(|id| words.scripts(id)).unwrap_or_default(),
        requirements: given("install_requires").map(|id| words.list(id)).unwrap_or_default(),
    })
}

/// Names that the module gives a value once.
fn constants<'t>(s: &Syntax<'t>) -> HashMap<&'t str, Option<Id>> {
    let mut out = HashMap::new();
    for id in s.ids().filter(|id| s.kind(*id) == "assignment") {
        let outer = s.parent(id).and_then(|p| s.parent(p)).is_some_and(|p| s.kind(p) == "module");
        if let (true, Some(name), Some(value)) = (outer, s.field(id, "left"), s.field(id, "right")) {
            out.entry(s.text(name)).and_modify(|known| *known = None).or_insert(Some(value));
        }
    }
    out
}

struct Words<'a, 't> {
    s: &'a Syntax<'t>,
    constants: HashMap<&'t str, Option<Id>>,
}

impl Words<'_, '_> {
    /// A literal, or the name of one.
    fn value(&self, id: Id) -> Id {
        let named = (self.s.kind(id) == "identifier").then(|| self.constants.get(self.s.text(id)).copied().flatten());
        named.flatten().unwrap_or(id)
    }

    fn text(&self, id: Id) -> Option<String> {
        self.s.string(self.value(id)).map(|t| t.trim().to_owned())
    }

    fn list(&self, id: Id) -> Vec<String> {
        let id = self.value(id);
        match self.s.kind(id) {
            "list" | "tuple" => self.s.parts(id).take(MOST).filter_map(|p| self.text(p)).collect(),
            _ => Vec::new(),
        }
    }

    /// The console scripts, in the form of a dictionary or in that of a settings file.
    fn scripts(&self, id: Id) -> Vec<String> {
        let id = self.value(id);
        if self.s.kind(id) == "dictionary" {
            let pairs = self.s.parts(id).take(MOST).filter(|p| self.s.kind(*p) == "pair");
            let console =
                |pair: &Id| self.s.field(*pair, "key").and_then(|k| self.text(k)).as_deref() == Some("console_scripts");
            let value = pairs.into_iter().find(console).and_then(|p| self.s.field(p, "value"));
            let Some(value) = value else { return Vec::new() };
            return match self.list(value) {
                list if list.is_empty() => self.s.string(self.value(value)).map(|t| lines(&t)).unwrap_or_default(),
                list => list,
            };
        }
        let text = self.s.string(id).unwrap_or_default();
        let console = text.split_once("[console_scripts]").map_or("", |(_, rest)| rest);
        lines(console.split('[').next().unwrap_or_default())
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|l| l.contains('=')).take(MOST).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Setup, setup};

    #[test]
    fn literal_words_are_read_and_nothing_else_is() {
        let text = r#"
from setuptools import setup, find_packages
import os
VERSION = "2.1.0"
REQUIRES = ["mcp>=1.2", "httpx"]
setup(
    name="tide-tables",
    version=VERSION,
    description="Tides " "over MCP",
    long_description=open("README.md").read(),
    python_requires=">=3.10",
    install_requires=REQUIRES,
    entry_points={"console_scripts": ["tide-tables = tides.cli:main"], "x.plugins": ["a = b"]},
)
"#;
        let expected = Setup {
            name: Some("tide-tables".to_owned()),
            version: Some("2.1.0".to_owned()),
            description: Some("Tides over MCP".to_owned()),
            python: Some(">=3.10".to_owned()),
            scripts: vec!["tide-tables = tides.cli:main".to_owned()],
            requirements: vec!["mcp>=1.2".to_owned(), "httpx".to_owned()],
        };
        assert_eq!(setup(text), Some(expected));
    }

    #[test]
    fn what_is_worked_out_stays_unknown() {
        let text = r#"
import setuptools
NAME = "a"
NAME = "b"
setuptools.setup(name=NAME, version=os.environ["V"], description=f"{NAME} tools", install_requires=read(),
    entry_points="""
        [console_scripts]
        knots = knots:main
        [other]
        x = y
    """)
"#;
        let found = setup(text).expect("a call");
        assert_eq!((found.name, found.version, found.description), (None, None, None));
        assert_eq!(found.scripts, ["knots = knots:main"]);
        assert!(found.requirements.is_empty());
        assert_eq!(setup("def setup(): pass\n"), None);
    }
}
