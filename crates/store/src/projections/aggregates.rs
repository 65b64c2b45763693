//! Counts that follow behind. What has settled is counted once, by what it has in common and by
//! where it lies in the log; what has not, or has moved since, is counted itself, so that both
//! together are exact at any time.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteConnection;

use crate::error::corrupt;
use crate::projections::segments::{Segment, segment_of};
use crate::sql::{list, set_meta};
use crate::{Store, StoreError};

/// How many deliveries one batch takes.
const BATCH: i64 = 1000;
/// How many strips one batch writes for deliveries that settled late.
const SEGMENTS: usize = 16;
/// With more that must be counted themselves, what is shown of each property is of the newest.
pub(crate) const LIVE_MOST: i64 = 20_000;

/// The rows of `deliveries` that are counted themselves.
pub(crate) const LIVE: &str = "select delivery_seq as seq from rolled_open union all
  select seq from deliveries where seq > coalesce((select value from meta where key = 'rolled_to'), 0)";
/// The condition that they are fewer than [`LIVE_MOST`].
pub(crate) fn few_live() -> String {
    format!("(select count(*) from (select 1 from ({LIVE}) limit {LIVE_MOST})) < {LIVE_MOST}")
}

impl Store {
    /// Counts the next batch. Says whether there may be more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was written.
    pub async fn follow_rollup(&self) -> Result<bool, StoreError> {
        let ahead: i64 = sqlx::query_scalar(
            "select max(coalesce((select max(seq) from deliveries), 0)
                 - coalesce((select value from meta where key = 'rolled_to'), 0),
               coalesce((select max(seq) from events), 0)
                 - coalesce((select value from meta where key = 'types_counted_to'), 0))",
        )
        .fetch_one(&self.readers)
        .await?;
        let settled = self.settled_open().await?;
        if ahead <= 0 && settled.is_empty() {
            return Ok(false);
        }
        self.writer.write_quietly(move |connection| Box::pin(follow(connection, settled))).await
    }

    /// Those that are counted themselves although they have settled, or are gone.
    async fn settled_open(&self) -> Result<Vec<i64>, StoreError> {
        Ok(sqlx::query_scalar(
            "select o.delivery_seq from rolled_open o left join deliveries d on d.seq = o.delivery_seq
             where d.seq is null or d.state not in ('pending', 'in_flight') order by 1 limit ?",
        )
        .bind(BATCH)
        .fetch_all(&self.readers)
        .await?)
    }
}

async fn follow(connection: &mut SqliteConnection, settled: Vec<i64>) -> Result<bool, StoreError> {
    // Who read a full batch has not seen what comes after it.
    let full = i64::try_from(settled.len()).unwrap_or(0) == BATCH;
    let late = settle(connection, settled).await? || full;
    let events = count_events(connection).await?;
    let next: Vec<(i64, bool)> = sqlx::query_as(
        "select seq, state in ('pending', 'in_flight') from deliveries
         where seq > coalesce((select value from meta where key = 'rolled_to'), 0) order by seq limit ?",
    )
    .bind(BATCH)
    .fetch_all(&mut *connection)
    .await?;
    let Some((last, _)) = next.last() else { return Ok(late || events) };
    let of = |open: bool| next.iter().filter(|(_, o)| *o == open).map(|(seq, _)| *seq).collect::<Vec<_>>();
    count(connection, &of(false)).await?;
    sqlx::query("insert or ignore into rolled_open select value from json_each(?)")
        .bind(list(&of(true))?)
        .execute(&mut *connection)
        .await?;
    set_meta(connection, "rolled_to", *last).await?;
    Ok(late || events || i64::try_from(next.len()).unwrap_or(0) == BATCH)
}

