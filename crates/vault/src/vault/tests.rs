//! The vault over an in-memory keychain: what may be made, what must open, and what must not.

use super::{State, Vault};
use crate::{Error, KeyCheck, Sealed};
use catwalk_domain::{DeploymentId, FieldKey, Fix, ProblemCode, Secret};
use keyring_core::mock::{Cred, Store};
use keyring_core::{CredentialStore, Error as Refusal};
use std::sync::Arc;
use uuid::Uuid;

const SERVICE: &str = "Catwalk test";

fn keychain() -> Arc<CredentialStore> {
    Store::new().expect("a mock store")
}

fn unlocked(store: &Arc<CredentialStore>) -> (Vault, KeyCheck) {
    let vault = Vault::new(store.clone(), SERVICE);
    let check = vault.unlock(None).expect("first run");
    (vault, check)
}

fn refuse(store: &Arc<CredentialStore>, key_id: &str, error: Refusal) {
    let entry = store.build(SERVICE, key_id, None).expect("an entry");
    entry.as_any().downcast_ref::<Cred>().expect("a mock").set_error(error);
}

fn id() -> DeploymentId {
    DeploymentId(Uuid::now_v7())
}

fn secret() -> Secret<String> {
    Secret::new("kea 🔑\u{0}".to_owned())
}

#[test]
fn seals_and_opens_across_restarts() {
    let store = keychain();
    let (vault, check) = unlocked(&store);
    let (deployment, field) = (id(), FieldKey::from("env:API_KEY"));
    let sealed = vault.seal(deployment, &field, &secret()).expect("seals");
    assert_eq!(sealed.key_id, check.key_id);

    let again = Vault::new(store, SERVICE);
    assert_eq!(again.state(), State::Locked);
    assert!(matches!(again.open(deployment, &field, &sealed), Err(Error::NotUnlocked)));
    assert_eq!(again.unlock(Some(check.clone())).expect("opens"), check);
    assert_eq!(again.open(deployment, &field, &sealed).expect("opens"), secret());
}

// FAULTS case 28: rows that are swapped, rolled back or changed.
#[test]
fn a_row_opens_only_in_its_place() {
    let (vault, _) = unlocked(&keychain());
    let (deployment, field) = (id(), FieldKey::from("env:A"));
    let sealed = vault.seal(deployment, &field, &secret()).expect("seals");
    let other = FieldKey::from("env:B");
    assert!(matches!(vault.open(id(), &field, &sealed), Err(Error::Corrupt { .. })), "another deployment");
    assert!(matches!(vault.open(deployment, &other, &sealed), Err(Error::Corrupt { .. })), "another field");
    assert!(matches!(vault.open_named("env:A", &sealed), Err(Error::Corrupt { field: None })), "another kind");

    let before = Sealed { key_id: Uuid::new_v4().to_string(), data: sealed.data.clone() };
    assert!(matches!(vault.open(deployment, &field, &before), Err(Error::Corrupt { .. })), "another key");
    vault.start_over().expect("a new key");
    let relabelled = Sealed { key_id: vault.key().expect("unlocked").id.clone(), data: sealed.data };
    let refused = vault.open(deployment, &field, &relabelled).expect_err("a row of the old key under the new name");
    let problem = refused.problem();
    assert_eq!(problem.fix, Some(Fix::EditAnswers { field: Some("env:A".into()) }));
}

#[test]
fn named_secrets_keep_to_their_purpose() {
    let (vault, _) = unlocked(&keychain());
    let sealed = vault.seal_named("token:1", &secret()).expect("seals");
    assert_eq!(vault.open_named("token:1", &sealed).expect("opens"), secret());
    assert!(vault.open_named("token:2", &sealed).is_err());
}

#[test]
fn lock_forgets_the_key() {
    let store = keychain();
    let (vault, check) = unlocked(&store);
    vault.lock();
    assert_eq!(vault.state(), State::Locked);
    assert!(matches!(vault.seal(id(), &"a".into(), &secret()), Err(Error::NotUnlocked)));
    vault.unlock(Some(check)).expect("opens again");
    assert_eq!(vault.state(), State::Unlocked);
}

// FAULTS case 29: whatever the keychain does, no new key is made while a key is known.
#[test]
fn a_known_key_is_never_replaced() {
    let store = keychain();
    let (_, check) = unlocked(&store);
    let unlock = || Vault::new(store.clone(), SERVICE).unlock(Some(check.clone()));

    let locked = || Refusal::NoStorageAccess(Box::new(std::io::Error::other("locked")));
    refuse(&store, &check.key_id, locked());
    assert!(matches!(unlock(), Err(Error::Locked)));

    let away = std::io::Error::other("no bus");
    refuse(&store, &check.key_id, Refusal::PlatformFailure(Box::new(away)));
    let problem = unlock().expect_err("away").problem();
    assert_eq!(problem.code, ProblemCode::KeychainLocked);
    assert!(problem.evidence.iter().any(|line| line == "no bus"), "{problem:?}");

    refuse(&store, &check.key_id, Refusal::BadEncoding(b"key bytes".to_vec()));
    let damaged = unlock().expect_err("damaged");
    assert!(!format!("{damaged:?} {:?}", damaged.problem()).contains("107, 101, 121"), "no key bytes in an error");

    let entry = store.build(SERVICE, &check.key_id, None).expect("an entry");
    let kept = entry.get_password().expect("the key");
    entry.delete_credential().expect("deletes");
    let gone = unlock().expect_err("gone");
    assert!(matches!(gone, Error::KeyGone { .. }));
    assert_eq!(gone.problem().code, ProblemCode::KeyLost);
    assert!(matches!(entry.get_password(), Err(Refusal::NoEntry)), "nothing was minted");

    entry.set_password(&Vault::new(keychain(), "x").make().expect("a key").0.to_text()).expect("sets");
    assert!(matches!(unlock(), Err(Error::WrongKey { .. })));

    entry.set_password(&kept).expect("sets");
    unlock().expect("the old key is back");
}

#[test]
fn a_keychain_that_refuses_makes_no_vault() {
    let store = keychain();
    let vault = Vault::new(store.clone(), SERVICE);
    let (key, _) = Vault::new(keychain(), "x").make().expect("a key");
    refuse(&store, &key.id, Refusal::NoStorageAccess(Box::new(std::io::Error::other("locked"))));
    assert!(matches!(vault.keychain.write(SERVICE, &key), Err(Error::Locked)));
    assert_eq!(vault.state(), State::Locked);
}

#[test]
fn two_first_runs_at_once_agree_on_one_key() {
    let vault = Vault::new(keychain(), SERVICE);
    let ids: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| vault.unlock(None).expect("unlocks").key_id)).collect();
        runs.into_iter().map(|run| run.join().expect("no panic")).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}
