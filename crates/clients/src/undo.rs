//! Taking a change back, even after the client has rewritten its file.

use crate::plan::{Current, to_json};
use crate::splice;
use crate::style::Put;
use crate::table::row;
use crate::{Applied, Error, write};

/// What undoing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// Nobody had touched the file since: it is byte for byte what it was.
    File,
    /// The file had been rewritten meanwhile: our entry alone went back, the rest stays as it is now.
    Entry,
    /// There was nothing left to take back.
    Nothing,
}

/// Takes a change back.
pub fn undo(applied: Applied) -> Result<Undone, Error> {
    if !applied.changed {
        return Ok(Undone::Nothing);
    }
    let client = row(applied.kind);
    let current = Current::read(client, &applied.file)?;
    let Some(hash) = &current.hash else { return Ok(Undone::Nothing) };
    let before = match &applied.backup {
        Some(backup) => write::read(client.name, backup)?,
        None => None,
    };
    if *hash == applied.hash_after {
        if !applied.existed {
            write::delete(client.name, &applied.file, hash)?;
            return Ok(Undone::File);
        }
        if let Some(before) = &before {
            write::replace(client.name, &applied.file, Some(hash), before)?;
            return Ok(Undone::File);
        }
    }
    if applied.replaced && before.is_none() {
        return Err(Error::BackupGone { client: client.name, file: applied.file });
    }
    entry_alone(&applied, &current, before)
}

/// Puts back what stood under our name, or nothing.
fn entry_alone(applied: &Applied, current: &Current, before: Option<Vec<u8>>) -> Result<Undone, Error> {
    let (client, name) = (current.client, applied.name.as_str());
    let gone = || Error::BackupGone { client: client.name, file: applied.file.clone() };
    let text = before.map(String::from_utf8).transpose().map_err(|_| gone())?;
    let backup = Current { client, file: applied.file.clone(), text, hash: None };
    let backup = backup.doc().map_err(|_| gone())?;
    let previous = backup.value(client.key, name).map_err(|_| gone())?;

    let doc = current.doc()?;
    let now = doc.value(client.key, name).map_err(|e| current.shape(e))?.map(to_json);
    let meant = previous.map(to_json);
    if now == meant {
        return Ok(Undone::Nothing);
    }
    if now.as_ref().is_some_and(|now| !applied.mark.matches(now)) {
        return Err(Error::NotOurs { client: client.name, file: applied.file.clone(), name: name.to_owned() });
    }
    let after = match previous {
        Some(value) => splice::set(&doc, client.key, name, &Put::Raw(backup.text_of(value))),
        None => splice::remove(&doc, client.key, name),
    };
    let after = current.checked(&doc, &after.map_err(|e| current.shape(e))?, name, meant.as_ref())?;
    write::replace(client.name, &applied.file, current.hash.as_deref(), after.as_bytes())?;
    Ok(Undone::Entry)
}
