//! From manifest and answers to what is started or called: arguments, environment, headers. Pure.

use crate::form::{inputs, is_bare_flag, variable_key};
use crate::manifest::{Argument, ArgumentKind, Format, Input, Manifest};
use crate::{Answers, FieldKey, Secret};
use serde::{Deserialize, Serialize};

/// What a start needs. Values may be secret, so it neither serialises nor prints.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// Arguments after the program.
    pub args: Vec<Secret<String>>,
    /// Environment of the deployment itself.
    pub env: Vec<(String, Secret<String>)>,
    /// Address, for a remote; a key may be part of it.
    pub url: Option<Secret<String>>,
    /// Headers, for a remote.
    pub headers: Vec<(String, Secret<String>)>,
}

/// Why a launch cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaunchProblem {
    /// A required input has no value.
    #[error("`{0}` has no value")]
    Missing(FieldKey),
    /// The manifest has neither package nor remote.
    #[error("the manifest names no way to run the server")]
    NothingToRun,
}

/// The exact command for people, before anything runs. Secrets are shown as dots, nothing is cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Program and arguments, one each; the window joins and escapes them.
    pub command: Vec<String>,
    /// The arguments alone, without the program that takes them.
    pub arguments: Vec<String>,
    /// Environment variables: `NAME=value`, or `NAME=••••` for secrets, or `NAME` while there is no answer.
    pub env: Vec<String>,
    /// Address, for a remote.
    pub url: Option<String>,
    /// Headers in the same form as `env`.
    pub headers: Vec<String>,
}

/// Stands for a secret on screen.
const DOTS: &str = "••••••••";

/// Builds the launch. Answers must have passed [`crate::Form::validate`].
///
/// # Errors
/// [`LaunchProblem`] when something required is still open.
pub fn launch(manifest: &Manifest, answers: &Answers) -> Result<Launch, LaunchProblem> {
    let mut out = Launch::default();
    let keyed = inputs(manifest);
    let mut keyed = keyed.iter();
    if let Some(package) = manifest.package() {
        for argument in package.runtime_arguments.iter().chain(&package.package_arguments) {
            let Some((key, ..)) = keyed.next() else { break };
            // Runtime arguments (docker flags, `npx -y`) belong to a launcher that Catwalk does not use.
            if !key.0.starts_with("runtime:") {
                push_argument(&mut out.args, argument, &resolve(key, &argument.input, answers)?);
            }
        }
        for variable in &package.environment_variables {
            let key = FieldKey(format!("env:{}", variable.name));
            if let Some(value) = resolve(&key, &variable.input, answers)?.pop() {
                out.env.push((variable.name.clone(), Secret::new(value)));
            }
        }
        return Ok(out);
    }
    let remote = manifest.remote().ok_or(LaunchProblem::NothingToRun)?;
    let mut url = remote.url.clone().unwrap_or_default();
    for (name, input) in &remote.variables {
        if let Some(value) = resolve(&FieldKey(format!("url:{name}")), input, answers)?.pop() {
            url = url.replace(&format!("{{{name}}}"), &value);
        }
    }
    out.url = Some(Secret::new(url));
    for header in &remote.headers {
        let key = FieldKey(format!("header:{}", header.name));
        if let Some(value) = resolve(&key, &header.input, answers)?.pop() {
            out.headers.push((header.name.clone(), Secret::new(value)));
        }
    }
    Ok(out)
}

fn push_argument(args: &mut Vec<Secret<String>>, argument: &Argument, values: &[String]) {
    let name = argument.name.clone().filter(|_| argument.kind == ArgumentKind::Named);
    match name {
        Some(name) if is_bare_flag(&argument.input) => args.push(Secret::new(name)),
        Some(name) if argument.input.format == Some(Format::Boolean) && argument.input.value.is_none() => {
            if values.iter().any(|v| v == "true") {
                args.push(Secret::new(name));
            }
        }
        Some(name) => {
            for value in values {
                args.push(Secret::new(name.clone()));
                if !value.is_empty() {
                    args.push(Secret::new(value.clone()));
                }
            }
        }
        None => args.extend(values.iter().cloned().map(Secret::new)),
    }
}

