//! Search: an index of trigrams says which payloads and responses may hold a text; the text itself
//! decides. The index follows behind, so what it does not know yet is looked at itself.

use std::sync::Arc;

use hookbench_domain::DeliveryId;
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::log::candidates::{CANDIDATES, Candidates};
use crate::log::counts::LogQuery;
use crate::log::filter::contains_pattern;
use crate::sql::{list, set_meta};
use crate::{Store, StoreError};

/// How the text of a filter is looked for.
#[derive(Debug, Clone)]
pub(crate) enum Text {
    /// It names no text.
    None,
    /// It is a delivery's id.
    Id(DeliveryId),
    /// It is looked for.
    Search(Box<SearchPlan>),
}

/// How many deliveries one question looks at, at most, where the index is of no help.
pub(crate) const LOOKS: usize = 10_000;
/// How many are looked at in one go: at first, and at most.
const AT_ONCE: (usize, usize) = (128, 2_048);
/// How many rows of each kind one batch takes into the index.
const BATCH: i64 = 100;
/// How many bytes of text one batch takes, so that nobody's commit waits long for it. A longer body
/// is a batch of its own.
const BATCH_BYTES: i64 = 128 * 1024;

/// How a text is looked for.
#[derive(Debug, Clone)]
pub(crate) struct SearchPlan {
    pattern: String,
    /// What the index named, if it helps.
    candidates: Option<Arc<Candidates>>,
    events_to: i64,
    attempts_to: i64,
    /// The subscriptions whose URL or name has the text, as JSON.
    subscriptions: String,
}

/// Deliveries in which a text was found, newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) seqs: Vec<i64>,
    /// The last that was looked at, if there may be more.
    pub(crate) looked_to: Option<i64>,
}

/// How far the index is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Behind {
    /// Events that it does not know yet.
    pub events: i64,
    /// Attempts that it does not know yet.
    pub attempts: i64,
}

impl SearchPlan {
    /// Whether the index names the few that may hold the text.
    pub(crate) fn narrows(&self) -> bool {
        self.candidates.is_some()
    }

    /// The condition on `d` and `e`: the text itself.
    fn push_text(&self, sql: &mut QueryBuilder<Sqlite>) {
        let like = &self.pattern;
        sql.push(" and (e.event_id like ").push_bind(like.clone()).push(" escape '\\'");
        sql.push(" or cast(e.body as text) like ").push_bind(like.clone()).push(" escape '\\'");
        sql.push(" or d.subscription_seq in (select value from json_each(");
        sql.push_bind(self.subscriptions.clone()).push("))");
        sql.push(" or exists (select 1 from attempts a where a.delivery_seq = d.seq and cast(a.response_body as text) like ");
        sql.push_bind(like.clone()).push(" escape '\\'))");
    }

    /// The condition on `e` alone.
    pub(crate) fn push_to_events(&self, sql: &mut QueryBuilder<Sqlite>) {
        if let Some(candidates) = &self.candidates {
            sql.push(" and e.seq in (select value from json_each(").push_bind(candidates.events.clone());
            sql.push(") union select seq from events where seq > ").push_bind(self.events_to).push(")");
        }
        sql.push(" and (e.event_id like ").push_bind(self.pattern.clone());
        sql.push(" escape '\\' or cast(e.body as text) like ").push_bind(self.pattern.clone());
        sql.push(" escape '\\')");
    }

    /// Every delivery that holds the text, newest first, where the index names the candidates.
    pub(crate) async fn all(&self, connection: &mut SqliteConnection) -> Result<Vec<i64>, StoreError> {
        Ok(self.looking().build_query_scalar().fetch_all(connection).await?)
    }

