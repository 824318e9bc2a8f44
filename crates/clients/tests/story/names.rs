//! Whose entry it is, and under which name ours goes.

use crate::desk::{Desk, bridge, http};
use catwalk_clients::{ClientKind, apply, found, plan};

#[test]
fn a_foreign_entry_is_never_overwritten() {
    let theirs = r#"{"mcpServers": {"notes": {"command": "npx", "args": ["-y", "notes-mcp"]}}}"#;
    let desk = Desk::new().with(theirs);
    let plan = desk.plan("notes").expect("a plan");
    assert_eq!(plan.conflict.as_deref(), Some("notes"));
    assert_eq!(plan.name, "notes-catwalk");
    apply(plan, &desk.backups()).expect("the plan is carried out");
    let text = desk.text();
    assert!(text.contains("notes-mcp") && text.contains("\"notes-catwalk\""));
    // Next time it is found under that name.
    let again = desk.plan("notes").expect("a plan");
    assert!(again.conflict.is_none() && !again.changes());
    assert_eq!(again.name, "notes-catwalk");
}

#[test]
fn our_entry_of_another_deployment_is_not_overwritten_either() {
    let desk = Desk::new().with("{}");
    desk.connect("notes");
    let mut other = http("other");
    other.name = "notes".into();
    let plan = plan(&desk.homes, ClientKind::ClaudeCode, &other).expect("a plan");
    assert_eq!((plan.name.as_str(), plan.conflict.as_deref()), ("notes-catwalk", Some("notes")));
}

#[test]
fn an_entry_of_an_old_port_or_binary_is_repaired_in_place() {
    let mut desk =
        Desk::new().with(r#"{"mcpServers": {"n": {"type": "http", "url": "http://127.0.0.1:7000/mcp/notes"}}}"#);
    assert_eq!(desk.plan("notes").expect("a plan").name, "notes", "that address is not known to be ours");
    desk.homes.ours.relays.push("http://127.0.0.1:7000".into());
    let plan_code = desk.plan("notes").expect("a plan");
    assert_eq!(plan_code.name, "n");
    assert!(plan_code.after.contains("7420") && !plan_code.after.contains("7000"));

    let file = desk.file(ClientKind::ClaudeDesktop);
    let old = r#"{"mcpServers": {"n": {"command": "/tmp/.mount_x/catwalk", "args": ["bridge", "notes"]}}}"#;
    std::fs::write(&file, old).expect("a settings file");
    let plan = plan(&desk.homes, ClientKind::ClaudeDesktop, &bridge("notes")).expect("a plan");
    assert_eq!(plan.name, "n");
    assert_eq!(plan.after, old.replace("/tmp/.mount_x/catwalk", "/opt/catwalk/catwalk"));
}

#[test]
fn names_fit_the_client() {
    let desk = Desk::new();
    for (wished, name, conflict) in [
        ("Größe & Co", "Gr--e---Co", None),
        ("workspace", "workspace-catwalk", Some("workspace")),
        ("__proto__", "__proto__", None),
    ] {
        let mut entry = http("notes");
        entry.name = wished.into();
        let plan = plan(&desk.homes, ClientKind::ClaudeCode, &entry).expect("a plan");
        assert_eq!((plan.name.as_str(), plan.conflict.as_deref()), (name, conflict));
    }
}

#[test]
fn our_entries_are_found() {
    let desk =
        Desk::new().with(r#"{"mcpServers": {"a": {"command": "npx"}, "b": {"url": "http://127.0.0.1:7420/mcp/x"}}}"#);
    let found = found(&desk.homes);
    assert_eq!(found.iter().map(|f| f.kind).collect::<Vec<_>>(), ClientKind::ALL);
    assert_eq!(found[1].connected, ["b"]);
    assert_eq!(found[1].marks[0].path(), "x");
    assert!(found[0].connected.is_empty() && found[0].problem.is_none());
}
