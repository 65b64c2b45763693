//! What an operation may be about: deliveries that can be sent again, events that can be replayed.

use hookbench_domain::{DeliveryId, DeliveryState, SubscriptionId, Timestamp};
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::sql::rows::{delivery, delivery_id};
use crate::{Store, StoreError};

/// A delivery that an operation may be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayCandidate {
    /// The delivery.
    pub id: DeliveryId,
    /// Its state's name.
    pub state: &'static str,
    /// Why it failed or was skipped.
    pub reason: Option<&'static str>,
    /// Whether its body was pruned, so that it cannot be sent again.
    pub pruned: bool,
}

impl Store {
    /// Deliveries of a subscription for real events, oldest first, at most 500 after row `after`:
    /// those that failed since then, or with `any` all that were made since then. The second value
    /// is where to go on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn candidates(
        &self,
        subscription: SubscriptionId,
        since: Timestamp,
        any: bool,
        after: i64,
    ) -> Result<(Vec<ReplayCandidate>, Option<i64>), StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "select d.*, e.pruned_at is not null as pruned from deliveries d join events e on e.seq = d.event_seq
             where d.subscription_seq = (select seq from subscriptions where id = ",
        );
        sql.push_bind(subscription.to_string()).push(") and e.test = 0 and d.seq > ").push_bind(after);
        if any {
            sql.push(" and e.received_at >= ").push_bind(since.ms());
        } else {
            sql.push(" and d.state = 'failed' and d.finished_at >= ").push_bind(since.ms());
        }
        sql.push(" order by d.seq limit 500");
        let rows = sql.build().fetch_all(&self.readers).await?;
        let last: Option<i64> = rows.last().map(|row| row.try_get("seq")).transpose()?;
        let items = rows
            .iter()
            .map(|row| {
                let machine = delivery(row)?;
                let reason = match &machine.state {
                    DeliveryState::Failed { failure, .. } => Some(failure.as_str()),
                    DeliveryState::Skipped { reason } => Some(reason.as_str()),
                    DeliveryState::Pending(_)
                    | DeliveryState::InFlight { .. }
                    | DeliveryState::Delivered { .. }
                    | DeliveryState::Cancelled { .. } => None,
                };
                Ok(ReplayCandidate {
                    id: delivery_id(row.try_get("seq")?, row.try_get("created_at")?),
                    state: machine.state.name(),
                    reason,
                    pruned: row.try_get("pruned")?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok((items, last))
    }

    /// Real events that were kept since then, oldest first, at most 500 after row `after`, each with its
    /// row, its brand and its latest delivery to the subscription.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn events_for_replay(
        &self,
        subscription: SubscriptionId,
        since: Timestamp,
        after: i64,
    ) -> Result<Vec<Replayable>, StoreError> {
        let rows = sqlx::query(
            "select e.*, src.definition ->> '$.brand' as source_brand,
               (select max(d.seq) from deliveries d where d.event_seq = e.seq
                 and d.subscription_seq = (select seq from subscriptions where id = ?1)) as delivery_seq
             from events e left join sources src on src.id = substr(e.scope, 3)
             where e.seq > ?2 and e.received_at >= ?3 and e.test = 0 order by e.seq limit 500",
        )
        .bind(subscription.to_string())
        .bind(after)
        .bind(since.ms())
        .fetch_all(&self.readers)
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let known: Option<i64> = row.try_get("delivery_seq")?;
            let candidate = match known {
                None => None,
                Some(seq) => {
                    let row = sqlx::query("select * from deliveries where seq = ?")
                        .bind(seq)
                        .fetch_one(&self.readers)
                        .await?;
                    let machine = delivery(&row)?;
                    Some(ReplayCandidate {
                        id: delivery_id(seq, machine.created_at.ms()),
                        state: machine.state.name(),
                        reason: None,
                        pruned: false,
                    })
                }
            };
            let pruned: Option<i64> = row.try_get("pruned_at")?;
            found.push(Replayable {
                seq: row.try_get("seq")?,
                event: crate::sql::rows::event(row)?,
                brand: crate::sql::rows::brand(row)?,
                pruned: pruned.is_some(),
                delivery: candidate,
            });
        }
        Ok(found)
    }

    /// The row before the first event that was kept at or after this time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn before_events_since(&self, since: Timestamp) -> Result<i64, StoreError> {
        Ok(self.first_event_since(since).await? - 1)
    }
}

/// An event that may be replayed.
#[derive(Debug, Clone)]
pub struct Replayable {
    /// Its row.
    pub seq: i64,
    /// The event.
    pub event: hookbench_domain::StoredEvent,
    /// Its brand.
    pub brand: Option<String>,
    /// Whether its body was pruned.
    pub pruned: bool,
    /// Its latest delivery to the subscription.
    pub delivery: Option<ReplayCandidate>,
}
