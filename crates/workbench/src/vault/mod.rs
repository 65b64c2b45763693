//! The vault: secrets are sealed (XChaCha20-Poly1305, the row's id as associated data) under a
//! 256-bit key that lives in the operating system's keyring, or where the user says.

pub(crate) mod init;
pub(crate) mod key;
pub(crate) mod keyring;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use directories::ProjectDirs;
use hookbench_ambient::{Stopwatch, random_bytes};
use hookbench_dispatcher::{Unseal, Unsealing, UnsealingValues};
use hookbench_signature::Secret;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::WorkbenchError;
use crate::handles::VaultHandle;
use crate::vault::keyring::decode;

const NONCE_BYTES: usize = 24;
const CHOICES: &str = "run `hookbench vault init` to make a key; or unlock the keyring; or name a file that only you can read (mode 0600), with 32 random bytes in base64, in HOOKBENCH_VAULT_KEY_FILE; or set HOOKBENCH_VAULT_KEY to them";

/// Said of a key that does not open what is kept.
const NOT_THE_ONE: &str = "is not the one that a kept secret was sealed with, or what is kept was altered: use that key, or delete what has a secret and create it again";

/// What is sealed, with its owner: the right key opens some of it.
pub(crate) type Probe = (String, Vec<u8>);

/// For so long a vault that did not open is not tried again by what goes on by itself: a keyring may
/// ask a person each time.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Where the vault's key comes from.
#[derive(Clone, Default)]
pub struct VaultKeySource {
    /// A 0600 file with 32 bytes in base64 (`HOOKBENCH_VAULT_KEY_FILE`).
    pub file: Option<PathBuf>,
    /// The 32 bytes in base64 (`HOOKBENCH_VAULT_KEY`).
    pub direct: Option<Zeroizing<String>>,
    /// A key that is never kept: for demos.
    pub in_memory: bool,
    /// Where `hookbench vault init` puts a key on a machine without a keyring. Used where it is there
    /// and nothing else is said.
    pub default_file: Option<PathBuf>,
}

/// Where `hookbench vault init` puts a key on a machine without a keyring: `hookbench/vault.key` in the
/// user's folder for configuration, away from the data.
#[must_use]
pub fn default_key_file() -> Option<PathBuf> {
    ProjectDirs::from("", "", "hookbench").map(|dirs| dirs.config_dir().join("vault.key"))
}

impl VaultKeySource {
    /// What `HOOKBENCH_VAULT_KEY_FILE` and `HOOKBENCH_VAULT_KEY` say; an empty variable counts as
    /// none.
    #[must_use]
    pub fn from_env() -> Self {
        let file =
            std::env::var_os("HOOKBENCH_VAULT_KEY_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let direct =
            std::env::var("HOOKBENCH_VAULT_KEY").ok().filter(|key| !key.is_empty()).map(Zeroizing::new);
        Self { file, direct, in_memory: false, default_file: default_key_file() }
    }

    /// The file by which this user's programs make the keyring's first key one after the other: beside
    /// the key file, as the keyring is the user's and not a data folder's.
    pub(crate) fn first_key_lock(&self) -> Option<PathBuf> {
        self.default_file.as_ref().map(|path| path.with_extension("lock"))
    }
}

/// How the vault stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct VaultView {
    /// Where its key comes from: `keyring`, `file`, `variable` or `memory`.
    pub source: &'static str,
    /// Whether it is open.
    pub open: bool,
    /// How many secrets it keeps.
    pub secrets: usize,
    /// Why it could not be opened, with what to do, if it was tried.
    pub trouble: Option<String>,
}

/// Seals and opens secrets. Its key is fetched when it is first needed.
pub struct Vault {
    source: VaultKeySource,
    cipher: OnceLock<XChaCha20Poly1305>,
    fetching: tokio::sync::Mutex<()>,
    failed: Mutex<Option<(String, Stopwatch)>>,
}

