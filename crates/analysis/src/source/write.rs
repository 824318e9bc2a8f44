//! A source written down again, so that pasting it gives the same source.

use catwalk_domain::{PackageRef, Source, SourceChoice};
use serde_json::{Map, Value, json};

/// The text that [`super::parse`] understands as this source.
pub(crate) fn text_of(source: &Source) -> String {
    match source {
        Source::Npm(package) => {
            let spec = with_version(package, "@");
            let mut args = vec!["-y".to_owned()];
            match &package.bin {
                Some(bin) => args.extend(["-p".to_owned(), spec, bin.clone()]),
                None => args.push(spec),
            }
            command(package, "npx", args)
        }
        Source::Pypi(package) => {
            let args = match &package.bin {
                Some(bin) => vec!["--from".to_owned(), with_version(package, "=="), bin.clone()],
                None => vec![with_version(package, "@")],
            };
            command(package, "uvx", args)
        }
        Source::Github(place) => {
            let tail = place.tail.as_ref().map(|t| format!("/tree/{}", t.replace('%', "%25"))).unwrap_or_default();
            format!("https://github.com/{}/{}{tail}", place.owner, place.repo)
        }
        Source::Folder { path } => path.clone(),
        Source::Remote { url, sse, headers, name } => {
            let kind = if *sse { "sse" } else { "http" };
            named(name.as_deref(), &json!({"type": kind, "url": url, "headers": headers}))
        }
    }
}

/// The source as something to choose.
pub(crate) fn choice_of(source: &Source) -> SourceChoice {
    let name = match source {
        Source::Npm(package) | Source::Pypi(package) => package.title.clone(),
        Source::Remote { name, .. } => name.clone(),
        _ => None,
    };
    let short = crate::text::clean(&source.to_string(), 120);
    let name = name.map(|n| crate::text::clean(&n, 80)).filter(|n| !n.is_empty());
    let detail = name.is_some().then(|| short.clone());
    SourceChoice { title: name.unwrap_or(short), detail, text: text_of(source) }
}

fn with_version(package: &PackageRef, sign: &str) -> String {
    package.version.as_ref().map_or(package.name.clone(), |v| format!("{}{sign}{v}", package.name))
}

fn command(package: &PackageRef, program: &str, mut args: Vec<String>) -> String {
    args.extend(package.args.iter().cloned());
    named(package.title.as_deref(), &json!({"command": program, "args": args, "env": package.env}))
}

fn named(name: Option<&str>, entry: &Value) -> String {
    let mut servers = Map::new();
    servers.insert(name.unwrap_or("server").to_owned(), entry.clone());
    json!({"mcpServers": servers}).to_string()
}
