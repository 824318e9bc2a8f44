//! Public repositories as they describe themselves, where the collection is at hand (`CATWALK_CORPUS`, else
//! `../shared/corpus` beside the checkout). The registries are fakes that know the packages the truth names: their
//! existence is public knowledge, and a test must not ask real ones in bulk.
//! `CATWALK_PREDICTIONS=<folder>` writes the predictions for the collection's own scorer.

use crate::support::{FakeRegistry, NOW, analyzer, check};
use catwalk_analysis::source::parse;
use catwalk_domain::{Analysis, manifest::Package};
use catwalk_testkit::github::{FakeGitHub, Repository};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What was measured when this was written, a little below.
const FLOOR: usize = 88;

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var_os("CATWALK_CORPUS").map_or(beside, PathBuf::from);
    path.join("index.json").is_file().then_some(path)
}

struct Entry {
    id: String,
    truth: Value,
    files: Vec<(String, Vec<u8>)>,
}

fn entries(root: &Path) -> Vec<Entry> {
    let mut out = Vec::new();
    for folder in std::fs::read_dir(root).expect("readable").flatten().map(|e| e.path()) {
        let Ok(text) = std::fs::read_to_string(folder.join("truth.json")) else { continue };
        let truth: Value = serde_json::from_str(&text).expect("truth is JSON");
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for path in std::fs::read_to_string(folder.join("TREE.txt")).unwrap_or_default().lines() {
            files.insert(path.trim().to_owned(), Vec::new());
        }
        for file in truth["files"].as_array().into_iter().flatten() {
            let path = file["path"].as_str().expect("a path").to_owned();
            if let Ok(bytes) = std::fs::read(folder.join("files").join(&path)) {
                files.insert(path, bytes);
            }
        }
        files.retain(|path, _| !path.is_empty() && !path.ends_with('/'));
        let id = truth["id"].as_str().expect("an id").to_owned();
        out.push(Entry { id, truth, files: files.into_iter().collect() });
    }
    out.sort_by(|a, b| a.id.cmp(&b.id));
    out
}

fn launches(truth: &Value) -> Vec<(String, Option<String>)> {
    let text = |v: &Value, key: &str| v[key].as_str().map(str::to_owned);
    let one = |v: &Value| (text(v, "runtime").unwrap_or_default(), text(v, "package").or(text(v, "remote_url")));
    std::iter::once(truth).chain(truth["alternatives"].as_array().into_iter().flatten()).map(one).collect()
}

fn clean(name: &str) -> String {
    let cut = name.char_indices().skip(1).find(|(_, c)| *c == '@' || *c == '[').map_or(name.len(), |(i, _)| i);
    name[..cut].to_owned()
}

/// The packages that the truth names, as a registry would show them.
fn packages(entries: &[Entry]) -> (BTreeMap<String, Value>, BTreeMap<String, Value>) {
    let (mut npm, mut pypi) = (BTreeMap::new(), BTreeMap::new());
    for entry in entries {
        let repository = format!("https://github.com/{}", entry.truth["repo"].as_str().unwrap_or_default());
        for (runtime, package) in launches(&entry.truth) {
            let Some(name) = package.map(|p| clean(&p)) else { continue };
            let short = name.rsplit('/').next().unwrap_or_default().to_owned();
            match runtime.as_str() {
                "npm" => {
                    npm.insert(name.clone(), json!({"name": name, "version": "1.0.0", "bin": {short: "x.js"}, "keywords": ["mcp"], "repository": repository}));
                }
                "pypi" => {
                    let key = name.to_lowercase().replace(['_', '.'], "-");
                    pypi.insert(key, json!({"name": name, "version": "1.0.0", "summary": "mcp", "project_urls": {"Source": repository}}));
                }
                _ => {}
            }
        }
    }
    (npm, pypi)
}

