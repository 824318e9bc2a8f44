//! Good tarballs and hostile ones.

use super::{Limits, unpack};
use crate::Error;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::path::Path;
use tar::{Builder, EntryType, Header};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const LIMITS: Limits = Limits { files: 10, bytes: 1000 };

enum Item<'a> {
    File(&'a str, &'a [u8], u32),
    Link(&'a str, &'a str),
    Hard(&'a str, &'a str),
}
use Item::{File, Hard, Link};

/// A tarball made by hand: the builder's own checks would not let the hostile ones through.
fn pack(dir: &Path, items: &[Item<'_>]) -> std::path::PathBuf {
    let at = dir.join("x.tar.gz");
    let mut tar = Builder::new(GzEncoder::new(std::fs::File::create(&at).expect("writable"), Compression::fast()));
    let name = |header: &mut Header, field: usize, text: &str| {
        let bytes = header.as_mut_bytes();
        bytes[field..field + text.len()].copy_from_slice(text.as_bytes());
    };
    for item in items {
        let mut header = Header::new_ustar();
        let (path, content, kind, target, mode) = match item {
            File(path, content, mode) => (path, *content, EntryType::Regular, "", *mode),
            Link(path, target) => (path, &[][..], EntryType::Symlink, *target, 0o777),
            Hard(path, target) => (path, &[][..], EntryType::Link, *target, 0o777),
        };
        name(&mut header, 0, path);
        name(&mut header, 157, target);
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        header.set_cksum();
        tar.append(&header, content).expect("writable");
    }
    tar.into_inner().expect("complete").finish().expect("complete");
    at
}

fn try_unpack(items: &[Item<'_>]) -> (TempDir, Result<(), Error>) {
    let dir = tempfile::tempdir().expect("a folder");
    let file = pack(dir.path(), items);
    let to = dir.path().join("to");
    std::fs::create_dir(&to).expect("an empty folder");
    let result = unpack(&file, &to, LIMITS, &CancellationToken::new());
    (dir, result)
}

#[test]
fn a_good_one() {
    let (dir, result) = try_unpack(&[
        File("repo-1/README.md", b"hi", 0o644),
        File("repo-1/bin/run", b"#!", 0o4755),
        Link("repo-1/docs/readme", "../README.md"),
    ]);
    result.expect("unpacks");
    let to = dir.path().join("to");
    assert_eq!(std::fs::read(to.join("docs/readme")).expect("through the link"), b"hi");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = to.join("bin/run").metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o7777, 0o755, "executable, but not setuid");
    }
}

#[test]
fn ways_out_are_refused() {
    for items in [
        &[File("repo/../../evil", b"x", 0o644)][..],
        &[File("/etc/evil", b"x", 0o644)],
        &[Link("repo/a", "/etc")],
        &[Link("repo/a", "..")],
        &[Link("repo/sub/a", "../../x")],
        // Each link alone looks fine; together they lead out.
        &[Link("repo/p/q/a", "../.."), Link("repo/p/q/z", "a/..")],
        &[Link("repo/p/q/a", "../.."), Link("repo/p/q/a/z", "../x")],
        &[File("repo/a", b"x", 0o644), Hard("repo/b", "/etc/passwd")],
    ] {
        let (dir, result) = try_unpack(items);
        let error = result.expect_err("refused");
        assert!(matches!(error, Error::HostileArchive { .. }), "{error:?}");
        assert!(!dir.path().join("evil").exists());
    }
}

#[test]
fn no_file_is_written_through_a_link() {
    let (dir, result) = try_unpack(&[Link("repo/a", "b"), File("repo/a/x", b"x", 0o644)]);
    result.expect_err("the link's place is taken by a folder");
    assert!(!dir.path().join("to/b").exists());
}

#[test]
fn bombs_are_refused() {
    let (_dir, result) = try_unpack(&[File("repo/big", &[0; 2000], 0o644)]);
    assert!(matches!(result, Err(Error::HostileArchive { why }) if why.contains("1000 bytes")));
    let names: Vec<String> = (0..20).map(|i| format!("repo/{i}")).collect();
    let many: Vec<Item<'_>> = names.iter().map(|n| File(n, b"", 0o644)).collect();
    let (_dir, result) = try_unpack(&many);
    assert!(matches!(result, Err(Error::HostileArchive { why }) if why.contains("10 files")));
}
