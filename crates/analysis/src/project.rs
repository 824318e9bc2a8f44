//! What a folder of source says about itself, and the ways it could be run, best first. Pure: files in, options out.

use crate::doc::Doc;
use crate::files::ENV_EXAMPLES;
use crate::files::{Files, parent};
use crate::inputs::{
    Adds, Bundle, Found, Inputs, ServerJson, Target, bundle, configured, credentials, dotenv, extension, from_code,
    inputs_of, learn, mentions, server_json, smithery, untagged,
};
use crate::npm::Document;
use crate::python::Python;
use crate::readers::{COMPOSE, Compose, Native};
use crate::recipe::Runner;
use crate::signs::in_readme;
use catwalk_domain::manifest::{KeyValue, Package, Transport, TransportKind};
use catwalk_domain::{PackageRef, SourceChoice};
use std::sync::OnceLock;

/// A folder of source.
#[derive(Default)]
pub(crate) struct Project<'a> {
    pub(crate) folder: String,
    /// Owner and name of the repository, where it is one.
    pub(crate) identity: Vec<String>,
    pub(crate) node: Option<Document>,
    pub(crate) python: Option<Python>,
    /// The file that says most of `python`.
    pub(crate) python_doc: Option<&'a Doc>,
    /// What a program of Go or Rust says of itself.
    pub(crate) native: Option<Native<'a>>,
    pub(crate) requirements: Option<&'a Doc>,
    pub(crate) server: Option<(ServerJson, &'a Doc)>,
    pub(crate) readme: Option<&'a Doc>,
    /// The root's `server.json`, for a folder that has none.
    pub(crate) root: Option<(ServerJson, &'a Doc)>,
    /// What is written about installing and configuring it beside the README.
    pub(crate) notes: Vec<&'a Doc>,
    pub(crate) bundle: Option<(Bundle, &'a Doc)>,
    /// Settings files of apps that start it.
    pub(crate) settings: Vec<&'a Doc>,
    compose: Option<&'a Doc>,
    /// Read once: it is asked several times.
    composed: OnceLock<Option<Compose<'a>>>,
    manifest: Option<&'a Doc>,
    smithery: Option<&'a Doc>,
    extension: Option<&'a Doc>,
    example: Option<&'a Doc>,
    files: Option<&'a Files>,
}

/// Who says that a registry package is this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamedBy {
    /// `server.json`.
    ServerJson,
    /// `package.json` or `pyproject.toml` of the folder.
    Manifest,
    /// A launch in the README.
    Readme,
}

/// A registry that a package may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registry {
    Npm,
    Pypi,
    Oci,
}

/// A way to run it.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// A published package.
    Published { registry: Registry, package: PackageRef, by: NamedBy },
    /// A container image.
    Image { image: String, by: NamedBy },
    /// Built here with Node.
    Node { bin: Option<String>, sure: bool },
    /// Built here with Python.
    Python { script: String, sure: bool },
    /// Hosted.
    Hosted { remote: Transport, by: NamedBy },
}

impl<'a> Project<'a> {
    /// Reads the files of a folder.
    pub(crate) fn read(files: &'a Files, folder: &str) -> Self {
        let json = |doc: &Doc| serde_json::from_str(&doc.text).ok().filter(serde_json::Value::is_object).map(Document);
        let (python, python_doc) = crate::python::project(files, folder).unzip();
        let readmes = ["README.md", "README.rst", "README", "README.markdown"];
        Self {
            folder: folder.to_owned(),
            identity: Vec::new(),
            node: files.doc(folder, "package.json").and_then(json),
            python,
            python_doc,
            native: Native::read(files, folder),
            requirements: files.doc(folder, "requirements.txt"),
            compose: files.first(folder, &COMPOSE),
            composed: OnceLock::new(),
            server: files.doc(folder, "server.json").and_then(|doc| Some((server_json(doc)?, doc))),
            root: files.doc("", "server.json").filter(|_| !folder.is_empty()).and_then(|d| Some((server_json(d)?, d))),
            notes: files.notes(folder).filter_map(|p| files.docs.get(p)).collect(),
            readme: files.first(folder, &readmes).or_else(|| files.first("", &readmes)),
            manifest: files.first(folder, &["package.json", "pyproject.toml", "setup.cfg", "setup.py"]),
            bundle: files.bundle(folder).and_then(|doc| Some((bundle(doc)?, doc))),
            settings: ["gemini-extension.json", ".mcp.json", "mcp.json"]
                .iter()
                .filter_map(|n| files.doc(folder, n))
                .collect(),
            smithery: files.first(folder, &["smithery.yaml", "smithery.yml"]),
            extension: files.doc(folder, "gemini-extension.json"),
            example: files.first(folder, &ENV_EXAMPLES),
            files: Some(files),
        }
    }

