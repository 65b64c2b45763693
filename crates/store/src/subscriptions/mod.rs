//! Subscriptions and their sealed secrets.

pub(crate) mod credentials;
pub(crate) mod pause;
pub(crate) mod versions;

use hookbench_domain::{Definition, SubscriptionId, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use crate::deliveries::ordering::order_anew;
use crate::error::corrupt;
use crate::registry::{SealedSecret, values_owner};
use crate::sql::rows::{CANCEL, signed};
use crate::subscriptions::credentials::mask_definitions;
use crate::subscriptions::versions::store_version;
use crate::{Store, StoreError};

/// What to do with a subscription's secrets when it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secrets {
    /// Leave them.
    Keep,
    /// Replace them, newest first. Empty removes them.
    Replace(Vec<SealedSecret>),
}

/// Everything of a subscription that is sealed, as it is to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What it signs with.
    pub secrets: Secrets,
    /// What the masks in its URL and headers stand for: at most one blob.
    pub values: Secrets,
}

impl From<Secrets> for Sealed {
    fn from(secrets: Secrets) -> Self {
        Self { secrets, values: Secrets::Keep }
    }
}

impl From<Vec<SealedSecret>> for Sealed {
    fn from(secrets: Vec<SealedSecret>) -> Self {
        Secrets::Replace(secrets).into()
    }
}

impl Sealed {
    /// Writes what is not to be left as it is.
    async fn put(&self, connection: &mut SqliteConnection, id: SubscriptionId) -> Result<(), StoreError> {
        for (owner, kept) in [(id.to_string(), &self.secrets), (values_owner(id), &self.values)] {
            if let Secrets::Replace(secrets) = kept {
                put_secrets(connection, &owner, secrets).await?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// Keeps a new subscription.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn create_subscription(
        &self,
        id: SubscriptionId,
        definition: Definition,
        sealed: impl Into<Sealed>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (text, sealed) = (to_json(&definition)?, sealed.into());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "insert into subscriptions (id, definition, enabled, created_at, updated_at) values (?, ?, ?, ?, ?)",
                    )
                    .bind(id.to_string())
                    .bind(text)
                    .bind(definition.enabled)
                    .bind(now.ms())
                    .bind(now.ms())
                    .execute(&mut *connection)
                    .await?;
                    sealed.put(connection, id).await?;
                    store_version(connection, &id.to_string(), now).await?;
                    subscription_changed(connection, &id.to_string()).await
                })
            })
            .await
    }

    /// Replaces a subscription's definition, if it is still at the revision `at`. What waits uses the
    /// new one at its next attempt. With another URL, or enabled again, nothing is known of its
    /// endpoint any more.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id; [`StoreError::Stale`] if it is at another
    /// revision by now.
    pub async fn update_subscription(
        &self,
        id: SubscriptionId,
        at: u64,
        definition: Definition,
        sealed: impl Into<Sealed>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (text, sealed) = (to_json(&definition)?, sealed.into());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    require_revision(connection, id, Some(at)).await?;
                    let before: (String, Option<String>) = sqlx::query_as(
                        "select definition ->> '$.url', definition ->> '$.ordered_by' from subscriptions where id = ?",
                    )
                    .bind(id.to_string())
                    .fetch_one(&mut *connection)
                    .await?;
                    // Other credentials may be answered otherwise, as another address may.
                    let new_endpoint = before.0 != definition.url || matches!(sealed.values, Secrets::Replace(_));
                    let new_order = before.1 != definition.ordered_by;
                    let changed = sqlx::query(
                        "update subscriptions set definition = ?1, enabled = ?2, updated_at = ?3,
                         disabled_because = case when ?2 = 1 then null else disabled_because end,
                         health = case when ?5 or ?2 > enabled then null else health end,
                         health_epoch = health_epoch + (?5 or ?2 > enabled)
                         where id = ?4 and deleted_at is null",
                    )
                    .bind(text)
                    .bind(definition.enabled)
                    .bind(now.ms())
                    .bind(id.to_string())
                    .bind(new_endpoint)
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    require(changed, id)?;
                    if new_order {
                        order_anew(connection, id).await?;
                    }
                    sealed.put(connection, id).await?;
                    store_version(connection, &id.to_string(), now).await?;
                    changed_by_hand(connection, &id.to_string()).await
                })
            })
            .await
    }

    /// Deletes a subscription and its secrets: what waits is cancelled, the log stays. With `at` only
    /// if it is still at that revision. Returns how many deliveries were cancelled.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id; [`StoreError::Stale`] if it is at another
    /// revision by now.
    pub async fn delete_subscription(
        &self,
        id: SubscriptionId,
        at: Option<u64>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    require_revision(connection, id, at).await?;
                    let deleted = sqlx::query(
                        "update subscriptions set deleted_at = ?, updated_at = ? where id = ? and deleted_at is null",
                    )
                    .bind(now.ms())
                    .bind(now.ms())
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    require(deleted, id)?;
                    Sealed { secrets: Secrets::Replace(Vec::new()), values: Secrets::Replace(Vec::new()) }
                        .put(connection, id)
                        .await?;
                    // What could not be sealed yet is not left behind either.
                    mask_definitions(connection, id).await?;
                    store_version(connection, &id.to_string(), now).await?;
                    let cancelled = sqlx::query(AssertSqlSafe(format!(
                        "update deliveries set {CANCEL} where state = 'pending'
                           and subscription_seq = (select seq from subscriptions where id = ?2)"
                    )))
                    .bind(now.ms())
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    changed_by_hand(connection, &id.to_string()).await?;
                    Ok(cancelled)
                })
            })
            .await
    }
}

