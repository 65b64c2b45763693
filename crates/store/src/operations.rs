//! Operations: kept with what they are about, so that they go on after a restart.

mod bulk;
mod candidates;
mod items;

use hookbench_domain::{
    DeliveryId, OperationCounts, OperationId, OperationKind, OperationState, SubscriptionId, Timestamp,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

pub use candidates::{ReplayCandidate, Replayable};

use crate::error::corrupt;
use crate::sql::rows::{delivery_id, seq_of, small};
use crate::{Page, Store, StoreError};

/// How many items one write takes.
const ITEMS: usize = 500;
/// How many deliveries an operation names in its answers.
const SHOWN: i64 = 20;

/// An operation to keep.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// What it does.
    pub kind: OperationKind,
    /// What was asked, as a JSON object.
    pub asked: String,
    /// The subscription, if it is about one.
    pub subscription: Option<SubscriptionId>,
    /// How many a second.
    pub rate: f64,
    /// Whether one goes first.
    pub canary: bool,
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationItem {
    /// A delivery, by its id.
    Delivery(DeliveryId),
    /// An event that has no delivery to the operation's subscription yet, by its row.
    Event(i64),
}

/// An operation as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredOperation {
    pub(crate) seq: i64,
    /// Its id.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// What was asked, as a JSON object.
    pub asked: String,
    /// The subscription, if it is about one.
    pub subscription: Option<SubscriptionId>,
    /// Where it stands.
    pub state: OperationState,
    /// How many a second.
    pub rate: f64,
    /// Whether one goes first.
    pub canary: bool,
    /// Why it stopped.
    pub why: Option<String>,
    /// How the last failed one ended.
    pub last_failure: Option<String>,
    /// How far it is.
    pub tally: OperationCounts,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the first one was sent.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

const SELECT: &str = "select o.*, s.id as subscription_id from operations o
  left join subscriptions s on s.seq = o.subscription_seq";

impl Store {
    /// Keeps an operation that is being put together.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn create_operation(
        &self,
        new: NewOperation,
        now: Timestamp,
    ) -> Result<OperationId, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let seq: i64 = sqlx::query_scalar(
                        "insert into operations (kind, asked, subscription_seq, state, rate, canary, created_at)
                         values (?, ?, (select seq from subscriptions where id = ?), 'preparing', ?, ?, ?) returning seq",
                    )
                    .bind(new.kind.as_str())
                    .bind(new.asked)
                    .bind(new.subscription.map(|id| id.to_string()))
                    .bind(new.rate)
                    .bind(new.canary)
                    .bind(now.ms())
                    .fetch_one(connection)
                    .await?;
                    Ok(operation_id(seq, now.ms()))
                })
            })
            .await
    }

    /// Adds what it is about, in this order, to an operation that is being put together.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn add_operation_items(
        &self,
        id: OperationId,
        items: Vec<OperationItem>,
    ) -> Result<(), StoreError> {
        for piece in items.chunks(ITEMS) {
            let rows: Vec<serde_json::Value> = piece
                .iter()
                .map(|item| match item {
                    OperationItem::Delivery(id) => serde_json::json!({ "d": seq_of(*id) }),
                    OperationItem::Event(seq) => serde_json::json!({ "e": seq }),
                })
                .collect();
            let added = i64::try_from(rows.len()).unwrap_or(i64::MAX);
            let rows = serde_json::to_string(&rows).map_err(|error| corrupt("operation", error))?;
            self.writer
                .write(move |connection| {
                    Box::pin(async move {
                        sqlx::query(
                            "insert into operation_items (operation_seq, position, event_seq, delivery_seq)
                             select ?1, (select total from operations where seq = ?1) + key + 1,
                               value ->> '$.e', value ->> '$.d' from json_each(?2)",
                        )
                        .bind(operation_seq(id))
                        .bind(rows)
                        .execute(&mut *connection)
                        .await?;
                        sqlx::query("update operations set total = total + ? where seq = ?")
                            .bind(added)
                            .bind(operation_seq(id))
                            .execute(connection)
                            .await?;
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(())
    }

    /// Lets a dispatcher take an operation up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn queue_operation(&self, id: OperationId) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "update operations set state = 'queued' where seq = ? and state = 'preparing'",
                    )
                    .bind(operation_seq(id))
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Ends what was being put together before `before`, by a process that is gone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn abandon_operations(&self, before: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "update operations set state = 'stopped', finished_at = ?,
                           why = 'the program that put it together ended before it was complete; nothing was sent: start it again'
                         where state = 'preparing' and created_at < ?",
                    )
                    .bind(now.ms())
                    .bind(before.ms())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Lists operations, newest first.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for a cursor of another listing.
    pub async fn operations(
        &self,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<StoredOperation>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        if let Some(cursor) = cursor {
            let id: OperationId = cursor.parse().map_err(|_| StoreError::Cursor(cursor.to_owned()))?;
            sql.push(" where o.seq < ").push_bind(operation_seq(id));
        }
        sql.push(" order by o.seq desc limit ").push_bind(i64::from(limit) + 1);
        let rows = sql.build().fetch_all(&self.readers).await?;
        let items = rows.iter().map(operation).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(items, limit, |last| last.id.to_string()))
    }

    /// One operation.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn operation(&self, id: OperationId) -> Result<StoredOperation, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" where o.seq = ").push_bind(operation_seq(id));
        sql.push(" and o.created_at = ").push_bind(id.ulid().at().ms());
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref()
            .map(operation)
            .transpose()?
            .ok_or_else(|| StoreError::NotFound { what: "operation", id: id.to_string() })
    }

    /// Operations that are not over, or of which something is still under way, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn open_operations(&self) -> Result<Vec<StoredOperation>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" where o.finished_at is null or o.sent > 0 order by o.seq");
        sql.build().fetch_all(&self.readers).await?.iter().map(operation).collect()
    }

    /// Deliveries of an operation that failed, the first ones.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn operation_failures(&self, id: OperationId) -> Result<Vec<DeliveryId>, StoreError> {
        let rows = sqlx::query(
            "select d.seq, d.created_at from operation_items i join deliveries d on d.seq = i.delivery_seq
             where i.operation_seq = ? and i.state = 'failed' order by i.position limit ?",
        )
        .bind(operation_seq(id))
        .bind(SHOWN)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok(delivery_id(row.try_get(0)?, row.try_get(1)?))).collect()
    }
}

