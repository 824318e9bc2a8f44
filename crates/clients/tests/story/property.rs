//! Generated files: every byte outside our entry stays, and undo brings back every byte.
//! `PROPTEST_CASES=10000` runs the ten thousand of FAULTS 4.2.

use crate::desk::{Desk, http};
use catwalk_clients::{ClientKind, Undone, apply, plan_removal, undo};
use proptest::prelude::*;

/// A piece of JSONC as text, together with the choices that made it.
#[derive(Clone, Debug)]
enum Node {
    Word(String),
    Array(Vec<Node>, Layout),
    Object(Vec<(String, Node)>, Layout),
}

#[derive(Clone, Debug)]
struct Layout {
    /// What stands between tokens, in turn.
    gaps: Vec<String>,
    trailing: bool,
}

fn layout() -> impl Strategy<Value = Layout> {
    let gap = prop_oneof![
        4 => Just(String::new()),
        4 => Just(" ".to_owned()),
        4 => Just("\n  ".to_owned()),
        1 => Just("\n\n\t".to_owned()),
        1 => Just(" // a \"comment\", {with} [brackets]\n".to_owned()),
        1 => Just("/* block } , */".to_owned()),
        1 => Just("\n/* two\n lines */ ".to_owned()),
    ];
    (prop::collection::vec(gap, 1..6), any::<bool>()).prop_map(|(gaps, trailing)| Layout { gaps, trailing })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("mcpServers".to_owned()), Just("projects".to_owned()), "[a-z]{1,6}", "[ -~äß漢🦀]{0,5}"]
}

fn node() -> impl Strategy<Value = Node> {
    let word = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("1.50".to_owned()),
        Just("-12345678901234567890123".to_owned()),
        Just(r#""\u00e4\n\"// no comment""#.to_owned()),
        name().prop_map(|n| serde_json::Value::from(n).to_string()),
    ];
    word.prop_map(Node::Word).prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..4), layout()).prop_map(|(v, l)| Node::Array(v, l)),
            (prop::collection::vec((name(), inner), 0..5), layout()).prop_map(|(v, l)| Node::Object(v, l)),
        ]
    })
}

/// A whole file: an object whose `mcpServers`, where there is one, is an object too.
fn file() -> impl Strategy<Value = String> {
    let members = prop::collection::vec((name(), node()), 0..5);
    let servers = prop::option::of((prop::collection::vec((name(), node()), 0..4), layout()));
    (members, servers, layout(), any::<prop::sample::Index>(), any::<bool>(), any::<bool>()).prop_map(
        |(mut members, servers, layout, place, crlf, bom)| {
            members.retain(|(name, _)| name != "mcpServers");
            if let Some((servers, inner)) = servers {
                let at = place.index(members.len() + 1);
                members.insert(at, ("mcpServers".to_owned(), Node::Object(servers, inner)));
            }
            let mut text = String::new();
            write(&Node::Object(members, layout), &mut text);
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            format!("{}{text}", if bom { "\u{feff}" } else { "" })
        },
    )
}

fn write(node: &Node, out: &mut String) {
    let (open, close, items, layout): (_, _, Vec<(Option<&String>, &Node)>, _) = match node {
        Node::Word(word) => return out.push_str(word),
        Node::Array(items, layout) => ('[', ']', items.iter().map(|i| (None, i)).collect(), layout),
        Node::Object(items, layout) => ('{', '}', items.iter().map(|(n, i)| (Some(n), i)).collect(), layout),
    };
    let mut gaps = layout.gaps.iter().cycle();
    let mut gap = |out: &mut String| out.push_str(gaps.next().map_or("", String::as_str));
    out.push(open);
    gap(out);
    for (index, (name, item)) in items.iter().enumerate() {
        if let Some(name) = name {
            out.push_str(&serde_json::Value::from(name.as_str()).to_string());
            gap(out);
            out.push(':');
            gap(out);
        }
        write(item, out);
        gap(out);
        if index + 1 < items.len() || layout.trailing {
            out.push(',');
            gap(out);
        }
    }
    out.push(close);
}

/// Whether `short` is `long` with stretches left out: nothing was changed or moved, only added.
fn is_contained(short: &str, long: &str) -> bool {
    let mut rest = long.bytes();
    short.bytes().all(|wanted| rest.any(|found| found == wanted))
}

/// Bytes at the front and at the back that two texts share.
fn shared(a: &str, b: &str) -> (usize, usize) {
    let front = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let back = a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    (front, back)
}

proptest! {
    #[test]
    fn apply_then_undo_is_byte_identical(before in file()) {
        let desk = Desk::new().with(&before);
        let applied = desk.connect("notes");
        let after = desk.text();
        prop_assert!(is_contained(&before, &after), "{before:?} -> {after:?}");
        prop_assert!(after.contains("/mcp/notes"));
        // One place only; a comment may stand between the comma and the entry.
        let (front, back) = shared(&before, &after);
        let between = before.get(front..before.len() - back).unwrap_or_default();
        prop_assert!(between.is_empty() || between.starts_with([' ', '/']), "{before:?} -> {after:?}");
        prop_assert_eq!(undo(applied).expect("undone"), Undone::File);
        prop_assert_eq!(desk.text(), before);
    }

    #[test]
    fn connect_then_disconnect_loses_nothing(before in file()) {
        let desk = Desk::new().with(&before);
        desk.connect("notes");
        let plan = plan_removal(&desk.homes, ClientKind::ClaudeCode, &http("notes").mark()).expect("a plan");
        apply(plan, &desk.backups()).expect("removed");
        let after = desk.text();
        prop_assert!(!after.contains("/mcp/notes"));
        // All but the white space of an object that was empty, and the object that had to be made.
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let made = [",\"mcpServers\":{}", "\"mcpServers\":{},", "\"mcpServers\":{}"];
        let same = bare(&after) == bare(&before)
            || made.iter().any(|m| bare(&after).replacen(m, "", 1) == bare(&before))
            || is_contained(&bare(&before), &bare(&after));
        prop_assert!(same, "{before:?} -> {after:?}");
    }

    #[test]
    fn any_text_is_planned_or_refused_without_a_panic(text in "[\\[\\]{}\",:/*\\\\ \\n\\r\\t\u{feff}a1-]{0,60}") {
        let desk = Desk::new().with(&text);
        if let Ok(plan) = desk.plan("notes") {
            apply(plan, &desk.backups()).expect("a plan of an unchanged file is carried out");
        } else {
            prop_assert_eq!(desk.text(), text);
        }
    }
}
