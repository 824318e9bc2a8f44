//! The one entry that Catwalk keeps in the keychain: reading it, writing it, and never mistaking "locked" for "absent".

use crate::key::Key;
use crate::{Error, platform};
use keyring_core::CredentialStore;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Where the master key is kept.
pub(crate) enum Keychain {
    /// A store that somebody handed in.
    Given(Arc<CredentialStore>),
    /// The operating system's. Connected anew for each use: its service may have been restarted since.
    System,
}

impl Keychain {
    /// Reads the key; [`Error::KeyGone`] only when the keychain is known to be open.
    pub(crate) fn read(&self, service: &str, id: &str) -> Result<Key, Error> {
        let task = self.task(service, id);
        let id = id.to_owned();
        platform::patiently(move || {
            task.must_be_open()?;
            let text = match task.entry()?.get_password() {
                Ok(text) => Zeroizing::new(text),
                Err(keyring_core::Error::NoEntry) => return Err(Error::KeyGone { key_id: id }),
                Err(other) => return Err(platform::decode(other, &id)),
            };
            Key::from_text(&id, &text).ok_or(Error::KeyDamaged { key_id: id })
        })
    }

    /// Writes the key and reads it back: a keychain that loses entries is found out before anything is sealed.
    pub(crate) fn write(&self, service: &str, key: &Key) -> Result<(), Error> {
        let (task, text, id) = (self.task(service, &key.id), key.to_text(), key.id.clone());
        platform::patiently(move || {
            task.must_be_open()?;
            task.entry()?.set_password(&text).map_err(|error| platform::decode(error, &id))
        })?;
        match self.read(service, &key.id) {
            Ok(read) if read.is_same(key) => Ok(()),
            Ok(_) | Err(Error::KeyGone { .. } | Error::KeyDamaged { .. }) => Err(Error::NotKept),
            Err(other) => Err(other),
        }
    }

    /// Asks the operating system to unlock its keychain; may show a dialog and wait for the user.
    pub(crate) fn request_unlock(&self) -> Result<(), Error> {
        let task = self.task("", "");
        if platform::can_be_locked(&task.store()?) { platform::request_unlock() } else { Ok(()) }
    }

    fn task(&self, service: &str, id: &str) -> Task {
        let store = match self {
            Self::Given(store) => Some(store.clone()),
            Self::System => None,
        };
        Task { store, service: service.to_owned(), id: id.to_owned() }
    }
}

/// What one look into the keychain needs; owned, because it may run on a thread of its own.
struct Task {
    store: Option<Arc<CredentialStore>>,
    service: String,
    id: String,
}

impl Task {
    fn store(&self) -> Result<Arc<CredentialStore>, Error> {
        self.store.clone().map_or_else(platform::connect, Ok)
    }

    fn must_be_open(&self) -> Result<(), Error> {
        if platform::can_be_locked(&self.store()?) { platform::must_be_open(&self.service, &self.id) } else { Ok(()) }
    }

    fn entry(&self) -> Result<keyring_core::Entry, Error> {
        self.store()?.build(&self.service, &self.id, None).map_err(|error| platform::decode(error, &self.id))
    }
}
