//! A new key for the vault: every secret is opened with the old one and sealed with the new one, in
//! one transaction.

use std::path::Path;

use hookbench_store::KeptSecret;
use serde::Serialize;

use crate::{Vault, VaultKeySource, Workbench, WorkbenchError};

/// How a change of the vault's key went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// How many secrets were sealed anew.
    pub secrets: usize,
}

impl Workbench {
    /// Seals every secret with the key in `new_key` (a file as `HOOKBENCH_VAULT_KEY_FILE` names
    /// one). From then on only that key opens them; this workbench still has the old one and is to
    /// be closed. Nobody may dispatch meanwhile.
    ///
    /// # Errors
    /// [`WorkbenchError::Lock`] names who dispatches; [`WorkbenchError::Vault`] when either key
    /// cannot be used. Then nothing was changed.
    pub async fn rotate_vault_key(&self, new_key: &Path) -> Result<Rotated, WorkbenchError> {
        let _lock = self.take_lock("hookbench vault rotate-key")?;
        let source = VaultKeySource { file: Some(new_key.to_owned()), ..VaultKeySource::default() };
        let new = Vault::new(source);
        new.unlock(false).await?;
        let before = self.store.kept_secrets().await?;
        if !before.is_empty() {
            self.unlock_vault().await?;
        }
        let reseal = |kept: &KeptSecret| -> Result<KeptSecret, WorkbenchError> {
            let plain = self.vault.open(&kept.owner, &kept.sealed).map_err(WorkbenchError::Vault)?;
            Ok(KeptSecret { sealed: new.seal(&kept.owner, &plain)?, ..kept.clone() })
        };
        let after: Vec<KeptSecret> = before.iter().map(reseal).collect::<Result<_, _>>()?;
        let secrets = after.len();
        if !self.store.replace_kept_secrets(before, after).await? {
            let why = "a secret was changed meanwhile: nothing was sealed anew, try again";
            return Err(WorkbenchError::State(why.to_owned()));
        }
        Ok(Rotated { secrets })
    }
}
