//! Dispatching from a data folder: one process at a time.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use hookbench_ambient::random_bytes;
use hookbench_dispatcher::wire::{Wire, WireConfig};
use hookbench_dispatcher::{AttemptFinished, Dispatcher, Limits};
use hookbench_domain::HandleShares;
use hookbench_signature::to_hex;
use hookbench_store::{DispatchLock, LockError};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use crate::{Workbench, WorkbenchError};

/// How a dispatcher is to work.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What holds the folder, in words: `hookbench run`.
    pub what: String,
    /// How many attempts may be under way.
    pub limits: Limits,
    /// How long a stop waits for what is under way.
    pub patience: Duration,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { what: "hookbench".to_owned(), limits: Limits::default(), patience: Duration::from_secs(20) }
    }
}

/// How often a dispatcher looks whether it is alone.
const LOOK_AT_LOCK: Duration = Duration::from_millis(500);

/// Nothing that is done under this lock can panic half-way; a poisoned one is as good.
fn held(lock: &Mutex<DispatchLock>) -> MutexGuard<'_, DispatchLock> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A dispatcher at work. While it lives, nobody else dispatches from the folder.
pub struct Dispatching {
    workbench: Workbench,
    dispatcher: Dispatcher,
    lock: Arc<Mutex<DispatchLock>>,
    owner: String,
    own_addresses: Arc<RwLock<Vec<SocketAddr>>>,
    patience: Duration,
    loops: Vec<JoinHandle<()>>,
    damaged: Arc<AtomicBool>,
    /// How many attempts an earlier process left under way; they are sent again.
    pub interrupted: u64,
}

impl Workbench {
    /// Takes the folder's lock and starts dispatching. Changes at platforms that were left
    /// unfinished are taken up, too.
    ///
    /// # Errors
    /// [`WorkbenchError::Lock`] names who dispatches already.
    pub async fn start(&self, options: RunOptions) -> Result<Dispatching, WorkbenchError> {
        let dispatching = self.make_ready(options).await?;
        // What needs a key that is not there waits for it; everything else is sent.
        if self.store.registry().borrow().any_secret().is_some()
            && let Err(error) = self.unlock_vault().await
        {
            tracing::warn!(%error, "the vault does not open: what needs it waits until it does");
        }
        self.forget_once().await?;
        let interrupted = dispatching.dispatcher.start().await?;
        let loops = vec![
            dispatching.lock_worker(),
            self.reconcile_worker(),
            self.projection_worker(),
            self.operations_worker(),
            self.retention_worker(),
            self.indexing_worker(),
            self.sealing_worker(),
            self.release_worker(),
            self.check_whole(dispatching.dispatcher.clone(), dispatching.damaged.clone()),
        ];
        Ok(Dispatching { interrupted, loops, ..dispatching })
    }

    /// The same, but nothing is sent until it is asked for.
    pub(crate) async fn prepare(&self, options: RunOptions) -> Result<Dispatching, WorkbenchError> {
        let secrets_kept = self.store.registry().borrow().any_secret().is_some();
        if secrets_kept {
            self.unlock_vault().await?;
        }
        self.make_ready(options).await
    }

    async fn make_ready(&self, options: RunOptions) -> Result<Dispatching, WorkbenchError> {
        let lock = self.take_lock(&options.what)?;
        let own_addresses = Arc::new(RwLock::new(Vec::new()));
        if let Some(files) = hookbench_ambient::raise_open_files() {
            tracing::debug!(files, "so many files may be open");
        }
        let shares = self.handle_shares();
        let limits = Limits { total: options.limits.total.min(shares.attempts), ..options.limits };
        let config = WireConfig {
            own_addresses: own_addresses.clone(),
            max_idle: shares.idle,
            ..WireConfig::default()
        };
        let wire = Wire::new(config).map_err(|error| WorkbenchError::Wire(error.to_string()))?;
        let owner = format!("{}-{}", std::process::id(), to_hex(&random_bytes::<4>()));
        if let Some(other) = self.store.begin_dispatching(owner.clone(), &lock).await? {
            let (folder, holder) = (self.folder.clone(), other.to_string());
            return Err(LockError::Held { folder, holder }.into());
        }
        let (store, vault) = (self.store.clone(), self.vault.clone());
        let dispatcher = Dispatcher::new(store, wire, vault, owner.clone(), limits);
        Ok(Dispatching {
            workbench: self.clone(),
            dispatcher,
            lock: Arc::new(Mutex::new(lock)),
            owner,
            own_addresses,
            patience: options.patience,
            loops: Vec::new(),
            damaged: Arc::new(AtomicBool::new(false)),
            interrupted: 0,
        })
    }
}