/// Counts those that have settled late. Says whether there are more.
async fn settle(connection: &mut SqliteConnection, settled: Vec<i64>) -> Result<bool, StoreError> {
    if settled.is_empty() {
        return Ok(false);
    }
    let strips: BTreeSet<i64> = settled.iter().map(|seq| segment_of(*seq)).collect();
    let end = strips.iter().nth(SEGMENTS).copied();
    let now: Vec<i64> =
        settled.iter().copied().filter(|seq| end.is_none_or(|end| segment_of(*seq) < end)).collect();
    // They may have moved since they were read.
    let now: Vec<i64> = sqlx::query_scalar(
        "select o.delivery_seq from rolled_open o left join deliveries d on d.seq = o.delivery_seq
         where o.delivery_seq in (select value from json_each(?))
           and (d.seq is null or d.state not in ('pending', 'in_flight'))",
    )
    .bind(list(&now)?)
    .fetch_all(&mut *connection)
    .await?;
    count(connection, &now).await?;
    sqlx::query("delete from rolled_open where delivery_seq in (select value from json_each(?))")
        .bind(list(&now)?)
        .execute(&mut *connection)
        .await?;
    Ok(end.is_some())
}

/// Counts the next events by their types. Says whether there may be more.
async fn count_events(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let (last, rows): (Option<i64>, i64) = sqlx::query_as(
        "select max(seq), count(*) from (select seq from events
         where seq > coalesce((select value from meta where key = 'types_counted_to'), 0) order by seq limit ?)",
    )
    .bind(BATCH)
    .fetch_one(&mut *connection)
    .await?;
    let Some(last) = last else { return Ok(false) };
    sqlx::query(
        "insert into log_event_types select event_type, count(*), max(received_at) from events
         where seq > coalesce((select value from meta where key = 'types_counted_to'), 0) and seq <= ? group by 1
         on conflict do update set n = n + excluded.n, last_at = max(last_at, excluded.last_at)",
    )
    .bind(last)
    .execute(&mut *connection)
    .await?;
    set_meta(connection, "types_counted_to", last).await?;
    Ok(rows == BATCH)
}

/// Takes events out of the counts before they go.
pub(crate) async fn discount_events(
    connection: &mut SqliteConnection,
    seqs: &[i64],
) -> Result<(), StoreError> {
    sqlx::query(
        "update log_event_types set n = log_event_types.n - v.n from (
           select event_type, count(*) as n from events where seq in (select value from json_each(?))
             and seq <= coalesce((select value from meta where key = 'types_counted_to'), 0) group by 1
         ) v where v.event_type = log_event_types.event_type",
    )
    .bind(list(seqs)?)
    .execute(&mut *connection)
    .await?;
    sqlx::query("delete from log_event_types where n <= 0").execute(connection).await?;
    Ok(())
}

