//! Commands that tell an AI app about a server: `claude mcp add …`, `codex mcp add …`, `gemini mcp add …`,
//! `code --add-mcp …`. They hold the same facts as a snippet.

use super::{ParseProblem, address, recognise, snippet};
use crate::recipe::{Recipe, Runner};
use std::collections::BTreeMap;

/// The words after the app's own name.
pub(crate) fn client_command(args: &[String]) -> Result<Recipe, ParseProblem> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--add-mcp", json, ..] => snippet::only(json),
        ["mcp", "add-json", rest @ ..] => add_json(rest),
        ["mcp", "add", rest @ ..] => add(rest),
        _ => Err(ParseProblem::NotUnderstood),
    }
}

fn add_json(rest: &[&str]) -> Result<Recipe, ParseProblem> {
    let json = rest.iter().find(|w| w.trim_start().starts_with('{')).ok_or(ParseProblem::NotUnderstood)?;
    let title = rest.iter().find(|w| !w.starts_with('-') && !w.trim_start().starts_with('{'));
    let mut recipe = snippet::only(json)?;
    recipe.title = recipe.title.or(title.map(|t| (*t).to_owned()));
    Ok(recipe)
}

fn add(rest: &[&str]) -> Result<Recipe, ParseProblem> {
    let mut name: Option<String> = None;
    let mut env = Vec::new();
    let mut headers = BTreeMap::new();
    let mut transport: Option<String> = None;
    let mut target: Vec<String> = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let (flag, inline) = match word.split_once('=').filter(|_| word.starts_with("--")) {
            Some((flag, value)) => (flag, Some(value.to_owned())),
            None => (*word, None),
        };
        let mut value = || inline.clone().or_else(|| words.next().map(|w| (*w).to_owned())).unwrap_or_default();
        match flag {
            "--transport" | "-t" | "--type" => transport = Some(value()),
            "--scope" | "-s" | "--client-id" | "--client-secret" | "--callback-port" => {
                value();
            }
            "--env" | "-e" => {
                let pair = value();
                if let Some((key, value)) = pair.split_once('=') {
                    env.push((key.to_owned(), value.to_owned()));
                }
            }
            "--header" | "-H" => {
                let pair = value();
                if let Some((key, value)) = pair.split_once(':') {
                    headers.insert(key.trim().to_owned(), value.trim().to_owned());
                }
            }
            "--url" => target = vec![value()],
            "--" => target.extend(words.by_ref().map(|w| (*w).to_owned())),
            _ if flag.starts_with('-') => {}
            _ if name.is_none() => name = Some((*word).to_owned()),
            // Options may still follow a URL, but not a command: from there on every word is the server's.
            _ if word.starts_with("http") => target = vec![(*word).to_owned()],
            _ => {
                target.push((*word).to_owned());
                target.extend(words.by_ref().map(|w| (*w).to_owned()));
            }
        }
    }
    let first = target.first().ok_or(ParseProblem::Wrong("This command names no server."))?;
    let mut recipe = if first.starts_with("http") {
        let sse = transport.filter(|t| t != "stdio").map(|t| t == "sse");
        let mut recipe = address::remote(first, sse)?;
        if let Runner::Remote { headers: slot, .. } = &mut recipe.runner {
            *slot = headers;
        }
        recipe
    } else {
        recognise(&target)?
    };
    recipe.env.extend(env);
    recipe.title = name;
    Ok(recipe)
}
