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
use sqlx::sqlite::SqliteConnection;

use crate::StoreError;
use crate::brands::{SeenWebhook, catalogue, seen_webhooks};
use crate::error::corrupt;
use crate::remotes::next_secret_owner;

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
    /// What the masks in its URL and headers stand for.
    pub values: Option<SealedSecret>,
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

/// Who owns the credentials of a subscription's URL and headers, as the `secrets` table names it.
#[must_use]
pub fn values_owner(id: SubscriptionId) -> String {
    format!("{id}#values")
}

/// All subscriptions, sources and brands that are not deleted, as of one version.
#[derive(Debug, Default)]
pub struct Registry {
    version: i64,
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
        Self { seq: 0, subscription, secrets, values: None, filter: None, host, epoch: 0 }
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

    /// Everything that is kept sealed, with its owner as the `secrets` table names it: what the vault's
    /// key must open.
    pub fn sealed(&self) -> impl Iterator<Item = (String, &SealedSecret)> {
        let of_subscriptions = self.by_seq.iter().flat_map(|r| {
            let id = r.subscription.id;
            let own = r.secrets.iter().map(move |secret| (id.to_string(), secret));
            own.chain(r.values.iter().map(move |values| (values_owner(id), values)))
        });
        let of_brands = self.brands.iter().filter_map(|b| Some((b.brand.id.to_string(), b.key.as_ref()?)));
        let of_remotes = self.remotes.iter().flat_map(|r| {
            let id = r.remote.id;
            let own = r.secret.iter().map(move |secret| (id.to_string(), secret));
            own.chain(r.next_secret.iter().map(move |secret| (next_secret_owner(id), secret)))
        });
        let of_sources = self.sources.iter().flat_map(|s| {
            let id = s.source.id;
            let own = s.secrets.iter().map(move |secret| (id.to_string(), secret));
            own.chain(s.token.iter().map(move |token| (token_owner(id), token)))
                .chain(s.relay_key.iter().map(move |key| (relay_owner(id), key)))
        });
        of_subscriptions.chain(of_brands).chain(of_remotes).chain(of_sources)
    }

    /// Any one secret that is kept, with its owner.
    #[must_use]
    pub fn any_secret(&self) -> Option<(String, &SealedSecret)> {
        self.sealed().next()
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

    /// Reads them all. What did not change since `before` is shared with it: whoever made
    /// something of it need not do so again.
    pub(crate) async fn load(connection: &mut SqliteConnection, before: &Self) -> Result<Self, StoreError> {
        let version = Self::current_version(&mut *connection).await?;
        let paused_since: Option<i64> = sqlx::query_scalar("select value from meta where key = 'paused_at'")
            .fetch_optional(&mut *connection)
            .await?;
        let paused_since = paused_since.map(Timestamp::from_ms);
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
            "select seq, id, definition, disabled_because, created_at, updated_at, paused_at, health, health_epoch
             from subscriptions where deleted_at is null order by seq",
        );
        let mut by_seq = Vec::new();
        for row in rows.fetch_all(&mut *connection).await? {
            let id: String = row.try_get("id")?;
            let own = secrets.remove(&id).unwrap_or_default();
            let id: SubscriptionId = id.parse().map_err(|error| corrupt("subscription", error))?;
            let values = secrets.remove(&values_owner(id)).and_then(|mut all| all.pop());
            let definition: String = row.try_get("definition")?;
            let subscription = Subscription {
                id,
                definition: serde_json::from_str(&definition)
                    .map_err(|error| corrupt("subscription", error))?,
                has_secret: !own.is_empty(),
                disabled_because: row.try_get("disabled_because")?,
                paused_since: row.try_get::<Option<i64>, _>("paused_at")?.map(Timestamp::from_ms),
                health: health(row.try_get("health")?)?,
                created_at: Timestamp::from_ms(row.try_get("created_at")?),
                updated_at: Timestamp::from_ms(row.try_get("updated_at")?),
            };
            let (seq, text) = (row.try_get("seq")?, subscription.definition.filter.as_deref());
            let known = before.of_seq(seq).and_then(|r| r.filter.clone()).filter(|f| Some(f.text()) == text);
            let registered = Registered {
                seq,
                filter: known.or_else(|| text.map(|text| Arc::new(Filter::kept(text)))),
                host: host_of(&subscription.definition.url).into(),
                epoch: row.try_get("health_epoch")?,
                subscription,
                secrets: own,
                values,
            };
            let same = before.of_seq(registered.seq).filter(|known| ***known == registered);
            by_seq.push(same.cloned().unwrap_or_else(|| Arc::new(registered)));
        }
        let by_id = by_seq.iter().enumerate().map(|(index, r)| (r.subscription.id, index)).collect();
        let sources = load_sources(&mut *connection, &mut secrets).await?;
        let brands = load_brands(&mut *connection, &mut secrets).await?;
        let remotes = load_remotes(connection, &mut secrets).await?;
        let filters = by_seq.iter().any(|r| r.filter.is_some());
        Ok(Self { version, paused_since, filters, by_seq, by_id, sources, brands, remotes })
    }
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
) -> Result<Vec<Arc<RegisteredSource>>, StoreError> {
    let rows =
        sqlx::query("select id, definition, created_at from sources where deleted_at is null order by seq");
    let mut sources = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let (id, definition): (String, String) = (row.try_get("id")?, row.try_get("definition")?);
        let id: SourceId = id.parse().map_err(|error| corrupt("source", error))?;
        sources.push(Arc::new(RegisteredSource {
            source: Source {
                id,
                definition: serde_json::from_str(&definition).map_err(|error| corrupt("source", error))?,
                created_at: Timestamp::from_ms(row.try_get("created_at")?),
            },
            secrets: secrets.remove(&id.to_string()).unwrap_or_default(),
            token: secrets.remove(&token_owner(id)).and_then(|mut tokens| tokens.pop()),
            relay_key: secrets.remove(&relay_owner(id)).and_then(|mut keys| keys.pop()),
        }));
    }
    Ok(sources)
}

