//! Cancelling very many deliveries: found and cancelled a piece at a time, so that nothing has to be put
//! together before, and so that it goes on where it was after a restart.

use hookbench_domain::{DeliveryId, OperationId, OperationKind, Timestamp};
use sqlx::AssertSqlSafe;

use super::{operation_id, operation_seq};
use crate::sql::batch::as_json;
use crate::sql::rows::{CANCEL, delivery_id, seq_of};
use crate::{Store, StoreError};

impl Store {
    /// Keeps an operation that cancels what a filter names, `expected` deliveries or so. What it is about
    /// is found as it goes on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn begin_cancelling(
        &self,
        asked: String,
        expected: u32,
        now: Timestamp,
    ) -> Result<OperationId, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let seq: i64 = sqlx::query_scalar(
                        "insert into operations (kind, asked, state, rate, canary, total, created_at, started_at)
                         values (?1, ?2, 'running', 1000, 0, ?3, ?4, ?4) returning seq",
                    )
                    .bind(OperationKind::Cancel.as_str())
                    .bind(asked)
                    .bind(expected)
                    .bind(now.ms())
                    .fetch_one(connection)
                    .await?;
                    Ok(operation_id(seq, now.ms()))
                })
            })
            .await
    }

    /// The delivery that an operation has cancelled last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn last_cancelled(&self, id: OperationId) -> Result<Option<DeliveryId>, StoreError> {
        let seq: Option<i64> = sqlx::query_scalar(
            "select delivery_seq from operation_items where operation_seq = ? order by position desc limit 1",
        )
        .bind(operation_seq(id))
        .fetch_optional(&self.readers)
        .await?
        .flatten();
        // Only the number in it counts for a listing.
        Ok(seq.map(|seq| delivery_id(seq, 0)))
    }

    /// Cancels those of these deliveries that still wait, and counts them. False once the operation is over.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was cancelled.
    pub async fn cancel_piece(
        &self,
        id: OperationId,
        deliveries: Vec<DeliveryId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let operation = operation_seq(id);
        let seqs: Vec<i64> = deliveries.into_iter().map(seq_of).collect();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let all = as_json(seqs.iter())?;
                    let open: bool = sqlx::query_scalar(
                        "select exists (select 1 from operations where seq = ? and finished_at is null)",
                    )
                    .bind(operation)
                    .fetch_one(&mut *connection)
                    .await?;
                    if !open {
                        return Ok(false);
                    }
                    crate::projections::aggregates::invalidate(connection, &seqs).await?;
                    sqlx::query(
                        "insert into operation_items (operation_seq, position, delivery_seq, state)
                         select ?1, (select delivered from operations where seq = ?1) + row_number() over (order by d.seq desc),
                           d.seq, 'delivered'
                         from deliveries d where d.seq in (select value from json_each(?2)) and d.state = 'pending'",
                    )
                    .bind(operation)
                    .bind(&all)
                    .execute(&mut *connection)
                    .await?;
                    let cancelled = sqlx::query(AssertSqlSafe(format!(
                        "update deliveries set {CANCEL}
                         where state = 'pending' and seq in (select value from json_each(?2))"
                    )))
                    .bind(now.ms())
                    .bind(&all)
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    sqlx::query(
                        "update operations set delivered = delivered + ?1, total = max(total, delivered + ?1) where seq = ?2",
                    )
                    .bind(i64::try_from(cancelled).unwrap_or(i64::MAX))
                    .bind(operation)
                    .execute(connection)
                    .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Ends an operation that has cancelled all that it found.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn finish_cancelling(&self, id: OperationId, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "update operations set state = 'done', finished_at = ?, total = delivered
                         where seq = ? and finished_at is null",
                    )
                    .bind(now.ms())
                    .bind(operation_seq(id))
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}
