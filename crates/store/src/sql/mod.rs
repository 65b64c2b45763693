//! What every statement needs: columns and rows, sets of rows, lists.

pub(crate) mod batch;
pub(crate) mod rows;

use sqlx::sqlite::SqliteConnection;

use crate::StoreError;
use crate::error::corrupt;

/// Writes a number into `meta`.
pub(crate) async fn set_meta(
    connection: &mut SqliteConnection,
    key: &str,
    value: i64,
) -> Result<(), StoreError> {
    sqlx::query("insert into meta values (?1, ?2) on conflict (key) do update set value = ?2")
        .bind(key)
        .bind(value)
        .execute(connection)
        .await?;
    Ok(())
}

/// Row numbers as SQL takes them.
pub(crate) fn list(seqs: &[i64]) -> Result<String, StoreError> {
    serde_json::to_string(seqs).map_err(|error| corrupt("row", error))
}
