//! The demo: an affiliate program's traffic, delivered by the real dispatcher to real endpoints on
//! this machine that behave well, slowly, unreliably and badly. Everything lives in a folder that
//! is removed at the end.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hookbench_ambient::{Clock, chance};
use hookbench_domain::{EventId, KeptEvent, Scope, SubscriptionId};
use hookbench_emulator::{Emitted, Traffic};
use hookbench_platform::{profile, profiles};
use hookbench_receiver::{Target, TargetOptions, parse_script};
use serde::Serialize;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::{
    Dispatching, RunOptions, SubscriptionInput, SubscriptionView, VaultKeySource, Workbench, WorkbenchError,
};

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
    traffic: JoinHandle<()>,
    _folder: TempDir,
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
        let failed =
            |error: &dyn std::fmt::Display| WorkbenchError::Demo(format!("the demo cannot start: {error}"));
        let profile = profile(&options.platform).ok_or_else(|| {
            let known: Vec<&str> = profiles().iter().map(|p| p.name.as_str()).collect();
            let why = format!("there is no platform `{}`: choose {}", options.platform, known.join(", "));
            WorkbenchError::field("platform", why)
        })?;
        if !(0.1..=1000.0).contains(&options.rate) {
            return Err(WorkbenchError::field("rate", "0.1 to 1000 events a second"));
        }
        let folder = tempfile::Builder::new().prefix("hookbench-demo-").tempdir().map_err(|e| failed(&e))?;
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open(folder.path(), key).await?;
        let (mut listeners, mut targets) = (Vec::new(), Vec::new());
        for plan in &PLANS {
            let script = parse_script(plan.script).map_err(|e| failed(&e))?;
            let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let (listener, _arrivals) =
                Target::start(anywhere, script, TargetOptions::new(chance)).await.map_err(|e| failed(&e))?;
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
            let saved = workbench.create_subscription(input).await?;
            let SubscriptionView { id: subscription, name, .. } = saved.subscription;
            targets.push(DemoTarget { subscription, name, url, behaviour: plan.behaviour });
            listeners.push(listener);
        }
        let dispatching = workbench
            .start(RunOptions { what: "hookbench demo".to_owned(), ..RunOptions::default() })
            .await?;
        let traffic = Traffic::new(profile, options.seed);
        let traffic = tokio::spawn(flow(workbench.clone(), traffic, options.rate));
        Ok(Self { workbench, dispatching, listeners, targets, traffic, _folder: folder })
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
        self.traffic.abort();
        let _ended = self.traffic.await;
        let stats = self.workbench.stats().await?;
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

async fn flow(workbench: Workbench, mut traffic: Traffic, rate: f64) {
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let emitted = traffic.next(workbench.clock().now());
        match kept(emitted, workbench.clock()) {
            Ok(event) => {
                if let Err(error) = workbench.keep(event).await {
                    tracing::warn!(%error, "an event of the demo was not kept");
                }
            }
            Err(error) => tracing::warn!(%error, "an event of the demo has no usable id"),
        }
    }
}

/// An emitted event as the dispatcher keeps it: in the platform's own envelope.
fn kept(emitted: Emitted, clock: &Clock) -> Result<KeptEvent, hookbench_domain::IdError> {
    Ok(KeptEvent {
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
