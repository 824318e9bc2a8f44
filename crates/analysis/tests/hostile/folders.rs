//! Folders on this computer that lead elsewhere or without end.
#![cfg(unix)]

use crate::support::{NOW, analyze, analyzer};
use catwalk_analysis::Endpoints;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

const PACKAGE: &str = r#"{"name": "x-mcp", "version": "1.0.0", "bin": {"x-mcp": "x.js"}, "keywords": ["mcp"]}"#;

fn project() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("package.json"), PACKAGE).expect("written");
    dir
}

async fn in_time(path: &Path) {
    let start = Instant::now();
    let analysis = analyze(&analyzer(Endpoints::default()), &path.to_string_lossy()).await.expect("analyses");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let json = analysis.manifest.to_json().to_string();
    assert!(!json.contains("root:") && !json.contains("OUTSIDE"), "{json}");
}

#[tokio::test]
async fn links_are_not_followed() {
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(
        outside.path().join("README.md"),
        "```json\n{\"command\": \"npx\", \"args\": [\"x-mcp\"], \"env\": {\"OUTSIDE\": \"<x>\"}}\n```",
    )
    .expect("written");
    let dir = project();
    for (from, to) in [
        ("loop", dir.path().to_path_buf()),
        ("up", "..".into()),
        ("self", "self".into()),
        ("README.md", outside.path().join("README.md")),
        (".env.example", "/etc/passwd".into()),
        ("src", outside.path().to_path_buf()),
        ("server.json", "/dev/zero".into()),
        ("smithery.yaml", "/dev/random".into()),
    ] {
        symlink(to, dir.path().join(from)).expect("linked");
    }
    in_time(dir.path()).await;
}

#[tokio::test]
async fn pipes_are_not_waited_for() {
    let dir = project();
    for name in ["README.md", "server.json", ".env.example", "index.ts"] {
        let made = std::process::Command::new("mkfifo").arg(dir.path().join(name)).status().expect("mkfifo runs");
        assert!(made.success());
    }
    in_time(dir.path()).await;
}

#[tokio::test]
async fn deep_and_wide_folders_end() {
    let dir = project();
    let mut deep = dir.path().to_path_buf();
    for _ in 0..200 {
        deep.push("d");
    }
    std::fs::create_dir_all(&deep).expect("made");
    std::fs::write(deep.join("package.json"), PACKAGE).expect("written");
    for index in 0..2000 {
        std::fs::write(dir.path().join(format!("config{index}.ts")), "process.env.A_B;").expect("written");
    }
    let huge = std::fs::File::create(dir.path().join("README.md")).expect("made");
    huge.set_len(4 << 30).expect("a sparse file");
    in_time(dir.path()).await;
}

#[tokio::test]
async fn names_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let dir = project();
    for name in [&b"\xff\xfe.ts"[..], b"a\nb.ts", b"\x1b[31m.ts", "\u{202E}st.xedni".as_bytes()] {
        std::fs::write(dir.path().join(std::ffi::OsStr::from_bytes(name)), "process.env.A_B;").expect("written");
    }
    in_time(dir.path()).await;
    let analyzer = analyzer(Endpoints::default());
    for path in ["/dev/zero", "/proc/self/mem", "/dev", "/proc/self/fd", "/", "/nowhere/\u{1b}[31m"] {
        let source = catwalk_domain::Source::Folder { path: path.to_owned() };
        let start = Instant::now();
        analyzer.analyze(&source, NOW).await.expect_err(path);
        assert!(start.elapsed() < Duration::from_secs(20), "{path}: {:?}", start.elapsed());
    }
}
