//! Brands: accounts on a platform. Add one with its API key, see what its platform has, remove it.

use std::collections::BTreeSet;
use std::sync::Arc;

use hookbench_ambient::random_low;
use hookbench_domain::{BrandDefinition, BrandId, EventType, Listed, RemoteState, SubscriptionId, Timestamp};
use hookbench_platform::{ApiClient, ApiError, ClientOptions, Profile, parse_base_url, profile};
use hookbench_signature::Secret;
use hookbench_store::{
    BrandEventType, Reading, RegisteredBrand, RegisteredRemote, SealedSecret, SeenWebhook, StoreError,
};
use serde::{Deserialize, Serialize};

use crate::remote_changes::{BrandLock, Resumed};
use crate::subscriptions::choose_profile;
use crate::{Workbench, WorkbenchError};

/// What a person says when adding a brand.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrandInput {
    /// Its name.
    pub name: String,
    /// The platform it is an account of.
    pub platform: String,
    /// Where the platform's API is; the profile's, if it knows one.
    pub base_url: Option<String>,
    /// The API key.
    #[serde(alias = "api_key")]
    pub secret: Option<Secret>,
}

/// A brand, without its key.
#[derive(Debug, Clone, Serialize)]
pub struct BrandView {
    /// Its id.
    pub id: BrandId,
    /// Its name.
    pub name: String,
    /// The platform.
    pub platform: String,
    /// Where the platform's API is.
    pub base_url: String,
    /// Whether an API key is kept.
    pub has_key: bool,
    /// How many subscriptions run at its platform.
    pub subscriptions: usize,
    /// When it was added.
    pub created_at: Timestamp,
    /// When its platform was last read.
    pub synced_at: Option<Timestamp>,
}

/// A brand with what was read from its platform.
#[derive(Debug, Clone, Serialize)]
pub struct BrandDetail {
    /// It.
    #[serde(flatten)]
    pub brand: BrandView,
    /// The event types.
    pub event_types: Vec<BrandEventType>,
    /// The webhooks that were ever seen.
    pub webhooks: Vec<WebhookView>,
}

/// A webhook at the platform.
#[derive(Debug, Clone, Serialize)]
pub struct WebhookView {
    /// What was seen of it.
    #[serde(flatten)]
    pub seen: SeenWebhook,
    /// The subscription here that it belongs to; `None`: it was made elsewhere.
    pub subscription: Option<SubscriptionId>,
}

/// What a reading of a platform brought.
#[derive(Debug, Clone, Serialize)]
pub struct SyncSummary {
    /// The brand.
    #[serde(flatten)]
    pub brand: BrandView,
    /// What changed among the event types.
    pub event_types: TypeChanges,
    /// What changed among the webhooks.
    pub webhooks: WebhookChanges,
    /// The subscriptions here that the platform no longer has as they are kept.
    pub drift: Vec<Drift>,
    /// Changes that an earlier program left unfinished, and how they ended.
    pub resumed: Vec<Resumed>,
}

/// What changed among the event types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TypeChanges {
    /// How many there are.
    pub total: usize,
    /// New ones.
    pub added: Vec<String>,
    /// Those that are gone.
    pub removed: Vec<String>,
}

/// What changed among the webhooks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WebhookChanges {
    /// How many there are.
    pub total: usize,
    /// Those that were not there before.
    pub added: Vec<Listed>,
    /// Those that do something else now.
    pub changed: Vec<Listed>,
    /// Those that are gone, as they were seen last.
    pub removed: Vec<Listed>,
}

/// A subscription that the platform no longer has as it is kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// What is different.
    pub problem: DriftProblem,
    /// What the platform has, if anything.
    pub found: Option<Listed>,
    /// Whether the platform has it again as it is kept.
    pub repaired: bool,
    /// Why it could not be repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftProblem {
    /// The platform has no such webhook any more.
    Removed,
    /// It goes elsewhere, or sends other event types.
    Changed,
    /// Its patterns mean other event types now that the catalogue is another.
    Outdated,
}

impl Workbench {
    /// Adds a brand: reads its platform with the key, which shows that both are right, and keeps
    /// them.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, or what the platform answers.
    pub async fn add_brand(&self, input: BrandInput) -> Result<BrandView, WorkbenchError> {
        let profile = choose_profile(Some(&input.platform))?;
        let known = profile.api.as_ref().and_then(|api| api.base_url.clone());
        let base_url = input.base_url.or(known).ok_or_else(|| {
            let why = format!("is missing: {} documents no address of its API", profile.title);
            WorkbenchError::field("base_url", why)
        })?;
        let base_url = parse_base_url(&base_url)?.as_str().trim_end_matches('/').to_owned();
        let key =
            input.secret.ok_or_else(|| WorkbenchError::field("secret", "is missing: give the API key"))?;
        let definition = BrandDefinition { name: input.name, platform: profile.name.clone(), base_url };
        definition.check()?;
        self.name_is_free(&definition.name)?;
        self.unlock_vault().await?;
        let client = self.client_for(profile, &definition.base_url, &key)?;
        let reading = read_platform(&client).await?;
        let id = BrandId::new(self.clock.now(), random_low());
        let sealed =
            SealedSecret { sealed: self.vault.seal(&id.to_string(), key.expose())?, valid_until: None };
        self.store.create_brand(id, definition, sealed, reading, self.clock.now()).await?;
        self.brand_view(&*self.registered_brand(&id.to_string())?)
    }

