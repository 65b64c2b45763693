//! What a verb works with: where to print, and the data folder.

use std::path::PathBuf;

use hookbench_workbench::{VaultKeySource, Workbench, default_data_dir};

use crate::exit::{Exit, Stop};
use crate::output::out::Out;

/// What every verb gets.
#[derive(Debug)]
pub(crate) struct Context {
    /// Where to print.
    pub(crate) out: Out,
    /// The data folder that was asked for.
    pub(crate) data_dir: Option<PathBuf>,
}

impl Context {
    /// The data folder.
    ///
    /// # Errors
    /// When none was given and the user has no home folder.
    pub(crate) fn folder(&self) -> Result<PathBuf, Stop> {
        match self.data_dir.as_ref().filter(|path| !path.as_os_str().is_empty()) {
            Some(path) => Ok(std::path::absolute(path).unwrap_or_else(|_| path.clone())),
            None => default_data_dir()
                .map_err(|error| Stop::failed(Exit::Configuration, error.code(), error.to_string())),
        }
    }

    /// Opens the data folder.
    ///
    /// # Errors
    /// As [`Workbench::open`].
    pub(crate) async fn open(&self) -> Result<Workbench, Stop> {
        Ok(Workbench::open(&self.folder()?, VaultKeySource::from_env()).await?)
    }
}
