//! Servers of the tests' own, as projects in a folder.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Copies `tests/fixtures/<name>` into `home`, as a person's own project.
pub(crate) fn project(name: &str, home: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let to = home.join(name);
    std::fs::create_dir_all(&to).expect("a folder");
    for entry in std::fs::read_dir(&from).expect("the fixture is there").flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a file can be copied");
    }
    to
}

/// The `server.json` of a server that needs these secrets.
#[allow(dead_code, reason = "not every test's server needs some")]
pub(crate) fn server_json(name: &str, secrets: impl Iterator<Item = String>) -> Value {
    let variable = |name| json!({ "name": name, "description": "A key", "isSecret": true, "isRequired": true });
    json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-10-17/server.schema.json",
        "name": format!("local.tests/{name}"),
        "description": "Needs many keys",
        "version": "1.0.0",
        "packages": [{
            "registryType": "npm",
            "identifier": name,
            "version": "1.0.0",
            "transport": { "type": "stdio" },
            "environmentVariables": secrets.map(variable).collect::<Vec<_>>(),
        }],
    })
}
