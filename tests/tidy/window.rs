//! What the shell offers, what the window may call, and what the window knows: lists that must agree.

use crate::tree::{files, none, read, root, short};
use serde_json::Value;
use std::collections::BTreeSet;

type Names = BTreeSet<String>;

/// Functions marked as commands.
fn commands() -> Names {
    let mut names = Names::new();
    for path in files("src-tauri", &[".rs"]) {
        let text = read(&path);
        let mut marked = false;
        for line in text.lines().map(str::trim_start) {
            marked |= line.starts_with("#[tauri::command");
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            if let Some(at) = words.iter().position(|w| *w == "fn").filter(|_| marked && !line.starts_with("//")) {
                names.extend(words.get(at + 1).map(|w| (*w).to_owned()));
                marked = false;
            }
        }
    }
    names
}

/// The text between two marks, each time it occurs.
fn between(text: &str, open: &str, close: &str) -> Names {
    text.split(open).skip(1).filter_map(|rest| Some(rest.split_once(close)?.0.to_owned())).collect()
}

/// What the capabilities allow of our own commands.
fn allowed() -> Names {
    let mut names = Names::new();
    for path in files("src-tauri/capabilities", &[".json"]) {
        let capability: Value = serde_json::from_str(&read(&path)).expect("a capability is JSON");
        let permissions = capability["permissions"].as_array().expect("a list of permissions");
        let texts = permissions.iter().filter_map(|p| p.as_str().or_else(|| p["identifier"].as_str()));
        names.extend(texts.filter_map(|p| p.strip_prefix("allow-")).map(|p| p.replace('-', "_")));
    }
    names
}

fn compare(offences: &mut Vec<String>, commands: &Names, list: &Names, place: &str) {
    offences.extend(commands.difference(list).map(|c| format!("{c} is a command but missing in {place}")));
    offences.extend(list.difference(commands).map(|c| format!("{c} stands in {place} but is no command")));
}

#[test]
fn the_window_may_call_exactly_our_commands() {
    let commands = commands();
    assert!(commands.len() > 5, "no commands were recognised: {commands:?}");
    let mut offences = Vec::new();
    compare(&mut offences, &commands, &allowed(), "src-tauri/capabilities");
    let bindings = read(&root().join("ui/src/ipc/bindings.ts"));
    compare(&mut offences, &commands, &between(&bindings, "TAURI_INVOKE(\"", "\""), "ui/src/ipc/bindings.ts");
    let build = read(&root().join("src-tauri/build.rs"));
    let declared = between(&build, "COMMANDS: &[&str] = &[", "];").pop_first().unwrap_or_default();
    let declared = declared.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    compare(&mut offences, &commands, &declared, "src-tauri/build.rs");
    none(&offences, "commands");
}

/// Variants of an enum in the source, as the window sees them.
fn variants(source: &str, name: &str) -> Vec<String> {
    let body = source.split(&format!("pub enum {name} {{\n")).nth(1).and_then(|rest| rest.split("\n}").next());
    let lines = body.unwrap_or_default().lines().filter_map(|l| l.strip_prefix("    "));
    let named = lines.filter(|l| l.starts_with(|c: char| c.is_ascii_uppercase()));
    let word = |l: &str| l.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    let camel = |w: String| w[..1].to_lowercase() + &w[1..];
    named.map(word).map(camel).collect()
}

#[test]
fn the_window_knows_every_problem_and_every_way_out() {
    let source = read(&root().join("crates/domain/src/problem.rs"));
    let is_ours = |path: &str| {
        !path.ends_with("bindings.ts")
            && !path.contains(".test.")
            && !path.contains("/demo")
            && !path.contains("/test/")
    };
    let pages = files("ui/src", &[".ts", ".tsx"]);
    let text: String = pages.iter().filter(|p| is_ours(&short(p))).map(|p| read(p)).collect();
    let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let mut offences = Vec::new();
    for name in ["ProblemCode", "Fix"] {
        let variants = variants(&source, name);
        assert!(variants.len() > 5, "{name} was not understood: {variants:?}");
        let unknown = variants.iter().filter(|v| !words.contains(v.as_str()));
        offences.extend(unknown.map(|v| format!("{name} {v}: the window does nothing with it")));
    }
    none(&offences, "problems and fixes");
}

#[test]
fn one_door_to_the_host() {
    let pages = files("ui/src", &[".ts", ".tsx"]);
    let others = pages.iter().filter(|p| !short(p).starts_with("ui/src/ipc/"));
    let offences: Vec<_> = others.filter(|p| read(p).contains("@tauri-apps/")).map(|p| short(p)).collect();
    none(&offences, "`@tauri-apps/*` is imported in ui/src/ipc alone");
}