    /// The statement for it.
    pub(crate) fn looking(&self) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::<Sqlite>::new("select d.seq from (");
        let (events, attempts) =
            self.candidates.as_ref().map(|c| (c.events.clone(), c.attempts.clone())).unwrap_or_default();
        sql.push("select c.seq from deliveries c where c.event_seq in (select value from json_each(");
        sql.push_bind(events);
        sql.push(
            ")) union select a.delivery_seq from attempts a where a.seq in (select value from json_each(",
        );
        sql.push_bind(attempts);
        sql.push(")) union select c.seq from deliveries c where c.event_seq > ").push_bind(self.events_to);
        sql.push(" union select a.delivery_seq from attempts a where a.seq > ").push_bind(self.attempts_to);
        sql.push(
            " union select c.seq from deliveries c where c.subscription_seq in (select value from json_each(",
        );
        sql.push_bind(self.subscriptions.clone()).push("))");
        sql.push(") o cross join deliveries d on d.seq = o.seq cross join events e on e.seq = d.event_seq where 1 = 1");
        self.push_text(&mut sql);
        sql.push(" order by d.seq desc");
        sql
    }

    /// The newest deliveries before `below` that are looked for and hold the text: at most `most`, of
    /// at most [`LOOKS`] that are looked at.
    pub(crate) async fn newest(
        &self,
        connection: &mut SqliteConnection,
        looked: &LogQuery,
        below: i64,
        most: usize,
    ) -> Result<Found, StoreError> {
        let mut found = Found::default();
        if self.narrows() {
            let all = self.all(&mut *connection).await?;
            found.seqs = looked.of(connection, &all, below).await?;
            found.looked_to =
                found.seqs.get(most.wrapping_sub(1)).copied().filter(|_| found.seqs.len() > most);
            found.seqs.truncate(most);
            return Ok(found);
        }
        let (mut below, mut looks, mut step) = (below, 0, AT_ONCE.0);
        loop {
            let asked = step.min(LOOKS - looks);
            let next = looked.newest(&mut *connection, below, asked).await?;
            let Some(last) = next.last().copied() else { return Ok(found) };
            let mut sql = QueryBuilder::<Sqlite>::new(
                "select d.seq from deliveries d cross join events e on e.seq = d.event_seq
                 where d.seq in (select value from json_each(",
            );
            sql.push_bind(list(&next)?).push("))");
            self.push_text(&mut sql);
            sql.push(" order by d.seq desc");
            let held: Vec<i64> = sql.build_query_scalar().fetch_all(&mut *connection).await?;
            found.seqs.extend(held);
            looks += next.len();
            if found.seqs.len() > most {
                found.seqs.truncate(most);
                found.looked_to = found.seqs.last().copied();
                return Ok(found);
            }
            if next.len() < asked {
                return Ok(found);
            }
            if looks >= LOOKS {
                found.looked_to = Some(last);
                return Ok(found);
            }
            (below, step) = (last, (step * 2).min(AT_ONCE.1));
        }
    }
}

impl Store {
    /// Finds out how to look for a text.
    pub(crate) async fn plan_search(&self, text: &str) -> Result<SearchPlan, StoreError> {
        let (events_to, attempts_to) = self.searched_to().await?;
        let pattern = contains_pattern(text);
        let subscriptions: String = sqlx::query_scalar(
            "select json_group_array(seq) from subscriptions
             where definition ->> '$.url' like ?1 escape '\\' or definition ->> '$.name' like ?1 escape '\\'",
        )
        .bind(&pattern)
        .fetch_one(&self.readers)
        .await?;
        let mut plan = SearchPlan { pattern, candidates: None, events_to, attempts_to, subscriptions };
        let Some(candidates) = self.may_hold(text, events_to, attempts_to).await? else { return Ok(plan) };
        let behind: i64 = sqlx::query_scalar(
            "select (select count(*) from (select 1 from events where seq > ?1 limit ?4))
               + (select count(*) from (select 1 from attempts where seq > ?2 limit ?4))
               + (select count(*) from (select 1 from deliveries
                    where subscription_seq in (select value from json_each(?3)) limit ?4))",
        )
        .bind(events_to)
        .bind(attempts_to)
        .bind(&plan.subscriptions)
        .bind(CANDIDATES)
        .fetch_one(&self.readers)
        .await?;
        plan.candidates = Some(candidates).filter(|c| c.count + behind < CANDIDATES);
        Ok(plan)
    }

    async fn searched_to(&self) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query(
            "select coalesce((select value from meta where key = 'searched_events'), 0),
               coalesce((select value from meta where key = 'searched_attempts'), 0)",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    /// How far search is behind.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn search_behind(&self) -> Result<Behind, StoreError> {
        let (events, attempts) = self.searched_to().await?;
        let row = sqlx::query(
            "select (select coalesce(max(seq), 0) from events), (select coalesce(max(seq), 0) from attempts)",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Behind {
            events: (row.try_get::<i64, _>(0)? - events).max(0),
            attempts: (row.try_get::<i64, _>(1)? - attempts).max(0),
        })
    }

    /// Takes the next batch into the index. Says whether there may be more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was written.
    pub async fn follow_search(&self) -> Result<bool, StoreError> {
        let behind = self.search_behind().await?;
        if behind == Behind::default() {
            return Ok(false);
        }
        self.writer
            .write_quietly(|connection| {
                Box::pin(async move {
                    let events = follow(connection, &EVENTS).await?;
                    let attempts = follow(connection, &ATTEMPTS).await?;
                    Ok(events || attempts)
                })
            })
            .await
    }
}

/// How rows of one kind are taken into their index.
struct Indexing {
    mark: &'static str,
    /// The next rows, each with its bytes of text; none where there is no text.
    next: &'static str,
    /// The text of rows.
    read: &'static str,
    write: &'static str,
}

const EVENTS: Indexing = Indexing {
    mark: "searched_events",
    next: "select seq, iif(pruned_at is null, length(event_id) + 1 + length(body), null) from events
      where seq > ?1 order by seq limit ?2",
    read: "select seq, event_id || char(10) || cast(body as text) from events where seq in (select value from json_each(?))",
    write: "insert into search_events (rowid, text) values (?, ?)",
};
const ATTEMPTS: Indexing = Indexing {
    mark: "searched_attempts",
    next: "select seq, nullif(length(response_body), 0) from attempts where seq > ?1 order by seq limit ?2",
    read: "select seq, cast(response_body as text) from attempts where seq in (select value from json_each(?))",
    write: "insert into search_attempts (rowid, text) values (?, ?)",
};

async fn follow(connection: &mut SqliteConnection, what: &Indexing) -> Result<bool, StoreError> {
    let from: Option<i64> = sqlx::query_scalar("select value from meta where key = ?")
        .bind(what.mark)
        .fetch_optional(&mut *connection)
        .await?;
    let next: Vec<(i64, Option<i64>)> =
        sqlx::query_as(what.next).bind(from.unwrap_or(0)).bind(BATCH).fetch_all(&mut *connection).await?;
    let (mut last, mut bytes, mut seqs) = (None, 0, Vec::new());
    let mut more = i64::try_from(next.len()).unwrap_or(0) == BATCH;
    for (seq, length) in next {
        bytes += length.unwrap_or(0);
        if bytes > BATCH_BYTES && !seqs.is_empty() {
            more = true;
            break;
        }
        last = Some(seq);
        seqs.extend(length.map(|_| seq));
    }
    let Some(last) = last else { return Ok(false) };
    for row in sqlx::query(what.read).bind(list(&seqs)?).fetch_all(&mut *connection).await? {
        let seq: i64 = row.try_get(0)?;
        // What is no text is looked at as if it were; what cannot be read so is not found by it.
        let text: Vec<u8> = row.try_get_unchecked(1)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        sqlx::query(what.write).bind(seq).bind(text).execute(&mut *connection).await?;
    }
    set_meta(connection, what.mark, last).await?;
    Ok(more)
}
