//! The vault over a real Secret Service (gnome-keyring on a private bus): locked, absent, wrong and away stay apart.
#![cfg(target_os = "linux")]

use catwalk_domain::{DeploymentId, FieldKey, ProblemCode, Secret};
use catwalk_testkit::keyring::{Inside, Keyring, inside};
use catwalk_vault::{Error, KeyCheck, State, Vault};
use uuid::Uuid;

const SERVICE: &str = "Catwalk";

fn vault() -> Vault {
    Vault::system(SERVICE).expect("Linux has a keychain")
}

fn first_run() -> (Vault, KeyCheck) {
    let vault = vault();
    let check = vault.unlock(None).expect("first run");
    (vault, check)
}

fn keyring_of(test: &str) -> Option<Inside> {
    inside(test, Keyring::start)
}

#[test]
fn a_key_is_kept_and_found_again() {
    let Some(_keyring) = keyring_of("a_key_is_kept_and_found_again") else { return };
    let (first, check) = first_run();
    let (id, field, secret) = (DeploymentId(Uuid::now_v7()), FieldKey::from("env:KEY"), Secret::new("kea".to_owned()));
    let sealed = first.seal(id, &field, &secret).expect("seals");
    let second = vault();
    second.unlock(Some(check)).expect("finds the key");
    assert_eq!(second.open(id, &field, &sealed).expect("opens"), secret);
}

// FAULTS case 29.
#[test]
fn locked_is_not_absent() {
    let Some(keyring) = keyring_of("locked_is_not_absent") else { return };
    let (running, check) = first_run();
    keyring.lock().expect("locks");

    let vault = vault();
    assert!(matches!(vault.unlock(Some(check.clone())), Err(Error::Locked)), "a known key");
    assert!(matches!(vault.unlock(None), Err(Error::Locked)), "a first run");
    assert_eq!(vault.state(), State::Locked);
    assert_eq!(running.state(), State::Unlocked, "what runs goes on");

    // No dialog can be shown here, which reads like a cancelled one.
    let refused = vault.request_unlock().expect_err("nobody to ask");
    assert!(matches!(refused, Error::Refused(_)), "{refused:?}");
    assert_eq!(refused.problem().code, ProblemCode::KeychainLocked);
    assert!(matches!(vault.unlock(Some(check)), Err(Error::Locked)));
}

#[test]
fn absent_is_said_only_of_an_open_keyring() {
    let Some(keyring) = keyring_of("absent_is_said_only_of_an_open_keyring") else { return };
    let (_, check) = first_run();
    keyring.wipe().expect("wipes");
    let gone = vault().unlock(Some(check.clone())).expect_err("gone");
    assert!(matches!(gone, Error::KeyGone { .. }), "{gone:?}");
    assert_eq!(gone.problem().code, ProblemCode::KeyLost);
    assert!(matches!(vault().unlock(Some(check)), Err(Error::KeyGone { .. })), "asking did not make one");
}

#[test]
fn a_foreign_key_is_recognised() {
    let Some(_keyring) = keyring_of("a_foreign_key_is_recognised") else { return };
    let (_, check) = first_run();
    let (_, other) = first_run();
    let mixed = KeyCheck { key_id: check.key_id, sealed: other.sealed };
    assert!(matches!(vault().unlock(Some(mixed)), Err(Error::WrongKey { .. })));
}

#[test]
fn a_bus_without_a_keyring_says_what_to_install() {
    let Some(_bus) = inside("a_bus_without_a_keyring_says_what_to_install", Keyring::bus_only) else { return };
    let away = vault().unlock(None).expect_err("no service");
    assert!(matches!(away, Error::Unavailable(_)), "{away:?}");
    let problem = away.problem();
    assert!(problem.explanation.contains("gnome-keyring"), "{problem:?}");
    assert!(problem.evidence.len() > 1, "{problem:?}");
}
