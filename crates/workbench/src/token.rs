//! The local API's token: 256 random bits in a file that only its owner reads.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use hookbench_ambient::random_bytes;
use hookbench_signature::to_hex;

use crate::{Workbench, WorkbenchError};

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
                let token = std::fs::read_to_string(&path).map_err(failed)?.trim().to_owned();
                if token.len() < 32 || !token.bytes().all(|b| b.is_ascii_graphic()) {
                    let why = "it does not hold a token: delete it and start again, a new one will be made";
                    return Err(failed(std::io::Error::new(ErrorKind::InvalidData, why)));
                }
                restrict(&path).map_err(failed)?;
                Ok(token)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

fn create(path: &Path, token: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(token.as_bytes())
}

#[cfg(unix)]
fn restrict(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn restrict(_path: &Path) -> std::io::Result<()> {
    Ok(())
}
