//! The one writer: it never waits for company. It commits whatever is queued in one transaction,
//! and the next group gathers meanwhile. It has a thread of its own: a transaction is some twenty
//! messages to the database and back, and each would queue behind whatever else the runtime runs.

use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hookbench_ambient::Clock;
use hookbench_domain::{SubscriptionId, Timestamp};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, oneshot, watch};

use crate::database::location::Place;
use crate::database::open::{data_version, reopen_writer};
use crate::deliveries::claim::{ClaimRequest, ClaimWhat, Claimed, Share, claim};
use crate::deliveries::record::{Record, Recorded, fence, record};
use crate::events::evaluate::Evaluated;
use crate::events::publication::Published;
use crate::events::publish::publish;
use crate::registry::Registry;
use crate::sql::batch::Last;
use crate::{Admission, StoreError};

/// The most operations one transaction takes.
const GROUP: usize = 512;
/// Up to so many answers are given from the writer's own thread.
const FEW: usize = 4;
/// How often the writer looks for what other processes wrote.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What changed, as two numbers that only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Moves with everything that is kept.
    pub kept: u64,
    /// Moves when the queue or a subscription was changed by someone else than the dispatcher.
    pub queue: u64,
}

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;
/// Answers whoever asked; called once everybody in this process knows what changed.
type Answer = Box<dyn FnOnce() + Send>;
type JobFuture<'c> = Pin<Box<dyn Future<Output = Answer> + Send + 'c>>;
type Job = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection, &'c Place) -> JobFuture<'c> + Send>;
/// The future of a write: see [`Writer::write`].
pub(crate) type WriteFuture<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

/// What the writer is asked to do.
pub(crate) enum Op {
    Publish(Vec<Evaluated>, Reply<Vec<Published>>),
    Record(Vec<Record>, Reply<Vec<Recorded>>),
    Claim(ClaimRequest, Reply<Vec<Claimed>>),
    /// Anything rare, in a transaction of its own.
    Other(Job),
    /// The same for what nobody waits for: retention, search.
    Quiet(Job),
    /// Looks now for what other processes wrote.
    Look(Reply<()>),
    /// Folds the WAL into the file and cuts it to nothing.
    EmptyWal(Reply<bool>),
    Close(oneshot::Sender<()>),
}

/// A handle to the writer.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::UnboundedSender<Op>,
    pub(crate) changes: watch::Receiver<Changes>,
    pub(crate) registry: watch::Receiver<Arc<Registry>>,
    pub(crate) trouble: watch::Receiver<Option<String>>,
    pub(crate) admission: watch::Sender<Option<Arc<dyn Admission>>>,
}

impl Writer {
    pub(crate) async fn start(
        path: PathBuf,
        mut connection: SqliteConnection,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let registry = Arc::new(Registry::load(&mut connection, &Registry::default()).await?);
        let seen = data_version(&mut connection).await?;
        let (queue, ops) = mpsc::unbounded_channel();
        let (changes_sender, changes) = watch::channel(Changes::default());
        let (registry_sender, registry) = watch::channel(registry);
        let (admission, admission_receiver) = watch::channel(None);
        let (trouble_sender, trouble) = watch::channel(None);
        let state = State {
            place: Place::of_opened(path.clone()),
            connection,
            clock,
            home: Handle::current(),
            seen,
            changes: changes_sender,
            registry: registry_sender,
            trouble: trouble_sender,
            admission: admission_receiver,
        };
        let failed = |source| StoreError::File { path: path.clone(), source };
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = runtime.map_err(failed)?;
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        thread.spawn(move || runtime.block_on(state.run(ops))).map_err(failed)?;
        Ok(Self { queue, changes, registry, trouble, admission })
    }

    /// Queues an operation and waits for its commit.
    pub(crate) async fn ask<T>(&self, make: impl FnOnce(Reply<T>) -> Op) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(make(reply)).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs a rare write in a transaction of its own, to its end even if the caller goes away.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> WriteFuture<'c, T> + Send + 'static,
    {
        self.ask(|reply| Op::Other(job(work, reply))).await
    }

    /// The same, and nobody is told that something changed: for what follows behind.
    pub(crate) async fn write_quietly<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> WriteFuture<'c, T> + Send + 'static,
    {
        self.ask(|reply| Op::Quiet(job(work, reply))).await
    }

    /// Commits what is queued, folds the WAL into the file and closes it.
    pub(crate) async fn close(&self) {
        let (reply, done) = oneshot::channel();
        if self.queue.send(Op::Close(reply)).is_ok() {
            let _closed = done.await;
        }
    }
}

fn job<T, F>(work: F, reply: Reply<T>) -> Job
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> WriteFuture<'c, T> + Send + 'static,
{
    Box::new(move |connection, place| {
        Box::pin(async move {
            let result = in_transaction(connection, place, work).await;
            let answer: Answer = Box::new(move || drop(reply.send(result)));
            answer
        })
    })
}