fn to_json(definition: &Definition) -> Result<String, StoreError> {
    serde_json::to_string(definition).map_err(|error| corrupt("subscription", error))
}

pub(crate) fn require(changed: u64, id: SubscriptionId) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::NotFound { what: "subscription", id: id.to_string() }) }
}

/// Refuses a change of a subscription that is at another revision than `at`, or that is none.
pub(crate) async fn require_revision(
    connection: &mut SqliteConnection,
    id: SubscriptionId,
    at: Option<u64>,
) -> Result<(), StoreError> {
    let found: Option<i64> =
        sqlx::query_scalar("select revision from subscriptions where id = ? and deleted_at is null")
            .bind(id.to_string())
            .fetch_optional(connection)
            .await?;
    let found = found.ok_or_else(|| StoreError::NotFound { what: "subscription", id: id.to_string() })?;
    match at {
        Some(at) if signed(at) != found => {
            Err(StoreError::Stale { what: "subscription", id: id.to_string() })
        }
        Some(_) | None => Ok(()),
    }
}

/// Tells everyone who keeps subscriptions in memory that this one changed.
pub(crate) async fn subscription_changed(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "update meta set value = value + 1 where key = 'subscriptions_version';
         update subscriptions set
           changed_at_version = (select value from meta where key = 'subscriptions_version') where id = ?",
    )
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// The same of a change that whoever changes it next must have seen: its revision moves.
pub(crate) async fn changed_by_hand(connection: &mut SqliteConnection, id: &str) -> Result<(), StoreError> {
    sqlx::query("update subscriptions set revision = revision + 1 where id = ?")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    subscription_changed(connection, id).await
}

/// Tells everyone who keeps subscriptions, sources and brands in memory that any of them may have
/// changed: all are read again.
pub(crate) async fn move_version(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "update meta set value = value + 1 where key in ('subscriptions_version', 'registry_version')",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces the secrets of an owner.
pub(crate) async fn put_secrets(
    connection: &mut SqliteConnection,
    owner: &str,
    secrets: &[SealedSecret],
) -> Result<(), StoreError> {
    sqlx::query("delete from secrets where owner = ?").bind(owner).execute(&mut *connection).await?;
    for (position, secret) in (0i64..).zip(secrets) {
        sqlx::query("insert into secrets (owner, position, sealed, valid_until) values (?, ?, ?, ?)")
            .bind(owner)
            .bind(position)
            .bind(secret.sealed.as_slice())
            .bind(secret.valid_until.map(Timestamp::ms))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
