//! `cargo xtask matrix`: the official SDKs as clients of servers written with the official SDKs, each pair three times: by
//! itself over HTTP, and through the relay with the server on stdio and over HTTP. What a pair cannot do by itself is no
//! fault of the relay; what is lost on the way is, and fails the command.

mod page;
mod pair;

use std::path::Path;
use std::process::ExitCode;
use std::thread;

use anyhow::{Result, bail};

use crate::conformance::endpoint::Direct;
use crate::conformance::servers::{self, Server};
use crate::conformance::tools::Tools;
use crate::{conformance, paths};
use page::Page;
use pair::{Client, Outcome, Relay};

/// Tries all pairs, prints the table and keeps it.
pub(crate) fn matrix(args: &[String]) -> Result<ExitCode> {
    let (newer, only) = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (false, None),
        ["--newer"] => (true, None),
        ["--only", words] => (false, Some(words)),
        ["--newer", "--only", words] => (true, Some(words)),
        _ => bail!("`cargo xtask matrix` knows `--newer` and `--only WORDS`, in this order"),
    };
    let tools = Tools::ensure()?;
    let catwalk = conformance::build(false)?;
    let mut page = Page::default();
    for server in servers::all(&tools, None).iter().filter(|server| server.name.contains("SDK")) {
        for client in Client::all(&tools, newer) {
            let name = format!("{} → {}", client.name, server.name);
            if only.is_some_and(|words| !name.contains(words)) {
                continue;
            }
            println!("  {name}");
            let [direct, stdio, http] = pair(&catwalk, &client, server)?;
            page.add(client.name, &server.name, [&direct, &stdio, &http]);
        }
    }
    println!("\n{page}");
    if !newer && only.is_none() {
        let folder = paths::root().join("docs");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("sdk-matrix.md"), page.to_string())?;
    }
    Ok(if page.lost() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The same pair by itself, and through the relay with the server on stdio and over HTTP, side by side.
fn pair(catwalk: &Path, client: &Client, server: &Server) -> Result<[Outcome; 3]> {
    let Some(command) = &server.direct else { bail!("{} has no HTTP of its own", server.name) };
    let direct = || client.run(&Direct::start(command)?.url, None);
    let stdio = || client.through(Relay::start(catwalk, &with("--", &server.stdio))?);
    let http = || {
        let upstream = Direct::start(command)?;
        client.through(Relay::start(catwalk, &with("--upstream", std::slice::from_ref(&upstream.url)))?)
    };
    let [direct, stdio, http] = thread::scope(|scope| {
        let threads: [thread::ScopedJoinHandle<'_, Result<Outcome>>; 3] =
            [scope.spawn(direct), scope.spawn(stdio), scope.spawn(http)];
        threads.map(|thread| thread.join().unwrap_or_else(|_| bail!("a pair's thread broke")))
    });
    Ok([direct?, stdio?, http?])
}

fn with(option: &str, words: &[String]) -> Vec<String> {
    [option.to_owned()].into_iter().chain(words.iter().cloned()).collect()
}
