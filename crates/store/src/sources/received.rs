//! The log of the receiver: every request that came to a source, and what it was answered.

use hookbench_domain::{EventType, Scope, SourceId, StoredEvent, Timestamp};
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::error::{corrupt, readable};
use crate::events::evaluate::Evaluated;
use crate::events::publication::{PublishOutcome, Published};
use crate::sources::arrival::Arrival;
use crate::{Store, StoreError};

/// How many refused requests of one source are kept; the oldest make room.
pub const STORED_REFUSED: u32 = 1000;
/// How many bytes of a refused request's body are kept (64 KiB).
pub const STORED_BODY_BYTES: usize = 64 * 1024;

const ID_PREFIX: &str = "rcv_";

/// A request that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The request.
    pub arrival: Arrival,
    /// The status it was answered with.
    pub status: u16,
    /// Why, for programs.
    pub code: String,
    /// Why, for people.
    pub detail: String,
    /// Its body; what is kept of it is cut to [`STORED_BODY_BYTES`].
    pub body: Vec<u8>,
    /// How many bytes its body had, as far as it was read.
    pub body_bytes: usize,
}

/// A request of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReceivedRequest {
    /// Its id in the log: `rcv_` and a number that grows.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// The address it came from.
    pub peer: String,
    /// The method.
    pub method: String,
    /// The status it was answered with.
    pub status: u16,
    /// `ok`, `duplicate`, or why it was refused.
    pub code: String,
    /// Why it was refused, for people.
    pub detail: Option<String>,
    /// The id of the event it brought, where that is known.
    pub event_id: Option<String>,
    /// The type of it.
    pub event_type: Option<String>,
    /// Its headers, in order; without credentials.
    pub headers: Vec<(String, String)>,
    /// How many bytes its body had.
    pub body_bytes: i64,
    /// The query as it came, the value of a key hidden.
    pub query: Option<String>,
    /// What is worth knowing of it, for people.
    pub note: Option<String>,
    /// Whether it was pulled from a relay.
    pub relayed: bool,
    /// The body of a refused one, its first 64 KiB; of a postback that was accepted, as it came.
    #[serde(skip)]
    pub body: Option<Vec<u8>>,
    /// When its body was taken away, if it was.
    pub pruned_at: Option<Timestamp>,
    /// What took it away: `retention` or `erase`.
    pub pruned_by: Option<String>,
}

/// A row to write.
struct Entry<'a> {
    arrival: &'a Arrival,
    status: u16,
    code: &'a str,
    detail: Option<&'a str>,
    event: Option<(&'a str, &'a EventType)>,
    body: Option<&'a [u8]>,
    body_bytes: usize,
}

impl Store {
    /// Keeps refused requests. What came to a source that is gone meanwhile is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn store_refused(&self, refused: Vec<Refused>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for r in &refused {
                        let entry = Entry {
                            arrival: &r.arrival,
                            status: r.status,
                            code: &r.code,
                            detail: Some(&r.detail),
                            event: None,
                            body: Some(r.body.get(..STORED_BODY_BYTES).unwrap_or(&r.body)),
                            body_bytes: r.body_bytes,
                        };
                        insert(&mut *connection, &entry).await?;
                    }
                    let mut sources: Vec<SourceId> = refused.iter().map(|r| r.arrival.source).collect();
                    sources.sort_unstable();
                    sources.dedup();
                    for source in sources {
                        make_room(&mut *connection, source).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The headers that an event came in with; `None` for one that did not come in through a source.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn received_headers(
        &self,
        event: &StoredEvent,
    ) -> Result<Option<Vec<(String, String)>>, StoreError> {
        let Scope::Source(source) = &event.scope else { return Ok(None) };
        let text: Option<String> = sqlx::query_scalar(
            "select r.headers from received r join sources s on s.seq = r.source_seq
             where r.event_id = ? and s.id = ? and r.code = 'ok'",
        )
        .bind(event.id.as_str())
        .bind(source.to_string())
        .fetch_optional(&self.readers)
        .await?;
        let read =
            |text: String| serde_json::from_str(&text).map_err(|error| corrupt("received request", error));
        text.map(read).transpose()
    }

    /// The last requests that came to a source, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn received(&self, source: SourceId, limit: u32) -> Result<Vec<ReceivedRequest>, StoreError> {
        let rows = sqlx::query(
            "select r.* from received r join sources s on s.seq = r.source_seq
             where s.id = ? order by r.seq desc limit ?",
        )
        .bind(source.to_string())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        readable(&rows, received)
    }

    /// One request of the log, and the source it came to.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the id names none, or none that is kept still.
    pub async fn received_request(&self, id: &str) -> Result<(SourceId, ReceivedRequest), StoreError> {
        let missing = || StoreError::NotFound { what: "received request", id: id.to_owned() };
        let seq: i64 = id.strip_prefix(ID_PREFIX).and_then(|seq| seq.parse().ok()).ok_or_else(missing)?;
        let row = sqlx::query(
            "select r.*, s.id as source_id from received r join sources s on s.seq = r.source_seq where r.seq = ?",
        )
        .bind(seq)
        .fetch_optional(&self.readers)
        .await?
        .ok_or_else(missing)?;
        let source: String = row.try_get("source_id")?;
        Ok((source.parse().map_err(|error| corrupt("received request", error))?, received(&row)?))
    }
}

