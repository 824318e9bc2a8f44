//! Small servers in the conventions of their languages, and what a reader of their source would say of them.

use super::{choose, scan};
use crate::doc::Doc;
use crate::files::Files;
use crate::scan::facts::Facts;
use std::fmt::Write;
use std::path::Path;

/// All that a folder's source tells, a line for each fact.
fn told(root: &Path) -> String {
    let mut files = Files::default();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for path in std::fs::read_dir(folder).expect("readable").flatten().map(|e| e.path()) {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).expect("text");
            files.paths.insert(name.clone());
            files.docs.insert(name.clone(), Doc::file(&name, text, None));
        }
    }
    let mut all = Facts::default();
    for path in choose(&files, "") {
        let Facts { reads, tools, flags, transports } = files.docs[&path].facts().clone();
        for r in reads {
            all.read(r);
        }
        for t in tools {
            all.tool(&t.name, t.description, t.line);
        }
        for f in flags {
            all.flag(f);
        }
        for (kind, line) in transports {
            all.transport(kind, line);
        }
    }
    say(&all)
}

fn say(all: &Facts) -> String {
    let mut out = String::new();
    let words = |d: &Option<String>, before: &str| d.as_ref().map(|d| format!("{before}{d}")).unwrap_or_default();
    let default = |d: &Option<String>| words(&d.clone().filter(|d| !d.is_empty()), " = ");
    let mark = |flag: bool, mark: &'static str| if flag { mark } else { "" };
    for read in &all.reads {
        let line = format!(
            "env {}{}{}{}",
            read.name,
            mark(read.must, "!"),
            default(&read.default),
            words(&read.description, " # ")
        );
        writeln!(out, "{line}").expect("written");
    }
    for tool in &all.tools {
        let described = tool.description.as_ref().map(|d| d.split_whitespace().collect::<Vec<_>>().join(" "));
        writeln!(out, "tool {}{}", tool.name, words(&described, ": ")).expect("written");
    }
    for flag in &all.flags {
        let marks = [mark(flag.must, "!"), mark(flag.repeated, "..."), mark(flag.bare, " (bare)")].concat();
        let line = format!("flag {}{marks}{}{}", flag.name, default(&flag.default), words(&flag.description, " # "));
        writeln!(out, "{line}").expect("written");
    }
    for (kind, _) in &all.transports {
        let kind = serde_json::to_value(kind).expect("JSON");
        writeln!(out, "transport {}", kind.as_str().unwrap_or_default()).expect("written");
    }
    out
}

#[test]
fn small_servers_of_four_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/servers");
    let mut wrong = Vec::new();
    let mut count = 0;
    for server in
        std::fs::read_dir(root).expect("the fixtures are there").flatten().map(|e| e.path()).filter(|p| p.is_dir())
    {
        let expected = std::fs::read_to_string(server.join("facts.txt")).expect("facts").replace("\r\n", "\n");
        let told = told(&server);
        count += 1;
        if told != expected {
            wrong.push(format!("{}:\n{told}instead of\n{expected}", server.display()));
        }
    }
    assert!(count >= 12, "{count} servers");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lines_are_where_the_words_stand() {
    let facts = scan("src/a.ts", "// x\n\nconst a = process.env.KEY_A;\nif (!a) throw 1;\n");
    assert_eq!((facts.reads[0].line, facts.reads[0].must), (3, true));
}

#[test]
fn what_is_no_source_or_too_large_tells_nothing() {
    let long = format!("process.env.KEY;{}", " ".repeat(super::syntax::MAX_BYTES));
    for (path, text) in [
        ("README.md", "process.env.KEY"),
        ("a.d.ts", "process.env.KEY"),
        ("a.ts", long.as_str()),
        (".ts", "process.env.KEY"),
        ("a.min.js", "process.env.KEY"),
    ] {
        assert!(scan(path, text).reads.is_empty(), "{path}");
    }
}
