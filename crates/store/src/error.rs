//! What can go wrong with what is kept.

use std::path::PathBuf;

use hookbench_domain::TransitionError;

/// An error of the store. Nothing was half done: every operation is one transaction.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No row of that id.
    #[error("there is no {what} `{id}`")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// The id that names nothing.
        id: String,
    },
    /// A name that is in use.
    #[error("there is a {what} `{name}` already: choose another name, or delete that one first")]
    NameTaken {
        /// What has the name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// An event id that several brands or sources use.
    #[error("the event id `{0}` is used by more than one brand or source: say which")]
    Ambiguous(String),
    /// The delivery's state does not allow it.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// A cursor that no listing handed out.
    #[error("`{0}` is not a cursor of this listing: use the `next_cursor` of the page before")]
    Cursor(String),
    /// The file belongs to a newer Hookbench.
    #[error(
        "{path} was written by a newer Hookbench (its format is {found}, this one knows {known}): update Hookbench; the file was not touched"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The file is not ours, or is damaged.
    #[error("{path} {why}; it was not touched. Move it away, or choose another folder with --data-dir")]
    Unusable {
        /// The database.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The data folder or a file in it cannot be made or read.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The database cannot be written now: disk full, locked, or failing. Nothing was kept.
    #[error("the database cannot be used now ({0}); nothing was kept")]
    Unavailable(String),
    /// The store was closed while the operation waited.
    #[error("the store is closing")]
    Closed,
    /// A row that does not read back as what was written.
    #[error("the database holds a {what} that cannot be read: {why}")]
    Corrupt {
        /// What it is.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let said = error.as_database_error().map(|db| db.message().to_owned());
        Self::Unavailable(said.unwrap_or_else(|| error.to_string()))
    }
}

/// Shorthand for a row that cannot be read.
pub(crate) fn corrupt(what: &'static str, why: impl ToString) -> StoreError {
    StoreError::Corrupt { what, why: why.to_string() }
}
