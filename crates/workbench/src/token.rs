//! The local API's token: 256 random bits in a file that only its owner reads.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use hookbench_ambient::random_bytes;
use hookbench_signature::to_hex;
use hookbench_store::open_own;

use crate::{Workbench, WorkbenchError};

/// More than any token has, in bytes.
const MOST_BYTES: u64 = 4096;

impl Workbench {
    /// The token, made at first use.
    ///
    /// # Errors
    /// [`WorkbenchError::File`] when the file can be neither read nor made, or does not hold a token.
    pub fn api_token(&self) -> Result<String, WorkbenchError> {
        let path = self.folder.join("api-token");
        let failed = |source| WorkbenchError::File { path: path.clone(), source };
        let fresh = to_hex(&random_bytes::<32>());
        match create(&path, &fresh) {
            Ok(()) => Ok(fresh),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let (token, file) = read(&path).map_err(failed)?;
                if token.len() < 32 || !token.bytes().all(|b| b.is_ascii_graphic()) {
                    let why = "it does not hold a token: delete it and start again, a new one will be made";
                    return Err(failed(std::io::Error::new(ErrorKind::InvalidData, why)));
                }
                restrict(&file).map_err(failed)?;
                Ok(token)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

fn create(path: &Path, token: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    open_own(&mut options, path)?.write_all(token.as_bytes())
}

/// The token in a file, and the file.
pub(crate) fn read(path: &Path) -> std::io::Result<(String, File)> {
    let mut file = open_own(OpenOptions::new().read(true), path)?;
    let mut token = String::new();
    Read::by_ref(&mut file).take(MOST_BYTES).read_to_string(&mut token)?;
    Ok((token.trim().to_owned(), file))
}

#[cfg(unix)]
fn restrict(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn restrict(_file: &File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use hookbench_ambient::Clock;
    use hookbench_domain::Timestamp;

    use crate::{VaultKeySource, Workbench};

    #[tokio::test]
    async fn a_token_is_made_for_its_owner_alone_and_never_read_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (key, clock) = (VaultKeySource::default(), Clock::manual(Timestamp::from_ms(0)));
        let workbench = Workbench::open_with(folder.path(), key, clock).await.unwrap();
        let path = folder.path().join("api-token");
        let token = workbench.api_token().unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(workbench.api_token().unwrap(), token);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let planted = folder.path().join("planted");
        std::fs::rename(&path, &planted).unwrap();
        std::os::unix::fs::symlink(&planted, &path).unwrap();
        let error = workbench.api_token().unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
        std::fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let error = workbench.api_token().unwrap_err().to_string();
        assert!(error.contains("no regular file"), "{error}");
        let report = Workbench::doctor(folder.path(), VaultKeySource::default()).await;
        let check = report.checks.iter().find(|check| check.name == "api_token").unwrap();
        assert!(check.found.contains("no regular file"), "{check:?}");
    }
}
