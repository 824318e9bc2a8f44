//! The shape of source files.

use crate::tree::{files, none, read, short};
use std::path::{Path, PathBuf};

/// A review stop; the median should stay near a hundred.
const LINES: usize = 500;

fn rust() -> Vec<PathBuf> {
    ["crates", "src-tauri", "tests", "xtask"].iter().flat_map(|folder| files(folder, &[".rs"])).collect()
}

fn is_test(path: &Path) -> bool {
    let path = short(path);
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// "The helper" is the design's own word for the process that `catwalk run` is.
const NAMED_AS_MEANT: [&str; 1] = ["crates/supervisor/examples/helper.rs"];

/// Names that say nothing.
fn is_vague(name: &str) -> bool {
    let name = name.to_lowercase();
    ["manager", "helper", "util"].iter().any(|w| name.ends_with(w) || name.ends_with(&format!("{w}s")))
}

#[test]
fn there_are_sources() {
    assert!(rust().len() > 50, "the walk finds too little to judge: {}", rust().len());
}

#[test]
fn every_file_says_what_it_is() {
    let silent = |path: &PathBuf| !read(path).starts_with("//!");
    let offences: Vec<_> = rust().iter().filter(|p| silent(p)).map(|p| short(p)).collect();
    none(&offences, "the first line of a file is `//!` and says what it is");
}

#[test]
fn files_are_small() {
    let count = |path: &PathBuf| (read(path).lines().count(), short(path));
    let sources = rust();
    let long = sources.iter().filter(|p| !is_test(p)).map(count).filter(|(n, _)| *n > LINES);
    none(&long.map(|(n, p)| format!("{p} has {n} lines")).collect::<Vec<_>>(), "no file is above 500 lines");
}

#[test]
fn names_say_something() {
    let mut offences = Vec::new();
    for path in rust() {
        let name = stem(&path);
        let meant = NAMED_AS_MEANT.contains(&short(&path).as_str());
        if !meant && is_vague(&name) || ["mod", "common", "misc"].contains(&name.as_str()) {
            offences.push(short(&path));
        }
        for (number, line) in read(&path).lines().enumerate() {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty());
            let defines = words.by_ref().find(|w| !["pub", "crate", "super", "in"].contains(w));
            if matches!(defines, Some("struct" | "enum" | "trait" | "type" | "union"))
                && let Some(kind) = words.next().filter(|k| is_vague(k))
            {
                offences.push(format!("{}:{}: {kind}", short(&path), number + 1));
            }
        }
    }
    none(&offences, "no mod.rs, and no file or type called …Manager, …Helper, …Util, common or misc");
}

#[test]
fn every_test_runs() {
    let mut offences = Vec::new();
    for path in rust() {
        let ignored = |line: &str| line.trim_start().starts_with("#[ignore");
        let lines = read(&path).lines().enumerate().filter(|(_, l)| ignored(l)).map(|(n, _)| n + 1).collect::<Vec<_>>();
        offences.extend(lines.iter().map(|n| format!("{}:{n}", short(&path))));
    }
    none(&offences, "no test is ignored");
}

/// `clippy.toml` cannot tell a user's file from one of ours; in `clients` every file is somebody else's.
#[test]
fn other_apps_files_are_written_by_one_hand() {
    let hands = ["write.rs", "backup.rs"];
    let calls = ["fs::write(", "File::create", "fs::rename(", "fs::copy(", "OpenOptions"];
    let mut offences = Vec::new();
    for path in files("crates/clients/src", &[".rs"]) {
        if !hands.iter().any(|h| path.ends_with(h)) {
            let text = read(&path);
            let found = calls.iter().filter(|call| text.contains(**call));
            offences.extend(found.map(|call| format!("{}: {call}", short(&path))));
        }
    }
    none(&offences, "another app's file is written in write.rs alone: whole or not at all");
}
