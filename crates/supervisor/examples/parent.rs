//! A small Catwalk for tests to kill: starts `args[3..]` under the helper `args[1]` with records in `args[2]`, prints the
//! helper's child as a line, and waits.

use std::io::Write;
use std::path::PathBuf;

use catwalk_domain::{DeploymentId, Secret};
use catwalk_supervisor::{Limits, Log, Spec, Supervisor};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let mut next = || args.next().ok_or("an argument is missing");
    let (helper, run_dir, program) = (PathBuf::from(next()?), PathBuf::from(next()?), PathBuf::from(next()?));
    let spec = Spec {
        program,
        args: args.map(Secret::new).collect(),
        env: vec![("PATH".into(), Secret::new("/usr/bin:/bin".into()))],
        cwd: run_dir.clone(),
        home: run_dir.join("home"),
    };
    let log = Log::open(run_dir.join("log"), &[], Limits::default());
    let process = Supervisor::new(helper, run_dir).spawn(DeploymentId(uuid::Uuid::nil()), spec, log).await?;
    writeln!(std::io::stdout(), "{}", process.control().pid())?;
    process.control().exited().await;
    Ok(())
}
