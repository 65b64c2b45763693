//! Reading what follows behind together with what must be counted itself: how many deliveries there
//! are of each combination, and which are the newest of some.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use hookbench_domain::Timestamp;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, QueryBuilder, Row, Sqlite};

use crate::error::corrupt;
use crate::log::dimension::Facet;
use crate::log::filter::{Bounds, DimensionKey, Wanted};
use crate::projections::aggregates::{LIVE, few_live};
use crate::projections::segments::{ByNumber, SEGMENT, read_counts, read_places, segment_of};
use crate::writer::WriteFuture;
use crate::{DeliveryFilter, Store, StoreError};

/// How many strips are looked through at first, and at most at once.
const LOOK_THROUGH: (i64, i64) = (4, 256);
/// How many strips are opened at once.
const OPENED: usize = 16;
/// With more combinations than this they are no shorter than the rows, which are read instead: whoever
/// publishes chooses types and brands.
const DIMENSION_KEYS_MOST: i64 = 20_000;

/// The strips of a time, those at its ends with their places.
pub(crate) const SEGMENTS_WITHIN: &str =
    "select first_at, counts, case when first_at < ?1 or last_at >= ?2 then places end
  from log_strips where last_at >= ?1 and first_at < ?2";
/// The next strips to look through, the newest first.
pub(crate) const NEXT_SEGMENTS: &str = "select strip, counts from log_strips
  where strip < ?1 and last_at >= ?2 and first_at < ?3 order by strip desc limit +?4";
/// The properties of a delivery as [`combinations`] reads them, of `d` and `e`.
const PROPERTIES: &str =
    "d.subscription_seq, e.event_type, e.brand, case when d.state <> 'pending' then d.state
  when d.held is not null then 'held' when d.attempts = 0 then 'waiting' else 'retrying' end as state, d.last_status, d.last_outcome, d.attempts";

type Columns = (i64, String, Option<String>, String, Option<i64>, Option<String>, i64, i64);

fn combinations(text: &str) -> Result<Vec<DimensionKey>, StoreError> {
    let rows: Vec<Columns> = serde_json::from_str(text).map_err(|error| corrupt("count", error))?;
    let of = |(subscription, event_type, brand, state, status, outcome, attempts, n): Columns| DimensionKey {
        subscription,
        event_type,
        brand,
        state,
        status,
        outcome,
        attempts,
        n,
    };
    Ok(rows.into_iter().map(of).collect())
}

/// The combinations that are counted, by their numbers.
pub(crate) type DimensionKeys = BTreeMap<u32, DimensionKey>;

/// The combinations that are counted, read when they are first asked for, and once for all that asks
/// at that moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<OnceLock<Option<DimensionKeys>>>);

impl Known {
    async fn read(&self, connection: &mut SqliteConnection) -> Result<Option<&DimensionKeys>, StoreError> {
        if self.0.get().is_none() {
            let known = counted(connection).await?;
            return Ok(self.0.get_or_init(|| known).as_ref());
        }
        Ok(self.0.get().and_then(Option::as_ref))
    }
}

/// Every combination that is counted; `None` where they are so many that they help nobody.
pub(crate) async fn counted(connection: &mut SqliteConnection) -> Result<Option<DimensionKeys>, StoreError> {
    let sql =
        format!("select count(*) from (select 1 from log_combinations limit {DIMENSION_KEYS_MOST} + 1)");
    let many: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
    if many > DIMENSION_KEYS_MOST {
        return Ok(None);
    }
    let row = sqlx::query(
        "select json_group_array(id), json_group_array(json_array(subscription_seq, event_type, nullif(brand, ''), state,
           nullif(last_status, -1), nullif(last_outcome, ''), attempts, n)) from log_combinations where n > 0",
    )
    .fetch_one(connection)
    .await?;
    let (ids, rows): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let ids: Vec<u32> = serde_json::from_str(&ids).map_err(|error| corrupt("count", error))?;
    Ok(Some(ids.into_iter().zip(combinations(&rows)?).collect()))
}

/// Whether the counts help: few enough deliveries must be counted themselves.
pub(crate) async fn helps(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let sql = format!("select {}", few_live());
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?)
}

/// How often each combination occurs among these deliveries. `from` names them as `d`.
async fn occurring(
    connection: &mut SqliteConnection,
    mut sql: QueryBuilder<Sqlite>,
) -> Result<Vec<DimensionKey>, StoreError> {
    sql.push(" group by 1, 2, 3, 4, 5, 6, 7)");
    let text: String = sql.build_query_scalar().fetch_one(connection).await?;
    combinations(&text)
}