impl Vault {
    /// A vault that has not fetched its key yet.
    #[must_use]
    pub fn new(source: VaultKeySource) -> Self {
        Self {
            source,
            cipher: OnceLock::new(),
            fetching: tokio::sync::Mutex::new(()),
            failed: Mutex::new(None),
        }
    }

    /// Fetches the key. `first_use` says that nothing was ever sealed, so that a new key may be
    /// made in the keyring.
    ///
    /// # Errors
    /// [`WorkbenchError::Vault`], with the choices there are.
    pub async fn unlock(&self, first_use: bool) -> Result<(), WorkbenchError> {
        self.fetch_key(first_use, Vec::new()).await
    }

    /// Fetches the key that opens some of `probes`; without any, nothing was ever sealed.
    ///
    /// # Errors
    /// [`WorkbenchError::Vault`], with the choices there are.
    pub(crate) async fn unlock_for(&self, probes: Vec<Probe>) -> Result<(), WorkbenchError> {
        self.fetch_key(probes.is_empty(), probes).await
    }

    /// The same for what goes on by itself: a vault that has just failed to open is not tried again.
    async fn unlock_quietly(&self, probe: Probe) -> Result<(), WorkbenchError> {
        if self.is_open() {
            return Ok(());
        }
        if let Some((why, since)) = self.failure()
            && since.elapsed() < TRY_AGAIN
        {
            return Err(WorkbenchError::Vault(why));
        }
        self.fetch_key(false, vec![probe]).await
    }

    fn failure(&self) -> Option<(String, Stopwatch)> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch_key(&self, first_use: bool, probes: Vec<Probe>) -> Result<(), WorkbenchError> {
        let _one_at_a_time = self.fetching.lock().await;
        if self.cipher.get().is_some() {
            return Ok(());
        }
        match self.fetch(first_use, probes).await {
            Ok(key) => {
                let _first = self.cipher.set(XChaCha20Poly1305::new((&*key).into()));
                Ok(())
            }
            Err(why) => {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((why.clone(), Stopwatch::start()));
                Err(WorkbenchError::Vault(why))
            }
        }
    }

    /// Whether opening it may ask a person: it is closed, and its key is in the keyring.
    pub(crate) fn asks(&self) -> bool {
        !self.is_open() && self.source_name() == "keyring"
    }

    /// How this vault's key is given.
    pub(crate) fn source(&self) -> &VaultKeySource {
        &self.source
    }

