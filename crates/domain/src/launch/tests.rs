//! Table tests of launch and preview.

use super::{LaunchProblem, launch, preview};
use crate::{Answer, Answers, FieldKey, Manifest};
use serde_json::{Value, json};

fn npm(package: Value) -> Manifest {
    let mut package = package;
    package["registryType"] = json!("npm");
    package["identifier"] = json!("@ada/notes");
    package["version"] = json!("1.2.0");
    package["transport"] = json!({"type": "stdio"});
    serde_json::from_value(json!({"name": "a/b", "description": "", "version": "1.2.0", "packages": [package]}))
        .expect("valid")
}

fn args(manifest: &Manifest, answers: &Answers) -> Vec<String> {
    launch(manifest, answers).expect("launches").args.iter().map(|a| a.expose().clone()).collect()
}

#[test]
fn arguments_follow_the_manifest_and_never_a_shell() {
    let manifest = npm(json!({"packageArguments": [
        {"type": "named", "name": "--stdio"},
        {"type": "named", "name": "--verbose", "format": "boolean"},
        {"type": "named", "name": "--root", "isRequired": true},
        {"type": "positional", "valueHint": "dir", "isRepeated": true}
    ]}));
    let mut answers = Answers::default();
    assert!(matches!(launch(&manifest, &answers), Err(LaunchProblem::Missing(k)) if k.0 == "arg:2:--root"));
    answers.0.insert(FieldKey::from("arg:2:--root"), Answer::plain("a b; rm -rf /"));
    answers.0.insert(FieldKey::from("arg:3"), Answer::Plain(vec!["/x".into(), "/y".into()]));
    assert_eq!(args(&manifest, &answers), ["--stdio", "--root", "a b; rm -rf /", "/x", "/y"]);
    answers.0.insert(FieldKey::from("arg:1:--verbose"), Answer::plain("true"));
    assert_eq!(args(&manifest, &answers), ["--stdio", "--verbose", "--root", "a b; rm -rf /", "/x", "/y"]);
}

#[test]
fn preview_shows_everything_but_secrets() {
    let manifest = npm(json!({"environmentVariables": [{"name": "KEY", "isSecret": true, "isRequired": true}]}));
    let open = preview(&manifest, &Answers::default());
    assert_eq!(open.command, ["npx", "-y", "@ada/notes@1.2.0"]);
    assert_eq!(open.env, ["KEY=••••••••"]);
    let given = Answers([(FieldKey::from("env:KEY"), Answer::secret("canary"))].into());
    assert!(!format!("{:?}", preview(&manifest, &given)).contains("canary"));
    assert_eq!(launch(&manifest, &given).expect("launches").env[0].1.expose(), "canary");
}

#[test]
fn remote_headers_are_filled_from_variables() {
    let manifest: Manifest = serde_json::from_value(json!({
        "name": "a/b", "description": "", "version": "1", "remotes": [{
            "type": "streamable-http", "url": "https://{host}/mcp", "variables": {"host": {"default": "x.example"}},
            "headers": [
                {"name": "Authorization", "value": "Bearer {token}", "variables": {"token": {"isSecret": true, "isRequired": true}}},
                {"name": "X-Opt", "value": "{team}", "variables": {"team": {}}}
            ]
        }]
    }))
    .expect("valid");
    let answers = Answers([(FieldKey::from("header:Authorization/token"), Answer::secret("t"))].into());
    let built = launch(&manifest, &answers).expect("launches");
    assert_eq!(built.url.as_ref().map(|url| url.expose().as_str()), Some("https://x.example/mcp"));
    assert_eq!(built.headers.len(), 1, "an open optional variable drops its header");
    assert_eq!(built.headers[0].1.expose(), "Bearer t");
}
