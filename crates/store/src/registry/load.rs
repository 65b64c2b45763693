//! Reading the registry, all of it or what changed.

use std::collections::HashMap;
use std::sync::Arc;

use hookbench_domain::{
    Brand, Health, RemoteSubscription, Source, SourceId, Subscription, SubscriptionId, Timestamp, host_of,
};
use hookbench_filter::Filter;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::{
    Registered, RegisteredBrand, RegisteredRemote, RegisteredSource, Registry, SUBSCRIPTIONS, SealedSecret,
    Unreadable, next_secret_owner, relay_owner, token_owner, values_owner,
};
use crate::StoreError;
use crate::brands::{catalogue, seen_webhooks};
use crate::error::corrupt;
use crate::sql::rows::unsigned;

/// Before every version that a row can carry.
const ANY_VERSION: i64 = -1;

impl Registry {
    /// The version that is current in the database.
    pub(crate) async fn current_version(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("select value from meta where key = 'subscriptions_version'")
            .fetch_one(connection)
            .await?)
    }

    /// Reads them: what changed since `before` where that is known, else all of them. What did not
    /// change is shared with it: whoever made something of it need not do so again.
    pub(crate) async fn load(connection: &mut SqliteConnection, before: &Self) -> Result<Self, StoreError> {
        let row = sqlx::query(
            "select (select value from meta where key = 'subscriptions_version') as version,
               (select value from meta where key = 'registry_version') as read_all_at,
               (select value from meta where key = 'paused_at') as paused_at",
        )
        .fetch_one(&mut *connection)
        .await?;
        let paused_since: Option<i64> = row.try_get("paused_at")?;
        let mut next = Self {
            version: row.try_get("version")?,
            read_all_at: row.try_get("read_all_at")?,
            paused_since: paused_since.map(Timestamp::from_ms),
            ..Self::default()
        };
        // A database that was put back from a copy counts from an earlier number.
        if next.read_all_at == before.read_all_at && next.version >= before.version {
            next.by_seq.clone_from(&before.by_seq);
            next.sources.clone_from(&before.sources);
            next.brands.clone_from(&before.brands);
            next.remotes.clone_from(&before.remotes);
            next.unreadable.clone_from(&before.unreadable);
            next.read_subscriptions(connection, before, before.version).await?;
        } else {
            let mut secrets = secrets_of(connection, None).await?;
            next.read_subscriptions(connection, before, ANY_VERSION).await?;
            next.sources = load_sources(connection, &mut secrets, &mut next.unreadable).await?;
            next.brands = load_brands(connection, &mut secrets, &mut next.unreadable).await?;
            next.remotes = load_remotes(connection, &mut secrets, &mut next.unreadable).await?;
        }
        for unread in next.unreadable.iter().filter(|one| !before.unreadable.contains(one)) {
            let Unreadable { table, key, why } = unread;
            tracing::error!(table, key, why, "a row cannot be read; it is left out, the others are not");
        }
        next.by_id = next.by_seq.iter().enumerate().map(|(index, r)| (r.subscription.id, index)).collect();
        next.filters = next.by_seq.iter().any(|r| r.filter.is_some());
        Ok(next)
    }

    /// Reads the subscriptions that changed after a version in between those that did not.
    async fn read_subscriptions(
        &mut self,
        connection: &mut SqliteConnection,
        before: &Self,
        after_version: i64,
    ) -> Result<(), StoreError> {
        let mut secrets = secrets_of(&mut *connection, Some(after_version)).await?;
        let rows = sqlx::query(
            "select seq, id, definition, disabled_because, created_at, updated_at, paused_at, health, health_epoch,
               revision, deleted_at is not null as deleted
             from subscriptions where changed_at_version > ? order by seq",
        )
        .bind(after_version);
        for row in rows.fetch_all(connection).await? {
            let (seq, id): (i64, String) = (row.try_get("seq")?, row.try_get("id")?);
            self.unreadable.retain(|one| one.table != SUBSCRIPTIONS || one.key != id);
            let known = before.of_seq(seq);
            let place = self.by_seq.binary_search_by_key(&seq, |r| r.seq);
            let now = if row.try_get("deleted")? {
                None
            } else {
                match registered(&row, &mut secrets, known) {
                    Ok(registered) => Some(registered),
                    Err(error) => {
                        self.unreadable.push(Unreadable::of(SUBSCRIPTIONS, &id, &error));
                        None
                    }
                }
            };
            match (place, now) {
                (Ok(index), Some(registered)) => self.by_seq[index] = registered,
                (Err(index), Some(registered)) => self.by_seq.insert(index, registered),
                (Ok(index), None) => drop(self.by_seq.remove(index)),
                (Err(_), None) => {}
            }
        }
        Ok(())
    }
}

