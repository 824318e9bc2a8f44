//! The ways in which a project could be run, best first: each place that names one gives it points.
//!
//! | named by | points |
//! | --- | --- |
//! | `server.json` | 4 |
//! | a snippet of settings in the README; the first of its kind one more | 4 |
//! | the project's own `package.json` or `pyproject.toml` | 3 |
//! | a settings file (`.mcp.json`, `gemini-extension.json`) or the bundle's manifest; an address there 2 | 3 |
//! | a registry, where it is named at all: a published package 3, an image 2, the source 1 | |
//! | a command line in the README; the compose file's own service, where nothing here can be built | 2 |
//! | an install link, a command in running text, an installation by hand | 1 |
//!
//! With equal points a published package comes before an image, and both before a hosted address: what runs here was asked
//! for. A snippet that starts somebody else's package is an example, and counts as a mention.

mod names;

use crate::doc::{Doc, Printed, installs};
use crate::inputs::untagged;
use crate::npm::{self, Document};
use crate::project::{NamedBy, Project, Registry, Way};
use crate::python::Python;
use crate::recipe::Runner;
use crate::source::name::normal;
use crate::text::words;
use catwalk_domain::PackageRef;
use names::{bare, is_installer, is_sample, is_stand_in};

/// A way with what speaks for it.
struct Candidate {
    way: Way,
    points: u32,
}

/// Collects votes.
#[derive(Default)]
struct Poll {
    candidates: Vec<Candidate>,
}

impl Poll {
    fn vote(&mut self, way: Way, points: u32) {
        let full = self.candidates.len() >= 24;
        match self.candidates.iter_mut().find(|c| c.way.is_same(&way)) {
            Some(known) => known.points += points,
            None if full => {}
            None => self.candidates.push(Candidate { way, points }),
        }
    }
}

