//! Runs our uv on one virtual environment, with our own settings, never those of the user or of a repository.

use super::{LOCK, VENV, failure};
use crate::Error;
use crate::environment::{self, Env};
use crate::job::Job;
use crate::npm::{text, write};
use crate::tool::{Output, Tool};
use crate::toolchain::Uv;
use std::path::{Path, PathBuf};

/// A virtual environment being built.
pub(crate) struct Python<'a> {
    pub(crate) job: &'a Job<'a>,
    uv: Uv,
    env: Env,
    dir: PathBuf,
}

/// What uv said.
pub(crate) struct Said {
    step: String,
    output: Output,
}

/// Where an environment keeps its programs.
pub(crate) fn scripts(venv: &Path) -> PathBuf {
    venv.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// The environment's interpreter.
pub(crate) fn interpreter(venv: &Path) -> PathBuf {
    scripts(venv).join(if cfg!(windows) { "python.exe" } else { "python" })
}

impl<'a> Python<'a> {
    /// The environment will be `dir/venv`, its lock `dir/requirements.lock`.
    pub(crate) fn new(job: &'a Job<'a>, uv: &Uv, dir: &Path) -> Result<Self, Error> {
        let (config, places) = (&job.runtime.config, &job.runtime.places);
        let mut env = environment::tools(config, places)?;
        if cfg!(target_os = "macos") {
            // Without Xcode, Apple's /usr/bin/python3 is a stub that opens a dialog.
            env.insert("PATH".into(), "/opt/homebrew/bin:/usr/local/bin".into());
        }
        let settings = [
            ("UV_DEFAULT_INDEX", config.pypi_index.to_string()),
            ("UV_CACHE_DIR", text(places.uv_cache())),
            ("UV_PYTHON_INSTALL_DIR", text(places.pythons())),
            // One that is here beats a download.
            ("UV_PYTHON_PREFERENCE", "system".into()),
            // Copies: clearing the cache must not break what is installed.
            ("UV_LINK_MODE", "copy".into()),
            ("UV_NO_CONFIG", "1".into()),
            ("UV_NO_ENV_FILE", "1".into()),
            ("UV_NO_PROGRESS", "1".into()),
            ("UV_SYSTEM_CERTS", "1".into()),
            ("UV_HTTP_TIMEOUT", "60".into()),
        ];
        env.extend(settings.map(|(key, value)| (key.to_owned(), value)));
        // A tarball has no git history; version plug-ins that read it must not fail for that.
        for key in [
            "SETUPTOOLS_SCM_PRETEND_VERSION",
            "PBR_VERSION",
            "UV_DYNAMIC_VERSIONING_BYPASS",
            "POETRY_DYNAMIC_VERSIONING_BYPASS",
        ] {
            env.insert(key.into(), "0.0.0".into());
        }
        Ok(Self { job, uv: uv.clone(), env, dir: dir.to_owned() })
    }

    /// Makes the environment with a Python that the package accepts. `relocatable`, because it moves to its place later.
    pub(crate) async fn create(&self, accepts: &str) -> Result<(), Error> {
        let args = ["venv", "--no-project", "--relocatable", "--python", accepts, VENV];
        let said = self.run("Preparing Python", &args.map(str::to_owned)).await?;
        if said.output.ok { Ok(()) } else { Err(failure::no_python(accepts, &said.output)) }
    }

    /// Resolves `wanted` into the lock. It says why each package is there, on one line each.
    pub(crate) async fn compile(&self, step: &str, wanted: &str, limits: &[String]) -> Result<Said, Error> {
        let head = ["pip", "compile", wanted, "--output-file", LOCK, "--generate-hashes"];
        let form = ["--no-header", "--annotation-style", "line", "--no-sources", "--python"];
        let mut args: Vec<String> = head.iter().chain(&form).map(|&a| a.to_owned()).collect();
        args.push(text(interpreter(Path::new(VENV))));
        args.extend(self.builds());
        args.extend_from_slice(limits);
        self.run(step, &args).await
    }

    /// Installs exactly what the lock says; anything whose bytes differ fails.
    pub(crate) async fn sync(&self) -> Result<(), Error> {
        let lock = self.lock()?;
        let packages = lock.lines().filter(|l| l.contains("==") && !l.starts_with([' ', '#'])).count();
        if packages == 0 {
            return Ok(());
        }
        let noun = if packages == 1 { "package" } else { "packages" };
        let head = ["pip", "sync", LOCK, "--require-hashes", "--compile-bytecode", "--python"];
        let mut args: Vec<String> = head.iter().map(|&a| a.to_owned()).collect();
        args.push(text(interpreter(Path::new(VENV))));
        args.extend(self.builds());
        self.run(&format!("Installing {packages} {noun}"), &args).await?.ok(self.job)
    }

    /// Builds a source tree into a wheel. Runs its build backend: only with consent.
    pub(crate) async fn build(&self, tree: &Path) -> Result<PathBuf, Error> {
        let out = self.dir.join("dist");
        let head = ["build", "--wheel", "--no-sources", "--no-create-gitignore", "--python"];
        let mut args: Vec<String> = head.iter().map(|&a| a.to_owned()).collect();
        args.extend([text(interpreter(&self.dir.join(VENV))), "--out-dir".into(), text(&out), text(tree)]);
        if crate::cooldown::applies(self.job) {
            args.extend(["--exclude-newer".to_owned(), self.job.cutoff_iso()]);
        }
        let step = "Building the server";
        self.run(step, &args).await?.ok(self.job)?;
        let files = std::fs::read_dir(&out).map_err(Error::io(&out))?.flatten().map(|e| e.path());
        let wheel = files.into_iter().find(|p| p.extension().is_some_and(|e| e == "whl"));
        wheel.ok_or_else(|| Error::Tool { step: step.into(), evidence: vec!["It made no wheel.".into()] })
    }

    /// Installs a wheel that was built here; its dependencies are there already.
    pub(crate) async fn install_wheel(&self, wheel: &Path) -> Result<(), Error> {
        let head = ["pip", "install", "--no-deps", "--offline", "--compile-bytecode", "--python"];
        let mut args: Vec<String> = head.iter().map(|&a| a.to_owned()).collect();
        args.extend([text(interpreter(Path::new(VENV))), text(wheel)]);
        self.run("Installing the server", &args).await?.ok(self.job)
    }

    /// Marks the lock with what it was made for: another Python needs another one.
    pub(crate) fn stamp_lock(&self) -> Result<(), Error> {
        let lock = self.lock()?;
        write(&self.dir.join(LOCK), format!("{}{lock}", self.stamp()?).as_bytes())
    }

    /// The lock as it is.
    pub(crate) fn lock(&self) -> Result<String, Error> {
        let at = self.dir.join(LOCK);
        std::fs::read_to_string(&at).map_err(Error::io(&at))
    }

    /// First line of a lock for this environment's Python.
    pub(crate) fn stamp(&self) -> Result<String, Error> {
        let at = self.dir.join(VENV).join("pyvenv.cfg");
        let config = std::fs::read_to_string(&at).map_err(Error::io(&at))?;
        let version = config.lines().find_map(|l| l.strip_prefix("version_info")).unwrap_or_default();
        let short: Vec<&str> = version.trim_start_matches([' ', '=']).split('.').take(2).collect();
        Ok(format!("# Python {}\n", short.join(".")))
    }

    /// Wheels only, but for packages that the user allowed to be built.
    fn builds(&self) -> Vec<String> {
        let names =
            self.job.request.allow_scripts.iter().filter(|p| !p.contains(['/', '\\', '@', ' ']) && !p.starts_with('-'));
        let allowed = names.flat_map(|p| ["--no-binary".to_owned(), p.clone()]);
        ["--only-binary".to_owned(), ":all:".to_owned()].into_iter().chain(allowed).collect()
    }

    async fn run(&self, step: &str, args: &[String]) -> Result<Said, Error> {
        self.job.step(step);
        let tool = Tool {
            step: step.to_owned(),
            program: self.uv.program(),
            args: args.iter().map(Into::into).collect(),
            env: self.env.clone(),
            cwd: self.dir.clone(),
        };
        Ok(Said { step: step.to_owned(), output: tool.run(self.job).await? })
    }
}

impl Said {
    /// Whether it failed for want of versions that are old enough, or whose age is known.
    pub(crate) fn too_new(&self) -> bool {
        !self.output.ok && failure::too_new(&self.output)
    }

    /// Whether it failed because no set of versions fits, rather than for an accident.
    pub(crate) fn no_solution(&self) -> bool {
        !self.output.ok && failure::no_solution(&self.output)
    }

    pub(crate) fn evidence(&self) -> Vec<String> {
        self.output.evidence()
    }

    /// Turns a failure into an error.
    pub(crate) fn ok(self, job: &Job<'_>) -> Result<(), Error> {
        if self.output.ok { Ok(()) } else { Err(failure::explain(job, self.step, &self.output)) }
    }
}
