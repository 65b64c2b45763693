//! Set-based statements: many rows in one statement, in some fixed sizes so that each is
//! prepared once. Each question to the database's thread and back costs as much as some ten rows,
//! so few are asked: statements that need nothing from each other go together, and what one did is
//! asked as a count or as one row. Where several statements go together, parameters are written
//! `?`: a number would count from the first statement's.

use std::collections::HashSet;

use serde::Serialize;
use sqlx::query_builder::Separated;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Row, Sqlite};

use crate::StoreError;
use crate::error::corrupt;

/// What a transaction begins from: the last numbers given out, the version of the subscriptions,
/// and which leases hold.
#[derive(Debug, Clone)]
pub(crate) struct Last {
    pub(crate) event: i64,
    pub(crate) delivery: i64,
    pub(crate) attempt: i64,
    pub(crate) subscriptions_version: i64,
    /// Which of the deliveries that are to be recorded are still leased as they were claimed.
    pub(crate) leased: HashSet<i64>,
}

impl Last {
    /// Reads it. `claims` is the fence: row, attempt number and owner of each lease, as JSON.
    pub(crate) async fn read(connection: &mut SqliteConnection, claims: &str) -> Result<Self, StoreError> {
        let row = sqlx::query(
            "select (select coalesce(max(seq), 0) from events), (select coalesce(max(seq), 0) from deliveries),
             (select coalesce(max(seq), 0) from attempts),
             (select value from meta where key = 'subscriptions_version'),
             (select json_group_array(d.seq) from json_each(?) v join deliveries d on d.seq = v.value ->> 0
               where d.state = 'in_flight' and d.attempts = v.value ->> 1 and d.lease_owner = v.value ->> 2)",
        )
        .bind(claims)
        .fetch_one(connection)
        .await?;
        let leased: &str = row.try_get(4)?;
        Ok(Self {
            event: row.try_get(0)?,
            delivery: row.try_get(1)?,
            attempt: row.try_get(2)?,
            subscriptions_version: row.try_get(3)?,
            leased: serde_json::from_str(leased).map_err(|error| corrupt("delivery", error))?,
        })
    }
}

/// Values as one parameter, for `json_each`.
pub(crate) fn as_json<T: Serialize>(values: impl IntoIterator<Item = T>) -> Result<String, StoreError> {
    let values: Vec<T> = values.into_iter().collect();
    serde_json::to_string(&values).map_err(|error| corrupt("statement", error))
}

const SIZES: [usize; 8] = [128, 64, 32, 16, 8, 4, 2, 1];
/// Sizes of statements that may have empty rows: few enough to be kept prepared.
const FILLED: [usize; 13] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128];

/// Cuts rows into pieces of at most 128, each filled up with empty rows to a size whose statement is
/// known: one question where exact pieces would be several. [`WRITTEN`] leaves the empty ones out.
pub(crate) fn filled<T>(rows: &[T]) -> impl Iterator<Item = Vec<Option<&T>>> {
    let [.., most] = FILLED;
    rows.chunks(most).map(move |piece| {
        let size = FILLED.into_iter().find(|size| *size >= piece.len()).unwrap_or(most);
        piece.iter().map(Some).chain(std::iter::repeat(None)).take(size).collect()
    })
}

/// What follows the values of an `insert` that selects from them: rows that are not empty.
pub(crate) const WRITTEN: &str = ") where column1 is not null";

/// Binds an empty row of so many columns.
pub(crate) fn push_empty(row: &mut Separated<'_, Sqlite, &'static str>, columns: usize) {
    for _ in 0..columns {
        row.push_bind(None::<i64>);
    }
}

/// Whether a statement that wrote so many rows wrote all of these.
pub(crate) fn wrote_all<T>(written: u64, piece: &[Option<&T>]) -> bool {
    usize::try_from(written).is_ok_and(|written| written == piece.iter().flatten().count())
}

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
    fn filled_pieces_hold_every_row_once_in_order_and_few_empty_ones() {
        for n in [0, 1, 5, 31, 64, 65, 128, 300] {
            let rows: Vec<usize> = (0..n).collect();
            let again: Vec<usize> = filled(&rows).flatten().flatten().copied().collect();
            assert_eq!(again, rows);
            assert_eq!(filled(&rows).count(), n.div_ceil(128));
            assert!(filled(&rows).all(|piece| FILLED.contains(&piece.len()) && piece[0].is_some()));
        }
    }

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
