//! All sealed secrets at once, for a change of the vault's key.

use sqlx::Row;

use crate::subscriptions::move_version;
use crate::{Store, StoreError};

/// A sealed secret with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret {
    /// The row it belongs to.
    pub owner: String,
    /// 0 for the current one, then older ones.
    pub position: i64,
    /// Ciphertext.
    pub sealed: Vec<u8>,
}

impl Store {
    /// Every secret that is kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn stored_secrets(&self) -> Result<Vec<StoredSecret>, StoreError> {
        let rows = sqlx::query("select owner, position, sealed from secrets order by owner, position");
        let read = |row: sqlx::sqlite::SqliteRow| {
            Ok(StoredSecret {
                owner: row.try_get("owner")?,
                position: row.try_get("position")?,
                sealed: row.try_get("sealed")?,
            })
        };
        rows.fetch_all(&self.readers).await?.into_iter().map(read).collect()
    }

    /// Replaces every secret that is kept, if they are still exactly those in `before`; `after` has
    /// the same places in the same order. `false`: they are not, and nothing was replaced.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was replaced.
    pub async fn replace_stored_secrets(
        &self,
        before: Vec<StoredSecret>,
        after: Vec<StoredSecret>,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let rows =
                        sqlx::query("select owner, position, sealed from secrets order by owner, position");
                    let rows = rows.fetch_all(&mut *connection).await?;
                    let mut same = rows.len() == before.len() && before.len() == after.len();
                    for (row, known) in rows.iter().zip(&before) {
                        let owner: String = row.try_get("owner")?;
                        let sealed: Vec<u8> = row.try_get("sealed")?;
                        same &= owner == known.owner && sealed == known.sealed;
                    }
                    if !same {
                        return Ok(false);
                    }
                    for secret in &after {
                        sqlx::query("update secrets set sealed = ? where owner = ? and position = ?")
                            .bind(secret.sealed.as_slice())
                            .bind(&secret.owner)
                            .bind(secret.position)
                            .execute(&mut *connection)
                            .await?;
                    }
                    // Who is about to write secrets that were sealed before must seal them again.
                    sqlx::query("update subscriptions set revision = revision + 1")
                        .execute(&mut *connection)
                        .await?;
                    move_version(connection).await?;
                    Ok(true)
                })
            })
            .await
    }
}
