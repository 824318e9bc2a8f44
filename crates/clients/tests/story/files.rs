//! The file around the edit: links, modes, broken and missing files, others writing meanwhile, backups.

use crate::desk::{Desk, TOKEN, http};
use catwalk_clients::{ClientKind, DiffKind, Error, apply, found, plan};
use catwalk_domain::{Fix, ProblemCode};
use std::fs;

const CODE: ClientKind = ClientKind::ClaudeCode;

#[cfg(unix)]
#[test]
fn a_symlink_stays_and_its_target_is_written() {
    use std::os::unix::fs::symlink;
    for dangling in [false, true] {
        let desk = Desk::new();
        let real = desk.dir.path().join("dotfiles/claude.json");
        fs::create_dir_all(real.parent().expect("a parent")).expect("a folder");
        if !dangling {
            fs::write(&real, "{}").expect("the target");
        }
        // A relative link to a link: both must survive.
        symlink("dotfiles/claude.json", desk.dir.path().join("middle.json")).expect("a link");
        symlink("middle.json", desk.file(CODE)).expect("a link");
        let applied = desk.connect("notes");
        assert!(desk.file(CODE).is_symlink() && desk.dir.path().join("middle.json").is_symlink());
        assert!(fs::read_to_string(&real).expect("the target").contains("/mcp/notes"));
        catwalk_clients::undo(applied).expect("undone");
        assert!(desk.file(CODE).is_symlink());
        assert_eq!(fs::read_to_string(&real).ok().as_deref(), (!dangling).then_some("{}"));
    }
}

#[cfg(unix)]
#[test]
fn modes_are_kept_and_new_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    for wanted in [0o600, 0o640, 0o644, 0o664] {
        let desk = Desk::new().with("{}");
        fs::set_permissions(desk.file(CODE), fs::Permissions::from_mode(wanted)).expect("a mode");
        let applied = desk.connect("notes");
        assert_eq!(mode(&desk.file(CODE)), wanted);
        assert_eq!(mode(&applied.backup.expect("a backup")), 0o600);
        assert_eq!(mode(&desk.backups()), 0o700);
    }
    let desk = Desk::new();
    desk.connect("notes");
    assert_eq!(mode(&desk.file(CODE)), 0o600);
}

