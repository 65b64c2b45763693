//! Operations: kept with what they are about, so that they go on after a restart.

use hookbench_domain::{
    Delivery, DeliveryId, DeliveryState, OperationId, OperationKind, OperationState, SubscriptionId, Tally,
    Timestamp,
};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::deliveries::update_state;
use crate::error::corrupt;
use crate::rows::{delivery, delivery_id, seq_of, small};
use crate::{Page, Store, StoreError};

/// How many items one write takes.
const ITEMS: usize = 500;
/// How many deliveries an operation names in its answers.
const SHOWN: i64 = 20;

/// An operation to keep.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// What it does.
    pub kind: OperationKind,
    /// What was asked, as a JSON object.
    pub asked: String,
    /// The subscription, if it is about one.
    pub subscription: Option<SubscriptionId>,
    /// How many a second.
    pub rate: f64,
    /// Whether one goes first.
    pub canary: bool,
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationItem {
    /// A delivery, by its id.
    Delivery(DeliveryId),
    /// An event that has no delivery to the operation's subscription yet, by its row.
    Event(i64),
}

/// An operation as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptOperation {
    pub(crate) seq: i64,
    /// Its id.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// What was asked, as a JSON object.
    pub asked: String,
    /// The subscription, if it is about one.
    pub subscription: Option<SubscriptionId>,
    /// Where it stands.
    pub state: OperationState,
    /// How many a second.
    pub rate: f64,
    /// Whether one goes first.
    pub canary: bool,
    /// Why it stopped.
    pub why: Option<String>,
    /// How the last failed one ended.
    pub last_failure: Option<String>,
    /// How far it is.
    pub tally: Tally,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the first one was sent.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

const SELECT: &str = "select o.*, s.id as subscription_id from operations o
  left join subscriptions s on s.seq = o.subscription_seq";

