//! Takes what is due, sends it, records it.
//!
//! Two ways lead to an attempt. A delivery that is just being kept gets a free place in the same
//! transaction (see [`Admission`]); everything else waits in the store until the claim loop claims it:
//! retries, what came while no place was free, what other processes queued.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookbench_ambient::{Clock, Stopwatch, chance};
use hookbench_domain::{
    AttemptRecord, Connection, Delivery, DeliveryId, DeliveryState, Effect, Finished, Held, Lease, MAX_HOPS,
    Outcome, Pending, RetryPolicy, Sign, SubscriptionId, Timestamp, Timings, Trigger, hops_of,
    parse_retry_after,
};
use hookbench_store::{
    Admission, ClaimRequest, ClaimWhat, Claimed, Disable, NewAlert, Record, Recorded, Registered, Registry,
    Share, Store, StoreError,
};
use tokio::sync::{Notify, Semaphore, broadcast};
use tokio::task::JoinHandle;

use crate::concurrency::{ConcurrencyLimiter, Limits, Terms};
use crate::outgoing::{NotReady, Outgoing, Ready, Unseal};
use crate::wire::{Wire, WireReport};

/// How long a lease holds beyond the attempt's own deadline, in milliseconds.
const LEASE_MARGIN_MS: u64 = 60_000;
/// The longest the claim loop sleeps: the wall clock may be moved under it.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// How long to wait before a failed write is tried again.
const WRITE_AGAIN: Duration = Duration::from_millis(500);
/// What kind of alert an event is that comes in again and again.
const DELIVERY_LOOP: &str = "delivery_loop";
/// How many templates are rendered at a time, each on a thread of its own.
const RENDERED_AT_ONCE: usize = 4;
/// How many finished attempts a slow listener may fall behind.
const FINISHED_BUFFER: usize = 65_536;

/// A finished attempt, as it is told to whoever listens in this process.
#[derive(Debug, Clone)]
pub struct AttemptFinished {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its subscription.
    pub subscription: SubscriptionId,
    /// The event's id.
    pub event: String,
    /// The event's type.
    pub event_type: String,
    /// Whether it is a test.
    pub test: bool,
    /// The attempt.
    pub attempt: Arc<AttemptRecord>,
    /// The delivery after it.
    pub after: Delivery,
}

/// A running dispatcher. Clones share it.
#[derive(Clone)]
pub struct Dispatcher {
    shared: Arc<Shared>,
    claim_loop: Arc<Mutex<Option<JoinHandle<()>>>>,
}

struct Shared {
    store: Store,
    clock: Clock,
    wire: Wire,
    vault: Arc<dyn Unseal>,
    owner: String,
    places: Mutex<ConcurrencyLimiter>,
    ready: Mutex<HashMap<SubscriptionId, Arc<Ready>>>,
    /// Whose last attempt was lost with an idle connection: the next goes on a fresh one.
    fresh: Mutex<HashSet<DeliveryId>>,
    /// The places of templates that are being rendered.
    rendering: Arc<Semaphore>,
    wake: Notify,
    /// Whether the due times in memory may be too early: they are to be read again.
    unsure: AtomicBool,
    idle: Notify,
    told: broadcast::Sender<Arc<AttemptFinished>>,
}

