//! Where the database lies, and whether it is still there. A file that was deleted or replaced goes on taking
//! what is written to it, and loses all of it when it is closed.

use std::path::PathBuf;

use crate::StoreError;
use crate::database::files::identity;

/// A path and the file that was opened there.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    path: PathBuf,
    opened: Option<String>,
}

impl Place {
    /// The file that lies there now, which is the one that was just opened.
    pub(crate) fn of_opened(path: PathBuf) -> Self {
        let opened = std::fs::metadata(&path).ok().map(|metadata| identity(&metadata));
        Self { path, opened }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Whether the file that was opened still lies there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], saying what became of it and what to do.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let path = self.path.display();
        match std::fs::metadata(&self.path) {
            Ok(metadata) if self.opened == Some(identity(&metadata)) => Ok(()),
            Ok(_) => Err(StoreError::Unavailable(format!(
                "{path} was replaced by another file while Hookbench was running: stop Hookbench, see that the right file lies there, then start it again"
            ))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(StoreError::Unavailable(format!(
                    "{path} was deleted or moved while Hookbench was running: move it back, or stop Hookbench and start it again"
                )))
            }
            Err(error) => Err(StoreError::Unavailable(format!("{path} cannot be looked at: {error}"))),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_again_when_it_comes_back_and_no_other_is_taken_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("a.db"), folder.path().join("aside"));
        std::fs::write(&path, "one").unwrap();
        let place = Place::of_opened(path.clone());
        let said = || place.check().unwrap_err().to_string();
        place.check().unwrap();
        std::fs::rename(&path, &aside).unwrap();
        assert!(said().contains("move it back"), "{}", said());
        std::fs::write(&path, "one").unwrap();
        assert!(said().contains("replaced") && said().contains("start it again"), "{}", said());
        std::fs::rename(&aside, &path).unwrap();
        place.check().unwrap();
    }
}
