//! System libraries by the system's own package manager: installed where that is safe to do unasked, else named.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{exec, paths};

/// Needed to build and to open the app.
const BUILD: &[&str] = &[
    "build-essential",
    "curl",
    "file",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "libayatana-appindicator3-dev",
    "libxdo-dev",
    "libssl-dev",
];
/// A screen, a session bus and a keychain for a machine that has none, and the tools that take the picture.
const HEADLESS: &[&str] = &["xvfb", "dbus", "gnome-keyring", "imagemagick", "x11-utils"];
/// The real parts that the tests run against.
const TEST: &[&str] = &["webkit2gtk-driver", "postgresql", "python3", "python3-venv", "git", "procps"];

const FEDORA: &str = "sudo dnf install webkit2gtk4.1-devel librsvg2-devel libayatana-appindicator-gtk3-devel libxdo-devel \
openssl-devel gcc make curl file pkgconf\nfor a machine without a screen, and for the tests: sudo dnf install xorg-x11-server-Xvfb \
dbus-daemon dbus-tools gnome-keyring ImageMagick xwininfo webkit2gtk-driver postgresql-server python3 git procps-ng";
const ARCH: &str = "sudo pacman -S --needed webkit2gtk-4.1 librsvg libayatana-appindicator xdotool openssl base-devel curl file\n\
for a machine without a screen, and for the tests: sudo pacman -S --needed xorg-server-xvfb dbus gnome-keyring imagemagick \
xorg-xwininfo postgresql python git procps-ng";

/// What the caller is about to do.
#[derive(Clone, Copy)]
pub(crate) enum For {
    Window,
    HeadlessWindow,
    Tests,
}

/// Installs what is missing (Debian, Ubuntu), or says what to install; asks nothing when all is there.
pub(crate) fn ensure(purpose: For) -> Result<()> {
    if cfg!(target_os = "macos") {
        if exec::quiet(Command::new("xcode-select").arg("-p")).is_none() {
            bail!("install Apple's command line tools first: xcode-select --install");
        }
        return Ok(());
    }
    if cfg!(windows) {
        println!(
            "Catwalk needs the Microsoft C++ Build Tools and WebView2 (part of Windows 11); cargo says so if one is missing."
        );
        return Ok(());
    }
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    if paths::which("dpkg-query").is_some() && paths::which("apt-get").is_some() {
        return apt(&wanted(purpose));
    }
    let found = exec::quiet(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1", "librsvg-2.0"])).is_some();
    let tools = [
        ("Xvfb", 1),
        ("dbus-daemon", 1),
        ("gnome-keyring-daemon", 1),
        ("import", 1),
        ("WebKitWebDriver", 2),
        ("postgres", 2),
    ];
    let depth = purpose as u8;
    let missing: Vec<_> = tools.iter().filter(|(tool, from)| *from <= depth && paths::which(tool).is_none()).collect();
    if found && missing.is_empty() {
        return Ok(());
    }
    let line = match distribution(&release) {
        "fedora" => FEDORA,
        "arch" => ARCH,
        _ => "the packages named under https://v2.tauri.app/start/prerequisites for this system",
    };
    bail!("some system packages are missing; please install:\n{line}")
}

fn wanted(purpose: For) -> Vec<&'static str> {
    let lists: &[&[&str]] = match purpose {
        For::Window => &[BUILD],
        For::HeadlessWindow => &[BUILD, HEADLESS],
        For::Tests => &[BUILD, HEADLESS, TEST],
    };
    lists.concat()
}

fn apt(wanted: &[&str]) -> Result<()> {
    let missing = missing(wanted);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing system packages: {}", missing.join(" "));
    let root = exec::quiet(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !root && paths::which("sudo").is_none() {
        bail!("please install as root: apt-get install {}", missing.join(" "));
    }
    let apt = |args: &[&str]| {
        let mut words = if root { vec![] } else { vec!["sudo"] };
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        words.extend(args);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    };
    // A broken foreign source must not stop the installation of what the others have.
    if let Err(error) = exec::run(&mut apt(&["update", "-q"])) {
        println!("{error:#}; going on with the known package lists");
    }
    exec::run(apt(&["install", "-y", "-q", "--no-install-recommends"]).args(&missing))
}

fn missing<'a>(wanted: &[&'a str]) -> Vec<&'a str> {
    // dpkg-query fails when one of them is unknown, but still lists the others.
    let output = Command::new("dpkg-query").args(["-W", "-f=${Package} ${db:Status-Abbrev}\n"]).args(wanted).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let installed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, state)| state.starts_with("ii"))
        .map(|(name, _)| name)
        .collect();
    wanted.iter().copied().filter(|name| !installed.contains(name)).collect()
}

/// The family that `/etc/os-release` names.
fn distribution(release: &str) -> &'static str {
    let names: String =
        release.lines().filter(|line| line.starts_with("ID=") || line.starts_with("ID_LIKE=")).collect();
    ["fedora", "arch"].into_iter().find(|family| names.contains(family)).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    #[test]
    fn derived_distributions_are_known_by_their_family() {
        assert_eq!(super::distribution("NAME=x\nID=nobara\nID_LIKE=\"fedora\"\n"), "fedora");
        assert_eq!(super::distribution("ID=manjaro\nID_LIKE=arch\n"), "arch");
        assert_eq!(super::distribution("ID=opensuse\n"), "other");
    }
}
