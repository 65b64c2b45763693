//! Where the data folder is when nobody says otherwise.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use hookbench_ambient::Clock;
use hookbench_store::{DispatchLock, FILE_NAME, Holder};

use crate::{Workbench, WorkbenchError};

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

impl Workbench {
    /// Puts the database of a folder aside, under a name that says when, so that a fresh one can be
    /// made; nothing is deleted. Answers where it is now.
    ///
    /// # Errors
    /// [`WorkbenchError`] when somebody dispatches from the folder, or a file cannot be renamed.
    pub fn set_aside(folder: &Path) -> Result<PathBuf, WorkbenchError> {
        let now = Clock::system().now();
        let holder =
            Holder { pid: std::process::id(), what: "setting aside".to_owned(), since: now, api: None };
        let _lock = DispatchLock::take(folder, holder)?;
        let moved = |suffix: &str| format!("{FILE_NAME}.set-aside-{}{suffix}", now.unix_seconds());
        for suffix in ["-wal", "-shm", ""] {
            let path = folder.join(format!("{FILE_NAME}{suffix}"));
            if path.exists() {
                std::fs::rename(&path, folder.join(moved(suffix)))
                    .map_err(|source| WorkbenchError::File { path, source })?;
            }
        }
        Ok(folder.join(moved("")))
    }
}

/// Makes a folder for its owner alone, unless it is there.
pub(crate) fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}
