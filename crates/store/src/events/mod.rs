//! Reading events.

pub(crate) mod evaluate;
pub(crate) mod live;
pub(crate) mod publication;
pub(crate) mod publish;

use hookbench_domain::{EventType, Scope, StoredEvent, Timestamp};
use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::error::{corrupt, readable};
use crate::log::filter::{MAX_PAGE, push_brand};
use crate::log::search::LOOKS;
use crate::sql::rows::{brand, event, scope, scope_text};
use crate::{Page, Store, StoreError};

/// Which events to list. Everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of this type.
    pub event_type: Option<String>,
    /// Of this brand.
    pub brand: Option<String>,
    /// Kept at or after.
    pub since: Option<Timestamp>,
    /// Kept before.
    pub until: Option<Timestamp>,
    /// Whose id or body contains this, in any case of ASCII letters.
    pub search: Option<String>,
    /// At most so many.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// An event without its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EventSummary {
    /// Its id.
    pub id: String,
    /// Its type.
    #[serde(rename = "event")]
    pub event_type: String,
    /// Its brand, or that of the source it came in through.
    pub brand: Option<String>,
    /// The source it came in through.
    pub source: Option<String>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When it was kept.
    pub received_at: Timestamp,
    /// How many bytes are delivered.
    pub bytes: i64,
    /// Whether it only tests a subscription.
    pub test: bool,
    /// How many deliveries it has.
    pub deliveries: i64,
    /// When its body was taken away, if it was.
    pub pruned_at: Option<Timestamp>,
    /// What took it away: `retention` or `erase`.
    pub pruned_by: Option<String>,
    #[serde(skip)]
    pub(crate) seq: i64,
}

impl EventSummary {
    /// Its place in the order of keeping.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.seq
    }
}

/// A type of which events were kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenType {
    /// The type.
    pub event_type: EventType,
    /// How many were kept.
    pub count: i64,
    /// When the last one was.
    pub last_at: Timestamp,
}

const SUMMARY: &str = "select e.seq, e.scope, e.event_id, e.event_type, e.created_at, e.received_at, e.test,
  e.pruned_at, e.pruned_by, length(e.body) as bytes, e.brand,
  (select count(*) from deliveries d where d.event_seq = e.seq) as deliveries
  from events e";

/// The last of so many events of a stretch, newest first.
pub(crate) const LAST_LOOK: &str =
    "select e.seq from events e where e.seq >= ?1 and e.seq < ?2 order by e.seq desc limit 1 offset ?3";

/// The event before which a page begins.
fn before(filter: &EventFilter) -> Result<Option<i64>, StoreError> {
    let cursor = filter.cursor.as_ref();
    cursor.map(|cursor| cursor.parse().map_err(|_| StoreError::Cursor(cursor.clone()))).transpose()
}

/// How many bytes of bodies are read at once of events that are only looked at: the one with which
/// they pass this is the last.
const LOOKED_AT_BYTES: i64 = 256 * 1024;

