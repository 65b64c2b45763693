//! The vault's key in the operating system's keyring. Its calls block, and may wait for a person who
//! is to unlock it: they run beside everything else, with a limit.
//!
//! A change of the key touches two places that share no transaction, the keyring and the database.
//! So the next key stands beside the current one until the database is sealed with it, and whoever
//! opens the vault takes the one that opens what is kept.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_ambient::random_bytes;
use hookbench_store::open_own;
use keyring::{Entry, Error};
use zeroize::Zeroizing;

use crate::folder::make_folder;

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
/// change left is set right. `lock` is the file by which programs that need a first key wait for each
/// other. Blocks.
pub(crate) fn key(
    first_use: bool,
    lock: Option<&Path>,
    opens: impl Fn(&[u8; 32]) -> bool,
) -> Result<Key, String> {
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
            let made = first_key(lock, || read(CURRENT), |key| write(CURRENT, key))?;
            Ok(made.key)
        }
        None => {
            Err("secrets are kept here, but the keyring does not hold the key they were sealed with"
                .to_owned())
        }
    }
}

/// Makes a key, unless there is one. `false`: there is. Blocks.
pub(crate) fn make(lock: Option<&Path>) -> Result<bool, String> {
    if read(CURRENT)?.is_some() || read(NEXT)?.is_some() {
        return Ok(false);
    }
    first_key(lock, || read(CURRENT), |key| write(CURRENT, key)).map(|first| first.made)
}

/// The first key of a keyring.
struct First {
    key: Key,
    /// Whether it was made now; else another program made it.
    made: bool,
}

/// Makes the first key, one program at a time: of two that wrote one, the first would go on with a key that
/// the keyring does not hold. What it holds in the end is used.
fn first_key(
    lock: Option<&Path>,
    read: impl Fn() -> Result<Option<Key>, String>,
    write: impl Fn(&Key) -> Result<(), String>,
) -> Result<First, String> {
    // Without such a file, what is read back afterwards has to do.
    let _one_at_a_time = lock.and_then(|path| held(path).ok());
    if let Some(key) = read()? {
        return Ok(First { key, made: false });
    }
    write(&Zeroizing::new(random_bytes::<32>()))?;
    let key = read()?.ok_or_else(|| "the keyring does not hold what was written to it".to_owned())?;
    Ok(First { key, made: true })
}

/// Waits for the lock file, which is released when it is closed.
fn held(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let file = open_own(OpenOptions::new().create(true).truncate(false).write(true), path)?;
    file.lock()?;
    Ok(file)
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

/// A key as it is written: 32 bytes in base64.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
    Some(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?))
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, Mutex};

    use super::*;

    /// A keyring's entry, and how often it was written.
    #[derive(Default)]
    struct Shelf(Mutex<(Option<Key>, usize)>);

    impl Shelf {
        fn read(&self) -> Option<Key> {
            self.0.lock().unwrap().0.clone()
        }

        fn write(&self, key: &Key) {
            let mut shelf = self.0.lock().unwrap();
            *shelf = (Some(key.clone()), shelf.1 + 1);
        }

        fn first_key(&self, lock: &Path) -> First {
            let write = |key: &Key| {
                self.write(key);
                Ok(())
            };
            first_key(Some(lock), || Ok(self.read()), write).unwrap()
        }
    }

    #[test]
    fn whoever_waited_for_the_lock_uses_the_key_that_was_made_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("hookbench").join("vault.lock");
        let (shelf, theirs) = (Shelf::default(), Zeroizing::new([7; 32]));
        let other = held(&lock).unwrap();
        let begun = Barrier::new(2);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                begun.wait();
                shelf.first_key(&lock)
            });
            begun.wait();
            shelf.write(&theirs);
            drop(other);
            let first = waiting.join().unwrap();
            assert_eq!((*first.key, first.made), (*theirs, false));
        });
        assert_eq!(shelf.0.lock().unwrap().1, 1, "written once");
    }

    #[test]
    fn all_that_begin_at_once_have_the_one_key_that_was_made() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("vault.lock");
        let (shelf, begin) = (Shelf::default(), Barrier::new(8));
        let made: Vec<First> = std::thread::scope(|scope| {
            let begun = (0..8).map(|_| {
                scope.spawn(|| {
                    begin.wait();
                    shelf.first_key(&lock)
                })
            });
            let begun: Vec<_> = begun.collect();
            begun.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(made.iter().filter(|first| first.made).count(), 1);
        assert!(made.iter().all(|first| Some(&first.key) == shelf.read().as_ref()));
    }

    #[test]
    fn a_key_that_another_put_in_its_place_is_the_one_that_is_used() {
        let (shelf, theirs) = (Shelf::default(), Zeroizing::new([7; 32]));
        let write = |key: &Key| {
            shelf.write(key);
            shelf.write(&theirs);
            Ok(())
        };
        assert_eq!(first_key(None, || Ok(shelf.read()), write).unwrap().key, theirs);
    }
}
