//! The first key of the vault, made in one step: in the keyring, or in a file where there is none.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_ambient::random_bytes;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::WorkbenchError;
use crate::folder::make_folder;
use crate::handles::VaultHandle;
use crate::vault::keyring;

/// A key that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct VaultKeyCreated {
    /// Where it is: `keyring` or `file`.
    pub source: &'static str,
    /// The file.
    pub path: Option<PathBuf>,
    /// Whether every program of this user finds it by itself.
    pub found: bool,
    /// Why the keyring was not used.
    pub keyring: Option<String>,
}

impl VaultHandle {
    /// Makes the vault's key: in `file`, else in the keyring, else, where there is none, in a file that
    /// is found by itself. Never takes the place of a key that is there.
    ///
    /// # Errors
    /// [`WorkbenchError::Vault`] when there is a key already, secrets are sealed with another one, or
    /// the file cannot be written.
    pub async fn init(&self, file: Option<PathBuf>) -> Result<VaultKeyCreated, WorkbenchError> {
        let refuse = |why: String| Err(WorkbenchError::Vault(why));
        if self.0.store.registry().borrow().any_secret().is_some() {
            return match self.0.unlock_vault().await {
                Ok(()) => refuse(
                    "there is a key already, and secrets are sealed with it: nothing was made; `hookbench vault rotate-key` \
                     changes it"
                        .to_owned(),
                ),
                Err(error) => refuse(format!(
                    "secrets are sealed here with a key that is not at hand ({error}): a new key would not open them; \
                     nothing was made"
                )),
            };
        }
        let source = self.0.vault.source();
        if source.direct.is_some() {
            return refuse("HOOKBENCH_VAULT_KEY holds a key already: nothing was made".to_owned());
        }
        let default = source.default_file.clone();
        if let Some(path) = file.or_else(|| source.file.clone()) {
            let path = std::path::absolute(&path).unwrap_or(path);
            let found = default.as_ref() == Some(&path) || source.file.as_ref() == Some(&path);
            return write(&path).map(|path| VaultKeyCreated {
                source: "file",
                path: Some(path),
                found,
                keyring: None,
            });
        }
        if let Some(path) = default.as_ref().filter(|path| path.exists()) {
            return refuse(format!("{} holds a key already: nothing was made", path.display()));
        }
        let lock = source.first_key_lock();
        match keyring::ask(move || keyring::make(lock.as_deref())).await {
            Ok(true) => Ok(VaultKeyCreated { source: "keyring", path: None, found: true, keyring: None }),
            Ok(false) => refuse("the keyring holds a key already: nothing was made".to_owned()),
            Err(why) => {
                let Some(path) = default else {
                    return refuse(format!("{why}, and there is no home folder: say where with --key-file"));
                };
                let path = write(&path)?;
                Ok(VaultKeyCreated { source: "file", path: Some(path), found: true, keyring: Some(why) })
            }
        }
    }
}

/// Writes a new key for its owner alone. A file that is there stays as it is.
fn write(path: &Path) -> Result<PathBuf, WorkbenchError> {
    let failed = |error: std::io::Error| {
        let why = if error.kind() == std::io::ErrorKind::AlreadyExists {
            "is there already: nothing was made; name another file, or use this one".to_owned()
        } else {
            format!("cannot be written: {error}")
        };
        WorkbenchError::Vault(format!("{} {why}", path.display()))
    };
    if let Some(folder) = path.parent() {
        make_folder(folder).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let key = Zeroizing::new(random_bytes::<32>());
    let text = Zeroizing::new(STANDARD.encode(*key) + "\n");
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(path.to_owned())
}
