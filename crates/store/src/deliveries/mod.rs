//! One delivery: its line in the log, its attempts, retry and cancel.

pub(crate) mod claim;
pub(crate) mod due;
pub(crate) mod held;
pub(crate) mod ordering;
pub(crate) mod record;
pub(crate) mod set_aside;
#[cfg(test)]
pub(crate) mod transitions;

use hookbench_domain::{
    AttemptId, AttemptRecord, Connection, Delivery, DeliveryId, EventId, Kind, Outcome, RequestRecord,
    ResponseRecord, StoredEvent, SubscriptionId, Timestamp, Timings, TransitionError, Trigger,
};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::deliveries::ordering::give_keys;
use crate::error::{corrupt, readable};
use crate::sql::rows::{StateColumns, brand, delivery, delivery_id, event, seq_of, small};
use crate::{Store, StoreError};

/// A delivery as a line of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliverySummary {
    /// Its id.
    pub id: DeliveryId,
    /// The event's id.
    pub event: EventId,
    /// The event's type.
    pub event_type: String,
    /// The event's brand, or that of the source it came in through.
    pub brand: Option<String>,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The subscription's name.
    pub subscription_name: String,
    /// Where it goes; of a postback with its macros.
    pub url: String,
    /// What its subscription sends.
    pub kind: Kind,
    /// Its state machine.
    pub delivery: Delivery,
    /// How the last attempt ended.
    pub last_outcome: Option<Outcome>,
    /// The status the last attempt got.
    pub last_status: Option<u16>,
    /// Whether it is a test.
    pub test: bool,
    /// Why it had been skipped, if a person released it since.
    pub was_skipped: Option<String>,
}

/// `cross join` keeps SQLite from beginning anywhere but with the deliveries: their order is that of the
/// page, which then ends after a page's rows.
pub(crate) const SUMMARY: &str =
    "select d.*, e.event_id, e.event_type, e.scope, e.brand, e.test, s.id as subscription_id,
  s.definition ->> '$.name' as name, s.definition ->> '$.url' as url, s.definition ->> '$.kind' as kind
  from deliveries d cross join events e on e.seq = d.event_seq cross join subscriptions s on s.seq = d.subscription_seq";