    /// Whether its own manifests make it a server: something to start and a sign of MCP.
    pub(crate) fn is_server(&self) -> bool {
        self.server.is_some() || self.has_node() || self.has_python()
    }

    fn speaks(&self) -> bool {
        self.smithery.is_some() || self.readme.is_some_and(|r| in_readme(&r.text))
    }

    pub(crate) fn has_node(&self) -> bool {
        self.node.as_ref().is_some_and(|n| !n.bins().is_empty() && (n.has_sign() || self.speaks()))
    }

    pub(crate) fn has_python(&self) -> bool {
        self.python.as_ref().is_some_and(|p| !p.scripts.is_empty() && (p.has_sign() || self.speaks()))
    }

    /// Names under which registries may have it.
    pub(crate) fn names(&self) -> Vec<String> {
        self.node.iter().map(Document::name).chain(self.python.iter().map(|p| p.name.clone())).collect()
    }

    /// The server of this folder as one of several to choose from; `text` leads to it.
    pub(crate) fn choice(&self, text: String) -> SourceChoice {
        let server = self.server.as_ref().map(|(s, _)| &s.manifest);
        let name = self.names().into_iter().find(|n| !n.is_empty()).or_else(|| server.map(|s| s.name.clone()));
        let about = self.node.as_ref().and_then(|n| n.text("description"));
        let about = about.or_else(|| self.python.as_ref()?.description.clone());
        let about = about.or_else(|| server.map(|s| s.description.clone())).filter(|d| !d.is_empty());
        let place = [Some(self.folder.clone()).filter(|f| !f.is_empty()), about];
        let detail = place.into_iter().flatten().collect::<Vec<_>>().join(": ");
        SourceChoice {
            title: crate::text::clean(&name.unwrap_or_else(|| self.folder.clone()), 100),
            detail: Some(crate::text::clean(&detail, 160)).filter(|d| !d.is_empty()),
            text,
        }
    }

    /// The package of its `server.json` that is this one.
    pub(crate) fn stated_package(&self, package: &Package) -> Option<(&'a Doc, &Package)> {
        let Package { registry_type: kind, identifier: name, .. } = package;
        let same = |p: &&Package| {
            p.registry_type == *kind
                && (p.identifier == *name || kind == "oci" && untagged(&p.identifier) == untagged(name))
        };
        let (server, doc) = self.server.as_ref()?;
        Some((*doc, server.manifest.packages.iter().find(same)?))
    }

    /// What a launch of this package would start.
    pub(crate) fn target_of(&self, package: &Package) -> Target {
        let registry = match package.registry_type.as_str() {
            "npm" => Some(Registry::Npm),
            "pypi" => Some(Registry::Pypi),
            "oci" => Some(Registry::Oci),
            _ => None,
        };
        self.target(registry, &package.identifier)
    }

