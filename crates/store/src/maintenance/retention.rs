//! Retention: what is old or too much is taken away in small batches, bodies first. What waits or
//! is under way is never touched, and dedupe keys stay for [`DEDUPE_DAYS`].

use hookbench_domain::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::sql::{list, set_meta};
use crate::{Store, StoreError};

/// How long the id of an event is known at least, whatever else is taken away.
pub const DEDUPE_DAYS: u32 = 30;
/// How many rows one batch looks at.
const BATCH: i64 = 200;
/// How many bytes of bodies one batch takes away, about.
const BATCH_BYTES: i64 = 4 * 1024 * 1024;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// How long what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RetentionRules {
    /// Payloads and response bodies, in days; null keeps them for ever.
    pub bodies_days: Option<u32>,
    /// Rows of the log, in days; null keeps them for ever.
    pub rows_days: Option<u32>,
    /// How many bytes the database may use; null for any number.
    pub max_bytes: Option<i64>,
}

impl Default for RetentionRules {
    fn default() -> Self {
        Self { bodies_days: Some(30), rows_days: Some(180), max_bytes: Some(2 * 1024 * 1024 * 1024) }
    }
}

/// What one batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrunedBatch {
    /// How many rows it took something from, or away.
    pub pruned: u64,
    /// Where the next batch goes on; nothing is left to look at without it.
    pub next: Option<i64>,
}

/// What stays untouched: an event of which something waits.
const WAITS: &str =
    "exists (select 1 from deliveries w where w.event_seq = e.seq and w.state in ('pending', 'in_flight'))";

