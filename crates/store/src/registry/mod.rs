//! The subscriptions, sources and brands as the writer, the dispatcher and the receiver hold them in
//! memory.

mod load;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use hookbench_domain::{
    Brand, EventType, Listed, RemoteSubscription, Scope, Source, SourceId, StoredEvent, Subscription,
    SubscriptionId, Timestamp, host_of,
};
use hookbench_filter::Filter;
use serde::Serialize;

use crate::StoreError;

/// The table of subscriptions.
const SUBSCRIPTIONS: &str = "subscriptions";

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
    pub trouble: Option<PlatformReadError>,
    /// The event types that its platform named when it was last read, in its order.
    pub catalogue: Vec<EventType>,
    /// The webhooks that were seen at its platform, the longest known first.
    pub webhooks: Vec<SeenWebhook>,
}

/// Why a brand's platform could not be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PlatformReadError {
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

/// Who owns the credentials of a subscription's URL and headers, as the `secrets` table names it.
#[must_use]
pub fn values_owner(id: SubscriptionId) -> String {
    format!("{id}#values")
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

/// Who owns the secret of an edit under way, as the `secrets` table names it.
#[must_use]
pub fn next_secret_owner(id: SubscriptionId) -> String {
    format!("{id}/next")
}

/// A webhook that was seen at a brand's platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SeenWebhook {
    /// What was seen last.
    #[serde(flatten)]
    pub listed: Listed,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// When it was last seen.
    pub last_seen_at: Timestamp,
    /// When a reading no longer had it.
    pub gone_at: Option<Timestamp>,
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
    pub fn brand_of_event<'a>(&'a self, event: &'a StoredEvent) -> Option<Cow<'a, str>> {
        match (self.brand_of(&event.scope), &event.scope) {
            (Some(brand), _) => Some(Cow::Borrowed(brand)),
            (None, Scope::Source(_)) => named_in(&event.body).map(Cow::Owned),
            (None, Scope::Local | Scope::Brand(_)) => None,
        }
    }

    /// Every word that a connected brand goes by: its id, its name, and what its platform's payloads
    /// call it. A word that is none of a connected brand's stands for itself.
    #[must_use]
    pub fn brand_aliases<'a>(&'a self, word: &'a str) -> Vec<Cow<'a, str>> {
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
        event: &'r StoredEvent,
        brand: Option<&'r str>,
    ) -> impl Iterator<Item = &'r Arc<Registered>> {
        let words = brand.map(|brand| self.brand_aliases(brand)).unwrap_or_default();
        self.by_seq.iter().filter(move |r| {
            let wants = |brand| r.subscription.definition.wants(&event.event_type, brand);
            if words.is_empty() { wants(None) } else { words.iter().any(|word| wants(Some(word.as_ref()))) }
        })
    }
}

impl Unreadable {
    pub(crate) fn of(table: &'static str, key: impl ToString, why: &StoreError) -> Self {
        Self { table, key: key.to_string(), why: why.to_string() }
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
