//! What a server's own source tells: the environment it reads, the tools it registers, how it talks, the words of its
//! command line. Parsed, never run. What is published about a server outranks it.

mod choose;
mod facts;
mod go;
mod noise;
mod python;
mod python_calls;
mod rust;
mod schema;
mod script;
mod script_calls;
mod settings;
mod setup_py;
mod support;
mod syntax;
#[cfg(test)]
mod tests;

pub(crate) use choose::choose;
pub(crate) use facts::{Facts, Flag, Read};
pub(crate) use noise::is_developers;
pub(crate) use setup_py::setup;
pub(crate) use support::support;

use crate::doc::Doc;
use crate::files::Files;
#[cfg(test)]
pub(crate) use syntax::MAX_BYTES;
use syntax::{Syntax, Tongue};

/// Reads one source file. What cannot be parsed tells nothing.
pub(crate) fn scan(path: &str, text: &str) -> Facts {
    let mut out = Facts::default();
    let Some(tongue) = Tongue::of(path) else { return out };
    let Some(syntax) = Syntax::parse(tongue, text) else { return out };
    match tongue {
        Tongue::Script => {
            script::read(&syntax, &mut out);
            script_calls::read(&syntax, &mut out);
        }
        Tongue::Python => {
            python::read(&syntax, &mut out);
            python_calls::read(&syntax, &mut out);
        }
        Tongue::Go => go::read(&syntax, &mut out),
        Tongue::Rust => rust::read(&syntax, &mut out),
    }
    out
}

/// Whether a file is source that is scanned.
pub(crate) fn is_source(path: &str) -> bool {
    Tongue::of(path).is_some()
}

/// The source files of a project that are at hand.
pub(crate) fn read<'a>(files: &'a Files, folder: &str) -> Vec<&'a Doc> {
    choose(files, folder).iter().filter_map(|path| files.docs.get(path)).collect()
}

/// Reads the source files among the documents on a thread that may be busy for a while.
pub(crate) async fn ahead(files: &mut Files) {
    let paths: Vec<String> = files.docs.keys().filter(|p| Tongue::of(p).is_some()).cloned().collect();
    let docs: Vec<(String, Doc)> = paths.into_iter().filter_map(|p| files.docs.remove(&p).map(|d| (p, d))).collect();
    let work = move || {
        for (_, doc) in &docs {
            doc.facts();
        }
        docs
    };
    if let Ok(docs) = tokio::task::spawn_blocking(work).await {
        files.docs.extend(docs);
    }
}
