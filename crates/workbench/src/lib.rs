//! The application: every use case of Hookbench, once. The command, the local API and the window
//! parse, call one function here, and show what it answers.
//!
//! A small program needs this crate alone: [`Workbench::open`] a folder, [`Workbench::start`]
//! dispatching, [`Workbench::publish`] events.

mod adoption;
mod alerts;
mod brand_keys;
mod brand_log;
mod brand_sync;
mod brands;
mod breaker;
mod catalogue;
mod checking;
mod compare;
mod credentials;
mod curl;
mod deliveries;
mod demo;
mod diagnosing;
mod dispatch;
mod doctor;
mod edit_send;
mod erase;
mod error;
mod event_lines;
mod events;
mod export;
mod filters;
mod findings;
mod folder;
mod follow;
mod health;
mod indexing;
mod keyring;
mod lab;
mod lengthy;
mod live;
mod metrics;
mod operations;
mod outage;
mod overview;
mod own_secrets;
mod pause;
mod platforms;
mod preview;
mod reach;
mod receiving;
mod recovery;
mod rehearsal;
mod relaying;
mod releasing;
mod remote_changes;
mod remote_view;
mod remotes;
mod resending;
mod retention;
mod rotation;
mod shapes;
mod signatures;
mod sources;
mod stats;
mod stream;
mod subscriptions;
mod targets;
mod token;
mod trial;
mod vault;
mod vault_init;
mod vault_key;
mod views;
mod why;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hookbench_ambient::{Clock, random_low};
use hookbench_domain::{EventId, SubscriptionId};
use hookbench_platform::{load_profiles, refresh_profiles};
use hookbench_store::{DispatchLock, Holder, Store};

pub use alerts::{Acknowledged, AlertQuery, AlertView};
pub use brand_keys::{BrandChange, KeyCheck};
pub use brand_log::{RemoteLog, RemoteLogQuery};
pub use brand_sync::{Drift, DriftProblem, SyncStep, SyncSummary, TypeChanges, WebhookChanges};
pub use brands::{BrandDetail, BrandInput, BrandView, WebhookView};
pub use breaker::BreakerView;
pub use catalogue::{CatalogueEvent, PlatformView, SchemeView};
pub use checking::{CheckInput, ReportCard};
pub use compare::{CompareQuery, ComparisonView, SideView};
pub use credentials::RevealedView;
pub use deliveries::DeliveryQuery;
pub use demo::{Demo, DemoOptions, DemoSummary, DemoTarget};
pub use diagnosing::{DiagnoseInput, RawRequest, Subject};
pub use dispatch::{Dispatching, RunOptions};
pub use doctor::{DoctorCheck, DoctorFinding, DoctorReport};
pub use edit_send::{EditedEvent, SentEdited};
pub use erase::{EraseInput, EraseReport};
pub use error::{Kind, WorkbenchError};
pub use event_lines::{BatchAnswer, EventLines, MAX_REJECTED, RejectedLine};
pub use events::{Accepted, EventQuery};
pub use export::{Bundle, BundleView, Export, ExportFormat, FileKind, Redaction};
pub use filters::{FilterTrial, TRY_DEFAULT, TRY_MOST, TriedEvent};
pub use findings::{FieldView, SchemaCheck, SchemaError, ShapeView};
pub use folder::default_data_dir;
pub use health::{BrandFilter, HealthView, HomeView, Light, PulseView, SubscriptionLine, TriesView};
pub use hookbench_dispatcher::Told;
pub use hookbench_filter::FilterError;
pub use hookbench_platform::BrokenProfile;
pub use hookbench_receiver::{CheckFinding, Opinion};
pub use hookbench_signature::Secret;
pub use hookbench_store::{Page, RelayState};
pub use lab::{LabAnswer, LabInput, LabRequest, LabSignInput, SnippetView};
pub use live::{FateView, LiveLine, LiveQuery};
pub use operations::OperationView;
pub use outage::{OutageDelivery, OutageLine, OutageQuery, OutageView};
pub use overview::{Bar, DeliveryLine, FacetValue, FacetsView, HistogramQuery, HistogramView};
pub use pause::PauseView;
pub use platforms::EventTypeView;
pub use preview::{Preview, PreviewEvent, PreviewField, PreviewInput, PreviewProblem};
pub use reach::{ReachView, SelfCheck};
pub use receiving::Receiving;
pub use recovery::{BulkCancel, BulkRetry, Course, OperationPlan, RecoverInput, ReplayInput, ReplayRules};
pub use rehearsal::{Rehearsal, Tested};
pub use relaying::Relaying;
pub use remote_changes::Resumed;
pub use remote_view::{DriftView, RemoteView};
pub use resending::{ForwardInput, ForwardedRequest, ReplayedRequest};
pub use retention::{RetentionDone, RetentionInput, RetentionRun, RetentionView};
pub use rotation::{DEFAULT_OVERLAP_MS, MAX_OVERLAP_MS, RotationInput};
pub use shapes::{TemplateFilter, TemplatePreset, TemplatesView, template_preset, templates};
pub use signatures::{DiagnoseRequest, ScheduleView, SignRequest, VerifyRequest};
pub use sources::{
    KeptBody, ReceivedView, RelayInput, RelayView, SavedSource, SourceDetail, SourceInput, SourceView,
    TokenChoice,
};
pub use stats::StatsView;
pub use stream::{Feed, FeedItem, FeedPosition};
pub use subscriptions::{SavedSubscription, SubscriptionInput, SubscriptionRef};
pub use targets::{TargetInput, TargetRequest, TargetView, target_check};
pub use trial::TestAnswer;
pub use vault::{Vault, VaultKeySource, VaultView, default_key_file};
pub use vault_init::VaultMade;
pub use vault_key::{NewKey, Rotated};
pub use views::{
    AttemptView, BodyView, DeliveryDetail, DeliveryView, EventDetail, PrunedView, RequestView, ResponseView,
    SubscriptionView, TimingsView, Where,
};
pub use why::{WhyAnswer, WhyQuery, WhyView};

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
    progress: Arc<brand_sync::Progress>,
    targets: Arc<targets::Targets>,
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

    /// How the vault stands. Opens it if secrets are kept and it was not tried yet.
    pub async fn vault(&self) -> VaultView {
        let secrets = {
            let registry = self.store.registry().borrow().clone();
            registry.iter().map(|r| r.secrets.len() + usize::from(r.values.is_some())).sum::<usize>()
                + registry.sources().map(|s| s.secrets.len()).sum::<usize>()
                + registry.brands().filter(|b| b.key.is_some()).count()
                + registry.remotes().filter(|r| r.secret.is_some()).count()
        };
        if secrets > 0 && !self.vault.is_open() {
            // What is wrong is part of the answer.
            let _trouble = self.unlock_vault().await;
        }
        self.vault.view(secrets)
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
