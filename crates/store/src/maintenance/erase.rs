//! Erasing what belongs to one customer: payloads, responses, requests and what search knows of
//! them. The rows stay, marked, so that the same event is not taken in again.

use hookbench_domain::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use crate::maintenance::retention::take_bodies;
use crate::projections::learning::AT_ONCE_BYTES;
use crate::sql::list;
use crate::sql::rows::CANCEL;
use crate::{Store, StoreError};

/// A body with its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyOf {
    /// The row.
    pub seq: i64,
    /// Its bytes.
    pub body: Vec<u8>,
    /// The query of a received request, which is all there is of a postback that came as `GET`.
    pub query: Option<String>,
    /// The row of the event under whose id a received request came, if that is kept.
    pub event: Option<i64>,
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Events whose body is gone.
    pub events: u64,
    /// Attempts of theirs whose request and response are gone.
    pub attempts: u64,
    /// Requests of the receiver's log that were emptied.
    pub received: u64,
    /// Deliveries that waited and were cancelled.
    pub cancelled: u64,
    /// Events left as they are, because an attempt of theirs is under way.
    pub under_way: u64,
}

impl Store {
    /// Bodies of events after row `after`, at most `limit`, oldest first; fewer where they are large.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn event_bodies(&self, after: i64, limit: u32) -> Result<Vec<BodyOf>, StoreError> {
        self.bodies(
            "select e.seq, e.body, null, e.seq from events e join (
               select seq, sum(length(body)) over (order by seq) - length(body) as before from events
               where seq > ? and pruned_at is null order by seq limit +?
             ) n on n.seq = e.seq where n.before < ? order by e.seq",
            after,
            limit,
        )
        .await
    }

    /// Bodies and queries in the receiver's log after row `after`, at most `limit`, oldest first; fewer
    /// where they are large.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn received_bodies(&self, after: i64, limit: u32) -> Result<Vec<BodyOf>, StoreError> {
        self.bodies(
            "select r.seq, coalesce(r.body, r.raw_body, x''), r.query, e.seq from received r
             join (select seq, sum(size) over (order by seq) - size as before from (
               select seq, coalesce(length(body), length(raw_body), 0) as size from received
               where seq > ? and (body is not null or raw_body is not null or query is not null)
               order by seq limit +?)) n on n.seq = r.seq
             left join sources s on s.seq = r.source_seq
             left join events e on e.event_id = r.event_id and e.scope = 's:' || s.id
             where n.before < ? order by r.seq",
            after,
            limit,
        )
        .await
    }

    async fn bodies(&self, sql: &'static str, after: i64, limit: u32) -> Result<Vec<BodyOf>, StoreError> {
        let query = sqlx::query(sql).bind(after).bind(limit).bind(AT_ONCE_BYTES);
        let rows = query.fetch_all(&self.readers).await?;
        let of = |row: &SqliteRow| {
            let (seq, body) = (row.try_get(0)?, row.try_get(1)?);
            Ok(BodyOf { seq, body, query: row.try_get(2)?, event: row.try_get(3)? })
        };
        rows.iter().map(of).collect()
    }

    /// Erases these events. What waits of them is cancelled; one of which an attempt is under way is
    /// left as it is and counted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was erased.
    pub async fn erase_events(&self, seqs: Vec<i64>, now: Timestamp) -> Result<Erased, StoreError> {
        self.writer.write(move |connection| Box::pin(erase(connection, seqs, now))).await
    }

    /// Empties these requests of the receiver's log. One that brought an event of which an attempt is
    /// under way is left as it is, since the attempt may need its headers, and the event is counted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was erased.
    pub async fn erase_received(&self, seqs: Vec<i64>, now: Timestamp) -> Result<Erased, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let busy: Vec<i64> = sqlx::query_scalar(
                        "select distinct r.seq from received r join sources s on s.seq = r.source_seq
                         join events e on e.event_id = r.event_id and e.scope = 's:' || s.id
                         join deliveries d on d.event_seq = e.seq
                         where r.code = 'ok' and d.state = 'in_flight' and r.seq in (select value from json_each(?))",
                    )
                    .bind(list(&seqs)?)
                    .fetch_all(&mut *connection)
                    .await?;
                    let seqs: Vec<i64> = seqs.into_iter().filter(|seq| !busy.contains(seq)).collect();
                    let emptied = sqlx::query(
                        "update received set body = null, raw_body = null, query = null, note = null, headers = '[]',
                         peer = '', detail = null, pruned_at = ?1, pruned_by = 'erase' where seq in (select value from json_each(?2))",
                    )
                    .bind(now.ms())
                    .bind(list(&seqs)?)
                    .execute(connection)
                    .await?;
                    Ok(Erased {
                        received: emptied.rows_affected(),
                        under_way: u64::try_from(busy.len()).unwrap_or(0),
                        ..Erased::default()
                    })
                })
            })
            .await
    }

    /// Takes this text out of what operations were asked for: a search may have named it, or a part
    /// of it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn erase_asked(&self, text: String) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "update operations set asked = '{}' where instr(asked, ?1) > 0
                           or (length(asked ->> '$.search') > 2 and instr(lower(?1), lower(asked ->> '$.search')) > 0)",
                    )
                    .bind(text)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Makes what was erased unreadable in the files: search is packed anew, and the write-ahead log
    /// is emptied. `false` when another process held on to the log; then it empties it later.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be written.
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    for sql in [
                        "insert into search_events(search_events) values ('optimize')",
                        "insert into search_attempts(search_attempts) values ('optimize')",
                    ] {
                        sqlx::query(sql).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        self.empty_wal().await
    }
}