async fn in_transaction<T, F>(
    connection: &mut SqliteConnection,
    place: &Place,
    work: F,
) -> Result<T, StoreError>
where
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> WriteFuture<'c, T> + Send,
{
    let mut transaction = connection.begin_with("begin immediate").await?;
    let worked = work(&mut transaction).await;
    match worked.and_then(|value| place.check().map(|()| value)) {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // Where SQLite has rolled back by itself there is nothing left to do.
            if let Err(again) = transaction.rollback().await {
                tracing::debug!(%again, "rolled back already");
            }
            Err(error)
        }
    }
}

struct State {
    place: Place,
    connection: SqliteConnection,
    clock: Clock,
    /// Where those live who ask.
    home: Handle,
    seen: i64,
    changes: watch::Sender<Changes>,
    registry: watch::Sender<Arc<Registry>>,
    /// Why nothing can be written, while that lasts.
    trouble: watch::Sender<Option<String>>,
    admission: watch::Receiver<Option<Arc<dyn Admission>>>,
}

/// The frequent operations of one group, to be committed together.
#[derive(Default)]
struct Group {
    publish: Vec<(Vec<Evaluated>, Reply<Vec<Published>>)>,
    record: Vec<(Vec<Record>, Reply<Vec<Recorded>>)>,
    claim: Vec<(ClaimRequest, Reply<Vec<Claimed>>)>,
}

impl Group {
    fn len(&self) -> usize {
        self.publish.len() + self.record.len() + self.claim.len()
    }
}