/// Keeps the requests that brought these events, in the events' own transaction.
pub(crate) async fn store_arrivals(
    connection: &mut SqliteConnection,
    items: &[&Evaluated],
    answers: &[Published],
) -> Result<(), StoreError> {
    for (item, answer) in items.iter().map(|sifted| &sifted.item).zip(answers) {
        let Some(arrival) = &item.arrival else { continue };
        let event = Some((item.event.id.as_str(), &item.event.event_type));
        let body_bytes = arrival.more.raw_body.as_ref().unwrap_or(&item.event.body).len();
        let known = |code| Entry { arrival, status: 200, code, detail: None, event, body: None, body_bytes };
        let entry = match answer.fate {
            PublishOutcome::New => known("ok"),
            PublishOutcome::Duplicate => known("duplicate"),
            PublishOutcome::Conflict => Entry {
                status: 409,
                detail: Some("another event with this id is kept, with other bytes"),
                body: Some(item.event.body.get(..STORED_BODY_BYTES).unwrap_or(&item.event.body)),
                ..known("event_conflict")
            },
        };
        insert(&mut *connection, &entry).await?;
        if answer.fate == PublishOutcome::Conflict {
            make_room(&mut *connection, arrival.source).await?;
        }
    }
    Ok(())
}

async fn insert(connection: &mut SqliteConnection, entry: &Entry<'_>) -> Result<(), StoreError> {
    let headers =
        serde_json::to_string(&entry.arrival.headers).map_err(|error| corrupt("received request", error))?;
    sqlx::query(
        "insert into received (source_seq, at, peer, method, headers, status, code, detail, event_id, event_type,
         body, body_bytes, query, raw_body, relay_id, note)
         select seq, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? from sources where id = ?
         on conflict do nothing",
    )
    .bind(entry.arrival.at.ms())
    .bind(&entry.arrival.peer)
    .bind(&entry.arrival.method)
    .bind(headers)
    .bind(i64::from(entry.status))
    .bind(entry.code)
    .bind(entry.detail)
    .bind(entry.event.map(|(id, _)| id))
    .bind(entry.event.map(|(_, event_type)| event_type.as_str()))
    .bind(entry.body)
    .bind(i64::try_from(entry.body_bytes).unwrap_or(i64::MAX))
    .bind(&entry.arrival.more.query)
    .bind(&entry.arrival.more.raw_body)
    .bind(&entry.arrival.more.relay_id)
    .bind(&entry.arrival.more.note)
    .bind(entry.arrival.source.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

async fn make_room(connection: &mut SqliteConnection, source: SourceId) -> Result<(), StoreError> {
    sqlx::query(
        "delete from received where status <> 200 and source_seq = (select seq from sources where id = ?1)
         and seq <= (select r.seq from received r where r.status <> 200
                     and r.source_seq = (select seq from sources where id = ?1)
                     order by r.seq desc limit 1 offset ?2)",
    )
    .bind(source.to_string())
    .bind(i64::from(STORED_REFUSED))
    .execute(connection)
    .await?;
    Ok(())
}

fn received(row: &SqliteRow) -> Result<ReceivedRequest, StoreError> {
    let headers: String = row.try_get("headers")?;
    let status: i64 = row.try_get("status")?;
    let seq: i64 = row.try_get("seq")?;
    let body: Option<Vec<u8>> = row.try_get("body")?;
    Ok(ReceivedRequest {
        id: format!("{ID_PREFIX}{seq}"),
        at: Timestamp::from_ms(row.try_get("at")?),
        peer: row.try_get("peer")?,
        method: row.try_get("method")?,
        status: u16::try_from(status).map_err(|error| corrupt("received request", error))?,
        code: row.try_get("code")?,
        detail: row.try_get("detail")?,
        event_id: row.try_get("event_id")?,
        event_type: row.try_get("event_type")?,
        headers: serde_json::from_str(&headers).map_err(|error| corrupt("received request", error))?,
        body_bytes: row.try_get("body_bytes")?,
        query: row.try_get("query")?,
        note: row.try_get("note")?,
        relayed: row.try_get::<Option<String>, _>("relay_id")?.is_some(),
        body: body.or(row.try_get("raw_body")?),
        pruned_at: row.try_get::<Option<i64>, _>("pruned_at")?.map(Timestamp::from_ms),
        pruned_by: row.try_get("pruned_by")?,
    })
}