impl Project<'_> {
    /// Ways to run it, best first.
    pub(crate) fn ways(&self) -> Vec<Way> {
        let mut poll = Poll::default();
        self.ask_server_json(&mut poll);
        self.ask_manifests(&mut poll);
        if let Some(recipe) = self.bundle.as_ref().and_then(|(b, _)| b.recipe.clone()) {
            let printed = Printed { recipe, line: 1, json: true, mention: false };
            self.ask(&mut poll, &printed, 3);
        }
        for doc in &self.settings {
            for printed in doc.recipes().iter().take(4) {
                let hosted = matches!(printed.recipe.runner, Runner::Remote { .. });
                self.ask(&mut poll, printed, if hosted { 2 } else { 3 });
            }
        }
        self.ask_readme(&mut poll);
        // Whoever operates a server may prefer an image of it; here the source is built.
        let built = self.has_node() || self.has_python();
        if let Some(image) = self.compose().filter(|_| !built).and_then(|c| c.image.clone())
            && !is_stand_in(&image)
        {
            poll.vote(Way::Image { image, by: NamedBy::Readme }, 2);
        }
        self.ask_source(&mut poll);
        let mut candidates = poll.candidates;
        candidates.sort_by_key(|c| (std::cmp::Reverse(c.points + c.way.weight()), c.way.order()));
        candidates.into_iter().map(|c| c.way).collect()
    }

    fn ask_server_json(&self, poll: &mut Poll) {
        self.ask_root(poll);
        let Some((server, _)) = &self.server else { return };
        for package in &server.manifest.packages {
            let by = NamedBy::ServerJson;
            let name = package.identifier.clone();
            let elsewhere = package.registry_base_url.as_deref().is_some_and(|u| {
                ![
                    "https://registry.npmjs.org",
                    "https://pypi.org",
                    "https://www.npmjs.com",
                    "https://docker.io",
                    "https://ghcr.io",
                ]
                .contains(&u.trim_end_matches('/'))
            });
            if elsewhere || is_stand_in(&name) {
                continue;
            }
            let named = PackageRef { name: name.clone(), ..PackageRef::default() };
            match package.registry_type.as_str() {
                "npm" if npm::is_name(&name) => {
                    poll.vote(Way::Published { registry: Registry::Npm, package: named, by }, 4);
                }
                "pypi" => poll.vote(Way::Published { registry: Registry::Pypi, package: named, by }, 4),
                "oci" => poll.vote(Way::Image { image: name, by }, 4),
                _ => {}
            }
        }
        let hosted = |r: &&catwalk_domain::manifest::Transport| {
            r.url.as_deref().is_some_and(|u| u.starts_with("https://") && !is_stand_in(u))
        };
        for remote in server.manifest.remotes.iter().filter(hosted) {
            poll.vote(Way::Hosted { remote: remote.clone(), by: NamedBy::ServerJson }, 4);
        }
    }

    /// The `server.json` of the whole repository may name the address of this folder's server.
    fn ask_root(&self, poll: &mut Poll) {
        let Some((server, _)) = self.root.as_ref().filter(|_| self.server.is_none()) else { return };
        let remotes =
            server.manifest.remotes.iter().filter(|r| r.url.as_deref().is_some_and(|url| self.is_about_folder(url)));
        for remote in remotes.take(4) {
            poll.vote(Way::Hosted { remote: remote.clone(), by: NamedBy::Readme }, 6);
        }
    }

    fn ask_manifests(&self, poll: &mut Poll) {
        let named = |name: &str| PackageRef { name: name.to_owned(), ..PackageRef::default() };
        let node = self.node.as_ref().filter(|n| self.has_node() && !n.is_private() && npm::is_name(&n.name()));
        if let Some(node) = node {
            let (registry, package) = (Registry::Npm, named(&node.name()));
            poll.vote(Way::Published { registry, package, by: NamedBy::Manifest }, 3);
        }
        if let Some(python) = self.python.as_ref().filter(|_| self.has_python()) {
            let (registry, package) = (Registry::Pypi, named(&python.name));
            poll.vote(Way::Published { registry, package, by: NamedBy::Manifest }, 3);
        }
    }

    fn ask_readme(&self, poll: &mut Poll) {
        let mut launches = Poll::default();
        let Some(readme) = self.readme else { return };
        self.ask_document(&mut launches, readme);
        for doc in &self.notes {
            // What the README does not say, the notes on installing may.
            if launches.candidates.iter().all(|c| c.points < 2) {
                self.ask_document(&mut launches, doc);
            }
        }
        for candidate in launches.candidates {
            poll.vote(candidate.way, candidate.points);
        }
        for (npm, name) in installs(readme) {
            let registry = if npm { Registry::Npm } else { Registry::Pypi };
            let package = PackageRef { name, ..PackageRef::default() };
            poll.vote(Way::Published { registry, package, by: NamedBy::Readme }, 1);
        }
    }

    /// Whether README or settings start something themselves, rather than leaving it to an inner folder.
    pub(crate) fn starts_something(&self) -> bool {
        let mut poll = Poll::default();
        self.readme.into_iter().chain(self.settings.iter().copied()).for_each(|doc| self.ask_document(&mut poll, doc));
        poll.candidates.iter().any(|c| c.points >= 4)
    }

    /// Where the README installs the server from this repository.
    pub(crate) fn git_launch(&self) -> Option<(catwalk_domain::EvidenceSource, String)> {
        let doc = self.readme?;
        let from_here =
            |p: &&Printed| matches!(&p.recipe.runner, Runner::Github { owner, repo, .. } if self.is_at(owner, repo));
        let printed = doc.recipes().iter().find(from_here)?;
        Some((doc.at(Some(printed.line)), format!("git+https://github.com/{}", self.identity.get(..2)?.join("/"))))
    }

    /// The launches of one document. The same one for each app is one vote, the strongest.
    fn ask_document(&self, poll: &mut Poll, doc: &Doc) {
        let mut firsts: Vec<std::mem::Discriminant<Runner>> = Vec::new();
        for printed in doc.recipes() {
            let kind = std::mem::discriminant(&printed.recipe.runner);
            let points = match (printed.mention, printed.json) {
                (true, _) => 1,
                (_, true) => 4,
                (_, false) => 2,
            };
            let mut one = Poll::default();
            self.ask(&mut one, printed, points);
            for Candidate { way, points } in one.candidates {
                let first = points > 1 && !firsts.contains(&kind);
                if first {
                    firsts.push(kind);
                }
                let points = points + u32::from(first);
                match poll.candidates.iter_mut().find(|c| c.way.is_same(&way)) {
                    Some(known) => known.points = known.points.max(points),
                    None => poll.vote(way, points),
                }
            }
        }
    }

    /// One launch that somebody wrote down.
    fn ask(&self, poll: &mut Poll, printed: &Printed, points: u32) {
        if is_installer(&printed.recipe) {
            return;
        }
        let by = NamedBy::Readme;
        let (way, own) = match &printed.recipe.runner {
            Runner::Npm(spec) | Runner::Pypi(spec) => {
                let registry =
                    if matches!(printed.recipe.runner, Runner::Npm(_)) { Registry::Npm } else { Registry::Pypi };
                let package = PackageRef { name: spec.name.clone(), bin: spec.bin.clone(), ..PackageRef::default() };
                (Way::Published { registry, package, by }, self.is_own(&spec.name))
            }
            Runner::Docker { image } if !is_stand_in(image) && !image.starts_with('-') => {
                (Way::Image { image: image.clone(), by }, self.is_own(image))
            }
            Runner::Remote { url, sse, headers } if url.starts_with("https://") && !is_sample(url) => {
                let way = Way::Hosted { remote: crate::remote::transport(url, *sse, headers), by };
                if !self.folder.is_empty() && self.is_about_folder(url) {
                    poll.vote(way, points + 5);
                    return;
                }
                (way, true)
            }
            // Installed from this repository: the package of its name may be somebody else's.
            Runner::Github { owner, repo, .. } if self.is_at(owner, repo) => match (&self.python, &self.node) {
                (Some(python), _) if !python.scripts.is_empty() => {
                    let (script, sure) = python.script().unwrap_or_default();
                    (Way::Python { script, sure }, true)
                }
                (_, Some(node)) if !node.bins().is_empty() => {
                    (Way::Node { bin: node.bins().first().cloned(), sure: true }, true)
                }
                _ => return,
            },
            _ => return,
        };
        let points = match (own, printed.mention) {
            (false, _) => 1,
            (true, true) => points + u32::from(way.is_named_mcp()),
            (true, false) => points,
        };
        poll.vote(way, points);
    }

    /// Whether an address's first label, or its end, is named after the folder.
    fn is_about_folder(&self, url: &str) -> bool {
        let folder = words(self.folder.rsplit('/').next().unwrap_or_default());
        let host = url.split('/').nth(2).unwrap_or_default();
        let label = words(host.split('.').next().unwrap_or_default());
        let plain = |w: &&String| !matches!(w.as_str(), "mcp" | "server" | "www" | "api");
        label.iter().filter(plain).any(|w| folder.contains(w)) || words(url).ends_with(&folder)
    }

    fn is_at(&self, owner: &str, repo: &str) -> bool {
        matches!(self.identity.as_slice(), [o, r, ..] if o.eq_ignore_ascii_case(owner) && r.eq_ignore_ascii_case(repo))
    }

    /// Whether a package's name has to do with this project rather than being some other server's.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        const EVERYWHERE: [&str; 22] = [
            "mcp",
            "server",
            "servers",
            "modelcontextprotocol",
            "model",
            "context",
            "protocol",
            "docker",
            "io",
            "ghcr",
            "com",
            "github",
            "the",
            "for",
            "ai",
            "tools",
            "api",
            "latest",
            "quay",
            "local",
            "src",
            "sdk",
        ];
        if name
            .split(['/', ':'])
            .any(|part| self.identity.iter().any(|n| n.eq_ignore_ascii_case(part.trim_start_matches('@'))))
        {
            return true;
        }
        let mut mine: Vec<String> = self.identity.iter().flat_map(|n| words(n)).collect();
        mine.extend(self.names().iter().flat_map(|n| words(n)));
        let theirs = words(name);
        let common = |w: &&String| !EVERYWHERE.contains(&w.as_str()) && w.len() > 1;
        let close = |a: &str, b: &str| a == b || a.len() > 3 && b.contains(a) || b.len() > 3 && a.contains(b);
        self.identity.is_empty()
            || theirs.iter().filter(common).any(|w| mine.iter().filter(common).any(|m| close(w, m)))
    }

    fn ask_source(&self, poll: &mut Poll) {
        if let Some(node) = self.node.as_ref().filter(|_| self.has_node()) {
            let bins = node.bins();
            let name = node.name();
            let short = name.rsplit('/').next().unwrap_or(&name);
            let same = bins.iter().find(|b| *b == short);
            let likely = same.or_else(|| bins.iter().find(|b| b.contains("mcp"))).or(bins.first()).cloned();
            poll.vote(Way::Node { bin: likely, sure: bins.len() == 1 || same.is_some() }, 1);
        }
        if let Some((script, sure)) = self.python.as_ref().filter(|_| self.has_python()).and_then(Python::script) {
            poll.vote(Way::Python { script, sure }, 1);
        }
        // A server without an entry of its own, started by its main file.
        let main = |n: &&Document| {
            n.has_sign()
                && n.bins().is_empty()
                && n.0.get("workspaces").is_none()
                && (n.text("main").is_some() || n.0.pointer("/scripts/start").is_some())
        };
        if self.node.as_ref().is_some_and(|n| main(&n)) {
            poll.vote(Way::Node { bin: None, sure: false }, 0);
        }
    }

    /// Whether the README launches a package of this name.
    pub(crate) fn readme_launches(&self, name: &str) -> bool {
        let recipes = self.readme.map(Doc::recipes).unwrap_or_default();
        recipes.iter().any(|p| matches!(&p.recipe.runner, Runner::Npm(s) | Runner::Pypi(s) if s.name == name))
    }
}

