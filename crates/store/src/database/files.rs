//! Files that Hookbench makes in the data folder: for their owner alone, whatever the umask, and never
//! through a link that somebody laid there.

use std::fs::{File, OpenOptions};
use std::path::Path;

/// Opens a file of ours: with mode 0600 if it is made; no symbolic link is followed, and a pipe, a device
/// or a folder in its place is refused at once.
///
/// # Errors
/// What the operating system says, or in words what is in the file's place.
pub fn open_own(options: &mut OpenOptions, path: &Path) -> std::io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    open_at_once(options, path, true).map_err(|error| explained(error, path))
}

/// Opens a regular file to read it, through links. A pipe is not waited for.
pub(crate) fn read_regular(path: &Path) -> std::io::Result<File> {
    open_at_once(OpenOptions::new().read(true), path, false)
}

/// Opens a regular file, and nothing else. Opening a pipe would wait for its other end, so nothing is
/// waited for.
fn open_at_once(options: &mut OpenOptions, path: &Path, refuse_links: bool) -> std::io::Result<File> {
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        use std::os::unix::fs::OpenOptionsExt;
        let links = if refuse_links { OFlag::O_NOFOLLOW } else { OFlag::empty() };
        options.custom_flags((links | OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
    }
    #[cfg(not(unix))]
    let _links_are_followed = refuse_links;
    // A folder or a pipe that nobody reads does not open: the words tell why.
    let irregular = || std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    match options.open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(file),
        Ok(_) => Err(not_regular()),
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists && irregular() => Err(not_regular()),
        Err(error) => Err(error),
    }
}

fn not_regular() -> std::io::Error {
    let why = "it is no regular file but a folder, a pipe or a device: see who put it there, then remove it";
    std::io::Error::new(std::io::ErrorKind::InvalidInput, why)
}

/// Says what is wrong where a link was in the way; the operating system's words name no link.
fn explained(error: std::io::Error, path: &Path) -> std::io::Error {
    let link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink());
    if link && error.kind() != std::io::ErrorKind::AlreadyExists {
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

#[cfg(all(test, unix))]
mod tests {
    use nix::sys::stat::Mode;

    use super::*;

    #[test]
    fn what_is_no_regular_file_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, link) = (folder.path().join("pipe"), folder.path().join("link"));
        nix::unistd::mkfifo(&pipe, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        for path in [&pipe, folder.path(), Path::new("/dev/null")] {
            let make = || OpenOptions::new().create(true).truncate(false).write(true).to_owned();
            for options in [OpenOptions::new().read(true), &mut make(), make().read(true)] {
                let error = open_own(options, path).unwrap_err().to_string();
                assert!(error.contains("no regular file"), "{}: {error}", path.display());
            }
            let error = read_regular(path).unwrap_err().to_string();
            assert!(error.contains("no regular file"), "{}: {error}", path.display());
        }
        let error = open_own(OpenOptions::new().read(true), &link).unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
        assert!(read_regular(&link).unwrap_err().to_string().contains("no regular file"));
        let missing = read_regular(&folder.path().join("none")).unwrap_err();
        assert_eq!(missing.kind(), std::io::ErrorKind::NotFound);
        let made = open_own(OpenOptions::new().create_new(true).write(true), &folder.path().join("new"));
        assert!(made.unwrap().metadata().unwrap().is_file());
        let again = open_own(OpenOptions::new().create_new(true).write(true), &link).unwrap_err();
        assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
    }
}