fn prediction(id: &str, analysis: &Analysis) -> Value {
    let manifest = &analysis.manifest;
    let mut out = json!({"id": id, "transport": "stdio", "env": [], "args_required": [], "headers": []});
    if let Some(package) = manifest.package() {
        let runtime = match package.registry_type.as_str() {
            "github" => "source",
            other => other,
        };
        out["runtime"] = json!(runtime);
        out["package"] = if runtime == "source" { Value::Null } else { json!(package.identifier) };
        let word = if runtime == "pypi" { "uvx" } else { "npx" };
        out["command"] = json!(word);
        let mut args = if runtime == "npm" { vec!["-y".to_owned()] } else { Vec::new() };
        args.push(package.identifier.clone());
        out["args"] = json!(args);
        out["env"] = package
            .environment_variables
            .iter()
            .map(|v| json!({"name": v.name, "required": v.input.is_required, "secret": v.input.is_secret}))
            .collect();
        out["args_required"] = arguments(package);
    } else if let Some(remote) = manifest.remote() {
        out["runtime"] = json!("remote");
        out["remote_url"] = json!(remote.url);
        out["transport"] = serde_json::to_value(remote.kind).expect("a word");
        out["headers"] = remote
            .headers
            .iter()
            .map(|h| json!({"name": h.name, "required": h.input.is_required, "secret": h.input.is_secret}))
            .collect();
    }
    out
}

fn arguments(package: &Package) -> Value {
    let asked = package.package_arguments.iter().filter(|a| a.input.is_required && a.input.value.is_none());
    asked.map(|a| json!({"name": a.name.clone().or(a.value_hint.clone()), "positional": a.name.is_none(), "multiple": a.is_repeated, "kind": "string"})).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn public_repositories_lead_to_the_right_package() {
    let Some(root) = corpus() else { return };
    let entries = entries(&root);
    let github = FakeGitHub::empty().await.expect("the fake starts");
    let (npm, pypi) = packages(&entries);
    let registry = FakeRegistry::start(npm, pypi).await;
    let analyzer = analyzer(registry.with(&github));
    let predictions = std::env::var_os("CATWALK_PREDICTIONS").map(PathBuf::from);
    let mut right = BTreeSet::new();
    for entry in &entries {
        let (owner, repo) = entry.truth["repo"].as_str().and_then(|r| r.split_once('/')).expect("owner/repo");
        github.set_remaining(60);
        // Entries of one repository carry different files: each is served by itself.
        github.add(Repository::new(owner, repo, entry.files.clone()));
        let source = parse(entry.truth["source_url"].as_str().expect("a link")).expect("a GitHub link");
        let accepted = launches(&entry.truth);
        let line = match analyzer.analyze(&source, NOW).await {
            Ok(analysis) => {
                check(&analysis);
                let prediction = prediction(&entry.id, &analysis);
                if let Some(folder) = &predictions {
                    std::fs::write(folder.join(format!("{}.json", entry.id)), prediction.to_string()).expect("written");
                }
                let text = |key: &str| prediction[key].as_str().map(str::to_lowercase);
                let got = (text("runtime").unwrap_or_default(), text("package").or(text("remote_url")));
                let same = |(runtime, package): &(String, Option<String>)| {
                    let package = package.as_ref().map(|p| clean(p).to_lowercase().trim_end_matches('/').to_owned());
                    let mine = got.1.as_ref().map(|p| p.trim_end_matches('/').to_owned());
                    *runtime == got.0 && (package == mine || runtime == "source")
                        || got.0 == "source" && runtime == "git"
                };
                if accepted.iter().any(same) {
                    right.insert(entry.id.clone());
                    continue;
                }
                format!("{got:?}")
            }
            Err(error) => format!("{error}"),
        };
        println!(
            "{}: {line}, expected {:?}",
            entry.id,
            accepted.iter().map(|(r, p)| format!("{r} {}", p.clone().unwrap_or_default())).collect::<Vec<_>>()
        );
    }
    println!("right runtime and package: {} of {}", right.len(), entries.len());
    assert!(right.len() >= FLOOR, "{} of {}", right.len(), entries.len());
}
