//! An affiliate platform on loopback: its API in the dialect of its profile, and webhooks that are
//! really sent, signed and retried as the platform does, by the dispatcher.

mod faults;
mod requests;
mod server;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookbench_ambient::{Clock, chance, random_bytes};
use hookbench_dispatcher::wire::{Wire, WireConfig, WireError};
use hookbench_dispatcher::{Dispatcher, Limits, Unseal, Unsealing};
use hookbench_domain::{EventId, IdError, Scope, StoredEvent};
use hookbench_platform::{ApiDialect, Profile};
use hookbench_signature::{Secret, to_hex};
use hookbench_store::{Publication, Store, StoreError};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::{Emitted, Traffic};

pub use faults::{FaultError, Faults};

/// How long a stop waits for webhooks that are on their way.
const TIMEOUT: Duration = Duration::from_secs(2);

/// About how many events are kept that are over.
const KEPT_EVENTS: f64 = 20_000.0;
/// After how many times that long an event is given up that still cannot be delivered.
const GIVEN_UP: u64 = 6;

/// What to emulate.
#[derive(Debug, Clone)]
pub struct PlatformOptions {
    /// Which platform.
    pub profile: &'static Profile,
    /// Where its API listens; port 0 picks one.
    pub addr: SocketAddr,
    /// Events a second, 0.1 to 1000.
    pub rate: f64,
    /// The same seed makes the same traffic; two brands need two.
    pub seed: u64,
    /// What it does wrong.
    pub faults: Faults,
    /// API requests a second that it takes for long; ten times as many at once.
    pub requests_per_second: u32,
}

impl PlatformOptions {
    /// API requests a second, where nothing else is wanted.
    pub const REQUESTS_PER_SECOND: u32 = 20;
}

/// Why a platform does not start.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The profile describes no API.
    #[error("the profile of `{0}` describes no API: add `api` to it")]
    NoApi(String),
    /// It would be reachable from elsewhere.
    #[error(
        "{0} is reachable from other machines: an emulated platform listens on loopback only, such as 127.0.0.1:0"
    )]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}: {source}; choose another address, or port 0 for any free one")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Its temporary folder cannot be made.
    #[error("no temporary folder: {0}")]
    Folder(#[source] std::io::Error),
    /// Its store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot send.
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// A running platform with one brand.
pub struct Platform {
    shared: Arc<Shared>,
    base_url: String,
    dispatcher: Dispatcher,
    tasks: [JoinHandle<()>; 3],
    _folder: TempDir,
}

/// What every request needs.
pub(crate) struct Shared {
    pub(crate) profile: &'static Profile,
    pub(crate) dialect: &'static ApiDialect,
    pub(crate) key: String,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) secrets: Arc<Held>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) limit: Mutex<requests::Limit>,
    /// What was answered under which idempotency key.
    pub(crate) answered: Mutex<HashMap<String, requests::Answered>>,
}

/// The webhooks' secrets. They are nowhere else: what the store keeps is empty.
#[derive(Default)]
pub(crate) struct Held(pub(crate) Mutex<HashMap<String, Secret>>);

/// Nothing that is done under these locks can panic half-way.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Unseal for Held {
    fn unseal<'a>(&'a self, owner: &'a str, _sealed: &'a [u8]) -> Unsealing<'a> {
        let found = lock(&self.0).get(owner).cloned();
        Box::pin(async move { found.ok_or_else(|| "the emulated platform does not have it".to_owned()) })
    }
}

