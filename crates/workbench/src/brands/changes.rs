//! Changes at a platform, made durable: each state is kept before its request is made, and a change
//! that a stopped program left is taken up again.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use hookbench_domain::{
    BrandId, Heard, Listed, RemoteRequest, RemoteState, RemoteSubscription, SubscriptionId, Turn,
};
use hookbench_platform::{ApiClient, ApiError, WebhookDraft};
use hookbench_signature::Secret;
use hookbench_store::{RemoteSecret, SealedSecret, next_secret_owner, open_own};
use serde::Serialize;
use tokio::task::JoinHandle;

use crate::brands::drift::listed;
use crate::{Workbench, WorkbenchError};

/// How long a change waits for another one of the same brand.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);
const LOCK_LOOK: Duration = Duration::from_millis(50);
/// How often it is looked whether the user's own profile files changed.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Every how many looks what was left unfinished is taken up (15 s).
const HEAL_TURNS: u64 = 5;

/// A change that was left unfinished, and where it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Resumed {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// `done`, `undone`, or `waiting`.
    pub outcome: &'static str,
    /// What stands in its way, if it waits or was undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Held while something is changed at a brand's platform: one process at a time. The operating
/// system releases it when the process ends, however it ends.
pub(crate) struct BrandLock {
    _file: File,
}

impl BrandLock {
    /// Takes it, waiting a while for another holder.
    async fn take(folder: &Path, brand: BrandId) -> Result<Self, WorkbenchError> {
        let path = folder.join(format!("{brand}.lock"));
        let failed = |source| WorkbenchError::File { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let file = open_own(&mut options, &path).map_err(failed)?;
        let taking = async {
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(()),
                    Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_LOOK).await,
                    Err(TryLockError::Error(source)) => return Err(failed(source)),
                }
            }
        };
        match tokio::time::timeout(LOCK_TIMEOUT, taking).await {
            Ok(taken) => taken?,
            Err(_) => {
                let why = format!("another program is changing {brand} at its platform: try again later");
                return Err(WorkbenchError::State(why));
            }
        }
        Ok(Self { _file: file })
    }
}

impl Workbench {
    /// Locks a brand's platform against other changes, and takes into memory what its last holder, which
    /// may be another process, left there.
    pub(crate) async fn lock_brand(&self, brand: BrandId) -> Result<BrandLock, WorkbenchError> {
        let lock = BrandLock::take(&self.folder, brand).await?;
        self.store.look().await?;
        Ok(lock)
    }
}

/// Which request was made.
enum Made {
    Asked,
    Created,
    Deleted(String),
}

impl Made {
    fn of(request: RemoteRequest<'_>) -> Self {
        match request {
            RemoteRequest::List => Self::Asked,
            RemoteRequest::Create { .. } => Self::Created,
            RemoteRequest::Delete { webhook, .. } => Self::Deleted(webhook.to_owned()),
        }
    }
}

/// How a change went.
pub(crate) struct Driven {
    pub(crate) remote: RemoteSubscription,
    pub(crate) turn: Turn,
    /// The first thing that failed.
    pub(crate) cause: Option<ApiError>,
}

impl Workbench {
    /// Makes the requests that a state wants until it rests or must wait. The state is kept already.
    pub(crate) async fn drive(
        &self,
        mut remote: RemoteSubscription,
        client: &ApiClient,
    ) -> Result<Driven, WorkbenchError> {
        let mut cause = None;
        loop {
            let Some(request) = remote.state.wants() else {
                return Ok(Driven { remote, turn: Turn::Done, cause });
            };
            let request_made = Made::of(request);
            let heard = match self.request(request, &remote, client).await? {
                Ok(heard) => heard,
                Err(error) => {
                    let heard = if error.is_refusal() { Heard::Refused } else { Heard::Unknown };
                    cause.get_or_insert(error);
                    heard
                }
            };
            self.note_seen(&request_made, &heard, &remote).await?;
            let was_replacing = matches!(remote.state, RemoteState::Replacing { .. });
            let turn;
            (remote, turn) = remote.heard(heard);
            remote.updated_at = self.clock.now();
            let secret = match (was_replacing, turn) {
                (true, Turn::Done) => RemoteSecret::Current(self.take_next_secret(remote.id).await?),
                (true, Turn::Undone) => RemoteSecret::Next(None),
                (_, Turn::Go | Turn::Wait | Turn::Done | Turn::Undone) => RemoteSecret::Keep,
            };
            self.store.save_remote(remote.clone(), secret).await?;
            if turn != Turn::Go {
                return Ok(Driven { remote, turn, cause });
            }
        }
    }

