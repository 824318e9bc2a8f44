//! Command lines that start servers: `npx`, `uvx`, their relatives, and the wrappers round them. Nothing is run: the words
//! become package coordinates, and every form that would run or fetch something else is refused.

use super::{ParseProblem, address, container, github, name, uv, words};
use crate::recipe::{Recipe, Runner, Spec};
use std::collections::BTreeMap;

/// Programs that make a text a command line even when it has no spaces or starts like a path.
const PROGRAMS: [&str; 14] =
    ["npx", "uvx", "npm", "uv", "pipx", "bunx", "pnpm", "yarn", "bun", "cmd", "docker", "claude", "node", "python"];

/// Whether the first word is one of the programs, perhaps with a path before it.
pub(super) fn starts_command(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    PROGRAMS.contains(&program_name(first).as_str())
}

/// One command line, or the one that matters of several lines.
pub(super) fn line(text: &str) -> Result<Recipe, ParseProblem> {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let lines = joined.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let mut first: Option<ParseProblem> = None;
    let mut found = None;
    for line in lines {
        match words::split(line.strip_prefix("$ ").unwrap_or(line)).and_then(|w| recognise(&w)) {
            Ok(recipe) if found.is_none() => found = Some(recipe),
            Ok(_) => {
                return Err(ParseProblem::Wrong(
                    "This text holds several commands. Paste the one that starts the server.",
                ));
            }
            Err(problem @ ParseProblem::Dangerous { .. }) => return Err(problem),
            Err(problem) => first = first.or(Some(problem)),
        }
    }
    found.ok_or(first.unwrap_or(ParseProblem::NotUnderstood))
}

/// The file name of a program without `.exe`, `.cmd` and the like.
pub(crate) fn program_name(word: &str) -> String {
    let base = word.rsplit(['/', '\\']).next().unwrap_or(word).to_lowercase();
    let base = [".exe", ".cmd", ".bat", ".ps1"].iter().find_map(|s| base.strip_suffix(s)).unwrap_or(&base);
    base.to_owned()
}

/// Understands the words of a command line.
///
/// # Errors
/// [`ParseProblem`] for everything that does not start a package or a hosted server.
pub(crate) fn recognise(line: &[String]) -> Result<Recipe, ParseProblem> {
    let mut env = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.first() {
        let assignment = first.split_once('=').filter(|(k, _)| crate::infer::is_env_name(k));
        match (assignment, program_name(first).as_str()) {
            (Some((key, value)), _) => env.push((key.to_owned(), value.to_owned())),
            (None, "env" | "cross-env" | "exec" | "sudo") => {}
            (None, "cmd") if rest.get(1).is_some_and(|w| w.eq_ignore_ascii_case("/c")) => rest = &rest[1..],
            _ => break,
        }
        rest = &rest[1..];
    }
    let Some((program, args)) = rest.split_first() else {
        return Err(ParseProblem::NotUnderstood);
    };
    let mut recipe = start(&program_name(program), program, args)?;
    env.append(&mut recipe.env);
    recipe.env = env;
    Ok(recipe)
}

fn start(name: &str, program: &str, args: &[String]) -> Result<Recipe, ParseProblem> {
    let first = args.first().map(String::as_str);
    match (name, first) {
        ("npx" | "bunx" | "pnpx", _) => node(args),
        ("npm", Some("exec" | "x")) | ("pnpm" | "yarn", Some("dlx")) | ("bun", Some("x")) => node(&args[1..]),
        ("uvx", _) => uv::tool(args),
        ("pipx", Some("run")) => uv::tool(&args[1..]),
        ("uv", Some("tool")) if args.get(1).is_some_and(|a| a == "run") => uv::tool(&args[2..]),
        ("uv", _) => uv::uv(args),
        ("claude" | "codex" | "gemini" | "code" | "cursor" | "amp" | "droid", _) => super::client_command(args),
        ("npm" | "pnpm" | "yarn" | "bun", Some("install" | "i" | "add")) => Err(ParseProblem::Wrong(
            "This command only installs something. Paste the package's name, or the command that starts the server.",
        )),
        ("node" | "python" | "python3" | "py" | "bun" | "ruby" | "perl", _) => interpreter(name, args),
        ("sh" | "bash" | "zsh" | "fish" | "powershell" | "pwsh" | "cmd" | "wsl" | "eval" | "osascript", _) => {
            Err(dangerous(name, "a shell could start anything"))
        }
        ("mcp-remote", _) => bridge(args),
        ("docker" | "podman", _) => docker(args),
        _ => match container::toolchain(name) {
            Some(problem) => Err(problem),
            None => Ok(Recipe {
                runner: Runner::Program { name: program.to_owned() },
                args: args.to_vec(),
                ..Recipe::default()
            }),
        },
    }
}

