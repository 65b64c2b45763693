//! Pausing and resuming; and what dispatchers learn of endpoints.

use hookbench_domain::{Health, SubscriptionId, Timestamp};

use crate::error::corrupt;
use crate::subscriptions::versions::{store_pause, store_version};
use crate::subscriptions::{changed_by_hand, move_version, require_revision, subscription_changed};
use crate::{Store, StoreError};

/// What was learned of a subscription's endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learned {
    /// Whose.
    pub subscription: SubscriptionId,
    /// The epoch it belongs to: what was learned before a person changed the subscription is void.
    pub epoch: i64,
    /// How well it is.
    pub health: Health,
}

impl Store {
    /// Pauses everything, or resumes. What is under way ends; events are kept and fanned out.
    /// Pausing twice keeps the first time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn pause(&self, since: Option<Timestamp>) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let query = match since {
                        Some(since) => {
                            sqlx::query("insert or ignore into meta values ('paused_at', ?)").bind(since.ms())
                        }
                        None => sqlx::query("delete from meta where key = 'paused_at'"),
                    };
                    query.execute(&mut *connection).await?;
                    store_pause(connection, now).await?;
                    move_version(connection).await
                })
            })
            .await
    }

    /// Pauses a subscription, or resumes it. Pausing twice keeps the first time. With `at` only if it
    /// is still at that revision.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id; [`StoreError::Stale`] if it is at another
    /// revision by now.
    pub async fn pause_subscription(
        &self,
        id: SubscriptionId,
        at: Option<u64>,
        since: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    require_revision(connection, id, at).await?;
                    let changed = sqlx::query(
                        "update subscriptions set paused_at = ?1
                         where id = ?2 and deleted_at is null and (paused_at is null) = (?1 is not null)",
                    )
                    .bind(since.map(Timestamp::ms))
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    if changed == 0 {
                        // It is as it was wanted.
                        return Ok(());
                    }
                    store_version(connection, &id.to_string(), now).await?;
                    changed_by_hand(connection, &id.to_string()).await
                })
            })
            .await
    }

    /// Keeps what a dispatcher learned of endpoints, so that a restart and other processes know.
    /// What belongs to an earlier epoch is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn store_health(&self, learned: Vec<Learned>) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for one in &learned {
                        let text = serde_json::to_string(&one.health)
                            .map_err(|error| corrupt("subscription", error))?;
                        sqlx::query("update subscriptions set health = ? where id = ? and health_epoch = ?")
                            .bind(text)
                            .bind(one.subscription.to_string())
                            .bind(one.epoch)
                            .execute(&mut *connection)
                            .await?;
                        store_version(connection, &one.subscription.to_string(), now).await?;
                        subscription_changed(connection, &one.subscription.to_string()).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}
