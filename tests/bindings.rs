//! The committed bindings are what the commands say: `UPDATE=1` (or `cargo xtask bindings`) writes them.

use std::path::Path;

#[test]
fn bindings_are_current() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let fresh = folder.path().join("bindings.ts");
    catwalk_desktop::bindings::write(&fresh).expect("the bindings can be written");
    let text = std::fs::read_to_string(&fresh).expect("they were written");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&committed, &text).expect("the committed file can be replaced");
    }
    let old = std::fs::read_to_string(&committed).unwrap_or_default();
    assert_eq!(old, text, "ui/src/ipc/bindings.ts is stale: run `cargo xtask bindings`");
}
