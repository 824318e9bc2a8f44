//! `cargo xtask conformance`: the official conformance suite against servers directly, and against the same servers
//! through `catwalk relay`. It fails when the relay loses a scenario that the server passes by itself.

mod client;
pub(crate) mod endpoint;
pub(crate) mod servers;
mod suite;
mod table;
pub(crate) mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::{exec, paths};
use endpoint::Relayed;
use servers::Server;
use suite::Set;
use table::{Row, Table};
use tools::Tools;

/// What the person asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Only servers whose name contains this.
    only: Option<String>,
    /// Only sets whose name contains this.
    set: Option<String>,
    /// One more server: a command on stdio.
    upstream: Option<Vec<String>>,
    /// Leave the relay's own client out, or run nothing but it.
    client: Option<bool>,
    /// The fast build.
    release: bool,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().cloned().ok_or_else(|| anyhow::anyhow!("`{arg}` needs a value"));
            match arg.as_str() {
                "--only" => options.only = Some(value()?),
                "--set" => options.set = Some(value()?),
                "--client" => options.client = Some(true),
                "--no-client" => options.client = Some(false),
                "--release" => options.release = true,
                "--upstream" => {
                    options.upstream = Some(args.by_ref().cloned().collect());
                    if options.upstream.as_ref().is_some_and(Vec::is_empty) {
                        bail!("`--upstream` needs a command, and takes all that follows");
                    }
                }
                other => bail!("`cargo xtask conformance` does not know `{other}`"),
            }
        }
        Ok(options)
    }

    fn wants(&self, server: &Server, set: &Set) -> bool {
        let named = |wish: &Option<String>, name: &str| wish.as_deref().is_none_or(|wish| name.contains(wish));
        named(&self.only, &server.name) && named(&self.set, &set.name())
    }
}

/// Installs what is missing, runs everything and prints both columns.
pub(crate) fn conformance(options: &Options) -> Result<ExitCode> {
    let tools = Tools::ensure()?;
    let catwalk = build(options.release)?;
    let mut table = Table::default();
    if options.client != Some(true) {
        for server in servers::all(&tools, options.upstream.as_deref()) {
            for set in Set::ALL.iter().filter(|set| options.wants(&server, set)) {
                table.add(&row(&tools, &catwalk, &server, set)?);
            }
        }
    }
    if options.client != Some(false) {
        for set in Set::ALL.iter().filter(|set| options.set.as_ref().is_none_or(|wish| set.name().contains(wish))) {
            table.add_client(set, &client::run(&tools, &catwalk, set)?);
        }
    }
    Ok(table.print())
}

fn row(tools: &Tools, catwalk: &std::path::Path, server: &Server, set: &Set) -> Result<Row> {
    let direct = match &server.direct {
        Some(command) => {
            let endpoint = endpoint::Direct::start(command)?;
            Some(suite::server(tools, set, &endpoint.url)?)
        }
        None => None,
    };
    let relayed = Relayed::start(tools, catwalk, &server.stdio)?;
    let through = suite::server(tools, set, &relayed.url)?;
    Ok(Row { server: server.name.clone(), set: set.name(), direct, through })
}

/// The small binary.
pub(crate) fn build(release: bool) -> Result<std::path::PathBuf> {
    let mut cargo = exec::cargo();
    // As the tests build it: with the features of one package alone, all it stands on would be built once more.
    cargo.args(["build", "--workspace", "--bin", "catwalk"]);
    if release {
        cargo.arg("--release");
    }
    exec::run(&mut cargo)?;
    let name = format!("catwalk{}", std::env::consts::EXE_SUFFIX);
    Ok(paths::target().join(if release { "release" } else { "debug" }).join(name))
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn the_upstream_takes_all_that_follows() {
        let parse = |words: &[&str]| Options::parse(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        let options = parse(&["--set", "2025", "--upstream", "node", "x.mjs", "--only"]).expect("is a command");
        assert_eq!(options.set.as_deref(), Some("2025"));
        assert_eq!(options.upstream, Some(vec!["node".into(), "x.mjs".into(), "--only".into()]));
        assert!(parse(&["--upstream"]).is_err());
        assert!(parse(&["--what"]).is_err());
    }
}
