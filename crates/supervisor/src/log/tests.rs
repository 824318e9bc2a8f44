//! Log tests: real files in a temporary folder.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catwalk_domain::Secret;

use super::{Limits, Log, Stream};

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn on_disk(dir: &std::path::Path) -> String {
    let files = fs::read_dir(dir).expect("the log's folder").flatten();
    files.map(|file| fs::read_to_string(file.path()).expect("a text file")).collect()
}

/// FAULTS case 26 (the log's part): every form, in one piece and split at every place, in every sink.
#[test]
fn secrets_reach_no_sink() {
    let value = "s3cr€t/va+lue \"x\"";
    let forms = [
        value.to_owned(),
        STANDARD.encode(value),
        STANDARD.encode(format!("user:{value}")),
        STANDARD.encode(format!("u:{value}!")),
        STANDARD.encode(format!("ab:{value}")),
        "s3cr%E2%82%ACt%2Fva%2Blue%20%22x%22".to_owned(),
        "s3cr%e2%82%act%2fva%2blue+%22x%22".to_owned(),
        serde_json::to_string(value).expect("a string"),
        "s3cr\\u20act/va+lue \\\"x\\\"".to_owned(),
        "s3cr\x1b[31m€t/va+lue \"x\"".to_owned(),
    ];
    let dir = tempfile::tempdir().expect("a folder");
    let log = Log::open(dir.path(), &[secret(value)], Limits::default());
    let mut listener = log.subscribe();
    for form in &forms {
        for cut in 0..=form.len() {
            log.write(Stream::Stderr, b"before ");
            log.write(Stream::Stderr, &form.as_bytes()[..cut]);
            log.write(Stream::Stderr, &form.as_bytes()[cut..]);
            log.write(Stream::Stderr, b" after\n");
            let line = listener.try_recv().expect("one line");
            assert!(line.text.starts_with("before ") && line.text.ends_with(" after"), "{}", line.text);
            assert!(line.text.contains("•••"), "{form} cut at {cut}: {}", line.text);
        }
    }
    let kept = on_disk(dir.path()) + &log.tail(10_000).iter().map(|line| line.text.clone()).collect::<String>();
    for trace in ["s3cr", "va+lue", "va%2", "Y3LigqxwL", "\\u20ac"] {
        assert!(!kept.contains(trace), "{trace} was kept");
    }
}

#[test]
fn every_url_encoder_is_known() {
    let dir = tempfile::tempdir().expect("a folder");
    let log = Log::open(dir.path(), &[secret("it's a/b~c*d?e=é")], Limits::default());
    for form in [
        "it%27s%20a%2Fb~c%2Ad%3Fe%3D%C3%A9", // RFC 3986
        "it's%20a%2Fb~c*d%3Fe%3D%C3%A9",     // encodeURIComponent
        "it's%20a/b~c*d?e=%C3%A9",           // encodeURI
        "it%27s%20a/b~c%2Ad%3Fe%3D%C3%A9",   // urllib.parse.quote
        "it%27s+a%2Fb~c%2Ad%3Fe%3D%C3%A9",   // urllib.parse.urlencode
        "it%27s+a%2Fb%7Ec*d%3Fe%3D%C3%A9",   // URLSearchParams
        "it%27s+a%2fb%7ec*d%3fe%3d%c3%a9",   // .NET
    ] {
        log.line(Stream::Stderr, format!("GET /?key={form}&x=1").as_bytes());
        assert_eq!(log.tail(1)[0].text, "GET /?key=•••&x=1", "{form}");
    }
}

#[test]
fn a_key_file_is_masked_line_by_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n";
    let log = Log::open(dir.path(), &[secret(key)], Limits::default());
    log.write(Stream::Stderr, format!("loaded:\n{key}").as_bytes());
    let kept = on_disk(dir.path());
    assert!(kept.contains("loaded:") && !kept.contains("MIIE") && !kept.contains("hkiG"), "{kept}");
}

#[test]
fn a_secret_across_the_line_cap_shows_neither_half() {
    let dir = tempfile::tempdir().expect("a folder");
    let limits = Limits { line: 100, ..Limits::default() };
    let log = Log::open(dir.path(), &[secret("topsecretvalue")], limits);
    for before in 60..110 {
        // Colour codes vanish and pull the cut end forward: it must not bring half a secret along.
        let colour = format!("{}{}topsecretvalue\n", "\x1b[31m".repeat(20), "y".repeat(before));
        log.write(Stream::Stdout, colour.as_bytes());
        let line = format!("topsecretvalue{}topsecretvalue{}\n", "x".repeat(before), "topsecretvalue".repeat(30));
        log.write(Stream::Stdout, line.as_bytes());
    }
    let kept = on_disk(dir.path());
    assert!(!kept.contains("tops") && !kept.contains("value"), "{kept}");
}

/// FAULTS case 18: a line without end neither grows memory nor hides the next one.
#[test]
fn long_lines_are_cut() {
    let dir = tempfile::tempdir().expect("a folder");
    let log = Log::open(dir.path(), &[], Limits::default());
    let chunk = vec![b'x'; 1 << 16];
    for _ in 0..1000 {
        log.write(Stream::Stdout, &chunk);
    }
    log.write(Stream::Stdout, b"\nnext\n");
    let tail = log.tail(2);
    assert_eq!((tail[0].text.len(), tail[1].text.as_str()), (16 * 1024 + "…".len(), "next"));
}

/// FAULTS case 19: a flood is counted, capped on disk, and its last lines are still the tail.
#[test]
fn a_flood_is_dropped_with_a_count() {
    let dir = tempfile::tempdir().expect("a folder");
    let limits = Limits { total: 100_000, burst: 400_000, ..Limits::default() };
    let log = Log::open(dir.path(), &[], limits);
    for n in 0..50_000 {
        log.write(Stream::Stderr, format!("noise number {n}\n").as_bytes());
    }
    log.flush(Stream::Stderr);
    let tail = log.tail(2);
    assert_eq!(tail[0].text, "noise number 49999");
    assert!(tail[1].text.ends_with("lines came too fast and were not kept"), "{}", tail[1].text);
    assert!(log.dropped() > 10_000);
    let kept = on_disk(dir.path());
    assert!(kept.len() <= 100_000 && kept.len() > 50_000, "{} bytes", kept.len());
}

#[test]
fn the_tail_survives_a_restart() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = Log::open(dir.path(), &[], Limits::default());
    first.line(Stream::Catwalk, b"started");
    first.write(Stream::Stderr, b"half a line");
    first.flush(Stream::Stderr);
    let before = first.tail(10);
    drop(first);
    let again = Log::open(dir.path(), &[], Limits::default());
    assert_eq!(again.tail(10), before);
    assert_eq!(before.len(), 2);
}