    fn name_is_free(&self, name: &str) -> Result<(), WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        if registry.brands().any(|b| b.brand.definition.name == name) {
            return Err(StoreError::NameTaken { what: "brand", name: name.to_owned() }.into());
        }
        Ok(())
    }

    /// All brands, oldest first.
    ///
    /// # Errors
    /// None now; it reads what is in memory.
    pub fn brands(&self) -> Result<Vec<BrandView>, WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        registry.brands().map(|b| self.brand_view(b)).collect()
    }

    /// One brand, by id or name, with what was last read from its platform.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that.
    pub async fn brand(&self, id_or_name: &str) -> Result<BrandDetail, WorkbenchError> {
        let registered = self.registered_brand(id_or_name)?;
        let id = registered.brand.id;
        let ours = self.remotes_of(id);
        let of = |webhook: &str| {
            ours.iter().find(|r| r.remote.state.webhook() == Some(webhook)).map(|r| r.remote.id)
        };
        let webhooks = self.store.brand_webhooks(id).await?;
        let view = |seen: SeenWebhook| WebhookView { subscription: of(&seen.listed.id), seen };
        Ok(BrandDetail {
            brand: self.brand_view(&registered)?,
            event_types: self.store.brand_event_types(id).await?,
            webhooks: webhooks.into_iter().map(view).collect(),
        })
    }

    /// Reads a brand's platform, finishes what an earlier program left unfinished there, and says
    /// what changed. With `repair`, what differs from the subscriptions kept here is set right.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that, or the platform cannot be read.
    pub async fn sync_brand(&self, id_or_name: &str, repair: bool) -> Result<SyncSummary, WorkbenchError> {
        let registered = self.registered_brand(id_or_name)?;
        let id = registered.brand.id;
        let _lock = BrandLock::take(&self.folder, id).await?;
        let client = self.client(&registered).await?;
        let resumed = self.resume_changes(id, &client).await?;
        let old_types = self.store.brand_event_types(id).await?;
        let old_hooks = self.store.brand_webhooks(id).await?;
        let mut reading = read_platform(&client).await?;
        self.store.keep_reading(id, reading.clone(), self.clock.now()).await?;
        let event_types = type_changes(&old_types, &reading.event_types);
        let webhooks = webhook_changes(&old_hooks, &reading.webhooks);
        let mut drift = self.drift(id, &reading);
        if repair && !drift.is_empty() {
            for one in &mut drift {
                match self.repair(one.subscription, &client, &reading).await {
                    Ok(()) => one.repaired = true,
                    Err(error) => one.error = Some(error.to_string()),
                }
            }
            reading.webhooks = listed(&client).await?;
            self.store.keep_reading(id, reading, self.clock.now()).await?;
        }
        let brand = self.brand_view(&*self.registered_brand(&id.to_string())?)?;
        Ok(SyncSummary { brand, event_types, webhooks, drift, resumed })
    }

    fn drift(&self, brand: BrandId, reading: &Reading) -> Vec<Drift> {
        let catalogue = names(&reading.event_types);
        self.remotes_of(brand)
            .iter()
            .filter_map(|registered| {
                let remote = &registered.remote;
                let RemoteState::On { webhook } = &remote.state else { return None };
                let found = reading.webhooks.iter().find(|w| w.id == *webhook).cloned();
                let meant = crate::remotes::expand(&remote.definition.patterns, &catalogue);
                let problem = match &found {
                    None => DriftProblem::Removed,
                    Some(found) if !found.does(&remote.definition) => DriftProblem::Changed,
                    Some(_) if meant.is_ok_and(|meant| meant != remote.definition.events) => {
                        DriftProblem::Outdated
                    }
                    Some(_) => return None,
                };
                Some(Drift { subscription: remote.id, problem, found, repaired: false, error: None })
            })
            .collect()
    }

    /// Removes a brand and its key. Subscriptions that run at its platform must be deleted before,
    /// unless their webhooks are to stay there.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that, or subscriptions are left.
    pub async fn remove_brand(
        &self,
        id_or_name: &str,
        leave_webhooks: bool,
    ) -> Result<BrandId, WorkbenchError> {
        let registered = self.registered_brand(id_or_name)?;
        let id = registered.brand.id;
        let _lock = BrandLock::take(&self.folder, id).await?;
        let left = self.remotes_of(id).len();
        if left > 0 && !leave_webhooks {
            return Err(WorkbenchError::State(format!(
                "{left} subscriptions run at the platform of `{}`: delete them first, or leave their webhooks there",
                registered.brand.definition.name
            )));
        }
        self.store.delete_brand(id, self.clock.now()).await?;
        // Its lock is held until the end; whoever waits for it finds no brand.
        let _left_behind = std::fs::remove_file(self.folder.join(format!("{id}.lock")));
        Ok(id)
    }

    /// The brand of that id or name.
    pub(crate) fn registered_brand(&self, id_or_name: &str) -> Result<Arc<RegisteredBrand>, WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        let found = match id_or_name.parse::<BrandId>() {
            Ok(id) => registry.brands().find(|b| b.brand.id == id),
            Err(_) => registry.brands().find(|b| b.brand.definition.name == id_or_name),
        };
        let missing = || StoreError::NotFound { what: "brand", id: id_or_name.to_owned() };
        Ok(found.cloned().ok_or_else(missing)?)
    }

    /// The subscriptions that run at a brand's platform.
    pub(crate) fn remotes_of(&self, brand: BrandId) -> Vec<Arc<RegisteredRemote>> {
        let registry = self.store.registry().borrow().clone();
        registry.remotes().filter(|r| r.remote.brand == brand).cloned().collect()
    }

    fn brand_view(&self, registered: &RegisteredBrand) -> Result<BrandView, WorkbenchError> {
        let (brand, d) = (&registered.brand, &registered.brand.definition);
        Ok(BrandView {
            id: brand.id,
            name: d.name.clone(),
            platform: d.platform.clone(),
            base_url: d.base_url.clone(),
            has_key: registered.key.is_some(),
            subscriptions: self.remotes_of(brand.id).len(),
            created_at: brand.created_at,
            synced_at: brand.synced_at,
        })
    }

    /// A client of the brand's platform, with its key.
    pub(crate) async fn client(&self, registered: &RegisteredBrand) -> Result<ApiClient, WorkbenchError> {
        let (id, d) = (registered.brand.id.to_string(), &registered.brand.definition);
        let profile = profile(&d.platform).ok_or_else(|| {
            let why = format!("there is no profile `{}` any more: put its file back", d.platform);
            WorkbenchError::field("platform", why)
        })?;
        let kept = registered.key.as_ref().ok_or_else(|| {
            WorkbenchError::State(format!("{id} has no API key: remove it and add it again"))
        })?;
        self.unlock_vault().await?;
        let plain = self.vault.open(&id, &kept.sealed).map_err(WorkbenchError::Vault)?;
        self.client_for(profile, &d.base_url, &Secret::new(plain.to_vec())?)
    }

    fn client_for(
        &self,
        profile: &Profile,
        base_url: &str,
        key: &Secret,
    ) -> Result<ApiClient, WorkbenchError> {
        let dialect = profile.api.as_ref().ok_or_else(|| {
            let why = format!("the profile `{}` describes no API: add `api` to it", profile.name);
            WorkbenchError::field("platform", why)
        })?;
        let clock = self.clock.clone();
        Ok(ApiClient::new(dialect, base_url, key, ClientOptions::new(move || clock.now()))?)
    }
}

