//! A folder on this computer, and what building from source means for a manifest wherever the source lies.

use crate::analyzer::Analyzer;
use crate::doc::Doc;
use crate::draft::Draft;
use crate::files::{Files, base};
use crate::project::{Project, Way, inner_servers};
use crate::{Error, scan, text};
use catwalk_domain::manifest::{Language, Package, RunHint};
use catwalk_domain::{Analysis, Confidence, EvidenceSource, Millis, Source, WarningKind};
use std::path::{Path, PathBuf};

/// Most files that are listed.
const MAX_FILES: usize = 20_000;
/// The names that licences have.
const LICENCES: [&str; 7] = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "LICENCE.md", "COPYING", "LICENSE-MIT"];
/// Largest file that is read.
const MAX_FILE: u64 = 512 << 10;

/// Finds the server in a folder.
pub(crate) async fn analyze(_: &Analyzer, path: &str, _: Millis) -> Result<Analysis, Error> {
    let root = expand(path);
    let shown = root.to_string_lossy().into_owned();
    let missing = |hint: &str| Error::NotFound {
        what: format!("The folder {shown}"),
        hint: hint.to_owned(),
        looked: vec![shown.clone()],
    };
    if !root.is_absolute() {
        return Err(missing("A folder must be given with its full path."));
    }
    let found = root.clone();
    let read = tokio::task::spawn_blocking(move || if found.is_dir() { Some(list(&found)) } else { None }).await;
    let mut files = match read {
        Ok(Some(files)) => files,
        _ if root.is_file() => {
            return Err(missing("This is a file. Choose the folder that holds the server's project."));
        }
        _ => return Err(missing("There is no such folder on this computer.")),
    };
    let wanted = files.wanted("");
    load(&root, wanted, &mut files).await;
    let mut folder = String::new();
    let own = Project::read(&files, "");
    if !own.is_server() {
        match inner_servers(&files, "").as_slice() {
            [only] => folder.clone_from(only),
            [] => {}
            several => {
                let choice = |f: &String| Project::read(&files, f).choice(root.join(f).to_string_lossy().into_owned());
                return Err(Error::Several { what: shown, choices: several.iter().map(choice).collect() });
            }
        }
    }
    let more: Vec<String> = scan::choose(&files, &folder).into_iter().filter(|p| !files.docs.contains_key(p)).collect();
    load(&root, more, &mut files).await;
    scan::ahead(&mut files).await;
    let project = Project::read(&files, &folder);
    let place = if folder.is_empty() { root.clone() } else { root.join(&folder) };
    let identifier = place.to_string_lossy().into_owned();
    let mut draft = Draft::default();
    let way = project.ways().into_iter().find_map(|w| match w {
        Way::Node { bin, sure } => Some((Language::Node, bin, sure)),
        Way::Python { script, sure } => Some((Language::Python, Some(script), sure)),
        _ => None,
    });
    let Some((language, bin, sure)) = way else {
        let seen = files.paths.iter().take(8).cloned().collect();
        let why = "Nothing in it says how to start an MCP server: neither a package.json with a program nor a pyproject.toml or setup.py with a script.";
        return Err(Error::NotAServer { what: format!("The folder {shown}"), why: why.to_owned(), seen });
    };
    let package = Package { registry_type: "folder".to_owned(), identifier: identifier.clone(), ..Package::default() };
    draft.fact("/packages/0/identifier", &EvidenceSource::Pasted, &identifier, Confidence::High);
    source(&mut draft, &files, &project, package, RunHint { bin, language: Some(language) }, sure);
    terms(&mut draft, &files, &project);
    draft.looked = files.looked(&folder);
    scan::support(&mut draft, &project.sources());
    crate::readers::support(&mut draft, &project);
    let name = place.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if draft.manifest.title.is_none() {
        draft.title(&name, &EvidenceSource::Pasted);
    }
    Ok(draft.finish(Source::Folder { path: shown }, &format!("local/{name}")))
}

/// The files that tell of the server in a folder.
pub(crate) async fn docs(path: &str) -> Vec<(String, Doc)> {
    let root = expand(path);
    let read = tokio::task::spawn_blocking(move || {
        let mut files = list(&root);
        for path in files.wanted("") {
            if let Some(text) = read_text(&root.join(&path)) {
                files.docs.insert(path.clone(), Doc::file(&path, text, None));
            }
        }
        files.telling("")
    });
    read.await.unwrap_or_default()
}

