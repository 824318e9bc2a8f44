//! From deployment to process: secrets are opened here, just before the start, and dropped right after.

use crate::App;
use catwalk_domain::{Answer, Answers, Deployment, DeploymentId, Fix, Installed, Problem, ProblemCode, Secret, launch};
use catwalk_relay::{Credentials, Remote};
use catwalk_supervisor::Spec;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything needed to start, with the secrets that must be masked in its log.
pub(crate) struct Start {
    pub(crate) spec: Spec,
    pub(crate) masks: Vec<Secret<String>>,
}

impl App {
    /// Opens the answers and builds what is started.
    pub(crate) async fn start_of(&self, deployment: &Deployment, installed: &Installed) -> Result<Start, Problem> {
        let answers = self.keys().open_all(deployment).await?;
        let built = launch(&deployment.manifest, &answers).map_err(|e| incomplete(&e))?;
        let home = self.private_home(deployment.id);
        let program = PathBuf::from(&installed.program);
        let mut args: Vec<Secret<String>> = installed.leading_args.iter().cloned().map(Secret::new).collect();
        args.extend(built.args);
        let mut env: Vec<(String, Secret<String>)> = Vec::new();
        let base = self.runtime().base_env().into_iter().chain(installed.env.clone());
        let own = home_variables(&home).into_iter().chain(base);
        env.extend(own.map(|(k, v)| (k, Secret::new(v))));
        // The deployment's own values come last and win; names that load code into every process are never passed on.
        env.retain(|(name, _)| !built.env.iter().any(|(own, _)| own == name));
        env.extend(built.env.into_iter().filter(|(name, _)| !loads_code(name)));
        let cwd = home.clone();
        Ok(Start { masks: secrets(answers), spec: Spec { program, args, env, cwd, home } })
    }

    /// The connection to a hosted server, its credential opened, and what must be masked where it is quoted.
    pub(crate) async fn remote_of(&self, deployment: &Deployment) -> Result<(Remote, Vec<Secret<String>>), Problem> {
        let answers = self.keys().open_all(deployment).await?;
        let built = launch(&deployment.manifest, &answers).map_err(|e| incomplete(&e))?;
        let remote = deployment.manifest.remote();
        let sse = remote.is_some_and(|r| r.kind == catwalk_domain::manifest::TransportKind::Sse);
        let url = built.url.unwrap_or_else(|| Secret::new(String::new()));
        let url: url::Url = url.expose().parse().map_err(|e| {
            Problem::new(
                ProblemCode::AnswersInvalid,
                "The server's address is not an address",
                "Check what you entered.",
            )
            // Not the address itself: a key may be part of it.
            .evidence([format!("{e}")])
            .fix(Fix::EditAnswers { field: None })
        })?;
        // Who has a key for it needs no account, and a wrong key is no reason to ask for one.
        let has_key = built.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let credentials = if has_key {
            self.accounts().forget(deployment.id);
            None
        } else {
            let account = self.accounts().at(deployment.id, &url, self.keys(), self.store()).await?;
            Some(account as Arc<dyn Credentials>)
        };
        Ok((Remote { headers: built.headers, sse, credentials, ..Remote::new(url) }, secrets(answers)))
    }

    /// The folder that a server may call its home.
    pub(crate) fn private_home(&self, id: DeploymentId) -> PathBuf {
        self.config().data_dir().join("homes").join(id.to_string())
    }

    /// Home and log of a deployment that is gone.
    pub(crate) fn remove_private_files(&self, id: DeploymentId) {
        for folder in [self.private_home(id), self.config().server_logs().join(id.to_string())] {
            if let Err(error) = std::fs::remove_dir_all(&folder)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(%error, folder = %folder.display(), "a folder stayed behind");
            }
        }
    }
}

fn secrets(answers: Answers) -> Vec<Secret<String>> {
    let secret = |answer| match answer {
        Answer::Secret(secret) => Some(secret),
        Answer::Plain(_) => None,
    };
    answers.0.into_values().filter_map(secret).collect()
}

/// A private home, so that servers neither read nor litter the user's.
fn home_variables(home: &std::path::Path) -> Vec<(String, String)> {
    let at = |part: &str| home.join(part).display().to_string();
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let mut out = vec![pair("HOME", home.display().to_string())];
    if cfg!(windows) {
        out.push(pair("USERPROFILE", home.display().to_string()));
        out.push(pair("APPDATA", at("AppData")));
        out.push(pair("LOCALAPPDATA", at("AppData")));
        out.push(pair("TEMP", at("tmp")));
        out.push(pair("TMP", at("tmp")));
    } else {
        out.push(pair("TMPDIR", at("tmp")));
        out.push(pair("XDG_CONFIG_HOME", at(".config")));
        out.push(pair("XDG_DATA_HOME", at(".local/share")));
        out.push(pair("XDG_CACHE_HOME", at(".cache")));
    }
    out
}

/// Variables by which one program makes another load code.
fn loads_code(name: &str) -> bool {
    const NAMES: [&str; 8] =
        ["NODE_OPTIONS", "NODE_PATH", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "BASH_ENV", "PERL5LIB", "RUBYOPT"];
    let upper = name.to_ascii_uppercase();
    NAMES.contains(&upper.as_str()) || upper.starts_with("LD_") || upper.starts_with("DYLD_")
}

fn incomplete(error: &catwalk_domain::LaunchProblem) -> Problem {
    let field = match error {
        catwalk_domain::LaunchProblem::Missing(key) => Some(key.0.clone()),
        catwalk_domain::LaunchProblem::NothingToRun => None,
    };
    Problem::new(ProblemCode::AnswersInvalid, "Something is still missing", "Fill in the form and start it again.")
        .evidence([error.to_string()])
        .fix(Fix::EditAnswers { field })
}
