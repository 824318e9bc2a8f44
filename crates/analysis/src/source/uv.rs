//! Command lines of the Python side: `uvx`, `uv tool run`, `pipx run` and `uv run`.

use super::command::{dangerous, flag, interpreter, program_name};
use super::{ParseProblem, container, github, name};
use crate::recipe::{Recipe, Runner, Spec};

/// `uvx`, `uv tool run` and `pipx run`, after the program.
pub(super) fn tool(args: &[String]) -> Result<Recipe, ParseProblem> {
    let mut from: Option<String> = None;
    let mut rest = args.iter();
    let mut command: Option<String> = None;
    let mut after = Vec::new();
    while let Some(word) = rest.next() {
        let (name, inline) = flag(word);
        match name {
            "--from" | "--spec" => from = inline.map(str::to_owned).or_else(|| rest.next().cloned()),
            "--" | "-q" | "--quiet" | "--refresh" | "--no-cache" | "-n" | "--isolated" | "--native-tls"
            | "--upgrade" | "-U" | "--reinstall" | "--no-progress" | "-v" | "--verbose" | "--no-config"
            | "--managed-python" => {}
            "-p"
            | "--python"
            | "--prerelease"
            | "--resolution"
            | "--refresh-package"
            | "--color"
            | "--link-mode"
            | "--python-preference"
            | "--exclude-newer" => {
                if inline.is_none() {
                    rest.next();
                }
            }
            "--index"
            | "--default-index"
            | "--index-url"
            | "-i"
            | "--extra-index-url"
            | "--find-links"
            | "-f"
            | "--pip-args"
            | "--allow-insecure-host" => {
                return Err(dangerous(name, "it would fetch the package from somewhere else than the public registry"));
            }
            "--with"
            | "--with-editable"
            | "--with-requirements"
            | "--overrides"
            | "--constraints"
            | "-c"
            | "--env-file"
            | "--directory"
            | "--project" => {
                return Err(dangerous(name, "it would add other code to the server"));
            }
            _ if word.starts_with('-') => return Err(dangerous(name, "Catwalk does not know this option")),
            _ => {
                command = Some(word.clone());
                after = rest.by_ref().cloned().collect();
            }
        }
    }
    let Some(command) = command.or_else(|| from.clone()) else {
        return Err(ParseProblem::Wrong("This command names no package."));
    };
    let target = from.clone().unwrap_or_else(|| command.clone());
    let target = target.split_once(" @ ").map_or(target.clone(), |(_, url)| url.trim().to_owned());
    if let Some(source) = github::git(&target) {
        return super::convert::recipe_of_repository(source?);
    }
    if target.contains("://") || target.starts_with(['.', '/']) || container::ends_in(&target, &["whl"]) {
        return Err(ParseProblem::Unsupported(
            "Only packages of PyPI and repositories on GitHub can be started this way.",
        ));
    }
    let mut spec = name::pypi(&target)?;
    spec.bin = from.map(|_| name::pypi(&command).map_or(command.clone(), |s| s.name)).filter(|b| *b != spec.name);
    Ok(Recipe { runner: Runner::Pypi(spec), args: after, ..Recipe::default() })
}

/// `uv [--directory d] run [options] [--with p] command …`.
pub(super) fn uv(args: &[String]) -> Result<Recipe, ParseProblem> {
    let mut rest = args.iter();
    let mut with: Option<String> = None;
    let mut running = false;
    while let Some(word) = rest.next() {
        let (name, inline) = flag(word);
        match name {
            "run" if !running => running = true,
            "--with" => with = inline.map(str::to_owned).or_else(|| rest.next().cloned()),
            "--directory" | "--project" | "--python" | "-p" | "--extra" | "--group" | "--package" | "--env-file" => {
                if inline.is_none() {
                    rest.next();
                }
            }
            "--index" | "--default-index" | "--index-url" | "--extra-index-url" | "--find-links" => {
                return Err(dangerous(name, "it would fetch the package from somewhere else than the public registry"));
            }
            _ if word.starts_with('-') => {}
            _ if !running => break,
            _ => {
                let after: Vec<String> = rest.by_ref().cloned().collect();
                let name = program_name(word);
                if matches!(name.as_str(), "python" | "python3") {
                    return interpreter(&name, &after);
                }
                let runner = match with.as_deref().map(name::pypi) {
                    Some(Ok(spec)) => {
                        Runner::Pypi(Spec { bin: Some(word.clone()).filter(|w| *w != spec.name), ..spec })
                    }
                    _ => Runner::Program { name: word.clone() },
                };
                return Ok(Recipe { runner, args: after, ..Recipe::default() });
            }
        }
    }
    Err(ParseProblem::Wrong(
        "This `uv` command starts no server that Catwalk can see. Paste the package's name or the project's folder.",
    ))
}