impl State {
    async fn run(mut self, mut ops: mpsc::UnboundedReceiver<Op>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut queued = Vec::with_capacity(GROUP);
        loop {
            // Only waiting happens inside the select; database work never does.
            let received = tokio::select! {
                received = ops.recv_many(&mut queued, GROUP) => Some(received),
                _ = look.tick() => None,
            };
            match received {
                Some(0) => break,
                Some(_) => {}
                None => {
                    self.look().await;
                    continue;
                }
            }
            let (mut group, mut closing) = (Group::default(), None);
            for op in queued.drain(..) {
                match op {
                    Op::Publish(items, reply) => group.publish.push((items, reply)),
                    Op::Record(items, reply) => group.record.push((items, reply)),
                    Op::Claim(request, reply) => group.claim.push((request, reply)),
                    Op::Other(job) => {
                        // Order is kept: what was asked before is committed before.
                        self.commit(std::mem::take(&mut group)).await;
                        let answer = job(&mut self.connection, &self.place).await;
                        self.mend().await;
                        self.refresh().await;
                        self.changes.send_modify(|c| (c.kept, c.queue) = (c.kept + 1, c.queue + 1));
                        answer();
                    }
                    Op::Quiet(job) => {
                        self.commit(std::mem::take(&mut group)).await;
                        let answer = job(&mut self.connection, &self.place).await;
                        self.mend().await;
                        answer();
                    }
                    Op::Look(reply) => {
                        self.commit(std::mem::take(&mut group)).await;
                        self.look().await;
                        let _gone = reply.send(Ok(()));
                    }
                    Op::EmptyWal(reply) => {
                        self.commit(std::mem::take(&mut group)).await;
                        let busy: Result<i64, sqlx::Error> =
                            sqlx::query_scalar("pragma wal_checkpoint(truncate)")
                                .fetch_one(&mut self.connection)
                                .await;
                        let _gone = reply.send(busy.map(|busy| busy == 0).map_err(StoreError::from));
                    }
                    Op::Close(reply) => closing = Some(reply),
                }
            }
            self.commit(group).await;
            if let Some(reply) = closing {
                let _folded =
                    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut self.connection).await;
                let _closed = self.connection.close().await;
                let _gone = reply.send(());
                return;
            }
        }
    }

    /// Notices what other processes wrote, and that the database can be written again.
    async fn look(&mut self) {
        if let Err(gone) = self.place.check() {
            self.notice(Some(&gone));
        } else if self.trouble.borrow().is_some() {
            let tried = in_transaction(&mut self.connection, &self.place, |connection| {
                Box::pin(crate::sql::set_meta(connection, "written", 1))
            });
            let tried = tried.await;
            self.mend().await;
            self.notice(tried.as_ref().err());
        }
        match data_version(&mut self.connection).await {
            Ok(version) if version != self.seen => {
                self.seen = version;
                self.refresh().await;
                self.changes.send_modify(|c| (c.kept, c.queue) = (c.kept + 1, c.queue + 1));
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "cannot look for changes"),
        }
    }

    /// Reads the subscriptions again if they changed.
    async fn refresh(&mut self) {
        let known = self.registry.borrow().clone();
        let loaded = match Registry::current_version(&mut self.connection).await {
            Ok(version) if version == known.version() => return,
            Ok(_) => Registry::load(&mut self.connection, &known).await,
            Err(error) => Err(error),
        };
        match loaded {
            Ok(registry) => {
                self.registry.send_replace(Arc::new(registry));
            }
            Err(error) => tracing::warn!(%error, "cannot read the subscriptions"),
        }
    }

    /// When a write fails, SQLite may have rolled back by itself. The connection does not learn that
    /// and would refuse every further transaction, so another one takes its place.
    async fn mend(&mut self) {
        // What lies there in its place is not to be written to.
        if !self.connection.is_in_transaction() || self.place.check().is_err() {
            return;
        }
        let opened = async {
            let mut fresh = reopen_writer(self.place.path()).await?;
            let seen = data_version(&mut fresh).await?;
            Ok::<_, StoreError>((fresh, seen))
        };
        match opened.await {
            Ok((fresh, seen)) => {
                let spoiled = std::mem::replace(&mut self.connection, fresh);
                self.seen = seen;
                if let Err(error) = spoiled.close().await {
                    tracing::debug!(%error, "the connection before did not close well");
                }
            }
            Err(error) => tracing::warn!(%error, "the database cannot be opened again yet"),
        }
    }

    /// Lets others know whether the database can be written.
    fn notice(&self, error: Option<&StoreError>) {
        match error {
            Some(StoreError::Unavailable(said)) => {
                self.trouble.send_if_modified(|now| now.replace(said.clone()).as_ref() != Some(said));
            }
            // Anything else says nothing about the file.
            Some(_) => {}
            None => {
                self.trouble.send_if_modified(|now| now.take().is_some());
            }
        }
    }

    async fn commit(&mut self, group: Group) {
        if group.len() == 0 {
            return;
        }
        let alone = group.len() == 1;
        let group = match self.try_commit(group).await {
            Ok(()) => {
                self.notice(None);
                return;
            }
            Err((group, error)) if alone => {
                self.mend().await;
                self.notice(Some(&error));
                refuse(group, &error);
                return;
            }
            Err((group, error)) => {
                self.mend().await;
                tracing::debug!(%error, "a group failed; its members are tried one by one");
                group
            }
        };
        // One member may have spoiled the group: each gets a transaction of its own.
        let publish = group.publish.into_iter().map(|op| Group { publish: vec![op], ..Group::default() });
        let record = group.record.into_iter().map(|op| Group { record: vec![op], ..Group::default() });
        let claim = group.claim.into_iter().map(|op| Group { claim: vec![op], ..Group::default() });
        for single in publish.chain(record).chain(claim) {
            match self.try_commit(single).await {
                Ok(()) => self.notice(None),
                Err((single, error)) => {
                    self.mend().await;
                    self.notice(Some(&error));
                    refuse(single, &error);
                }
            }
        }
    }

    async fn try_commit(&mut self, group: Group) -> Result<(), (Group, StoreError)> {
        let admission = self.admission.borrow().clone();
        let done = match self.transact(&group, admission.as_deref()).await {
            Ok(done) => done,
            Err(error) => return Err((group, error)),
        };
        if done.registry_moved {
            self.refresh().await;
        }
        self.changes.send_modify(|c| c.kept += 1);
        let few = group.len() + done.admitted.len() <= FEW;
        let tell = move || tell(group, done, admission);
        if few {
            let _at_home = self.home.enter();
            tell();
        } else {
            // In one piece: each answer wakes somebody there, which costs more from outside.
            self.home.spawn(async move { tell() });
        }
        Ok(())
    }

    async fn transact(
        &mut self,
        group: &Group,
        admission: Option<&dyn Admission>,
    ) -> Result<Done, StoreError> {
        let now = self.clock.now();
        let mut transaction = self.connection.begin_with("begin immediate").await?;
        let mut registry = self.registry.borrow().clone();
        let fence = fence(group.record.iter().flat_map(|(items, _)| items))?;
        let last = Last::read(&mut transaction, &fence).await?;
        if last.subscriptions_version != registry.version() {
            // Another process changed them: what is published now is matched by what holds now.
            registry = Arc::new(Registry::load(&mut transaction, &registry).await?);
            self.registry.send_replace(registry.clone());
        }
        let mut done = Done::default();
        if !group.publish.is_empty() {
            let items: Vec<&Evaluated> = group.publish.iter().flat_map(|(items, _)| items).collect();
            let result = publish(&mut transaction, &registry, admission, now, &last, &items).await;
            let fanned = match result {
                Ok(fanned) => fanned,
                Err((error, admitted)) => {
                    release(admission, &admitted);
                    if let Err(again) = transaction.rollback().await {
                        tracing::debug!(%again, "rolled back already");
                    }
                    return Err(error);
                }
            };
            (done.admitted, done.waiting) = (fanned.admitted, fanned.waiting);
            let mut answers = fanned.published.into_iter();
            for (items, _) in &group.publish {
                done.published.push(answers.by_ref().take(items.len()).collect());
            }
        }
        let rest = async {
            if !group.record.is_empty() {
                let items: Vec<&Record> = group.record.iter().flat_map(|(items, _)| items).collect();
                let (recorded, moved) = record(&mut transaction, &registry, now, &last, &items).await?;
                let mut answers = recorded.into_iter();
                for (items, _) in &group.record {
                    done.recorded.push(answers.by_ref().take(items.len()).collect());
                }
                done.registry_moved = moved;
                if let Some(admission) = admission {
                    let mut finished: HashMap<SubscriptionId, u32> = HashMap::new();
                    items.iter().for_each(|item| *finished.entry(item.subscription).or_default() += 1);
                    done.short = admission
                        .refill(&registry, &finished)
                        .into_iter()
                        .map(|s| (s.subscription, s.places))
                        .collect();
                    refill(&mut transaction, &registry, admission, now, &mut done).await?;
                }
            }
            for (request, _) in &group.claim {
                done.claimed.push(claim(&mut transaction, &registry, request).await?);
            }
            Ok::<_, StoreError>(())
        };
        let result = match rest.await.and_then(|()| self.place.check()) {
            Ok(()) => transaction.commit().await.map_err(StoreError::from),
            Err(error) => {
                if let Err(again) = transaction.rollback().await {
                    tracing::debug!(%again, "rolled back already");
                }
                Err(error)
            }
        };
        // Acknowledged is only what lies where it is found again.
        match result.and_then(|()| self.place.check()) {
            Ok(()) => Ok(done),
            Err(error) => {
                release(admission, &done.admitted);
                if let Some(admission) = admission {
                    done.short.into_iter().for_each(|(id, n)| admission.short(id, n));
                }
                Err(error)
            }
        }
    }
}

