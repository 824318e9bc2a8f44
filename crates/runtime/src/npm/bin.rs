//! Which file of a package is the command, and how to start it without a shell.

use crate::toolchain::Node;
use crate::{Error, names};
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The command's path inside the package, by npm's own rule: the named one, else the one called like the package, else
/// the only one.
pub(crate) fn find(package: &Value, hint: Option<&str>) -> Result<PathBuf, Error> {
    let name = package.get("name").and_then(Value::as_str).unwrap_or_default();
    let short = name.rsplit('/').next().unwrap_or(name);
    let bins: Vec<(&str, &str)> = match package.get("bin") {
        Some(Value::String(path)) => vec![(short, path)],
        Some(Value::Object(map)) => map.iter().filter_map(|(k, v)| Some((k.as_str(), v.as_str()?))).collect(),
        _ => Vec::new(),
    };
    let named = |wanted: &str| bins.iter().find(|(name, _)| *name == wanted).map(|(_, path)| *path);
    let same = || bins.iter().all(|(_, path)| *path == bins[0].1).then(|| bins.first().map(|b| b.1)).flatten();
    let found = match hint {
        Some(hint) => named(hint).or((bins.len() == 1 && hint == name).then(|| bins[0].1)),
        None => named(short).or_else(same),
    };
    let none = || Error::NoEntry { package: name.to_owned(), found: bins.iter().map(|b| b.0.to_owned()).collect() };
    found.and_then(names::inner_path).map(Path::to_owned).ok_or_else(none)
}

/// A command that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    path: PathBuf,
    how: How,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum How {
    /// By node, with the flags of its first line.
    Node(Vec<String>),
    /// A program of its own.
    Itself,
}

impl Entry {
    /// Looks at a file below `root`; `None` if there is none. As with node's own resolution, the `.js` may be missing.
    pub(crate) fn read(root: &Path, path: &Path) -> Option<Self> {
        let mut with_js = path.as_os_str().to_owned();
        with_js.push(".js");
        let candidates = [path.to_owned(), with_js.into(), path.join("index.js")];
        let path = candidates.into_iter().find(|p| root.join(p).is_file())?;
        let mut head = Vec::new();
        std::fs::File::open(root.join(&path)).ok()?.take(256).read_to_end(&mut head).ok()?;
        Some(Self { how: how(&head), path })
    }

    /// Program and first arguments, once the root is at `target`.
    pub(crate) fn command(&self, node: &Node, target: &Path) -> (PathBuf, Vec<String>) {
        let file = target.join(&self.path);
        match &self.how {
            How::Itself => (file, Vec::new()),
            How::Node(flags) => {
                let script = file.to_string_lossy().into_owned();
                (node.program(), flags.iter().cloned().chain([script]).collect())
            }
        }
    }
}

fn how(head: &[u8]) -> How {
    const NATIVE: [&[u8]; 5] = [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"MZ\x90", b"\xce\xfa\xed\xfe"];
    if NATIVE.iter().any(|magic| head.starts_with(magic)) {
        return How::Itself;
    }
    let text = String::from_utf8_lossy(head);
    let Some(line) = text.strip_prefix("#!").and_then(|t| t.lines().next()) else { return How::Node(Vec::new()) };
    let mut words = line.split_whitespace().skip_while(|w| !is_node(w));
    match words.next() {
        Some(_) => How::Node(words.filter(|w| w.starts_with('-')).map(str::to_owned).collect()),
        // A shell script; on Windows there is nothing to run it, and node at least says what is wrong.
        None if cfg!(unix) && line.contains("sh") => How::Itself,
        None => How::Node(Vec::new()),
    }
}

fn is_node(word: &str) -> bool {
    matches!(word.rsplit('/').next(), Some("node" | "nodejs" | "bun" | "tsx"))
}

#[cfg(test)]
mod tests {
    use super::{How, find, how};
    use serde_json::json;

    #[test]
    fn one_of_the_bins() {
        let path = |package: &serde_json::Value, hint: Option<&str>| {
            find(package, hint).map(|p| p.to_string_lossy().into_owned()).ok()
        };
        let many = || json!({ "name": "@a/b", "bin": { "b": "./dist/b.js", "c": "c.js" } });
        assert_eq!(path(&json!({ "name": "a", "bin": "./a.js" }), None).as_deref(), Some("a.js"));
        assert_eq!(path(&many(), None).as_deref(), Some("dist/b.js"));
        assert_eq!(path(&many(), Some("c")).as_deref(), Some("c.js"));
        assert_eq!(path(&many(), Some("d")), None);
        assert_eq!(path(&json!({ "name": "x", "bin": { "b": "b.js", "c": "c.js" } }), None), None);
        assert_eq!(path(&json!({ "name": "x", "bin": { "b": "../../b.js" } }), None), None);
        assert_eq!(path(&json!({ "name": "x" }), None), None);
    }

    #[test]
    fn first_lines() {
        let node = |flags: &[&str]| How::Node(flags.iter().map(|&f| f.to_owned()).collect());
        assert_eq!(how(b"#!/usr/bin/env node\nx"), node(&[]));
        assert_eq!(how(b"#!/usr/bin/env -S node --no-warnings\n"), node(&["--no-warnings"]));
        assert_eq!(how(b"import x"), node(&[]));
        assert_eq!(how(b"\x7fELF\x02"), How::Itself);
    }
}
