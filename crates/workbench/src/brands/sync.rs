//! Reading a brand's platform: its event types and webhooks, what changed, and what is no longer as
//! it is kept here.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use hookbench_domain::{BrandId, EventType, Listed, RemoteState, SubscriptionId};
use hookbench_platform::{ApiClient, ApiError};
use hookbench_store::{BrandEventType, PlatformReadError, Reading, SeenWebhook};
use serde::Serialize;

use crate::brands::BrandView;
use crate::brands::changes::Resumed;
use crate::brands::drift::{Differs, Drift, differs, listed, names};
use crate::handles::Brands;
use crate::{Workbench, WorkbenchError};

/// How far apart two clocks may lie before it is said (1 min).
const CLOCK_MS: i64 = 60_000;
/// A platform that was read within this time is not read again by itself (5 min).
const FRESH_MS: u64 = 5 * 60 * 1000;

/// How far a reading has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SyncStep {
    /// What was left unfinished is taken up.
    Resuming,
    /// The event types are read.
    EventTypes,
    /// The webhooks are read.
    Webhooks {
        /// How many event types there are.
        event_types: usize,
    },
    /// What differs is set right.
    Repairing {
        /// How many are done.
        done: usize,
        /// How many there are.
        of: usize,
    },
}

/// The readings that this program makes now.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<HashMap<BrandId, SyncStep>>);

impl Progress {
    pub(crate) fn of(&self, brand: BrandId) -> Option<SyncStep> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&brand).copied()
    }

    fn set(&self, brand: BrandId, step: Option<SyncStep>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match step {
            Some(step) => all.insert(brand, step),
            None => all.remove(&brand),
        };
    }
}

/// Removes what is said of a reading when it ends, however it ends.
struct Under<'a>(&'a Progress, BrandId);

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.0.set(self.1, None);
    }
}

/// What a reading of a platform brought.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
    /// What is worth knowing, such as a clock that is wrong or event types that have no usable name.
    pub warnings: Vec<String>,
}

/// What changed among the event types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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

impl Workbench {
    async fn read_brand(
        &self,
        id: BrandId,
        repair: bool,
        told: &(dyn Fn(SyncStep) + Sync),
    ) -> Result<SyncSummary, WorkbenchError> {
        // Read again: whoever held the lock may have changed it.
        let registered = self.registered_brand(&id.to_string())?;
        let client = self.client(&registered).await?;
        told(SyncStep::Resuming);
        let resumed = self.resume_changes(id, &client).await?;
        let registered = self.registered_brand(&id.to_string())?;
        let old_types = self.store.brand_event_types(id).await?;
        let (mut reading, ignored) = read_platform(&client, told).await?;
        self.store.store_reading(id, reading.clone(), self.clock.now()).await?;
        let event_types = type_changes(&old_types, &reading.event_types);
        let webhooks = webhook_changes(&registered.webhooks, &reading.webhooks);
        let mut drift = self.drift(id, &reading);
        if repair && !drift.is_empty() {
            let of = drift.len();
            for (done, one) in drift.iter_mut().enumerate() {
                told(SyncStep::Repairing { done, of });
                match self.repair(one.subscription, &client, &reading).await {
                    Ok(()) => one.repaired = true,
                    Err(error) => one.error = Some(error.to_string()),
                }
            }
            reading.webhooks = listed(&client).await?;
            self.store.store_reading(id, reading, self.clock.now()).await?;
        }
        let brand = self.brand_view(&*self.registered_brand(&id.to_string())?)?;
        let warnings = warnings(&client, &ignored);
        Ok(SyncSummary {
            brand: BrandView { syncing: None, ..brand },
            event_types,
            webhooks,
            drift,
            resumed,
            warnings,
        })
    }

    fn drift(&self, brand: BrandId, reading: &Reading) -> Vec<Drift> {
        let catalogue = names(&reading.event_types);
        self.remotes_of(brand)
            .iter()
            .filter_map(|registered| {
                let RemoteState::On { webhook } = &registered.remote.state else { return None };
                let found = reading.webhooks.iter().find(|w| w.id == *webhook);
                let Differs { problem, found } = differs(registered, found, &catalogue)?;
                let subscription = registered.remote.id;
                Some(Drift { subscription, problem, found, repaired: false, error: None })
            })
            .collect()
    }

    /// Keeps why a platform could not be read.
    pub(crate) async fn note_trouble(&self, id: BrandId, error: &ApiError) -> Result<(), WorkbenchError> {
        let trouble = PlatformReadError {
            code: error.code().to_owned(),
            message: error.to_string(),
            at: self.clock.now(),
        };
        Ok(self.store.brand_in_trouble(id, trouble).await?)
    }