/// Nothing that is done under these locks can panic half-way; a poisoned one is as good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Dispatcher {
    /// Makes a dispatcher that sends nothing yet. `owner` names it in leases and must be unique.
    #[must_use]
    pub fn new(store: Store, wire: Wire, vault: Arc<dyn Unseal>, owner: String, limits: Limits) -> Self {
        let clock = store.clock().clone();
        let (told, _) = broadcast::channel(FINISHED_BUFFER);
        let shared = Shared {
            store,
            clock,
            wire,
            vault,
            owner,
            places: Mutex::new(ConcurrencyLimiter::new(limits)),
            ready: Mutex::new(HashMap::new()),
            fresh: Mutex::new(HashSet::new()),
            rendering: Arc::new(Semaphore::new(RENDERED_AT_ONCE)),
            wake: Notify::new(),
            unsure: AtomicBool::new(false),
            idle: Notify::new(),
            told,
        };
        Self { shared: Arc::new(shared), claim_loop: Arc::new(Mutex::new(None)) }
    }

    /// Takes over what an earlier dispatcher left under way and starts sending. Only for who holds
    /// the folder's lock. Returns how many attempts were found interrupted.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written.
    pub async fn start(&self) -> Result<u64, StoreError> {
        let interrupted = self.shared.store.recover(self.shared.clock.now()).await?;
        self.shared.store.admit_through(Some(self.shared.clone()));
        *lock(&self.claim_loop) = Some(tokio::spawn(self.shared.clone().claim_loop()));
        Ok(interrupted)
    }

    /// Listens to finished attempts from now on.
    #[must_use]
    pub fn told(&self) -> broadcast::Receiver<Arc<AttemptFinished>> {
        self.shared.told.subscribe()
    }

    /// Makes one attempt of this delivery now and records it, whether or not the dispatcher was
    /// started. `false` if it was not pending. Only for who holds the folder's lock.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written.
    pub async fn send_one(&self, id: DeliveryId) -> Result<bool, StoreError> {
        let request = self.shared.claim_request(ClaimWhat::One(id));
        let mut claimed = self.shared.store.claim(request).await?;
        let Some(claimed) = claimed.pop() else { return Ok(false) };
        lock(&self.shared.places).take_one(&Terms::from(&*claimed.registered), self.shared.clock.now());
        self.shared.clone().attempt(claimed).await;
        Ok(true)
    }

    /// How many attempts are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        lock(&self.shared.places).under_way()
    }

    /// Whether the database cannot be written now, so that nothing is sent.
    #[must_use]
    pub fn stalled(&self) -> bool {
        lock(&self.shared.places).stalled()
    }

    /// Takes nothing more, and waits up to `patience` for what is under way. Returns how many
    /// attempts were still under way then; they are recorded as interrupted at the next start.
    pub async fn drain(&self, patience: Duration) -> usize {
        self.shared.store.admit_through(None);
        lock(&self.shared.places).close();
        self.shared.wake.notify_one();
        let claim_loop = lock(&self.claim_loop).take();
        if let Some(claim_loop) = claim_loop {
            let _ended = claim_loop.await;
        }
        let all_done = async {
            loop {
                let idle = self.shared.idle.notified();
                if self.under_way() == 0 {
                    break;
                }
                idle.await;
            }
        };
        let _in_time = tokio::time::timeout(patience, all_done).await;
        self.shared.store_learned().await;
        self.under_way()
    }
}

impl Shared {
    fn claim_request(&self, what: ClaimWhat) -> ClaimRequest {
        let now = self.clock.now();
        ClaimRequest { lease: self.lease(now), now, what }
    }

