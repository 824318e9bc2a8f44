//! What the fuzz targets feed, and the tests of hostile input: each function takes any bytes, and panics when a promise is
//! broken.

use crate::doc::Doc;
use crate::draft::Draft;
use crate::files::Files;
use crate::project::Project;
use crate::{scan, source, text};
use catwalk_domain::manifest::{Language, Package, RunHint};
use catwalk_domain::{Analysis, Claim, Evidence, Form, Source};

/// A project's file that each reader is fed, by the first byte.
const READ: [&str; 18] = [
    "README.md",
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    "server.json",
    "smithery.yaml",
    ".env.example",
    "src/index.ts",
    "src/server/config.py",
    "main.go",
    "src/main.rs",
    "README.rst",
    "src/cli.mjs",
    "setup.py",
    "compose.yaml",
    "Cargo.toml",
    "go.mod",
    "requirements.txt",
];

/// A text that somebody pastes.
///
/// # Panics
/// When a source holds what no source may hold, or an answer is not fit to be shown.
pub fn paste(data: &[u8]) {
    let pasted = String::from_utf8_lossy(data);
    match source::parse(&pasted) {
        Ok(found) => {
            let shown = found.to_string();
            assert!(!shown.chars().any(|c| c.is_control() || text::is_hidden(c)), "{shown:?}");
            if let Source::Npm(package) | Source::Pypi(package) = &found {
                let name = &package.name;
                assert!(!name.is_empty() && !name.starts_with(['-', '.', '/']) && !name.contains(".."), "{name:?}");
                assert!(package.version.iter().all(|v| !v.starts_with('-') && !v.contains(['/', '\\', ' '])));
            }
            if let Source::Github(place) = &found {
                assert!(
                    !place.owner.starts_with(['-', '.']) && !place.repo.is_empty() && place.repo != "..",
                    "{place:?}"
                );
            }
        }
        Err(problem) => {
            let problem = problem.problem();
            for words in [&problem.title, &problem.explanation] {
                assert!(!words.chars().any(text::is_hidden) && words.len() < 4000, "{words:?}");
            }
        }
    }
}

/// A source file: the first byte chooses its language.
///
/// # Panics
/// When a fact is none.
pub fn code(data: &[u8]) {
    let [first, rest @ ..] = data else { return };
    let path = ["a.ts", "a.py", "a.go", "a.rs", "a.cjs"][usize::from(*first) % 5];
    let text = String::from_utf8_lossy(rest);
    let facts = scan::scan(path, &text);
    let lines = u32::try_from(text.matches('\n').count() + 1).expect("it fits");
    for read in &facts.reads {
        assert!(crate::infer::is_env_name(&read.name) && (1..=lines).contains(&read.line), "{read:?}");
        assert!(!(read.must && read.default.is_some()), "{read:?}");
    }
    assert!(facts.tools.iter().all(|t| !t.name.is_empty() && (1..=lines).contains(&t.line)));
    assert!(facts.flags.iter().all(|f| !f.name.is_empty() && (1..=lines).contains(&f.line)));
}

/// A file of a project: the first byte chooses which, the rest is what stands in it.
///
/// # Panics
/// When the analysis breaks what holds of every analysis.
pub fn file(data: &[u8]) {
    let [first, rest @ ..] = data else { return };
    let path = READ[usize::from(*first) % READ.len()];
    let node = r#"{"name": "x-mcp", "version": "1.0.0", "bin": {"x-mcp": "dist/index.js"}, "keywords": ["mcp"]}"#;
    let mut files = vec![("package.json", node.as_bytes())];
    files.retain(|(name, _)| *name != path);
    files.push((path, rest));
    project(&files);
}

/// A whole project, given as its files.
///
/// # Panics
/// When the analysis breaks what holds of every analysis.
pub fn project(given: &[(&str, &[u8])]) -> Analysis {
    let mut files = Files::default();
    for (path, bytes) in given {
        let text = String::from_utf8_lossy(bytes).into_owned();
        files.paths.insert((*path).to_owned());
        files.docs.insert((*path).to_owned(), Doc::file(path, text, None));
    }
    let folder = crate::project::inner_servers(&files, "").first().cloned().unwrap_or_default();
    let project = Project::read(&files, &folder);
    let _ = (project.is_server(), project.ways(), project.images(), project.readme_launches("x-mcp"));
    let mut draft = Draft::default();
    let hint = RunHint { bin: None, language: Some(Language::Node) };
    let package = Package { registry_type: "npm".to_owned(), identifier: "x-mcp".to_owned(), ..Package::default() };
    crate::folder::source(&mut draft, &files, &project, package, hint, true);
    scan::support(&mut draft, &project.sources());
    crate::readers::support(&mut draft, &project);
    let analysis = draft.finish(Source::Folder { path: "/x".to_owned() }, "npm/x-mcp");
    holds(&analysis);
    analysis
}

/// What holds of every analysis.
///
/// # Panics
/// When it does not.
pub fn holds(analysis: &Analysis) {
    let json = analysis.manifest.to_json();
    assert!(json.to_string().len() < 256 << 10, "a manifest of {} bytes", json.to_string().len());
    for Evidence { pointer, excerpt, .. } in &analysis.evidence {
        assert!(json.pointer(pointer).is_some(), "{pointer} is not in {json:#}");
        fit(excerpt, 200);
    }
    for gap in &analysis.gaps {
        gap.places.iter().chain([&gap.sought, &gap.advice]).for_each(|t| fit(t, 400));
    }
    for dispute in &analysis.disputes {
        assert!(json.pointer(&dispute.pointer).is_some() && (dispute.taken as usize) < dispute.sides.len());
        for side in &dispute.sides {
            if let Claim::Default { value } = &side.says {
                fit(value, 200);
            }
        }
    }
    analysis.warnings.iter().for_each(|w| fit(&w.text, 2000));
    analysis.manifest.title.iter().for_each(|t| fit(t, 100));
    fit(&analysis.manifest.description, 100);
    for field in Form::of(&analysis.manifest).fields {
        fit(&field.label, 300);
        field.help.iter().for_each(|h| fit(h, 600));
        assert!(!crate::infer::is_dangerous_env(&field.name), "{}", field.name);
    }
}

fn fit(words: &str, most: usize) {
    assert!(words.chars().count() <= most, "{} characters: {words:?}", words.chars().count());
    assert!(!words.chars().any(|c| c.is_control() || text::is_hidden(c)), "{words:?}");
}

/// The bytes of a published archive: a tarball, then a wheel's end.
pub fn archive(data: &[u8]) {
    crate::npm::read_archive(data);
    crate::pypi::read_archive(data);
}
