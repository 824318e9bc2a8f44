//! Connecting AI apps: the exact change first, then the change with a backup, then the way back.

use crate::App;
use crate::error::gone;
use crate::events::Tag;
use crate::scope::{Place, Scope};
use crate::tokens::BRIDGE;
use crate::views::{ClientLink, ClientView, ConnectPlan, DiffLine};
use catwalk_clients::{Applied, ClientKind, DiffKind, Entry, Homes, How, Mark, Plan};
use catwalk_domain::{DeploymentId, Fix, Problem, ProblemCode};
use catwalk_store::Link;
use std::collections::{BTreeMap, HashMap};

/// Changes that were shown and not yet made. The window holds only their ids.
#[derive(Debug, Default)]
pub(crate) struct Plans(HashMap<String, (Plan, Option<Place>)>);

/// Plans kept at once; a plan is made anew with every look.
const PLANS: usize = 64;

impl App {
    /// The AI apps that Catwalk knows, with what was found on this computer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_clients(&self) -> Result<Vec<ClientView>, Problem> {
        let deployments = self.store().deployments().list().await.map_err(|e| e.problem())?;
        let by_slug: HashMap<&str, DeploymentId> = deployments.iter().map(|d| (d.slug.as_str(), d.id)).collect();
        let found = catwalk_clients::found(&self.homes());
        let view = |f: catwalk_clients::Found| {
            // An entry that leads to an earlier port is ours, to be replaced or removed, but connects nothing.
            let paths: Vec<_> = f.marks.iter().filter(|m| self.leads_here(m)).map(Mark::path).collect();
            ClientView {
                kind: f.kind.id().to_owned(),
                name: f.name.to_owned(),
                file: f.file.display().to_string(),
                installed: f.installed,
                connected: paths.iter().filter_map(|path| by_slug.get(path).copied()).collect(),
                all: paths.contains(&""),
                sets: paths.iter().filter_map(|path| path.strip_prefix("set/")).map(str::to_owned).collect(),
            }
        };
        Ok(found.into_iter().map(view).collect())
    }

    /// The exact change that connecting would make. Nothing is written.
    ///
    /// # Errors
    /// When the app's file cannot be changed safely, or the keychain that keeps its token is locked.
    pub async fn plan_connect(&self, kind: &str, scope: &Scope) -> Result<ConnectPlan, Problem> {
        let kind = client(kind)?;
        let place = self.place(scope).await?;
        let entry = self.entry(kind, &place).await?;
        let plan = catwalk_clients::plan(&self.homes(), kind, &entry).map_err(|e| e.problem())?;
        Ok(self.show(plan, Some(place)))
    }

    /// The entry to paste by hand, for a file that Catwalk cannot change safely. Holds the app's token.
    ///
    /// # Errors
    /// When the server or set is gone, or the keychain that keeps the token is locked.
    pub async fn paste_entry(&self, kind: &str, scope: &Scope) -> Result<String, Problem> {
        let kind = client(kind)?;
        let place = self.place(scope).await?;
        let entry = self.entry(kind, &place).await?;
        Ok(catwalk_clients::paste(kind, &entry).map_err(|e| e.problem())?.expose().clone())
    }

    /// The exact change that disconnecting would make. Nothing is written.
    ///
    /// # Errors
    /// When the app has no entry of ours for it, or its file cannot be changed safely.
    pub async fn plan_disconnect(&self, kind: &str, scope: &Scope) -> Result<ConnectPlan, Problem> {
        let kind = client(kind)?;
        let place = self.place(scope).await?;
        let mark = self.mark(kind, &place).ok_or_else(not_connected)?;
        let plan = catwalk_clients::plan_removal(&self.homes(), kind, &mark).map_err(|e| e.problem())?;
        Ok(self.show(plan, None))
    }

    /// Makes a planned change, after a backup. `None` when the change was a disconnect.
    ///
    /// # Errors
    /// When the file changed since the plan was shown; then it is untouched.
    pub async fn apply_connect(&self, plan_id: &str) -> Result<Option<ClientLink>, Problem> {
        let (plan, place) = self.plans().0.remove(plan_id).ok_or_else(plan_gone)?;
        let kind = plan.kind;
        let applied = catwalk_clients::apply(plan, &self.backups()).map_err(|e| e.problem())?;
        self.events_out().stale(Tag::Clients);
        self.audit_act(if place.is_some() { "connect" } else { "disconnect" }, kind.id()).await;
        let Some(place) = place else {
            self.retire_unused_token(kind).await;
            return Ok(None);
        };
        let link = Link {
            id: uuid::Uuid::new_v4().to_string(),
            client: kind.id().to_owned(),
            deployment: place.deployment,
            entry: applied.name.clone(),
            file: applied.file.display().to_string(),
            backup: applied.backup.as_ref().map(|b| b.display().to_string()),
            hash_after: applied.hash_after.clone(),
            applied_at: crate::clock::now(),
            undone_at: None,
        };
        let kept = async {
            self.store().links().insert(&link).await?;
            self.store().settings().set(&receipt(&link.id), &applied).await
        };
        if let Err(error) = kept.await {
            // Without a receipt it could not be undone later: take it back now.
            catwalk_clients::undo(applied).map_err(|e| e.problem())?;
            return Err(error.problem());
        }
        Ok(Some(view(&link)))
    }

    /// Takes a change back.
    ///
    /// # Errors
    /// When the app's file cannot be changed safely.
    pub async fn undo_connect(&self, link_id: &str) -> Result<(), Problem> {
        let applied: Option<Applied> = self.store().settings().get(&receipt(link_id)).await.map_err(|e| e.problem())?;
        let applied = applied.ok_or_else(gone)?;
        let kind = applied.kind;
        catwalk_clients::undo(applied).map_err(|e| e.problem())?;
        let undone = self.store().links().undo(link_id, crate::clock::now()).await;
        undone.map_err(|e| e.problem())?;
        self.store().settings().unset(&receipt(link_id)).await.map_err(|e| e.problem())?;
        self.events_out().stale(Tag::Clients);
        self.audit_act("undo connect", kind.id()).await;
        self.retire_unused_token(kind).await;
        Ok(())
    }

    /// Changes that can be undone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn client_links(&self) -> Result<Vec<ClientLink>, Problem> {
        let active = self.store().links().active().await.map_err(|e| e.problem())?;
        Ok(active.iter().map(view).collect())
    }

    /// Removes our entries for a server or set that is being deleted. An app whose file cannot be changed keeps its entry,
    /// which then leads nowhere; that must not keep the user from deleting.
    pub(crate) async fn disconnect_everywhere(&self, place: &Place) {
        let homes = self.homes();
        for kind in ClientKind::ALL {
            let Some(mark) = self.mark(kind, place) else { continue };
            let done = catwalk_clients::plan_removal(&homes, kind, &mark)
                .and_then(|plan| catwalk_clients::apply(plan, &self.backups()));
            if let Err(error) = done {
                tracing::warn!(%error, client = kind.id(), "an entry stayed behind");
            }
            self.retire_unused_token(kind).await;
        }
        for link in self.store().links().active().await.unwrap_or_default() {
            if place.deployment.is_some() && link.deployment == place.deployment {
                self.store().links().undo(&link.id, crate::clock::now()).await.ok();
                self.store().settings().unset(&receipt(&link.id)).await.ok();
            }
        }
        self.events_out().stale(Tag::Clients);
    }

    /// Takes back the token of an app that has no entry of ours any more. The bridge's token never left Catwalk's folder.
    async fn retire_unused_token(&self, kind: ClientKind) {
        let homes = self.homes();
        let unused =
            catwalk_clients::found(&homes).iter().any(|f| f.kind == kind && f.marks.is_empty() && f.problem.is_none());
        if kind.speaks_http()
            && unused
            && let Err(problem) = self.retire_token(kind.name()).await
        {
            tracing::warn!(code = ?problem.code, "the token of a disconnected app is still valid");
        }
    }

    /// Where other apps keep their files, with what is ours in them.
    fn homes(&self) -> Homes {
        let mut homes = self.config().homes().clone();
        homes.ours.relays.push(self.relay_origin().to_owned());
        let earlier = self.config().preferences().earlier_ports;
        homes.ours.relays.extend(earlier.iter().map(|port| format!("http://127.0.0.1:{port}")));
        homes.ours.binaries.push(self.config().helper().to_owned());
        homes
    }

    fn leads_here(&self, mark: &Mark) -> bool {
        match mark {
            Mark::Url { url } => url.starts_with(&format!("{}/mcp", self.relay_origin())),
            Mark::Bridge { .. } => true,
        }
    }

    fn mark(&self, kind: ClientKind, place: &Place) -> Option<Mark> {
        let found = catwalk_clients::found(&self.homes()).into_iter().find(|f| f.kind == kind)?;
        found.marks.into_iter().find(|m| m.path() == place.path)
    }

    async fn entry(&self, kind: ClientKind, place: &Place) -> Result<Entry, Problem> {
        let how = if kind.speaks_http() {
            let token = self.token_of(kind.name()).await?;
            How::Http { url: place.url(self.relay_origin()), token }
        } else {
            // The bridge finds address and token in Catwalk's own folder; no token goes into the app's file.
            self.token_of(BRIDGE).await?;
            self.write_bridge_file().await?;
            let data = self.config().data_dir().display().to_string();
            How::Bridge {
                command: self.config().helper().to_owned(),
                args: ["bridge", &place.path].into_iter().filter(|word| !word.is_empty()).map(str::to_owned).collect(),
                env: BTreeMap::from([("CATWALK_DATA".to_owned(), data)]),
            }
        };
        Ok(Entry { name: place.entry.clone(), how })
    }

    fn show(&self, plan: Plan, place: Option<Place>) -> ConnectPlan {
        let mut notes = Vec::new();
        if let Some(taken) = &plan.conflict {
            notes.push(format!("Another entry is already called “{taken}”, so this one is called “{}”.", plan.name));
        }
        notes.push(plan.kind.reload().to_owned());
        let plan_id = uuid::Uuid::new_v4().to_string();
        let shown = ConnectPlan {
            plan_id: plan_id.clone(),
            file: plan.file.display().to_string(),
            diff: plan.diff.iter().map(diff_line).collect(),
            entry_name: plan.name.clone(),
            note: Some(notes.join(" ")),
        };
        let mut plans = self.plans();
        if plans.0.len() >= PLANS {
            plans.0.clear();
        }
        plans.0.insert(plan_id, (plan, place));
        shown
    }
}

fn client(kind: &str) -> Result<ClientKind, Problem> {
    kind.parse().map_err(|e| crate::error::internal("Catwalk does not know this app", &e))
}

fn receipt(link: &str) -> String {
    format!("link:{link}")
}

fn view(link: &Link) -> ClientLink {
    ClientLink { id: link.id.clone(), kind: link.client.clone(), deployment: link.deployment, at: link.applied_at }
}

fn diff_line(line: &catwalk_clients::DiffLine) -> DiffLine {
    let sign = match line.kind {
        DiffKind::Added => "+",
        DiffKind::Removed => "-",
        DiffKind::Same => " ",
        DiffKind::Gap => "…",
    };
    DiffLine { sign: sign.to_owned(), text: line.text.clone() }
}

fn plan_gone() -> Problem {
    let text = "It was shown too long ago. Look at the change once more.";
    Problem::new(ProblemCode::ClientConfig, "This change is no longer here", text).fix(Fix::Retry)
}

fn not_connected() -> Problem {
    Problem::new(ProblemCode::ClientConfig, "This app is not connected", "It has no entry for it.")
}