    /// Claims what is due whenever a place is free, until the dispatcher is closed.
    async fn claim_loop(self: Arc<Self>) {
        let mut changes = self.store.changes();
        let mut queue_seen = None;
        let mut read_again = true;
        loop {
            let queue = changes.borrow_and_update().queue;
            read_again |= (queue_seen != Some(queue)) | self.unsure.swap(false, Ordering::AcqRel);
            queue_seen = Some(queue);
            if read_again {
                lock(&self.places).begin_reading();
                match self.store.due().await {
                    Ok(due) => {
                        lock(&self.places).finish_reading(&due);
                        read_again = false;
                    }
                    Err(error) => tracing::warn!(%error, "cannot read what is due"),
                }
            }
            if lock(&self.places).closed() {
                return;
            }
            self.store_learned().await;
            read_again |= self.claim_due().await;
            if read_again {
                continue;
            }
            let now = self.clock.now();
            let sleep = match lock(&self.places).next_look(now) {
                Some(at) => Duration::from_millis(at.since(now)).min(LONGEST_SLEEP),
                None => LONGEST_SLEEP,
            };
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
                moved = queue_moved(&mut changes, queue) => if moved.is_err() { return },
            }
        }
    }

    /// Claims and sends what is due. Says whether the due times must be read again.
    async fn claim_due(self: &Arc<Self>) -> bool {
        let registry: Arc<Registry> = self.store.registry().borrow().clone();
        let now = self.clock.now();
        let shares = {
            let mut places = lock(&self.places);
            places.look(now, self.clock.steady_ms());
            places.take_due(now, |id| sending(&registry, id))
        };
        if shares.is_empty() {
            return false;
        }
        let mut left: HashMap<SubscriptionId, u32> = HashMap::with_capacity(shares.len());
        shares.iter().for_each(|share| *left.entry(share.subscription).or_default() += share.places);
        let claimed = match self.store.claim(self.claim_request(ClaimWhat::Due(shares.clone()))).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(%error, "cannot claim what is due");
                self.tell_probes(&shares, &[]);
                self.give_back(&left);
                tokio::time::sleep(WRITE_AGAIN).await;
                return true;
            }
        };
        self.tell_probes(&shares, &claimed);
        for one in claimed {
            if let Some(n) = left.get_mut(&one.registered.subscription.id) {
                *n -= 1;
            }
            tokio::spawn(self.clone().attempt(one));
        }
        self.give_back(&left);
        // Who got less than it had places for has nothing due now: learn when it has.
        left.values().any(|n| *n > 0)
    }

    /// The first that was claimed of a subscription that probes is its probe.
    fn tell_probes(&self, shares: &[Share], claimed: &[Claimed]) {
        let mut places = lock(&self.places);
        let now = self.clock.now();
        for share in shares {
            let first = claimed.iter().find(|c| c.registered.subscription.id == share.subscription);
            places.probe_with(share, first.map(|c| c.id), now);
        }
    }

    /// Lets the store know what was learned of endpoints. What cannot be kept now is kept later.
    async fn store_learned(&self) {
        let learned = lock(&self.places).learned(self.clock.now());
        if learned.is_empty() {
            return;
        }
        match self.store.store_health(learned.clone()).await {
            Ok(()) => lock(&self.places).kept(&learned),
            Err(error) => tracing::warn!(%error, "cannot keep what was learned of endpoints"),
        }
    }

    /// What the end of an attempt says about the endpoint; why the subscription is to be disabled,
    /// if it failed for too long.
    fn learn(&self, claimed: &Claimed, report: &WireReport, now: Timestamp) -> Option<String> {
        let sign = if report.local_shortage {
            Sign::Untried
        } else if report.idle_closed {
            Sign::Unclear
        } else {
            Sign::of(report.outcome, report.response.as_ref().map(|r| r.status))
        };
        let id = claimed.registered.subscription.id;
        let registry: Arc<Registry> = self.store.registry().borrow().clone();
        let registered = registry.get(id)?;
        let health = lock(&self.places).ended(
            &Terms::from(&**registered),
            claimed.registered.epoch,
            claimed.id,
            sign,
            now,
        )?;
        let after = registered.subscription.definition.auto_disable_after_ms?;
        let since = health.failing_since.filter(|_| health.failed_for(after, now))?;
        Some(format!(
            "nothing got through since {since}: every attempt failed, the last one was {}",
            claimed.id
        ))
    }

    fn give_back(&self, left: &HashMap<SubscriptionId, u32>) {
        let mut places = lock(&self.places);
        for (id, n) in left {
            (0..*n).for_each(|_| places.release(*id));
        }
    }

    async fn ready(&self, registered: &Arc<Registered>) -> Result<Arc<Ready>, NotReady> {
        let id = registered.subscription.id;
        if let Some(known) = lock(&self.ready).get(&id)
            && Arc::ptr_eq(&known.registered, registered)
        {
            return Ok(known.clone());
        }
        let ready = Arc::new(Ready::new(registered, &*self.vault).await?);
        lock(&self.ready).insert(id, ready.clone());
        Ok(ready)
    }

    /// The request of an attempt, or why there is none. What a template takes is part of the attempt's
    /// time, and holds up nobody else.
    async fn outgoing(
        &self,
        ready: Arc<Ready>,
        claimed: &Claimed,
        at: Timestamp,
    ) -> Result<Outgoing, WireReport> {
        let registry = self.store.registry().borrow().clone();
        let brand = registry.brand_of_event(&claimed.event).map(std::borrow::Cow::into_owned);
        let (event, received, own) =
            (claimed.event.clone(), claimed.received.clone(), claimed.headers.clone());
        let renders = ready.renders();
        let limit = Duration::from_millis(ready.registered.subscription.definition.policy.timeout_ms);
        let make = move || ready.request(&event, received.as_deref(), &own, brand.as_deref(), at);
        if !renders {
            return make().map_err(|why| unsendable(why.to_string()));
        }
        let started = Stopwatch::start();
        let rendering = async {
            let place = self.rendering.clone().acquire_owned().await;
            tokio::task::spawn_blocking(move || {
                let _place = place;
                make()
            })
            .await
        };
        match tokio::time::timeout(limit, rendering).await {
            Ok(Ok(Ok(mut outgoing))) => {
                let left = outgoing.request.timeout.saturating_sub(started.elapsed());
                outgoing.request.timeout = left;
                Ok(outgoing)
            }
            Ok(Ok(Err(why))) => Err(unsendable(why.to_string())),
            Ok(Err(_)) => Err(unsendable("the template could not be rendered: change it".to_owned())),
            Err(_) => {
                let why = format!(
                    "the template was not rendered within the attempt's {} ms: nothing was sent",
                    limit.as_millis()
                );
                Err(WireReport { outcome: Outcome::Timeout, ..unsendable(why) })
            }
        }
    }

    /// Makes the attempt that a claim counted, and records it.
    async fn attempt(self: Arc<Self>, claimed: Claimed) {
        let started_at = self.clock.now();
        let fresh = lock(&self.fresh).remove(&claimed.id);
        let report = match self.ready(&claimed.registered).await {
            Ok(ready) => self.send(&claimed, &ready, fresh, started_at).await,
            Err(NotReady::Unsendable(why)) => unsendable(why.to_string()),
            Err(NotReady::Sealed(why)) => return self.hold(&claimed, &why).await,
        };
        let now = self.clock.now();
        let failing = self.learn(&claimed, &report, now);
        // A second time in a row it is treated as any other reset.
        let idle_closed = report.idle_closed && !fresh;
        let mut record = self.concluded(&claimed, report, idle_closed, started_at, now);
        if idle_closed && matches!(record.after.state, DeliveryState::Pending(_)) {
            lock(&self.fresh).insert(claimed.id);
        }
        let epoch = claimed.registered.epoch;
        record.disable = record.disable.or(failing.map(|because| Disable { because, epoch }));
        let subscription = claimed.registered.subscription.id;
        if !self.record(record.clone()).await {
            self.release(subscription);
            self.wake.notify_one();
            return;
        }
        if claimed.received.as_deref().is_some_and(|headers| hops_of(headers) >= MAX_HOPS) {
            self.tell_of_loop(&claimed, now).await;
        }
        if let DeliveryState::Pending(Pending { next_attempt_at, .. }) = record.after.state {
            lock(&self.places).note_due(subscription, next_attempt_at, false);
        } else if claimed.registered.subscription.definition.ordered_by.is_some() {
            // What comes after it may go now.
            lock(&self.places).note_due(subscription, now, false);
        }
        let _nobody_listens = self.told.send(Arc::new(AttemptFinished {
            delivery: claimed.id,
            subscription,
            event: claimed.event.id.to_string(),
            event_type: claimed.event.event_type.to_string(),
            test: claimed.event.test,
            attempt: record.attempt,
            after: record.after,
        }));
        self.release(subscription);
        self.wake.notify_one();
    }

    /// Gives a claimed delivery back whose secret does not open now, and holds with it what else waits
    /// of its subscription: nothing was sent, so nothing is recorded and no schedule is used up.
    async fn hold(self: Arc<Self>, claimed: &Claimed, why: &str) {
        let subscription = claimed.registered.subscription.id;
        tracing::debug!(%subscription, why, "what is sealed of a subscription does not open; its deliveries wait");
        let lease = Lease { owner: self.owner.clone(), until: self.clock.now() };
        let number = claimed.delivery.attempts;
        loop {
            let now = self.clock.now();
            let given_back = async {
                self.store.hold(claimed.id, &lease, number, Held::Vault, now).await?;
                self.store.hold_waiting(subscription, Held::Vault).await
            };
            match given_back.await {
                Ok(_) | Err(StoreError::Closed) => break,
                Err(error) => {
                    tracing::warn!(%error, delivery = %claimed.id, "a delivery cannot be held yet");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
            }
        }
        lock(&self.places).not_sent(subscription, claimed.id);
        self.unsure.store(true, Ordering::Release);
        self.release(subscription);
        self.wake.notify_one();
    }

    /// Sends what was claimed, on a new connection where a `fresh` one is needed. Credentials are not in
    /// the report.
    async fn send(
        &self,
        claimed: &Claimed,
        ready: &Arc<Ready>,
        fresh: bool,
        started_at: Timestamp,
    ) -> WireReport {
        match self.outgoing(ready.clone(), claimed, started_at).await {
            Ok(mut outgoing) => {
                outgoing.request.fresh = fresh;
                // Boxed by type: the compiler cannot see through the wire's own lifetimes here.
                let sending: Pin<Box<dyn Future<Output = WireReport> + Send + '_>> =
                    Box::pin(self.wire.send(outgoing.request));
                let mut report = sending.await;
                report.request.body = outgoing.body;
                ready.mask(&mut report, outgoing.shown, &claimed.headers);
                report
            }
            Err(report) => report,
        }
    }

    /// Raises an alert about an event that went round. Once for its subscription, until somebody has
    /// seen it.
    async fn tell_of_loop(&self, claimed: &Claimed, now: Timestamp) {
        let subscription = &claimed.registered.subscription;
        let alert = NewAlert {
            at: now,
            kind: DELIVERY_LOOP.to_owned(),
            summary: format!(
                "What {} sends to {} comes in again as new events: they go round and are stopped after {MAX_HOPS} times.",
                subscription.id, claimed.registered.host
            ),
            event_type: Some(claimed.event.event_type.to_string()),
            event_seq: None,
            details: serde_json::json!({ "subscription": subscription.id }),
        };
        if let Err(error) = self.store.alert_of_delivery(claimed.id, alert).await {
            tracing::warn!(%error, delivery = %claimed.id, "an alert cannot be raised");
        }
    }

    fn concluded(
        &self,
        claimed: &Claimed,
        report: WireReport,
        idle_closed: bool,
        started_at: Timestamp,
        now: Timestamp,
    ) -> Record {
        let definition = &claimed.registered.subscription.definition;
        let status = report.response.as_ref().map(|r| r.status);
        let asked = report.response.as_ref().filter(|r| matches!(r.status, 429 | 503)).and_then(|r| {
            let (_, value) = r.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))?;
            parse_retry_after(value, now)
        });
        let end = Finished {
            outcome: report.outcome,
            status,
            retry_after_ms: asked,
            local_shortage: report.local_shortage,
            idle_closed,
        };
        let trigger = match &claimed.delivery.state {
            DeliveryState::InFlight { trigger, .. } => *trigger,
            DeliveryState::Pending(_)
            | DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Cancelled { .. }
            | DeliveryState::Skipped { .. } => Trigger::Scheduled,
        };
        // A test is tried once: its sender waits for the answer.
        let once = claimed.event.test.then(|| RetryPolicy {
            delays_ms: Vec::new(),
            repeat_last: false,
            ..definition.policy.clone()
        });
        let policy = once.as_ref().unwrap_or(&definition.policy);
        let (after, effect) = match claimed.delivery.clone().finish(end, policy, now, chance()) {
            Ok(next) => next,
            Err(error) => {
                // Cannot be: a claim hands out nothing but deliveries in flight.
                tracing::error!(%error, delivery = %claimed.id, "a claimed delivery is not in flight");
                (claimed.delivery.clone(), None)
            }
        };
        let disable = effect.map(|Effect::DisableSubscription| {
            let said = status.unwrap_or(410);
            let because = format!("the receiver answered {said} to {}: it says that it is gone", claimed.id);
            Disable { because, epoch: claimed.registered.epoch }
        });
        Record {
            delivery: claimed.id,
            subscription: claimed.registered.subscription.id,
            lease: Lease { owner: self.owner.clone(), until: now },
            attempt: Arc::new(AttemptRecord {
                number: claimed.delivery.attempts,
                trigger,
                started_at,
                outcome: report.outcome,
                error: report.error,
                timings: report.timings,
                request: Some(report.request),
                response: report.response,
                connection: report.connection,
            }),
            after,
            disable,
        }
    }

    /// Records an attempt, however long the database cannot be written: what was sent is known
    /// only here. Meanwhile nothing more is sent. False when the database refuses the record, which it
    /// would do again and again: then it is put aside, and the others go on.
    async fn record(&self, record: Record) -> bool {
        loop {
            match self.store.record(vec![record.clone()]).await {
                Ok(recorded) => {
                    if recorded.first() == Some(&Recorded::LeaseLost) {
                        tracing::warn!(delivery = %record.delivery, "an attempt was recorded by someone else");
                    }
                    let mut places = lock(&self.places);
                    if places.stalled() {
                        places.stall(false);
                        tracing::info!("the database can be written again; sending goes on");
                    }
                    return true;
                }
                Err(StoreError::Closed) => return true,
                Err(error) if error.is_unavailable() => self.stall(&record, &error).await,
                Err(error) => {
                    tracing::error!(%error, delivery = %record.delivery, "the record of an attempt was refused; it is put aside, see hookbench doctor");
                    self.set_aside(record, error.to_string()).await;
                    return false;
                }
            }
        }
    }

    /// Sends nothing more for a while: the database cannot be written.
    async fn stall(&self, record: &Record, error: &StoreError) {
        tracing::warn!(%error, delivery = %record.delivery, "an attempt cannot be recorded yet; sending pauses");
        lock(&self.places).stall(true);
        tokio::time::sleep(WRITE_AGAIN).await;
    }

    async fn set_aside(&self, record: Record, why: String) {
        loop {
            match self.store.set_record_aside(record.clone(), why.clone(), self.clock.now()).await {
                Ok(_) | Err(StoreError::Closed) => break,
                Err(error) if error.is_unavailable() => self.stall(&record, &error).await,
                Err(error) => {
                    // Its lease ends with this process: the next start finds it interrupted.
                    tracing::error!(%error, delivery = %record.delivery, "nor can it be put aside");
                    break;
                }
            }
        }
        lock(&self.places).stall(false);
    }

    fn release(&self, id: SubscriptionId) {
        let mut places = lock(&self.places);
        places.release(id);
        if places.under_way() == 0 {
            self.idle.notify_waiters();
        }
    }
}

