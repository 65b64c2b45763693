//! Deliveries that wait although their time may have come: given back by the dispatcher, or set aside
//! after a crash.

use hookbench_domain::{DeliveryId, Held, Lease, SubscriptionId, Timestamp};
use serde::Serialize;
use sqlx::Row;

use crate::error::corrupt;
use crate::sql::rows::{delivery_id, seq_of};
use crate::{Store, StoreError};

/// How many deliveries [`Store::held`] names.
const NAMED: i64 = 10;

/// The deliveries that are held for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HeldDeliveries {
    /// How many there are.
    pub count: i64,
    /// The oldest of them, at most ten.
    pub oldest: Vec<DeliveryId>,
}

impl Store {
    /// Gives a claimed delivery back without an attempt; see [`hookbench_domain::Delivery::hold`].
    /// `attempt` is the number that the claim counted. `false` where the lease has gone to someone else.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written; it may be tried again.
    pub async fn hold(
        &self,
        id: DeliveryId,
        lease: &Lease,
        attempt: u32,
        held: Held,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let owner = lease.owner.clone();
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let given_back = sqlx::query(
                        "update deliveries set state = 'pending', held = ?1, next_attempt_at = ?2, attempts = attempts - 1,
                         lease_owner = null, lease_until = null, claimed_at = null
                         where seq = ?3 and state = 'in_flight' and lease_owner = ?4 and attempts = ?5",
                    )
                    .bind(held.as_str())
                    .bind(now.ms())
                    .bind(seq_of(id))
                    .bind(owner)
                    .bind(i64::from(attempt))
                    .execute(connection)
                    .await?;
                    Ok(given_back.rows_affected() == 1)
                })
            })
            .await
    }

    /// Lets everything go that is held for this reason. Returns how many there were; what is due of them
    /// is sent at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn release_held(&self, held: Held) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "update deliveries set held = null where held = ?";
                    Ok(sqlx::query(sql).bind(held.as_str()).execute(connection).await?.rows_affected())
                })
            })
            .await
    }

    /// Holds everything that waits of a subscription, which would all be given back. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn hold_waiting(&self, subscription: SubscriptionId, held: Held) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "update deliveries set held = ?1 where state = 'pending' and held is null
                               and subscription_seq = (select seq from subscriptions where id = ?2)";
                    let held = sqlx::query(sql).bind(held.as_str()).bind(subscription.to_string());
                    Ok(held.execute(connection).await?.rows_affected())
                })
            })
            .await
    }

    /// Lets everything of a subscription go that is held for this reason. Returns how many there were;
    /// what is due of them is sent at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn release_held_of(&self, subscription: SubscriptionId, held: Held) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "update deliveries set held = null where held = ?1
                               and subscription_seq = (select seq from subscriptions where id = ?2)";
                    let released = sqlx::query(sql).bind(held.as_str()).bind(subscription.to_string());
                    Ok(released.execute(connection).await?.rows_affected())
                })
            })
            .await
    }

    /// The subscriptions of which something is held for this reason.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn subscriptions_held(&self, held: Held) -> Result<Vec<SubscriptionId>, StoreError> {
        let sql = "select id from subscriptions where seq in (select distinct subscription_seq from deliveries where held = ?)";
        let ids: Vec<String> = sqlx::query_scalar(sql).bind(held.as_str()).fetch_all(&self.readers).await?;
        ids.iter().map(|id| id.parse().map_err(|error| corrupt("subscription", error))).collect()
    }

    /// What is held for this reason.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn held(&self, held: Held) -> Result<HeldDeliveries, StoreError> {
        let rows = sqlx::query(
            "select seq, created_at, (select count(*) from deliveries where held = ?1) as n
             from deliveries where held = ?1 order by seq limit ?2",
        )
        .bind(held.as_str())
        .bind(NAMED)
        .fetch_all(&self.readers)
        .await?;
        let mut found = HeldDeliveries::default();
        for row in rows {
            found.count = row.try_get("n")?;
            found.oldest.push(delivery_id(row.try_get("seq")?, row.try_get("created_at")?));
        }
        Ok(found)
    }
}
