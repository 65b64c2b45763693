//! The lock of a data folder: one dispatcher at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hookbench_domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::database::files::{identity, open_own};

/// How often, and after how long each time, the holder's name is looked for.
const NAMES_READ: usize = 20;
const NAME_WAIT: Duration = Duration::from_millis(10);

/// Who dispatches from a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// What it is, in words: `hookbench run`.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// Where its local API answers, once it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (process {}, since {})", self.what, self.pid, self.since)?;
        match &self.api {
            Some(api) => write!(f, ", its API is {api}"),
            None => Ok(()),
        }
    }
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process dispatches from this folder.
    #[error("the data folder {folder} is in use by {holder}: stop that one first, or use another --data-dir")]
    Held {
        /// The folder.
        folder: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// The lock file cannot be made.
    #[error("{path}: {source}")]
    File {
        /// The lock file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
}

/// Held while this process dispatches; the operating system releases it when the process ends,
/// however it ends.
#[derive(Debug)]
pub struct DispatchLock {
    file: File,
    path: PathBuf,
    holder: Holder,
}

impl DispatchLock {
    /// Takes the lock of `folder`.
    ///
    /// # Errors
    /// [`LockError::Held`] names the holder; [`LockError::File`] when the file cannot be used.
    pub fn take(folder: &Path, holder: Holder) -> Result<Self, LockError> {
        let path = folder.join("lock");
        let file = open(&path)?;
        let mut lock = Self { file, path, holder };
        lock.hold(folder)?;
        Ok(lock)
    }

    /// Locks the file that is open, and writes down who holds it.
    fn hold(&mut self, folder: &Path) -> Result<(), LockError> {
        let failed = |source| LockError::File { path: self.path.clone(), source };
        match self.file.try_lock() {
            Ok(()) => self.write().map_err(|source| LockError::File { path: self.path.clone(), source }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held {
                folder: folder.to_owned(),
                holder: named(&self.path).map_or_else(|| "another process".to_owned(), |h| h.to_string()),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Sees to it that the lock still lies where others look for it: a file can be removed while it is
    /// held. Then it is made anew.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process has taken the new one meanwhile; [`LockError::File`] when it
    /// cannot be made.
    pub fn renew(&mut self) -> Result<(), LockError> {
        let there = std::fs::symlink_metadata(&self.path).ok().map(|metadata| identity(&metadata));
        if there.as_ref() == Some(&self.identity()) {
            return Ok(());
        }
        let folder = self.path.parent().map(Path::to_owned).unwrap_or_default();
        let mut fresh =
            Self { file: open(&self.path)?, path: self.path.clone(), holder: self.holder.clone() };
        fresh.hold(&folder)?;
        *self = fresh;
        Ok(())
    }

    /// Who holds it.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Which file is locked.
    #[must_use]
    pub fn identity(&self) -> String {
        self.file.metadata().map(|metadata| identity(&metadata)).unwrap_or_default()
    }

    /// Tells others where the API answers.
    ///
    /// # Errors
    /// [`LockError::File`] when the file cannot be written.
    pub fn announce(&mut self, api: String) -> Result<(), LockError> {
        self.holder.api = Some(api);
        self.write().map_err(|source| LockError::File { path: self.path.clone(), source })
    }

    fn write(&mut self) -> std::io::Result<()> {
        let text = serde_json::to_string(&self.holder)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.set_len(0)?;
        self.file.write_all(text.as_bytes())
    }
}

fn open(path: &Path) -> Result<File, LockError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    open_own(&mut options, path).map_err(|source| LockError::File { path: path.to_owned(), source })
}

/// Who has just taken it may not have written its name yet.
#[expect(clippy::disallowed_methods, reason = "a name that is about to be written tells nobody of it")]
fn named(path: &Path) -> Option<Holder> {
    (0..NAMES_READ).find_map(|n| {
        if n > 0 {
            std::thread::sleep(NAME_WAIT);
        }
        read(path)
    })
}

fn read(path: &Path) -> Option<Holder> {
    let mut text = String::new();
    open_own(OpenOptions::new().read(true), path).ok()?.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Who dispatches from `folder` now, if anyone.
#[must_use]
pub fn dispatching(folder: &Path) -> Option<Holder> {
    let path = folder.join("lock");
    let file = open_own(OpenOptions::new().read(true).write(true), &path).ok()?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => read(&path).or(Some(Holder {
            pid: 0,
            what: "another process".to_owned(),
            since: Timestamp::from_ms(0),
            api: None,
        })),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_dispatcher_is_told_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let holder =
            Holder { pid: 42, what: "hookbench run".into(), since: Timestamp::from_ms(0), api: None };
        let mut first = DispatchLock::take(dir.path(), holder.clone()).unwrap();
        first.announce("http://127.0.0.1:4400".into()).unwrap();
        let error = DispatchLock::take(dir.path(), holder.clone()).unwrap_err().to_string();
        assert!(error.contains("process 42") && error.contains("127.0.0.1:4400"), "{error}");
        assert_eq!(dispatching(dir.path()).unwrap().pid, 42);
        drop(first);
        assert!(dispatching(dir.path()).is_none());
        DispatchLock::take(dir.path(), holder).unwrap();
    }

    fn holder() -> Holder {
        Holder { pid: 42, what: "hookbench run".into(), since: Timestamp::from_ms(0), api: None }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_the_lock_is_neither_followed_nor_emptied() {
        let dir = tempfile::tempdir().unwrap();
        let precious = dir.path().join("precious");
        std::fs::write(&precious, "words").unwrap();
        std::os::unix::fs::symlink(&precious, dir.path().join("lock")).unwrap();
        let error = DispatchLock::take(dir.path(), holder()).unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
        assert_eq!(std::fs::read_to_string(&precious).unwrap(), "words");
        assert!(dispatching(dir.path()).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_that_was_removed_is_made_anew_unless_another_took_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let mut first = DispatchLock::take(dir.path(), holder()).unwrap();
        first.renew().unwrap();
        std::fs::remove_file(&path).unwrap();
        first.renew().unwrap();
        assert!(matches!(DispatchLock::take(dir.path(), holder()), Err(LockError::Held { .. })));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_file(&path).unwrap();
        let _second = DispatchLock::take(dir.path(), holder()).unwrap();
        assert!(matches!(first.renew(), Err(LockError::Held { .. })));
    }
}