impl Admission for Shared {
    fn admit(&self, registered: &Registered, asked: bool) -> bool {
        lock(&self.places).admit(&Terms::from(registered), asked, self.clock.now())
    }

    fn release(&self, subscription: SubscriptionId) {
        Shared::release(self, subscription);
    }

    fn deliver(self: Arc<Self>, claimed: Vec<Claimed>) {
        for one in claimed {
            tokio::spawn(self.clone().attempt(one));
        }
    }

    fn waits(&self, subscriptions: Vec<(SubscriptionId, bool)>) {
        let now = self.clock.now();
        let mut places = lock(&self.places);
        subscriptions.into_iter().for_each(|(id, asked)| places.note_due(id, now, asked));
        drop(places);
        self.wake.notify_one();
    }

    fn refill(&self, registry: &Registry, finished: &HashMap<SubscriptionId, u32>) -> Vec<Share> {
        let ended = finished.iter().map(|(id, n)| (*id, *n));
        let (now, mut places) = (self.clock.now(), lock(&self.places));
        places.look(now, self.clock.steady_ms());
        places.refill(now, ended, |id| sending(registry, id))
    }

    fn short(&self, subscription: SubscriptionId, places: u32) {
        self.unsure.store(true, Ordering::Release);
        (0..places).for_each(|_| Self::release(self, subscription));
        self.wake.notify_one();
    }

    fn lease(&self, now: Timestamp) -> Lease {
        Lease { owner: self.owner.clone(), until: now.plus_ms(300_000 + LEASE_MARGIN_MS) }
    }
}

/// The terms of a subscription that may be sent to now.
fn sending(registry: &Registry, id: SubscriptionId) -> Option<Terms<'_>> {
    registry.get(id).filter(|r| registry.sends(r)).map(|r| Terms::from(&**r))
}

async fn queue_moved(
    changes: &mut tokio::sync::watch::Receiver<hookbench_store::Changes>,
    seen: u64,
) -> Result<(), tokio::sync::watch::error::RecvError> {
    changes.wait_for(|c| c.queue != seen).await.map(drop)
}

/// The report of an attempt of which nothing could be sent.
fn unsendable(why: String) -> WireReport {
    WireReport {
        outcome: Outcome::Blocked,
        error: Some(why),
        local_shortage: false,
        timings: Timings::default(),
        request: hookbench_domain::RequestRecord::default(),
        response: None,
        connection: Connection::default(),
        idle_closed: false,
    }
}
