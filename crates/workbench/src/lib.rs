//! The application: every use case of Hookbench, once. The command, the local API and the window
//! parse, call one function here, and show what it answers.
//!
//! A small program needs this crate alone: [`Workbench::open`] a folder, [`Workbench::start`]
//! dispatching, [`Events::publish`] events.

mod alerts;
mod body;
mod brands;
mod deliveries;
mod demo;
mod dispatch;
mod error;
mod events;
mod export;
mod folder;
mod handles;
mod lengthy;
mod maintenance;
mod operations;
mod signatures;
mod sources;
mod stats;
mod subscriptions;
mod token;
mod vault;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hookbench_ambient::{Clock, random_low};
use hookbench_domain::{EventId, SubscriptionId};
use hookbench_platform::{load_profiles, refresh_profiles};
use hookbench_store::{DispatchLock, Holder, Store};

pub use alerts::{Acknowledged, AlertQuery, AlertView};
pub use body::BodyView;
pub use brands::catalogue::{CatalogueEvent, PlatformView, SchemeView};
pub use brands::changes::Resumed;
pub use brands::drift::{Drift, DriftProblem};
pub use brands::keys::{BrandChange, KeyCheck};
pub use brands::platform_log::{RemoteLog, RemoteLogQuery};
pub use brands::platforms::EventTypeView;
pub use brands::remote_view::{DriftView, RemoteView};
pub use brands::sync::{SyncStep, SyncSummary, TypeChanges, WebhookChanges};
pub use brands::{BrandDetail, BrandInput, BrandView, WebhookView};
pub use deliveries::DeliveryQuery;
pub use deliveries::compare::{CompareQuery, ComparisonView, SideView};
pub use deliveries::edit_send::{EditedEvent, SentEdited};
pub use deliveries::outage::{OutageDelivery, OutageLine, OutageQuery, OutageView};
pub use deliveries::overview::{Bar, DeliveryLine, FacetValue, FacetsView, HistogramQuery, HistogramView};
pub use deliveries::views::{
    AttemptView, DeliveryDetail, DeliveryView, PrunedView, RequestView, ResponseView, TimingsView,
};
pub use deliveries::why::{WhyQuery, WhyResult, WhyView};
pub use demo::{Demo, DemoOptions, DemoSummary, DemoTarget};
pub use dispatch::{Dispatching, RunOptions};
pub use error::{ErrorKind, WorkbenchError};
pub use events::erase::{EraseInput, EraseReport};
pub use events::findings::{FieldView, InferredSchemaView, SchemaCheck, SchemaError};
pub use events::lines::{BatchResult, EventLines, MAX_REJECTED, RejectedLine};
pub use events::live::{FateView, LiveLine, LiveQuery};
pub use events::stream::{Feed, FeedItem, FeedPosition};
pub use events::{Accepted, EventDetail, EventQuery};
pub use export::{Bundle, BundleView, Export, ExportFormat, FileKind, Redaction};
pub use folder::default_data_dir;
pub use handles::{
    Alerts, Brands, Deliveries, Events, Exports, Maintenance, Operations, Platforms, Receiver, Signatures,
    Sources, Statistics, Subscriptions, Targets, VaultHandle,
};
pub use hookbench_dispatcher::AttemptFinished;
pub use hookbench_filter::FilterError;
pub use hookbench_platform::BrokenProfile;
pub use hookbench_receiver::{CheckFinding, CheckResult};
pub use hookbench_signature::Secret;
pub use hookbench_store::{Page, RelayState};
pub use maintenance::doctor::{DoctorCheck, DoctorFinding, DoctorReport};
pub use maintenance::retention::{RetentionDone, RetentionInput, RetentionRun, RetentionView};
pub use operations::OperationView;
pub use operations::recovery::{
    BulkCancel, BulkRetry, Course, OperationPlan, RecoverInput, ReplayInput, ReplayRules,
};
pub use signatures::diagnose::{DiagnoseInput, RawRequest, Subject};
pub use signatures::lab::{LabInput, LabRequest, LabResult, LabSignInput, SnippetView};
pub use signatures::{DiagnoseRequest, ScheduleView, SignRequest, VerifyRequest};
pub use sources::public_endpoint::{PublicEndpointView, SelfCheck};
pub use sources::receiver_check::{CheckInput, ReportCard};
pub use sources::receiving::Receiving;
pub use sources::relay_poller::RelayPoller;
pub use sources::replay::{ForwardInput, ForwardedRequest, ReplayedRequest};
pub use sources::targets::{TargetInput, TargetRequest, TargetView, target_check};
pub use sources::{
    ReceivedView, RelayInput, RelayView, SavedSource, SourceDetail, SourceInput, SourceView, StoredBody,
    TokenChoice,
};
pub use stats::StatsView;
pub use stats::health::{
    AttemptCountsView, BrandFilter, HealthView, HomeView, Light, LiveMetricsView, SubscriptionLine,
};
pub use subscriptions::breaker::BreakerView;
pub use subscriptions::credentials::RevealedView;
pub use subscriptions::filters::{FilterTest, FilterTestEvent, TEST_DEFAULT, TEST_MOST};
pub use subscriptions::pause::PauseView;
pub use subscriptions::preview::{Preview, PreviewEvent, PreviewField, PreviewInput, PreviewProblem};
pub use subscriptions::remote_test::{RemoteTestView, Tested};
pub use subscriptions::rotation::{DEFAULT_OVERLAP_MS, MAX_OVERLAP_MS, RotationInput};
pub use subscriptions::templates::{
    TemplateFilter, TemplatePreset, TemplatesView, template_preset, templates,
};
pub use subscriptions::test_event::TestResponse;
pub use subscriptions::view::{SubscriptionView, Where};
pub use subscriptions::{SavedSubscription, SubscriptionInput, SubscriptionRef};
pub use vault::init::VaultKeyCreated;
pub use vault::key::{NewKey, Rotated};
pub use vault::{Vault, VaultKeySource, VaultView, default_key_file};