    /// The service of its compose file that is this server.
    pub(crate) fn compose(&self) -> Option<&Compose<'a>> {
        let of_ours = |image: &str| !self.identity.is_empty() && self.is_own(image);
        self.composed.get_or_init(|| self.compose.and_then(|doc| Compose::read(doc, of_ours))).as_ref()
    }

    /// How a package talks: as `server.json` says; else, where nobody shows how its container is started, as the compose file
    /// does; else over stdio.
    pub(crate) fn transport(&self, kind: &str, name: &str) -> Transport {
        let like = Package { registry_type: kind.to_owned(), identifier: name.to_owned(), ..Package::default() };
        let stated = self.stated_package(&like).map(|(_, p)| p.transport.clone());
        let composed = || {
            let shown = self.images().iter().any(|image| untagged(image) == untagged(name));
            let stdio = |d: &&Doc| d.facts().transports.iter().any(|(kind, _)| *kind == TransportKind::Stdio);
            let silent = kind == "oci" && !shown && !self.sources().iter().any(stdio);
            self.compose().filter(|_| silent)?.transport()
        };
        stated.or_else(composed).unwrap_or_default()
    }

    /// The manifest file of its package.
    pub(crate) fn manifest_doc(&self) -> Option<&'a Doc> {
        self.manifest
    }

    /// Images that the README starts.
    pub(crate) fn images(&self) -> Vec<String> {
        let recipes = self.readme.map(Doc::recipes).unwrap_or_default();
        let image = |r: &Runner| if let Runner::Docker { image } = r { Some(image.clone()) } else { None };
        recipes.iter().filter_map(|p| image(&p.recipe.runner)).collect()
    }

    /// Its source files that were read, the likeliest first.
    pub(crate) fn sources(&self) -> Vec<&'a Doc> {
        self.files.map(|files| crate::scan::read(files, &self.folder)).unwrap_or_default()
    }

    /// What the server must be given, from everything the folder says, for the chosen way.
    pub(crate) fn inputs(&self, registry: Option<Registry>, name: &str) -> Inputs {
        let target = self.target(registry, name);
        let mut out = Inputs::default();
        if let Some((server, doc)) = &self.server {
            let same = |p: &&Package| match registry {
                Some(Registry::Oci) => p.registry_type == "oci" && untagged(&p.identifier) == untagged(name),
                _ => p.identifier == name,
            };
            let mut packages: Vec<_> = server.manifest.packages.iter().collect();
            packages.sort_by_key(|p| !same(p));
            for package in packages {
                let mut found = inputs_of(doc, package);
                if !same(&package) {
                    // Another form of the same server: its arguments are its own.
                    (found.args, found.runtime, found.dropped) = Default::default();
                    found.env.retain(|f| f.item.input.value.is_none());
                }
                out = out.or(found);
            }
        }
        if let Some((bundle, _)) = &self.bundle {
            let mut inputs = bundle.inputs.clone();
            if bundle.recipe.is_none() {
                inputs.args.clear();
            }
            out = out.or(inputs);
        }
        out = self.smithery.map_or(out.clone(), |doc| out.or(smithery(doc)));
        out = self.extension.map_or(out.clone(), |doc| out.or(extension(doc)));
        if let Some(doc) = self.readme {
            out = learn(doc, &target, out);
        }
        for doc in &self.notes {
            // The notes are about many things: what they add is taken only where the README is silent.
            if out.env.is_empty() && out.args.is_empty() && out.runtime.is_empty() {
                out = learn(doc, &target, out);
            }
        }
        let about: Vec<String> =
            self.identity.iter().chain(&self.names()).flat_map(|n| crate::text::words(n)).collect();
        if let Some(doc) = self.readme {
            let mentioned = credentials(doc, &about, &out);
            out = out.with(mentioned, Adds::Used);
            let called = mentions(doc, &about, &out);
            out = out.with(called, Adds::Used);
        }
        for doc in &self.settings {
            out = out.or(configured(doc, &target));
        }
        let shown = self.readme.is_some_and(|r| r.recipes().iter().any(|p| target.knows(&p.recipe.runner).is_some()));
        if let Some(doc) = self.example {
            // Such a file also has what only developers need, so it counts where everything else is silent.
            let mut told = dotenv(doc);
            let named = |name: &str| self.readme.is_some_and(|r| r.text.contains(name));
            let silent = out.env.len() <= 1 && !told.env.iter().any(|f| named(&f.item.name));
            if !silent {
                let known = |name: &str| out.env.iter().any(|f| f.item.name == name);
                told.env.retain(|f| known(&f.item.name) || named(&f.item.name));
            }
            let own = |f: &Found<KeyValue>| {
                about.contains(&crate::text::words(&f.item.name).first().cloned().unwrap_or_default())
            };
            if silent && shown && out.env.is_empty() && !told.env.iter().any(own) {
                // A README that starts it without any, and never speaks of these: they are its developers'.
                told.env.clear();
            }
            let adds = if silent && !out.env.is_empty() { Adds::Family } else { Adds::Gap };
            out = out.with(told, adds);
        }
        if let Some(compose) = self.compose() {
            out = out.with(compose.inputs(), Adds::Gap);
        }
        from_code(out, &self.sources(), shown).checked()
    }

    fn target(&self, registry: Option<Registry>, name: &str) -> Target {
        let mut bins = self.node.as_ref().map(Document::bins).unwrap_or_default();
        bins.extend(self.python.iter().flat_map(|p| p.scripts.clone()));
        bins.extend(self.native.iter().flat_map(|n| n.bins.clone()));
        bins.push(name.rsplit('/').next().unwrap_or(name).split(':').next().unwrap_or(name).to_owned());
        let kin = self.ways().into_iter().filter_map(|w| match w {
            Way::Published { package, .. } => Some(package.name),
            _ => None,
        });
        let target = Target { bins, kin: kin.collect(), ..Target::default() };
        let name = Some(name.to_owned());
        match registry {
            Some(Registry::Npm) => Target { npm: name, ..target },
            Some(Registry::Pypi) => Target { pypi: name, ..target },
            Some(Registry::Oci) => Target { image: name, ..target },
            None => {
                let npm = self.node.as_ref().map(Document::name);
                let pypi = self.python.as_ref().map(|p| p.name.clone());
                Target { npm, pypi, ..target }
            }
        }
    }
}

/// Folders below that hold servers of their own.
pub(crate) fn inner_servers(files: &Files, folder: &str) -> Vec<String> {
    let mut folders: Vec<String> = files.inner_manifests(folder).iter().map(|p| parent(p).to_owned()).collect();
    folders.sort();
    folders.dedup();
    let is_server = |f: &String| {
        // The root's README speaks for the root, not for each of its folders.
        let mut project = Project::read(files, f);
        project.readme = None;
        project.is_server()
    };
    folders.into_iter().filter(is_server).collect()
}