/// Secrets by their owners, the current one first: those of subscriptions that changed after a version,
/// or all of them.
async fn secrets_of(
    connection: &mut SqliteConnection,
    after_version: Option<i64>,
) -> Result<HashMap<String, Vec<SealedSecret>>, StoreError> {
    let query = match after_version {
        Some(version) => sqlx::query(
            "select owner, sealed, valid_until from subscriptions s join secrets on owner in (s.id, s.id || '#values')
             where s.changed_at_version > ? order by owner, position",
        )
        .bind(version),
        None => sqlx::query("select owner, sealed, valid_until from secrets order by owner, position"),
    };
    let mut secrets: HashMap<String, Vec<SealedSecret>> = HashMap::new();
    for row in query.fetch_all(connection).await? {
        let valid_until: Option<i64> = row.try_get("valid_until")?;
        secrets.entry(row.try_get("owner")?).or_default().push(SealedSecret {
            sealed: row.try_get("sealed")?,
            valid_until: valid_until.map(Timestamp::from_ms),
        });
    }
    Ok(secrets)
}

/// Reads a subscription; one that is as it was `before` is shared with that.
fn registered(
    row: &SqliteRow,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
    before: Option<&Arc<Registered>>,
) -> Result<Arc<Registered>, StoreError> {
    let (id, definition): (&str, &str) = (row.try_get("id")?, row.try_get("definition")?);
    let secrets_kept = secrets.remove(id).unwrap_or_default();
    let id: SubscriptionId = id.parse().map_err(|error| corrupt("subscription", error))?;
    let values = secrets.remove(&values_owner(id)).and_then(|mut all| all.pop());
    let subscription = Subscription {
        id,
        definition: serde_json::from_str(definition).map_err(|error| corrupt("subscription", error))?,
        has_secret: !secrets_kept.is_empty(),
        disabled_because: row.try_get("disabled_because")?,
        paused_since: row.try_get::<Option<i64>, _>("paused_at")?.map(Timestamp::from_ms),
        health: health(row.try_get("health")?)?,
        revision: unsigned(row.try_get("revision")?),
        created_at: Timestamp::from_ms(row.try_get("created_at")?),
        updated_at: Timestamp::from_ms(row.try_get("updated_at")?),
    };
    let text = subscription.definition.filter.as_deref();
    let known = before.and_then(|r| r.filter.clone()).filter(|f| Some(f.text()) == text);
    let registered = Registered {
        seq: row.try_get("seq")?,
        filter: known.or_else(|| text.map(|text| Arc::new(Filter::kept(text)))),
        host: host_of(&subscription.definition.url).into(),
        epoch: row.try_get("health_epoch")?,
        subscription,
        secrets: secrets_kept,
        values,
    };
    let same = before.filter(|known| ***known == registered);
    Ok(same.cloned().unwrap_or_else(|| Arc::new(registered)))
}

fn health(text: Option<String>) -> Result<Health, StoreError> {
    let read = |text: String| serde_json::from_str(&text).map_err(|error| corrupt("subscription", error));
    text.map_or(Ok(Health::default()), read)
}

async fn load_sources(
    connection: &mut SqliteConnection,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
    unreadable: &mut Vec<Unreadable>,
) -> Result<Vec<Arc<RegisteredSource>>, StoreError> {
    let rows =
        sqlx::query("select id, definition, created_at from sources where deleted_at is null order by seq");
    let mut sources = Vec::new();
    for row in rows.fetch_all(connection).await? {
        match source(&row, secrets) {
            Ok(source) => sources.push(Arc::new(source)),
            Err(error) => unreadable.push(Unreadable::of("sources", key_of(&row), &error)),
        }
    }
    Ok(sources)
}

/// The id of a row, as far as it can be read.
fn key_of(row: &SqliteRow) -> String {
    row.try_get("id").unwrap_or_default()
}