/// Tells that something changed, not what: look again.
pub struct Changed(tokio::sync::watch::Receiver<hookbench_store::Changes>);

impl Changed {
    /// Waits for the next change; false once the store is closed.
    pub async fn wait(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// One data folder, opened. Clones share it.
#[derive(Clone)]
pub struct Workbench {
    folder: PathBuf,
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    broken_profiles: Arc<RwLock<Vec<BrokenProfile>>>,
    progress: Arc<brands::sync::Progress>,
    targets: Arc<sources::targets::RunningTargets>,
    receiver_at: Arc<RwLock<Option<SocketAddr>>>,
    /// Held while a subscription is changed, so that changes in this process do not get in each other's
    /// way; what other processes change is told by the revision.
    changing: Arc<tokio::sync::Mutex<()>>,
    /// The time of day and the steady clock when this process last compared them.
    clock_seen: Arc<std::sync::Mutex<Option<(hookbench_domain::Timestamp, u64)>>>,
    searches: lengthy::Lengthy,
    lengthy: lengthy::Lengthy,
}

impl Workbench {
    /// Opens the data folder, making it where it is missing.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be used; then it was not touched.
    pub async fn open(folder: &Path, key: VaultKeySource) -> Result<Self, WorkbenchError> {
        Self::open_with(folder, key, Clock::system()).await
    }

    /// The same with another clock.
    ///
    /// # Errors
    /// As [`Workbench::open`].
    pub async fn open_with(folder: &Path, key: VaultKeySource, clock: Clock) -> Result<Self, WorkbenchError> {
        let broken_profiles = Arc::new(RwLock::new(load_profiles(&profiles_folder(folder))));
        let store = Store::open(folder, clock.clone()).await?;
        let vault = Arc::new(Vault::new(key));
        Ok(Self {
            folder: folder.to_owned(),
            store,
            clock,
            vault,
            broken_profiles,
            progress: Arc::default(),
            targets: Arc::default(),
            receiver_at: Arc::default(),
            changing: Arc::default(),
            clock_seen: Arc::default(),
            searches: lengthy::Lengthy::new(lengthy::SEARCHES),
            lengthy: lengthy::Lengthy::new(lengthy::WORKS),
        })
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The user's own profile files that are not used, and why.
    #[must_use]
    pub fn broken_profiles(&self) -> Vec<BrokenProfile> {
        self.refresh_profiles();
        self.broken_profiles.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the user's own profile files again if any came, went or changed.
    pub(crate) fn refresh_profiles(&self) {
        if let Some(broken) = refresh_profiles(&profiles_folder(&self.folder)) {
            *self.broken_profiles.write().unwrap_or_else(PoisonError::into_inner) = broken;
        }
    }

    /// The clock it goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Why the database cannot be written now, if so: nothing is taken in and nothing is sent.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.store.trouble().borrow().clone()
    }

    /// Who dispatches from this folder now, if anyone.
    #[must_use]
    pub fn dispatching(&self) -> Option<Holder> {
        hookbench_store::dispatching(&self.folder)
    }

    /// Waits for things to change; the first wait ends at once.
    #[must_use]
    pub fn changed(&self) -> Changed {
        let mut changes = self.store.changes();
        changes.mark_changed();
        Changed(changes)
    }

    /// Commits what is queued and closes the database.
    pub async fn close(&self) {
        self.store.close().await;
    }

    fn take_lock(&self, what: &str) -> Result<DispatchLock, WorkbenchError> {
        let holder =
            Holder { pid: std::process::id(), what: what.to_owned(), since: self.clock.now(), api: None };
        Ok(DispatchLock::take(&self.folder, holder)?)
    }

    fn new_event_id(&self) -> EventId {
        EventId::new(self.clock.now(), random_low())
    }

    fn new_subscription_id(&self) -> SubscriptionId {
        SubscriptionId::new(self.clock.now(), random_low())
    }
}

/// Where the user's own profile files lie.
#[must_use]
pub fn profiles_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("profiles")
}
