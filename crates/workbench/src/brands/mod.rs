//! Brands: accounts on a platform. Add one with its API key, see what its platform has, remove it.

pub(crate) mod catalogue;
pub(crate) mod changes;
pub(crate) mod drift;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod platform_log;
pub(crate) mod platforms;
pub(crate) mod remote_view;
pub(crate) mod remotes;
pub(crate) mod sync;

use std::sync::Arc;

use hookbench_ambient::random_low;
use hookbench_domain::{BrandDefinition, BrandId, SubscriptionId, Timestamp};
use hookbench_platform::{ApiClient, ApiError, ClientOptions, Profile, parse_base_url, profile};
use hookbench_signature::Secret;
use hookbench_store::{
    BrandEventType, PlatformReadError, RegisteredBrand, RegisteredRemote, SealedSecret, SeenWebhook,
    StoreError,
};
use serde::{Deserialize, Serialize};

use crate::brands::drift::drift_of;
use crate::brands::sync::{SyncStep, read_platform};
use crate::handles::Brands;
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
    /// What the platform's payloads call it (`brandId`), where one URL serves several brands.
    pub payload_id: Option<String>,
    /// The API key.
    #[serde(alias = "api_key")]
    pub secret: Option<Secret>,
}

/// A brand, without its key.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
    /// The platform's name for people.
    pub platform_title: String,
    /// What the platform's payloads call it, where that is known.
    pub payload_id: Option<String>,
    /// Whether the platform serves a delivery log of its own.
    pub has_log: bool,
    /// How many webhooks the platform had when it was last read.
    pub webhook_count: usize,
    /// How many subscriptions the platform no longer has as they are kept.
    pub drifted: usize,
    /// How many changes at the platform are unfinished.
    pub unfinished: usize,
    /// Why its platform could not be read the last time, and what to do.
    pub trouble: Option<PlatformReadError>,
    /// How far a reading of it that this program makes now has got.
    pub syncing: Option<SyncStep>,
}

/// A brand with what was read from its platform.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WebhookView {
    /// What was seen of it.
    #[serde(flatten)]
    pub seen: SeenWebhook,
    /// The subscription here that it belongs to; `None`: it was made elsewhere.
    pub subscription: Option<SubscriptionId>,
}

impl Workbench {
    pub(crate) fn name_is_free(&self, name: &str) -> Result<(), WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        if registry.brands().any(|b| b.brand.definition.name == name) {
            return Err(StoreError::NameTaken { what: "brand", name: name.to_owned() }.into());
        }
        Ok(())
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

    pub(crate) fn brand_view(&self, registered: &RegisteredBrand) -> Result<BrandView, WorkbenchError> {
        let (brand, d) = (&registered.brand, &registered.brand.definition);
        let ours = self.remotes_of(brand.id);
        let profile = profile(&d.platform);
        Ok(BrandView {
            platform_title: profile.map_or_else(|| d.platform.clone(), |p| p.title.clone()),
            payload_id: d.payload_id.clone(),
            has_log: profile.and_then(|p| p.api.as_ref()).is_some_and(|api| api.routes.log.is_some()),
            webhook_count: registered.webhooks.iter().filter(|w| w.gone_at.is_none()).count(),
            drifted: ours.iter().filter(|r| drift_of(r, registered).is_some()).count(),
            unfinished: ours.iter().filter(|r| r.remote.state.is_changing()).count(),
            trouble: registered.trouble.clone(),
            syncing: self.progress.of(brand.id),
            id: brand.id,
            name: d.name.clone(),
            platform: d.platform.clone(),
            base_url: d.base_url.clone(),
            has_key: registered.key.is_some(),
            subscriptions: ours.len(),
            created_at: brand.created_at,
            synced_at: brand.synced_at,
        })
    }

    /// A client of the brand's platform, with its key.
    pub(crate) async fn client(&self, registered: &RegisteredBrand) -> Result<ApiClient, WorkbenchError> {
        self.client_at(registered, &registered.brand.definition.base_url).await
    }

    /// The same with another address.
    pub(crate) async fn client_at(
        &self,
        registered: &RegisteredBrand,
        base_url: &str,
    ) -> Result<ApiClient, WorkbenchError> {
        let (id, d) = (registered.brand.id.to_string(), &registered.brand.definition);
        self.refresh_profiles();
        let profile = profile(&d.platform).ok_or_else(|| {
            let why = format!("there is no profile `{}` any more: put its file back", d.platform);
            WorkbenchError::field("platform", why)
        })?;
        let kept = registered.key.as_ref().ok_or_else(|| {
            WorkbenchError::State(format!("{id} has no API key: give it one (hookbench brands set-key)"))
        })?;
        self.unlock_vault().await?;
        let plain = self.vault.open(&id, &kept.sealed).map_err(WorkbenchError::Vault)?;
        self.client_for(profile, base_url, &Secret::new(plain.to_vec())?)
    }

