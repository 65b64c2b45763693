//! Reading for whoever asks why: single attempts, the last success before a failure, what became of an
//! event, what waits.

use hookbench_domain::{AttemptId, AttemptRecord, Delivery, DeliveryId, EventId, SubscriptionId};
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::deliveries::{DeliverySummary, SUMMARY, attempt, summary};
use crate::error::{corrupt, readable};
use crate::sql::rows::{delivery, delivery_id, seq_of};
use crate::{Store, StoreError};

/// The most deliveries that an outage is foretold for at once.
const MOST_WAITING: i64 = 100_000;
/// Among how many of the latest deliveries that succeeded the last success is looked for: a retry may
/// succeed after deliveries that were made later.
const LATEST: i64 = 64;
/// What is counted of a queue at most.
const QUEUE_CAP: i64 = 10_000;

/// An attempt with whose it is.
#[derive(Debug, Clone)]
pub struct FoundAttempt {
    /// Its id.
    pub id: AttemptId,
    /// The delivery it belongs to.
    pub delivery: DeliveryId,
    /// What was recorded.
    pub record: AttemptRecord,
}

/// A delivery that waits or is under way.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Its event's id.
    pub event: EventId,
    /// Its event's type.
    pub event_type: String,
    /// Its state machine.
    pub delivery: Delivery,
}

/// What waits or is under way of a subscription, each by its own index.
pub(crate) const WAITING: &str =
    "select seq from deliveries where state = 'pending' and subscription_seq = (select seq from subscriptions where id = ?1)
  union all select seq from deliveries indexed by deliveries_in_flight
    where state = 'in_flight' and subscription_seq = (select seq from subscriptions where id = ?1)";

fn found(row: &sqlx::sqlite::SqliteRow) -> Result<FoundAttempt, StoreError> {
    let (id, record) = attempt(row)?;
    let delivery = delivery_id(row.try_get("delivery_seq")?, row.try_get("made_at")?);
    Ok(FoundAttempt { id, delivery, record })
}

impl Store {
    /// A delivery with its attempts, oldest first, both as they were at one moment.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn delivery_with_attempts(
        &self,
        id: DeliveryId,
    ) -> Result<(DeliverySummary, Vec<(AttemptId, AttemptRecord)>), StoreError> {
        // One transaction: what is recorded in between is in both or in neither.
        let mut reading = self.readers.begin().await?;
        let mut sql = QueryBuilder::<Sqlite>::new(SUMMARY);
        sql.push(" where d.seq = ").push_bind(seq_of(id));
        sql.push(" and d.created_at = ").push_bind(id.ulid().at().ms());
        let row = sql.build().fetch_optional(&mut *reading).await?;
        let rows = sqlx::query("select * from attempts where delivery_seq = ? order by number")
            .bind(seq_of(id))
            .fetch_all(&mut *reading)
            .await?;
        reading.rollback().await?;
        let missing = || StoreError::NotFound { what: "delivery", id: id.to_string() };
        let summary = row.as_ref().map(summary).transpose()?.ok_or_else(missing)?;
        Ok((summary, readable(&rows, attempt)?))
    }

    /// One attempt.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn attempt(&self, id: AttemptId) -> Result<FoundAttempt, StoreError> {
        let missing = || StoreError::NotFound { what: "attempt", id: id.to_string() };
        let row = sqlx::query(
            "select a.*, d.created_at as made_at from attempts a join deliveries d on d.seq = a.delivery_seq
             where a.seq = ? and a.started_at = ?",
        )
        .bind(i64::try_from(id.ulid().low()).unwrap_or(-1))
        .bind(id.ulid().at().ms())
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(found).transpose()?.ok_or_else(missing)
    }

    /// The last success of the same subscription before an attempt, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn success_before(&self, id: AttemptId) -> Result<Option<FoundAttempt>, StoreError> {
        let row = sqlx::query(
            "select * from (
               select a.*, d.created_at as made_at from deliveries d cross join attempts a on a.delivery_seq = d.seq
               where d.subscription_seq = (select o.subscription_seq from attempts x
                   join deliveries o on o.seq = x.delivery_seq where x.seq = ?1)
                 and a.outcome = 'success' and a.seq < ?1
               order by d.seq desc limit ?2
             ) order by seq desc limit 1",
        )
        .bind(i64::try_from(id.ulid().low()).unwrap_or(-1))
        .bind(LATEST)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(found).transpose()
    }

    /// The deliveries of an event, newest first, at most 500.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn deliveries_of(&self, event_seq: i64) -> Result<Vec<DeliverySummary>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SUMMARY);
        sql.push(" where d.event_seq = ").push_bind(event_seq).push(" order by d.seq desc limit 500");
        let rows = sql.build().fetch_all(&self.readers).await?;
        readable(&rows, summary)
    }

    /// How many deliveries of the same subscription are due before a delivery; counted up to 10,000.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn ahead_of(&self, id: DeliveryId) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "select count(*) from (select 1 from deliveries d, deliveries o where o.seq = ?1 and o.state = 'pending'
               and d.subscription_seq = o.subscription_seq and d.state = 'pending' and d.held is null
               and (d.next_attempt_at, d.seq) < (o.next_attempt_at, o.seq) limit ?2)",
        )
        .bind(seq_of(id))
        .bind(QUEUE_CAP)
        .fetch_one(&self.readers)
        .await?)
    }

    /// The place of an event in the order of keeping, of a delivery's event.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such delivery.
    pub async fn event_seq_of(&self, id: DeliveryId) -> Result<i64, StoreError> {
        let seq: Option<i64> =
            sqlx::query_scalar("select event_seq from deliveries where seq = ? and created_at = ?")
                .bind(seq_of(id))
                .bind(id.ulid().at().ms())
                .fetch_optional(&self.readers)
                .await?;
        seq.ok_or_else(|| StoreError::NotFound { what: "delivery", id: id.to_string() })
    }

    /// What waits or is under way of a subscription, the next due first: at most 100,000, and how many
    /// there are in all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn waiting(&self, id: SubscriptionId) -> Result<(Vec<WaitingDelivery>, i64), StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "select d.*, e.event_id, e.event_type from ({WAITING}) w cross join deliveries d on d.seq = w.seq
             cross join events e on e.seq = d.event_seq order by coalesce(d.next_attempt_at, 0), d.seq limit ?2"
        )))
        .bind(id.to_string())
        .bind(MOST_WAITING)
        .fetch_all(&self.readers)
        .await?;
        let total: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from ({WAITING})")))
            .bind(id.to_string())
            .fetch_one(&self.readers)
            .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let event: String = row.try_get("event_id")?;
            Ok(WaitingDelivery {
                id: delivery_id(row.try_get("seq")?, row.try_get("created_at")?),
                event: event.parse().map_err(|error| corrupt("event", error))?,
                event_type: row.try_get("event_type")?,
                delivery: delivery(row)?,
            })
        };
        let waiting: Result<Vec<_>, StoreError> = rows.iter().map(read).collect();
        Ok((waiting?, total))
    }

    /// The headers that were given for a delivery alone.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when they cannot be read.
    pub async fn headers_of(&self, id: DeliveryId) -> Result<Vec<(String, String)>, StoreError> {
        let text: Option<Option<String>> = sqlx::query_scalar("select headers from deliveries where seq = ?")
            .bind(seq_of(id))
            .fetch_optional(&self.readers)
            .await?;
        let read = |text: String| serde_json::from_str(&text).map_err(|error| corrupt("delivery", error));
        Ok(text.flatten().map(read).transpose()?.unwrap_or_default())
    }
}