    fn source_name(&self) -> &'static str {
        match &self.source {
            VaultKeySource { in_memory: true, .. } => "memory",
            VaultKeySource { file: Some(_), .. } => "file",
            VaultKeySource { direct: Some(_), .. } => "variable",
            VaultKeySource { default_file: Some(path), .. } if path.exists() => "file",
            VaultKeySource { .. } => "keyring",
        }
    }

    /// How it stands, with `secrets` kept.
    pub(crate) fn view(&self, secrets: usize) -> VaultView {
        let open = self.is_open();
        let trouble = self.failure().map(|(why, _)| why);
        VaultView { source: self.source_name(), open, secrets, trouble: trouble.filter(|_| !open) }
    }

    /// Whether it was unlocked.
    pub(crate) fn is_open(&self) -> bool {
        self.cipher.get().is_some()
    }

    async fn fetch(&self, first_use: bool, probes: Vec<Probe>) -> Result<Zeroizing<[u8; 32]>, String> {
        let right = move |key: &[u8; 32]| {
            probes.is_empty() || probes.iter().any(|(owner, sealed)| opens(key, owner, sealed))
        };
        let checked = |key: Zeroizing<[u8; 32]>, what: String| {
            if right(&key) { Ok(key) } else { Err(format!("{what} {NOT_THE_ONE}")) }
        };
        if self.source.in_memory {
            return Ok(Zeroizing::new(random_bytes()));
        }
        if let Some(path) = &self.source.file {
            return checked(read_key_file(path)?, format!("the vault key in {}", path.display()));
        }
        if let Some(text) = &self.source.direct {
            let key = decode(text).ok_or_else(|| {
                "HOOKBENCH_VAULT_KEY must hold exactly 32 bytes in base64 (44 characters)".to_owned()
            })?;
            return checked(key, "the vault key in HOOKBENCH_VAULT_KEY".to_owned());
        }
        let mut found = None;
        if let Some(path) = self.source.default_file.as_ref().filter(|path| path.exists()) {
            match checked(read_key_file(path)?, format!("the vault key in {}", path.display())) {
                Ok(key) => return Ok(key),
                Err(why) => found = Some(why),
            }
        }
        // A key that is made now would be one more that does not open what is kept.
        let first_use = first_use && found.is_none();
        let lock = self.source.first_key_lock();
        let asked = keyring::ask(move || keyring::key(first_use, lock.as_deref(), right)).await;
        asked.map_err(|why| match found {
            Some(wrong) => format!("{wrong}; {why}"),
            None => format!("{why}; {CHOICES}"),
        })
    }

    /// A vault that is open with this key.
    pub(crate) fn with_key(key: &[u8; 32]) -> Self {
        let vault = Self::new(VaultKeySource::default());
        let _first = vault.cipher.set(XChaCha20Poly1305::new(key.into()));
        vault
    }

    fn cipher(&self) -> Result<&XChaCha20Poly1305, String> {
        self.cipher
            .get()
            .ok_or_else(|| self.failure().map_or_else(|| "the vault is not open".to_owned(), |(why, _)| why))
    }

    /// Seals a secret for the row `owner`.
    ///
    /// # Errors
    /// [`WorkbenchError::Vault`] when the vault is not unlocked.
    pub fn seal(&self, owner: &str, secret: &[u8]) -> Result<Vec<u8>, WorkbenchError> {
        let nonce: [u8; NONCE_BYTES] = random_bytes();
        let payload = Payload { msg: secret, aad: owner.as_bytes() };
        let sealed = self
            .cipher()
            .map_err(WorkbenchError::Vault)?
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| WorkbenchError::Vault("the secret cannot be sealed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for the row `owner`.
    ///
    /// # Errors
    /// Says in words why it does not open.
    pub fn open(&self, owner: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
        let (nonce, text) = sealed
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or_else(|| "what is kept is cut short".to_owned())?;
        let payload = Payload { msg: text, aad: owner.as_bytes() };
        let plain = self
            .cipher()?
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| format!("the vault key in use {NOT_THE_ONE}"))?;
        Ok(Zeroizing::new(plain))
    }
}

impl VaultHandle {
    /// How the vault stands. Opens it if secrets are kept and it was not tried yet.
    pub async fn view(&self) -> VaultView {
        let secrets = {
            let registry = self.0.store.registry().borrow().clone();
            registry.iter().map(|r| r.secrets.len() + usize::from(r.values.is_some())).sum::<usize>()
                + registry.sources().map(|s| s.secrets.len()).sum::<usize>()
                + registry.brands().filter(|b| b.key.is_some()).count()
                + registry.remotes().filter(|r| r.secret.is_some()).count()
        };
        if secrets > 0 && !self.0.vault.is_open() {
            // What is wrong is part of the answer.
            let _trouble = self.0.unlock_vault().await;
        }
        self.0.vault.view(secrets)
    }
}

