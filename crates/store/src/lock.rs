//! The lock of a data folder: one dispatcher at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hookbench_domain::Timestamp;
use serde::{Deserialize, Serialize};

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
        let failed = |source| LockError::File { path: path.clone(), source };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                let mut lock = Self { file, path: path.clone(), holder };
                lock.write().map_err(failed)?;
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => Err(LockError::Held {
                folder: folder.to_owned(),
                holder: read(&path).map_or_else(|| "another process".to_owned(), |h| h.to_string()),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
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

fn read(path: &Path) -> Option<Holder> {
    let mut text = String::new();
    File::open(path).ok()?.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Who dispatches from `folder` now, if anyone.
#[must_use]
pub fn dispatching(folder: &Path) -> Option<Holder> {
    let path = folder.join("lock");
    let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
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
}