fn each_of(from: &str) -> QueryBuilder<Sqlite> {
    QueryBuilder::new(format!(
        "select json_group_array(json_array(subscription_seq, event_type, brand, state, last_status, last_outcome, attempts, n))
         from (select {PROPERTIES}, count(*) as n from {from} cross join events e on e.seq = d.event_seq"
    ))
}

/// How often each combination occurs among these rows.
pub(crate) async fn among(
    connection: &mut SqliteConnection,
    seqs: &[i64],
) -> Result<Vec<DimensionKey>, StoreError> {
    let mut sql = each_of("deliveries d");
    sql.push(" where d.seq in (select value from json_each(").push_bind(crate::sql::list(seqs)?);
    sql.push("))");
    occurring(connection, sql).await
}

/// How often each combination occurs among the newest `limit` deliveries that a filter names.
pub(crate) async fn among_newest(
    connection: &mut SqliteConnection,
    filter: &DeliveryFilter,
    bounds: &Bounds,
    limit: i64,
) -> Result<Vec<DimensionKey>, StoreError> {
    let mut inner = QueryBuilder::<Sqlite>::new("select d.seq from deliveries d");
    if filter.of_events() {
        inner.push(" cross join events e on e.seq = d.event_seq");
    }
    filter.push_to(&mut inner, bounds)?;
    inner.push(" order by d.seq desc limit ").push_bind(limit);
    let seqs: Vec<i64> = inner.build_query_scalar().fetch_all(&mut *connection).await?;
    among(connection, &seqs).await
}

/// How often each combination occurs among deliveries that were made in this time; `None` where the
/// counts do not know.
pub(crate) async fn tally(
    connection: &mut SqliteConnection,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<Option<Vec<DimensionKey>>, StoreError> {
    let Some(mut known) = counted(connection).await? else { return Ok(None) };
    let (from, end) = (since.map_or(i64::MIN, Timestamp::ms), until.map_or(i64::MAX, Timestamp::ms));
    let mut live = each_of(&format!("({LIVE}) l cross join deliveries d on d.seq = l.seq"));
    live.push(" where d.created_at >= ").push_bind(from);
    live.push(" and d.created_at < ").push_bind(end);
    let mut found = occurring(connection, live).await?;
    let (first, last): (Option<i64>, Option<i64>) = sqlx::query_as(
        "select (select min(first_at) from log_strips), (select max(last_at) from log_strips)",
    )
    .fetch_one(&mut *connection)
    .await?;
    if first.is_some_and(|first| first < from) || last.is_some_and(|last| last >= end) {
        known.values_mut().for_each(|c| c.n = 0);
        let mut add = |combination: u32, n: i64| {
            if let Some(known) = known.get_mut(&combination) {
                known.n += n;
            }
        };
        let rows = sqlx::query(SEGMENTS_WITHIN).bind(from).bind(end).fetch_all(&mut *connection).await?;
        for row in rows {
            match row.try_get::<Option<Vec<u8>>, _>(2)? {
                Some(places) => read_places(row.try_get(0)?, &places)?
                    .flatten()
                    .filter(|(_, at)| (from..end).contains(at))
                    .for_each(|(combination, _)| add(combination, 1)),
                None => read_counts(&row.try_get::<Vec<u8>, _>(1)?)
                    .for_each(|(combination, n)| add(combination, n)),
            }
        }
    }
    found.extend(known.into_values().filter(|c| c.n > 0));
    Ok(Some(found))
}

/// Which deliveries are looked for: what a filter says, or all but one property of it.
#[derive(Debug, Clone)]
pub(crate) struct LogQuery {
    pub(crate) filter: DeliveryFilter,
    pub(crate) wanted: Wanted,
    pub(crate) bounds: Bounds,
    /// Any of these may be left out, one at a time; none is for the whole filter.
    pub(crate) loosened: Vec<Facet>,
    /// What is counted, as it was when this was first looked for.
    pub(crate) known: Known,
}

impl LogQuery {
    fn takes(&self, c: &DimensionKey) -> bool {
        self.wanted.takes(c, None) || self.loosened.iter().any(|facet| self.wanted.takes(c, Some(*facet)))
    }

    fn push_to(&self, sql: &mut QueryBuilder<Sqlite>, least: i64, below: i64) {
        self.filter.push_frame(sql, &self.bounds.within(least, below));
        if self.loosened.is_empty() {
            self.filter.push_properties(sql);
            return;
        }
        for (n, facet) in self.loosened.iter().enumerate() {
            sql.push(if n == 0 { " and (" } else { " or " }).push("(1 = 1");
            facet.loosen(&self.filter).push_properties(sql);
            sql.push(")");
        }
        sql.push(")");
    }

    /// Whether the rows themselves are the shortest way: nothing is left out, or an index knows which.
    /// Where a clock jumped, strips know better which rows are of a time.
    fn by_row(&self) -> bool {
        let f = &self.filter;
        let alone = |filter: DeliveryFilter| !filter.of_properties();
        if self.bounds.jumped {
            return f.event.is_some();
        }
        f.event.is_some()
            || !f.of_properties()
            || (f.subscriptions.len() == 1
                && alone(DeliveryFilter { subscriptions: Vec::new(), ..f.clone() }))
            || (matches!(&*f.states, [s] if matches!(s.as_str(), "failed" | "skipped" | "cancelled"))
                && alone(DeliveryFilter { states: Vec::new(), ..f.clone() }))
    }

    /// The newest rows before `below`, at most `most`, newest first.
    pub(crate) async fn newest(
        &self,
        connection: &mut SqliteConnection,
        below: i64,
        most: usize,
    ) -> Result<Vec<i64>, StoreError> {
        let known = if self.by_row() { None } else { self.known.read(&mut *connection).await? };
        let Some(known) = known else {
            return Ok(self.rows(below, most).build_query_scalar().fetch_all(connection).await?);
        };
        let rolled_to: Option<i64> = sqlx::query_scalar("select value from meta where key = 'rolled_to'")
            .fetch_optional(&mut *connection)
            .await?;
        let rolled_to = rolled_to.unwrap_or(0);
        let mut found = Vec::new();
        if below > rolled_to {
            let mut sql = QueryBuilder::<Sqlite>::new("select d.seq from deliveries d");
            self.push_rows(&mut sql, rolled_to.saturating_add(1), below);
            sql.push(" order by d.seq desc limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
            found = sql.build_query_scalar().fetch_all(&mut *connection).await?;
        }
        let Some(left) = most.checked_sub(found.len()).filter(|left| *left > 0) else { return Ok(found) };
        let below = self.bounds.within(i64::MIN, below.min(rolled_to.saturating_add(1))).below();
        let settled = self.settled(connection, known, below, left).await?;
        // What is open is of no use any more before the last of a full page.
        let least = settled.last().copied().filter(|_| settled.len() >= left).unwrap_or(i64::MIN);
        let open: Vec<i64> =
            self.open(least, below, left).build_query_scalar().fetch_all(&mut *connection).await?;
        let mut rest: BTreeSet<i64> = open.into_iter().collect();
        rest.extend(settled);
        found.extend(rest.into_iter().rev().take(left));
        Ok(found)
    }

    /// The statement that reads those of `rolled_open` from `least` on.
    pub(crate) fn open(&self, least: i64, below: i64, most: usize) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "select d.seq from rolled_open o cross join deliveries d on d.seq = o.delivery_seq",
        );
        self.push_rows(&mut sql, i64::MIN, below);
        sql.push(" and o.delivery_seq >= ").push_bind(least);
        sql.push(" and o.delivery_seq < ").push_bind(below);
        sql.push(" order by o.delivery_seq desc limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
        sql
    }

    /// The statement that reads the rows themselves.
    pub(crate) fn rows(&self, below: i64, most: usize) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::<Sqlite>::new("select d.seq from deliveries d");
        self.push_rows(&mut sql, i64::MIN, below);
        sql.push(" order by d.seq desc limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
        sql
    }

    /// Which of these are looked for, those from `below` on aside; newest first.
    pub(crate) async fn of(
        &self,
        connection: &mut SqliteConnection,
        seqs: &[i64],
        below: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new("select d.seq from deliveries d");
        self.push_rows(&mut sql, i64::MIN, below);
        sql.push(" and d.seq in (select value from json_each(").push_bind(crate::sql::list(seqs)?);
        sql.push(")) order by d.seq desc");
        Ok(sql.build_query_scalar().fetch_all(connection).await?)
    }

    fn push_rows(&self, sql: &mut QueryBuilder<Sqlite>, least: i64, below: i64) {
        if self.filter.of_events() {
            sql.push(" cross join events e on e.seq = d.event_seq");
        }
        sql.push(" where 1 = 1");
        self.push_to(sql, least, below);
    }

    /// The same among those that are counted.
    async fn settled(
        &self,
        connection: &mut SqliteConnection,
        known: &DimensionKeys,
        below: i64,
        most: usize,
    ) -> Result<Vec<i64>, StoreError> {
        let wanted: ByNumber<()> =
            known.iter().filter(|(_, c)| self.takes(c)).map(|(id, _)| (*id, ())).collect();
        let mut found = Vec::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        let from = self.filter.since.map_or(i64::MIN, Timestamp::ms);
        let end = self.filter.until.map_or(i64::MAX, Timestamp::ms);
        let (mut next, mut step) = (segment_of(below) + 1, LOOK_THROUGH.0);
        loop {
            let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(NEXT_SEGMENTS)
                .bind(next)
                .bind(from)
                .bind(end)
                .bind(step)
                .fetch_all(&mut *connection)
                .await?;
            let more = i64::try_from(rows.len()).unwrap_or(0) == step;
            let holding: Vec<i64> = rows
                .iter()
                .filter(|(_, counts)| read_counts(counts).any(|(id, _)| wanted.get(id).is_some()))
                .map(|(strip, _)| *strip)
                .collect();
            for strips in holding.chunks(OPENED) {
                let opened: Vec<(i64, i64, Vec<u8>)> = sqlx::query_as(
                    "select strip, first_at, places from log_strips where strip in (select value from json_each(?))
                     order by strip desc",
                )
                .bind(crate::sql::list(strips)?)
                .fetch_all(&mut *connection)
                .await?;
                for (strip, first_at, places) in opened {
                    let places = (strip * SEGMENT..).zip(read_places(first_at, &places)?.collect::<Vec<_>>());
                    let fits = |(seq, place): (i64, Option<(u32, i64)>)| {
                        place
                            .filter(|(id, at)| {
                                wanted.get(*id).is_some() && (from..end).contains(at) && seq < below
                            })
                            .map(|_| seq)
                    };
                    let seqs: Vec<i64> = places.filter_map(fits).collect();
                    found.extend(seqs.into_iter().rev());
                }
                if found.len() >= most {
                    found.truncate(most);
                    return Ok(found);
                }
            }
            match rows.last() {
                Some((strip, _)) if more => next = *strip,
                _ => return Ok(found),
            }
            step = (step * 4).min(LOOK_THROUGH.1);
        }
    }
}

impl Store {
    /// Reads several things as they are at one moment. Once it has a reader it goes on to its end even
    /// if the caller goes away, so that no reader is left in the middle of a transaction; who goes away
    /// before takes no reader.
    pub(crate) async fn at_one_moment<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> WriteFuture<'c, T> + Send + 'static,
    {
        let mut reader = self.readers.acquire().await?;
        let reading = tokio::spawn(async move {
            let mut transaction = reader.begin().await?;
            let found = read(&mut transaction).await;
            transaction.rollback().await?;
            found
        });
        reading.await.map_err(|_| StoreError::Closed)?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use hookbench_ambient::Clock;
    use hookbench_domain::Timestamp;

    use crate::Store;

    #[tokio::test]
    async fn who_gives_up_while_every_reader_is_busy_is_not_read_for() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Clock::manual(Timestamp::from_ms(0))).await.unwrap();
        let mut busy = Vec::new();
        for _ in 0..store.readers.options().get_max_connections() {
            busy.push(store.readers.acquire().await.unwrap());
        }
        let read = Arc::new(AtomicBool::new(false));
        let noted = read.clone();
        let mut asked = Box::pin(store.at_one_moment(move |_| {
            noted.store(true, Ordering::SeqCst);
            Box::pin(async { Ok(()) })
        }));
        for _ in 0..10 {
            tokio::select! {
                biased;
                _ = &mut asked => panic!("there is no reader"),
                () = tokio::task::yield_now() => {}
            }
        }
        drop(asked);
        // One reader alone, which goes to those who wait in their order.
        drop(busy.pop());
        store.at_one_moment(|_| Box::pin(async { Ok(()) })).await.unwrap();
        assert!(!read.load(Ordering::SeqCst));
    }
}