    pub(crate) fn client_for(
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

impl Brands {
    /// Adds a brand: reads its platform with the key, which shows that both are right, and keeps
    /// them.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, or what the platform answers.
    pub async fn add(&self, input: BrandInput) -> Result<BrandView, WorkbenchError> {
        self.0.refresh_profiles();
        let profile = choose_profile(Some(&input.platform))?;
        let base_url = choose_base_url(profile, input.base_url)?;
        let key = input
            .secret
            .clone()
            .ok_or_else(|| WorkbenchError::field("secret", "is missing: give the API key"))?;
        let BrandInput { name, payload_id, .. } = input;
        let definition = BrandDefinition { name, platform: profile.name.clone(), base_url, payload_id };
        definition.check()?;
        self.0.name_is_free(&definition.name)?;
        self.0.unlock_vault().await?;
        let client = self.0.client_for(profile, &definition.base_url, &key)?;
        let (reading, _ignored) = read_platform(&client, &|_| {}).await?;
        let id = BrandId::new(self.0.clock.now(), random_low());
        let sealed =
            SealedSecret { sealed: self.0.vault.seal(&id.to_string(), key.expose())?, valid_until: None };
        self.0.store.create_brand(id, definition, sealed, reading, self.0.clock.now()).await?;
        self.0.brand_view(&*self.0.registered_brand(&id.to_string())?)
    }

    /// All brands, oldest first.
    ///
    /// # Errors
    /// None now; it reads what is in memory.
    pub fn list(&self) -> Result<Vec<BrandView>, WorkbenchError> {
        let registry = self.0.store.registry().borrow().clone();
        registry.brands().map(|b| self.0.brand_view(b)).collect()
    }

    /// One brand, by id or name, with what was last read from its platform.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that.
    pub async fn get(&self, id_or_name: &str) -> Result<BrandDetail, WorkbenchError> {
        let registered = self.0.registered_brand(id_or_name)?;
        let id = registered.brand.id;
        let ours = self.0.remotes_of(id);
        let of = |webhook: &str| {
            ours.iter().find(|r| r.remote.state.webhook() == Some(webhook)).map(|r| r.remote.id)
        };
        let webhooks = registered.webhooks.clone();
        let view = |seen: SeenWebhook| WebhookView { subscription: of(&seen.listed.id), seen };
        Ok(BrandDetail {
            brand: self.0.brand_view(&registered)?,
            event_types: self.0.store.brand_event_types(id).await?,
            webhooks: webhooks.into_iter().map(view).collect(),
        })
    }

    /// Removes a brand and its key. Subscriptions that run at its platform must be deleted before,
    /// unless their webhooks are to stay there.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that, or subscriptions are left.
    pub async fn remove(&self, id_or_name: &str, leave_webhooks: bool) -> Result<BrandId, WorkbenchError> {
        let registered = self.0.registered_brand(id_or_name)?;
        let id = registered.brand.id;
        let _lock = self.0.lock_brand(id).await?;
        let left = self.0.remotes_of(id).len();
        if left > 0 && !leave_webhooks {
            return Err(WorkbenchError::State(format!(
                "{left} subscriptions run at the platform of `{}`: delete them first, or leave their webhooks there",
                registered.brand.definition.name
            )));
        }
        self.0.store.delete_brand(id, self.0.clock.now()).await?;
        // Its lock is held until the end; whoever waits for it finds no brand.
        let _left_behind = std::fs::remove_file(self.0.folder.join(format!("{id}.lock")));
        Ok(id)
    }
}

/// Where the platform's API is: as it is said, or as the profile knows it.
pub(crate) fn choose_base_url(profile: &Profile, said: Option<String>) -> Result<String, WorkbenchError> {
    let known = profile.api.as_ref().and_then(|api| api.base_url.clone());
    let base_url = said.or(known).ok_or_else(|| {
        let why = format!("is missing: {} documents no address of its API", profile.title);
        WorkbenchError::field("base_url", why)
    })?;
    let read = parse_base_url(base_url.trim()).map_err(|error| {
        if let ApiError::BaseUrl(why) = &error {
            return WorkbenchError::field("base_url", why.as_str());
        }
        error.into()
    })?;
    Ok(read.as_str().trim_end_matches('/').to_owned())
}
