//! A brand's name, address and API key: checked before they are kept, and changed later.

use hookbench_domain::BrandDefinition;
use hookbench_signature::Secret;
use hookbench_store::SealedSecret;
use serde::{Deserialize, Serialize};

use crate::brands::sync::{read_platform, warnings};
use crate::brands::{BrandInput, BrandView, choose_base_url};
use crate::subscriptions::{choose_profile, nullable};
use crate::{Workbench, WorkbenchError};

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

impl Workbench {
    /// Asks a platform whether it takes this key, and keeps nothing. The name is not looked at.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, or what the platform answers.
    pub async fn check_key(&self, input: &BrandInput) -> Result<KeyCheck, WorkbenchError> {
        self.refresh_profiles();
        let profile = choose_profile(Some(&input.platform))?;
        let base_url = choose_base_url(profile, input.base_url.clone())?;
        let key = input.secret.as_ref();
        let key = key.ok_or_else(|| WorkbenchError::field("secret", "is missing: give the API key"))?;
        let client = self.client_for(profile, &base_url, key)?;
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
    pub async fn check_brand(&self, id_or_name: &str) -> Result<KeyCheck, WorkbenchError> {
        let registered = self.registered_brand(id_or_name)?;
        let id = registered.brand.id;
        let client = self.client(&registered).await?;
        match read_platform(&client, &|_| {}).await {
            Ok((reading, ignored)) => {
                let answer = KeyCheck {
                    base_url: registered.brand.definition.base_url.clone(),
                    event_types: reading.event_types.len(),
                    webhooks: reading.webhooks.len(),
                    warnings: warnings(&client, &ignored),
                };
                self.store.store_reading(id, reading, self.clock.now()).await?;
                Ok(answer)
            }
            Err(error) => {
                self.note_trouble(id, &error).await?;
                Err(error.into())
            }
        }
    }

    /// Changes a brand. A new key or address is tried at the platform before it is kept.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, or what the platform answers; then
    /// nothing was changed.
    pub async fn edit_brand(
        &self,
        id_or_name: &str,
        change: BrandChange,
    ) -> Result<BrandView, WorkbenchError> {
        let id = self.registered_brand(id_or_name)?.brand.id;
        let _lock = self.lock_brand(id).await?;
        // As it is now that nobody else changes it.
        let registered = self.registered_brand(&id.to_string())?;
        let before = &registered.brand.definition;
        self.refresh_profiles();
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
            self.name_is_free(&definition.name)?;
        }
        self.unlock_vault().await?;
        let mut sealed = None;
        let mut reading = None;
        if moved {
            let client = match &change.secret {
                Some(key) => self.client_for(profile, &definition.base_url, key)?,
                None => self.client_at(&registered, &definition.base_url).await?,
            };
            reading = Some(read_platform(&client, &|_| {}).await?.0);
            if let Some(key) = &change.secret {
                let sealed_key = self.vault.seal(&id.to_string(), key.expose())?;
                sealed = Some(SealedSecret { sealed: sealed_key, valid_until: None });
            }
        }
        self.store.edit_brand(id, definition, sealed).await?;
        if let Some(reading) = reading {
            self.store.store_reading(id, reading, self.clock.now()).await?;
        }
        self.brand_view(&*self.registered_brand(&id.to_string())?)
    }
}
