//! Taking a change back.

use crate::desk::{Desk, TOKEN, http};
use catwalk_clients::{Applied, ClientKind, Error, Undone, apply, plan_removal, undo};
use std::fs;

const CODE: ClientKind = ClientKind::ClaudeCode;

#[test]
fn an_untouched_file_comes_back_byte_for_byte() {
    let before = "\u{feff}{\r\n\t\"mcpServers\": {}, // x\r\n}";
    let desk = Desk::new().with(before);
    let applied = desk.connect("notes");
    // The receipt goes through the store and holds no secret.
    let stored = serde_json::to_string(&applied).expect("a receipt");
    assert!(!stored.contains(TOKEN));
    let applied: Applied = serde_json::from_str(&stored).expect("a receipt");
    assert_eq!(undo(applied.clone()).expect("undone"), Undone::File);
    assert_eq!(desk.text(), before);
    assert_eq!(undo(applied).expect("twice is once"), Undone::Nothing);
}

#[test]
fn a_file_we_made_goes_again() {
    let desk = Desk::new();
    let applied = desk.connect("notes");
    assert_eq!(undo(applied).expect("undone"), Undone::File);
    assert!(!desk.file(CODE).exists());
}

#[test]
fn after_a_rewrite_our_entry_alone_goes() {
    let desk = Desk::new().with("{\n  // kept nowhere\n  \"numStartups\": 1\n}");
    let applied = desk.connect("notes");
    // The client parses its file and writes it anew, with more in it.
    let mut value: serde_json::Value =
        serde_json::from_str(&desk.text().replace("// kept nowhere", "")).expect("plain JSON");
    value["numStartups"] = 2.into();
    value["mcpServers"]["theirs"] = serde_json::json!({"command": "npx"});
    let desk = desk.with(&format!("{value:#}"));
    assert_eq!(undo(applied).expect("undone"), Undone::Entry);
    value["mcpServers"].as_object_mut().expect("servers").remove("notes");
    assert_eq!(desk.text(), format!("{value:#}"));
}

#[test]
fn an_earlier_entry_of_ours_comes_back_as_it_was_written() {
    let old = r#"{"type": "http",   "url": "http://127.0.0.1:7420/mcp/notes", /* mine */ "headers": {}}"#;
    let desk = Desk::new().with(&format!(r#"{{"mcpServers": {{"notes": {old}}}}}"#));
    let applied = desk.connect("notes");
    let rewritten = desk.text().replacen('{', r#"{"more": 1, "#, 1);
    let desk = desk.with(&rewritten);
    assert_eq!(undo(applied.clone()).expect("undone"), Undone::Entry);
    assert_eq!(desk.text(), format!(r#"{{"more": 1, "mcpServers": {{"notes": {old}}}}}"#));

    let desk = desk.with(&rewritten);
    fs::remove_file(applied.backup.as_ref().expect("a backup")).expect("pruned");
    assert!(matches!(undo(applied), Err(Error::BackupGone { .. })));
    assert_eq!(desk.text(), rewritten);
}

#[test]
fn a_removal_is_undone_too() {
    let desk = Desk::new().with("{}");
    desk.connect("notes");
    let connected = desk.text();
    let remove = || {
        let plan = plan_removal(&desk.homes, CODE, &http("notes").mark()).expect("a plan");
        apply(plan, &desk.backups()).expect("removed")
    };
    assert_eq!(undo(remove()).expect("undone"), Undone::File);
    assert_eq!(desk.text(), connected);
    let applied = remove();
    fs::write(desk.file(CODE), r#"{"new": true}"#).expect("rewritten");
    assert_eq!(undo(applied).expect("undone"), Undone::Entry);
    assert!(desk.text().contains(r#""new": true"#) && desk.text().contains(TOKEN));
}

#[test]
fn what_somebody_else_put_there_stays() {
    let desk = Desk::new().with("{}");
    let applied = desk.connect("notes");
    let theirs = r#"{"mcpServers": {"notes": {"command": "npx"}}}"#;
    let desk = desk.with(theirs);
    assert!(matches!(undo(applied), Err(Error::NotOurs { .. })));
    assert_eq!(desk.text(), theirs);
}

#[test]
fn two_connections_are_undone_in_any_order() {
    let desk = Desk::new().with("{\n  \"a\": 1\n}\n");
    let (first, second) = (desk.connect("one"), desk.connect("two"));
    assert_eq!(undo(first).expect("undone"), Undone::Entry);
    assert!(desk.text().contains("/mcp/two") && !desk.text().contains("/mcp/one"));
    assert_eq!(undo(second).expect("undone"), Undone::Entry);
    assert_eq!(desk.text(), "{\n  \"a\": 1,\n  \"mcpServers\": {}\n}\n");
}
