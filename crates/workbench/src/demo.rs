//! The demo: an emulated platform that serves its API, a brand synced from it, and a subscription
//! made there through that API. Its webhooks come in through the receiver, verified, and go out by
//! the real dispatcher to real endpoints on this machine that behave well, slowly, unreliably and
//! badly. Everything lives in a folder that is removed at the end.

use std::net::{Ipv4Addr, SocketAddr};

use hookbench_ambient::{chance, random_bytes};
use hookbench_domain::SubscriptionId;
use hookbench_emulator::{Faults, Platform, PlatformOptions};
use hookbench_platform::Profile;
use hookbench_receiver::{InboundLimits, Target, TargetOptions, parse_script, serve_inbound};
use hookbench_signature::{Scheme, Secret};
use serde::Serialize;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::subscriptions::choose_profile;
use crate::{
    BrandInput, BrandView, Dispatching, RunOptions, SourceInput, SubscriptionInput, SubscriptionView,
    VaultKeySource, Workbench, WorkbenchError,
};

/// The path on which the platform's webhooks come in.
const SOURCE: &str = "platform";
/// The brand's name.
const BRAND: &str = "demo";

/// What a demo shows.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Whose traffic.
    pub platform: String,
    /// Events a second, 0.1 to 1000.
    pub rate: f64,
    /// The same seed makes the same traffic.
    pub seed: u64,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { platform: "trcker".to_owned(), rate: 5.0, seed: 7 }
    }
}

/// One endpoint of the demo, and the subscription that sends to it.
#[derive(Debug, Clone, Serialize)]
pub struct DemoTarget {
    /// Its subscription.
    pub subscription: SubscriptionId,
    /// Its name.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// How it behaves, in words.
    pub behaviour: &'static str,
}

/// What became of a demo.
#[derive(Debug, Clone, Serialize)]
pub struct DemoSummary {
    /// The counts at the end.
    pub stats: crate::StatsView,
    /// The endpoints.
    pub targets: Vec<DemoTarget>,
    /// How many deliveries needed more than one attempt.
    pub retried: i64,
}

/// A running demo.
pub struct Demo {
    workbench: Workbench,
    dispatching: Dispatching,
    listeners: Vec<Target>,
    targets: Vec<DemoTarget>,
    connected: Connected,
    _folder: TempDir,
}

/// The platform, and what connects it to the workbench.
struct Connected {
    platform: Platform,
    brand: BrandView,
    stopping: watch::Sender<bool>,
    receiver: JoinHandle<()>,
    receiver_addr: SocketAddr,
}

fn failed(error: &dyn std::fmt::Display) -> WorkbenchError {
    WorkbenchError::Demo(format!("the demo cannot start: {error}"))
}

fn anywhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

impl Connected {
    /// Starts the platform, connects a brand of it, and has its events sent here: all through its
    /// API, as with any other platform.
    async fn start(
        workbench: &Workbench,
        profile: &'static Profile,
        options: &DemoOptions,
    ) -> Result<Self, WorkbenchError> {
        let platform = Platform::start(PlatformOptions {
            profile,
            addr: anywhere(),
            rate: options.rate,
            seed: options.seed,
            faults: Faults::default(),
            requests_per_second: PlatformOptions::REQUESTS_PER_SECOND,
        });
        let platform = platform.await.map_err(|e| failed(&e))?;
        let brand = BrandInput {
            name: BRAND.to_owned(),
            platform: profile.name.clone(),
            base_url: Some(platform.base_url().to_owned()),
            payload_id: None,
            secret: Some(Secret::new(platform.api_key().as_bytes().to_vec())?),
        };
        let brand = workbench.brands().add(brand).await?;
        let scheme: Scheme = profile.signature.scheme.parse()?;
        let secret = (scheme != Scheme::None).then(|| Secret::generate(scheme, random_bytes()));
        let source = SourceInput {
            name: SOURCE.to_owned(),
            scheme: Some(scheme.as_str().to_owned()),
            secret: secret.clone(),
            brand: Some(brand.id.to_string()),
            ..SourceInput::default()
        };
        workbench.sources().create(source).await?;
        let listener = TcpListener::bind(anywhere()).await.map_err(|e| failed(&e))?;
        let addr = listener.local_addr().map_err(|e| failed(&e))?;
        let (stopping, stopped) = watch::channel(false);
        let serving =
            serve_inbound(listener, workbench.receiver().receiving(), InboundLimits::default(), stopped);
        let receiver = tokio::spawn(serving);
        let subscription = SubscriptionInput {
            url: Some(format!("http://{addr}/in/{SOURCE}")),
            name: Some(Some("Hookbench".to_owned())),
            events: Some(vec!["*".to_owned()]),
            brand: Some(Some(brand.id.to_string())),
            secret: secret.map(Some),
            remote: true,
            ..SubscriptionInput::default()
        };
        workbench.subscriptions().create(subscription).await?;
        Ok(Self { platform, brand, stopping, receiver, receiver_addr: addr })
    }

    async fn stop(self) {
        self.platform.stop().await;
        let _nobody_left = self.stopping.send(true);
        let _ended = self.receiver.await;
    }
}

