//! The subscriptions, sources and brands as the writer, the dispatcher and the receiver hold them in
//! memory.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use hookbench_domain::{
    Brand, EventType, Health, KeptEvent, RemoteSubscription, Scope, Source, SourceId, Subscription,
    SubscriptionId, Timestamp, host_of,
};
use hookbench_filter::Filter;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::StoreError;
use crate::brands::{SeenWebhook, catalogue, seen_webhooks};
use crate::error::corrupt;
use crate::remotes::next_secret_owner;
use crate::rows::unsigned;

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
    /// Its filter, compiled once.
    pub filter: Option<Arc<Filter>>,
    /// Whom its URL reaches: name or address, and port.
    pub host: Arc<str>,
    /// Moves when what was learned of its endpoint became void.
    pub epoch: i64,
}

/// A source with what it checks requests with, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredSource {
    /// The source.
    pub source: Source,
    /// Its signing secrets, the current one first.
    pub secrets: Vec<SealedSecret>,
    /// Its path token, if its path has one.
    pub token: Option<SealedSecret>,
    /// The key to its relay, if that asks for one.
    pub relay_key: Option<SealedSecret>,
}

/// A brand with its API key, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredBrand {
    /// The brand.
    pub brand: Brand,
    /// Its API key.
    pub key: Option<SealedSecret>,
    /// Why its platform could not be read the last time.
    pub trouble: Option<BrandTrouble>,
    /// The event types that its platform named when it was last read, in its order.
    pub catalogue: Vec<EventType>,
    /// The webhooks that were seen at its platform, the longest known first.
    pub webhooks: Vec<SeenWebhook>,
}

/// Why a brand's platform could not be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BrandTrouble {
    /// A stable word for it.
    pub code: String,
    /// What it is, and what to do.
    pub message: String,
    /// When it was found.
    pub at: Timestamp,
}

/// A subscription that runs at a brand's platform, with its sealed secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredRemote {
    /// The subscription.
    pub remote: RemoteSubscription,
    /// Moves each time it is saved.
    pub revision: u64,
    /// The secret it signs with.
    pub secret: Option<SealedSecret>,
    /// The secret of the edit under way.
    pub next_secret: Option<SealedSecret>,
}

/// Who owns the key to a source's relay, as the `secrets` table names it.
#[must_use]
pub fn relay_owner(id: SourceId) -> String {
    format!("{id}/relay")
}

/// A row that cannot be read. It is left out, and the others go on without it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Unreadable {
    /// The table it stands in.
    pub table: &'static str,
    /// The key by which it is found there.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

/// All subscriptions, sources and brands that are not deleted and can be read, as of one version.
#[derive(Debug, Default)]
pub struct Registry {
    version: i64,
    /// The version at which all of them were read.
    read_all_at: i64,
    unreadable: Vec<Unreadable>,
    paused_since: Option<Timestamp>,
    filters: bool,
    by_seq: Vec<Arc<Registered>>,
    by_id: HashMap<SubscriptionId, usize>,
    sources: Vec<Arc<RegisteredSource>>,
    brands: Vec<Arc<RegisteredBrand>>,
    remotes: Vec<Arc<RegisteredRemote>>,
}

/// Who owns the path token of a source, as the `secrets` table names it.
#[must_use]
pub fn token_owner(id: SourceId) -> String {
    format!("{id}/token")
}

impl Registered {
    /// A subscription that is not kept, to see what it would send.
    #[must_use]
    pub fn unsaved(subscription: Subscription, secrets: Vec<SealedSecret>) -> Self {
        let host = host_of(&subscription.definition.url).into();
        Self { seq: 0, subscription, secrets, filter: None, host, epoch: 0 }
    }
}

impl Registry {
    /// The number that moves with every change of a subscription or source.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Since when everything is paused, if it is.
    #[must_use]
    pub fn paused_since(&self) -> Option<Timestamp> {
        self.paused_since
    }

    /// Whether deliveries of this subscription may go out: it is enabled, and neither it nor
    /// everything is paused.
    #[must_use]
    pub fn sends(&self, registered: &Registered) -> bool {
        let subscription = &registered.subscription;
        let paused = self.paused_since.or(subscription.paused_since).is_some();
        subscription.definition.enabled && !paused
    }