impl Unseal for Vault {
    fn unseal<'a>(&'a self, owner: &'a str, sealed: &'a [u8]) -> Unsealing<'a> {
        Box::pin(async move {
            // The first secret may have been sealed by another process after this one started.
            self.unlock_quietly((owner.to_owned(), sealed.to_vec()))
                .await
                .map_err(|error| error.to_string())?;
            let plain = self.open(owner, sealed)?;
            Secret::new(plain.to_vec()).map_err(|error| error.to_string())
        })
    }

    fn unseal_values<'a>(&'a self, owner: &'a str, sealed: &'a [u8]) -> UnsealingValues<'a> {
        Box::pin(async move {
            self.unlock_quietly((owner.to_owned(), sealed.to_vec()))
                .await
                .map_err(|error| error.to_string())?;
            Ok(self.open(owner, sealed)?.to_vec())
        })
    }
}

/// Whether a key opens what was sealed for an owner.
fn opens(key: &[u8; 32], owner: &str, sealed: &[u8]) -> bool {
    Vault::with_key(key).open(owner, sealed).is_ok()
}

/// The most that is read of a key file: a key and white space around it.
const MOST_KEY_FILE_BYTES: u64 = 4096;

fn read_key_file(path: &Path) -> Result<Zeroizing<[u8; 32]>, String> {
    let say = |why: &str| format!("the vault key file {} {why}", path.display());
    let unreadable = |error: std::io::Error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let advice = if missing { "; `hookbench vault init` makes it" } else { "" };
        say(&format!("cannot be read: {error}{advice}"))
    };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    // A pipe would be waited for until somebody writes into it, a device may never end.
    if !about.is_file() {
        return Err(say("is no regular file: give one that holds the key"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = about.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(say(&format!(
                "can be read by others (mode {:03o}): run chmod 600 on it",
                mode & 0o777
            )));
        }
    }
    let mut text = Zeroizing::new(String::new());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(MOST_KEY_FILE_BYTES).read_to_string(&mut text).map_err(unreadable)?;
    decode(&text).ok_or_else(|| say("must hold exactly 32 bytes in base64 (44 characters)"))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn source(direct: &str) -> VaultKeySource {
        VaultKeySource { direct: Some(Zeroizing::new(direct.to_owned())), ..VaultKeySource::default() }
    }

    #[tokio::test]
    async fn a_secret_opens_only_with_its_key_and_for_its_row() {
        let vault = Vault::new(source(&STANDARD.encode([7u8; 32])));
        assert!(vault.seal("sub_1", b"s3cret").is_err(), "locked");
        vault.unlock(true).await.unwrap();
        let sealed = vault.seal("sub_1", b"s3cret").unwrap();
        assert!(!sealed.windows(6).any(|w| w == b"s3cret"));
        assert_eq!(&**vault.open("sub_1", &sealed).unwrap(), b"s3cret");
        assert!(vault.open("sub_2", &sealed).is_err());
        let mut altered = sealed.clone();
        altered[30] ^= 1;
        assert!(vault.open("sub_1", &altered).is_err());
        assert!(vault.open("sub_1", &sealed[..10]).is_err());
        let other = Vault::new(source(&STANDARD.encode([8u8; 32])));
        other.unlock(true).await.unwrap();
        assert!(other.open("sub_1", &sealed).unwrap_err().contains("vault key"));
    }

    #[tokio::test]
    async fn a_key_that_is_not_32_bytes_is_refused() {
        for bad in ["", "short", "AAAA", &STANDARD.encode([1u8; 31]), &STANDARD.encode([1u8; 33])] {
            assert!(Vault::new(source(bad)).unlock(true).await.is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_key_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, STANDARD.encode([7u8; 32]) + "\n").unwrap();
        let vault = || Vault::new(VaultKeySource { file: Some(path.clone()), ..VaultKeySource::default() });
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(vault().unlock(true).await.unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        vault().unlock(true).await.unwrap();
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_key_file_that_is_none_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRUSR).unwrap();
        for path in [pipe, dir.path().to_owned(), "/dev/zero".into()] {
            let vault = Vault::new(VaultKeySource { file: Some(path), ..VaultKeySource::default() });
            let error = vault.unlock(true).await.unwrap_err().to_string();
            assert!(error.contains("regular file"), "{error}");
        }
    }
}
