//! Migrations are append-only: each file's hash stands in `migrations/FROZEN`.

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

#[test]
fn migrations_are_as_recorded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let mut line = String::new();
            for byte in Sha256::digest(std::fs::read(&path).expect("reads")) {
                let _ = write!(line, "{byte:02x}");
            }
            found.insert(format!("{line}  {}", path.file_name().expect("a name").to_string_lossy()));
        }
    }
    let frozen = std::fs::read_to_string(format!("{folder}/FROZEN")).expect("reads");
    let frozen: BTreeSet<String> = frozen.lines().map(str::to_owned).collect();
    assert_eq!(found, frozen, "a released migration was changed, or a new one is not recorded yet (sha256sum)");
}
