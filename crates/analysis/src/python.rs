//! The fields of a `pyproject.toml`, `setup.cfg` or `setup.py`, and the libraries that a `requirements.txt` names.

use crate::doc::Doc;
use crate::files::Files;
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
    /// The Python that it wants: `>=3.10`.
    pub(crate) requires: Option<String>,
    dependencies: Vec<String>,
}

/// The names of files that make a folder a Python project, the strongest first.
pub(crate) const FILES: [&str; 3] = ["pyproject.toml", "setup.cfg", "setup.py"];

/// The project of a folder and the file that says most of it. What the stronger file leaves open the weaker one fills.
pub(crate) fn project<'a>(files: &'a Files, folder: &str) -> Option<(Python, &'a Doc)> {
    let read: [fn(&Doc) -> Option<Python>; 3] = [pyproject, setup_cfg, setup_py];
    let each = FILES.iter().zip(read).filter_map(|(name, read)| {
        let doc = files.doc(folder, name)?;
        Some((read(doc)?, doc))
    });
    let (mut python, doc) = each.reduce(|(strong, doc), (weak, _)| (strong.or(weak), doc))?;
    if let Some(doc) = files.doc(folder, "requirements.txt") {
        python.dependencies.extend(requirements(doc).map(|(_, name)| name.to_owned()));
    }
    Some((python, doc))
}

/// The packages that a `requirements.txt` names, each with its line. Options and other files it names are not followed.
pub(crate) fn requirements(doc: &Doc) -> impl Iterator<Item = (u32, &str)> {
    let lines = (1..).zip(doc.text.lines().map(|l| l.split(" #").next().unwrap_or_default().trim()));
    lines.filter(|(_, l)| l.starts_with(|c: char| c.is_ascii_alphanumeric())).take(200)
}

/// Reads `pyproject.toml` in the standard and in Poetry's form.
fn pyproject(doc: &Doc) -> Option<Python> {
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
        requires: text("requires-python"),
        dependencies,
    })
}

/// Reads what a `setup.py` says in so many words.
fn setup_py(doc: &Doc) -> Option<Python> {
    let setup = crate::scan::setup(&doc.text)?;
    let scripts = setup.scripts.iter().filter_map(|s| s.split_once('=')).map(|(name, at)| (name.trim(), at.trim()));
    let scripts = scripts.filter(|(name, _)| is_program(name));
    let (names, modules): (Vec<_>, Vec<_>) =
        scripts.map(|(name, at)| (name.to_owned(), at.split(':').next().unwrap_or(at).trim().to_owned())).unzip();
    Some(Python {
        name: setup.name?,
        version: setup.version,
        description: setup.description,
        scripts: names,
        modules,
        requires: setup.python,
        dependencies: setup.requirements,
    })
}

fn is_program(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['-', '.'])
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// Reads name, version and console scripts of a `setup.cfg`.
fn setup_cfg(doc: &Doc) -> Option<Python> {
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
                ("options", "python_requires") => python.requires = Some(value.trim().to_owned()),
                _ => {}
            }
        }
    }
    (!python.name.is_empty()).then_some(python)
}

impl Python {
    /// Fills what is still open from a weaker file of the same project.
    fn or(mut self, weaker: Self) -> Self {
        self.version = self.version.or(weaker.version);
        self.description = self.description.or(weaker.description);
        self.requires = self.requires.or(weaker.requires);
        if self.scripts.is_empty() {
            (self.scripts, self.modules) = (weaker.scripts, weaker.modules);
        }
        self.dependencies.extend(weaker.dependencies);
        self
    }

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
