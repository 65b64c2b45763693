//! The subscriptions as the writer and the dispatcher hold them in memory.

use std::collections::HashMap;
use std::sync::Arc;

use hookbench_domain::{EventType, Subscription, SubscriptionId, Timestamp};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::StoreError;
use crate::error::corrupt;

/// A secret as it is kept: sealed by the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Ciphertext.
    pub sealed: Vec<u8>,
    /// When it stops being used; `None` for the current one.
    pub valid_until: Option<Timestamp>,
}

/// A subscription with its sealed secrets, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    pub(crate) seq: i64,
    /// The subscription.
    pub subscription: Subscription,
    /// Its secrets, the current one first.
    pub secrets: Vec<SealedSecret>,
}

/// All subscriptions that are not deleted, as of one version.
#[derive(Debug, Default)]
pub struct Registry {
    version: i64,
    by_seq: Vec<Arc<Registered>>,
    by_id: HashMap<SubscriptionId, usize>,
}

impl Registry {
    /// The number that moves with every change of a subscription.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Registered>> {
        self.by_seq.iter()
    }

    /// The one of that id.
    #[must_use]
    pub fn get(&self, id: SubscriptionId) -> Option<&Arc<Registered>> {
        self.by_id.get(&id).map(|index| &self.by_seq[*index])
    }

    pub(crate) fn of_seq(&self, seq: i64) -> Option<&Arc<Registered>> {
        self.by_seq.binary_search_by_key(&seq, |r| r.seq).ok().map(|index| &self.by_seq[index])
    }

    pub(crate) fn wanting(
        &self,
        event_type: &EventType,
        brand: Option<&str>,
    ) -> impl Iterator<Item = &Arc<Registered>> {
        self.by_seq.iter().filter(move |r| r.subscription.definition.wants(event_type, brand))
    }

    /// The version that is current in the database.
    pub(crate) async fn current_version(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("select value from meta where key = 'subscriptions_version'")
            .fetch_one(connection)
            .await?)
    }

    /// Reads them all.
    pub(crate) async fn load(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let version = Self::current_version(&mut *connection).await?;
        let mut secrets: HashMap<String, Vec<SealedSecret>> = HashMap::new();
        let rows = sqlx::query("select owner, sealed, valid_until from secrets order by owner, position");
        for row in rows.fetch_all(&mut *connection).await? {
            let valid_until: Option<i64> = row.try_get("valid_until")?;
            secrets.entry(row.try_get("owner")?).or_default().push(SealedSecret {
                sealed: row.try_get("sealed")?,
                valid_until: valid_until.map(Timestamp::from_ms),
            });
        }
        let rows = sqlx::query(
            "select seq, id, definition, disabled_because, created_at, updated_at
             from subscriptions where deleted_at is null order by seq",
        );
        let mut by_seq = Vec::new();
        for row in rows.fetch_all(&mut *connection).await? {
            let id: String = row.try_get("id")?;
            let secrets = secrets.remove(&id).unwrap_or_default();
            let definition: String = row.try_get("definition")?;
            let subscription = Subscription {
                id: id.parse().map_err(|error| corrupt("subscription", error))?,
                definition: serde_json::from_str(&definition)
                    .map_err(|error| corrupt("subscription", error))?,
                has_secret: !secrets.is_empty(),
                disabled_because: row.try_get("disabled_because")?,
                created_at: Timestamp::from_ms(row.try_get("created_at")?),
                updated_at: Timestamp::from_ms(row.try_get("updated_at")?),
            };
            by_seq.push(Arc::new(Registered { seq: row.try_get("seq")?, subscription, secrets }));
        }
        let by_id = by_seq.iter().enumerate().map(|(index, r)| (r.subscription.id, index)).collect();
        Ok(Self { version, by_seq, by_id })
    }
}
