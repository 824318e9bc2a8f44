//! From a recipe to a source: secrets out, names checked.

use super::{ParseProblem, container, github};
use crate::infer::{is_env_name, is_placeholder, is_secret_header, is_secret_name, looks_secret};
use crate::recipe::{Recipe, Runner, Spec};
use catwalk_domain::{GitHubRef, PackageRef, Source};
use url::Url;

/// The source of a recipe that was pasted.
pub(super) fn from_recipe(recipe: Recipe) -> Result<Source, ParseProblem> {
    match recipe.runner.clone() {
        Runner::Npm(spec) => Ok(Source::Npm(package(spec, recipe))),
        Runner::Pypi(spec) => Ok(Source::Pypi(package(spec, recipe))),
        Runner::Module { name } => {
            let spec = super::name::pypi(&name.replace('_', "-"))?;
            Ok(Source::Pypi(PackageRef { guessed: true, ..package(spec, recipe) }))
        }
        Runner::Github { owner, repo, tail } => Ok(Source::Github(GitHubRef { owner, repo, tail })),
        Runner::Remote { url, sse, headers } => Ok(Source::Remote {
            url: template(&url),
            sse,
            headers: headers.into_iter().map(|(k, v)| header(k, &v)).collect(),
            name: recipe.title,
        }),
        Runner::Docker { image } => Err(super::near::image(&image).unwrap_or(container::IMAGES)),
        Runner::Program { name }
            if name.contains(['/', '\\']) || container::ends_in(&name, &["js", "mjs", "py", "ts"]) =>
        {
            Err(ParseProblem::Wrong(
                "This command starts a program file on somebody's computer. Paste the folder that holds the project, its GitHub link or its package name.",
            ))
        }
        Runner::Program { .. } | Runner::Unknown => Err(ParseProblem::NotUnderstood),
    }
}

/// A repository that a command line installs from.
pub(super) fn recipe_of_repository(source: Source) -> Result<Recipe, ParseProblem> {
    match source {
        Source::Github(g) => {
            let runner = Runner::Github { owner: g.owner, repo: g.repo, tail: g.tail };
            Ok(Recipe { runner, ..Recipe::default() })
        }
        _ => Err(ParseProblem::NotUnderstood),
    }
}

fn package(spec: Spec, recipe: Recipe) -> PackageRef {
    let env = recipe.env.into_iter().filter(|(k, _)| is_env_name(k));
    let keep = |(name, value): (String, String)| {
        let secret = is_secret_name(&name) || looks_secret(&value) || crate::infer::is_dangerous_env(&name);
        (
            name,
            if secret || is_placeholder(&value) && !value.contains("path") && !value.contains("${") {
                String::new()
            } else {
                value
            },
        )
    };
    PackageRef {
        name: spec.name,
        version: spec.version,
        bin: spec.bin,
        args: arguments(recipe.args),
        env: env.map(keep).collect(),
        title: recipe.title,
        guessed: false,
    }
}

/// Arguments with secrets replaced by a stand-in such as `<api-key>`, which analysis asks for.
fn arguments(args: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for arg in args {
        let stand_in = |name: &str| format!("<{}>", name.trim_start_matches('-'));
        let previous = out.last().filter(|p| p.starts_with('-') && !p.contains('=') && is_secret_name(p)).cloned();
        let inline = arg.split_once('=').filter(|(name, _)| name.starts_with('-'));
        let arg = match (inline, previous) {
            (Some((name, value)), _) if is_secret_name(name) || looks_secret(value) => {
                format!("{name}={}", stand_in(name))
            }
            (None, Some(flag)) if !arg.starts_with('-') => stand_in(&flag),
            (None, _) if looks_secret(&arg) => "<secret>".to_owned(),
            _ => arg,
        };
        out.push(arg);
    }
    out
}

/// A header whose secret part is a stand-in; the scheme before it stays.
fn header(name: String, value: &str) -> (String, String) {
    let secret = is_secret_header(&name) || looks_secret(value);
    let value = match value.split_once(' ') {
        _ if !secret => value.to_owned(),
        Some((scheme @ ("Bearer" | "Basic" | "Token" | "bearer" | "token" | "ApiKey"), _)) => {
            format!("{scheme} <token>")
        }
        _ => String::new(),
    };
    (name, value)
}

/// Whoever has such an address may use it: the part of its path that nobody can guess is a secret.
fn path_template(base: &str) -> String {
    let Some((scheme, rest)) = base.split_once("://") else { return base.to_owned() };
    let mut found = 0;
    let parts = rest.split('/').enumerate().map(|(n, part)| {
        if n == 0 || !looks_secret(&super::address::decode(part)) {
            return part.to_owned();
        }
        found += 1;
        if found == 1 { "{secret}".to_owned() } else { format!("{{secret-{found}}}") }
    });
    format!("{scheme}://{}", parts.collect::<Vec<_>>().join("/"))
}

/// An address whose secret or open parts are `{variables}`: `?apiKey=YOUR_KEY` → `?apiKey={apiKey}`.
fn template(text: &str) -> String {
    let (base, query) = match text.split_once('?') {
        Some((base, query)) => (path_template(base), query),
        None => return path_template(text),
    };
    let parts = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => {
            let plain = super::address::decode(value);
            let open = is_secret_name(name) || looks_secret(&plain) || is_placeholder(&plain);
            if open && !plain.is_empty() || is_secret_name(name) {
                format!("{name}={{{name}}}")
            } else {
                pair.to_owned()
            }
        }
        None => pair.to_owned(),
    });
    format!("{base}?{}", parts.collect::<Vec<_>>().join("&"))
}

/// Whether a text names a repository on GitHub; gives owner and name in lower case, and the folder if the link has one.
pub(crate) fn repository_of(text: &str) -> Option<(String, String, Option<String>)> {
    let text = text.trim().trim_start_matches("git+");
    let source = match github::git(text) {
        Some(source) => source.ok()?,
        None => match Url::parse(text) {
            Ok(url) => github::page(&url).ok()??,
            Err(_) => super::name::parse(text).ok()?,
        },
    };
    let Source::Github(GitHubRef { owner, repo, tail }) = source else { return None };
    let folder = tail.and_then(|t| t.split_once('/').map(|(_, folder)| folder.to_owned()));
    Some((owner, repo, folder))
}

/// Names of variables inside `{…}` of an address.
pub(crate) fn variables_of(url: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = url;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else { break };
        out.push(rest[start + 1..start + length].to_owned());
        rest = &rest[start + length + 1..];
    }
    out
}
