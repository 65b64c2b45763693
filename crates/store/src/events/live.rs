//! Events and deliveries as a person reads them: with the beginning of the payload, and with what
//! became of each event.

use std::collections::HashMap;

use hookbench_domain::{DeliveryId, SubscriptionId};
use sqlx::Row;

use crate::error::corrupt;
use crate::sql::rows::{delivery_id, seq_of, small};
use crate::{EventFilter, EventSummary, Page, Store, StoreError};

/// How much of a payload is read for a line about it (32 KiB).
pub const HEAD_BYTES: i64 = 32 * 1024;

/// What became of an event at one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFate {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The subscription's name.
    pub name: String,
    /// The delivery's state.
    pub state: String,
    /// The status the last attempt got.
    pub status: Option<u16>,
    /// How the last attempt ended.
    pub outcome: Option<String>,
    /// How many attempts were made or are under way.
    pub attempts: u32,
}

/// An event with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEvent {
    /// The event.
    pub summary: EventSummary,
    /// The first [`HEAD_BYTES`] of its body.
    pub head: Vec<u8>,
    /// Its deliveries, oldest first.
    pub fates: Vec<EventFate>,
}

impl Store {
    /// Lists events, newest first, each with its deliveries.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for a cursor of another listing.
    pub async fn live(&self, filter: &EventFilter) -> Result<Page<LiveEvent>, StoreError> {
        let page = self.events(filter).await?;
        let seqs: Vec<i64> = page.items.iter().map(|e| e.seq).collect();
        let seqs = serde_json::to_string(&seqs).map_err(|error| corrupt("event", error))?;
        let mut heads: HashMap<i64, Vec<u8>> = HashMap::new();
        let rows = sqlx::query(
            "select seq, substr(body, 1, ?) as head from events where seq in (select value from json_each(?))",
        )
        .bind(HEAD_BYTES)
        .bind(&seqs)
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            heads.insert(row.try_get("seq")?, row.try_get("head")?);
        }
        let mut fates: HashMap<i64, Vec<EventFate>> = HashMap::new();
        let rows = sqlx::query(
            "select d.event_seq, d.seq, d.created_at, d.state, d.last_status, d.last_outcome, d.attempts, s.id,
               s.definition ->> '$.name' as name
             from deliveries d join subscriptions s on s.seq = d.subscription_seq
             where d.event_seq in (select value from json_each(?)) order by d.seq",
        )
        .bind(&seqs)
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            let id: String = row.try_get("id")?;
            let fate = EventFate {
                delivery: delivery_id(row.try_get("seq")?, row.try_get("created_at")?),
                subscription: id.parse().map_err(|error| corrupt("subscription", error))?,
                name: row.try_get("name")?,
                state: row.try_get("state")?,
                status: row.try_get::<Option<i64>, _>("last_status")?.and_then(|s| u16::try_from(s).ok()),
                outcome: row.try_get("last_outcome")?,
                attempts: small(row.try_get("attempts")?),
            };
            fates.entry(row.try_get("event_seq")?).or_default().push(fate);
        }
        Ok(page.map(|summary| LiveEvent {
            head: heads.remove(&summary.seq).unwrap_or_default(),
            fates: fates.remove(&summary.seq).unwrap_or_default(),
            summary,
        }))
    }

    /// The first [`HEAD_BYTES`] of the body of each delivery's event.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn heads(&self, ids: &[DeliveryId]) -> Result<HashMap<DeliveryId, Vec<u8>>, StoreError> {
        let seqs: Vec<i64> = ids.iter().copied().map(seq_of).collect();
        let seqs = serde_json::to_string(&seqs).map_err(|error| corrupt("delivery", error))?;
        let rows = sqlx::query(
            "select d.seq, d.created_at, substr(e.body, 1, ?) as head from deliveries d
             join events e on e.seq = d.event_seq where d.seq in (select value from json_each(?))",
        )
        .bind(HEAD_BYTES)
        .bind(seqs)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok((delivery_id(row.try_get("seq")?, row.try_get("created_at")?), row.try_get("head")?))
            })
            .collect()
    }
}