impl Store {
    /// The rules in force.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn retention(&self) -> Result<RetentionRules, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("select key, value from meta where key like 'retain\\_%' escape '\\'")
                .fetch_all(&self.readers)
                .await?;
        let mut rules = RetentionRules::default();
        for (key, value) in rows {
            let days = u32::try_from(value).ok().filter(|n| *n > 0);
            match key.as_str() {
                "retain_bodies_days" => rules.bodies_days = days,
                "retain_rows_days" => rules.rows_days = days,
                "retain_max_bytes" => rules.max_bytes = Some(value).filter(|n| *n > 0),
                _ => {}
            }
        }
        Ok(rules)
    }

    /// Keeps other rules.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn set_retention(&self, rules: RetentionRules) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for (key, value) in [
                        ("retain_bodies_days", rules.bodies_days.map(i64::from)),
                        ("retain_rows_days", rules.rows_days.map(i64::from)),
                        ("retain_max_bytes", rules.max_bytes),
                    ] {
                        set_meta(connection, key, value.unwrap_or(0)).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// How many bytes of the database are in use; freed pages, which are used again, aside.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn used_bytes(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "select (p.page_count - f.freelist_count) * s.page_size
             from pragma_page_count p, pragma_freelist_count f, pragma_page_size s",
        )
        .fetch_one(&self.readers)
        .await?)
    }

    /// How many rows the log has, about: events or deliveries, whichever are more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn rows(&self) -> Result<u64, StoreError> {
        let rows: i64 = sqlx::query_scalar(
            "select max(coalesce((select max(seq) - min(seq) + 1 from events), 0),
                        coalesce((select max(seq) - min(seq) + 1 from deliveries), 0))",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(u64::try_from(rows).unwrap_or(0))
    }

    /// One batch: takes away the bodies of events that were kept before `before`, oldest first, with
    /// those of their attempts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn prune_bodies(&self, before: Timestamp, now: Timestamp) -> Result<PrunedBatch, StoreError> {
        self.writer.write_quietly(move |connection| Box::pin(prune_bodies(connection, before, now))).await
    }

    /// One batch: looks again at events that were passed over while something of them waited, or
    /// because their time had not come, and were kept before `before`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn prune_held(
        &self,
        after: i64,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<PrunedBatch, StoreError> {
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let held: Vec<i64> = sqlx::query_scalar(
                        "select h.event_seq from retention_held h cross join events e on e.seq = h.event_seq
                         where h.event_seq > ? and e.received_at < ? order by h.event_seq limit ?",
                    )
                    .bind(after)
                    .bind(before.ms())
                    .bind(BATCH)
                    .fetch_all(&mut *connection)
                    .await?;
                    let free = free_ones(connection, &held).await?;
                    take_bodies(connection, &free, now, "retention").await?;
                    sqlx::query(
                        "delete from retention_held where event_seq in (select value from json_each(?))",
                    )
                    .bind(list(&free)?)
                    .execute(connection)
                    .await?;
                    Ok(PrunedBatch {
                        pruned: u64::try_from(free.len()).unwrap_or(0),
                        next: held
                            .last()
                            .copied()
                            .filter(|_| held.len() >= usize::try_from(BATCH).unwrap_or(0)),
                    })
                })
            })
            .await
    }

    /// One batch: takes away deliveries that were made before `before`, with their attempts, from
    /// row `after` on. The latest stays, so that its number is not given twice.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn prune_deliveries(&self, before: Timestamp, after: i64) -> Result<PrunedBatch, StoreError> {
        let end = self.first_delivery_since(before).await?;
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    // The rows before `end` may be younger, where a clock was set back.
                    let seqs: Vec<i64> = sqlx::query_scalar(
                        "select seq from deliveries where seq > ?1 and seq < ?2 and seq < (select max(seq) from deliveries)
                         and created_at < ?4 and state not in ('pending', 'in_flight') order by seq limit ?3",
                    )
                    .bind(after)
                    .bind(end)
                    .bind(BATCH)
                    .bind(before.ms())
                    .fetch_all(&mut *connection)
                    .await?;
                    let all = list(&seqs)?;
                    crate::projections::aggregates::invalidate(connection, &seqs).await?;
                    for sql in [
                        "delete from search_attempts where rowid in (select seq from attempts
                           where delivery_seq in (select value from json_each(?)))",
                        "delete from attempts where delivery_seq in (select value from json_each(?))
                           and seq < (select max(seq) from attempts)",
                    ] {
                        sqlx::query(sql).bind(&all).execute(&mut *connection).await?;
                    }
                    let deleted = sqlx::query(
                        "delete from deliveries where seq in (select value from json_each(?))
                           and not exists (select 1 from attempts a where a.delivery_seq = deliveries.seq)",
                    )
                    .bind(&all)
                    .execute(&mut *connection)
                    .await?;
                    crate::projections::aggregates::forget_gone(connection, &seqs).await?;
                    Ok(PrunedBatch { pruned: deleted.rows_affected(), next: seqs.last().copied() })
                })
            })
            .await
    }

    /// One batch: takes away events that were kept before `before` and have no delivery left, from
    /// row `after` on. Of those younger than [`DEDUPE_DAYS`] the id stays.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn prune_events(
        &self,
        before: Timestamp,
        after: i64,
        now: Timestamp,
    ) -> Result<PrunedBatch, StoreError> {
        let end = self.first_event_since(before).await?;
        let known_until = now.minus_ms(u64::from(DEDUPE_DAYS) * DAY_MS);
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let rows = sqlx::query(
                        "select e.seq, e.received_at < ?4 as gone from events e where e.seq > ?1 and e.seq < ?2
                         and e.received_at < ?5 and e.seq < (select max(seq) from events)
                         and not exists (select 1 from deliveries d where d.event_seq = e.seq)
                         and (e.pruned_by is not 'row' or e.received_at < ?4) order by e.seq limit ?3",
                    )
                    .bind(after)
                    .bind(end)
                    .bind(BATCH)
                    .bind(known_until.ms())
                    .bind(before.ms())
                    .fetch_all(&mut *connection)
                    .await?;
                    let (mut gone, mut keys, mut last) = (Vec::new(), Vec::new(), None);
                    for row in &rows {
                        let seq: i64 = row.try_get(0)?;
                        last = Some(seq);
                        if row.try_get(1)? { gone.push(seq) } else { keys.push(seq) }
                    }
                    take_bodies(connection, &keys, now, "row").await?;
                    crate::projections::aggregates::discount_events(connection, &gone).await?;
                    let gone = list(&gone)?;
                    for sql in [
                        "delete from search_events where rowid in (select value from json_each(?))",
                        "delete from retention_held where event_seq in (select value from json_each(?))",
                        "delete from events where seq in (select value from json_each(?))",
                    ] {
                        sqlx::query(sql).bind(&gone).execute(&mut *connection).await?;
                    }
                    Ok(PrunedBatch { pruned: u64::try_from(rows.len()).unwrap_or(0), next: last })
                })
            })
            .await
    }

    /// One batch of the receiver's log: takes away the bodies of requests that came before
    /// `bodies`, and the requests that came before `rows`. The headers that an event came in with
    /// stay while something of it waits.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn prune_received(
        &self,
        bodies: Option<Timestamp>,
        rows: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let ms = |at: Option<Timestamp>| at.map_or(i64::MIN, Timestamp::ms);
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let emptied = sqlx::query(
                        "update received set body = null, raw_body = null, pruned_at = ?1, pruned_by = 'retention' where seq in
                         (select seq from received where at < ?2 and coalesce(body, raw_body) is not null
                          order by seq limit ?3)",
                    )
                    .bind(now.ms())
                    .bind(ms(bodies))
                    .bind(BATCH)
                    .execute(&mut *connection)
                    .await?;
                    let deleted = sqlx::query(
                        "delete from received where seq in (select r.seq from received r
                         join sources s on s.seq = r.source_seq where r.at < ?1 and r.seq < (select max(seq) from received)
                         and not exists (select 1 from events e join deliveries d on d.event_seq = e.seq
                           where e.event_id = r.event_id and e.scope = 's:' || s.id and d.state in ('pending', 'in_flight'))
                         order by r.seq limit ?2)",
                    )
                    .bind(ms(rows))
                    .bind(BATCH)
                    .execute(&mut *connection)
                    .await?;
                    Ok(emptied.rows_affected() + deleted.rows_affected())
                })
            })
            .await
    }

    /// Takes away operations that ended before `before`, one batch.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn prune_operations(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let items = sqlx::query(
                        "delete from operation_items where (operation_seq, position) in (select i.operation_seq, i.position
                         from operations o join operation_items i on i.operation_seq = o.seq
                         where o.finished_at < ? limit 2000)",
                    )
                    .bind(before.ms())
                    .execute(&mut *connection)
                    .await?;
                    let operations = sqlx::query(
                        "delete from operations where finished_at < ? and seq < (select max(seq) from operations)
                         and not exists (select 1 from operation_items i where i.operation_seq = operations.seq)",
                    )
                    .bind(before.ms())
                    .execute(connection)
                    .await?;
                    Ok(items.rows_affected() + operations.rows_affected())
                })
            })
            .await
    }
}

