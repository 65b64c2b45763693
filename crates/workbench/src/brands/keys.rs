//! A brand's name, address and API key: checked before they are kept, and changed later.

use hookbench_domain::BrandDefinition;
use hookbench_signature::Secret;
use hookbench_store::SealedSecret;
use serde::{Deserialize, Serialize};

use crate::WorkbenchError;
use crate::brands::sync::{read_platform, warnings};
use crate::brands::{BrandInput, BrandView, choose_base_url};
use crate::handles::Brands;
use crate::subscriptions::{choose_profile, nullable};

/// What is to change of a brand; what is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrandChange {
    /// Its name.
    pub name: Option<String>,
    /// Where the platform's API is.
    pub base_url: Option<String>,
    /// What the platform's payloads call it; `null` clears.
    #[serde(deserialize_with = "nullable")]
    pub payload_id: Option<Option<String>>,
    /// A new API key.
    #[serde(alias = "api_key")]
    pub secret: Option<Secret>,
}

/// What a platform answered to an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct KeyCheck {
    /// Where the platform's API is.
    pub base_url: String,
    /// How many event types it sends.
    pub event_types: usize,
    /// How many webhooks it has.
    pub webhooks: usize,
    /// What is worth knowing, such as a clock that is wrong.
    pub warnings: Vec<String>,
}

impl Brands {
    /// Asks a platform whether it takes this key, and keeps nothing. The name is not looked at.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, or what the platform answers.
    pub async fn check_key(&self, input: &BrandInput) -> Result<KeyCheck, WorkbenchError> {
        self.0.refresh_profiles();
        let profile = choose_profile(Some(&input.platform))?;
        let base_url = choose_base_url(profile, input.base_url.clone())?;
        let key = input.secret.as_ref();
        let key = key.ok_or_else(|| WorkbenchError::field("secret", "is missing: give the API key"))?;
        let client = self.0.client_for(profile, &base_url, key)?;
        let (reading, ignored) = read_platform(&client, &|_| {}).await?;
        Ok(KeyCheck {
            base_url,
            event_types: reading.event_types.len(),
            webhooks: reading.webhooks.len(),
            warnings: warnings(&client, &ignored),
        })
    }

    /// Asks a brand's platform whether it still takes the key that is kept.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that, or what the platform answers; why
    /// is kept with the brand.
    pub async fn check(&self, id_or_name: &str) -> Result<KeyCheck, WorkbenchError> {
        let registered = self.0.registered_brand(id_or_name)?;
        let id = registered.brand.id;
        let client = self.0.client(&registered).await?;
        match read_platform(&client, &|_| {}).await {
            Ok((reading, ignored)) => {
                let answer = KeyCheck {
                    base_url: registered.brand.definition.base_url.clone(),
                    event_types: reading.event_types.len(),
                    webhooks: reading.webhooks.len(),
                    warnings: warnings(&client, &ignored),
                };
                self.0.store.store_reading(id, reading, self.0.clock.now()).await?;
                Ok(answer)
            }
            Err(error) => {
                self.0.note_trouble(id, &error).await?;
                Err(error.into())
            }
        }
    }

    /// Changes a brand. A new key or address is tried at the platform before it is kept.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, or what the platform answers; then
    /// nothing was changed.
    pub async fn edit(&self, id_or_name: &str, change: BrandChange) -> Result<BrandView, WorkbenchError> {
        let id = self.0.registered_brand(id_or_name)?.brand.id;
        let _lock = self.0.lock_brand(id).await?;
        // As it is now that nobody else changes it.
        let registered = self.0.registered_brand(&id.to_string())?;
        let before = &registered.brand.definition;
        self.0.refresh_profiles();
        let profile = choose_profile(Some(&before.platform))?;
        let moved = change.base_url.is_some() || change.secret.is_some();
        let base_url = match change.base_url {
            Some(said) => choose_base_url(profile, Some(said))?,
            None => before.base_url.clone(),
        };
        let definition = BrandDefinition {
            name: change.name.unwrap_or_else(|| before.name.clone()),
            platform: before.platform.clone(),
            base_url,
            payload_id: change.payload_id.unwrap_or_else(|| before.payload_id.clone()),
        };
        definition.check()?;
        if definition.name != before.name {
            self.0.name_is_free(&definition.name)?;
        }
        self.0.unlock_vault().await?;
        let mut sealed = None;
        let mut reading = None;
        if moved {
            let client = match &change.secret {
                Some(key) => self.0.client_for(profile, &definition.base_url, key)?,
                None => self.0.client_at(&registered, &definition.base_url).await?,
            };
            reading = Some(read_platform(&client, &|_| {}).await?.0);
            if let Some(key) = &change.secret {
                let sealed_key = self.0.vault.seal(&id.to_string(), key.expose())?;
                sealed = Some(SealedSecret { sealed: sealed_key, valid_until: None });
            }
        }
        self.0.store.edit_brand(id, definition, sealed).await?;
        if let Some(reading) = reading {
            self.0.store.store_reading(id, reading, self.0.clock.now()).await?;
        }
        self.0.brand_view(&*self.0.registered_brand(&id.to_string())?)
    }
}
