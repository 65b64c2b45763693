//! Files that Hookbench makes in the data folder: for their owner alone, whatever the umask, and never
//! through a link that somebody laid there.

use std::fs::{File, OpenOptions};
use std::path::Path;

/// Makes what is opened with these options private: mode 0600 if it is made, and no symbolic link is
/// followed.
pub fn for_owner_alone(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits());
    }
    options
}

/// Says what is wrong where a link was in the way; the operating system's words name no link.
#[must_use]
pub fn explained(error: std::io::Error, path: &Path) -> std::io::Error {
    let link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink());
    if link {
        let why = "it is a symbolic link, which is not followed: see who laid it there, then remove it";
        std::io::Error::new(error.kind(), why)
    } else {
        error
    }
}

/// What tells one open file from another, whatever it is called; nothing where the system cannot tell.
pub(crate) fn identity(metadata: &std::fs::Metadata) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        format!("{}:{}", metadata.dev(), metadata.ino())
    }
    #[cfg(not(unix))]
    {
        let _one_of_many = metadata;
        String::new()
    }
}

/// Held while a database is made or brought to a new format: one process at a time. Where the system cannot
/// lock a folder, SQLite's own locks have to do.
pub(crate) struct FolderLock {
    _folder: Option<File>,
}

impl FolderLock {
    /// Waits for it.
    pub(crate) fn take(folder: &Path) -> Self {
        let locked = File::open(folder).and_then(|folder| folder.lock().map(|()| folder));
        Self { _folder: locked.ok() }
    }
}
