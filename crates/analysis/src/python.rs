//! The fields of a `pyproject.toml` or `setup.cfg`.

use crate::doc::Doc;
use crate::signs::{in_words, is_sdk};
use toml::{Table, Value};

/// A Python project.
#[derive(Clone, Debug, Default)]
pub(crate) struct Python {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) description: Option<String>,
    /// Names of its console scripts.
    pub(crate) scripts: Vec<String>,
    /// The modules that its scripts start.
    pub(crate) modules: Vec<String>,
    dependencies: Vec<String>,
}

/// Reads `pyproject.toml` in the standard and in Poetry's form.
pub(crate) fn pyproject(doc: &Doc) -> Option<Python> {
    let table: Table = doc.text.parse().ok()?;
    let project = table.get("project").and_then(Value::as_table);
    let poetry = table.get("tool").and_then(|t| t.get("poetry")).and_then(Value::as_table);
    let both = [project, poetry];
    let text = |key: &str| both.iter().flatten().find_map(|t| t.get(key)?.as_str()).map(str::to_owned);
    let keys = |key: &str| {
        both.iter().flatten().filter_map(|t| t.get(key)?.as_table()).flat_map(|t| t.keys().cloned()).collect::<Vec<_>>()
    };
    let listed = project.and_then(|p| p.get("dependencies")).and_then(Value::as_array).into_iter().flatten();
    let mut dependencies: Vec<String> = listed.filter_map(Value::as_str).map(str::to_owned).collect();
    dependencies.extend(
        poetry
            .and_then(|p| p.get("dependencies"))
            .and_then(Value::as_table)
            .into_iter()
            .flat_map(|t| t.keys().cloned()),
    );
    let scripts = both.iter().flatten().filter_map(|t| t.get("scripts")?.as_table());
    let targets = scripts.flat_map(|t| t.values()).filter_map(|v| v.as_str().or_else(|| v.get("callable")?.as_str()));
    let modules = targets.filter_map(|t| t.split(':').next()).map(|m| m.trim().to_owned()).collect();
    let name = text("name")?;
    Some(Python {
        name,
        version: text("version"),
        description: text("description"),
        scripts: keys("scripts"),
        modules,
        dependencies,
    })
}

/// Reads name, version and console scripts of a `setup.cfg`.
pub(crate) fn setup_cfg(doc: &Doc) -> Option<Python> {
    let mut python = Python::default();
    let (mut section, mut key) = ("", String::new());
    for line in doc.text.lines() {
        let trimmed = line.trim();
        if let Some(name) = trimmed.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section = name;
        } else if line.starts_with([' ', '\t']) {
            match (section, key.as_str()) {
                ("options.entry_points", "console_scripts") => {
                    if let Some((name, target)) = trimmed.split_once('=') {
                        python.scripts.push(name.trim().to_owned());
                        python.modules.extend(target.split(':').next().map(|m| m.trim().to_owned()));
                    }
                }
                ("options", "install_requires") => python.dependencies.push(trimmed.to_owned()),
                _ => {}
            }
        } else if let Some((name, value)) = trimmed.split_once('=') {
            name.trim().clone_into(&mut key);
            match (section, key.as_str()) {
                ("metadata", "name") => value.trim().clone_into(&mut python.name),
                ("metadata", "version") => python.version = Some(value.trim().to_owned()).filter(|v| !v.contains(':')),
                ("metadata", "description") => python.description = Some(value.trim().to_owned()),
                _ => {}
            }
        }
    }
    (!python.name.is_empty()).then_some(python)
}

impl Python {
    /// Whether name, description or dependencies speak of MCP.
    pub(crate) fn has_sign(&self) -> bool {
        in_words(&self.name)
            || self.description.as_deref().is_some_and(in_words)
            || self.dependencies.iter().any(|d| is_sdk(d))
    }

    /// The console script to start, and whether that is sure.
    pub(crate) fn script(&self) -> Option<(String, bool)> {
        let same =
            self.scripts.iter().find(|s| crate::source::name::normal(s) == crate::source::name::normal(&self.name));
        match (same, self.scripts.as_slice()) {
            (Some(script), _) | (None, [script]) => Some((script.clone(), true)),
            (None, scripts) => {
                let likely = scripts
                    .iter()
                    .find(|s| s.contains("mcp"))
                    .or_else(|| scripts.iter().find(|s| s.contains("server")));
                likely.or(scripts.first()).map(|s| (s.clone(), false))
            }
        }
    }
}