async fn load_brands(
    connection: &mut SqliteConnection,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
) -> Result<Vec<Arc<RegisteredBrand>>, StoreError> {
    let rows = sqlx::query(
        "select id, definition, created_at, synced_at, trouble from brands where deleted_at is null order by seq",
    );
    let mut brands = Vec::new();
    for row in rows.fetch_all(&mut *connection).await? {
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
        let (catalogue, webhooks) = (Vec::new(), Vec::new());
        brands.push(RegisteredBrand { brand, key, trouble, catalogue, webhooks });
    }
    for registered in &mut brands {
        registered.catalogue = catalogue(connection, registered.brand.id).await?;
        registered.webhooks = seen_webhooks(connection, registered.brand.id).await?;
    }
    Ok(brands.into_iter().map(Arc::new).collect())
}

async fn load_remotes(
    connection: &mut SqliteConnection,
    secrets: &mut HashMap<String, Vec<SealedSecret>>,
) -> Result<Vec<Arc<RegisteredRemote>>, StoreError> {
    let rows = sqlx::query(
        "select r.*, b.id as brand_id from remote_subscriptions r join brands b on b.seq = r.brand_seq
         where r.deleted_at is null order by r.seq",
    );
    let mut remotes = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let bad = |error: &dyn std::fmt::Display| corrupt("subscription", error);
        let (id, brand): (String, String) = (row.try_get("id")?, row.try_get("brand_id")?);
        let (definition, state): (String, String) = (row.try_get("definition")?, row.try_get("state")?);
        let id: SubscriptionId = id.parse().map_err(|error| bad(&error))?;
        let remote = RemoteSubscription {
            id,
            brand: brand.parse().map_err(|error| bad(&error))?,
            definition: serde_json::from_str(&definition).map_err(|error| bad(&error))?,
            state: serde_json::from_str(&state).map_err(|error| bad(&error))?,
            created_at: Timestamp::from_ms(row.try_get("created_at")?),
            updated_at: Timestamp::from_ms(row.try_get("updated_at")?),
        };
        let mut secret = |owner: String| secrets.remove(&owner).and_then(|mut all| all.pop());
        let (secret, next_secret) = (secret(id.to_string()), secret(next_secret_owner(id)));
        remotes.push(Arc::new(RegisteredRemote { remote, secret, next_secret }));
    }
    Ok(remotes)
}