    /// Keeps what an answer tells of the platform's webhooks.
    async fn note_seen(
        &self,
        made: &Made,
        heard: &Heard,
        remote: &RemoteSubscription,
    ) -> Result<(), WorkbenchError> {
        let (there, gone) = match (made, heard) {
            (Made::Created, Heard::Created(id)) => {
                let wanted = remote.wanted();
                let events = wanted.events.iter().map(ToString::to_string).collect();
                (vec![Listed { id: id.clone(), url: wanted.url.clone(), events }], Vec::new())
            }
            (Made::Deleted(webhook), Heard::Deleted) => (Vec::new(), vec![webhook.clone()]),
            (Made::Created | Made::Deleted(_) | Made::Asked, _) => return Ok(()),
        };
        Ok(self.store.see_webhooks(remote.brand, there, gone, self.clock.now()).await?)
    }

    async fn request(
        &self,
        request: RemoteRequest<'_>,
        remote: &RemoteSubscription,
        client: &ApiClient,
    ) -> Result<Result<Heard, ApiError>, WorkbenchError> {
        Ok(match request {
            RemoteRequest::List => listed(client).await.map(Heard::Listed),
            RemoteRequest::Create { key } => {
                let wanted = remote.wanted();
                let events: Vec<String> = wanted.events.iter().map(ToString::to_string).collect();
                let replacing = matches!(remote.state, RemoteState::Replacing { .. });
                let secret = self.remote_secret(remote.id, replacing).await?;
                let draft = WebhookDraft { url: &wanted.url, events: &events, secret: secret.as_ref() };
                client.create(&draft, key).await.map(|made| Heard::Created(made.id))
            }
            RemoteRequest::Delete { webhook, key } => {
                // The platform may hold keys apart by nothing else: each webhook has its own.
                client.delete(webhook, &format!("{key}-{webhook}")).await.map(|_| Heard::Deleted)
            }
        })
    }

    /// The secret that is kept for a remote subscription, or for the edit under way.
    pub(crate) async fn remote_secret(
        &self,
        id: SubscriptionId,
        next: bool,
    ) -> Result<Option<Secret>, WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        let Some(registered) = registry.remote(id) else { return Ok(None) };
        let (owner, kept) = if next {
            (next_secret_owner(id), &registered.next_secret)
        } else {
            (id.to_string(), &registered.secret)
        };
        let Some(kept) = kept else { return Ok(None) };
        self.unlock_vault().await?;
        let plain = self.vault.open(&owner, &kept.sealed).map_err(WorkbenchError::Vault)?;
        Ok(Some(Secret::new(plain.to_vec())?))
    }

    /// A secret is sealed for its owner: the edit's is sealed anew for the subscription.
    async fn take_next_secret(&self, id: SubscriptionId) -> Result<Option<SealedSecret>, WorkbenchError> {
        let Some(secret) = self.remote_secret(id, true).await? else { return Ok(None) };
        let sealed = self.vault.seal(&id.to_string(), secret.expose())?;
        Ok(Some(SealedSecret { sealed, valid_until: None }))
    }

    /// Takes up what was left unfinished at a brand's platform. Its lock is held.
    pub(crate) async fn resume_changes(
        &self,
        brand: BrandId,
        client: &ApiClient,
    ) -> Result<Vec<Resumed>, WorkbenchError> {
        let mut resumed = Vec::new();
        for registered in self.remotes_of(brand).iter().filter(|r| r.remote.state.is_changing()) {
            let mut remote = registered.remote.clone();
            remote.state = remote.state.resumed();
            let driven = self.drive(remote, client).await?;
            let outcome = match driven.turn {
                Turn::Done => "done",
                Turn::Undone => "undone",
                Turn::Wait | Turn::Go => "waiting",
            };
            let error = driven.cause.map(|error| error.to_string());
            resumed.push(Resumed { subscription: registered.remote.id, outcome, error });
        }
        Ok(resumed)
    }

    /// Takes up what was left unfinished at any platform.
    async fn heal(&self) {
        let registry = self.store.registry().borrow().clone();
        let unfinished =
            |id| registry.remotes().any(|r| r.remote.brand == id && r.remote.state.is_changing());
        for registered in registry.brands().filter(|b| unfinished(b.brand.id)) {
            let healing = async {
                let _lock = self.lock_brand(registered.brand.id).await?;
                let client = self.client(registered).await?;
                self.resume_changes(registered.brand.id, &client).await
            };
            match healing.await {
                Ok(resumed) => tracing::debug!(?resumed, "changes at a platform were taken up"),
                Err(error) => tracing::warn!(%error, "changes at a platform wait"),
            }
        }
    }

    /// Takes up what was left unfinished, reads platforms that were not read for a while, and looks
    /// whether the user's own profile files changed: now and every so often.
    pub(crate) fn reconcile_worker(&self) -> JoinHandle<()> {
        let workbench = self.clone();
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(LOOK_EVERY);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            for turn in 0u64.. {
                tick.tick().await;
                workbench.refresh_profiles();
                if turn % HEAL_TURNS == 0 {
                    workbench.heal().await;
                    workbench.sync_stale().await;
                }
            }
        })
    }
}
