//! What an analysis looked for in vain: where, and what the user can do about it.

use crate::draft::Draft;
use crate::text::clean;
use catwalk_domain::manifest::TransportKind;
use catwalk_domain::{FactTopic, Gap, GapTopic, Source};

/// Most places that are named of one gap.
const MOST: usize = 6;

/// The gaps of an analysis whose facts are all there.
pub(crate) fn gaps(draft: &Draft, source: &Source) -> Vec<Gap> {
    let manifest = &draft.manifest;
    let package = manifest.package();
    let published = package.is_some_and(|p| matches!(p.registry_type.as_str(), "npm" | "pypi"));
    let on_disk = matches!(source, Source::Folder { .. });
    let remote = package.is_none();
    let told = |topic: FactTopic| draft.facts.iter().any(|f| f.topic == topic);
    let supported = |pointer: &str| draft.evidence.iter().any(|e| e.pointer.starts_with(pointer));
    let settings = package.is_some_and(|p| p.environment_variables.is_empty() && p.package_arguments.is_empty());
    let stdio = package.is_some_and(|p| p.transport.kind == TransportKind::Stdio);
    let missing = [
        (GapTopic::Description, manifest.description.is_empty()),
        (GapTopic::Version, manifest.version.is_empty()),
        (GapTopic::Licence, !remote && !told(FactTopic::Licence)),
        (GapTopic::Repository, manifest.repository.is_none() && !on_disk),
        (GapTopic::Publisher, draft.publisher.is_none() && !on_disk),
        (GapTopic::Published, published && draft.published_at.is_none()),
        (GapTopic::Provenance, published && !told(FactTopic::Provenance)),
        (GapTopic::Transport, stdio && !supported("/packages/0/transport")),
        (GapTopic::Tools, !remote && !draft.tools),
        (GapTopic::Settings, settings),
    ];
    let found = missing.into_iter().filter(|(_, is_missing)| *is_missing);
    let mut out: Vec<Gap> = found.map(|(topic, _)| gap(topic, places(draft, source, topic))).collect();
    out.extend(draft.unseen.clone());
    out
}

fn gap(topic: GapTopic, places: Vec<String>) -> Gap {
    let (sought, advice) = match topic {
        GapTopic::Description => {
            ("What it does, in a line", "Read its own page before you allow it, so that you know what you let in.")
        }
        GapTopic::Version => (
            "Its version",
            "Catwalk cannot tell you when it changes. Look at its page from time to time, or ask its author to number it.",
        ),
        GapTopic::Licence => (
            "The terms under which it may be used",
            "Without a licence nobody but its author may copy or change it. Ask the author if you use it at work.",
        ),
        GapTopic::Repository => (
            "Where its source can be read",
            "Only its publisher knows what is in it. Where there is a choice, prefer a server whose source is open.",
        ),
        GapTopic::Publisher => ("Who publishes it", "Allow it only if you trust whoever gave you the link."),
        GapTopic::Published => (
            "When this version was published",
            "Catwalk cannot tell whether it is too new to be trusted. Look at the versions on its registry's page.",
        ),
        GapTopic::Provenance => (
            "A signed statement of who built the package, and from what",
            "Most packages have none. Nothing then proves that the published files are those of its source.",
        ),
        GapTopic::Transport => (
            "How it talks",
            "Catwalk takes its standard input and output, as most servers have it. If it does not start, its own page may name another way.",
        ),
        GapTopic::Tools => (
            "A list of its tools",
            "Catwalk asks the server itself when it runs for the first time; its tools are then on its page, where each can be switched off.",
        ),
        GapTopic::Settings => (
            "Any setting that it asks for",
            "If it needs a key or an address, its own page says so. A server that starts without one needs none.",
        ),
        GapTopic::Files => ("", ""),
    };
    Gap { topic, sought: sought.to_owned(), places, advice: advice.to_owned() }
}

