//! What an analysis says that it did not find, and where places differ.

use crate::support::{FakeRegistry, analyze, analyzer};
use catwalk_domain::{Claim, EvidenceSource, FactTopic, GapTopic, Side};
use catwalk_testkit::github::{FakeGitHub, Repository};
use std::collections::BTreeMap;

const PACKAGE: &str =
    r#"{"name": "knots-mcp", "version": "1.2.0", "license": "MIT", "bin": {"knots-mcp": "server.js"}}"#;

async fn analysis(files: &[(&str, &str)]) -> catwalk_domain::Analysis {
    let github = FakeGitHub::empty().await.expect("the fake starts");
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    github.add(Repository::new("ada", "knots", files));
    let registry = FakeRegistry::start(BTreeMap::new(), BTreeMap::new()).await;
    analyze(&analyzer(registry.with(&github)), "https://github.com/ada/knots").await.expect("analyses")
}

#[tokio::test]
async fn a_gap_says_where_it_was_looked_for() {
    let found =
        analysis(&[("package.json", PACKAGE), ("README.md", "# Knots\n\nAn MCP server.\n"), ("server.js", "x = 1\n")])
            .await;
    let gap = |topic| found.gaps.iter().find(|g| g.topic == topic);
    let tools = gap(GapTopic::Tools).expect("no tools");
    assert_eq!(tools.places, ["server.js"]);
    assert_eq!(gap(GapTopic::Transport).expect("no transport").places, ["README.md", "package.json", "server.js"]);
    assert_eq!(gap(GapTopic::Settings).expect("no settings").places, ["README.md", "package.json", "server.js"]);
    assert_eq!((gap(GapTopic::Version), gap(GapTopic::Licence), gap(GapTopic::Publisher)), (None, None, None));
    let terms = found.facts.iter().find(|f| f.topic == FactTopic::Licence).expect("terms");
    assert_eq!(terms.text, "It may be used under the terms of MIT.");
}

#[tokio::test]
async fn what_somebody_says_is_no_gap() {
    let readme = "# Knots\n\n```json\n{\"mcpServers\": {\"knots\": {\"command\": \"npx\", \"args\": [\"-y\", \"knots-mcp\"], \"env\": {\"KNOTS_KEY\": \"<key>\"}}}}\n```\n";
    let source = "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nconst server = new McpServer({});\nserver.tool('tie', async () => ({}));\n";
    let found = analysis(&[("package.json", PACKAGE), ("README.md", readme), ("server.js", source)]).await;
    let topics: Vec<GapTopic> = found.gaps.iter().map(|g| g.topic).collect();
    assert_eq!(topics, [GapTopic::Description]);
    let talks = found.evidence.iter().find(|e| e.pointer == "/packages/0/transport/type").expect("evidence");
    assert!(
        matches!(&talks.source, EvidenceSource::File { path, line: Some(_), .. } if path == "README.md"),
        "{talks:?}"
    );
}

#[tokio::test]
async fn places_that_differ_are_both_shown_and_either_can_be_taken() {
    let smithery = "startCommand:\n  type: stdio\n  configSchema:\n    type: object\n    required: [key]\n    properties:\n      key: {type: string}\n      region: {type: string, default: eu}\n  commandFunction: |\n    (config) => ({ command: 'node', args: ['server.js'], env: { KNOTS_KEY: config.key, KNOTS_REGION: config.region } })\n";
    let readme = "# Knots\n\nAn MCP server.\n\n| Variable | Required | Default | Description |\n| --- | --- | --- | --- |\n| `KNOTS_KEY` | No | | A key |\n| `KNOTS_REGION` | No | `us` | Where |\n";
    let mut found = analysis(&[
        ("package.json", PACKAGE),
        ("README.md", readme),
        ("smithery.yaml", smithery),
        ("server.js", "x = 1\n"),
    ])
    .await;
    let variables = |found: &catwalk_domain::Analysis| found.manifest.packages[0].environment_variables.clone();
    let index = |name: &str| variables(&found).iter().position(|v| v.name == name).expect("known");
    let pointer = |name: &str| format!("/packages/0/environmentVariables/{}", index(name));
    let (key, region) = (pointer("KNOTS_KEY"), pointer("KNOTS_REGION"));
    let at = |side: &Side| match &side.source {
        EvidenceSource::File { path, line, .. } => format!("{path}:{}", line.unwrap_or_default()),
        other => format!("{other:?}"),
    };
    let number = found.disputes.iter().position(|d| d.pointer == key).expect("they differ about the key");
    let dispute = &found.disputes[number];
    assert_eq!(dispute.sides.iter().map(|s| s.says.clone()).collect::<Vec<_>>(), [Claim::Required, Claim::Optional]);
    assert_eq!(dispute.sides.iter().map(at).collect::<Vec<_>>(), ["smithery.yaml:7", "README.md:7"]);
    assert_eq!(dispute.taken, 0);
    let value = |v: &str| Claim::Default { value: v.to_owned() };
    let of_region = found.disputes.iter().find(|d| d.pointer == region).expect("they differ about the region");
    assert_eq!(of_region.sides.iter().map(|s| s.says.clone()).collect::<Vec<_>>(), [value("eu"), value("us")]);
    let key = index("KNOTS_KEY");
    assert!(variables(&found)[key].input.is_required);
    assert!(found.take_side(number, 1));
    assert!(!variables(&found)[key].input.is_required);
}
