//! An operation's items: sent when their turn comes, followed to the end of their attempt.

use hookbench_domain::{Delivery, OperationId, OperationKind, OperationState, Timestamp};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::{StoredOperation, operation_seq};
use crate::deliveries::ordering::give_keys;
use crate::deliveries::update_state;
use crate::sql::rows::delivery;
use crate::{Store, StoreError};

impl Store {
    /// Moves an operation on and sends its next items: each gets one attempt now, whatever its
    /// schedule says. Nothing happens if it is not in the state that `seen` shows any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was sent.
    pub async fn send_operation_items(
        &self,
        seen: &StoredOperation,
        to: OperationState,
        count: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (seq, kind, from) = (seen.seq, seen.kind, seen.state);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let moved = sqlx::query(
                        "update operations set state = ?, started_at = coalesce(started_at, ?) where seq = ? and state = ?",
                    )
                    .bind(to.as_str())
                    .bind(now.ms())
                    .bind(seq)
                    .bind(from.as_str())
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    if moved == 0 || count == 0 {
                        return Ok(());
                    }
                    let rows = sqlx::query(
                        "select position, event_seq, delivery_seq from operation_items
                         where operation_seq = ? and state = 'waiting' order by position limit ?",
                    )
                    .bind(seq)
                    .bind(count)
                    .fetch_all(&mut *connection)
                    .await?;
                    for row in rows {
                        let (position, event): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
                        let known: Option<i64> = row.try_get(2)?;
                        let turned = match (kind, known, event) {
                            (OperationKind::Cancel, Some(known), _) => cancel(connection, known, now).await?,
                            (_, Some(known), _) => retry(connection, known, now).await?,
                            (_, None, Some(event)) => make(connection, seq, event, now).await?,
                            (_, None, None) => Turned::LeftOut,
                        };
                        turned.keep(connection, seq, position).await?;
                    }
                    tally(connection, seq).await
                })
            })
            .await
    }

    /// Finds out how those ended that are under way.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be kept.
    pub async fn settle_operation(&self, seen: &StoredOperation) -> Result<(), StoreError> {
        let seq = seen.seq;
        let ended: i64 = sqlx::query_scalar(
            "select count(*) from operation_items i left join deliveries d on d.seq = i.delivery_seq
             where i.operation_seq = ? and i.state = 'sent' and (d.seq is null or d.state not in ('pending', 'in_flight')
               or d.attempts > i.attempts_before or d.trigger is not 'manual')",
        )
        .bind(seq)
        .fetch_one(&self.readers)
        .await?;
        if ended == 0 {
            return Ok(());
        }
        self.writer.write(move |connection| Box::pin(settle(connection, seq))).await
    }

    /// Ends an operation. What waits in the queue for its attempt is taken back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn end_operation(
        &self,
        id: OperationId,
        to: OperationState,
        why: Option<String>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let seq = operation_seq(id);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let moved = sqlx::query(
                        "update operations set state = ?, why = ?, finished_at = ? where seq = ? and finished_at is null",
                    )
                    .bind(to.as_str())
                    .bind(why)
                    .bind(now.ms())
                    .bind(seq)
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    if moved == 0 {
                        return Ok(false);
                    }
                    let waiting: Vec<(i64, i64)> = sqlx::query_as(
                        "select i.position, d.seq from operation_items i join deliveries d on d.seq = i.delivery_seq
                         where i.operation_seq = ? and i.state = 'sent' and d.state = 'pending'
                           and d.trigger = 'manual' and d.attempts = i.attempts_before",
                    )
                    .bind(seq)
                    .fetch_all(&mut *connection)
                    .await?;
                    for (position, known) in waiting {
                        cancel(connection, known, now).await?;
                        Turned::LeftOut.keep(connection, seq, position).await?;
                    }
                    tally(connection, seq).await?;
                    Ok(true)
                })
            })
            .await
    }
}

/// What became of an item when its turn came.
enum Turned {
    Sent { delivery: i64, attempts_before: u32 },
    Cancelled,
    LeftOut,
}

impl Turned {
    async fn keep(
        self,
        connection: &mut SqliteConnection,
        operation: i64,
        position: i64,
    ) -> Result<(), StoreError> {
        let (state, delivery, before) = match self {
            Self::Sent { delivery, attempts_before } => ("sent", Some(delivery), Some(attempts_before)),
            Self::Cancelled => ("delivered", None, None),
            Self::LeftOut => ("left_out", None, None),
        };
        sqlx::query(
            "update operation_items set state = ?, delivery_seq = coalesce(?, delivery_seq), attempts_before = ?
             where operation_seq = ? and position = ?",
        )
        .bind(state)
        .bind(delivery)
        .bind(before)
        .bind(operation)
        .bind(position)
        .execute(connection)
        .await?;
        Ok(())
    }
}

async fn load(connection: &mut SqliteConnection, seq: i64) -> Result<Option<(Delivery, bool)>, StoreError> {
    let row = sqlx::query(
        "select d.*, s.deleted_at is not null or s.enabled = 0 or e.pruned_at is not null as stuck from deliveries d
         join subscriptions s on s.seq = d.subscription_seq join events e on e.seq = d.event_seq where d.seq = ?",
    )
    .bind(seq)
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((delivery(&row)?, row.try_get("stuck")?))).transpose()
}

