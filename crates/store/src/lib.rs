//! Everything Hookbench keeps: events, subscriptions, deliveries, attempts, sources, what they
//! received, brands, sealed secrets, in one SQLite file.
//!
//! The interface speaks the domain's words. Every operation takes and returns domain values and is
//! one transaction that callers never see; one writer commits whatever is queued together, and a
//! pool of readers answers the rest.

mod alerts;
mod brands;
mod database;
mod deliveries;
mod error;
mod events;
mod log;
mod maintenance;
mod operations;
mod projections;
mod registry;
mod secrets;
mod sources;
mod sql;
mod subscriptions;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hookbench_ambient::Clock;
use hookbench_domain::Timestamp;
use serde::Serialize;
use sqlx::SqlitePool;
use tokio::sync::watch;

pub use alerts::{Alert, AlertFilter, NewAlert};
pub use brands::remotes::RemoteSecret;
pub use brands::{BrandEventType, Reading};
pub use database::examine::{Examined, back_ups, back_ups_in_clear};
pub use database::files::open_own;
pub use database::lock::{DispatchLock, Holder, LockError, dispatching};
pub use deliveries::claim::{ClaimRequest, ClaimWhat, Claimed, Share};
pub use deliveries::due::Due;
pub use deliveries::held::HeldDeliveries;
pub use deliveries::record::{Disable, Record, Recorded};
pub use deliveries::set_aside::SetAside;
pub use deliveries::{DeliverySummary, FinishedAttempt};
pub use error::StoreError;
pub use events::live::{EventFate, HEAD_BYTES, LiveEvent};
pub use events::publication::{Publication, PublishOutcome, Published};
pub use events::publish::Admission;
pub use events::{EventFilter, EventSummary, SeenType};
pub use log::activity::{Activity, AttemptCounts, Pace};
pub use log::dimension::Facet;
pub use log::facets::{FACET_CAP, FacetCounts, Facets};
pub use log::filter::{DeliveryFilter, MAX_PAGE, ResponseFilter};
pub use log::histogram::{Histogram, TimeRange};
pub use log::investigate::{FoundAttempt, WaitingDelivery};
pub use log::search::Behind;
pub use log::stats::{Counts, LATENCY_SAMPLE, Stats};
pub use maintenance::erase::{BodyOf, Erased};
pub use maintenance::retention::{DEDUPE_DAYS, PrunedBatch, RetentionRules};
pub use operations::{NewOperation, OperationItem, ReplayCandidate, Replayable, StoredOperation};
pub use projections::learning::{AttemptCount, BUCKETS_US, LearnedEvents, StoredSchema, UnprocessedEvent};
pub use registry::{
    PlatformReadError, Registered, RegisteredBrand, RegisteredRemote, RegisteredSource, Registry,
    SealedSecret, SeenWebhook, Unreadable, next_secret_owner, relay_owner, token_owner, values_owner,
};
pub use secrets::StoredSecret;
pub use sources::SourceSecrets;
pub use sources::arrival::{Arrival, ArrivalMore};
pub use sources::received::{ReceivedRequest, Refused, STORED_BODY_BYTES, STORED_REFUSED};
pub use sources::relays::{RelayState, RelayStatus, StoredRelay};
pub use subscriptions::credentials::Unsealed;
pub use subscriptions::pause::Learned;
pub use subscriptions::versions::{SubscriptionAt, SubscriptionVersions};
pub use subscriptions::{Sealed, Secrets};
pub use writer::Changes;

/// The database's file name in the data folder.
pub const FILE_NAME: &str = "hookbench.db";

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// From up to `limit + 1` rows: the one too many says that there is a next page.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(cursor) } else { None };
        Self { items, next_cursor }
    }

    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}

/// The store of one data folder. Clones share it.
#[derive(Clone)]
pub struct Store {
    path: PathBuf,
    clock: Clock,
    writer: writer::Writer,
    readers: SqlitePool,
    remembered: log::candidates::Remembered,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database in `folder`, making folder and database where they are missing.
    ///
    /// # Errors
    /// [`StoreError::Newer`] and [`StoreError::Unusable`] leave the file untouched;
    /// [`StoreError::File`] when the folder cannot be used.
    pub async fn open(folder: &Path, clock: Clock) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let path = folder.join(FILE_NAME);
        let connection = database::open::open_writer(&path).await?;
        let readers = database::open::open_readers(&path).await?;
        let writer = writer::Writer::start(path.clone(), connection, clock.clone()).await?;
        Ok(Self { path, clock, writer, readers, remembered: log::candidates::Remembered::default() })
    }

    /// The database's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The clock that the store goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What moved, to be waited for.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Changes> {
        self.writer.changes.clone()
    }

    /// The subscriptions and sources in memory, to be waited for.
    #[must_use]
    pub fn registry(&self) -> watch::Receiver<Arc<Registry>> {
        self.writer.registry.clone()
    }

    /// Lets a dispatcher lease new deliveries as they are kept; `None` takes that back.
    pub fn admit_through(&self, admission: Option<Arc<dyn Admission>>) {
        self.writer.admission.send_replace(admission);
    }

    /// Keeps events and fans them out. The answer comes once everything is durable; one answer
    /// for each item, in order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn publish(&self, items: Vec<Publication>) -> Result<Vec<Published>, StoreError> {
        let registry = self.writer.registry.borrow().clone();
        let items = items.into_iter().map(|item| events::evaluate::Evaluated::ask(item, &registry)).collect();
        self.writer.ask(|reply| writer::Op::Publish(items, reply)).await
    }

    /// Keeps one event for one subscription, with headers of its own besides the subscription's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn publish_with(
        &self,
        item: Publication,
        headers: Vec<(String, String)>,
    ) -> Result<Published, StoreError> {
        let registry = self.writer.registry.borrow().clone();
        let item = events::evaluate::Evaluated::ask(item, &registry).with_headers(headers);
        let mut answers = self.writer.ask(|reply| writer::Op::Publish(vec![item], reply)).await?;
        answers.pop().ok_or(StoreError::Closed)
    }

    /// Leases due deliveries and counts their attempts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was leased.
    pub async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claimed>, StoreError> {
        self.writer.ask(|reply| writer::Op::Claim(request, reply)).await
    }

    /// Records finished attempts and what they lead to.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was recorded; it may be tried again.
    pub async fn record(&self, records: Vec<Record>) -> Result<Vec<Recorded>, StoreError> {
        self.writer.ask(|reply| writer::Op::Record(records, reply)).await
    }

    /// Records what an earlier dispatcher left under way as interrupted and makes it due. Only
    /// while this process holds the [`DispatchLock`]. Returns how many there were.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing could be written.
    pub async fn recover(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.writer.write(move |connection| Box::pin(deliveries::record::recover(connection, now))).await
    }

    /// Takes into memory at once what other processes changed, which otherwise is noticed within a fifth
    /// of a second.
    ///
    /// # Errors
    /// [`StoreError::Closed`] when the store is closing.
    pub async fn look(&self) -> Result<(), StoreError> {
        self.writer.ask(writer::Op::Look).await
    }

    /// Why the database cannot be written now, if so; to be waited for.
    #[must_use]
    pub fn trouble(&self) -> watch::Receiver<Option<String>> {
        self.writer.trouble.clone()
    }

    /// Folds the write-ahead log into the file and empties it. `false` when somebody else reads from
    /// it still.
    pub(crate) async fn empty_wal(&self) -> Result<bool, StoreError> {
        self.writer.ask(writer::Op::EmptyWal).await
    }

    /// Commits what is queued, folds the WAL into the file and closes it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|source| StoreError::File { path: folder.to_owned(), source })
}