#[test]
fn a_read_only_file_is_left_alone() {
    let desk = Desk::new().with("{}");
    let mut permissions = fs::metadata(desk.file(CODE)).expect("a file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(desk.file(CODE), permissions).expect("a mode");
    let error = apply(desk.plan("notes").expect("a plan"), &desk.backups()).expect_err("read-only");
    assert!(matches!(error, Error::ReadOnly { .. }));
    assert_eq!(desk.text(), "{}");
}

#[test]
fn a_broken_file_is_refused_and_the_place_named() {
    for (text, line, column) in [
        ("{\n  \"a\": 1\n  \"b\": 2\n}", 2, 9),
        ("{\n  'a': 1\n}", 2, 3),
        ("{ \"a\": ", 1, 8),
        ("{ \"a\": 1 } x", 1, 12),
        ("{ a: 1 }", 1, 3),
        ("{ \"a\": 1", 1, 1),
    ] {
        let desk = Desk::new().with(text);
        let error = desk.plan("notes").expect_err("no JSON");
        let Error::Broken { line: l, column: c, .. } = &error else { panic!("{text}: {error:?}") };
        assert_eq!((*l, *c), (line, column), "{text}: {error}");
        let problem = error.problem();
        assert_eq!(problem.code, ProblemCode::ClientConfig);
        assert_eq!(problem.fix, Some(Fix::CopyEntry));
        assert!(problem.explanation.contains(&format!("Line {line}, column {column}")));
        assert!(problem.evidence[0].ends_with(".claude.json"));
        assert_eq!(desk.text(), text);
        let seen = &found(&desk.homes)[1];
        assert!(seen.installed && seen.problem.is_some());
    }
}

#[test]
fn other_shapes_are_refused() {
    for text in ["[]", "1", "null", r#"{"mcpServers": []}"#, r#"{"mcpServers": null}"#] {
        let error = Desk::new().with(text).plan("notes").expect_err("no place for servers");
        assert!(matches!(error, Error::Shape { .. }), "{text}: {error:?}");
    }
    let desk = Desk::new();
    fs::write(desk.file(CODE), [0xff, 0xfe, b'{', 0, b'}', 0]).expect("UTF-16");
    assert!(matches!(desk.plan("notes"), Err(Error::NotText { .. })));
    fs::remove_file(desk.file(CODE)).expect("removed");
    fs::create_dir(desk.file(CODE)).expect("a folder in its place");
    assert!(matches!(desk.plan("notes"), Err(Error::NotText { .. })));
    // Deeper than any reader goes: refused, not crashed.
    let deep = Desk::new().with(&"[".repeat(100_000));
    assert!(matches!(deep.plan("notes"), Err(Error::Broken { .. })));
}

#[test]
fn a_missing_file_is_made_only_for_an_installed_client() {
    let desk = Desk::new();
    fs::remove_dir(desk.homes.home.join(".claude")).expect("not installed");
    assert!(matches!(desk.plan("notes"), Err(Error::NotInstalled { .. })));
    assert!(!found(&desk.homes)[1].installed);
    assert!(found(&desk.homes)[0].installed);
}

#[test]
fn a_rewrite_between_plan_and_apply_is_refused() {
    let desk = Desk::new().with(r#"{"a": 1}"#);
    let plan = desk.plan("notes").expect("a plan");
    let desk = desk.with(r#"{"a": 2}"#);
    let error = apply(plan, &desk.backups()).expect_err("somebody else wrote");
    assert!(matches!(error, Error::Changed { .. }));
    assert_eq!(error.problem().fix, Some(Fix::Retry));
    assert_eq!(desk.text(), r#"{"a": 2}"#);
    assert!(!desk.backups().exists(), "nothing was begun");

    // The same for files that come or go meanwhile.
    let fresh = Desk::new();
    let plan = fresh.plan("notes").expect("a plan");
    let fresh = fresh.with("{}");
    assert!(matches!(apply(plan, &fresh.backups()), Err(Error::Changed { .. })));
    let plan = fresh.plan("notes").expect("a plan");
    fs::remove_file(fresh.file(CODE)).expect("removed");
    assert!(matches!(apply(plan, &fresh.backups()), Err(Error::Changed { .. })));
}

#[test]
fn leftovers_of_a_killed_write_are_swept() {
    let desk = Desk::new().with("{}");
    let (old, young) = (desk.homes.home.join(".catwalk-a.tmp"), desk.homes.home.join(".catwalk-b.tmp"));
    for path in [&old, &young] {
        fs::write(path, "half").expect("a leftover");
    }
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(1);
    let file = fs::File::options().write(true).open(&old).expect("the old one");
    file.set_modified(long_ago).expect("aged");
    desk.connect("notes");
    assert!(!old.exists() && young.exists());
}

#[test]
fn ten_backups_are_kept_of_each_client() {
    let desk = Desk::new().with("{}");
    let texts: Vec<String> = (0..13)
        .map(|i| {
            let before = desk.text();
            let applied = desk.connect(&format!("notes-{i}"));
            let kept = fs::read_to_string(applied.backup.expect("a backup")).expect("readable");
            assert_eq!(kept, before);
            before
        })
        .collect();
    let mut files: Vec<_> =
        fs::read_dir(desk.backups()).expect("backups").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    let kept: Vec<String> = files.iter().map(|f| fs::read_to_string(f).expect("readable")).collect();
    assert_eq!(kept, texts[3..]);
    let left: Vec<_> =
        fs::read_dir(desk.dir.path()).expect("home").filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    assert!(!left.iter().any(|n| n.starts_with(".catwalk-")), "{left:?}");
}

#[test]
fn the_preview_shows_the_change_and_no_secret() {
    let desk = Desk::new().with(
        "{\n  \"oauthAccount\": {\"token\": \"theirs\"},\n  \"mcpServers\": {\n    \"a\": {\n      \"env\": {\"KEY\": \"sk-1\"}\n    }\n  }\n}\n",
    );
    let plan = desk.plan("notes").expect("a plan");
    let shown = format!("{:?} {:?}", plan.diff, plan);
    for secret in [TOKEN, "sk-1", "theirs"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let added: Vec<_> = plan.diff.iter().filter(|l| l.kind == DiffKind::Added).map(|l| l.text.trim()).collect();
    assert!(added.contains(&"\"url\": \"http://127.0.0.1:7420/mcp/notes\","), "{added:?}");
    assert!(added.contains(&"\"Authorization\": \"Bearer ••••\""), "{added:?}");

    // A file of one enormous line shows the place of the change.
    let long = Desk::new().with(&format!(r#"{{"history":"{}","mcpServers":{{}}}}"#, "x".repeat(1_000_000)));
    let plan = plan_code(&long);
    assert!(plan.diff.iter().all(|l| l.text.chars().count() <= 202));
    assert!(plan.diff.iter().any(|l| l.kind == DiffKind::Added && l.text.contains("/mcp/notes")), "{:?}", plan.diff);
}

fn plan_code(desk: &Desk) -> catwalk_clients::Plan {
    plan(&desk.homes, CODE, &http("notes")).expect("a plan")
}
