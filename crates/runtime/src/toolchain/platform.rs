//! Which computer this is, as far as wheels are concerned.

use std::path::Path;

/// The platforms we pin toolchains for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    LinuxX64,
    LinuxArm64,
    MuslX64,
    MuslArm64,
    MacX64,
    MacArm64,
    WindowsX64,
    WindowsArm64,
}

/// This computer, if it is one of them.
pub(super) fn current() -> Option<Platform> {
    use Platform as P;
    let arm = match std::env::consts::ARCH {
        "x86_64" => false,
        "aarch64" => true,
        _ => return None,
    };
    Some(match (std::env::consts::OS, arm) {
        ("linux", false) if musl("x86_64", "/lib64/ld-linux-x86-64.so.2") => P::MuslX64,
        ("linux", true) if musl("aarch64", "/lib/ld-linux-aarch64.so.1") => P::MuslArm64,
        ("linux", false) => P::LinuxX64,
        ("linux", true) => P::LinuxArm64,
        ("macos", false) => P::MacX64,
        ("macos", true) => P::MacArm64,
        ("windows", false) => P::WindowsX64,
        ("windows", true) => P::WindowsArm64,
        _ => return None,
    })
}

/// Asks the system, not our own build: a static binary of ours also runs on glibc systems.
fn musl(arch: &str, glibc_loader: &str) -> bool {
    Path::new(&format!("/lib/ld-musl-{arch}.so.1")).exists() && !Path::new(glibc_loader).exists()
}
