//! Where in a log a time begins.

use hookbench_domain::Timestamp;
use sqlx::AssertSqlSafe;

use crate::{Store, StoreError};

/// A table whose rows are kept in the order of a time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Log {
    Attempts,
    Deliveries,
    Events,
}

impl Store {
    /// The first event that was kept at or after this time.
    pub(crate) async fn first_event_since(&self, from: Timestamp) -> Result<i64, StoreError> {
        self.first_since(Log::Events, from).await
    }

    /// The first delivery that was made at or after this time.
    pub(crate) async fn first_delivery_since(&self, from: Timestamp) -> Result<i64, StoreError> {
        self.first_since(Log::Deliveries, from).await
    }

    /// The first row of a log from `from` on, found by halving: the times need no index, since
    /// rows are kept in their order. A clock that was set back may cost rows near that moment.
    pub(crate) async fn first_since(&self, log: Log, from: Timestamp) -> Result<i64, StoreError> {
        let (table, time) = match log {
            Log::Attempts => ("attempts", "started_at"),
            Log::Deliveries => ("deliveries", "created_at"),
            Log::Events => ("events", "received_at"),
        };
        let sql = halving(table, time);
        Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(from.ms()).fetch_one(&self.readers).await?)
    }
}

/// The statement that halves a table until it has found where a time begins.
pub(crate) fn halving(table: &str, time: &str) -> String {
    let before = format!(
        "coalesce((select {time} < ?1 from {table} where seq >= (low + high) / 2 order by seq limit 1), 0)"
    );
    format!(
            "with recursive halves (low, high) as (
               select coalesce((select min(seq) from {table}), 0), coalesce((select max(seq) from {table}), -1) + 1
               union all
               select iif({before}, (low + high) / 2 + 1, low), iif({before}, high, (low + high) / 2)
               from halves where low < high
             ) select low from halves where low >= high"
        )
}
