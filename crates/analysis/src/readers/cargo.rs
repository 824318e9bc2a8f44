//! `Cargo.toml`: the programs of a Rust package, its version and the Rust that it wants.

use super::native::{Native, Said, is_program, likeliest_first};
use crate::doc::Doc;
use crate::files::Files;
use crate::text::line_of;
use toml::{Table, Value};

/// Libraries that servers are built with.
const SDKS: [&str; 6] = ["rmcp", "rust-mcp-sdk", "mcp-server", "mcp-core", "mcp-protocol-sdk", "tower-mcp"];

/// Reads the package of a folder; a workspace without a package of its own is none.
pub(super) fn read<'a>(doc: &'a Doc, files: &Files, folder: &str) -> Option<Native<'a>> {
    let table: Table = doc.text.parse().ok()?;
    let package = table.get("package")?.as_table()?;
    let inherited = table.get("workspace").and_then(|w| w.get("package")).and_then(Value::as_table);
    // The line of the package's own `version`, not of the first dependency's.
    let head = doc.text.find("[package]").unwrap_or_default();
    let line = |key: &str| {
        let before = doc.text[..head].matches('\n').count();
        line_of(&doc.text[head..], key).map_or(1, |l| l + u32::try_from(before).unwrap_or_default())
    };
    let said = |key: &str| {
        let own = package.get(key)?;
        let value = if own.get("workspace").is_some() { inherited?.get(key)? } else { own };
        value.as_str().map(|text| Said::new(text, line(&format!("\n{key}")) + 1))
    };
    let name = package.get("name")?.as_str().filter(|n| is_program(n))?;
    let mut out = Native::of(doc);
    let listed = table.get("bin").and_then(Value::as_array).into_iter().flatten();
    out.bins =
        listed.filter_map(|b| b.get("name")?.as_str()).filter(|n| is_program(n)).take(20).map(str::to_owned).collect();
    if out.bins.is_empty() && files.has(folder, "src/main.rs") {
        out.bins.push(name.to_owned());
    }
    let run = package.get("default-run").and_then(Value::as_str).unwrap_or(name);
    likeliest_first(&mut out.bins, run);
    if !out.bins.is_empty() {
        let words = format!("cargo install --git {{repository}} {name}");
        out.install = Some(Said::new(&words, line("\nname") + 1));
    }
    out.version = said("version").filter(|v| crate::recipe::is_version(&v.text));
    out.description = said("description");
    let version = said("rust-version").filter(|v| v.text.chars().all(|c| c.is_ascii_digit() || c == '.'));
    out.toolchain = version.map(|v| Said::new(&format!("Rust {}", v.text), v.line));
    let dependencies = table.get("dependencies").and_then(Value::as_table);
    let sdk = SDKS.iter().find(|sdk| dependencies.is_some_and(|d| d.contains_key(**sdk)));
    out.sdk = sdk.map(|sdk| Said::new(sdk, line_of(&doc.text, &format!("\n{sdk}")).map_or(1, |l| l + 1)));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::native::{Native, Said};
    use crate::doc::Doc;
    use crate::files::Files;

    #[test]
    fn a_package_says_its_programs_and_version() {
        let text = "[workspace.package]\nversion = \"3.1.0\"\n\n[package]\nname = \"knots\"\nversion.workspace = true\ndescription = \"Knots over MCP\"\nrust-version = \"1.85\"\n\n[[bin]]\nname = \"knots-admin\"\n\n[[bin]]\nname = \"knots-mcp\"\n\n[dependencies]\nserde = { version = \"1\" }\nrmcp = \"0.8\"\n";
        let mut files = Files::default();
        files.docs.insert("Cargo.toml".to_owned(), Doc::file("Cargo.toml", text.to_owned(), None));
        let native = Native::read(&files, "").expect("a package");
        assert_eq!(native.bins, ["knots-mcp", "knots-admin"]);
        assert_eq!(native.version, Some(Said::new("3.1.0", 6)));
        assert_eq!(native.toolchain, Some(Said::new("Rust 1.85", 8)));
        assert_eq!(native.description, Some(Said::new("Knots over MCP", 7)));
        assert_eq!(native.sdk, Some(Said::new("rmcp", 18)));
        let install = native.install(Some("https://github.com/ada/knots")).expect("installs");
        assert_eq!(install, Said::new("cargo install --git https://github.com/ada/knots knots", 5));
        assert_eq!(native.install(None), None);
    }

    #[test]
    fn a_workspace_or_a_library_is_no_program() {
        let mut files = Files::default();
        let mut read = |text: &str| {
            files.docs.insert("Cargo.toml".to_owned(), Doc::file("Cargo.toml", text.to_owned(), None));
            Native::read(&files, "").map(|n| (n.bins.len(), n.install.is_some()))
        };
        assert_eq!(read("[workspace]\nmembers = [\"a\"]\n"), None);
        assert_eq!(read("[package]\nname = \"x y\"\n"), None);
        assert_eq!(read("[package]\nname = \"lib\"\nversion = \"1.0.0\"\n"), Some((0, false)));
    }
}
