//! How the database itself is: whole, how large, and what lies beside it.

use std::path::{Path, PathBuf};

use sqlx::Row;

use crate::database::open::{QUICK_CHECK_BYTES, known_format, sealed_since};
use crate::{FILE_NAME, Store, StoreError};

/// What is known of the database file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// SQLite's version.
    pub sqlite: String,
    /// The format of the file.
    pub format: i64,
    /// The size of the file in bytes.
    pub bytes: i64,
    /// How many of them are free to be used again.
    pub free_bytes: i64,
    /// What is damaged; empty when the file is whole.
    pub damage: Vec<String>,
}

impl Store {
    /// Whether the file was too large to be checked as it was opened, so that it is to be checked in
    /// the background.
    #[must_use]
    pub fn unchecked(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|m| m.len() > QUICK_CHECK_BYTES)
    }

    /// Checks the file without its indexes' order, as a start does. Empty when it is whole.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.damage("pragma quick_check(5)").await
    }

    async fn damage(&self, pragma: &'static str) -> Result<Vec<String>, StoreError> {
        let found: Vec<String> = sqlx::query_scalar(pragma).fetch_all(&self.readers).await?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }

    /// Examines the file: everything is read once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn examine(&self) -> Result<Examined, StoreError> {
        let damage = self.damage("pragma integrity_check(5)").await?;
        let row = sqlx::query(
            "select sqlite_version(), p.page_count * s.page_size, f.freelist_count * s.page_size
             from pragma_page_count p, pragma_freelist_count f, pragma_page_size s",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Examined {
            sqlite: row.try_get(0)?,
            format: known_format(),
            bytes: row.try_get(1)?,
            free_bytes: row.try_get(2)?,
            damage,
        })
    }
}

/// Copies that were made before credentials in URLs and headers were sealed: they may hold them in clear.
#[must_use]
pub fn back_ups_in_clear(folder: &Path) -> Vec<PathBuf> {
    let format = |path: &PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        name.split_once(".format-")?.1.split_once('.')?.0.parse::<i64>().ok()
    };
    let mut found = back_ups(folder);
    found.retain(|path| format(path).is_some_and(|format| format < sealed_since()));
    found
}

/// Copies of a folder's database that were made before a new format, or set aside: what is erased
/// or pruned from the database is in them still.
#[must_use]
pub fn back_ups(folder: &Path) -> Vec<PathBuf> {
    let stem = FILE_NAME.trim_end_matches(".db");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(&format!("{stem}.format-"))
                || name.starts_with(&format!("{FILE_NAME}.set-aside-"))
        })
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}