/// Values of one input: fixed, answered, defaulted, or none.
fn resolve(key: &FieldKey, input: &Input, answers: &Answers) -> Result<Vec<String>, LaunchProblem> {
    if let Some(template) = &input.value {
        return Ok(fill(key, template, input, answers)?.into_iter().collect());
    }
    if let Some(answer) = answers.get(key) {
        return Ok(answer.values().into_iter().filter(|v| !v.trim().is_empty()).map(str::to_owned).collect());
    }
    match &input.default {
        Some(default) => Ok(vec![default.clone()]),
        None if input.is_required => Err(LaunchProblem::Missing(key.clone())),
        None => Ok(Vec::new()),
    }
}

/// Fills `{name}` from the variables. A template whose optional variable is open is left out as a whole.
fn fill(key: &FieldKey, template: &str, input: &Input, answers: &Answers) -> Result<Option<String>, LaunchProblem> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        let name = &rest[start + 1..start + length];
        out.push_str(&rest[..start]);
        match input.variables.get(name) {
            Some(inner) => match resolve(&variable_key(key, name), inner, answers)?.pop() {
                Some(value) => out.push_str(&value),
                None => return Ok(None),
            },
            None => out.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    Ok(Some(out))
}

/// The command as people see it, with whatever has been answered so far.
pub fn preview(manifest: &Manifest, answers: &Answers) -> Preview {
    let mut shown = answers.clone();
    for (key, name, input, _) in inputs(manifest) {
        cover(&mut shown, &key, &name, input);
    }
    let built = launch(manifest, &shown).unwrap_or_default();
    let pair = |(name, value): &(String, Secret<String>)| format!("{name}={}", value.expose());
    let mut out = Preview {
        command: program(manifest),
        arguments: built.args.iter().map(|a| a.expose().clone()).collect(),
        env: built.env.iter().map(pair).collect(),
        url: built.url.as_ref().map(|url| url.expose().clone()),
        headers: built.headers.iter().map(|(n, v)| format!("{n}: {}", v.expose())).collect(),
    };
    out.command.extend_from_slice(&out.arguments);
    out
}

/// Replaces secret answers by dots and open required ones by `<name>`, so that the preview shows every part.
fn cover(answers: &mut Answers, key: &FieldKey, name: &str, input: &Input) {
    for (variable, inner) in &input.variables {
        cover(answers, &variable_key(key, variable), variable, inner);
    }
    if input.value.is_some() {
        return;
    }
    let given = answers.get(key).is_some();
    if given && input.is_secret {
        answers.0.insert(key.clone(), crate::Answer::plain(DOTS));
    } else if !given && input.default.is_none() && input.is_required {
        let stand_in = if input.is_secret { DOTS.to_owned() } else { format!("<{name}>") };
        answers.0.insert(key.clone(), crate::Answer::plain(stand_in));
    }
}

fn program(manifest: &Manifest) -> Vec<String> {
    let Some(package) = manifest.package() else {
        return Vec::new();
    };
    let version = package.version.as_deref().unwrap_or_default();
    let bin = manifest.run_hint().bin;
    let owned = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    match package.registry_type.as_str() {
        "npm" => match bin {
            Some(bin) => owned(&["npx", "-y", "-p", &format!("{}@{version}", package.identifier), &bin]),
            None => owned(&["npx", "-y", &format!("{}@{version}", package.identifier)]),
        },
        "pypi" => match bin {
            Some(bin) if bin != package.identifier => {
                owned(&["uvx", "--from", &format!("{}=={version}", package.identifier), &bin])
            }
            _ => owned(&["uvx", &format!("{}@{version}", package.identifier)]),
        },
        kind => owned(&[&format!("{kind}:{}@{version}", package.identifier)]),
    }
}

#[cfg(test)]
#[path = "launch/tests.rs"]
mod tests;
