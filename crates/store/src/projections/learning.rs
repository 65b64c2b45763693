//! What follows behind by number: how events look, which conversions they tell of, how long attempts
//! took. Nothing here is in the way of keeping and sending.

use std::collections::HashMap;

use hookbench_domain::{StoredEvent, Timestamp};
use serde_json::Value;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::alerts::{NewAlert, insert_alert};
use crate::error::{corrupt, readable};
use crate::sql::rows::event;
use crate::{Store, StoreError};

/// The upper ends of the buckets that attempts are counted in, in microseconds; the last has none.
pub const BUCKETS_US: [i64; 13] = [
    1_000,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    i64::MAX,
];

/// How many bytes of bodies are held at once: with one that is larger, only that one.
pub(crate) const AT_ONCE_BYTES: i64 = 1024 * 1024;

/// How many attempts one write counts.
const COUNTED_AT_ONCE: i64 = 5_000;

/// An event that was not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnprocessedEvent {
    /// Its place in the order of keeping.
    pub seq: i64,
    /// The event.
    pub event: StoredEvent,
}

/// How events of a type have looked, as its owner writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSchema {
    /// The type.
    pub event_type: String,
    /// What was learned.
    pub shape: Value,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// What was learned of a batch of events.
#[derive(Debug, Clone, Default)]
pub struct LearnedEvents {
    /// The place of the last of them.
    pub up_to: i64,
    /// The types whose shape changed.
    pub shapes: Vec<(String, Value)>,
    /// The events that tell of a conversion: place, conversion, event type.
    pub conversions: Vec<(i64, String, String)>,
    /// What is to be told.
    pub alerts: Vec<NewAlert>,
}

/// Attempts of one outcome and duration, counted since the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptCount {
    /// How they ended.
    pub outcome: String,
    /// The longest they took, in microseconds; `i64::MAX` for any.
    pub le_us: i64,
    /// How many.
    pub count: i64,
    /// How long they took together, in microseconds.
    pub sum_us: i64,
}

async fn position(connection: &mut SqliteConnection, name: &str) -> Result<i64, StoreError> {
    let seq: Option<i64> = sqlx::query_scalar("select seq from followed where name = ?")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(seq.unwrap_or(0))
}

async fn follow_to(connection: &mut SqliteConnection, name: &str, seq: i64) -> Result<(), StoreError> {
    sqlx::query("insert into followed values (?1, ?2) on conflict (name) do update set seq = max(seq, ?2)")
        .bind(name)
        .bind(seq)
        .execute(connection)
        .await?;
    Ok(())
}

async fn keep(
    connection: &mut SqliteConnection,
    after: i64,
    learned: LearnedEvents,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if position(&mut *connection, "drift").await? >= after {
        return Ok(false);
    }
    for (event_type, shape) in &learned.shapes {
        sqlx::query(
            "insert into event_shapes values (?1, ?2, ?3)
             on conflict (event_type) do update set shape = ?2, updated_at = ?3",
        )
        .bind(event_type)
        .bind(shape.to_string())
        .bind(now.ms())
        .execute(&mut *connection)
        .await?;
    }
    let conversions = serde_json::json!(learned.conversions).to_string();
    sqlx::query(
        "insert or ignore into event_conversions (event_seq, conversion, event_type)
         select e.seq, c.value ->> 1, c.value ->> 2 from json_each(?) c
         join events e on e.seq = c.value ->> 0",
    )
    .bind(conversions)
    .execute(&mut *connection)
    .await?;
    for alert in &learned.alerts {
        insert_alert(&mut *connection, alert).await?;
    }
    follow_to(connection, "drift", learned.up_to).await?;
    Ok(true)
}

