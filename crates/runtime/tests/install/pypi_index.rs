//! An index of our own, to see what dates of publication do.

use crate::support::{Bench, now, request, serve, url};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use catwalk_runtime::Request;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::path::Path;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A wheel: project, version, what it needs, hours since its upload (`None`: the index does not say).
type Wheel<'a> = (&'a str, &'a str, &'a [&'a str], Option<i64>);

fn file_name(project: &str, version: &str) -> String {
    format!("{}-{version}-py3-none-any.whl", project.replace('-', "_"))
}

fn bytes((project, version, needs, _): Wheel) -> Vec<u8> {
    let module = project.replace('-', "_");
    let info = format!("{module}-{version}.dist-info");
    let needs: String = needs.iter().fold(String::new(), |all, need| all + "Requires-Dist: " + need + "\n");
    let files = [
        (format!("{module}.py"), "def main(): pass\n".to_owned()),
        (format!("{info}/METADATA"), format!("Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n{needs}")),
        (format!("{info}/WHEEL"), "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned()),
        (format!("{info}/entry_points.txt"), format!("[console_scripts]\n{project} = {module}:main\n")),
    ];
    let record: String = files.iter().fold(String::new(), |all, (path, _)| all + path + ",,\n");
    let record = (format!("{info}/RECORD"), format!("{record}{info}/RECORD,,\n"));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in files.iter().chain([&record]) {
        zip.start_file(path, SimpleFileOptions::default()).expect("in memory");
        zip.write_all(text.as_bytes()).expect("in memory");
    }
    zip.finish().expect("in memory").into_inner()
}

fn entry((project, version, _, hours): Wheel) -> Value {
    let name = file_name(project, version);
    let mut entry = json!({ "filename": name, "url": format!("/files/{name}"), "hashes": {} });
    if let Some(hours) = hours {
        let at = OffsetDateTime::from_unix_timestamp(now() / 1000 - hours * 60 * 60).expect("a time");
        entry["upload-time"] = at.format(&Rfc3339).expect("a time").into();
    }
    entry
}

/// A bench whose index has just these.
async fn index(wheels: &[Wheel<'_>]) -> Bench {
    let mut projects: Vec<&str> = wheels.iter().map(|w| w.0).collect();
    projects.dedup();
    let mut router = Router::new().fallback(|| async { StatusCode::NOT_FOUND });
    for project in projects {
        let files: Vec<Value> = wheels.iter().filter(|w| w.0 == project).map(|w| entry(*w)).collect();
        let page = json!({ "meta": { "api-version": "1.1" }, "name": project, "files": files }).to_string();
        let kind = [(header::CONTENT_TYPE, "application/vnd.pypi.simple.v1+json")];
        router = router.route(&format!("/simple/{project}/"), get(|| async move { (kind, page) }));
    }
    for wheel in wheels {
        let bytes = bytes(*wheel);
        router = router.route(&format!("/files/{}", file_name(wheel.0, wheel.1)), get(|| async { bytes }));
    }
    let mut bench = Bench::new();
    bench.config.pypi_index = url(&format!("{}simple/", serve(router).await));
    bench
}

/// Installs version 1.0 and gives the version of a dependency, with the notes.
async fn locked(bench: &Bench, server: &str, dependency: &str) -> (String, Vec<String>) {
    let ask: Request = request("pypi", server, Some("1.0"));
    let installed = bench.install(ask).await.expect("installs");
    assert!(bench.runtime().is_intact(&installed));
    let lock = std::fs::read_to_string(Path::new(&installed.dir).join("requirements.lock")).expect("a lock");
    assert!(lock.starts_with("# Python ") && lock.matches("# Python ").count() == 1, "stamped once: {lock}");
    let version = lock.lines().find_map(|l| l.strip_prefix(dependency)?.strip_prefix("=="));
    let version = version.and_then(|v| v.split(' ').next()).expect("it is in the lock").to_owned();
    (version, bench.runtime().notes(&installed))
}

#[tokio::test]
async fn later_majors_are_kept_back_and_minors_come_in() {
    let wheels: [Wheel; 6] = [
        ("cat-held", "1.0", &["cat-dep>=1"], Some(10_000)),
        ("cat-dep", "1.0", &[], Some(12_000)),
        ("cat-dep", "1.1", &["cat-deep"], Some(2_000)),
        ("cat-dep", "2.0", &["cat-deep"], Some(2_000)),
        ("cat-deep", "1.0", &[], Some(12_000)),
        ("cat-deep", "2.0", &[], Some(2_000)),
    ];
    let bench = index(&wheels).await;
    let (version, notes) = locked(&bench, "cat-held", "cat-dep").await;
    assert_eq!(version, "1.1");
    assert!(notes.len() == 1 && notes[0].starts_with("Kept cat-dep below 2:"), "{notes:?}");
    let (version, _) = locked(&bench, "cat-held", "cat-deep").await;
    assert_eq!(version, "2.0", "a dependency's dependency is its own affair");
}

/// What was released together was tested together, whichever file came first.
#[tokio::test]
async fn majors_of_the_same_day_come_in() {
    let wheels: [Wheel; 3] = [
        ("cat-twin", "1.0", &["cat-sister>=1"], Some(10_000)),
        ("cat-sister", "1.0", &[], Some(12_000)),
        ("cat-sister", "2.0", &[], Some(9_990)),
    ];
    let (version, notes) = locked(&index(&wheels).await, "cat-twin", "cat-sister").await;
    assert_eq!((version.as_str(), notes.len()), ("2.0", 0));
}

/// An author may ask for what is not there yet, or dates may be wrong: the rule gives way and says so.
#[tokio::test]
async fn it_gives_way_when_nothing_fits() {
    let wheels: [Wheel; 3] = [
        ("cat-ahead", "1.0", &["cat-late>=2"], Some(10_000)),
        ("cat-late", "1.0", &[], Some(12_000)),
        ("cat-late", "2.0", &[], Some(2_000)),
    ];
    let (version, notes) = locked(&index(&wheels).await, "cat-ahead", "cat-late").await;
    assert_eq!(version, "2.0");
    assert!(notes.len() == 1 && notes[0].ends_with("nothing fits with cat-late below 2."), "{notes:?}");
}

/// Without dates nothing is known, so nothing is kept back.
#[tokio::test]
async fn an_index_without_dates() {
    let wheels: [Wheel; 3] =
        [("cat-undated", "1.0", &["cat-any>=1"], None), ("cat-any", "1.0", &[], None), ("cat-any", "2.0", &[], None)];
    let (version, notes) = locked(&index(&wheels).await, "cat-undated", "cat-any").await;
    assert_eq!(version, "2.0");
    assert!(notes.len() == 1 && notes[0].contains("does not say when"), "{notes:?}");
}