fn operation_id(seq: i64, created_at: i64) -> OperationId {
    OperationId::new(Timestamp::from_ms(created_at), u128::try_from(seq).unwrap_or(0))
}

fn operation_seq(id: OperationId) -> i64 {
    i64::try_from(id.ulid().low()).unwrap_or(-1)
}

fn operation(row: &SqliteRow) -> Result<StoredOperation, StoreError> {
    let (kind, state): (String, String) = (row.try_get("kind")?, row.try_get("state")?);
    let (seq, created_at): (i64, i64) = (row.try_get("seq")?, row.try_get("created_at")?);
    let subscription: Option<String> = row.try_get("subscription_id")?;
    let count = |column: &str| -> Result<u32, sqlx::Error> { Ok(small(row.try_get(column)?)) };
    let time = |column: &str| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_ms))
    };
    Ok(StoredOperation {
        seq,
        id: operation_id(seq, created_at),
        kind: OperationKind::named(&kind).ok_or_else(|| corrupt("operation", &kind))?,
        asked: row.try_get("asked")?,
        subscription: subscription
            .map(|id| id.parse().map_err(|error| corrupt("operation", error)))
            .transpose()?,
        state: OperationState::named(&state).ok_or_else(|| corrupt("operation", &state))?,
        rate: row.try_get("rate")?,
        canary: row.try_get("canary")?,
        why: row.try_get("why")?,
        last_failure: row.try_get("last_failure")?,
        tally: OperationCounts {
            total: count("total")?,
            sent: count("sent")?,
            delivered: count("delivered")?,
            failed: count("failed")?,
            left_out: count("left_out")?,
            failed_in_a_row: count("failed_in_a_row")?,
        },
        created_at: Timestamp::from_ms(created_at),
        started_at: time("started_at")?,
        finished_at: time("finished_at")?,
    })
}
