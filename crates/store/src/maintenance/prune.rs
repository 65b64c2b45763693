//! Forgetting what is over, in small pieces: for a store that only lives while a program runs.

use hookbench_domain::Timestamp;

use crate::{Store, StoreError};

/// How many events go at a time: each piece is a transaction of its own.
const PIECE: i64 = 500;

impl Store {
    /// Forgets events that came before `before` and of which nothing is left to be sent, and those
    /// that came before `given_up` whatever is left, with their deliveries and attempts; what is
    /// under way stays. Their ids may come again then. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be written.
    pub async fn forget_before(&self, before: Timestamp, given_up: Timestamp) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let piece = self.writer.write(move |connection| {
                Box::pin(async move {
                    sqlx::query("create temp table if not exists over (seq integer primary key)")
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query("delete from over").execute(&mut *connection).await?;
                    sqlx::query(
                        "insert into over select seq from events e where received_at < ? and not exists
                           (select 1 from deliveries d where d.event_seq = e.seq
                              and (d.state = 'in_flight' or d.state = 'pending' and e.received_at >= ?))
                         order by seq limit ?",
                    )
                    .bind(before.ms())
                    .bind(given_up.ms())
                    .bind(PIECE)
                    .execute(&mut *connection)
                    .await?;
                    let events: Vec<i64> =
                        sqlx::query_scalar("select seq from over").fetch_all(&mut *connection).await?;
                    let deliveries: Vec<i64> = sqlx::query_scalar(
                        "select d.seq from deliveries d join over o on o.seq = d.event_seq",
                    )
                    .fetch_all(&mut *connection)
                    .await?;
                    crate::projections::aggregates::invalidate(connection, &deliveries).await?;
                    crate::projections::aggregates::discount_events(connection, &events).await?;
                    sqlx::query(
                        "delete from attempts where delivery_seq in
                           (select d.seq from deliveries d join over o on o.seq = d.event_seq)",
                    )
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query("delete from deliveries where event_seq in (select seq from over)")
                        .execute(&mut *connection)
                        .await?;
                    let gone = sqlx::query("delete from events where seq in (select seq from over)")
                        .execute(&mut *connection)
                        .await?;
                    crate::projections::aggregates::forget_gone(connection, &deliveries).await?;
                    Ok(gone.rows_affected())
                })
            });
            let gone = piece.await?;
            forgotten += gone;
            if gone < u64::try_from(PIECE).unwrap_or(u64::MAX) {
                return Ok(forgotten);
            }
        }
    }
}
