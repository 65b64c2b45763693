//! What can go wrong with what is kept.

use std::path::PathBuf;

use hookbench_domain::TransitionError;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

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
    /// Somebody else changed it first: what was to be changed is not what it is now.
    #[error("{what} `{id}` has changed meanwhile: read it again, then make the change to what it is now")]
    Stale {
        /// What was to be changed.
        what: &'static str,
        /// Which one.
        id: String,
    },
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
    /// The database refuses a value or a statement. That is a fault of ours: the same again would be
    /// refused again.
    #[error("the database refused what was to be written ({0}); nothing was kept. Please report this")]
    Rejected(String),
    /// The store was closed while the operation waited.
    #[error("the store is closing")]
    Closed,
    /// A row that does not read back as what was written. It stops nothing but itself.
    #[error("the database holds a {what} that cannot be read: {why}")]
    Corrupt {
        /// What it is.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl StoreError {
    /// Whether waiting and trying again helps.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// The same once more, for each of those whose operations failed together.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Unavailable(said) => Self::Unavailable(said.clone()),
            Self::Rejected(said) => Self::Rejected(said.clone()),
            Self::Corrupt { what, why } => Self::Corrupt { what, why: why.clone() },
            Self::Closed => Self::Closed,
            Self::NotFound { .. }
            | Self::NameTaken { .. }
            | Self::Ambiguous(_)
            | Self::Stale { .. }
            | Self::Transition(_)
            | Self::Cursor(_)
            | Self::Newer { .. }
            | Self::Unusable { .. }
            | Self::File { .. } => Self::Rejected(self.to_string()),
        }
    }
}

/// SQLite's primary result codes of which it is known that trying again leads to the same: an error
/// in a statement, too large a value, a constraint, a type, a misuse, a parameter too many.
const REJECTED: [i32; 6] = [1, 18, 19, 20, 21, 25];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        if let E::Database(db) = &error {
            let code = db.code().and_then(|code| code.parse::<i32>().ok());
            // The lower byte is the primary code, what is above it says more.
            let rejected = code.is_some_and(|code| REJECTED.contains(&(code & 0xff)));
            let said = db.message().to_owned();
            return if rejected { Self::Rejected(said) } else { Self::Unavailable(said) };
        }
        if let E::ColumnDecode { index, source } = &error {
            return Self::Corrupt { what: "value", why: format!("column {index}: {source}") };
        }
        if matches!(error, E::Decode(_) | E::TypeNotFound { .. }) {
            return corrupt("value", &error);
        }
        let ours = matches!(
            error,
            E::RowNotFound | E::Encode(_) | E::ColumnNotFound(_) | E::ColumnIndexOutOfBounds { .. }
        );
        // Of what is not known, waiting is the careful answer.
        if ours { Self::Rejected(error.to_string()) } else { Self::Unavailable(error.to_string()) }
    }
}

/// Shorthand for a row that cannot be read.
pub(crate) fn corrupt(what: &'static str, why: impl ToString) -> StoreError {
    StoreError::Corrupt { what, why: why.to_string() }
}

/// What can be read of some rows. One that cannot be is named in the log and left out, so that it does not
/// hide the others.
pub(crate) fn readable<T>(
    rows: &[SqliteRow],
    read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        match read(row) {
            Ok(item) => items.push(item),
            Err(error @ StoreError::Corrupt { .. }) => {
                let seq: Option<i64> = row.try_get("seq").ok();
                tracing::error!(seq, %error, "a row cannot be read; it is left out");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(items)
}