/// An endpoint to set up: name, script, behaviour in words, its events, its retry delays, enabled.
struct Plan {
    name: &'static str,
    script: &'static str,
    behaviour: &'static str,
    events: &'static [&'static str],
    delays_ms: &'static [u64],
    final_on: &'static [&'static str],
    enabled: bool,
}

const PLANS: [Plan; 5] = [
    Plan {
        name: "CRM",
        script: "200",
        behaviour: "healthy: takes everything at once",
        events: &["*"],
        delays_ms: &[1000, 5000],
        final_on: &[],
        enabled: true,
    },
    Plan {
        name: "Data warehouse",
        script: "slow:1500ms",
        behaviour: "slow: takes a second and a half for each",
        events: &["conversion.*"],
        delays_ms: &[1000, 5000],
        final_on: &[],
        enabled: true,
    },
    Plan {
        name: "Fraud alerts",
        script: "200,503,200,500x2,200,flaky:0.4",
        behaviour: "flaky: fails now and then, retries get through",
        events: &["*"],
        delays_ms: &[700, 1500, 3000],
        final_on: &[],
        enabled: true,
    },
    Plan {
        name: "Partner portal",
        script: "401x2,404,422",
        behaviour: "rejecting: refuses every event, which is final",
        events: &["partner.*", "conversion.*", "affiliate.*", "commission.*"],
        delays_ms: &[1000],
        final_on: &["4xx"],
        enabled: true,
    },
    Plan {
        name: "Old CRM",
        script: "200",
        behaviour: "disabled: what comes meanwhile is skipped and can be replayed",
        events: &["conversion.*"],
        delays_ms: &[1000],
        final_on: &[],
        enabled: false,
    },
];

impl Demo {
    /// Sets everything up and lets the traffic flow.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming an unknown platform or a rate out of range.
    pub async fn start(options: DemoOptions) -> Result<Self, WorkbenchError> {
        let profile = choose_profile(Some(&options.platform))?;
        if !(0.1..=1000.0).contains(&options.rate) {
            return Err(WorkbenchError::field("rate", "0.1 to 1000 events a second"));
        }
        let folder = tempfile::Builder::new().prefix("hookbench-demo-").tempdir().map_err(|e| failed(&e))?;
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open(folder.path(), key).await?;
        let (mut listeners, mut targets) = (Vec::new(), Vec::new());
        for plan in &PLANS {
            let script = parse_script(plan.script).map_err(|e| failed(&e))?;
            let (listener, _arrivals) = Target::start(anywhere(), script, TargetOptions::new(chance))
                .await
                .map_err(|e| failed(&e))?;
            let url = format!("{}/hooks", listener.url());
            let input = SubscriptionInput {
                url: Some(url.clone()),
                name: Some(Some(plan.name.to_owned())),
                events: Some(plan.events.iter().map(|e| (*e).to_owned()).collect()),
                platform: Some(profile.name.clone()),
                enabled: Some(plan.enabled),
                generate_secret: profile.signature.scheme != "none",
                policy: Some(Some(
                    json!({ "delays_ms": plan.delays_ms, "final": plan.final_on, "retry": [], "gone": [], "jitter": 0, "repeat_last": false }),
                )),
                ..SubscriptionInput::default()
            };
            let saved = workbench.subscriptions().create(input).await?;
            let SubscriptionView { id: subscription, name, .. } = saved.subscription;
            targets.push(DemoTarget { subscription, name, url, behaviour: plan.behaviour });
            listeners.push(listener);
        }
        let dispatching = workbench
            .start(RunOptions { what: "hookbench demo".to_owned(), ..RunOptions::default() })
            .await?;
        let connected = Connected::start(&workbench, profile, &options).await?;
        Ok(Self { workbench, dispatching, listeners, targets, connected, _folder: folder })
    }

    /// The workbench behind it.
    #[must_use]
    pub fn workbench(&self) -> &Workbench {
        &self.workbench
    }

    /// Its dispatcher.
    #[must_use]
    pub fn dispatching(&mut self) -> &mut Dispatching {
        &mut self.dispatching
    }

    /// The brand, as it was synced from the emulated platform.
    #[must_use]
    pub fn brand(&self) -> &BrandView {
        &self.connected.brand
    }

    /// Where its receiver listens.
    #[must_use]
    pub fn receiver(&self) -> SocketAddr {
        self.connected.receiver_addr
    }

    /// Its endpoints.
    #[must_use]
    pub fn targets(&self) -> &[DemoTarget] {
        &self.targets
    }

    /// How many deliveries needed more than one attempt so far.
    ///
    /// # Errors
    /// [`WorkbenchError`] when it cannot be counted.
    pub async fn retried(&self) -> Result<i64, WorkbenchError> {
        self.workbench.retried().await
    }

    /// Ends the traffic, counts, and removes everything.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the counts cannot be read.
    pub async fn finish(self) -> Result<DemoSummary, WorkbenchError> {
        self.connected.stop().await;
        let stats = self.workbench.stats().summary().await?;
        let retried = self.workbench.retried().await?;
        self.dispatching.stop().await;
        for listener in self.listeners {
            listener.stop().await;
        }
        Ok(DemoSummary { stats, targets: self.targets, retried })
    }
}

impl Workbench {
    /// How many deliveries needed more than one attempt.
    async fn retried(&self) -> Result<i64, WorkbenchError> {
        Ok(self.store.count_retried().await?)
    }
}
