//! `cargo xtask run`: from a clean clone to the open window.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::packages::{self, For};
use crate::session::{self, Session};
use crate::{exec, paths, screen, ui, versions};

/// What the person asked for.
#[derive(Default)]
pub(crate) struct Options {
    release: bool,
    once: bool,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self::default();
        for arg in args {
            match arg.as_str() {
                "--release" => options.release = true,
                "--once" => options.once = true,
                other => bail!("`run` does not know {other}; it takes --release and --once"),
            }
        }
        Ok(options)
    }
}

/// Sets up, builds, opens; returns when the app ends.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let linux = cfg!(target_os = "linux");
    let headless = linux && !set("DISPLAY") && !set("WAYLAND_DISPLAY");
    let alone = headless || (linux && !bus());
    versions::check()?;
    packages::ensure(if alone { For::HeadlessWindow } else { For::Window })?;
    let app = build(options.release)?;
    let mut command = Command::new(&app);
    if !alone {
        println!("Opening Catwalk.");
        return finish(command.status().with_context(|| format!("could not start {}", app.display()))?.code());
    }
    let home = paths::target().join("catwalk-home");
    let session = Session::start(&home, headless)?;
    session.enter(&mut command);
    println!(
        "{} Catwalk gets its own message bus and keychain, and keeps its files in {} instead of your home folder.",
        if headless {
            "This machine has no screen, so Catwalk opens on a virtual one."
        } else {
            "There is no desktop session."
        },
        home.display()
    );
    let mut child = command.spawn().with_context(|| format!("could not start {}", app.display()))?;
    if headless {
        let picture = paths::target().join("catwalk-window.png");
        let shot = screen::shoot(&session, &mut child, &picture);
        if options.once || shot.is_err() {
            session::stop(&mut child);
        }
        shot?;
        println!("The window is open. A picture of it: {}", picture.display());
        if options.once {
            return Ok(ExitCode::SUCCESS);
        }
        println!("Catwalk keeps running; Ctrl-C ends it.");
    }
    finish(child.wait()?.code())
}

/// Builds everything and returns the app; the small `catwalk` binary, which the app starts, lands beside it.
fn build(release: bool) -> Result<PathBuf> {
    ui::install(&paths::ui())?;
    ui::build()?;
    let mut cargo = exec::cargo();
    cargo.args(["build", "--workspace", "--bins"]);
    if release {
        cargo.arg("--release");
    }
    exec::run(&mut cargo)?;
    let folder = paths::target().join(if release { "release" } else { "debug" });
    let name = |stem: &str| folder.join(format!("{stem}{}", std::env::consts::EXE_SUFFIX));
    if !name("catwalk").is_file() {
        bail!("{} is missing: the app needs it beside itself", name("catwalk").display());
    }
    Ok(name("catwalk-desktop"))
}

fn finish(code: Option<i32>) -> Result<ExitCode> {
    match code {
        Some(0) => Ok(ExitCode::SUCCESS),
        Some(code) => bail!("Catwalk ended with code {code}"),
        None => bail!("Catwalk was ended by a signal"),
    }
}

fn set(key: &str) -> bool {
    std::env::var_os(key).is_some_and(|value| !value.is_empty())
}

fn bus() -> bool {
    set("DBUS_SESSION_BUS_ADDRESS")
        || std::env::var_os("XDG_RUNTIME_DIR").is_some_and(|dir| PathBuf::from(dir).join("bus").exists())
}
