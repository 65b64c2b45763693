//! What was done elsewhere, at the platform's own page for instance: webhooks that were made there
//! are taken over as subscriptions or removed, and changes that were made there are accepted.

use hookbench_domain::{
    BrandId, EventType, Listed, Pattern, RemoteDefinition, RemoteState, RemoteSubscription, Rest,
    SubscriptionId,
};
use hookbench_platform::ApiClient;
use hookbench_store::{RemoteSecret, StoreError};

use crate::brands::changes::BrandLock;
use crate::brands::drift::{drift_of, listed};
use crate::brands::remotes::new_key;
use crate::brands::sync::read_platform;
use crate::handles::Brands;
use crate::{SubscriptionView, Workbench, WorkbenchError};

impl Workbench {
    /// The brand under its lock, with nothing unfinished, and a client of its platform.
    async fn ready(&self, id_or_name: &str) -> Result<(BrandId, ApiClient, BrandLock), WorkbenchError> {
        let id = self.registered_brand(id_or_name)?.brand.id;
        let lock = self.lock_brand(id).await?;
        let client = self.client(&*self.registered_brand(&id.to_string())?).await?;
        self.resume_changes(id, &client).await?;
        Ok((id, client, lock))
    }

    fn not_ours(&self, brand: BrandId, webhook: &str) -> Result<(), WorkbenchError> {
        let ours = self.remotes_of(brand);
        let id: Option<SubscriptionId> =
            ours.iter().find(|r| r.remote.state.webhook() == Some(webhook)).map(|r| r.remote.id);
        match id {
            None => Ok(()),
            Some(id) => {
                Err(WorkbenchError::State(format!("webhook {webhook} is {id} already: change that one")))
            }
        }
    }
}

impl Brands {
    /// Takes over a webhook that was made elsewhere: from then on it is a subscription here, that is
    /// watched, edited and repaired. At the platform nothing changes.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the platform lists no such webhook, or it is one already.
    pub async fn import_webhook(
        &self,
        id_or_name: &str,
        webhook: &str,
    ) -> Result<SubscriptionView, WorkbenchError> {
        let (id, client, _lock) = self.0.ready(id_or_name).await?;
        self.0.not_ours(id, webhook)?;
        let there = listed(&client).await?.into_iter().find(|w| w.id == webhook);
        let there = there.ok_or_else(|| missing(webhook))?;
        let url = hookbench_domain::parse_target_url(&there.url)?;
        let events = usable(&there)?;
        let now = self.0.clock.now();
        let remote = RemoteSubscription {
            id: self.0.new_subscription_id(),
            brand: id,
            definition: RemoteDefinition {
                name: url.host_str().unwrap_or_default().to_owned(),
                url: there.url.clone(),
                patterns: events.iter().cloned().map(Pattern::Exact).collect(),
                events,
                adopted: true,
            },
            state: RemoteState::On { webhook: webhook.to_owned() },
            created_at: now,
            updated_at: now,
        };
        let adopted = remote.id;
        self.0.store.save_remote(remote, RemoteSecret::Keep).await?;
        self.0.store.see_webhooks(id, vec![there], Vec::new(), now).await?;
        self.0.subscriptions().get(adopted)
    }

    /// Takes what a platform has instead of a subscription as what it is from now on; `repair` is the
    /// opposite. A webhook that somebody removed there rests here, as one that is disabled. At the
    /// platform nothing changes; where nothing differs, nothing changes here either.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing that runs at a platform, the platform cannot be
    /// read, or what it has cannot be a subscription.
    pub async fn accept_drift(&self, id: SubscriptionId) -> Result<SubscriptionView, WorkbenchError> {
        let brand = self.0.known_remote(id)?.remote.brand;
        let (_brand, client, _lock) = self.0.ready(&brand.to_string()).await?;
        let (reading, _ignored) = read_platform(&client, &|_| {}).await?;
        self.0.store.store_reading(brand, reading, self.0.clock.now()).await?;
        let registered = self.0.known_remote(id)?;
        let Some(differs) = drift_of(&registered, &*self.0.registered_brand(&brand.to_string())?) else {
            return self.0.subscriptions().get(id);
        };
        let mut remote = registered.remote.clone();
        match differs.found {
            None => remote.state = RemoteState::Resting { rest: Rest::Off },
            Some(there) => {
                hookbench_domain::parse_target_url(&there.url)?;
                let definition = &mut remote.definition;
                // A URL that nobody typed here is not sent to from here without asking.
                definition.adopted |= there.url != definition.url;
                let events = usable(&there)?;
                // Where only the URL differs, what was asked for stays a pattern.
                if !same_types(&events, &definition.events) {
                    definition.patterns = events.iter().cloned().map(Pattern::Exact).collect();
                    definition.events = events;
                }
                definition.url = there.url;
            }
        }
        remote.updated_at = self.0.clock.now();
        self.0.store.save_remote(remote, RemoteSecret::Keep).await?;
        self.0.subscriptions().get(id)
    }

    /// Removes a webhook that was made elsewhere from the platform.
    ///
    /// # Errors
    /// [`WorkbenchError`] when it is a subscription's here, or the platform does not remove it.
    pub async fn delete_webhook(&self, id_or_name: &str, webhook: &str) -> Result<(), WorkbenchError> {
        let (id, client, _lock) = self.0.ready(id_or_name).await?;
        self.0.not_ours(id, webhook)?;
        if !client.delete(webhook, &new_key()).await? {
            self.0.store.see_webhooks(id, Vec::new(), vec![webhook.to_owned()], self.0.clock.now()).await?;
            return Err(missing(webhook));
        }
        let gone = vec![webhook.to_owned()];
        Ok(self.0.store.see_webhooks(id, Vec::new(), gone, self.0.clock.now()).await?)
    }
}

/// The event types that a webhook sends.
fn usable(there: &Listed) -> Result<Vec<EventType>, WorkbenchError> {
    let events: Vec<EventType> = there.events.iter().filter_map(|name| name.parse().ok()).collect();
    if events.len() != there.events.len() || events.is_empty() {
        let why = format!("webhook {} sends event types that have no usable name", there.id);
        return Err(WorkbenchError::State(why));
    }
    Ok(events)
}

/// Whether these are the same event types, in whatever order.
fn same_types(left: &[EventType], right: &[EventType]) -> bool {
    let sorted = |types: &[EventType]| {
        let mut types = types.to_vec();
        types.sort_unstable();
        types
    };
    sorted(left) == sorted(right)
}

fn missing(webhook: &str) -> WorkbenchError {
    StoreError::NotFound { what: "webhook", id: webhook.to_owned() }.into()
}