/// Counts the next [`COUNTED_AT_ONCE`] attempts, of those up to `last`. Says how many.
async fn count_up_to(connection: &mut SqliteConnection, last: i64) -> Result<u64, StoreError> {
    let from = position(&mut *connection, "latency").await?;
    let to = last.min(from + COUNTED_AT_ONCE);
    let mut bucket = String::from("case");
    for le in BUCKETS_US {
        bucket.push_str(&format!(" when total_us <= {le} then {le}"));
    }
    let sql = format!(
        "insert into attempt_counts (outcome, le_us, count, sum_us)
         select outcome, {bucket} end as le, count(*), sum(total_us)
         from attempts where seq > ?1 and seq <= ?2 group by outcome, le
         on conflict (outcome, le_us) do update
         set count = count + excluded.count, sum_us = sum_us + excluded.sum_us"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(from).bind(to).execute(&mut *connection).await?;
    follow_to(connection, "latency", to).await?;
    Ok(u64::try_from(to - from).unwrap_or(0))
}

impl Store {
    /// The next events that were not looked at, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn unlearned(&self, limit: u32) -> Result<Vec<UnprocessedEvent>, StoreError> {
        let rows = sqlx::query(
            "select e.* from events e join (
               select seq, sum(length(body)) over (order by seq) - length(body) as before from events
               where seq > (select coalesce(max(seq), 0) from followed where name = 'drift') order by seq limit +?1
             ) n on n.seq = e.seq where n.before < ?2 order by e.seq",
        )
        .bind(limit)
        .bind(AT_ONCE_BYTES)
        .fetch_all(&self.readers)
        .await?;
        readable(&rows, |row| Ok(UnprocessedEvent { seq: row.try_get("seq")?, event: event(row)? }))
    }

    /// Keeps what was learned of events, all of it or nothing. `false` if another process was faster.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn store_learned(
        &self,
        after: i64,
        learned: LearnedEvents,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // Nobody waits to hear that a shape was learned again.
        if learned.alerts.is_empty() {
            let keep = self.writer.write_quietly(move |c| Box::pin(keep(c, after, learned, now)));
            return keep.await;
        }
        self.writer.write(move |c| Box::pin(keep(c, after, learned, now))).await
    }

    /// The shapes of these types; of all if none is named.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for one that cannot be read.
    pub async fn shapes(
        &self,
        event_types: Option<&[String]>,
    ) -> Result<HashMap<String, StoredSchema>, StoreError> {
        let wanted = event_types.map(|types| serde_json::json!(types).to_string());
        let rows = sqlx::query(
            "select event_type, shape, updated_at from event_shapes
             where ?1 is null or event_type in (select value from json_each(?1))",
        )
        .bind(wanted)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let (event_type, shape): (String, String) =
                    (row.try_get("event_type")?, row.try_get("shape")?);
                let shape = StoredSchema {
                    event_type: event_type.clone(),
                    shape: serde_json::from_str(&shape).map_err(|error| corrupt("event type", error))?,
                    updated_at: Timestamp::from_ms(row.try_get("updated_at")?),
                };
                Ok((event_type, shape))
            })
            .collect()
    }

    /// The ids of earlier events of the same type that tell of the same conversion, newest first, at
    /// most 20.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn same_conversion(
        &self,
        conversion: &str,
        event_type: &str,
        before: i64,
    ) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "select e.event_id from event_conversions c join events e on e.seq = c.event_seq
             where c.conversion = ?1 and c.event_type = ?2 and c.event_seq < ?3 and e.test = 0
               and e.event_id <> (select event_id from events where seq = ?3)
             order by c.event_seq desc limit 20",
        )
        .bind(conversion)
        .bind(event_type)
        .bind(before)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Counts the attempts that were not counted yet. Returns how many there were.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was counted.
    pub async fn count_attempts(&self) -> Result<u64, StoreError> {
        let mut counted = 0;
        loop {
            let last: i64 = sqlx::query_scalar("select coalesce(max(seq), 0) from attempts")
                .fetch_one(&self.readers)
                .await?;
            let known: i64 =
                sqlx::query_scalar("select coalesce(max(seq), 0) from followed where name = 'latency'")
                    .fetch_one(&self.readers)
                    .await?;
            if last <= known {
                return Ok(counted);
            }
            counted +=
                self.writer.write_quietly(move |connection| Box::pin(count_up_to(connection, last))).await?;
        }
    }

    /// All attempts that were counted, by outcome and duration.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn attempt_counts(&self) -> Result<Vec<AttemptCount>, StoreError> {
        let rows = sqlx::query("select * from attempt_counts order by outcome, le_us")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(AttemptCount {
                    outcome: row.try_get("outcome")?,
                    le_us: row.try_get("le_us")?,
                    count: row.try_get("count")?,
                    sum_us: row.try_get("sum_us")?,
                })
            })
            .collect()
    }
}
