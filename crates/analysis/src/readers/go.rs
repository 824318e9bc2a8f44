//! `go.mod`: the module's path, from which `go install` builds it, and the Go that it wants.

use super::native::{Native, Said, is_program, likeliest_first};
use crate::doc::Doc;
use crate::files::{Files, inside};

/// Libraries that servers are built with.
const SDKS: [&str; 6] = [
    "github.com/modelcontextprotocol/go-sdk",
    "github.com/mark3labs/mcp-go",
    "github.com/metoro-io/mcp-golang",
    "github.com/ThinkInAIXYZ/go-mcp",
    "github.com/strowk/foxy-contexts",
    "trpc.group/trpc-go/trpc-mcp-go",
];
/// Most lines that are read.
const MAX_LINES: usize = 2000;

/// Reads it. Which programs the module has is told by the places of their `main.go`.
pub(super) fn read<'a>(doc: &'a Doc, files: &Files, folder: &str) -> Option<Native<'a>> {
    let mut out = Native::of(doc);
    let mut module = None;
    for (line, text) in (1..).zip(doc.text.lines().take(MAX_LINES)) {
        let indirect = text.contains("// indirect");
        let text = text.split("//").next().unwrap_or_default().trim();
        let mut words = text.split_whitespace();
        match (words.next(), words.next()) {
            (Some("module"), Some(path)) if module.is_none() => module = Some(Said::new(path.trim_matches('"'), line)),
            (Some("go"), Some(version)) if out.toolchain.is_none() && is_version(version) => {
                out.toolchain = Some(Said::new(&format!("Go {version}"), line));
            }
            (Some(first), second) if !indirect && out.sdk.is_none() => {
                let named = |word: &str| SDKS.iter().find(|sdk| word == **sdk);
                let sdk = named(first).or_else(|| second.filter(|_| first == "require").and_then(named));
                out.sdk = sdk.map(|sdk| Said::new(sdk, line));
            }
            _ => {}
        }
    }
    let module = module.filter(|m| is_module(&m.text))?;
    let own = last(&module.text);
    // Below `cmd/` each folder is a program; at the root the module is one itself.
    let commands = inside(folder, "cmd/");
    let command = |path: &String| path.strip_prefix(&commands)?.strip_suffix("/main.go").map(str::to_owned);
    let mut inner: Vec<String> = files
        .paths
        .range(commands.clone()..)
        .map_while(|p| p.starts_with(&commands).then_some(p))
        .filter_map(command)
        .collect();
    inner.retain(|name| is_program(name));
    inner.truncate(20);
    likeliest_first(&mut inner, own);
    let whole = files.has(folder, "main.go");
    let path = match inner.first() {
        _ if whole => Some(module.text.clone()),
        Some(name) => Some(format!("{}/cmd/{name}", module.text)),
        None => None,
    };
    out.install = path.map(|path| Said::new(&format!("go install {path}@latest"), module.line));
    out.bins = whole.then(|| own.to_owned()).into_iter().chain(inner).collect();
    Some(out)
}

/// The last part of a module's path that names it: a version (`/v2`) is none.
fn last(module: &str) -> &str {
    let is_major =
        |part: &str| part.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
    module.rsplit('/').find(|part| !is_major(part)).unwrap_or(module)
}

fn is_module(path: &str) -> bool {
    let host = path.split('/').next().unwrap_or_default();
    path.len() <= 200
        && host.contains('.')
        && path.split('/').all(|part| !part.is_empty() && !part.starts_with(['-', '.']))
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~/".contains(c))
}

fn is_version(text: &str) -> bool {
    (1..=20).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::super::native::{Native, Said};
    use crate::doc::Doc;
    use crate::files::Files;

    type Read = (Vec<String>, Option<Said>, Option<Said>, Option<Said>);

    fn read(text: &str, paths: &[&str]) -> Option<Read> {
        let mut files = Files { paths: paths.iter().map(|p| (*p).to_owned()).collect(), ..Files::default() };
        files.docs.insert("go.mod".to_owned(), Doc::file("go.mod", text.to_owned(), None));
        Native::read(&files, "").map(|n| (n.bins.clone(), n.install(None), n.toolchain.clone(), n.sdk.clone()))
    }

    #[test]
    fn the_module_says_how_it_is_installed() {
        let text = "module github.com/ada/tides/v2 // the tides\n\ngo 1.24.1\n\nrequire (\n\tgithub.com/x/y v1.0.0\n\tgithub.com/mark3labs/mcp-go v0.30.0\n)\n";
        let (bins, install, toolchain, sdk) = read(text, &["main.go"]).expect("a module");
        assert_eq!(bins, ["tides"]);
        assert_eq!(install, Some(Said::new("go install github.com/ada/tides/v2@latest", 1)));
        assert_eq!(toolchain, Some(Said::new("Go 1.24.1", 3)));
        assert_eq!(sdk, Some(Said::new("github.com/mark3labs/mcp-go", 7)));
        let paths = ["cmd/admin/main.go", "cmd/tides-mcp/main.go", "cmd/x/y/main.go", "internal/main.go"];
        let (bins, install, ..) = read(text, &paths).expect("a module");
        assert_eq!(bins, ["tides-mcp", "admin"]);
        assert_eq!(install.map(|i| i.text).as_deref(), Some("go install github.com/ada/tides/v2/cmd/tides-mcp@latest"));
    }

    #[test]
    fn what_is_no_module_is_none() {
        for text in
            ["", "module tides\n", "module github.com/ada/../x\n", "module github.com/a;rm -rf/b\n", "module -x.y/z\n"]
        {
            assert_eq!(read(text, &["main.go"]), None, "{text}");
        }
        let indirect = "module example.org/a\nrequire github.com/mark3labs/mcp-go v0.1.0 // indirect\n";
        let (bins, install, _, sdk) = read(indirect, &["lib.go"]).expect("a module");
        assert_eq!((bins.len(), install, sdk), (0, None, None));
    }
}