/// Adds these deliveries to the counts as they are now.
async fn count(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<(), StoreError> {
    if seqs.is_empty() {
        return Ok(());
    }
    let seqs = list(seqs)?;
    sqlx::query(
        "insert into log_combinations (subscription_seq, event_type, brand, state, last_status, last_outcome, attempts, n)
         select d.subscription_seq, e.event_type, coalesce(e.brand, ''), d.state, coalesce(d.last_status, -1),
           coalesce(d.last_outcome, ''), d.attempts, count(*)
         from deliveries d join events e on e.seq = d.event_seq
         where d.seq in (select value from json_each(?)) group by 1, 2, 3, 4, 5, 6, 7
         on conflict do update set n = n + excluded.n",
    )
    .bind(&seqs)
    .execute(&mut *connection)
    .await?;
    let placed: String = sqlx::query_scalar(
        "select json_group_array(json_array(d.seq, c.id, d.created_at)) from deliveries d
         cross join events e on e.seq = d.event_seq
         cross join log_combinations c on c.subscription_seq = d.subscription_seq and c.event_type = e.event_type
           and c.brand = coalesce(e.brand, '') and c.state = d.state and c.last_status = coalesce(d.last_status, -1)
           and c.last_outcome = coalesce(d.last_outcome, '') and c.attempts = d.attempts
         where d.seq in (select value from json_each(?))",
    )
    .bind(&seqs)
    .fetch_one(&mut *connection)
    .await?;
    let placed: Vec<(i64, u32, i64)> =
        serde_json::from_str(&placed).map_err(|error| corrupt("count", error))?;
    let mut by_strip: BTreeMap<i64, Vec<(i64, u32, i64)>> = BTreeMap::new();
    placed.into_iter().for_each(|one| by_strip.entry(segment_of(one.0)).or_default().push(one));
    for (number, places) in by_strip {
        let mut strip = read(connection, number).await?;
        places.into_iter().for_each(|(seq, combination, at)| strip.put(seq, combination, at));
        write(connection, number, &strip).await?;
    }
    Ok(())
}

/// Takes deliveries out of the counts; those that are not counted are left alone.
async fn discount(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<(), StoreError> {
    let mut by_strip: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    seqs.iter().for_each(|seq| by_strip.entry(segment_of(*seq)).or_default().push(*seq));
    let mut taken: BTreeMap<u32, i64> = BTreeMap::new();
    for (number, seqs) in by_strip {
        let mut strip = read(connection, number).await?;
        for combination in seqs.into_iter().filter_map(|seq| strip.take(seq)) {
            *taken.entry(combination).or_default() += 1;
        }
        write(connection, number, &strip).await?;
    }
    if taken.is_empty() {
        return Ok(());
    }
    let taken: Vec<(u32, i64)> = taken.into_iter().collect();
    let taken = serde_json::to_string(&taken).map_err(|error| corrupt("count", error))?;
    for sql in [
        "update log_combinations as c set n = c.n - (v.value ->> 1) from json_each(?) v where c.id = v.value ->> 0",
        "delete from log_combinations where n <= 0 and id in (select value ->> 0 from json_each(?))",
    ] {
        sqlx::query(sql).bind(&taken).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn read(connection: &mut SqliteConnection, number: i64) -> Result<Segment, StoreError> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("select first_at, places from log_strips where strip = ?")
            .bind(number)
            .fetch_optional(connection)
            .await?;
    row.map_or_else(|| Ok(Segment::default()), |(first_at, places)| Segment::read(first_at, &places))
}

async fn write(connection: &mut SqliteConnection, number: i64, strip: &Segment) -> Result<(), StoreError> {
    match strip.write() {
        Some(written) => {
            sqlx::query("insert or replace into log_strips values (?, ?, ?, ?, ?)")
                .bind(number)
                .bind(written.first_at)
                .bind(written.last_at)
                .bind(written.counts)
                .bind(written.places)
                .execute(connection)
                .await?
        }
        None => {
            sqlx::query("delete from log_strips where strip = ?").bind(number).execute(connection).await?
        }
    };
    Ok(())
}

/// Takes settled deliveries out of the counts before they move; from now on they are counted
/// themselves.
pub(crate) async fn invalidate(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<(), StoreError> {
    let counted: Vec<i64> = sqlx::query_scalar(
        "insert into rolled_open select d.seq from deliveries d where d.seq in (select value from json_each(?))
         and d.seq <= coalesce((select value from meta where key = 'rolled_to'), 0)
         on conflict do nothing returning delivery_seq",
    )
    .bind(list(seqs)?)
    .fetch_all(&mut *connection)
    .await?;
    discount(connection, &counted).await
}

/// Forgets deliveries that were unrolled and are gone since.
pub(crate) async fn forget_gone(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<(), StoreError> {
    sqlx::query(
        "delete from rolled_open where delivery_seq in (select value from json_each(?))
           and not exists (select 1 from deliveries d where d.seq = delivery_seq)",
    )
    .bind(list(seqs)?)
    .execute(&mut *connection)
    .await?;
    // Numbers may be given again once the last rows are gone.
    for (mark, table) in [("rolled_to", "deliveries"), ("types_counted_to", "events")] {
        let sql = format!(
            "update meta set value = (select coalesce(max(seq), 0) from {table})
             where key = ? and value > (select coalesce(max(seq), 0) from {table})"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(mark).execute(&mut *connection).await?;
    }
    Ok(())
}