impl Workbench {
    /// How the file handles that this process may have are shared out.
    #[must_use]
    pub fn handle_shares(&self) -> HandleShares {
        HandleShares::of(hookbench_ambient::open_files())
    }

    /// Checks a file that was too large to be checked as it was opened. Nothing more is sent from a
    /// damaged one.
    fn check_whole(&self, dispatcher: Dispatcher, damaged: Arc<AtomicBool>) -> JoinHandle<()> {
        let store = self.store.clone();
        tokio::spawn(async move {
            if !store.unchecked() {
                return;
            }
            match store.check().await {
                Ok(damage) if damage.is_empty() => {}
                Ok(damage) => {
                    damaged.store(true, Ordering::Release);
                    let damage = damage.join("; ");
                    tracing::error!(%damage, "the database is damaged; nothing more is sent. Stop, then see hookbench doctor");
                    dispatcher.drain(Duration::from_secs(20)).await;
                }
                Err(error) => tracing::warn!(%error, "the database cannot be checked"),
            }
        })
    }
}

impl Dispatching {
    /// Tells where the local API answers: others are told so, and nothing is ever delivered there.
    ///
    /// # Errors
    /// [`WorkbenchError::Lock`] when the lock file cannot be written.
    pub fn announce(&mut self, api: SocketAddr) -> Result<(), WorkbenchError> {
        match self.own_addresses.write() {
            Ok(mut own) => own.push(api),
            Err(poisoned) => poisoned.into_inner().push(api),
        }
        Ok(held(&self.lock).announce(format!("http://{api}"))?)
    }

    /// Sees to it that nobody else dispatches: the lock file is made anew where it was removed, and where
    /// another process has taken over, nothing more is sent from here.
    fn lock_worker(&self) -> JoinHandle<()> {
        let (store, dispatcher) = (self.workbench.store.clone(), self.dispatcher.clone());
        let (lock, owner, taken_over) = (self.lock.clone(), self.owner.clone(), self.damaged.clone());
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK_AT_LOCK).await;
                let (before, renewed, now) = {
                    let mut lock = held(&lock);
                    (lock.identity(), lock.renew(), lock.identity())
                };
                let lost = match renewed {
                    Err(error @ LockError::Held { .. }) => Some(error.to_string()),
                    Err(error) => {
                        tracing::warn!(%error, "the lock of the data folder cannot be made anew");
                        None
                    }
                    Ok(()) => None,
                };
                if before != now {
                    tracing::warn!("the lock file of the data folder was removed; it was made anew");
                    if let Err(error) = store.renew_dispatching(owner.clone(), now).await {
                        tracing::warn!(%error, "the new lock cannot be written down now");
                    }
                }
                let other = match store.dispatching_owner().await {
                    Ok(Some(other)) if other != owner => Some(format!("{other} has taken over")),
                    Ok(_) => None,
                    Err(error) => {
                        tracing::debug!(%error, "who dispatches cannot be read now");
                        None
                    }
                };
                if let Some(why) = lost.or(other) {
                    taken_over.store(true, Ordering::Release);
                    tracing::error!(%why, "another process dispatches from this folder; nothing more is sent from here. Stop one of them");
                    dispatcher.drain(Duration::from_secs(20)).await;
                    return;
                }
            }
        })
    }

    /// Listens to finished attempts from now on.
    #[must_use]
    pub fn told(&self) -> broadcast::Receiver<Arc<AttemptFinished>> {
        self.dispatcher.told()
    }

    /// The dispatcher itself.
    pub(crate) fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// Tells, whenever it is asked, whether the database cannot be written, so that nothing is
    /// sent.
    pub fn stalled_probe(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let dispatcher = self.dispatcher.clone();
        let trouble = self.workbench.store.trouble();
        let damaged = self.damaged.clone();
        move || dispatcher.stalled() || trouble.borrow().is_some() || damaged.load(Ordering::Acquire)
    }

    /// Stops: takes nothing more, waits for what is under way, folds the WAL and closes. Returns
    /// how many attempts were cut off; they are recorded as interrupted and sent again later.
    pub async fn stop(self) -> usize {
        // What they were about is kept: whoever comes next takes it up.
        self.loops.iter().for_each(JoinHandle::abort);
        for aborted in self.loops {
            let _aborted = aborted.await;
        }
        let cut_off = self.dispatcher.drain(self.patience).await;
        self.workbench.close().await;
        drop(self.lock);
        cut_off
    }
}