/// Where it would have been: the files that were read, as far as they could have told, and whoever was asked.
fn places(draft: &Draft, source: &Source, topic: GapTopic) -> Vec<String> {
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let is_manifest = |path: &str| {
        ["package.json", "pyproject.toml", "setup.cfg", "setup.py", "cargo.toml", "server.json", "manifest.json"]
            .contains(&base(path).as_str())
    };
    let could_tell = |path: &&String| match topic {
        GapTopic::Tools => crate::scan::is_source(path) || base(path) == "manifest.json",
        GapTopic::Version | GapTopic::Licence | GapTopic::Publisher | GapTopic::Repository => is_manifest(path),
        GapTopic::Provenance | GapTopic::Published => false,
        _ => true,
    };
    let api = match source {
        Source::Npm(_) => Some("the npm registry"),
        Source::Pypi(_) => Some("PyPI"),
        Source::Github(_) => Some("GitHub"),
        Source::Remote { .. } => Some("the server’s own answer"),
        Source::Folder { .. } => None,
    };
    let registry = draft.manifest.package().and_then(|p| match p.registry_type.as_str() {
        "npm" => Some("the npm registry"),
        "pypi" => Some("PyPI"),
        _ => None,
    });
    let of_package = matches!(source, Source::Npm(_) | Source::Pypi(_));
    let readme = of_package && matches!(topic, GapTopic::Transport | GapTopic::Tools | GapTopic::Settings);
    let asked = [api, registry].into_iter().flatten().filter(|_| !readme).filter(|who| {
        // What only a package's registry knows was not looked for elsewhere, nor was it in a program's settings.
        match topic {
            GapTopic::Published | GapTopic::Provenance => Some(*who) == registry,
            GapTopic::Tools | GapTopic::Transport | GapTopic::Settings => false,
            _ => true,
        }
    });
    let mut out: Vec<String> = asked.map(str::to_owned).collect();
    out.dedup();
    out.extend(readme.then(|| "the package’s README".to_owned()));
    out.extend(draft.looked.iter().filter(could_tell).take(MOST).map(|path| clean(path, 160)));
    out
}

#[cfg(test)]
mod tests {
    use super::gaps;
    use crate::draft::Draft;
    use catwalk_domain::manifest::{KeyValue, Package};
    use catwalk_domain::{Confidence, EvidenceSource, FactTopic, GapTopic, GitHubRef, Source};

    fn topics(draft: &Draft, source: &Source) -> Vec<GapTopic> {
        gaps(draft, source).iter().map(|g| g.topic).collect()
    }

    #[test]
    fn what_is_known_is_no_gap() {
        let source = Source::Github(GitHubRef { owner: "ada".into(), repo: "knots".into(), tail: None });
        let package = Package { registry_type: "github".into(), ..Package::default() };
        let mut draft =
            Draft { looked: vec!["README.md".into(), "package.json".into(), "src/a.ts".into()], ..Draft::default() };
        draft.manifest.packages = vec![package];
        let expected = [
            GapTopic::Description,
            GapTopic::Version,
            GapTopic::Licence,
            GapTopic::Repository,
            GapTopic::Publisher,
            GapTopic::Transport,
            GapTopic::Tools,
            GapTopic::Settings,
        ];
        assert_eq!(topics(&draft, &source), expected);
        let all = gaps(&draft, &source);
        let places = |topic| all.iter().find(|g| g.topic == topic).map(|g| g.places.clone()).unwrap_or_default();
        assert_eq!(places(GapTopic::Licence), ["GitHub", "package.json"]);
        assert_eq!(places(GapTopic::Tools), ["src/a.ts"]);
        assert_eq!(places(GapTopic::Settings), ["README.md", "package.json", "src/a.ts"]);
        assert!(all.iter().all(|g| !g.sought.is_empty() && g.advice.ends_with('.')));

        let origin = EvidenceSource::Pasted;
        draft.describe("Knots", &origin, Confidence::High);
        draft.manifest.version = "1.0.0".into();
        draft.tell(FactTopic::Licence, "It is under the licence MIT.", &origin);
        draft.repository("ada", "knots", None, &origin);
        draft.publisher = Some("ada".into());
        draft.fact("/packages/0/transport/type", &origin, "stdio", Confidence::Medium);
        draft.tools = true;
        draft.manifest.packages[0].environment_variables.push(KeyValue::default());
        assert_eq!(topics(&draft, &source), []);
    }

    #[test]
    fn each_kind_of_source_is_asked_for_what_it_could_know() {
        let mut draft = Draft::default();
        draft.manifest.packages = vec![Package { registry_type: "npm".into(), ..Package::default() }];
        let npm = Source::Npm(catwalk_domain::PackageRef::default());
        for gap in gaps(&draft, &npm) {
            assert!(!gap.places.is_empty(), "{gap:?}");
        }
        assert!(topics(&draft, &npm).contains(&GapTopic::Provenance));
        let hosted = Draft::default();
        let remote = Source::Remote {
            url: "https://x.example/mcp".into(),
            sse: false,
            headers: std::collections::BTreeMap::default(),
            name: None,
        };
        let expected = [GapTopic::Description, GapTopic::Version, GapTopic::Repository, GapTopic::Publisher];
        assert_eq!(topics(&hosted, &remote), expected);
    }
}