impl Store {
    /// The latest events with their bytes and brands, newest first, without tests: at most `limit`
    /// of those before row `before`, whose numbers go on from there; fewer where they are large.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn latest_events(
        &self,
        before: i64,
        limit: u32,
    ) -> Result<Vec<(i64, StoredEvent, Option<String>)>, StoreError> {
        let rows = sqlx::query(
            "select e.* from events e join (
               select seq, sum(length(body)) over (order by seq desc) - length(body) as before from events
               where seq < ? and test = 0 and pruned_at is null order by seq desc limit +?
             ) n on n.seq = e.seq where n.before < ? order by e.seq desc",
        )
        .bind(before)
        .bind(limit)
        .bind(LOOKED_AT_BYTES)
        .fetch_all(&self.readers)
        .await?;
        readable(&rows, |row| Ok((row.try_get("seq")?, event(row)?, brand(row)?)))
    }

    /// Lists events, newest first. Where a text is looked for that the index cannot narrow down, a page
    /// may hold fewer than were asked for, or none, and still have a next one.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for a cursor of another listing.
    pub async fn events(&self, filter: &EventFilter) -> Result<Page<EventSummary>, StoreError> {
        let limit = filter.limit.clamp(1, MAX_PAGE);
        let plan = match &filter.search {
            Some(text) => Some(self.plan_search(text).await?),
            None => None,
        };
        let mut sql = QueryBuilder::<Sqlite>::new(SUMMARY);
        self.push_events(&mut sql, filter).await?;
        let mut last_look = None;
        if let Some(plan) = &plan {
            if !plan.narrows() {
                last_look = self.last_look(filter).await?;
                sql.push(" and e.seq >= ").push_bind(last_look.unwrap_or(0));
            }
            plan.push_to_events(&mut sql);
        }
        sql.push(" order by e.seq desc limit ").push_bind(i64::from(limit) + 1);
        let rows = sql.build().fetch_all(&self.readers).await?;
        // By the rows, not by what of them can be read: one that cannot be must not end the listing.
        let seqs = rows.iter().map(|row| row.try_get("seq")).collect::<Result<Vec<i64>, _>>()?;
        let Page { items, next_cursor } = Page::cut(seqs, limit, i64::to_string);
        let mut page = Page { items: readable(&rows[..items.len()], summary)?, next_cursor };
        if page.next_cursor.is_none() {
            page.next_cursor = last_look.map(|seq| seq.to_string());
        }
        Ok(page)
    }

    /// The last event that a search looks at where the index cannot narrow it down, whatever else is
    /// asked of it; `None` where it looks at all.
    async fn last_look(&self, filter: &EventFilter) -> Result<Option<i64>, StoreError> {
        let (mut from, mut below) = (0, before(filter)?.unwrap_or(i64::MAX));
        if let Some(since) = filter.since {
            from = self.first_event_since(since).await?;
        }
        if let Some(until) = filter.until {
            below = below.min(self.first_event_since(until).await?);
        }
        let looks = i64::try_from(LOOKS).unwrap_or(i64::MAX);
        Ok(sqlx::query_scalar(LAST_LOOK)
            .bind(from)
            .bind(below)
            .bind(looks)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Adds every condition but the text's.
    async fn push_events(
        &self,
        sql: &mut QueryBuilder<Sqlite>,
        filter: &EventFilter,
    ) -> Result<(), StoreError> {
        sql.push(" where e.pruned_by is not 'row'");
        if let Some(seq) = before(filter)? {
            sql.push(" and e.seq < ").push_bind(seq);
        }
        if let Some(event_type) = &filter.event_type {
            sql.push(" and e.event_type = ").push_bind(event_type.clone());
        }
        if let Some(brand) = &filter.brand {
            sql.push(" and ");
            push_brand(sql, brand);
        }
        if let Some(since) = filter.since {
            sql.push(" and e.received_at >= ").push_bind(since.ms());
            sql.push(" and e.seq >= ").push_bind(self.first_event_since(since).await?);
        }
        if let Some(until) = filter.until {
            sql.push(" and e.received_at < ").push_bind(until.ms());
            sql.push(" and e.seq < ").push_bind(self.first_event_since(until).await?);
        }
        Ok(())
    }

    /// Events kept after row `seq`, oldest first, at most 500: how a stream goes on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn events_after(&self, seq: i64) -> Result<Vec<(i64, EventSummary)>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SUMMARY);
        sql.push(" where e.seq > ").push_bind(seq).push(" order by e.seq limit 500");
        let rows = sql.build().fetch_all(&self.readers).await?;
        readable(&rows, |row| summary(row).map(|s| (s.seq, s)))
    }

    /// The event of that id, with its bytes. `scope` is needed where several brands or sources
    /// use the id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::Ambiguous`] where the id alone does not say.
    pub async fn event(
        &self,
        id: &str,
        wanted: Option<&Scope>,
    ) -> Result<(EventSummary, StoredEvent), StoreError> {
        let mut rows =
            sqlx::query("select seq, scope, brand from events where event_id = ? and pruned_by is not 'row'")
                .bind(id)
                .fetch_all(&self.readers)
                .await?;
        if let Some(wanted) = wanted {
            let text = scope_text(wanted);
            let called = match wanted {
                Scope::Brand(brand) => Some(brand.as_str()),
                Scope::Local | Scope::Source(_) => None,
            };
            rows.retain(|row| {
                let brand: Option<String> = row.try_get("brand").unwrap_or_default();
                row.try_get::<String, _>("scope").is_ok_and(|s| s == text)
                    || (called.is_some() && brand.as_deref() == called)
            });
        }
        let seq: i64 = match rows.as_slice() {
            [] => return Err(StoreError::NotFound { what: "event", id: id.to_owned() }),
            [row] => row.try_get("seq")?,
            _ => return Err(StoreError::Ambiguous(id.to_owned())),
        };
        self.event_at(seq).await
    }

    /// The event of the same type that was kept last before another one, tests excepted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn event_before(&self, seq: i64) -> Result<Option<(EventSummary, StoredEvent)>, StoreError> {
        let before: Option<i64> = sqlx::query_scalar(
            "select e.seq from events e where e.seq < ?1 and e.test = 0
             and e.event_type = (select event_type from events where seq = ?1) order by e.seq desc limit 1",
        )
        .bind(seq)
        .fetch_optional(&self.readers)
        .await?;
        match before {
            Some(seq) => Ok(Some(self.event_at(seq).await?)),
            None => Ok(None),
        }
    }

    /// The event at a place in the order of keeping, with its bytes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn event_at(&self, seq: i64) -> Result<(EventSummary, StoredEvent), StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SUMMARY);
        sql.push(" where e.seq = ").push_bind(seq);
        let summary = summary(&sql.build().fetch_one(&self.readers).await?)?;
        let row =
            sqlx::query("select * from events where seq = ?").bind(seq).fetch_one(&self.readers).await?;
        Ok((summary, event(&row)?))
    }

    /// The types of the events that were kept, most frequent first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn seen_types(&self) -> Result<Vec<SeenType>, StoreError> {
        let rows = sqlx::query(
            "select event_type, sum(n) as n, max(last_at) as last_at from (select * from log_event_types
               union all select event_type, 1, received_at from events
                 where seq > coalesce((select value from meta where key = 'types_counted_to'), 0))
             group by event_type order by 2 desc, event_type",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let name: String = row.try_get("event_type")?;
                Ok(SeenType {
                    event_type: name.parse().map_err(|error| corrupt("event", error))?,
                    count: row.try_get("n")?,
                    last_at: Timestamp::from_ms(row.try_get("last_at")?),
                })
            })
            .collect()
    }
}

fn summary(row: &sqlx::sqlite::SqliteRow) -> Result<EventSummary, StoreError> {
    let source = match scope(row.try_get("scope")?)? {
        Scope::Local | Scope::Brand(_) => None,
        Scope::Source(source) => Some(source.to_string()),
    };
    Ok(EventSummary {
        id: row.try_get("event_id")?,
        event_type: row.try_get("event_type")?,
        brand: brand(row)?,
        source,
        created_at: Timestamp::from_ms(row.try_get("created_at")?),
        received_at: Timestamp::from_ms(row.try_get("received_at")?),
        bytes: row.try_get("bytes")?,
        test: row.try_get("test")?,
        deliveries: row.try_get("deliveries")?,
        pruned_at: row.try_get::<Option<i64>, _>("pruned_at")?.map(Timestamp::from_ms),
        pruned_by: row.try_get("pruned_by")?,
        seq: row.try_get("seq")?,
    })
}
