//! Alerts: what somebody should look at.

use hookbench_domain::{AlertId, DeliveryId, Timestamp};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::error::corrupt;
use crate::log::filter::MAX_PAGE;
use crate::sql::rows::scope;
use crate::{Page, Store, StoreError};

/// An alert to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAlert {
    /// When it was raised.
    pub at: Timestamp,
    /// What kind it is, in a word.
    pub kind: String,
    /// What happened, in a sentence.
    pub summary: String,
    /// The event type it is about.
    pub event_type: Option<String>,
    /// The event that raised it, by its place in the order of keeping.
    pub event_seq: Option<i64>,
    /// What is needed to show it.
    pub details: Value,
}

/// An alert that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// When it was raised.
    pub at: Timestamp,
    /// What kind it is, in a word.
    pub kind: String,
    /// What happened, in a sentence.
    pub summary: String,
    /// The event type it is about.
    pub event_type: Option<String>,
    /// The id of the event that raised it.
    pub event: Option<String>,
    /// The brand of that event.
    pub brand: Option<String>,
    /// The source that event came in through.
    pub source: Option<String>,
    /// What is needed to show it.
    pub details: Value,
    /// When somebody had seen it.
    pub acknowledged_at: Option<Timestamp>,
}

/// Which alerts to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// Only those that nobody has acknowledged, or only those that somebody has.
    pub acknowledged: Option<bool>,
    /// Of this event type.
    pub event_type: Option<String>,
    /// At most so many.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

const SELECT: &str = "select a.*, e.event_id, coalesce(e.scope, '') as scope, e.brand from alerts a
  left join events e on e.seq = a.event_seq";

pub(crate) async fn insert_alert(
    connection: &mut SqliteConnection,
    alert: &NewAlert,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into alerts (at, kind, summary, event_type, event_seq, details) values (?, ?, ?, ?, ?, ?)",
    )
    .bind(alert.at.ms())
    .bind(&alert.kind)
    .bind(&alert.summary)
    .bind(alert.event_type.as_deref())
    .bind(alert.event_seq)
    .bind(alert.details.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

impl Store {
    /// Lists alerts, newest first.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for a cursor of another listing.
    pub async fn alerts(&self, filter: &AlertFilter) -> Result<Page<Alert>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" where 1 = 1");
        if let Some(cursor) = &filter.cursor {
            let id: AlertId = cursor.parse().map_err(|_| StoreError::Cursor(cursor.clone()))?;
            sql.push(" and a.seq < ").push_bind(seq_of(id));
        }
        match filter.acknowledged {
            Some(false) => sql.push(" and a.acknowledged_at is null"),
            Some(true) => sql.push(" and a.acknowledged_at is not null"),
            None => &mut sql,
        };
        if let Some(event_type) = &filter.event_type {
            sql.push(" and a.event_type = ").push_bind(event_type);
        }
        let limit = filter.limit.clamp(1, MAX_PAGE);
        sql.push(" order by a.seq desc limit ").push_bind(i64::from(limit) + 1);
        let rows = sql.build().fetch_all(&self.readers).await?;
        let items = rows.iter().map(alert).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(items, limit, |last| last.id.to_string()))
    }

    /// One alert.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn alert(&self, id: AlertId) -> Result<Alert, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" where a.seq = ").push_bind(seq_of(id)).push(" and a.at = ").push_bind(id.ulid().at().ms());
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref().map(alert).transpose()?.ok_or_else(|| missing(id))
    }

    /// How many alerts nobody has acknowledged.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn open_alerts(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("select count(*) from alerts where acknowledged_at is null")
            .fetch_one(&self.readers)
            .await?)
    }

    /// Marks alerts as seen, all that are open if none is named. Twice keeps the first time. Returns
    /// how many were open.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the first that does not exist; then none is marked.
    pub async fn acknowledge(&self, ids: Option<Vec<AlertId>>, now: Timestamp) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let Some(ids) = ids else {
                        let sql = "update alerts set acknowledged_at = ? where acknowledged_at is null";
                        return Ok(sqlx::query(sql)
                            .bind(now.ms())
                            .execute(connection)
                            .await?
                            .rows_affected());
                    };
                    let mut marked = 0;
                    for id in ids {
                        let open: Option<bool> = sqlx::query_scalar(
                            "select acknowledged_at is null from alerts where seq = ? and at = ?",
                        )
                        .bind(seq_of(id))
                        .bind(id.ulid().at().ms())
                        .fetch_optional(&mut *connection)
                        .await?;
                        if open.ok_or_else(|| missing(id))? {
                            sqlx::query("update alerts set acknowledged_at = ? where seq = ?")
                                .bind(now.ms())
                                .bind(seq_of(id))
                                .execute(&mut *connection)
                                .await?;
                            marked += 1;
                        }
                    }
                    Ok(marked)
                })
            })
            .await
    }
}

impl Store {
    /// Raises an alert about the event of a delivery, unless nobody has acknowledged yet the last one
    /// that says the same. Returns whether it was raised.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn alert_of_delivery(&self, delivery: DeliveryId, alert: NewAlert) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "insert into alerts (at, kind, summary, event_type, event_seq, details)
                         select ?1, ?2, ?3, ?4, (select event_seq from deliveries where seq = ?6), ?5
                         where not exists (select 1 from alerts
                           where kind = ?2 and summary = ?3 and acknowledged_at is null)";
                    let inserted = sqlx::query(sql)
                        .bind(alert.at.ms())
                        .bind(alert.kind)
                        .bind(alert.summary)
                        .bind(alert.event_type)
                        .bind(alert.details.to_string())
                        .bind(i64::try_from(delivery.ulid().low()).unwrap_or(-1))
                        .execute(connection)
                        .await?;
                    Ok(inserted.rows_affected() > 0)
                })
            })
            .await
    }
}

fn missing(id: AlertId) -> StoreError {
    StoreError::NotFound { what: "alert", id: id.to_string() }
}

fn seq_of(id: AlertId) -> i64 {
    i64::try_from(id.ulid().low()).unwrap_or(-1)
}

fn alert(row: &SqliteRow) -> Result<Alert, StoreError> {
    let (seq, at): (i64, i64) = (row.try_get("seq")?, row.try_get("at")?);
    let at = Timestamp::from_ms(at);
    let details: String = row.try_get("details")?;
    let source = match scope(row.try_get("scope")?)? {
        hookbench_domain::Scope::Source(source) => Some(source.to_string()),
        hookbench_domain::Scope::Local | hookbench_domain::Scope::Brand(_) => None,
    };
    Ok(Alert {
        id: AlertId::new(at, u128::try_from(seq).unwrap_or(0)),
        at,
        kind: row.try_get("kind")?,
        summary: row.try_get("summary")?,
        event_type: row.try_get("event_type")?,
        event: row.try_get("event_id")?,
        brand: row.try_get("brand")?,
        source,
        details: serde_json::from_str(&details).map_err(|error| corrupt("alert", error))?,
        acknowledged_at: row.try_get::<Option<i64>, _>("acknowledged_at")?.map(Timestamp::from_ms),
    })
}