/// Hands over what was leased and answers everybody of a committed group.
fn tell(group: Group, done: Done, admission: Option<Arc<dyn Admission>>) {
    if let Some(admission) = &admission {
        if !done.admitted.is_empty() {
            admission.clone().deliver(done.admitted);
        }
        done.short.into_iter().filter(|(_, n)| *n > 0).for_each(|(id, n)| admission.short(id, n));
        if !done.waiting.is_empty() {
            admission.waits(done.waiting);
        }
    }
    for ((_, reply), answer) in group.publish.into_iter().zip(done.published) {
        let _gone = reply.send(Ok(answer));
    }
    for ((_, reply), answer) in group.record.into_iter().zip(done.recorded) {
        let _gone = reply.send(Ok(answer));
    }
    for ((_, reply), answer) in group.claim.into_iter().zip(done.claimed) {
        let _gone = reply.send(Ok(answer));
    }
}

/// Claims what waits into the places that `done.short` holds, and counts them down.
async fn refill(
    connection: &mut SqliteConnection,
    registry: &Registry,
    admission: &dyn Admission,
    now: Timestamp,
    done: &mut Done,
) -> Result<(), StoreError> {
    if done.short.is_empty() {
        return Ok(());
    }
    let share = |(id, n): (&SubscriptionId, &u32)| Share { subscription: *id, places: *n, asked_only: false };
    let what = ClaimWhat::Due(done.short.iter().map(share).collect());
    for claimed in
        claim(connection, registry, &ClaimRequest { lease: admission.lease(now), now, what }).await?
    {
        if let Some(n) = done.short.get_mut(&claimed.registered.subscription.id) {
            *n = n.saturating_sub(1);
        }
        done.admitted.push(claimed);
    }
    Ok(())
}

#[derive(Default)]
struct Done {
    published: Vec<Vec<Published>>,
    recorded: Vec<Vec<Recorded>>,
    claimed: Vec<Vec<Claimed>>,
    admitted: Vec<Claimed>,
    waiting: Vec<(SubscriptionId, bool)>,
    /// Places taken for what waits and not used.
    short: HashMap<SubscriptionId, u32>,
    registry_moved: bool,
}

fn release(admission: Option<&dyn Admission>, admitted: &[Claimed]) {
    if let Some(admission) = admission {
        admitted.iter().for_each(|c| admission.release(c.registered.subscription.id));
    }
}

fn refuse(group: Group, error: &StoreError) {
    group.publish.into_iter().for_each(|(_, reply)| drop(reply.send(Err(error.again()))));
    group.record.into_iter().for_each(|(_, reply)| drop(reply.send(Err(error.again()))));
    group.claim.into_iter().for_each(|(_, reply)| drop(reply.send(Err(error.again()))));
}