async fn free_ones(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<Vec<i64>, StoreError> {
    let sql = format!(
        "select e.seq from events e where e.seq in (select value from json_each(?)) and not {WAITS} order by e.seq"
    );
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(list(seqs)?).fetch_all(connection).await?)
}

async fn prune_bodies(
    connection: &mut SqliteConnection,
    before: Timestamp,
    now: Timestamp,
) -> Result<PrunedBatch, StoreError> {
    let rows = sqlx::query(
        "select seq, received_at, length(body), pruned_at is not null from events
         where seq > coalesce((select value from meta where key = 'bodies_pruned_to'), 0) order by seq limit ?",
    )
    .bind(BATCH)
    .fetch_all(&mut *connection)
    .await?;
    let (mut seqs, mut bytes, mut last, mut ahead) = (Vec::new(), 0, None, Vec::new());
    for row in &rows {
        let (seq, at, length): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        // What a clock that was set ahead has kept must not hold up all that came after it.
        let young = at >= before.ms();
        if (young && at <= now.ms()) || bytes > BATCH_BYTES {
            break;
        }
        last = Some(seq);
        if row.try_get::<bool, _>(3)? {
            continue;
        }
        if young {
            ahead.push(seq);
        } else {
            bytes += length;
            seqs.push(seq);
        }
    }
    let Some(last) = last else { return Ok(PrunedBatch::default()) };
    let free = free_ones(connection, &seqs).await?;
    let waiting = seqs.iter().copied().filter(|seq| free.binary_search(seq).is_err());
    let held: Vec<i64> = waiting.chain(ahead).collect();
    take_bodies(connection, &free, now, "retention").await?;
    sqlx::query("insert or ignore into retention_held select value from json_each(?)")
        .bind(list(&held)?)
        .execute(&mut *connection)
        .await?;
    set_meta(connection, "bodies_pruned_to", last).await?;
    Ok(PrunedBatch { pruned: u64::try_from(free.len()).unwrap_or(0), next: Some(last) })
}

/// Takes away payloads and response bodies of these events, and what search knows of them.
pub(crate) async fn take_bodies(
    connection: &mut SqliteConnection,
    seqs: &[i64],
    now: Timestamp,
    by: &'static str,
) -> Result<(), StoreError> {
    if seqs.is_empty() {
        return Ok(());
    }
    let seqs = list(seqs)?;
    for sql in [
        "delete from search_events where rowid in (select value from json_each(?1))",
        "delete from search_attempts where rowid in (select a.seq from attempts a join deliveries d on d.seq = a.delivery_seq
           where d.event_seq in (select value from json_each(?1)))",
    ] {
        sqlx::query(sql).bind(&seqs).execute(&mut *connection).await?;
    }
    for sql in [
        "update attempts set response_body = null, request_body = null, pruned_at = ?2, pruned_by = ?3 where delivery_seq in
           (select seq from deliveries where event_seq in (select value from json_each(?1)))",
        "update events set body = x'', pruned_at = ?2, pruned_by = ?3 where seq in (select value from json_each(?1))",
    ] {
        sqlx::query(sql).bind(&seqs).bind(now.ms()).bind(by).execute(&mut *connection).await?;
    }
    Ok(())
}