    /// The rows that cannot be read, and are left out.
    #[must_use]
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// Whether there is no such subscription any more: one that cannot be read is still there.
    pub(crate) fn is_gone(&self, id: SubscriptionId) -> bool {
        let unread = |one: &Unreadable| one.table == SUBSCRIPTIONS && one.key == id.to_string();
        !self.by_id.contains_key(&id) && !self.unreadable.iter().any(unread)
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

    /// All sources, oldest first.
    pub fn sources(&self) -> impl Iterator<Item = &Arc<RegisteredSource>> {
        self.sources.iter()
    }

    /// The source of that name.
    #[must_use]
    pub fn source_named(&self, name: &str) -> Option<&Arc<RegisteredSource>> {
        self.sources.iter().find(|s| s.source.definition.name == name)
    }

    /// All brands, oldest first.
    pub fn brands(&self) -> impl Iterator<Item = &Arc<RegisteredBrand>> {
        self.brands.iter()
    }

    /// The subscriptions that run at a platform, oldest first.
    pub fn remotes(&self) -> impl Iterator<Item = &Arc<RegisteredRemote>> {
        self.remotes.iter()
    }

    /// The one of that id that runs at a platform.
    #[must_use]
    pub fn remote(&self, id: SubscriptionId) -> Option<&Arc<RegisteredRemote>> {
        self.remotes.iter().find(|r| r.remote.id == id)
    }

    /// The brand whose subscriptions events of this scope match: their own, or their source's.
    #[must_use]
    pub fn brand_of<'a>(&'a self, scope: &'a Scope) -> Option<&'a str> {
        match scope {
            Scope::Local => None,
            Scope::Brand(brand) => Some(brand),
            Scope::Source(id) => {
                let source = self.sources.iter().find(|s| s.source.id == *id)?;
                source.source.definition.brand.as_deref()
            }
        }
    }

    /// Any one secret that is kept, with its owner as the `secrets` table names it: to find out
    /// whether the vault's key is the right one.
    #[must_use]
    pub fn any_secret(&self) -> Option<(String, &SealedSecret)> {
        let of_subscription = |r: &'_ Arc<Registered>| r.subscription.id.to_string();
        let first = self.by_seq.iter().find_map(|r| Some((of_subscription(r), r.secrets.first()?)));
        let of_brand = |b: &'_ Arc<RegisteredBrand>| b.brand.id.to_string();
        let first = first.or_else(|| self.brands.iter().find_map(|b| Some((of_brand(b), b.key.as_ref()?))));
        let of_remote = |r: &'_ Arc<RegisteredRemote>| r.remote.id.to_string();
        let first =
            first.or_else(|| self.remotes.iter().find_map(|r| Some((of_remote(r), r.secret.as_ref()?))));
        first.or_else(|| {
            self.sources.iter().find_map(|s| {
                let signing = s.secrets.first().map(|secret| (s.source.id.to_string(), secret));
                let token = || Some((token_owner(s.source.id), s.token.as_ref()?));
                signing.or_else(token).or_else(|| Some((relay_owner(s.source.id), s.relay_key.as_ref()?)))
            })
        })
    }

    /// Whether any subscription has a filter.
    pub(crate) fn filters(&self) -> bool {
        self.filters
    }

    pub(crate) fn of_seq(&self, seq: i64) -> Option<&Arc<Registered>> {
        self.by_seq.binary_search_by_key(&seq, |r| r.seq).ok().map(|index| &self.by_seq[index])
    }

    /// The brand of an event: as [`Registry::brand_of`] says; where its source has none, the one
    /// that its payload names as `brandId`.
    #[must_use]
    pub fn brand_of_event<'a>(&'a self, event: &'a KeptEvent) -> Option<Cow<'a, str>> {
        match (self.brand_of(&event.scope), &event.scope) {
            (Some(brand), _) => Some(Cow::Borrowed(brand)),
            (None, Scope::Source(_)) => named_in(&event.body).map(Cow::Owned),
            (None, Scope::Local | Scope::Brand(_)) => None,
        }
    }

    /// Every word that a connected brand goes by: its id, its name, and what its platform's payloads
    /// call it. A word that is none of a connected brand's stands for itself.
    #[must_use]
    pub fn brand_words<'a>(&'a self, word: &'a str) -> Vec<Cow<'a, str>> {
        let goes_by = |b: &&Arc<RegisteredBrand>| {
            let d = &b.brand.definition;
            d.name == word || d.payload_id.as_deref() == Some(word) || b.brand.id.to_string() == word
        };
        let mut words = vec![Cow::Borrowed(word)];
        for known in self.brands.iter().filter(goes_by) {
            let d = &known.brand.definition;
            words.push(Cow::Owned(known.brand.id.to_string()));
            words.push(Cow::Borrowed(&d.name));
            words.extend(d.payload_id.as_deref().map(Cow::Borrowed));
        }
        words.sort();
        words.dedup();
        words
    }

    /// The subscriptions that want an event by its type and brand, whatever their filters say.
    pub(crate) fn wanting<'r>(
        &'r self,
        event: &'r KeptEvent,
        brand: Option<&'r str>,
    ) -> impl Iterator<Item = &'r Arc<Registered>> {
        let words = brand.map(|brand| self.brand_words(brand)).unwrap_or_default();
        self.by_seq.iter().filter(move |r| {
            let wants = |brand| r.subscription.definition.wants(&event.event_type, brand);
            if words.is_empty() { wants(None) } else { words.iter().any(|word| wants(Some(word.as_ref()))) }
        })
    }

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
                match registered(&row, secrets.remove(&id).unwrap_or_default(), known) {
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

const SUBSCRIPTIONS: &str = "subscriptions";
/// Before every version that a row can carry.
const ANY_VERSION: i64 = -1;

impl Unreadable {
    pub(crate) fn of(table: &'static str, key: impl ToString, why: &StoreError) -> Self {
        Self { table, key: key.to_string(), why: why.to_string() }
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
            "select owner, sealed, valid_until from subscriptions s join secrets on owner = s.id
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
    secrets: Vec<SealedSecret>,
    before: Option<&Arc<Registered>>,
) -> Result<Arc<Registered>, StoreError> {
    let (id, definition): (&str, &str) = (row.try_get("id")?, row.try_get("definition")?);
    let subscription = Subscription {
        id: id.parse().map_err(|error| corrupt("subscription", error))?,
        definition: serde_json::from_str(definition).map_err(|error| corrupt("subscription", error))?,
        has_secret: !secrets.is_empty(),
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
        secrets,
    };
    let same = before.filter(|known| ***known == registered);
    Ok(same.cloned().unwrap_or_else(|| Arc::new(registered)))
}

/// The brand that a payload names: `brandId` of a JSON object, if it can be one.
fn named_in(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(rename = "brandId")]
        brand_id: serde_json::Value,
    }
    let named = match serde_json::from_slice::<Head>(body).ok()?.brand_id {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => return None,
    };
    let fits = (1..=255).contains(&named.len()) && named.bytes().all(|b| b.is_ascii_graphic());
    fits.then_some(named)
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
