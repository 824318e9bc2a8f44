//! Repositories that are no servers: a clear no, with the reason; and what must not be taken for one of them.

use crate::github::world;
use crate::support::{analyze, analyzer, runs};
use catwalk_analysis::Error;
use catwalk_testkit::github::Repository;

fn files(list: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    list.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

const SERVER: &str =
    r#"{"name": "x", "version": "1.0.0", "bin": "x.js", "dependencies": {"@modelcontextprotocol/sdk": "1"}}"#;

#[tokio::test]
async fn what_is_no_server_is_told_apart() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let readme = "# x\nAn MCP server list\n```json\n{\"mcpServers\": {\"a\": {\"command\": \"npx\", \"args\": [\"-y\", \"@modelcontextprotocol/server-memory\"]}}}\n```\n";
    let sdk = r#"{"name": "@modelcontextprotocol/sdk", "version": "1.0.0", "bin": "x.js", "description": "SDK"}"#;
    let client = r#"{"name": "mcp-client", "version": "1.0.0", "bin": "x.js", "dependencies": {"@modelcontextprotocol/sdk": "1"}}"#;
    for (repository, reason) in [
        (Repository::new("ada", "awesome-mcp-servers", files(&[("README.md", readme)])), "list of servers"),
        (
            Repository::new("ada", "links", files(&[("README.md", readme)])).about("Links", &["awesome-list"]),
            "list of servers",
        ),
        (Repository::new("ada", "typescript-sdk", files(&[("package.json", sdk)])), "library"),
        (
            Repository::new("ada", "mcp-client", files(&[("package.json", client)])).about("Talks to tools", &[]),
            "client",
        ),
        (Repository::new("ada", "starter", files(&[("package.json", SERVER)])).template(), "template"),
        (Repository::new("ada", "mcp-server-template", files(&[("package.json", SERVER)])), "template"),
    ] {
        let name = format!("{repository:?}")
            .split("repo: \"")
            .nth(1)
            .and_then(|r| r.split('"').next())
            .unwrap_or_default()
            .to_owned();
        github.add(repository);
        let error = analyze(&analyzer, &format!("ada/{name}")).await.expect_err(&name);
        assert!(matches!(&error, Error::NotAServer { why, .. } if why.contains(reason)), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn names_alone_do_not_condemn() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    for name in ["awesome-notes", "client-server", "mcp-server-clients"] {
        github.add(Repository::new("ada", name, files(&[("package.json", SERVER)])).about("An MCP server", &[]));
        let analysis = analyze(&analyzer, &format!("ada/{name}")).await.unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(runs(&analysis), format!("github:ada/{name}!x"));
    }
}

#[tokio::test]
async fn a_server_that_is_only_hosted_is_offered_by_its_address() {
    let (github, registry) = world().await;
    let readme = "# Far\nAn MCP server. Add it:\n```json\n{\"mcpServers\": {\"far\": {\"type\": \"http\", \"url\": \"https://mcp.farland.dev/mcp\"}}}\n```\n";
    github.add(Repository::new("ada", "far", files(&[("README.md", readme)])));
    let analysis = analyze(&analyzer(registry.with(&github)), "ada/far").await.expect("analyses");
    assert!(analysis.manifest.package().is_none());
    assert_eq!(analysis.manifest.remote().and_then(|r| r.url.as_deref()), Some("https://mcp.farland.dev/mcp"));
}
