//! Table tests of the form.

use super::{FieldKind, Form, first_link, readable};
use crate::{Answer, Answers, FieldKey, Manifest};
use serde_json::json;

fn manifest() -> Manifest {
    serde_json::from_value(json!({
        "name": "io.github.ada/notes", "description": "Notes", "version": "1.2.0",
        "packages": [{
            "registryType": "npm", "identifier": "@ada/notes", "version": "1.2.0", "transport": {"type": "stdio"},
            "packageArguments": [
                {"type": "positional", "valueHint": "allowed_directory", "format": "filepath", "isRequired": true, "isRepeated": true},
                {"type": "named", "name": "--stdio"},
                {"type": "named", "name": "--level", "choices": ["low", "high"], "default": "low"},
                {"type": "named", "name": "--auth", "value": "Bearer {token}", "variables": {"token": {"isSecret": true, "isRequired": true}}}
            ],
            "environmentVariables": [
                {"name": "NOTES_API_KEY", "isRequired": true, "isSecret": true, "description": "Make one at https://notes.example/keys."},
                {"name": "NOTES_FIXED", "value": "1"},
                {"name": "NOTES_COUNT", "format": "number"}
            ]
        }]
    }))
    .expect("a valid manifest")
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    Answers(pairs.iter().map(|(k, v)| (FieldKey::from(*k), Answer::plain(*v))).collect())
}

#[test]
fn asks_only_for_what_is_open_and_required_first() {
    let form = Form::of(&manifest());
    let keys: Vec<&str> = form.fields.iter().map(|f| f.key.0.as_str()).collect();
    assert_eq!(keys, ["arg:0", "arg:3:--auth/token", "env:NOTES_API_KEY", "arg:2:--level", "env:NOTES_COUNT"]);
    assert_eq!(form.fields[0].kind, FieldKind::Folder);
    assert!(form.fields[0].repeated);
    assert_eq!(form.fields[2].link.as_deref(), Some("https://notes.example/keys"));
}

#[test]
fn validation_names_the_field() {
    let form = Form::of(&manifest());
    let good = [("arg:0", "/tmp"), ("arg:3:--auth/token", "t"), ("env:NOTES_API_KEY", "k")];
    assert!(form.validate(&answers(&good)).is_empty());
    for (key, value, expect) in [
        ("arg:0", "relative", "must be a full path"),
        ("env:NOTES_API_KEY", "  ", "is needed"),
        ("env:NOTES_COUNT", "many", "must be a number"),
        ("arg:2:--level", "huge", "must be one of the list"),
        ("env:OTHER", "x", "no such setting"),
        ("env:NOTES_API_KEY", "a\0b", "cannot take"),
    ] {
        let mut given = answers(&good);
        given.0.insert(FieldKey::from(key), Answer::plain(value));
        let problems = form.validate(&given);
        assert_eq!(problems.len(), 1, "{key}={value}");
        assert_eq!(problems[0].key.0, key);
        assert!(problems[0].message.contains(expect), "{:?}", problems[0]);
    }
}

#[test]
fn labels_and_links() {
    assert_eq!(readable("GITHUB_API_KEY"), "GitHub API key");
    assert_eq!(readable("--allowed-dir"), "Allowed dir");
    assert_eq!(first_link("see (https://a.example/x), then"), Some("https://a.example/x".into()));
    assert_eq!(first_link("none"), None);
}
