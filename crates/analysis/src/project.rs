//! What a folder of source says about itself, and the ways it could be run, best first. Pure: files in, options out.

use crate::doc::Doc;
use crate::files::{Files, parent};
use crate::inputs::{Inputs, ServerJson, Target, dotenv, inputs_of, learn, server_json, smithery};
use crate::npm::Document;
use crate::python::{Python, pyproject, setup_cfg};
use crate::recipe::Runner;
use crate::signs::in_readme;
use catwalk_domain::manifest::Transport;
use catwalk_domain::{PackageRef, SourceChoice};

/// A folder of source.
#[derive(Default)]
pub(crate) struct Project<'a> {
    pub(crate) folder: String,
    pub(crate) node: Option<Document>,
    pub(crate) python: Option<Python>,
    pub(crate) server: Option<(ServerJson, &'a Doc)>,
    pub(crate) readme: Option<&'a Doc>,
    smithery: Option<&'a Doc>,
    example: Option<&'a Doc>,
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
}

/// A way to run it.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// A published package.
    Published { registry: Registry, package: PackageRef, by: NamedBy },
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
        let readmes = ["README.md", "README.rst", "README", "README.markdown"];
        Self {
            folder: folder.to_owned(),
            node: files.doc(folder, "package.json").and_then(json),
            python: files
                .doc(folder, "pyproject.toml")
                .and_then(pyproject)
                .or_else(|| files.doc(folder, "setup.cfg").and_then(setup_cfg)),
            server: files.doc(folder, "server.json").and_then(|doc| Some((server_json(doc)?, doc))),
            readme: files.first(folder, &readmes).or_else(|| files.first("", &readmes)),
            smithery: files.first(folder, &["smithery.yaml", "smithery.yml"]),
            example: files.first(folder, &[".env.example", ".env.sample", ".env.template", "example.env"]),
        }
    }

    /// Whether its own manifests make it a server: something to start and a sign of MCP.
    pub(crate) fn is_server(&self) -> bool {
        self.server.is_some() || self.has_node() || self.has_python()
    }

    fn speaks(&self) -> bool {
        self.smithery.is_some() || self.readme.is_some_and(|r| in_readme(&r.text))
    }

    fn has_node(&self) -> bool {
        self.node.as_ref().is_some_and(|n| !n.bins().is_empty() && (n.has_sign() || self.speaks()))
    }

    fn has_python(&self) -> bool {
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

    /// Ways to run it, best first; `published` also from the README.
    pub(crate) fn ways(&self) -> Vec<Way> {
        let mut out = Vec::new();
        self.read_server_json(&mut out);
        let named = |name: &str| PackageRef { name: name.to_owned(), ..PackageRef::default() };
        if let Some(node) =
            self.node.as_ref().filter(|n| self.has_node() && !n.is_private() && crate::npm::is_name(&n.name()))
        {
            out.push(Way::Published { registry: Registry::Npm, package: named(&node.name()), by: NamedBy::Manifest });
        }
        if let Some(python) = self.python.as_ref().filter(|_| self.has_python()) {
            out.push(Way::Published { registry: Registry::Pypi, package: named(&python.name), by: NamedBy::Manifest });
        }
        self.read_readme(&mut out);
        if let Some(node) = self.node.as_ref().filter(|_| self.has_node()) {
            let bins = node.bins();
            let name = node.name();
            let short = name.rsplit('/').next().unwrap_or(&name);
            let same = bins.iter().find(|b| *b == short);
            let likely = same.or_else(|| bins.iter().find(|b| b.contains("mcp"))).or(bins.first()).cloned();
            out.push(Way::Node { bin: likely, sure: bins.len() == 1 || same.is_some() });
        }
        if let Some((script, sure)) = self.python.as_ref().filter(|_| self.has_python()).and_then(Python::script) {
            out.push(Way::Python { script, sure });
        }
        // A server without an entry of its own, started by its main file.
        let main = |n: &&Document| {
            n.has_sign() && n.bins().is_empty() && (n.text("main").is_some() || n.0.pointer("/scripts/start").is_some())
        };
        if self.node.as_ref().is_some_and(|n| main(&n))
            && self.node.as_ref().is_some_and(|n| n.0.get("workspaces").is_none())
        {
            out.push(Way::Node { bin: None, sure: false });
        }
        // What runs here was asked for first; a project without a program of its own is mostly the host's side.
        out.sort_by_key(|w| match w {
            Way::Hosted { .. } => 1,
            Way::Node { bin: None, .. } => 2,
            _ => 0,
        });
        out
    }

    fn read_server_json(&self, out: &mut Vec<Way>) {
        let Some((server, _)) = &self.server else { return };
        for package in &server.manifest.packages {
            let registry = match package.registry_type.as_str() {
                "npm" if crate::npm::is_name(&package.identifier) => Registry::Npm,
                "pypi" => Registry::Pypi,
                _ => continue,
            };
            let elsewhere = package.registry_base_url.as_deref().is_some_and(|u| {
                !["https://registry.npmjs.org", "https://pypi.org", "https://www.npmjs.com"]
                    .contains(&u.trim_end_matches('/'))
            });
            if !elsewhere {
                let package = PackageRef { name: package.identifier.clone(), ..PackageRef::default() };
                out.push(Way::Published { registry, package, by: NamedBy::ServerJson });
            }
        }
        let hosted =
            server.manifest.remotes.iter().filter(|r| r.url.as_deref().is_some_and(|u| u.starts_with("https://")));
        out.extend(hosted.map(|r| Way::Hosted { remote: r.clone(), by: NamedBy::ServerJson }));
    }

    fn read_readme(&self, out: &mut Vec<Way>) {
        let Some(readme) = self.readme else { return };
        let mut printed: Vec<_> = readme.recipes().iter().collect();
        printed.sort_by_key(|p| !p.json);
        for recipe in printed.into_iter().map(|p| p.recipe.clone()) {
            let way = match recipe.runner {
                Runner::Npm(spec) => {
                    let package = PackageRef { name: spec.name, bin: spec.bin, ..PackageRef::default() };
                    Way::Published { registry: Registry::Npm, package, by: NamedBy::Readme }
                }
                Runner::Pypi(spec) => {
                    let package = PackageRef { name: spec.name, bin: spec.bin, ..PackageRef::default() };
                    Way::Published { registry: Registry::Pypi, package, by: NamedBy::Readme }
                }
                Runner::Remote { url, sse, headers } if url.starts_with("https://") && !is_sample(&url) => {
                    Way::Hosted { remote: crate::remote::transport(&url, sse, &headers), by: NamedBy::Readme }
                }
                _ => continue,
            };
            if !out.iter().any(|w| w.is_same(&way)) && out.len() < 12 {
                out.push(way);
            }
        }
        for (npm, name) in crate::doc::installs(&readme.text) {
            let registry = if npm { Registry::Npm } else { Registry::Pypi };
            let way =
                Way::Published { registry, package: PackageRef { name, ..PackageRef::default() }, by: NamedBy::Readme };
            if !out.iter().any(|w| w.is_same(&way)) && out.len() < 16 {
                out.push(way);
            }
        }
    }

    /// Whether the README launches a package of this name.
    pub(crate) fn readme_launches(&self, name: &str) -> bool {
        let recipes = self.readme.map(Doc::recipes).unwrap_or_default();
        recipes.iter().any(|p| matches!(&p.recipe.runner, Runner::Npm(s) | Runner::Pypi(s) if s.name == name))
    }

    /// Images that the README starts.
    pub(crate) fn images(&self) -> Vec<String> {
        let recipes = self.readme.map(Doc::recipes).unwrap_or_default();
        let image = |r: &Runner| if let Runner::Docker { image } = r { Some(image.clone()) } else { None };
        recipes.iter().filter_map(|p| image(&p.recipe.runner)).collect()
    }

    /// What the server must be given, from everything the folder says, for the chosen way.
    pub(crate) fn inputs(&self, registry: Option<Registry>, name: &str) -> Inputs {
        let mut out = Inputs::default();
        if let Some((server, doc)) = &self.server {
            let same = |p: &&catwalk_domain::manifest::Package| p.identifier == name;
            if let Some(package) = server.manifest.packages.iter().find(same).or(server.manifest.packages.first()) {
                out = inputs_of(doc, package);
            }
        }
        out = self.smithery.map_or(out.clone(), |doc| out.or(smithery(doc)));
        let mut bins = self.node.as_ref().map(Document::bins).unwrap_or_default();
        bins.extend(self.python.iter().flat_map(|p| p.scripts.clone()));
        let own_npm = self.node.as_ref().map(Document::name);
        let own_pypi = self.python.as_ref().map(|p| p.name.clone());
        let target = match registry {
            Some(Registry::Npm) => Target { npm: Some(name.to_owned()), pypi: None, bins },
            Some(Registry::Pypi) => Target { npm: None, pypi: Some(name.to_owned()), bins },
            None => Target { npm: own_npm, pypi: own_pypi, bins },
        };
        if let Some(doc) = self.readme {
            out = out.or(learn(doc, &target));
        }
        if let Some(doc) = self.example {
            out = out.or(dotenv(doc));
        }
        out.checked()
    }
}

/// Whether an address only stands for the reader's own.
fn is_sample(url: &str) -> bool {
    let host = url.split('/').nth(2).unwrap_or_default();
    ["your", "example", "<", "{"].iter().any(|w| host.contains(w))
}

impl Way {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Published { registry: a, package: p, .. }, Self::Published { registry: b, package: q, .. }) => {
                a == b && p.name == q.name
            }
            (Self::Hosted { remote: a, .. }, Self::Hosted { remote: b, .. }) => a.url == b.url,
            _ => false,
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
