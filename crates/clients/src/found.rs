//! Which clients are on this computer, and what they know of us.

use crate::plan::Current;
use crate::table::row;
use crate::{ClientKind, Homes, Mark};
use catwalk_domain::Problem;
use std::path::PathBuf;

/// A client, found or not.
#[derive(Clone, Debug)]
pub struct Found {
    /// Which.
    pub kind: ClientKind,
    /// Its name for people.
    pub name: &'static str,
    /// The file we would write.
    pub file: PathBuf,
    /// Whether it is on this computer.
    pub installed: bool,
    /// Names of our entries in its file.
    pub connected: Vec<String>,
    /// The deployments behind those entries, in the same order.
    pub marks: Vec<Mark>,
    /// Why its file cannot be used as it is, if so.
    pub problem: Option<Problem>,
}

/// Looks at every client of the table. Reads only.
pub fn found(homes: &Homes) -> Vec<Found> {
    ClientKind::ALL.into_iter().map(|kind| look(homes, kind)).collect()
}

fn look(homes: &Homes, kind: ClientKind) -> Found {
    let client = row(kind);
    let file = (client.file)(homes);
    let entries = Current::read(client, &file).and_then(|current| {
        let doc = current.doc()?;
        current.servers(&doc)
    });
    let (servers, problem) = match entries {
        Ok(servers) => (servers, None),
        Err(error) => (serde_json::Map::new(), Some(error.problem())),
    };
    let ours = servers.iter().filter_map(|(name, value)| Some((name.clone(), Mark::read(value, &homes.ours)?)));
    let (connected, marks) = ours.unzip();
    Found { kind, name: client.name, file, installed: client.installed(homes), connected, marks, problem }
}
