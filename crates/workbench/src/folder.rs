//! Where the data folder is when nobody says otherwise.

use std::path::PathBuf;

use directories::ProjectDirs;

use crate::WorkbenchError;

/// The operating system's application-data folder for Hookbench; the same for the command, the
/// window and the library.
///
/// # Errors
/// [`WorkbenchError::Field`] when the user has no home folder.
pub fn default_data_dir() -> Result<PathBuf, WorkbenchError> {
    ProjectDirs::from("", "", "hookbench").map(|dirs| dirs.data_dir().to_owned()).ok_or_else(|| {
        WorkbenchError::field(
            "data-dir",
            "there is no home folder: say where with --data-dir or HOOKBENCH_DATA_DIR",
        )
    })
}
