//! The form: what the manifest leaves for the user to say. A pure function of the manifest.

use crate::manifest::{Argument, ArgumentKind, Format, Input, Manifest};
use crate::{Answers, FieldKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything there is to ask, required fields first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Form {
    /// The fields.
    pub fields: Vec<Field>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Its identity.
    pub key: FieldKey,
    /// The name as the server knows it (`API_KEY`, `--root`).
    pub name: String,
    /// A readable name.
    pub label: String,
    /// What it is for.
    pub help: Option<String>,
    /// "Where do I get this?": the first https link of the description.
    pub link: Option<String>,
    /// What to render.
    pub kind: FieldKind,
    /// Must be answered.
    pub required: bool,
    /// Masked on screen, sealed in the store.
    pub secret: bool,
    /// May have several values.
    pub repeated: bool,
    /// Value used when left empty.
    pub default: Option<String>,
    /// Shown in the empty field.
    pub placeholder: Option<String>,
}

/// What to render for a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// A decimal number.
    Number,
    /// A switch, `true` or `false`.
    Boolean,
    /// One of a list.
    #[serde(rename_all = "camelCase")]
    Choice {
        /// The list.
        options: Vec<String>,
    },
    /// A folder, by the system's picker.
    Folder,
    /// A file, by the system's picker.
    File,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FieldProblem {
    /// Which field.
    pub key: FieldKey,
    /// One plain sentence.
    pub message: String,
}

impl Form {
    /// Derives the form of a manifest: one field for each input, or each variable of a templated input, that has no
    /// fixed value.
    pub fn of(manifest: &Manifest) -> Self {
        let mut fields = Vec::new();
        for (key, name, input, repeated) in inputs(manifest) {
            collect(&mut fields, &key, &name, input, repeated);
        }
        fields.sort_by_key(|f| !f.required);
        Self { fields }
    }

    /// Checks answers against the form. Empty when all is well.
    pub fn validate(&self, answers: &Answers) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> = self.fields.iter().filter_map(|f| check(f, answers)).collect();
        let known = |key: &FieldKey| self.fields.iter().any(|f| &f.key == key);
        for key in answers.0.keys().filter(|k| !known(k)) {
            problems.push(FieldProblem { key: key.clone(), message: "This server has no such setting.".into() });
        }
        problems
    }
}

/// Every input of the chosen package or remote, with the key that names it for good.
pub(crate) fn inputs(manifest: &Manifest) -> Vec<(FieldKey, String, &Input, bool)> {
    let mut out = Vec::new();
    if let Some(package) = manifest.package() {
        let arguments = package.runtime_arguments.iter().map(|a| ("runtime", a));
        let arguments = arguments.chain(package.package_arguments.iter().map(|a| ("arg", a)));
        for (index, (prefix, argument)) in arguments.enumerate() {
            out.push((
                argument_key(prefix, index, argument),
                argument_name(argument),
                &argument.input,
                argument.is_repeated,
            ));
        }
        for variable in &package.environment_variables {
            out.push((FieldKey(format!("env:{}", variable.name)), variable.name.clone(), &variable.input, false));
        }
    }
    if let Some(remote) = manifest.remote() {
        for (name, input) in &remote.variables {
            out.push((FieldKey(format!("url:{name}")), name.clone(), input, false));
        }
        for header in &remote.headers {
            out.push((FieldKey(format!("header:{}", header.name)), header.name.clone(), &header.input, false));
        }
    }
    out
}

fn argument_key(prefix: &str, index: usize, argument: &Argument) -> FieldKey {
    match (&argument.name, argument.kind) {
        (Some(name), ArgumentKind::Named) => FieldKey(format!("{prefix}:{index}:{name}")),
        _ => FieldKey(format!("{prefix}:{index}")),
    }
}

fn argument_name(argument: &Argument) -> String {
    let name = argument.name.clone().or_else(|| argument.value_hint.clone());
    name.unwrap_or_else(|| "argument".to_owned())
}

/// A named argument about which nothing is said is a bare flag: always there, nothing to ask.
pub(crate) fn is_bare_flag(input: &Input) -> bool {
    *input == Input::default()
}

/// Key of a variable inside a templated input.
pub(crate) fn variable_key(owner: &FieldKey, variable: &str) -> FieldKey {
    FieldKey(format!("{owner}/{variable}"))
}

fn collect(fields: &mut Vec<Field>, key: &FieldKey, name: &str, input: &Input, repeated: bool) {
    if input.value.is_some() {
        for (variable, inner) in &input.variables {
            collect(fields, &variable_key(key, variable), variable, inner, false);
        }
    } else if !(name.starts_with('-') && is_bare_flag(input)) {
        fields.push(field(key.clone(), name, input, repeated));
    }
}

