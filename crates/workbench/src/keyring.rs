//! The vault's key in the operating system's keyring. Its calls block, and may wait for a person who
//! is to unlock it: they run beside everything else, with a limit.
//!
//! A change of the key touches two places that share no transaction, the keyring and the database.
//! So the next key stands beside the current one until the database is sealed with it, and whoever
//! opens the vault takes the one that opens what is kept.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_ambient::random_bytes;
use keyring::{Entry, Error};
use zeroize::Zeroizing;

use crate::vault::decode;

type Key = Zeroizing<[u8; 32]>;

const LIMIT: Duration = Duration::from_secs(5);
const CURRENT: &str = "vault-key";
const NEXT: &str = "vault-key-next";

/// Asks the keyring, for at most five seconds.
///
/// # Errors
/// Says in words what is wrong with it.
pub(crate) async fn ask<T: Send + 'static>(
    question: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    match tokio::time::timeout(LIMIT, tokio::task::spawn_blocking(question)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err("the keyring failed".to_owned()),
        Err(_) => Err("the keyring did not answer within 5 seconds".to_owned()),
    }
}

fn entry(name: &str) -> Result<Entry, String> {
    Entry::new("hookbench", name).map_err(|error| format!("there is no keyring ({error})"))
}

fn read(name: &str) -> Result<Option<Key>, String> {
    match entry(name)?.get_password() {
        Ok(text) => decode(&Zeroizing::new(text))
            .map(Some)
            .ok_or_else(|| format!("the keyring's entry `hookbench` `{name}` is not a vault key")),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(format!("the keyring cannot be read ({error})")),
    }
}

fn write(name: &str, key: &Key) -> Result<(), String> {
    let text = Zeroizing::new(STANDARD.encode(**key));
    entry(name)?.set_password(&text).map_err(|error| format!("the keyring cannot be written ({error})"))
}

fn forget(name: &str) -> Result<(), String> {
    match entry(name)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(format!("the keyring cannot be written ({error})")),
    }
}

/// The key in the keyring that opens what is kept; one is made at first use. What an interrupted
/// change left is set right. Blocks.
pub(crate) fn key(first_use: bool, opens: impl Fn(&[u8; 32]) -> bool) -> Result<Key, String> {
    let current = read(CURRENT)?;
    if let Some(next) = read(NEXT)? {
        if !first_use && opens(&next) && !current.as_ref().is_some_and(|current| opens(current)) {
            promote(&next)?;
            return Ok(next);
        }
        forget(NEXT)?;
    }
    match current {
        Some(key) if first_use || opens(&key) => Ok(key),
        Some(_) => Err("the key in the keyring does not open what is kept".to_owned()),
        None if first_use => {
            let key = Zeroizing::new(random_bytes::<32>());
            write(CURRENT, &key)?;
            Ok(key)
        }
        None => {
            Err("secrets are kept here, but the keyring does not hold the key they were sealed with"
                .to_owned())
        }
    }
}

/// Makes a key, unless there is one. `false`: there is. Blocks.
pub(crate) fn make() -> Result<bool, String> {
    if read(CURRENT)?.is_some() || read(NEXT)?.is_some() {
        return Ok(false);
    }
    write(CURRENT, &Zeroizing::new(random_bytes::<32>())).map(|()| true)
}

/// Puts a new key beside the current one. Blocks.
pub(crate) fn prepare() -> Result<Key, String> {
    let key = Zeroizing::new(random_bytes::<32>());
    write(NEXT, &key)?;
    Ok(key)
}

/// Makes a key that was prepared the current one. Blocks.
pub(crate) fn promote(key: &Key) -> Result<(), String> {
    write(CURRENT, key)?;
    forget(NEXT)
}
