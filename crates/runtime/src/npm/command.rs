//! Runs our npm: as a script of our node, with our own settings, never those of the user or of a repository.

use super::failure;
use crate::Error;
use crate::environment::{self, Env};
use crate::job::Job;
use crate::tool::{Output, Tool};
use crate::toolchain::Node;
use std::path::Path;

/// npm, ready to run.
pub(crate) struct Npm<'a> {
    pub(crate) job: &'a Job<'a>,
    node: Node,
    env: Env,
}

/// What npm said.
pub(crate) struct Said {
    step: String,
    output: Output,
}

impl<'a> Npm<'a> {
    pub(crate) fn new(job: &'a Job<'a>, node: &Node) -> Result<Self, Error> {
        let (config, places) = (&job.runtime.config, &job.runtime.places);
        let mut env = environment::tools(config, places)?;
        let absent = |file: &str| super::text(places.tool_home().join(file));
        // The environment outranks a project's `.npmrc`, and the user's own is never seen: these files do not exist.
        let settings = [
            ("registry", config.npm_registry.to_string()),
            ("cache", super::text(places.npm_cache())),
            ("userconfig", absent("no-user-npmrc")),
            ("globalconfig", absent("no-global-npmrc")),
            ("prefix", super::text(places.tool_home())),
            ("nodedir", super::text(node.prefix())),
            ("ignore_scripts", "true".into()),
            ("audit", "false".into()),
            ("fund", "false".into()),
            ("update_notifier", "false".into()),
            ("loglevel", "error".into()),
            ("json", "true".into()),
            ("logs_max", "0".into()),
            ("fetch_retries", "2".into()),
            ("fetch_retry_mintimeout", "500".into()),
            ("fetch_retry_maxtimeout", "4000".into()),
            ("fetch_timeout", "60000".into()),
        ];
        env.extend(settings.map(|(key, value)| (format!("npm_config_{key}"), value)));
        let path = environment::path_with(&[node.bin()], &env);
        env.insert("PATH".into(), path);
        Ok(Self { job, node: node.clone(), env })
    }

    /// Runs `npm <args>` in a folder.
    pub(crate) async fn run(&self, step: &str, dir: &Path, args: &[&str]) -> Result<Said, Error> {
        self.job.step(step);
        let cli = self.node.npm_cli().into_os_string();
        let tool = Tool {
            step: step.to_owned(),
            program: self.node.program(),
            args: std::iter::once(cli).chain(args.iter().map(Into::into)).collect(),
            env: self.env.clone(),
            cwd: dir.to_owned(),
        };
        Ok(Said { step: step.to_owned(), output: tool.run(self.job).await? })
    }

    /// Installs exactly what the lock says; anything whose bytes differ fails.
    pub(crate) async fn clean_install(&self, dir: &Path, packages: usize, args: &[&str]) -> Result<(), Error> {
        let noun = if packages == 1 { "package" } else { "packages" };
        let args: Vec<&str> = std::iter::once("ci").chain(args.iter().copied()).collect();
        self.run(&format!("Installing {packages} {noun}"), dir, &args).await?.ok()
    }
}

impl Said {
    /// Whether it failed for want of versions that are old enough.
    pub(crate) fn too_new(&self) -> bool {
        !self.output.ok && failure::too_new(&self.output)
    }

    /// Whether it failed because a lock and its `package.json` do not agree.
    pub(crate) fn out_of_step(&self) -> bool {
        !self.output.ok && failure::out_of_step(&self.output)
    }

    pub(crate) fn evidence(&self) -> Vec<String> {
        failure::evidence(&self.output)
    }

    /// Turns a failure into an error.
    pub(crate) fn ok(self) -> Result<(), Error> {
        if self.output.ok { Ok(()) } else { Err(failure::explain(self.step, &self.output)) }
    }
}
