//! `catwalk doctor`: what works on this computer and what does not.

use catwalk_app::{Check, Config, doctor};
use std::io::Write;
use std::process::ExitCode;

/// What to look at.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn main(arguments: &Arguments) -> ExitCode {
    match look() {
        Ok(checks) => {
            let text = if arguments.json { json(&checks) } else { lines(&checks) };
            let written = writeln!(std::io::stdout(), "{text}");
            ExitCode::from(u8::from(written.is_err() || checks.iter().any(|c| !c.ok)))
        }
        Err(error) => {
            writeln!(std::io::stderr(), "catwalk doctor: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

fn look() -> anyhow::Result<Vec<Check>> {
    let config = Config::from_env()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(doctor(&config)))
}

fn json(checks: &[Check]) -> String {
    serde_json::to_string_pretty(checks).unwrap_or_default()
}

fn lines(checks: &[Check]) -> String {
    let line = |c: &Check| {
        let mark = if c.ok { "ok  " } else { "FAIL" };
        let way_out = c.problem.as_ref().map(|p| format!("\n                    {}", p.explanation));
        format!("{mark}  {:<14}{}{}", c.name, c.found, way_out.unwrap_or_default())
    };
    checks.iter().map(line).collect::<Vec<_>>().join("\n")
}
