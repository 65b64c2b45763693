//! Set-based statements: many rows in one statement, in a few fixed sizes so that each is
//! prepared once. A row that comes back costs more than a row that goes in, so what a statement
//! did is asked as a count or as one row.

use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::StoreError;
use crate::error::corrupt;

/// What a transaction begins from: the last numbers given out, and the version of the
/// subscriptions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Last {
    pub(crate) event: i64,
    pub(crate) delivery: i64,
    pub(crate) attempt: i64,
    pub(crate) subscriptions_version: i64,
}

impl Last {
    pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let row = sqlx::query(
            "select (select coalesce(max(seq), 0) from events), (select coalesce(max(seq), 0) from deliveries),
             (select coalesce(max(seq), 0) from attempts),
             (select value from meta where key = 'subscriptions_version')",
        )
        .fetch_one(connection)
        .await?;
        Ok(Self {
            event: row.try_get(0)?,
            delivery: row.try_get(1)?,
            attempt: row.try_get(2)?,
            subscriptions_version: row.try_get(3)?,
        })
    }
}

/// Whether a statement that wrote so many rows wrote all of these.
pub(crate) fn holds_all<T>(written: u64, rows: &[T]) -> bool {
    usize::try_from(written).is_ok_and(|written| written == rows.len())
}

/// Values as one parameter, for `json_each`.
pub(crate) fn as_json<T: Serialize>(values: impl IntoIterator<Item = T>) -> Result<String, StoreError> {
    let values: Vec<T> = values.into_iter().collect();
    serde_json::to_string(&values).map_err(|error| corrupt("statement", error))
}

const SIZES: [usize; 8] = [128, 64, 32, 16, 8, 4, 2, 1];

/// Cuts rows into pieces of 128, 64, 32 and so on.
pub(crate) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| rows.len() >= *size)?;
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_every_row_once_in_order() {
        for n in [0, 1, 3, 4, 63, 64, 100, 333] {
            let rows: Vec<usize> = (0..n).collect();
            let again: Vec<usize> = pieces(&rows).flatten().copied().collect();
            assert_eq!(again, rows);
            assert!(pieces(&rows).all(|p| SIZES.contains(&p.len())));
        }
    }
}