impl Way {
    /// Points that its kind has from the start.
    fn weight(&self) -> u32 {
        match self {
            Self::Published { .. } => 3,
            Self::Image { .. } => 2,
            Self::Node { .. } | Self::Python { .. } => 1,
            Self::Hosted { .. } => 0,
        }
    }

    fn is_named_mcp(&self) -> bool {
        match self {
            Self::Published { package, .. } => crate::signs::in_words(&package.name),
            Self::Image { image, .. } => crate::signs::in_words(image),
            _ => false,
        }
    }

    fn order(&self) -> u8 {
        match self {
            Self::Published { .. } => 0,
            Self::Image { .. } => 1,
            Self::Python { .. } | Self::Node { bin: Some(_), .. } => 2,
            Self::Hosted { .. } => 3,
            Self::Node { bin: None, .. } => 4,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Published { registry: a, package: p, .. }, Self::Published { registry: b, package: q, .. }) => {
                a == b && if *a == Registry::Pypi { normal(&p.name) == normal(&q.name) } else { p.name == q.name }
            }
            (Self::Image { image: a, .. }, Self::Image { image: b, .. }) => untagged(a) == untagged(b),
            (Self::Node { bin: Some(_), .. }, Self::Node { bin: Some(_), .. })
            | (Self::Python { .. }, Self::Python { .. }) => true,
            (Self::Hosted { remote: a, .. }, Self::Hosted { remote: b, .. }) => {
                a.url.as_deref().map(bare) == b.url.as_deref().map(bare)
            }
            _ => false,
        }
    }
}
