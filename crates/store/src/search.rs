//! Search: an index of trigrams says which payloads and responses may hold a text; the text itself
//! decides. The index follows behind, so what it does not know yet is looked at itself.

use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::deliveries::contains_pattern;
use crate::retention::set_meta;
use crate::{Store, StoreError};

/// Of more candidates than this the newest are looked at one by one: what is so common is found soon.
const CANDIDATES: i64 = 20_000;
/// How many trigrams of a text are looked up.
const TRIGRAMS: usize = 24;
/// How many bytes of a body the index knows (64 KiB).
const INDEXED_BYTES: i64 = 64 * 1024;
/// How many rows of each kind one batch takes into the index.
const BATCH: i64 = 100;
/// How many bytes of text one batch takes, about: nobody's commit waits long for it.
const BATCH_BYTES: usize = 128 * 1024;

/// How a text is looked for.
#[derive(Debug, Clone)]
pub(crate) struct SearchPlan {
    pattern: String,
    /// What to ask the index, if it helps.
    trigrams: Option<String>,
    events_to: i64,
    attempts_to: i64,
}

/// How far the index is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Behind {
    /// Events that it does not know yet.
    pub events: i64,
    /// Attempts that it does not know yet.
    pub attempts: i64,
}

/// The trigrams of a text as a question to the index; `None` where there are none.
fn trigrams(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let count = chars.len().checked_sub(2).filter(|n| *n > 0)?;
    let step = count.div_ceil(TRIGRAMS).max(1);
    let quoted = (0..count).step_by(step).map(|at| {
        let three: String = chars.iter().skip(at).take(3).collect();
        format!("\"{}\"", three.replace('"', "\"\""))
    });
    Some(quoted.collect::<Vec<_>>().join(" AND "))
}

impl SearchPlan {
    /// The condition on `d`, `e` and `s`.
    pub(crate) fn push_to(&self, sql: &mut QueryBuilder<Sqlite>) {
        let like = &self.pattern;
        let by_subscription = |sql: &mut QueryBuilder<Sqlite>| {
            sql.push("(s.definition ->> '$.url' like ").push_bind(like.clone()).push(" escape '\\'");
            sql.push(" or s.definition ->> '$.name' like ").push_bind(like.clone()).push(" escape '\\')");
        };
        sql.push(" and (");
        if let Some(trigrams) = &self.trigrams {
            sql.push("d.seq in (select c.seq from deliveries c where c.event_seq in (select rowid from search_events where search_events match ");
            sql.push_bind(trigrams.clone());
            sql.push(") union select a.delivery_seq from attempts a where a.seq in (select rowid from search_attempts where search_attempts match ");
            sql.push_bind(trigrams.clone());
            sql.push(") union select c.seq from deliveries c where c.event_seq > ").push_bind(self.events_to);
            sql.push(" union select a.delivery_seq from attempts a where a.seq > ")
                .push_bind(self.attempts_to);
            sql.push(" union select c.seq from deliveries c where c.subscription_seq in (select s.seq from subscriptions s where ");
            by_subscription(sql);
            sql.push(")) and (");
        } else {
            sql.push("(");
        }
        sql.push("e.event_id like ").push_bind(like.clone()).push(" escape '\\'");
        sql.push(" or cast(e.body as text) like ").push_bind(like.clone()).push(" escape '\\' or ");
        by_subscription(sql);
        sql.push(" or exists (select 1 from attempts a where a.delivery_seq = d.seq and cast(a.response_body as text) like ");
        sql.push_bind(like.clone()).push(" escape '\\')))");
    }
}