pub(super) fn dangerous(form: &str, why: &'static str) -> ParseProblem {
    ParseProblem::Dangerous { form: form.to_owned(), why }
}

/// Splits `--name=value`.
pub(super) fn flag(word: &str) -> (&str, Option<&str>) {
    match word.split_once('=').filter(|_| word.starts_with("--")) {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    }
}

/// `npx` and relatives, after the program.
fn node(args: &[String]) -> Result<Recipe, ParseProblem> {
    let mut package: Option<String> = None;
    let mut rest = args.iter();
    let mut words: Vec<String> = Vec::new();
    while let Some(word) = rest.next() {
        let (name, inline) = flag(word);
        match name {
            "--" => {
                words.extend(rest.by_ref().cloned());
            }
            "-y" | "--yes" | "-q" | "--quiet" | "--silent" | "--ignore-existing" | "--prefer-online"
            | "--prefer-offline" | "--no-install" | "--no" | "--bun" | "--verbose" | "--ignore-scripts" => {}
            "-p" | "--package" => {
                let value = inline.map(str::to_owned).or_else(|| rest.next().cloned());
                if package.is_some() {
                    return Err(dangerous("--package", "a server is one package; this asks for several"));
                }
                package = value;
            }
            "-c" | "--call" => return Err(dangerous(word, "it would run any command")),
            "--registry" | "--userconfig" | "--globalconfig" | "--cache" | "--prefix" | "--proxy" | "--https-proxy" => {
                return Err(dangerous(name, "it would fetch the package from somewhere else than the public registry"));
            }
            "--node-options"
            | "-n"
            | "--node-arg"
            | "--script-shell"
            | "--shell"
            | "--shell-auto-fallback"
            | "--require"
            | "-r"
            | "-e" => {
                return Err(dangerous(name, "it would change what program runs"));
            }
            _ if word.starts_with('-') => return Err(dangerous(name, "Catwalk does not know this option")),
            _ => {
                words.push(word.clone());
                words.extend(rest.by_ref().cloned());
            }
        }
    }
    let mut words = words.into_iter();
    let first = words.next();
    let (spec, bin) = match (package, first) {
        (Some(package), bin) => (package, bin),
        (None, Some(first)) => (first, None),
        (None, None) => return Err(ParseProblem::Wrong("This command names no package.")),
    };
    let args: Vec<String> = words.collect();
    if let Some(source) = github::git(&spec) {
        return super::convert::recipe_of_repository(source?);
    }
    if spec.contains("://") || spec.starts_with(['.', '/']) || container::ends_in(&spec, &["tgz"]) {
        return Err(ParseProblem::Unsupported(
            "Only packages of the npm registry and repositories on GitHub can be started this way.",
        ));
    }
    let mut spec = name::npm(&spec)?;
    spec.bin = bin.filter(|b| Some(b.as_str()) != spec.name.rsplit('/').next());
    known_wrapper(spec, args)
}

/// Packages that are no servers themselves but lead to one.
fn known_wrapper(spec: Spec, args: Vec<String>) -> Result<Recipe, ParseProblem> {
    match spec.name.as_str() {
        "mcp-remote" => bridge(&args),
        "@modelcontextprotocol/inspector" => recognise(&args),
        "@smithery/cli" | "mcp-get" | "@michaellatman/mcp-get" | "add-mcp" | "install-mcp" | "mcp-add" => {
            Err(ParseProblem::Wrong(
                "This is a tool that installs servers, not a server. Paste the server's own package name or GitHub link.",
            ))
        }
        _ => Ok(Recipe { runner: Runner::Npm(spec), args, ..Recipe::default() }),
    }
}

