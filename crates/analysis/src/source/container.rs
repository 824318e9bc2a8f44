//! Forms that we know by sight but cannot run yet: images, bundles, other toolchains, catalogue pages.

use super::ParseProblem;

/// The sentence about images.
pub(super) const IMAGES: ParseProblem = ParseProblem::Unsupported(
    "Container images are not supported yet. If the server is also published on npm or PyPI, paste that name; otherwise paste its GitHub link.",
);

/// The sentence about bundles.
pub(super) const BUNDLES: ParseProblem = ParseProblem::Unsupported(
    "Server bundles (.mcpb, .dxt) are not supported yet. Paste the server's GitHub link or package name instead.",
);

/// Whether a path ends in one of some extensions, whatever their case.
pub(super) fn ends_in(path: &str, extensions: &[&str]) -> bool {
    let extension = std::path::Path::new(path).extension().and_then(|e| e.to_str()).unwrap_or_default();
    extensions.iter().any(|e| extension.eq_ignore_ascii_case(e))
}

/// Whether a path leads to a bundle.
pub(super) fn is_bundle(path: &str) -> bool {
    ends_in(path, &["mcpb", "dxt"])
}

/// The sentence for a program that belongs to a toolchain we do not have.
pub(super) fn toolchain(program: &str) -> Option<ParseProblem> {
    Some(match program {
        "docker" | "podman" | "nerdctl" => IMAGES,
        "deno" => ParseProblem::Unsupported(
            "Servers for Deno are not supported yet. Paste an npm or PyPI package or a GitHub link instead.",
        ),
        "go" | "cargo" | "rustup" => ParseProblem::Unsupported(
            "Servers written in Go or Rust are not supported yet. Look for an npm or PyPI package of the same server.",
        ),
        "java" | "jbang" | "mvn" | "gradle" => ParseProblem::Unsupported(
            "Servers written in Java are not supported yet. Look for an npm or PyPI package of the same server.",
        ),
        "dotnet" | "dnx" => ParseProblem::Unsupported(
            "Servers written for .NET are not supported yet. Look for an npm or PyPI package of the same server.",
        ),
        "git" => ParseProblem::Wrong("Paste the repository's link alone, without `git clone`."),
        "pip" | "pip3" | "brew" | "apt" | "apt-get" | "winget" | "choco" | "curl" | "wget" => ParseProblem::Wrong(
            "This command only installs something. Paste the package's name, or the command that starts the server.",
        ),
        _ => return None,
    })
}

/// The sentence for a site that lists servers rather than being one.
pub(super) fn site(host: &str, path: &str) -> Option<ParseProblem> {
    let host = host.strip_prefix("www.").unwrap_or(host);
    if is_bundle(path) {
        return Some(BUNDLES);
    }
    Some(match host {
        "hub.docker.com" | "ghcr.io" | "docker.io" | "quay.io" | "mcr.microsoft.com" | "public.ecr.aws" => IMAGES,
        "gist.github.com" => ParseProblem::Wrong(
            "This is a gist, not a repository. If it shows a command or a JSON snippet, paste that.",
        ),
        "gitlab.com" | "bitbucket.org" | "codeberg.org" | "git.sr.ht" | "sr.ht" | "gitea.com" => {
            ParseProblem::Unsupported(
                "Of repositories only those on GitHub are supported yet. If the server is published on npm or PyPI, paste that name.",
            )
        }
        "smithery.ai"
        | "glama.ai"
        | "mcp.so"
        | "pulsemcp.com"
        | "mcpmarket.com"
        | "lobehub.com"
        | "registry.modelcontextprotocol.io"
        | "mcpservers.org"
        | "mcp.run"
        | "composio.dev"
        | "mcphub.io"
        | "cursor.directory" => ParseProblem::Unsupported(
            "This is a catalogue page, not the server itself. Paste the GitHub link or the package name that the page shows.",
        ),
        "crates.io" | "nuget.org" | "pkg.go.dev" | "jsr.io" | "rubygems.org" => {
            ParseProblem::Unsupported("Of package registries only npm and PyPI are supported yet.")
        }
        _ => return None,
    })
}
