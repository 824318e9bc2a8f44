//! The scorer scores as it should.

use super::normal::{arguments, package, url};
use super::{score, table};
use serde_json::{Value, json};

fn truth() -> Value {
    json!({"id": "x", "runtime": "npm", "package": "@a/b", "command": "npx", "args": ["-y", "@a/b"], "transport": "stdio",
        "alternatives": [
            {"runtime": "remote", "transport": "streamable-http", "remote_url": "https://h.example/mcp", "env_required": []},
            {"runtime": "oci", "package": "ghcr.io/a/b", "command": "docker", "args": ["run", "ghcr.io/a/b", "stdio"],
                "transport": "stdio"}],
        "env": [{"name": "KEY", "required": true, "secret": true, "core": true, "aliases": ["--key", "OLD_KEY"]},
            {"name": "URL", "required": false, "secret": false}, {"name": "A", "required": null, "secret": true},
            {"name": "B", "required": null, "secret": true}],
        "required_any_of": [["A"], ["B"]], "env_allowed": ["LOG_LEVEL"], "args_required": [], "tools": ["t1", "t2"]})
}

fn full() -> Value {
    json!({"runtime": "npx", "package": "@a/b@latest", "command": "npx", "args": ["@a/b@1.2.3"], "transport": "stdio",
        "env": [{"name": "KEY", "required": true, "secret": true}, {"name": "URL", "required": false, "secret": false},
            {"name": "B", "required": false, "secret": true}, {"name": "LOG_LEVEL"}]})
}

fn with(mut value: Value, changes: &Value) -> Value {
    for (key, change) in changes.as_object().into_iter().flatten() {
        value[key] = change.clone();
    }
    value
}

#[test]
fn a_right_prediction_launches() {
    let row = score(&full(), &truth());
    assert!(row.launch && row.package_ok && row.command_ok, "{row:?}");
    assert_eq!((row.found, row.wrong.len(), row.missed.len(), row.extra), (3, 0, 1, 1));
    assert_eq!((row.required, row.secret, row.core), ((2, 2), (3, 3), (1, 1)));
}

#[test]
fn what_is_missing_or_wrong_is_seen() {
    let row = score(&with(full(), &json!({"env": [{"name": "KEY"}]})), &truth());
    assert!(!row.launch && row.missing_required.is_empty(), "no whole set: {row:?}");
    let row = score(&with(full(), &json!({"env": [{"name": "A"}, {"name": "NOISE"}]})), &truth());
    assert_eq!((row.missing_required, row.wrong), (vec!["KEY".to_owned()], vec!["NOISE".to_owned()]));
    let flag = json!({"env": [{"name": "A"}], "args_required": [{"name": "--key"}]});
    assert!(score(&with(full(), &flag), &truth()).launch, "the flag stands for the variable");
    assert!(!score(&json!({}), &truth()).launch);
    assert!(!score(&with(truth(), &json!({"package": "other", "alternatives": []})), &truth()).launch);
}

#[test]
fn an_alternative_is_as_right_as_the_first() {
    let remote = json!({"runtime": "remote", "remote_url": "https://h.example/mcp/", "transport": "http", "env": []});
    assert!(score(&remote, &truth()).launch);
    let mut locked = truth();
    locked["alternatives"][0]["headers"] = json!([{"name": "Authorization", "required": true, "secret": true}]);
    assert!(!score(&remote, &locked).launch);
    assert!(score(&with(remote, &json!({"headers": [{"name": "authorization"}]})), &locked).launch);
    let image = json!({"runtime": "docker", "package": "docker.io/ghcr.io/a/b:1.0", "env": []});
    assert!(score(&image, &truth()).runtime_ok);
}

#[test]
fn arguments_the_user_must_give() {
    let need = json!({"env": [], "required_any_of": [], "args_required": [{"name": "dirs", "positional": true}]});
    let truth = with(truth(), &need);
    let mine = with(full(), &json!({"env": []}));
    assert!(!score(&mine, &truth).launch);
    assert!(score(&with(mine, &json!({"args_required": [{"name": "allowed", "positional": true}]})), &truth).launch);
}

#[test]
fn names_are_compared_in_one_spelling() {
    for (runtime, name, bare) in [
        ("oci", "ghcr.io/A/b:v1", "ghcr.io/a/b"),
        ("oci", "docker.io/mcp/x", "mcp/x"),
        ("oci", "localhost:5000/x:1", "localhost:5000/x"),
        ("pypi", "Mcp_Server.Git==1", "mcp-server-git"),
        ("pypi", "x[extra]", "x"),
        ("npm", "@a/b@1", "@a/b"),
        ("npm", "a@latest", "a"),
        ("pypi", "git+https://github.com/A/b.git@v1", "https://github.com/a/b"),
        ("git", "git+https://github.com/a/b", "https://github.com/a/b"),
        ("go", "github.com/A/b@latest", "github.com/a/b"),
    ] {
        assert_eq!(package(runtime, name), bare, "{name}");
    }
    let words =
        |command: &str, args: &[&str]| arguments(command, &args.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>());
    assert_eq!(words("cmd", &["/c", "npx", "-y", "a@latest", "--x=1"]), words("npx", &["a", "--x=2"]));
    assert_eq!(words("docker", &["run", "-i", "--rm", "-e", "K", "img:1", "stdio"]), ["docker", "img", "stdio"]);
    assert_eq!(url("https://X.com/mcp/?k=1"), "https://x.com/mcp");
    assert_eq!(url("https://g/{owner}/<repo>"), "https://g/{}/{}");
}

#[test]
fn the_table_counts_over_all() {
    let rows = [score(&full(), &truth()), score(&json!({}), &truth())];
    let table = table(&rows);
    let all: Vec<&str> = table.lines().nth(1).expect("a line for all").split_whitespace().collect();
    assert_eq!(all[..5], ["all", "2", "1.000", "0.375", "0.545"], "{table}");
    assert_eq!(all[14], "0.500", "{table}");
}
