//! `cargo xtask icons`: the pictures in `icons/`, drawn from the SVG files there by Tauri's own tool.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{exec, paths, ui};

/// Draws them all again.
pub(crate) fn draw() -> Result<()> {
    ui::install(&paths::ui())?;
    let made = tempfile::tempdir()?;
    render("mark.svg", made.path(), &[])?;
    for name in ["32x32.png", "128x128.png", "128x128@2x.png", "icon.png", "icon.ico", "icon.icns"] {
        keep(&made.path().join(name), name)?;
    }
    for (source, size, name) in [("tray.svg", "64", "tray.png"), ("tray-template.svg", "44", "tray-template.png")] {
        render(source, made.path(), &["--png", size])?;
        keep(&made.path().join(format!("{size}x{size}.png")), name)?;
    }
    Ok(())
}

fn render(source: &str, into: &Path, more: &[&str]) -> Result<()> {
    let tool = paths::ui().join("node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut tauri = Command::new(tool);
    tauri.current_dir(paths::root()).args(["icon", "--output"]).arg(into).args(more);
    exec::run(tauri.arg(paths::root().join("icons").join(source)))
}

fn keep(made: &Path, name: &str) -> Result<()> {
    std::fs::copy(made, paths::root().join("icons").join(name)).with_context(|| format!("{name} was not drawn"))?;
    Ok(())
}