/// Asks for one attempt of a delivery. What cannot be sent any more is left out.
async fn retry(connection: &mut SqliteConnection, seq: i64, now: Timestamp) -> Result<Turned, StoreError> {
    let Some((before, stuck)) = load(connection, seq).await? else { return Ok(Turned::LeftOut) };
    let attempts_before = before.attempts;
    if stuck {
        return Ok(Turned::LeftOut);
    }
    let Ok(after) = before.retry(now) else { return Ok(Turned::LeftOut) };
    update_state(connection, seq, &after).await?;
    Ok(Turned::Sent { delivery: seq, attempts_before })
}

async fn cancel(connection: &mut SqliteConnection, seq: i64, now: Timestamp) -> Result<Turned, StoreError> {
    let Some((before, _)) = load(connection, seq).await? else { return Ok(Turned::LeftOut) };
    let Ok(after) = before.cancel(now) else { return Ok(Turned::LeftOut) };
    update_state(connection, seq, &after).await?;
    Ok(Turned::Cancelled)
}

/// Makes the delivery of an event that has none; if it got one meanwhile, that one is tried.
async fn make(
    connection: &mut SqliteConnection,
    operation: i64,
    event: i64,
    now: Timestamp,
) -> Result<Turned, StoreError> {
    let known: Option<i64> = sqlx::query_scalar(
        "select d.seq from deliveries d join operations o on o.subscription_seq = d.subscription_seq
         where o.seq = ? and d.event_seq = ? order by d.seq desc limit 1",
    )
    .bind(operation)
    .bind(event)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(known) = known {
        return retry(connection, known, now).await;
    }
    let seq: Option<i64> = sqlx::query_scalar(
        "insert into deliveries (seq, subscription_seq, event_seq, created_at, attempts, state, next_attempt_at, trigger)
         select (select coalesce(max(seq), 0) + 1 from deliveries), o.subscription_seq, e.seq, ?1, 0, 'pending', ?1, 'manual'
         from operations o join subscriptions s on s.seq = o.subscription_seq join events e on e.seq = ?2
         where o.seq = ?3 and s.deleted_at is null and e.pruned_at is null returning seq",
    )
    .bind(now.ms())
    .bind(event)
    .bind(operation)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(delivery) = seq else { return Ok(Turned::LeftOut) };
    give_keys(connection, &[delivery]).await?;
    Ok(Turned::Sent { delivery, attempts_before: 0 })
}

async fn settle(connection: &mut SqliteConnection, seq: i64) -> Result<(), StoreError> {
    // The attempt that was asked for is the first after those before it whose end is known.
    let rows = sqlx::query(
        "select i.position, d.state, d.trigger, a.seq as attempt, a.outcome, a.status, a.error from operation_items i
         left join deliveries d on d.seq = i.delivery_seq
         left join attempts a on a.seq = (select b.seq from attempts b where b.delivery_seq = i.delivery_seq
           and b.number > i.attempts_before and b.outcome <> 'interrupted' order by b.number limit 1)
         where i.operation_seq = ? and i.state = 'sent' order by a.seq",
    )
    .bind(seq)
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        let outcome: Option<String> = row.try_get("outcome")?;
        let state: Option<String> = row.try_get("state")?;
        let trigger: Option<String> = row.try_get("trigger")?;
        let under_way = match state.as_deref() {
            Some("in_flight") => true,
            Some("pending") => trigger.as_deref() == Some("manual"),
            Some(_) | None => false,
        };
        let became = match outcome.as_deref() {
            Some("success") => "delivered",
            Some(_) => "failed",
            None if under_way => continue,
            // Somebody took it back, or it is gone.
            None => "left_out",
        };
        let position: i64 = row.try_get("position")?;
        sqlx::query("update operation_items set state = ? where operation_seq = ? and position = ?")
            .bind(became)
            .bind(seq)
            .bind(position)
            .execute(&mut *connection)
            .await?;
        let query = match became {
            "delivered" => sqlx::query("update operations set failed_in_a_row = 0 where seq = ?"),
            "failed" => {
                let status: Option<i64> = row.try_get("status")?;
                let error: Option<String> = row.try_get("error")?;
                let said = status.map(|s| format!("HTTP {s}")).or(error).or(outcome).unwrap_or_default();
                sqlx::query(
                    "update operations set last_failure = ?, failed_in_a_row = failed_in_a_row + 1 where seq = ?",
                )
                .bind(said)
            }
            _ => continue,
        };
        query.bind(seq).execute(&mut *connection).await?;
    }
    tally(connection, seq).await
}

/// Counts again what ended and what is under way, from the operation's own index.
async fn tally(connection: &mut SqliteConnection, seq: i64) -> Result<(), StoreError> {
    sqlx::query(
        "update operations set
           sent = (select count(*) from operation_items where operation_seq = ?1 and state = 'sent'),
           delivered = (select count(*) from operation_items where operation_seq = ?1 and state = 'delivered'),
           failed = (select count(*) from operation_items where operation_seq = ?1 and state = 'failed'),
           left_out = (select count(*) from operation_items where operation_seq = ?1 and state = 'left_out')
         where seq = ?1",
    )
    .bind(seq)
    .execute(connection)
    .await?;
    Ok(())
}