/// Reads some of the files.
async fn load(root: &Path, wanted: Vec<String>, files: &mut Files) {
    let base = root.to_path_buf();
    let texts = tokio::task::spawn_blocking(move || {
        wanted.into_iter().filter_map(|p| Some((p.clone(), read_text(&base.join(&p))?))).collect::<Vec<_>>()
    });
    for (path, text) in texts.await.unwrap_or_default() {
        files.docs.insert(path.clone(), Doc::file(&path, text, None));
    }
}

/// What a project says of itself when it is built from source.
pub(crate) fn source(
    draft: &mut Draft,
    files: &Files,
    project: &Project<'_>,
    package: Package,
    hint: RunHint,
    sure: bool,
) {
    let (file, version, description) = if hint.language == Some(Language::Node) {
        let node = project.node.as_ref();
        ("package.json", node.and_then(|n| n.text("version")), node.and_then(|n| n.text("description")))
    } else {
        let python = project.python.as_ref();
        let version = python.and_then(|p| p.version.clone());
        let file = project.python_doc.map(Doc::path).filter(|p| !p.is_empty()).unwrap_or("pyproject.toml");
        (base(file), version, python.and_then(|p| p.description.clone()))
    };
    let doc = files.doc(&project.folder, file);
    let at = |words: &str| doc.map_or(EvidenceSource::Pasted, |d| d.find(words));
    if let Some(version) = version.filter(|v| !v.is_empty()) {
        draft.fact("/version", &at("version"), &version, Confidence::High);
        draft.manifest.version = version;
    }
    draft.describe(&description.unwrap_or_default(), &at("description"), Confidence::High);
    let bin = hint.bin.clone().unwrap_or_default();
    let confidence = if sure { Confidence::High } else { Confidence::Low };
    draft.fact("/_meta/app.catwalk~1run/language", &at(""), file, Confidence::High);
    if !bin.is_empty() {
        draft.fact("/_meta/app.catwalk~1run/bin", &at(&bin), &bin, confidence);
    }
    if !sure {
        draft.warn(
            WarningKind::Guessed,
            match bin.as_str() {
                "" => "The project names no program; Catwalk starts its main file.".to_owned(),
                _ => format!("The project has several programs; Catwalk takes {}.", text::clean(&bin, 60)),
            },
        );
    }
    let scripts = project
        .node
        .as_ref()
        .filter(|_| hint.language == Some(Language::Node))
        .map(crate::npm::Document::install_scripts)
        .unwrap_or_default();
    if !scripts.is_empty() {
        draft.warn(WarningKind::InstallScript, format!("The project wants to run a script while it is installed ({}). Catwalk does not run it unless you allow it.", scripts.join(", ")));
    }
    let inputs = project.inputs(None, &package.identifier);
    draft.package(package, hint, inputs);
}

/// The terms that the project's own files name: its `package.json`, else the licence that lies beside it.
pub(crate) fn terms(draft: &mut Draft, files: &Files, project: &Project<'_>) {
    let stated = project.node.as_ref().and_then(|n| n.text("license"));
    if let (Some(stated), Some(doc)) = (stated, files.doc(&project.folder, "package.json")) {
        draft.licence(&stated, &doc.find("\"license\""));
    }
    let places = [project.folder.as_str(), ""];
    let kept = places.iter().flat_map(|place| LICENCES.iter().map(|name| crate::files::inside(place, name)));
    if let Some(path) = kept.into_iter().find(|path| files.paths.contains(path)) {
        let source = EvidenceSource::File { path: path.clone(), line: None, url: None };
        draft.licence(&format!("its file {}", base(&path)), &source);
    }
}

/// A leading `~` is the user's home.
fn expand(path: &str) -> PathBuf {
    let rest = path.strip_prefix("~/").or_else(|| path.strip_prefix("~\\")).or_else(|| (path == "~").then_some(""));
    match (rest, std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// Paths below a folder; links are not followed, hidden and installed folders not entered.
fn list(root: &Path) -> Files {
    let mut files = Files::default();
    let mut open = vec![(root.to_path_buf(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = crate::files::inside(&prefix, &name);
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < 5 && !name.starts_with('.') && name != "node_modules" => {
                    open.push((entry.path(), path, depth + 1));
                }
                Ok(kind) if kind.is_file() => {
                    files.paths.insert(path);
                }
                _ => {}
            }
            if files.paths.len() >= MAX_FILES {
                return files;
            }
        }
    }
    files
}

fn read_text(path: &Path) -> Option<String> {
    let meta = std::fs::symlink_metadata(path).ok().filter(|m| m.is_file() && m.len() <= MAX_FILE)?;
    let bytes = std::fs::read(path).ok()?;
    (bytes.len() as u64 <= meta.len().max(1) * 2).then(|| String::from_utf8_lossy(&bytes).into_owned())
}