impl Store {
    /// One delivery.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn delivery(&self, id: DeliveryId) -> Result<DeliverySummary, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SUMMARY);
        sql.push(" where d.seq = ")
            .push_bind(seq_of(id))
            .push(" and d.created_at = ")
            .push_bind(id.ulid().at().ms());
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref().map(summary).transpose()?.ok_or_else(|| missing(id))
    }

    /// A delivery's attempts, oldest first, each with its id.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn attempts(&self, id: DeliveryId) -> Result<Vec<(AttemptId, AttemptRecord)>, StoreError> {
        let rows = sqlx::query("select * from attempts where delivery_seq = ? order by number")
            .bind(seq_of(id))
            .fetch_all(&self.readers)
            .await?;
        readable(&rows, attempt)
    }

    /// The event of a delivery, with its bytes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such delivery.
    pub async fn event_of(&self, id: DeliveryId) -> Result<StoredEvent, StoreError> {
        let row =
            sqlx::query("select e.* from events e join deliveries d on d.event_seq = e.seq where d.seq = ?")
                .bind(seq_of(id))
                .fetch_optional(&self.readers)
                .await?;
        row.as_ref().map(event).transpose()?.ok_or_else(|| missing(id))
    }

    /// When the bodies of a delivery's event were taken away, and by what.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn pruned_of(&self, id: DeliveryId) -> Result<Option<(Timestamp, String)>, StoreError> {
        let found: Option<(i64, String)> = sqlx::query_as(
            "select e.pruned_at, e.pruned_by from events e join deliveries d on d.event_seq = e.seq
             where d.seq = ? and e.pruned_at is not null",
        )
        .bind(seq_of(id))
        .fetch_optional(&self.readers)
        .await?;
        Ok(found.map(|(at, by)| (Timestamp::from_ms(at), by)))
    }

    /// Attempts finished after row `seq`, oldest first, at most 500, without bodies: how a stream
    /// goes on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn attempts_after(&self, seq: i64) -> Result<Vec<FinishedAttempt>, StoreError> {
        let rows = sqlx::query(
            "select a.seq as a_seq, a.number, a.trigger as a_trigger, a.started_at, a.outcome, a.error, a.total_us,
               a.status, d.*, e.event_id, e.event_type, e.scope, e.brand, e.test, s.id as subscription_id,
               s.definition ->> '$.name' as name, s.definition ->> '$.url' as url, s.definition ->> '$.kind' as kind
             from attempts a join deliveries d on d.seq = a.delivery_seq join events e on e.seq = d.event_seq
             join subscriptions s on s.seq = d.subscription_seq where a.seq > ? order by a.seq limit 500",
        )
        .bind(seq)
        .fetch_all(&self.readers)
        .await?;
        readable(&rows, |row| {
            let outcome: String = row.try_get("outcome")?;
            let trigger: String = row.try_get("a_trigger")?;
            Ok(FinishedAttempt {
                seq: row.try_get("a_seq")?,
                number: small(row.try_get("number")?),
                trigger: if trigger == "manual" { Trigger::Manual } else { Trigger::Scheduled },
                started_at: Timestamp::from_ms(row.try_get("started_at")?),
                outcome: Outcome::named(&outcome).ok_or_else(|| corrupt("attempt", &outcome))?,
                status: status(row.try_get("status")?),
                error: row.try_get("error")?,
                total_us: u64::from(small(row.try_get("total_us")?)),
                delivery: summary(row)?,
            })
        })
    }

    /// Asks for one attempt now of each of these deliveries.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] or [`StoreError::Transition`] for the first that cannot be
    /// retried; then none is.
    pub async fn retry(&self, ids: Vec<DeliveryId>, now: Timestamp) -> Result<(), StoreError> {
        self.transition(ids, move |d| d.retry(now)).await
    }

    /// Stops what waits of each of these deliveries.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] or [`StoreError::Transition`] for the first that cannot be
    /// cancelled; then none is.
    pub async fn cancel(&self, ids: Vec<DeliveryId>, now: Timestamp) -> Result<(), StoreError> {
        self.transition(ids, move |d| d.cancel(now)).await
    }

    async fn transition<F>(&self, ids: Vec<DeliveryId>, step: F) -> Result<(), StoreError>
    where
        F: Fn(Delivery) -> Result<Delivery, TransitionError> + Send + Sync + 'static,
    {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for id in ids {
                        transition_one(connection, id, &step).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// A finished attempt as a stream tells it.
#[derive(Debug, Clone)]
pub struct FinishedAttempt {
    /// Its place in the order of finishing.
    pub seq: i64,
    /// Its number within the delivery.
    pub number: u32,
    /// What started it.
    pub trigger: Trigger,
    /// When it started.
    pub started_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The status it got.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// How long it took, in microseconds.
    pub total_us: u64,
    /// Its delivery as it stands now.
    pub delivery: DeliverySummary,
}

impl FinishedAttempt {
    /// Its public id.
    #[must_use]
    pub fn id(&self) -> AttemptId {
        AttemptId::new(self.started_at, u128::try_from(self.seq).unwrap_or(0))
    }
}

fn missing(id: DeliveryId) -> StoreError {
    StoreError::NotFound { what: "delivery", id: id.to_string() }
}

fn status(value: Option<i64>) -> Option<u16> {
    value.and_then(|s| u16::try_from(s).ok())
}

async fn transition_one(
    connection: &mut SqliteConnection,
    id: DeliveryId,
    step: &(dyn Fn(Delivery) -> Result<Delivery, TransitionError> + Send + Sync),
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "select d.*, s.deleted_at, e.pruned_at from deliveries d join subscriptions s on s.seq = d.subscription_seq
         join events e on e.seq = d.event_seq where d.seq = ? and d.created_at = ?",
    )
    .bind(seq_of(id))
    .bind(id.ulid().at().ms())
    .fetch_optional(&mut *connection)
    .await?
    .ok_or_else(|| missing(id))?;
    let after = step(delivery(&row)?)?;
    let (deleted, pruned): (Option<i64>, Option<i64>) =
        (row.try_get("deleted_at")?, row.try_get("pruned_at")?);
    let pending = after.state.name() == "pending";
    if deleted.is_some() && pending {
        return Err(StoreError::Transition(TransitionError {
            state: "of a deleted subscription",
            event: "retried",
            hint: "there is nowhere to send it; create the subscription again and replay the event",
        }));
    }
    if pruned.is_some() && pending {
        return Err(StoreError::Transition(TransitionError {
            state: "of an event whose body was pruned",
            event: "retried",
            hint: "there is nothing left to send; publish the event again under another id",
        }));
    }
    update_state(connection, seq_of(id), &after).await
}

/// Writes the state that a transition led to. What a skipped one was skipped for stays known.
pub(crate) async fn update_state(
    connection: &mut SqliteConnection,
    seq: i64,
    after: &Delivery,
) -> Result<(), StoreError> {
    let columns = StateColumns::of(&after.state);
    crate::projections::aggregates::invalidate(connection, &[seq]).await?;
    sqlx::query(
        "update deliveries set was_skipped = coalesce(was_skipped, reason), state = ?, next_attempt_at = ?, trigger = ?,
         resume = ?, resume_at = ?, finished_at = ?, failure = ?, reason = ?, held = ?, order_key = null where seq = ?",
    )
    .bind(columns.state)
    .bind(columns.next_attempt_at)
    .bind(columns.trigger)
    .bind(columns.resume)
    .bind(columns.resume_at)
    .bind(columns.finished_at)
    .bind(columns.failure)
    .bind(columns.reason)
    .bind(columns.held)
    .bind(seq)
    .execute(&mut *connection)
    .await?;
    give_keys(connection, &[seq]).await
}

pub(crate) fn summary(row: &SqliteRow) -> Result<DeliverySummary, StoreError> {
    let event: String = row.try_get("event_id")?;
    let subscription: String = row.try_get("subscription_id")?;
    let last_outcome: Option<String> = row.try_get("last_outcome")?;
    let machine = delivery(row)?;
    Ok(DeliverySummary {
        id: delivery_id(row.try_get("seq")?, row.try_get("created_at")?),
        event: event.parse().map_err(|error| corrupt("event", error))?,
        event_type: row.try_get("event_type")?,
        brand: brand(row)?,
        subscription: subscription.parse().map_err(|error| corrupt("subscription", error))?,
        subscription_name: row.try_get("name")?,
        url: row.try_get("url")?,
        kind: row.try_get::<Option<String>, _>("kind")?.and_then(|k| Kind::named(&k)).unwrap_or_default(),
        delivery: machine,
        last_outcome: last_outcome.as_deref().and_then(Outcome::named),
        last_status: status(row.try_get("last_status")?),
        test: row.try_get("test")?,
        was_skipped: row.try_get("was_skipped")?,
    })
}

pub(crate) fn attempt(row: &SqliteRow) -> Result<(AttemptId, AttemptRecord), StoreError> {
    let bad = |error: serde_json::Error| corrupt("attempt", error);
    let seq: i64 = row.try_get("seq")?;
    let started_at = Timestamp::from_ms(row.try_get("started_at")?);
    let outcome: String = row.try_get("outcome")?;
    let trigger: String = row.try_get("trigger")?;
    let request: Option<String> = row.try_get("request")?;
    let request: Option<RequestRecord> =
        request.map(|r| serde_json::from_str(&r)).transpose().map_err(bad)?;
    let request_body: Option<Vec<u8>> = row.try_get("request_body")?;
    let connection: String = row.try_get("connection")?;
    let connection: Connection = serde_json::from_str(&connection).map_err(bad)?;
    let headers: Option<String> = row.try_get("response_headers")?;
    let body: Option<Vec<u8>> = row.try_get("response_body")?;
    let us = |column: &str| -> Result<Option<u64>, StoreError> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(|n| u64::try_from(n).unwrap_or(0)))
    };
    let response = match (status(row.try_get("status")?), headers) {
        (Some(status), Some(headers)) => Some(ResponseRecord {
            status,
            headers: serde_json::from_str(&headers).map_err(bad)?,
            body: body.unwrap_or_default(),
            truncated: row.try_get("truncated")?,
        }),
        _ => None,
    };
    let record = AttemptRecord {
        number: small(row.try_get("number")?),
        trigger: if trigger == "manual" { Trigger::Manual } else { Trigger::Scheduled },
        started_at,
        outcome: Outcome::named(&outcome).ok_or_else(|| corrupt("attempt", &outcome))?,
        error: row.try_get("error")?,
        timings: Timings {
            dns_us: us("dns_us")?,
            connect_us: us("connect_us")?,
            tls_us: us("tls_us")?,
            first_byte_us: us("first_byte_us")?,
            total_us: us("total_us")?.unwrap_or(0),
        },
        request: request.map(|r| RequestRecord { body: request_body, ..r }),
        response,
        connection,
    };
    Ok((AttemptId::new(started_at, u128::try_from(seq).unwrap_or(0)), record))
}