async fn erase(
    connection: &mut SqliteConnection,
    seqs: Vec<i64>,
    now: Timestamp,
) -> Result<Erased, StoreError> {
    let all = list(&seqs)?;
    let busy: Vec<i64> = sqlx::query_scalar(
        "select distinct event_seq from deliveries where state = 'in_flight' and event_seq in (select value from json_each(?))",
    )
    .bind(&all)
    .fetch_all(&mut *connection)
    .await?;
    let seqs: Vec<i64> = seqs.into_iter().filter(|seq| !busy.contains(seq)).collect();
    let all = list(&seqs)?;
    let mut erased = Erased {
        events: u64::try_from(seqs.len()).unwrap_or(0),
        under_way: u64::try_from(busy.len()).unwrap_or(0),
        ..Erased::default()
    };
    // As when their subscription is deleted: a manual retry that waits goes back to what it was.
    erased.cancelled = sqlx::query(AssertSqlSafe(format!(
        "update deliveries set {CANCEL} where state = 'pending' and event_seq in (select value from json_each(?2))"
    )))
    .bind(now.ms())
    .bind(&all)
    .execute(&mut *connection)
    .await?
    .rows_affected();
    take_bodies(connection, &seqs, now, "erase").await?;
    erased.attempts = sqlx::query(
        "update attempts set request = null, request_body = null, error = null,
           response_headers = case when response_headers is null then null else '[]' end
         where delivery_seq in (select seq from deliveries where event_seq in (select value from json_each(?)))",
    )
    .bind(&all)
    .execute(&mut *connection)
    .await?
    .rows_affected();
    erased.received = sqlx::query(
        "update received set body = null, raw_body = null, query = null, note = null, headers = '[]', peer = '',
         detail = null, pruned_at = ?1, pruned_by = 'erase'
         where seq in (select r.seq from events e join sources s on e.scope = 's:' || s.id
           join received r on r.source_seq = s.seq and r.event_id = e.event_id
           where e.seq in (select value from json_each(?2)))",
    )
    .bind(now.ms())
    .bind(&all)
    .execute(&mut *connection)
    .await?
    .rows_affected();
    for sql in [
        "delete from retention_held where event_seq in (select value from json_each(?))",
        // Headers that a person gave, which conversion it was, and what was odd about it.
        "update deliveries set headers = null where event_seq in (select value from json_each(?)) and headers is not null",
        "delete from event_conversions where event_seq in (select value from json_each(?))",
        "delete from alerts where event_seq in (select value from json_each(?))",
    ] {
        sqlx::query(sql).bind(&all).execute(&mut *connection).await?;
    }
    Ok(erased)
}