impl Platform {
    /// Starts a platform with one brand and no webhooks.
    ///
    /// # Errors
    /// [`PlatformError`].
    pub async fn start(options: PlatformOptions) -> Result<Self, PlatformError> {
        let PlatformOptions { profile, addr, rate, seed, faults, requests_per_second } = options;
        let dialect = profile.api.as_ref().ok_or_else(|| PlatformError::NoApi(profile.name.clone()))?;
        if !addr.ip().is_loopback() {
            return Err(PlatformError::NotLoopback(addr));
        }
        let failed = |source| PlatformError::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(failed)?;
        let base_url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let folder = tempfile::Builder::new().prefix("hookbench-platform-").tempdir();
        let folder = folder.map_err(PlatformError::Folder)?;
        let clock = Clock::system();
        let store = Store::open(folder.path(), clock.clone()).await?;
        let secrets = Arc::new(Held::default());
        let wire = Wire::new(WireConfig::default())?;
        let owner = format!("platform-{}", to_hex(&random_bytes::<4>()));
        let dispatcher = Dispatcher::new(store.clone(), wire, secrets.clone(), owner, Limits::default());
        dispatcher.start().await?;
        let limit = requests::Limit::new(requests_per_second, clock.now());
        let shared = Arc::new(Shared {
            profile,
            dialect,
            key: format!("{}{}", dialect.auth.key_prefix, to_hex(&random_bytes::<16>())),
            store,
            clock,
            secrets,
            faults: Mutex::new(faults),
            limit: Mutex::new(limit),
            answered: Mutex::default(),
        });
        let traffic = Traffic::new(profile, seed);
        let tasks = [
            tokio::spawn(server::accept(listener, shared.clone())),
            tokio::spawn(flow(shared.clone(), traffic, rate.clamp(0.1, 1000.0))),
            tokio::spawn(forget(shared.clone(), rate.clamp(0.1, 1000.0))),
        ];
        Ok(Self { shared, base_url, dispatcher, tasks, _folder: folder })
    }

    /// Where its API is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The brand's API key.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.shared.key
    }

    /// What it does wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.shared.faults) = faults;
    }

    /// Changes a webhook's URL and event types, as somebody on the platform's own page would: given in
    /// the dialect's words. Whether it was done.
    pub async fn change_webhook(&self, id: &str, webhook: Value) -> bool {
        let authorization = self.shared.dialect.auth.value.replace("{key}", &self.shared.key);
        let body = webhook.to_string().into();
        let asked =
            requests::Asked { authorization: &authorization, idempotency_key: "", query: "", body: &body };
        requests::by_hand(&self.shared, id, &asked).await.status == 200
    }

    /// Takes no more requests, lets what is on its way arrive, and removes everything.
    pub async fn stop(self) {
        for task in self.tasks {
            task.abort();
            // Aborted, as asked.
            let _ended = task.await;
        }
        self.dispatcher.drain(TIMEOUT).await;
        self.shared.store.close().await;
    }
}

/// Lets the program live. Nothing is kept while nobody listens.
async fn flow(shared: Arc<Shared>, mut traffic: Traffic, rate: f64) {
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let emitted = traffic.next(shared.clock.now());
        if shared.store.registry().borrow().iter().next().is_none() {
            continue;
        }
        let item = match kept(emitted, &shared.clock) {
            Ok(event) => Publication { event: Arc::new(event), only: None, arrival: None },
            Err(error) => {
                tracing::warn!(%error, "an invented event has no usable id");
                continue;
            }
        };
        if let Err(error) = shared.store.publish(vec![item]).await {
            tracing::warn!(%error, "an invented event was not kept");
        }
    }
}

/// Forgets what is over, so that a platform that runs for months does not grow.
async fn forget(shared: Arc<Shared>, rate: f64) {
    let kept = Duration::from_secs_f64((KEPT_EVENTS / rate).clamp(60.0, 3600.0));
    let kept_ms = u64::try_from(kept.as_millis()).unwrap_or(u64::MAX);
    let mut tick = tokio::time::interval(kept / 4);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let now = shared.clock.now();
        let given_up = now.minus_ms(kept_ms.saturating_mul(GIVEN_UP));
        match shared.store.forget_before(now.minus_ms(kept_ms), given_up).await {
            Ok(forgotten) => tracing::debug!(forgotten, "old events of an emulated platform are gone"),
            Err(error) => tracing::warn!(%error, "old events of an emulated platform were not removed"),
        }
    }
}

/// An invented event as a dispatcher keeps it: in the platform's own envelope.
fn kept(emitted: Emitted, clock: &Clock) -> Result<StoredEvent, IdError> {
    Ok(StoredEvent {
        scope: Scope::Brand(emitted.brand),
        id: emitted.id.parse::<EventId>()?,
        event_type: emitted.event_type,
        created_at: emitted.created_at,
        received_at: clock.now(),
        created_at_given: true,
        body: emitted.body,
        test: false,
    })
}

/// A number in 0..1 for faults that come by chance.
pub(crate) fn dice() -> f64 {
    chance()
}