fn source(
    row: &SqliteRow,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
) -> Result<RegisteredSource, StoreError> {
    let (id, definition): (&str, &str) = (row.try_get("id")?, row.try_get("definition")?);
    let id: SourceId = id.parse().map_err(|error| corrupt("source", error))?;
    Ok(RegisteredSource {
        source: Source {
            id,
            definition: serde_json::from_str(definition).map_err(|error| corrupt("source", error))?,
            created_at: Timestamp::from_ms(row.try_get("created_at")?),
        },
        secrets: secrets.remove(&id.to_string()).unwrap_or_default(),
        token: secrets.remove(&token_owner(id)).and_then(|mut tokens| tokens.pop()),
        relay_key: secrets.remove(&relay_owner(id)).and_then(|mut keys| keys.pop()),
    })
}

async fn load_brands(
    connection: &mut SqliteConnection,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
    unreadable: &mut Vec<Unreadable>,
) -> Result<Vec<Arc<RegisteredBrand>>, StoreError> {
    let rows = sqlx::query(
        "select id, definition, created_at, synced_at, trouble from brands where deleted_at is null order by seq",
    );
    let mut brands = Vec::new();
    for row in rows.fetch_all(&mut *connection).await? {
        match brand(&row, secrets) {
            Ok(brand) => brands.push(brand),
            Err(error) => unreadable.push(Unreadable::of("brands", key_of(&row), &error)),
        }
    }
    for registered in &mut brands {
        registered.catalogue = catalogue(connection, registered.brand.id).await?;
        registered.webhooks = seen_webhooks(connection, registered.brand.id).await?;
    }
    Ok(brands.into_iter().map(Arc::new).collect())
}

fn brand(
    row: &SqliteRow,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
) -> Result<RegisteredBrand, StoreError> {
    let (id, definition): (String, String) = (row.try_get("id")?, row.try_get("definition")?);
    let synced_at: Option<i64> = row.try_get("synced_at")?;
    let key = secrets.remove(&id).and_then(|mut keys| keys.pop());
    let brand = Brand {
        id: id.parse().map_err(|error| corrupt("brand", error))?,
        definition: serde_json::from_str(&definition).map_err(|error| corrupt("brand", error))?,
        created_at: Timestamp::from_ms(row.try_get("created_at")?),
        synced_at: synced_at.map(Timestamp::from_ms),
    };
    let trouble: Option<String> = row.try_get("trouble")?;
    let trouble = trouble.map(|text| serde_json::from_str(&text)).transpose();
    let trouble = trouble.map_err(|error| corrupt("brand", error))?;
    Ok(RegisteredBrand { brand, key, trouble, catalogue: Vec::new(), webhooks: Vec::new() })
}

async fn load_remotes(
    connection: &mut SqliteConnection,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
    unreadable: &mut Vec<Unreadable>,
) -> Result<Vec<Arc<RegisteredRemote>>, StoreError> {
    let rows = sqlx::query(
        "select r.*, b.id as brand_id from remote_subscriptions r join brands b on b.seq = r.brand_seq
         where r.deleted_at is null order by r.seq",
    );
    let mut remotes = Vec::new();
    for row in rows.fetch_all(connection).await? {
        match remote(&row, secrets) {
            Ok(remote) => remotes.push(Arc::new(remote)),
            Err(error) => unreadable.push(Unreadable::of("remote_subscriptions", key_of(&row), &error)),
        }
    }
    Ok(remotes)
}

fn remote(
    row: &SqliteRow,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
) -> Result<RegisteredRemote, StoreError> {
    let bad = |error: &dyn std::fmt::Display| corrupt("subscription", error);
    let (id, brand): (&str, &str) = (row.try_get("id")?, row.try_get("brand_id")?);
    let (definition, state): (&str, &str) = (row.try_get("definition")?, row.try_get("state")?);
    let id: SubscriptionId = id.parse().map_err(|error| bad(&error))?;
    let remote = RemoteSubscription {
        id,
        brand: brand.parse().map_err(|error| bad(&error))?,
        definition: serde_json::from_str(definition).map_err(|error| bad(&error))?,
        state: serde_json::from_str(state).map_err(|error| bad(&error))?,
        created_at: Timestamp::from_ms(row.try_get("created_at")?),
        updated_at: Timestamp::from_ms(row.try_get("updated_at")?),
    };
    let revision = unsigned(row.try_get("revision")?);
    let mut secret = |owner: String| secrets.remove(&owner).and_then(|mut all| all.pop());
    let (secret, next_secret) = (secret(id.to_string()), secret(next_secret_owner(id)));
    Ok(RegisteredRemote { remote, revision, secret, next_secret })
}
