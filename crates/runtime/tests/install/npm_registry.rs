//! Packages of a registry of our own, for what real ones must not do.

use crate::support::{Bench, now, request, serve};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catwalk_domain::{Fix, Millis, ProblemCode};
use catwalk_runtime::Error;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const DAY: Millis = 24 * 60 * 60 * 1000;
/// Answers `initialize` and names itself after its environment.
const SERVER: &str = r#"require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id } = JSON.parse(line);
  console.log(JSON.stringify({ jsonrpc: "2.0", id, result: { serverInfo: { name: require("./name.json") } } }));
});"#;

/// A registry that grows while it is being asked.
#[derive(Clone, Default)]
struct Registry(Arc<Mutex<Content>>);

/// Tarballs by file name, and the packages' documents.
type Content = (BTreeMap<String, Vec<u8>>, BTreeMap<String, Value>);

impl Registry {
    /// Publishes a version: `manifest` is its `package.json` without name and version.
    fn publish(&self, name: &str, version: &str, days_ago: i64, manifest: Value, files: &[(&str, &str)]) {
        let mut package = manifest;
        package["name"] = json!(name);
        package["version"] = json!(version);
        let text = package.to_string();
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, content) in files.iter().copied().chain([("package.json", text.as_str())]) {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, format!("package/{path}"), content.as_bytes()).expect("in memory");
        }
        let tarball = tar.into_inner().expect("in memory").finish().expect("in memory");
        let integrity = format!("sha512-{}", STANDARD.encode(Sha512::digest(&tarball)));
        package["dist"] = json!({ "integrity": integrity, "tarball": format!("BASE/-/{name}-{version}.tgz") });
        let at = (now() - days_ago * DAY) / 1000;
        let at = time::OffsetDateTime::from_unix_timestamp(at).expect("a time");
        let at = at.format(&time::format_description::well_known::Rfc3339).expect("a time");
        let mut all = self.0.lock().expect("no panics while held");
        all.0.insert(format!("{name}-{version}.tgz"), tarball);
        let document =
            all.1.entry(name.to_owned()).or_insert_with(|| json!({ "name": name, "versions": {}, "time": {} }));
        document["versions"][version] = package;
        document["time"][version] = json!(at);
        document["dist-tags"] = json!({ "latest": version });
    }

    async fn serve(&self, bench: &mut Bench) {
        let address = Arc::new(Mutex::new(String::new()));
        let base = address.clone();
        let document = move |State(all): State<Self>, axum::extract::Path(name): axum::extract::Path<String>| async move {
            let all = all.0.lock().expect("no panics while held");
            let text = all.1.get(&name).map(Value::to_string).ok_or(axum::http::StatusCode::NOT_FOUND)?;
            Ok::<_, axum::http::StatusCode>(text.replace("BASE", &base.lock().expect("no panics while held")))
        };
        let tarball = |State(all): State<Self>, axum::extract::Path(name): axum::extract::Path<String>| async move {
            all.0.lock().expect("no panics while held").0.get(&name).cloned().ok_or(axum::http::StatusCode::NOT_FOUND)
        };
        let router = Router::new().route("/{name}", get(document)).route("/-/{name}", get(tarball));
        bench.config.npm_registry = serve(router.with_state(self.clone())).await;
        let here = bench.config.npm_registry.as_str().trim_end_matches('/');
        here.clone_into(&mut address.lock().expect("no panics while held"));
    }
}

/// A bench with the shared node, but its own caches.
fn bench() -> Bench {
    let bench = Bench::new();
    std::fs::remove_file(bench.data.path().join("cache")).expect("a link");
    bench
}

fn server(name: &str) -> Vec<(&'static str, String)> {
    vec![("index.js", SERVER.to_owned()), ("name.json", json!(name).to_string())]
}

fn files<'a>(of: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    of.iter().map(|(path, content)| (*path, content.as_str())).collect()
}

/// FAULTS case 11: a script is not run unless its package was allowed by name.
#[tokio::test]
async fn install_scripts_wait_for_consent() {
    let (registry, mut bench) = (Registry::default(), bench());
    let canary = bench.data.path().join("canary");
    let script = json!({ "postinstall": format!("echo ran > '{}'", canary.display()) });
    registry.publish("helper", "1.0.0", 30, json!({ "scripts": script }), &[]);
    let main = json!({ "bin": "index.js", "dependencies": { "helper": "^1.0.0" } });
    registry.publish("scripted", "1.0.0", 30, main, &files(&server("scripted")));
    registry.serve(&mut bench).await;

    let mut ask = request("npm", "scripted", Some("1.0.0"));
    let installed = bench.install(ask.clone()).await.expect("works without the script");
    assert!(!canary.exists(), "the script ran without consent");
    assert_eq!(bench.runtime().skipped_scripts(&installed), ["helper"]);
    assert_eq!(bench.runtime().notes(&installed).len(), 1);
    assert_eq!(bench.hello(&installed).await, "scripted");

    ask.allow_scripts = vec!["helper".into()];
    let installed = bench.install(ask).await.expect("installs again");
    assert!(canary.exists(), "allowed, so it runs");
    assert!(bench.runtime().skipped_scripts(&installed).is_empty());
    assert_eq!(bench.hello(&installed).await, "scripted");
}

