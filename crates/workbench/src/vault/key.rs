//! A new key for the vault: every secret is opened with the old one and sealed with the new one, in
//! one transaction.

use std::path::PathBuf;

use hookbench_store::StoredSecret;
use serde::Serialize;

use crate::handles::VaultHandle;
use crate::vault::keyring;
use crate::{Vault, VaultKeySource, Workbench, WorkbenchError};

/// Where the vault's next key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewKey {
    /// In a file, as `HOOKBENCH_VAULT_KEY_FILE` names one.
    File(PathBuf),
    /// One is made, and kept in the operating system's keyring.
    Keyring,
}

/// How a change of the vault's key went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// How many secrets were sealed anew.
    pub secrets: usize,
}

impl Workbench {
    async fn reseal(&self, new: &Vault, before: Vec<StoredSecret>) -> Result<Rotated, WorkbenchError> {
        let reseal = |kept: &StoredSecret| -> Result<StoredSecret, WorkbenchError> {
            let plain = self.vault.open(&kept.owner, &kept.sealed).map_err(WorkbenchError::Vault)?;
            Ok(StoredSecret { sealed: new.seal(&kept.owner, &plain)?, ..kept.clone() })
        };
        let after: Vec<StoredSecret> = before.iter().map(reseal).collect::<Result<_, _>>()?;
        let secrets = after.len();
        if !self.store.replace_stored_secrets(before, after).await? {
            let why = "a secret was changed meanwhile: nothing was sealed anew, try again";
            return Err(WorkbenchError::State(why.to_owned()));
        }
        Ok(Rotated { secrets })
    }
}

impl VaultHandle {
    /// Seals every secret with a new key. From then on only that key opens them; this workbench
    /// still has the old one and is to be closed. Nobody may dispatch meanwhile. A program that is
    /// stopped in the middle leaves either key in force, and both where they are found.
    ///
    /// # Errors
    /// [`WorkbenchError::Lock`] names who dispatches; [`WorkbenchError::Vault`] when either key
    /// cannot be used. Then nothing was changed.
    pub async fn rotate_key(&self, new_key: &NewKey) -> Result<Rotated, WorkbenchError> {
        let _lock = self.0.take_lock("hookbench vault rotate-key")?;
        let before = self.0.store.stored_secrets().await?;
        if !before.is_empty() {
            self.0.unlock_vault().await?;
        }
        let in_words = |why: String| WorkbenchError::Vault(format!("{why}; nothing was sealed anew"));
        match new_key {
            NewKey::File(path) => {
                let source = VaultKeySource { file: Some(path.clone()), ..VaultKeySource::default() };
                let new = Vault::new(source);
                new.unlock(false).await?;
                self.0.reseal(&new, before).await
            }
            NewKey::Keyring => {
                let key = keyring::ask(keyring::prepare).await.map_err(in_words)?;
                let rotated = self.0.reseal(&Vault::with_key(&key), before).await?;
                let promoted = keyring::ask(move || keyring::promote(&key)).await;
                promoted.map_err(|why| {
                    WorkbenchError::Vault(format!(
                        "{why}; the secrets are sealed with the new key, which stands in the keyring beside the old one and is taken at the next start"
                    ))
                })?;
                Ok(rotated)
            }
        }
    }
}
