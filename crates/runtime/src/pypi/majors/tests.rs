//! The pure part: versions and dates in, constraints and words out.

use super::{Bound, constraints, direct, is_early, kept, major, newest, not_kept};
use crate::index::File;
use url::Url;

fn file(name: &str, uploaded: Option<i64>) -> File {
    let url = Url::parse("https://index.test/file").expect("a constant address");
    File { name: name.into(), url, requires_python: None, uploaded }
}

fn bound(name: &str, resolved: u64, newest: u64) -> Bound {
    Bound { name: name.into(), resolved, newest }
}

#[test]
fn who_is_a_direct_dependency() {
    let lock = "# Python 3.12\nanyio==4.16.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n    # via mcp, starlette\n\
                mcp==2.3.0 \\\n    --hash=sha256:02\n    # via mcp-server-sqlite\n\
                mcp-server-sqlite==2025.4.25 \\\n    --hash=sha256:03\n    # via -r requirements.in\n\
                Typing_Extensions==4.15.0 ; python_full_version < '3.13' \\\n    # via anyio, mcp-server-sqlite\n\
                tzdata==2026.1 \\\n    --hash=sha256:04\n    # via mcp-server-sqlite\n\
                odd @ https://index.test/odd.whl\n    # via mcp-server-sqlite\n";
    let found = [("mcp".to_owned(), 2), ("typing-extensions".to_owned(), 4)];
    assert_eq!(direct(lock, "MCP_server.sqlite[x]"), found, "neither years nor what has no version");
}

#[test]
fn newest_major_of_that_day() {
    let files = [
        file("mcp-0.9.tar.gz", Some(1)),
        file("mcp-1.6.0-py3-none-any.whl", Some(10)),
        file("mcp-2.0.0b1-py3-none-any.whl", Some(11)),
        file("mcp-2.0.0-py3-none-any.whl", Some(30)),
        file("mcp-3.0.0-py3-none-any.whl", None),
        file("mcp-9.0-py2.7.egg", Some(1)),
    ];
    assert_eq!(newest(&files, 20), Some(1), "a pre-release is not yet the major release");
    assert_eq!(newest(&files, 30), Some(2), "one without a date may be from any day");
    assert_eq!(newest(&files, 0), None, "nothing was there: nothing is known");
    assert_eq!(newest(&[file("x-0.5b0-py3-none-any.whl", Some(1))], 1), Some(0), "only pre-releases: they count");
    assert_eq!(newest(&[file("certifi-2025.4.26.tar.gz", Some(1))], 1), None, "a year is not a major version");
}

#[test]
fn numbers_of_versions() {
    assert_eq!(
        ["1.2", "v3", "0.4.1", "2rc1", "1!2.0", "x"].map(major),
        [Some(1), Some(3), Some(0), Some(2), None, None]
    );
    for early in ["2.0a1", "2.0.0b3", "2.0c1", "2.0-rc.1", "2.0.dev4", "2.0.post1.dev2", "2.0-alpha", "2.0_preview1"] {
        assert!(is_early(early), "{early}");
    }
    for stable in ["2.0", "v2", "2.0.post1", "2.0-1", "2.0.r4", "2.0+cuda.dev"] {
        assert!(!is_early(stable), "{stable}");
    }
}

#[test]
fn lines_and_words() {
    let bounds = [bound("mcp", 2, 1), bound("pydantic", 2, 2), bound("fastmcp", 3, 0)];
    assert_eq!(constraints(&bounds), "mcp<2\npydantic<3\nfastmcp<1\n");
    assert_eq!(
        kept(&bounds[..2]),
        "Kept mcp below 2: the major versions from there on appeared after this server was published."
    );
    assert!(not_kept(&bounds).ends_with("nothing fits with mcp below 2, fastmcp below 1."), "{}", not_kept(&bounds));
}