impl SearchPlan {
    /// The condition on `e` alone.
    pub(crate) fn push_to_events(&self, sql: &mut QueryBuilder<Sqlite>) {
        if let Some(trigrams) = &self.trigrams {
            sql.push(" and e.seq in (select rowid from search_events where search_events match ");
            sql.push_bind(trigrams.clone()).push(" union select seq from events where seq > ");
            sql.push_bind(self.events_to).push(")");
        }
        sql.push(" and (e.event_id like ").push_bind(self.pattern.clone());
        sql.push(" escape '\\' or cast(e.body as text) like ").push_bind(self.pattern.clone());
        sql.push(" escape '\\')");
    }
}

impl Store {
    /// Finds out how to look for a text.
    pub(crate) async fn plan_search(&self, text: &str) -> Result<SearchPlan, StoreError> {
        let (events_to, attempts_to) = self.searched_to().await?;
        let mut plan =
            SearchPlan { pattern: contains_pattern(text), trigrams: trigrams(text), events_to, attempts_to };
        let Some(asked) = &plan.trigrams else { return Ok(plan) };
        let found: i64 = sqlx::query_scalar(
            "select (select count(*) from (select 1 from search_events where search_events match ?1 limit ?2))
               + (select count(*) from (select 1 from search_attempts where search_attempts match ?1 limit ?2))
               + (select count(*) from (select 1 from events where seq > ?3 limit ?2))
               + (select count(*) from (select 1 from attempts where seq > ?4 limit ?2))",
        )
        .bind(asked)
        .bind(CANDIDATES)
        .bind(events_to)
        .bind(attempts_to)
        .fetch_one(&self.readers)
        .await?;
        if found >= CANDIDATES {
            plan.trigrams = None;
        }
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
                    let events = follow(
                        connection,
                        "searched_events",
                        "select seq, pruned_at is null, event_id || char(10) || substr(cast(body as text), 1, ?3) from events
                         where seq > ?1 order by seq limit ?2",
                        "insert into search_events (rowid, text) values (?, ?)",
                    )
                    .await?;
                    let attempts = follow(
                        connection,
                        "searched_attempts",
                        "select seq, response_body is not null and length(response_body) > 0,
                           substr(cast(response_body as text), 1, ?3) from attempts where seq > ?1 order by seq limit ?2",
                        "insert into search_attempts (rowid, text) values (?, ?)",
                    )
                    .await?;
                    Ok(events || attempts)
                })
            })
            .await
    }
}

async fn follow(
    connection: &mut SqliteConnection,
    mark: &'static str,
    read: &'static str,
    write: &'static str,
) -> Result<bool, StoreError> {
    let from: Option<i64> = sqlx::query_scalar("select value from meta where key = ?")
        .bind(mark)
        .fetch_optional(&mut *connection)
        .await?;
    let rows = sqlx::query(read)
        .bind(from.unwrap_or(0))
        .bind(BATCH)
        .bind(INDEXED_BYTES)
        .fetch_all(&mut *connection)
        .await?;
    let (mut last, mut bytes, mut more) = (None, 0, i64::try_from(rows.len()).unwrap_or(0) == BATCH);
    for row in &rows {
        if bytes > BATCH_BYTES {
            more = true;
            break;
        }
        let seq: i64 = row.try_get(0)?;
        last = Some(seq);
        if row.try_get(1)? {
            // What is no text is looked at as if it were; what cannot be read so is not found by it.
            let text: Vec<u8> = row.try_get_unchecked(2)?;
            let text = String::from_utf8_lossy(&text);
            bytes += text.len();
            sqlx::query(write).bind(seq).bind(text.into_owned()).execute(&mut *connection).await?;
        }
    }
    if let Some(last) = last {
        set_meta(connection, mark, last).await?;
    }
    Ok(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_up_by_its_trigrams() {
        assert_eq!(trigrams("abcd").unwrap(), "\"abc\" AND \"bcd\"");
        assert_eq!(trigrams("a\"b").unwrap(), "\"a\"\"b\"");
        assert!(trigrams("ab").is_none());
        assert!(trigrams(&"x".repeat(500)).unwrap().matches("AND").count() < TRIGRAMS);
    }
}
