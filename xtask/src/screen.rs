//! A picture of the virtual screen, taken when the window is there and has finished painting.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::exec;
use crate::session::Session;

/// More colours than this means that the page has painted: an empty window has one or two.
const PAINTED: u32 = 32;
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for the app's window and writes the screen to `file`; an app that ends before is an error.
pub(crate) fn shoot(session: &Session, app: &mut Child, file: &Path) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut last = None;
    while Instant::now() < deadline {
        if let Some(status) = app.try_wait()? {
            bail!("the app ended before its window opened ({status})");
        }
        let windows = inside(session, Command::new("xwininfo").args(["-root", "-tree"])).unwrap_or_default();
        if windows.contains("\"Catwalk") {
            inside(session, Command::new("import").args(["-window", "root"]).arg(file));
            let colours = colours(file);
            // The same count twice: nothing is still fading in.
            if colours > Some(PAINTED) && colours == last {
                return Ok(());
            }
            last = colours;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    if last.is_some() {
        println!("The window is there, but it did not come to rest within {} s.", PATIENCE.as_secs());
        return Ok(());
    }
    bail!("no Catwalk window appeared within {} s", PATIENCE.as_secs())
}

fn inside(session: &Session, command: &mut Command) -> Option<String> {
    session.enter(command);
    exec::quiet(command)
}

fn colours(picture: &Path) -> Option<u32> {
    exec::quiet(Command::new("identify").args(["-format", "%k"]).arg(picture))?.trim().parse().ok()
}