/// A package whose own script makes the file to start cannot do without it.
#[tokio::test]
async fn a_needed_script_is_named() {
    let (registry, mut bench) = (Registry::default(), bench());
    let make = "node -e \"require('fs').writeFileSync('made.js', require('fs').readFileSync('index.js'))\"";
    let main = json!({ "bin": "made.js", "scripts": { "install": make } });
    registry.publish("maker", "1.0.0", 30, main, &files(&server("made")));
    registry.publish(
        "native",
        "1.0.0",
        30,
        json!({ "bin": "index.js", "gypfile": true }),
        &[("index.js", ""), ("binding.gyp", "{}")],
    );
    registry.serve(&mut bench).await;
    let mut ask = request("npm", "maker", Some("1.0.0"));
    let problem = bench.install(ask.clone()).await.expect_err("the file is missing").problem();
    assert_eq!(problem.code, ProblemCode::ScriptNotAllowed);
    assert_eq!(problem.fix, Some(Fix::AllowScripts { packages: vec!["maker".into()] }));
    assert!(problem.evidence[0].starts_with("install: node -e"), "{problem:?}");
    assert!(bench.left(ask.deployment).is_empty());
    ask.allow_scripts = vec!["maker".into()];
    let installed = bench.install(ask).await.expect("allowed");
    assert_eq!(bench.hello(&installed).await, "made");
    let native = bench.install(request("npm", "native", Some("1.0.0"))).await.expect_err("native code");
    assert!(matches!(native, Error::ScriptNotAllowed { .. }), "{native:?}");
}

/// FAULTS case 13: the same version with other bytes is refused, and what stands keeps standing.
#[tokio::test]
async fn same_version_other_bytes() {
    let (registry, mut bench) = (Registry::default(), bench());
    registry.publish("swap", "1.0.0", 30, json!({ "bin": "index.js" }), &files(&server("honest")));
    registry.serve(&mut bench).await;
    let mut ask = request("npm", "swap", Some("1.0.0"));
    let installed = bench.install(ask.clone()).await.expect("installs");

    registry.publish("swap", "1.0.0", 30, json!({ "bin": "index.js" }), &files(&server("evil")));
    std::fs::remove_dir_all(bench.data.path().join("cache")).expect("ours");
    // Asking for more makes it install anew.
    ask.allow_scripts = vec!["something".into()];
    let error = bench.install(ask).await.expect_err("other bytes");
    assert!(matches!(error, Error::Integrity { .. }), "{error:?}");
    assert!(bench.runtime().is_intact(&installed));
    assert_eq!(bench.hello(&installed).await, "honest");
}

/// FAULTS case 10: dependencies are taken from before the cooldown; an old package whose needs are all young is refused.
#[tokio::test]
async fn the_cooldown_holds() {
    let (registry, mut bench) = (Registry::default(), bench());
    let needs = |what: &str| json!({ "bin": "index.js", "dependencies": { what: "^1.0.0" } });
    registry.publish("dep", "1.0.0", 30, json!({}), &[]);
    registry.publish("dep", "1.1.0", 1, json!({}), &[]);
    registry.publish("young", "1.0.0", 1, json!({}), &[]);
    for (name, days, what) in
        [("settled", 30, "dep"), ("fresh", 0, "dep"), ("newborn", 1, "young"), ("hijacked", 30, "young")]
    {
        registry.publish(name, "1.0.0", days, needs(what), &files(&server(name)));
    }
    registry.serve(&mut bench).await;
    let version = |dir: &str| {
        let text = std::fs::read_to_string(format!("{dir}/node_modules/dep/package.json")).expect("installed");
        serde_json::from_str::<Value>(&text).expect("JSON")["version"].clone()
    };
    for name in ["settled", "fresh"] {
        let installed = bench.install(request("npm", name, Some("1.0.0"))).await.expect("installs");
        assert_eq!(version(&installed.dir), "1.0.0", "{name}");
        assert!(bench.runtime().notes(&installed).is_empty());
    }
    let installed = bench.install(request("npm", "newborn", Some("1.0.0"))).await.expect("consent covers it");
    assert!(bench.runtime().notes(&installed)[0].contains("younger than 7 days"));
    let error = bench.install(request("npm", "hijacked", Some("1.0.0"))).await.expect_err("refused");
    assert!(matches!(error, Error::TooNew { days: 7, .. }), "{error:?}");
}

/// Cancelling while npm works kills it and leaves nothing.
#[tokio::test]
async fn cancelled_while_installing() {
    let (registry, mut bench) = (Registry::default(), bench());
    let hang =
        json!({ "bin": "index.js", "scripts": { "install": "echo $$ > \"$INIT_CWD/../../../pid\"; sleep 600" } });
    registry.publish("hanging", "1.0.0", 30, hang, &files(&server("never")));
    registry.serve(&mut bench).await;
    let mut ask = request("npm", "hanging", Some("1.0.0"));
    ask.allow_scripts = vec!["hanging".into()];
    let pid_file = bench.data.path().join("pid");
    let wait = async {
        loop {
            if let Some(pid) = std::fs::read_to_string(&pid_file).ok().filter(|p| p.ends_with('\n')) {
                bench.cancel.cancel();
                return pid.trim().to_owned();
            }
            tokio::task::yield_now().await;
        }
    };
    let (result, pid) = tokio::join!(bench.install(ask.clone()), wait);
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    assert!(bench.left(ask.deployment).is_empty());
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "the script was killed with npm: {state}");
}
