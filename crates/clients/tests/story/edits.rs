//! The edit itself: what a file looks like before and after.

use crate::desk::{Desk, bridge, http};
use catwalk_clients::{ClientKind, apply, paste, plan, plan_removal};
use std::fs;

/// `ENTRY` stands for our entry on one line, `LINES` for the same over several lines.
const ENTRY: &str = r#"{"type": "http", "url": "http://127.0.0.1:7420/mcp/notes", "headers": {"Authorization": "Bearer cw_0123456789abcdef"}}"#;

fn lines(indent: &str, unit: &str, nl: &str) -> String {
    let text = ENTRY
        .replacen('{', "{\n>", 1)
        .replace(", \"", ",\n>\"")
        .replace("\"headers\": {", "\"headers\": {\n>>")
        .replace("}}", "\n>}\n}");
    text.replace('\n', &format!("{nl}{indent}")).replace('>', unit)
}

#[test]
fn inserts_in_the_files_own_style() {
    let entry = |indent: &str| lines(indent, "  ", "\n");
    let compact = ENTRY.replace(": ", ":").replace(", ", ",").replace("Bearer:", "Bearer ");
    for (before, after) in [
        (String::new(), format!("{{\n  \"mcpServers\": {{\n    \"notes\": {}\n  }}\n}}\n", entry("    "))),
        (" \n".into(), format!("{{\n  \"mcpServers\": {{\n    \"notes\": {}\n  }}\n}}\n", entry("    "))),
        ("{}".into(), format!("{{\n  \"mcpServers\": {{\n    \"notes\": {}\n  }}\n}}", entry("    "))),
        (
            "// mine\n".into(),
            format!("// mine\n{{\n  \"mcpServers\": {{\n    \"notes\": {}\n  }}\n}}\n", entry("    ")),
        ),
        (
            "{\n  \"a\": 1\n}\n".into(),
            format!("{{\n  \"a\": 1,\n  \"mcpServers\": {{\n    \"notes\": {}\n  }}\n}}\n", entry("    ")),
        ),
        (
            "{\n  \"mcpServers\": {}\n}\n".into(),
            format!("{{\n  \"mcpServers\": {{\n    \"notes\": {}\n  }}\n}}\n", entry("    ")),
        ),
        // Comments, blank lines and a trailing comma stay where they are.
        (
            "{\n  \"mcpServers\": {\n\n    \"a\": {}, // first\n    // \"b\": {}\n\n  },\n}".into(),
            format!(
                "{{\n  \"mcpServers\": {{\n\n    \"a\": {{}}, // first\n    \"notes\": {},\n    // \"b\": {{}}\n\n  }},\n}}",
                entry("    ")
            ),
        ),
        (
            "{\"mcpServers\": {\n    // none yet\n}}".into(),
            format!("{{\"mcpServers\": {{\n    // none yet\n  \"notes\": {}\n}}}}", entry("  ")),
        ),
        // Tabs and CRLF.
        (
            "{\r\n\t\"mcpServers\": {\r\n\t\t\"a\": {}\r\n\t}\r\n}\r\n".into(),
            format!(
                "{{\r\n\t\"mcpServers\": {{\r\n\t\t\"a\": {{}},\r\n\t\t\"notes\": {}\r\n\t}}\r\n}}\r\n",
                lines("\t\t", "\t", "\r\n")
            ),
        ),
        // A byte order mark.
        ("\u{feff}{\"mcpServers\": {}}".into(), format!("\u{feff}{{\"mcpServers\": {{\"notes\": {ENTRY}}}}}")),
        // One line, with and without spaces.
        (
            r#"{"x": [1, 2], "mcpServers": {"a": {}}}"#.into(),
            format!(r#"{{"x": [1, 2], "mcpServers": {{"a": {{}}, "notes": {ENTRY}}}}}"#),
        ),
        (
            r#"{"x":1,"mcpServers":{"a":{}}}"#.into(),
            format!(r#"{{"x":1,"mcpServers":{{"a":{{}},"notes":{compact}}}}}"#),
        ),
        (r#"{"x":1}"#.into(), format!(r#"{{"x":1,"mcpServers":{{"notes":{compact}}}}}"#)),
    ] {
        let desk = Desk::new().with(&before);
        desk.connect("notes");
        assert_eq!(desk.text(), after, "before: {before:?}");
    }
}

#[test]
fn brings_an_own_entry_up_to_date_and_keeps_what_the_user_added() {
    let desk = Desk::new().with(
        r#"{"mcpServers": {"notes": {"type": "http", "url": "http://127.0.0.1:7420/mcp/notes", "headers": {"Authorization": "Bearer old"}, "timeout": 9000}}}"#,
    );
    desk.connect("notes");
    let text = desk.text();
    assert!(text.contains("cw_0123456789abcdef") && !text.contains("old") && text.contains(r#""timeout": 9000"#));
    let again = desk.plan("notes").expect("a plan");
    assert!(!again.changes() && again.diff.is_empty());
    let applied = apply(again, &desk.backups()).expect("nothing to do is no error");
    assert!(!applied.changed && applied.backup.is_none());
}

#[test]
fn removal_takes_the_entry_alone() {
    for before in [
        "{\n  \"mcpServers\": {\n    \"a\": {}\n  }\n}\n",
        "{\n  \"mcpServers\": {\n    \"a\": {}, // first\n    // none\n  },\n}\n",
        "{\r\n\t\"mcpServers\": { \"a\": {},\r\n\t}\r\n}",
        r#"{"mcpServers":{"a":{}}}"#,
        r#"{"mcpServers": {}}"#,
        "{\n  \"mcpServers\": {}\n}",
        "{\"mcpServers\": {\n    // none yet\n}}",
    ] {
        let desk = Desk::new().with(before);
        desk.connect("notes");
        let plan = plan_removal(&desk.homes, ClientKind::ClaudeCode, &http("notes").mark()).expect("a plan");
        assert!(plan.changes());
        apply(plan, &desk.backups()).expect("the removal is carried out");
        assert_eq!(desk.text(), before);
    }
    // Between others, at the front, under a line comment, and with something behind it on the line.
    let ours = r#""notes": {"url": "http://127.0.0.1:7420/mcp/notes"}"#;
    for (before, after) in [
        (format!(r#"{{"mcpServers": {{{ours}, "b": 1}}}}"#), r#"{"mcpServers": { "b": 1}}"#.to_owned()),
        (format!(r#"{{"mcpServers": {{"a": 1, {ours}, "b": 1}}}}"#), r#"{"mcpServers": {"a": 1, "b": 1}}"#.to_owned()),
        (
            format!("{{\"mcpServers\": {{\n  \"a\": 1, // x\n  {ours} }}}}"),
            "{\"mcpServers\": {\n  \"a\": 1 // x\n }}".to_owned(),
        ),
        (
            format!("{{\"mcpServers\": {{\n  // x\n  {ours} // y\n}}}}"),
            "{\"mcpServers\": {\n  // x\n // y\n}}".to_owned(),
        ),
    ] {
        let desk = Desk::new().with(&before);
        let plan = plan_removal(&desk.homes, ClientKind::ClaudeCode, &http("notes").mark()).expect("a plan");
        assert_eq!(plan.after, after);
    }
}

#[test]
fn removal_of_nothing_changes_nothing() {
    let desk = Desk::new();
    let plan = plan_removal(&desk.homes, ClientKind::ClaudeCode, &http("notes").mark()).expect("a plan");
    assert!(!plan.changes());
    assert!(!apply(plan, &desk.backups()).expect("nothing to do").changed);
    assert!(!desk.file(ClientKind::ClaudeCode).exists());
}

#[test]
fn claude_desktop_gets_a_bridge() {
    let desk = Desk::new();
    let made = plan(&desk.homes, ClientKind::ClaudeDesktop, &bridge("notes")).expect("a plan");
    apply(made, &desk.backups()).expect("the plan is carried out");
    let text = fs::read_to_string(desk.file(ClientKind::ClaudeDesktop)).expect("the new file");
    let value: serde_json::Value = serde_json::from_str(&text).expect("plain JSON");
    let expect = serde_json::json!({"command": "/opt/catwalk/catwalk", "args": ["bridge", "notes"]});
    assert_eq!(value["mcpServers"]["notes"], expect);
    assert!(plan(&desk.homes, ClientKind::ClaudeDesktop, &http("notes")).is_err());
    let pasted = paste(ClientKind::ClaudeDesktop, &bridge("notes")).expect("something to paste");
    assert_eq!(serde_json::from_str::<serde_json::Value>(pasted.expose()).expect("plain JSON"), value);
}