/// Reads catalogue and webhooks. An event type whose name is none is left out.
async fn read_platform(client: &ApiClient) -> Result<Reading, ApiError> {
    let event_types = client.event_types().await?;
    let usable = event_types.into_iter().filter(|kind| kind.name.parse::<EventType>().is_ok());
    let event_types = usable
        .map(|kind| BrandEventType { name: kind.name, meaning: kind.meaning, schema: kind.schema })
        .collect();
    Ok(Reading { event_types, webhooks: listed(client).await? })
}

/// The webhooks at the platform.
pub(crate) async fn listed(client: &ApiClient) -> Result<Vec<Listed>, ApiError> {
    let webhooks = client.webhooks().await?.into_iter();
    Ok(webhooks.map(|w| Listed { id: w.id, url: w.url, events: w.events }).collect())
}

/// The names of a catalogue.
pub(crate) fn names(event_types: &[BrandEventType]) -> Vec<EventType> {
    event_types.iter().filter_map(|kind| kind.name.parse().ok()).collect()
}

fn type_changes(old: &[BrandEventType], new: &[BrandEventType]) -> TypeChanges {
    let of = |types: &[BrandEventType]| types.iter().map(|t| t.name.clone()).collect::<BTreeSet<_>>();
    let (old, new) = (of(old), of(new));
    TypeChanges {
        total: new.len(),
        added: new.difference(&old).cloned().collect(),
        removed: old.difference(&new).cloned().collect(),
    }
}

fn webhook_changes(old: &[SeenWebhook], new: &[Listed]) -> WebhookChanges {
    let there = |id: &str| old.iter().find(|w| w.gone_at.is_none() && w.listed.id == id);
    let same = |w: &Listed| there(&w.id).is_some_and(|seen| seen.listed == *w);
    let gone = |w: &&SeenWebhook| w.gone_at.is_none() && new.iter().all(|n| n.id != w.listed.id);
    WebhookChanges {
        total: new.len(),
        added: new.iter().filter(|w| there(&w.id).is_none()).cloned().collect(),
        changed: new.iter().filter(|w| there(&w.id).is_some() && !same(w)).cloned().collect(),
        removed: old.iter().filter(gone).map(|w| w.listed.clone()).collect(),
    }
}