/// `node file`, `python -m module`, and the forms that carry a program in the command line itself.
pub(super) fn interpreter(name: &str, args: &[String]) -> Result<Recipe, ParseProblem> {
    let inline = |w: &str| {
        matches!(
            w,
            "-e" | "--eval"
                | "-p"
                | "--print"
                | "-c"
                | "-pe"
                | "-r"
                | "--require"
                | "--import"
                | "--loader"
                | "--experimental-loader"
        ) || w.starts_with("--eval=")
            || w.starts_with("--import=")
            || w.starts_with("--require=")
    };
    let mut rest = args.iter();
    while let Some(word) = rest.next() {
        if inline(word) {
            return Err(ParseProblem::Dangerous {
                form: format!("{name} {word}"),
                why: "it would run a program written into the command",
            });
        }
        if word == "-m" {
            let module = rest.next().cloned().unwrap_or_default();
            return Ok(Recipe {
                runner: Runner::Module { name: module },
                args: rest.cloned().collect(),
                ..Recipe::default()
            });
        }
        if !word.starts_with('-') {
            return Ok(Recipe {
                runner: Runner::Program { name: word.clone() },
                args: rest.cloned().collect(),
                ..Recipe::default()
            });
        }
    }
    Err(ParseProblem::NotUnderstood)
}

/// `mcp-remote <url> [port] [--header "K: V"] [--transport sse-only]`: a bridge to a hosted server, which we are too.
fn bridge(args: &[String]) -> Result<Recipe, ParseProblem> {
    let mut headers = BTreeMap::new();
    let mut url = None;
    let mut sse = None;
    let mut rest = args.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--header" | "-H" => {
                if let Some((key, value)) = rest.next().and_then(|h| h.split_once(':')) {
                    headers.insert(key.trim().to_owned(), value.trim().to_owned());
                }
            }
            "--transport" => sse = rest.next().map(|t| t.starts_with("sse")),
            "--host"
            | "--auth-timeout"
            | "--resource"
            | "--static-oauth-client-metadata"
            | "--static-oauth-client-info" => {
                rest.next();
            }
            w if w.starts_with("http") && url.is_none() => url = Some(w.to_owned()),
            _ => {}
        }
    }
    let url = url.ok_or(ParseProblem::Wrong("This command names no server address."))?;
    let mut recipe = address::remote(&url, sse)?;
    if let Runner::Remote { headers: slot, .. } = &mut recipe.runner {
        *slot = headers;
    }
    Ok(recipe)
}

/// `docker run … image args`: kept as a recipe so that README reading can learn its environment.
fn docker(args: &[String]) -> Result<Recipe, ParseProblem> {
    let mut rest = args.iter().skip_while(|a| *a != "run").skip(1);
    let (mut env, mut volumes) = (Vec::new(), Vec::new());
    while let Some(word) = rest.next() {
        let (name, inline) = flag(word);
        match name {
            "-v" | "--volume" => volumes.extend(inline.map(str::to_owned).or_else(|| rest.next().cloned())),
            "--mount" => volumes.extend(inline.or(rest.next().map(String::as_str)).and_then(mount)),
            "-e" | "--env" => {
                let pair = inline.map(str::to_owned).or_else(|| rest.next().cloned()).unwrap_or_default();
                let (key, value) = pair.split_once('=').unwrap_or((&pair, ""));
                env.push((key.to_owned(), value.to_owned()));
            }
            "-i" | "--rm" | "-it" | "-ti" | "-t" | "-d" | "--init" | "--interactive" | "--tty" | "--privileged"
            | "--read-only" | "--detach" => {}
            _ if word.starts_with('-') => {
                if inline.is_none() {
                    rest.next();
                }
            }
            _ => {
                let runner = Runner::Docker { image: word.clone() };
                return Ok(Recipe { runner, args: rest.cloned().collect(), env, volumes, ..Recipe::default() });
            }
        }
    }
    Err(container::IMAGES)
}

/// `type=bind,src=/here,dst=/there` as `/here:/there`.
fn mount(text: &str) -> Option<String> {
    let part = |names: [&str; 3]| {
        text.split(',').filter_map(|p| p.split_once('=')).find(|(n, _)| names.contains(n)).map(|(_, v)| v)
    };
    Some(format!("{}:{}", part(["src", "source", "src"])?, part(["dst", "destination", "target"])?))
}
