//! Pausing and resuming; and what dispatchers learn of endpoints.

use hookbench_domain::{Health, SubscriptionId, Timestamp};

use crate::error::corrupt;
use crate::history::{keep_pause, keep_version};
use crate::subscriptions::{move_version, require};
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
                    keep_pause(connection, now).await?;
                    move_version(connection).await
                })
            })
            .await
    }

    /// Pauses a subscription, or resumes it. Pausing twice keeps the first time.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn pause_subscription(
        &self,
        id: SubscriptionId,
        since: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let changed = sqlx::query(
                        "update subscriptions set paused_at = case when ?1 is null then null else coalesce(paused_at, ?1) end
                         where id = ?2 and deleted_at is null",
                    )
                    .bind(since.map(Timestamp::ms))
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    require(changed, id)?;
                    keep_version(connection, &id.to_string(), now).await?;
                    move_version(connection).await
                })
            })
            .await
    }

    /// Keeps what a dispatcher learned of endpoints, so that a restart and other processes know.
    /// What belongs to an earlier epoch is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn keep_health(&self, learned: Vec<Learned>) -> Result<(), StoreError> {
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
                        keep_version(connection, &one.subscription.to_string(), now).await?;
                    }
                    move_version(connection).await
                })
            })
            .await
    }
}
