//! Where a program is, as a shell would find it. The supervisor itself never searches.

use anyhow::{Context, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The absolute path of `name`, by `PATH` unless it is a path itself.
pub(super) fn find(name: &str) -> anyhow::Result<PathBuf> {
    search(name, std::env::var_os("PATH").as_deref())
}

fn search(name: &str, path: Option<&OsStr>) -> anyhow::Result<PathBuf> {
    if Path::new(name).components().count() > 1 {
        return std::path::absolute(name).with_context(|| format!("`{name}` is no path"));
    }
    let folders = path.map(std::env::split_paths).into_iter().flatten();
    let found = folders.flat_map(|folder| candidates(&folder, name)).find(|candidate| is_program(candidate));
    let Some(found) = found else { bail!("there is no program `{name}` on PATH") };
    Ok(std::path::absolute(found)?)
}

#[cfg(unix)]
fn candidates(folder: &Path, name: &str) -> Vec<PathBuf> {
    vec![folder.join(name)]
}

#[cfg(windows)]
fn candidates(folder: &Path, name: &str) -> Vec<PathBuf> {
    vec![folder.join(name), folder.join(format!("{name}.exe"))]
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(windows)]
fn is_program(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("exe"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::search;
    use std::ffi::OsStr;
    use std::path::Path;

    #[test]
    fn like_a_shell() {
        let path = Some(OsStr::new("/nowhere:/bin"));
        for (name, expect) in [("sh", Some("/bin/sh")), ("/a/b", Some("/a/b")), ("no-such-program", None), ("", None)] {
            assert_eq!(search(name, path).ok().as_deref(), expect.map(Path::new), "{name}");
        }
        assert!(search("./x", path).expect("is a path").is_absolute());
    }
}
