//! Linux: the Secret Service. A locked collection hides its entries or asks for a password, so we look before we read.

use crate::Error;
use keyring_core::CredentialStore;
use secret_service::EncryptionType;
use secret_service::blocking::{Collection, SecretService};
use std::collections::HashMap;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// How long the service may take for what needs no dialog.
const PATIENCE: Duration = Duration::from_secs(15);

/// Connects to the desktop's Secret Service.
pub(crate) fn connect() -> Result<Arc<CredentialStore>, Error> {
    let store = zbus_secret_service_keyring_store::Store::new().map_err(|error| super::decode(error, ""))?;
    Ok(store)
}

/// Whether a locked store hides its entries.
pub(crate) fn can_be_locked(store: &Arc<CredentialStore>) -> bool {
    store.as_any().is::<zbus_secret_service_keyring_store::Store>()
}

/// Succeeds only when "no entry" would be the truth and no dialog would show: the default collection is open, the
/// entry (if any) is open, and if there is no entry, then no other collection that could hide it is locked.
pub(crate) fn must_be_open(service: &str, id: &str) -> Result<(), Error> {
    let secrets = session()?;
    let default = default_collection(&secrets)?;
    if default.is_locked().map_err(decode)? {
        return Err(Error::Locked);
    }
    let found = secrets.search_items(HashMap::from([("service", service), ("username", id)])).map_err(decode)?;
    if !found.unlocked.is_empty() {
        return Ok(());
    }
    if !found.locked.is_empty() {
        return Err(Error::Locked);
    }
    for collection in secrets.get_all_collections().map_err(decode)? {
        if collection.is_locked().map_err(decode)? {
            return Err(Error::Locked);
        }
    }
    Ok(())
}

/// Asks the desktop to unlock (or to set up) the default collection and waits for the user.
pub(crate) fn request_unlock() -> Result<(), Error> {
    let secrets = session()?;
    match default_collection(&secrets) {
        Ok(collection) if collection.is_locked().map_err(decode)? => collection.unlock().map_err(refused)?,
        Ok(_) => {}
        Err(Error::NoCollection) => {
            secrets.create_collection("Default keyring", "default").map_err(refused)?;
        }
        Err(other) => return Err(other),
    }
    let open = default_collection(&secrets)?;
    if open.is_locked().map_err(decode)? { Err(Error::Refused(None)) } else { Ok(()) }
}

/// Runs `work` on a thread of its own and gives up on it when the service hangs: the thread stays behind, the caller
/// does not.
pub(crate) fn patiently<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(PATIENCE).unwrap_or(Err(Error::Silent(PATIENCE)))
}

fn session() -> Result<SecretService<'static>, Error> {
    // Plain: only names and locks pass here, the key itself travels through the store's encrypted session.
    SecretService::connect(EncryptionType::Plain).map_err(decode)
}

fn default_collection<'a>(secrets: &'a SecretService<'_>) -> Result<Collection<'a>, Error> {
    secrets.get_default_collection().map_err(|error| match error {
        secret_service::Error::NoResult => Error::NoCollection,
        other => decode(other),
    })
}

fn decode(error: secret_service::Error) -> Error {
    match error {
        secret_service::Error::Locked => Error::Locked,
        secret_service::Error::Prompt => Error::Refused(Some(Box::new(error))),
        other => Error::Unavailable(Box::new(other)),
    }
}

/// While asking for a dialog, a failure of the service mostly means that no dialog can be shown.
fn refused(error: secret_service::Error) -> Error {
    Error::Refused(Some(Box::new(error)))
}
