//! A relay before several servers, each with manners of its own.

use crate::support::{Client, Events, OTHER_TOKEN, Running, TOKEN, local, python, rule};
use catwalk_domain::{DeploymentId, Slug};
use catwalk_relay::{Allows, Budget, Config, ConnectError, Limits, Routes, Upstream, Upstreams};
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::process::Child;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// The servers' command lines; none is one that cannot be started. Children end with it.
#[derive(Default)]
pub(super) struct Fleet {
    commands: Mutex<HashMap<DeploymentId, Option<Vec<&'static str>>>>,
    running: Mutex<Vec<(DeploymentId, Child)>>,
}

impl Upstreams for Fleet {
    fn connect(&self, id: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async move {
            let args = self.commands.lock().get(&id).cloned().flatten();
            let Some(args) = args else { return Err(ConnectError::Failed { why: "it is broken".into() }) };
            let servers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers");
            let mut python = python();
            python.arg(servers.join(args[0])).args(&args[1..]).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = python.spawn().map_err(|error| ConnectError::Failed { why: error.to_string() })?;
            let (writer, reader) = (child.stdin.take().expect("is piped"), child.stdout.take().expect("is piped"));
            self.running.lock().push((id, child));
            let stray = Arc::new(|_: &[u8]| ());
            Ok(Upstream::Pipes { reader: Box::new(reader), writer: Box::new(writer), stray })
        })
    }
}

impl Fleet {
    /// How many processes of a deployment have not ended.
    pub(super) fn alive(&self, id: DeploymentId) -> usize {
        let mut running = self.running.lock();
        let alive =
            |(of, child): &mut (DeploymentId, Child)| *of == id && child.try_wait().is_ok_and(|end| end.is_none());
        running.iter_mut().filter_map(|one| alive(one).then_some(())).count()
    }

    /// From now on it is started so.
    pub(super) fn set(&self, id: DeploymentId, command: Option<Vec<&'static str>>) {
        self.commands.lock().insert(id, command);
    }
}

/// A running relay, what stands behind it, and the routes it was given.
pub(super) struct Town {
    pub(super) relay: Running,
    pub(super) fleet: Arc<Fleet>,
    pub(super) routes: Routes,
}

pub(super) fn id(number: u128) -> DeploymentId {
    DeploymentId(Uuid::from_u128(number))
}

/// Two libraries: `ada` and `bob`.
pub(super) async fn libraries() -> Town {
    let command = |name| Some(vec!["mcp.py", "--library", name]);
    town(vec![("ada", command("ada")), ("bob", command("bob"))], Limits::default()).await
}

/// Token A opens all of them, token B only the last.
pub(super) async fn town(servers: Vec<(&str, Option<Vec<&'static str>>)>, limits: Limits) -> Town {
    let fleet = Arc::new(Fleet::default());
    let relay = Config { limits, ..Config::new(local()) }.build(fleet.clone()).await.expect("a loopback port is free");
    let (addr, handle) = (relay.local_addr(), relay.handle());
    let mut routes = Routes::default();
    for (number, (slug, command)) in (1..).zip(servers) {
        routes.deployments.insert(Slug::from_text(slug), id(number));
        fleet.set(id(number), command);
    }
    let last = id(routes.deployments.len() as u128);
    routes.tokens = vec![rule("a", TOKEN, Allows::All), rule("b", OTHER_TOKEN, Allows::Only(HashSet::from([last])))];
    handle.set_routes(routes.clone());
    let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
    relay.spawn(&tracker, stop.clone());
    let relay = Running { addr, handle, one: id(1), two: id(2), tracker, stop };
    Town { relay, fleet, routes }
}

impl Town {
    /// A client of all that its token opens.
    pub(super) async fn client(&self) -> Client {
        self.client_with(json!({})).await
    }

    pub(super) async fn client_with(&self, capabilities: Value) -> Client {
        let mut client = self.at("/mcp", TOKEN);
        client.initialize("2025-11-25", capabilities).await;
        client
    }

    /// One that has not introduced itself.
    pub(super) fn at(&self, path: &str, token: &str) -> Client {
        let url = format!("http://{}{path}", self.relay.addr);
        Client { url, token: token.to_owned(), ..self.relay.stranger() }
    }

    /// Puts changed routes in force.
    pub(super) fn route<R>(&mut self, change: impl FnOnce(&mut Routes) -> R) {
        change(&mut self.routes);
        self.relay.handle.set_routes(self.routes.clone());
    }

    /// What the first token's client bears.
    pub(super) fn budget(&mut self, name: usize, tools: Option<usize>) {
        self.route(|routes| routes.tokens[0].budget = Budget { name, tools });
    }
}

/// A list, and what a key of each entry says.
pub(super) async fn listed(client: &Client, kind: &str, member: &str, key: &str) -> (Value, Vec<String>) {
    let answer = client.ask(1, &format!("{kind}/list"), json!({})).await;
    let entries = answer["result"][member].as_array().unwrap_or_else(|| panic!("no list in {answer}"));
    let names = entries.iter().map(|entry| entry[key].as_str().expect("has a key").to_owned()).collect();
    (answer["result"].clone(), names)
}

/// The names of the tools.
pub(super) async fn tools(client: &Client) -> Vec<String> {
    listed(client, "tools", "tools", "name").await.1
}

/// The next message with this method.
pub(super) async fn heard(events: &mut Events, method: &str) -> Value {
    loop {
        let message = events.message().await;
        if message["method"] == method {
            return message;
        }
    }
}