fn field(key: FieldKey, name: &str, input: &Input, repeated: bool) -> Field {
    let help = input.description.clone();
    let link = help.as_deref().and_then(first_link);
    Field {
        key,
        name: name.to_owned(),
        label: readable(name),
        link,
        kind: kind(name, input),
        required: input.is_required && input.default.is_none(),
        secret: input.is_secret,
        repeated,
        default: input.default.clone(),
        placeholder: input.placeholder.clone(),
        help,
    }
}

fn kind(name: &str, input: &Input) -> FieldKind {
    if let Some(options) = &input.choices {
        return FieldKind::Choice { options: options.clone() };
    }
    match input.format {
        Some(Format::Number) => FieldKind::Number,
        Some(Format::Boolean) => FieldKind::Boolean,
        Some(Format::Filepath) => {
            let words = format!("{name} {}", input.description.as_deref().unwrap_or_default()).to_lowercase();
            let folder = ["dir", "folder", "root", "workspace", "repository", "vault"];
            if folder.iter().any(|w| words.contains(w)) { FieldKind::Folder } else { FieldKind::File }
        }
        Some(Format::String) | None => FieldKind::Text,
    }
}

/// `GITHUB_API_KEY` → `GitHub API key`, `--allowed-dir` → `Allowed dir`.
fn readable(name: &str) -> String {
    const CAPITALS: [&str; 12] = ["api", "url", "id", "db", "ip", "ai", "aws", "sql", "mcp", "ssh", "ssl", "uri"];
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let mut label = String::new();
    for word in words {
        let lower = word.to_lowercase();
        let word = if CAPITALS.contains(&lower.as_str()) {
            lower.to_uppercase()
        } else if lower == "github" {
            "GitHub".to_owned()
        } else if label.is_empty() {
            lower.chars().take(1).flat_map(char::to_uppercase).chain(lower.chars().skip(1)).collect()
        } else {
            lower
        };
        if !label.is_empty() {
            label.push(' ');
        }
        label.push_str(&word);
    }
    if label.is_empty() { name.to_owned() } else { label }
}

fn first_link(text: &str) -> Option<String> {
    let start = text.find("https://")?;
    let end =
        text[start..].find(|c: char| c.is_whitespace() || "()<>\"'`".contains(c)).map_or(text.len(), |n| start + n);
    Some(text[start..end].trim_end_matches(['.', ',', ';', ':']).to_owned())
}

fn check(field: &Field, answers: &Answers) -> Option<FieldProblem> {
    let problem = |message: String| Some(FieldProblem { key: field.key.clone(), message });
    let Some(answer) = answers.get(&field.key) else {
        return if field.required { problem(format!("{} is needed.", field.label)) } else { None };
    };
    let values = answer.values();
    if values.len() > 1 && !field.repeated {
        return problem(format!("{} takes one value.", field.label));
    }
    values.iter().filter(|v| !v.trim().is_empty()).find_map(|v| check_value(field, v)).and_then(problem)
}

fn check_value(field: &Field, value: &str) -> Option<String> {
    let label = &field.label;
    if value.contains('\0') {
        return Some(format!("{label} holds a character that programs cannot take."));
    }
    let header = field.key.0.starts_with("header:");
    if header && value.chars().any(char::is_control) {
        return Some(format!("{label} must be one line."));
    }
    let wrong = match &field.kind {
        FieldKind::Number => value.trim().parse::<f64>().is_err().then_some("must be a number"),
        FieldKind::Boolean => (!["true", "false"].contains(&value)).then_some("must be on or off"),
        FieldKind::Choice { options } => (!options.iter().any(|o| o == value)).then_some("must be one of the list"),
        FieldKind::Folder | FieldKind::File => (!absolute(value)).then_some("must be a full path"),
        FieldKind::Text => None,
    };
    wrong.map(|w| format!("{label} {w}."))
}

/// Absolute on any of the three systems: the rule must not depend on where it is compiled.
fn absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with('/')
        || path.starts_with("\\\\")
        || (bytes.len() > 2 && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/'))
}

/// The default of every field that has one, as answers; the window starts from these.
pub fn defaults(form: &Form) -> BTreeMap<FieldKey, Vec<String>> {
    form.fields.iter().filter_map(|f| f.default.clone().map(|d| (f.key.clone(), vec![d]))).collect()
}

#[cfg(test)]
#[path = "form/tests.rs"]
mod tests;