impl Store {
    /// Keeps an operation that is being put together.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn create_operation(
        &self,
        new: NewOperation,
        now: Timestamp,
    ) -> Result<OperationId, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let seq: i64 = sqlx::query_scalar(
                        "insert into operations (kind, asked, subscription_seq, state, rate, canary, created_at)
                         values (?, ?, (select seq from subscriptions where id = ?), 'preparing', ?, ?, ?) returning seq",
                    )
                    .bind(new.kind.as_str())
                    .bind(new.asked)
                    .bind(new.subscription.map(|id| id.to_string()))
                    .bind(new.rate)
                    .bind(new.canary)
                    .bind(now.ms())
                    .fetch_one(connection)
                    .await?;
                    Ok(operation_id(seq, now.ms()))
                })
            })
            .await
    }

    /// Adds what it is about, in this order, to an operation that is being put together.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn add_operation_items(
        &self,
        id: OperationId,
        items: Vec<OperationItem>,
    ) -> Result<(), StoreError> {
        for piece in items.chunks(ITEMS) {
            let rows: Vec<serde_json::Value> = piece
                .iter()
                .map(|item| match item {
                    OperationItem::Delivery(id) => serde_json::json!({ "d": seq_of(*id) }),
                    OperationItem::Event(seq) => serde_json::json!({ "e": seq }),
                })
                .collect();
            let rows = serde_json::to_string(&rows).map_err(|error| corrupt("operation", error))?;
            self.writer
                .write(move |connection| {
                    Box::pin(async move {
                        sqlx::query(
                            "insert into operation_items (operation_seq, position, event_seq, delivery_seq)
                             select ?1, (select total from operations where seq = ?1) + key + 1,
                               value ->> '$.e', value ->> '$.d' from json_each(?2)",
                        )
                        .bind(operation_seq(id))
                        .bind(rows)
                        .execute(&mut *connection)
                        .await?;
                        sqlx::query(
                            "update operations set total = (select count(*) from operation_items where operation_seq = ?1)
                             where seq = ?1",
                        )
                        .bind(operation_seq(id))
                        .execute(connection)
                        .await?;
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(())
    }

    /// Lets a dispatcher take an operation up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn queue_operation(&self, id: OperationId) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "update operations set state = 'queued' where seq = ? and state = 'preparing'",
                    )
                    .bind(operation_seq(id))
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Ends what was being put together before `before`, by a process that is gone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn abandon_operations(&self, before: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "update operations set state = 'stopped', finished_at = ?,
                           why = 'the program that put it together ended before it was complete; nothing was sent: start it again'
                         where state = 'preparing' and created_at < ?",
                    )
                    .bind(now.ms())
                    .bind(before.ms())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Lists operations, newest first.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for a cursor of another listing.
    pub async fn operations(
        &self,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<KeptOperation>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        if let Some(cursor) = cursor {
            let id: OperationId = cursor.parse().map_err(|_| StoreError::Cursor(cursor.to_owned()))?;
            sql.push(" where o.seq < ").push_bind(operation_seq(id));
        }
        sql.push(" order by o.seq desc limit ").push_bind(i64::from(limit) + 1);
        let rows = sql.build().fetch_all(&self.readers).await?;
        let items = rows.iter().map(operation).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(items, limit, |last| last.id.to_string()))
    }

    /// One operation.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn operation(&self, id: OperationId) -> Result<KeptOperation, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" where o.seq = ").push_bind(operation_seq(id));
        sql.push(" and o.created_at = ").push_bind(id.ulid().at().ms());
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref()
            .map(operation)
            .transpose()?
            .ok_or_else(|| StoreError::NotFound { what: "operation", id: id.to_string() })
    }

    /// Operations that are not over, or of which something is still under way, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn open_operations(&self) -> Result<Vec<KeptOperation>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" where o.finished_at is null or o.sent > 0 order by o.seq");
        sql.build().fetch_all(&self.readers).await?.iter().map(operation).collect()
    }

    /// Deliveries of an operation that failed, the first ones.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn operation_failures(&self, id: OperationId) -> Result<Vec<DeliveryId>, StoreError> {
        let rows = sqlx::query(
            "select d.seq, d.created_at from operation_items i join deliveries d on d.seq = i.delivery_seq
             where i.operation_seq = ? and i.state = 'failed' order by i.position limit ?",
        )
        .bind(operation_seq(id))
        .bind(SHOWN)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok(delivery_id(row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// Moves an operation on and sends its next items: each gets one attempt now, whatever its
    /// schedule says. Nothing happens if it is not in the state that `seen` shows any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was sent.
    pub async fn send_operation_items(
        &self,
        seen: &KeptOperation,
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
    pub async fn settle_operation(&self, seen: &KeptOperation) -> Result<(), StoreError> {
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
    .fetch_optional(connection)
    .await?;
    Ok(seq.map_or(Turned::LeftOut, |delivery| Turned::Sent { delivery, attempts_before: 0 }))
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

fn operation_id(seq: i64, created_at: i64) -> OperationId {
    OperationId::new(Timestamp::from_ms(created_at), u128::try_from(seq).unwrap_or(0))
}

fn operation_seq(id: OperationId) -> i64 {
    i64::try_from(id.ulid().low()).unwrap_or(-1)
}

fn operation(row: &SqliteRow) -> Result<KeptOperation, StoreError> {
    let (kind, state): (String, String) = (row.try_get("kind")?, row.try_get("state")?);
    let (seq, created_at): (i64, i64) = (row.try_get("seq")?, row.try_get("created_at")?);
    let subscription: Option<String> = row.try_get("subscription_id")?;
    let count = |column: &str| -> Result<u32, sqlx::Error> { Ok(small(row.try_get(column)?)) };
    let time = |column: &str| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_ms))
    };
    Ok(KeptOperation {
        seq,
        id: operation_id(seq, created_at),
        kind: OperationKind::named(&kind).ok_or_else(|| corrupt("operation", &kind))?,
        asked: row.try_get("asked")?,
        subscription: subscription
            .map(|id| id.parse().map_err(|error| corrupt("operation", error)))
            .transpose()?,
        state: OperationState::named(&state).ok_or_else(|| corrupt("operation", &state))?,
        rate: row.try_get("rate")?,
        canary: row.try_get("canary")?,
        why: row.try_get("why")?,
        last_failure: row.try_get("last_failure")?,
        tally: Tally {
            total: count("total")?,
            sent: count("sent")?,
            delivered: count("delivered")?,
            failed: count("failed")?,
            left_out: count("left_out")?,
            failed_in_a_row: count("failed_in_a_row")?,
        },
        created_at: Timestamp::from_ms(created_at),
        started_at: time("started_at")?,
        finished_at: time("finished_at")?,
    })
}

/// A delivery that an operation may be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The delivery.
    pub id: DeliveryId,
    /// Its state's name.
    pub state: &'static str,
    /// Why it failed or was skipped.
    pub reason: Option<&'static str>,
    /// Whether its body was pruned, so that it cannot be sent again.
    pub pruned: bool,
}

impl Store {
    /// Deliveries of a subscription for real events, oldest first, at most 500 after row `after`:
    /// those that failed since then, or with `any` all that were made since then. The second value
    /// is where to go on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn candidates(
        &self,
        subscription: SubscriptionId,
        since: Timestamp,
        any: bool,
        after: i64,
    ) -> Result<(Vec<Candidate>, Option<i64>), StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "select d.*, e.pruned_at is not null as pruned from deliveries d join events e on e.seq = d.event_seq
             where d.subscription_seq = (select seq from subscriptions where id = ",
        );
        sql.push_bind(subscription.to_string()).push(") and e.test = 0 and d.seq > ").push_bind(after);
        if any {
            sql.push(" and e.received_at >= ").push_bind(since.ms());
        } else {
            sql.push(" and d.state = 'failed' and d.finished_at >= ").push_bind(since.ms());
        }
        sql.push(" order by d.seq limit 500");
        let rows = sql.build().fetch_all(&self.readers).await?;
        let last: Option<i64> = rows.last().map(|row| row.try_get("seq")).transpose()?;
        let items = rows
            .iter()
            .map(|row| {
                let machine = delivery(row)?;
                let reason = match &machine.state {
                    DeliveryState::Failed { failure, .. } => Some(failure.as_str()),
                    DeliveryState::Skipped { reason } => Some(reason.as_str()),
                    DeliveryState::Pending(_)
                    | DeliveryState::InFlight { .. }
                    | DeliveryState::Delivered { .. }
                    | DeliveryState::Cancelled { .. } => None,
                };
                Ok(Candidate {
                    id: delivery_id(row.try_get("seq")?, row.try_get("created_at")?),
                    state: machine.state.name(),
                    reason,
                    pruned: row.try_get("pruned")?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok((items, last))
    }

    /// Real events that were kept since then, oldest first, at most 500 after row `after`, each with its
    /// row, its brand and its latest delivery to the subscription.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn events_for_replay(
        &self,
        subscription: SubscriptionId,
        since: Timestamp,
        after: i64,
    ) -> Result<Vec<Replayable>, StoreError> {
        let rows = sqlx::query(
            "select e.*, src.definition ->> '$.brand' as source_brand,
               (select max(d.seq) from deliveries d where d.event_seq = e.seq
                 and d.subscription_seq = (select seq from subscriptions where id = ?1)) as delivery_seq
             from events e left join sources src on src.id = substr(e.scope, 3)
             where e.seq > ?2 and e.received_at >= ?3 and e.test = 0 order by e.seq limit 500",
        )
        .bind(subscription.to_string())
        .bind(after)
        .bind(since.ms())
        .fetch_all(&self.readers)
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let known: Option<i64> = row.try_get("delivery_seq")?;
            let candidate = match known {
                None => None,
                Some(seq) => {
                    let row = sqlx::query("select * from deliveries where seq = ?")
                        .bind(seq)
                        .fetch_one(&self.readers)
                        .await?;
                    let machine = delivery(&row)?;
                    Some(Candidate {
                        id: delivery_id(seq, machine.created_at.ms()),
                        state: machine.state.name(),
                        reason: None,
                        pruned: false,
                    })
                }
            };
            let pruned: Option<i64> = row.try_get("pruned_at")?;
            found.push(Replayable {
                seq: row.try_get("seq")?,
                event: crate::rows::event(row)?,
                brand: crate::rows::brand(row)?,
                pruned: pruned.is_some(),
                delivery: candidate,
            });
        }
        Ok(found)
    }

    /// The row before the first event that was kept at or after this time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn before_events_since(&self, since: Timestamp) -> Result<i64, StoreError> {
        Ok(self.first_event_since(since).await? - 1)
    }
}

/// An event that may be replayed.
#[derive(Debug, Clone)]
pub struct Replayable {
    /// Its row.
    pub seq: i64,
    /// The event.
    pub event: hookbench_domain::KeptEvent,
    /// Its brand.
    pub brand: Option<String>,
    /// Whether its body was pruned.
    pub pruned: bool,
    /// Its latest delivery to the subscription.
    pub delivery: Option<Candidate>,
}
