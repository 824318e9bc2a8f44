//! The package that is analysed, and how the launches that somebody printed relate to it.

use crate::recipe::Runner;
use crate::source::name::normal;
use crate::text::words;

/// The package whose launches are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    pub(crate) npm: Option<String>,
    pub(crate) pypi: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) bins: Vec<String>,
    /// Other packages that are the same server.
    pub(crate) kin: Vec<String>,
}

/// How a launch relates to the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Known {
    /// It starts the package itself.
    Package,
    /// It starts a program of the same name.
    Program,
    /// It starts the same server in another form.
    Kin,
}

impl Known {
    /// Whether the launch is one of the target itself.
    pub(crate) fn is_itself(self) -> bool {
        self != Self::Kin
    }
}

impl Target {
    /// The words of its names, and `mcp`.
    pub(super) fn words(&self) -> Vec<String> {
        let names = [&self.npm, &self.pypi, &self.image].into_iter().flatten().chain(&self.bins);
        names.flat_map(|n| words(n)).chain(std::iter::once("mcp".to_owned())).collect()
    }

    /// Whether a launch starts this package.
    pub(crate) fn knows(&self, runner: &Runner) -> Option<Known> {
        let bin = |name: &str| self.bins.iter().any(|b| b == name);
        let kin = |name: &str| self.kin.iter().any(|k| k == name).then_some(Known::Kin);
        match runner {
            Runner::Npm(spec) if self.npm.as_deref() == Some(&spec.name) => Some(Known::Package),
            Runner::Pypi(spec) if self.pypi.as_deref().is_some_and(|p| normal(p) == normal(&spec.name)) => {
                Some(Known::Package)
            }
            Runner::Docker { image } if self.image.as_deref().is_some_and(|i| untagged(i) == untagged(image)) => {
                Some(Known::Package)
            }
            Runner::Npm(spec) | Runner::Pypi(spec) => kin(&spec.name),
            Runner::Docker { .. } | Runner::Github { .. } => Some(Known::Kin),
            Runner::Module { name } => {
                let same = self.pypi.as_deref().is_some_and(|p| normal(p) == normal(name));
                Some(if same { Known::Program } else { Known::Kin })
            }
            Runner::Program { name } => {
                let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
                let script = ["js", "mjs", "ts", "py"].iter().any(|e| crate::source::has_extension(base, e));
                (bin(base) || script).then_some(Known::Program)
            }
            _ => None,
        }
    }
}

/// An image without tag and digest.
pub(crate) fn untagged(image: &str) -> String {
    let image = image.split('@').next().unwrap_or_default();
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    let (head, tail) = image.rsplit_once('/').unwrap_or(("", image));
    let tail = tail.split(':').next().unwrap_or_default();
    if head.is_empty() { tail.to_lowercase() } else { format!("{head}/{tail}").to_lowercase() }
}
