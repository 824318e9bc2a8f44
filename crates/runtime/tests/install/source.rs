//! Servers built from source: tarballs at a commit, and folders.

use crate::support::{Bench, request, serve};
use axum::Router;
use axum::routing::get;
use catwalk_domain::manifest::{Language, Repository, RunHint};
use catwalk_domain::{Fix, ProblemCode};
use catwalk_runtime::{Error, Request};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::path::Path;
use tar::{Builder, EntryType, Header};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
/// A server without dependencies.
const NODE: &str = r#"require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(line).id, result: { serverInfo: { name: NAME } } }));
});"#;
const PYTHON: &str = r#"import json, sys
def main():
    for line in sys.stdin:
        result = {"serverInfo": {"name": "from-python"}}
        print(json.dumps({"jsonrpc": "2.0", "id": json.loads(line)["id"], "result": result}), flush=True)
if __name__ == "__main__":
    main()
"#;
const PYPROJECT: &str = r#"[project]
name = "notes"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["idna>=3"]
[project.scripts]
notes-mcp = "notes:main"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"#;

fn tarball(files: &[(&str, &str)], link: Option<(&str, &str)>) -> Vec<u8> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("repo-{COMMIT}/{path}"), content.as_bytes()).expect("in memory");
    }
    if let Some((path, target)) = link {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, format!("repo-{COMMIT}/{path}"), target).expect("in memory");
    }
    tar.into_inner().expect("in memory").finish().expect("in memory")
}

/// A bench whose GitHub has one repository, and the request for it.
async fn github(files: &[(&str, &str)], link: Option<(&str, &str)>) -> (Bench, Request) {
    let mut bench = Bench::new();
    let bytes = tarball(files, link);
    let router = Router::new().route(&format!("/ada/notes/tar.gz/{COMMIT}"), get(|| async { bytes }));
    bench.config.github_codeload = serve(router).await;
    (bench, request("github", "ada/notes", Some(COMMIT)))
}

fn named(name: &str) -> String {
    NODE.replace("NAME", &format!("\"{name}\""))
}

#[tokio::test]
async fn node_without_a_build() {
    let package = r#"{ "name": "notes", "main": "server.js", "dependencies": { "left-pad": "1.3.0" } }"#;
    let server = format!("require('left-pad');{}", named("notes"));
    let (mut bench, mut ask) = github(
        &[("sub/package.json", package), ("sub/server.js", &server), ("sub/.npmrc", "registry=http://127.0.0.1:9/")],
        None,
    )
    .await;
    ask.repository = Some(Repository { subfolder: Some("sub".into()), ..Repository::default() });
    let installed = bench.install(ask.clone()).await.expect("installs");
    assert_eq!(installed.version, COMMIT);
    bench.unplug();
    assert_eq!(bench.hello(&installed).await, "notes");
    assert_eq!(bench.install(ask).await.expect("no network needed"), installed);
}

#[tokio::test]
async fn node_build_needs_consent() {
    let package =
        r#"{ "name": "notes", "bin": "dist/x.js", "scripts": { "build": "mkdir dist && cp x.js dist/x.js" } }"#;
    let (bench, mut ask) = github(&[("package.json", package), ("x.js", &named("built"))], None).await;
    let problem = bench.install(ask.clone()).await.expect_err("has to be built").problem();
    assert_eq!(problem.code, ProblemCode::ScriptNotAllowed);
    assert_eq!(problem.fix, Some(Fix::AllowScripts { packages: vec!["ada/notes".into()] }));
    assert!(bench.left(ask.deployment).is_empty());
    ask.allow_scripts = vec!["ada/notes".into()];
    let installed = bench.install(ask).await.expect("builds");
    assert_eq!(bench.hello(&installed).await, "built");
}

#[tokio::test]
async fn python_project_needs_consent() {
    let (mut bench, mut ask) = github(&[("pyproject.toml", PYPROJECT), ("notes.py", PYTHON)], None).await;
    let problem = bench.install(ask.clone()).await.expect_err("has to be built").problem();
    assert_eq!(problem.fix, Some(Fix::AllowScripts { packages: vec!["ada/notes".into()] }));
    ask.allow_scripts = vec!["ada/notes".into()];
    let installed = bench.install(ask).await.expect("builds");
    bench.unplug();
    assert!(bench.runtime().is_intact(&installed));
    assert_eq!(bench.hello(&installed).await, "from-python");
}