    /// Reads every platform that was not read for a while. One that does not accept its key is left
    /// alone until it gets another.
    pub(crate) async fn sync_stale(&self) {
        let registry = self.store.registry().borrow().clone();
        let now = self.clock.now();
        for registered in registry.brands() {
            let refused = registered.trouble.as_ref().is_some_and(|t| t.code == "remote_authentication");
            let fresh = registered.brand.synced_at.is_some_and(|at| now.since(at) < FRESH_MS);
            let tried = registered.trouble.as_ref().is_some_and(|t| now.since(t.at) < FRESH_MS);
            if refused || fresh || tried || registered.key.is_none() {
                continue;
            }
            if let Err(error) = self.brands().sync(&registered.brand.id.to_string(), false).await {
                tracing::debug!(%error, "a platform was not read");
            }
        }
    }
}

impl Brands {
    /// Reads a brand's platform, finishes what an earlier program left unfinished there, and says
    /// what changed. With `repair`, what differs from the subscriptions kept here is set right.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that, or the platform cannot be read;
    /// why is kept with the brand.
    pub async fn sync(&self, id_or_name: &str, repair: bool) -> Result<SyncSummary, WorkbenchError> {
        self.sync_with_progress(id_or_name, repair, &|_| {}).await
    }

    /// The same, saying how far it has got.
    ///
    /// # Errors
    /// As [`Brands::sync`].
    pub async fn sync_with_progress(
        &self,
        id_or_name: &str,
        repair: bool,
        told: &(dyn Fn(SyncStep) + Sync),
    ) -> Result<SyncSummary, WorkbenchError> {
        let id = self.0.registered_brand(id_or_name)?.brand.id;
        let _lock = self.0.lock_brand(id).await?;
        let _under = Under(&self.0.progress, id);
        let step = |step| {
            self.0.progress.set(id, Some(step));
            told(step);
        };
        let read = self.0.read_brand(id, repair, &step).await;
        if let Err(WorkbenchError::Remote(error)) = &read {
            self.0.note_trouble(id, error).await?;
        }
        read
    }

    /// Sets right what the platform has instead of one subscription.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing that runs at a platform, or the platform does
    /// not take it; then it has what it had.
    pub async fn repair_subscription(
        &self,
        id: SubscriptionId,
    ) -> Result<crate::SubscriptionView, WorkbenchError> {
        let brand = self.0.known_remote(id)?.remote.brand;
        let _lock = self.0.lock_brand(brand).await?;
        let client = self.0.client(&*self.0.registered_brand(&brand.to_string())?).await?;
        self.0.resume_changes(brand, &client).await?;
        let (reading, _ignored) = read_platform(&client, &|_| {}).await?;
        self.0.store.store_reading(brand, reading.clone(), self.0.clock.now()).await?;
        if self.0.drift(brand, &reading).iter().any(|drift| drift.subscription == id) {
            self.0.repair(id, &client, &reading).await?;
        }
        self.0.subscriptions().get(id)
    }
}

/// What is worth knowing of a platform that was read.
pub(crate) fn warnings(client: &ApiClient, ignored: &[String]) -> Vec<String> {
    let mut warnings = Vec::new();
    let ahead = client.clock_ahead_ms();
    if ahead.abs() >= CLOCK_MS {
        let way = if ahead > 0 { "ahead of" } else { "behind" };
        warnings.push(format!(
            "the clock of this machine is {} seconds {way} the platform's: signatures older than 5 minutes are refused, so set the clock",
            ahead.abs() / 1000
        ));
    }
    if !ignored.is_empty() {
        warnings.push(format!(
            "{} event types of the platform are left out, because their names are none: {}",
            ignored.len(),
            ignored.iter().take(5).map(|name| name.escape_debug().to_string()).collect::<Vec<_>>().join(", ")
        ));
    }
    warnings
}

/// Reads catalogue and webhooks, and says how far it has got. An event type whose name is none is
/// left out, and answered beside.
pub(crate) async fn read_platform(
    client: &ApiClient,
    told: &(dyn Fn(SyncStep) + Sync),
) -> Result<(Reading, Vec<String>), ApiError> {
    told(SyncStep::EventTypes);
    let (usable, ignored): (Vec<_>, Vec<_>) =
        client.event_types().await?.into_iter().partition(|kind| kind.name.parse::<EventType>().is_ok());
    let event_types: Vec<BrandEventType> = usable
        .into_iter()
        .map(|kind| BrandEventType { name: kind.name, meaning: kind.meaning, schema: kind.schema })
        .collect();
    told(SyncStep::Webhooks { event_types: event_types.len() });
    let reading = Reading { event_types, webhooks: listed(client).await? };
    Ok((reading, ignored.into_iter().map(|kind| kind.name).collect()))
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