/// A plain script has nothing to build, so nobody is asked.
#[tokio::test]
async fn python_script() {
    let (bench, mut ask) = github(&[("requirements.txt", "idna\n"), ("server.py", PYTHON)], None).await;
    ask.hint = RunHint { bin: Some("server.py".into()), language: Some(Language::Python) };
    let installed = bench.install(ask).await.expect("installs");
    assert_eq!(bench.hello(&installed).await, "from-python");
}

#[tokio::test]
async fn hostile_tarballs() {
    let (bench, ask) = github(&[("package.json", "{}")], Some(("home", "../../../.."))).await;
    let error = bench.install(ask.clone()).await.expect_err("refused");
    assert!(matches!(error, Error::HostileArchive { .. }), "{error:?}");
    assert!(bench.left(ask.deployment).is_empty());
    let gone = bench.install(request("github", "ada/other", Some(COMMIT))).await.expect_err("not there");
    assert_eq!(gone.problem().code, ProblemCode::NotFound);
}

#[tokio::test]
async fn folder() {
    let bench = Bench::new();
    let home = tempfile::tempdir().expect("a folder");
    let put = |path: &str, text: &str| {
        let at = home.path().join(path);
        std::fs::create_dir_all(at.parent().expect("inside")).expect("ours");
        std::fs::write(at, text).expect("ours");
    };
    put("package.json", r#"{ "name": "local", "bin": "x.js" }"#);
    put("x.js", &named("one"));
    put(".git/config", "secret");
    put("node_modules/old/package.json", "{}");
    let ask = request("folder", &home.path().to_string_lossy(), None);
    let first = bench.install(ask.clone()).await.expect("installs");
    assert_eq!(bench.hello(&first).await, "one");
    assert!(!Path::new(&first.dir).join("src/.git").exists());
    assert_eq!(bench.install(ask.clone()).await.expect("again"), first, "the same contents are the same version");
    put("x.js", &named("two"));
    let second = bench.install(ask).await.expect("installs");
    assert_ne!(first.version, second.version);
    assert_eq!(bench.hello(&second).await, "two");
    assert_eq!(bench.hello(&first).await, "one", "the earlier one stays for the way back");
}

/// A monorepo: the server is a workspace and shares its repository's dependencies.
#[tokio::test]
async fn node_workspace() {
    let top = r#"{ "name": "all", "private": true, "workspaces": ["packages/*"] }"#;
    let shared = r#"{ "name": "@ada/shared", "version": "1.0.0", "main": "x.js" }"#;
    let server = r#"{ "name": "@ada/server", "version": "1.0.0", "bin": "x.js", "dependencies": { "@ada/shared": "^1.0.0", "left-pad": "1.3.0" } }"#;
    let code = format!("require('left-pad'); {}", NODE.replace("NAME", "require('@ada/shared')"));
    let files = [
        ("package.json", top),
        ("packages/shared/package.json", shared),
        ("packages/shared/x.js", "module.exports = 'shared';"),
        ("packages/server/package.json", server),
        ("packages/server/x.js", &code),
    ];
    let (bench, mut ask) = github(&files, None).await;
    ask.repository = Some(Repository { subfolder: Some("packages/server".into()), ..Repository::default() });
    let installed = bench.install(ask).await.expect("installs");
    assert_eq!(bench.hello(&installed).await, "shared");
}

/// A project whose dependencies only its build backend can tell.
#[tokio::test]
async fn python_with_its_own_backend() {
    let poetry = r#"[tool.poetry]
name = "notes"
version = "1.0.0"
description = ""
authors = ["Ada <ada@example.org>"]
packages = [{ include = "notes.py" }]
[tool.poetry.dependencies]
python = "^3.9"
idna = "^3.4"
[tool.poetry.scripts]
serve = "notes:main"
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"#;
    let code = format!("import idna\n{PYTHON}");
    let (bench, mut ask) = github(&[("pyproject.toml", poetry), ("notes.py", &code)], None).await;
    ask.allow_scripts = vec!["ada/notes".into()];
    let installed = bench.install(ask).await.expect("builds");
    assert_eq!(bench.hello(&installed).await, "from-python");
}
