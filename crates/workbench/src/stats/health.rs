//! How things stand: each subscription's last hour, and the whole at one glance.

use hookbench_diagnosis::Verdict;
use hookbench_domain::{DeliveryId, Held, SubscriptionId, Timestamp};
use hookbench_platform::in_words;
use hookbench_store::{Activity, DeliveryFilter};
use serde::{Deserialize, Serialize};

use crate::handles::Statistics;
use crate::subscriptions::view::SubscriptionView;
use crate::{Workbench, WorkbenchError};

/// The window that health is judged by (1 h).
const WINDOW_MS: u64 = 60 * 60 * 1000;
/// In how many stretches it is drawn.
const TIME_RANGES: usize = 30;
const DAY_MS: u64 = 24 * WINDOW_MS;
/// Over how long a pace is measured (10 s).
const PACE_MS: u64 = 10_000;

/// A subscription's traffic light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Light {
    /// The last attempt got through.
    Ok,
    /// The last one did not, but what failed is tried again.
    Retrying,
    /// Deliveries have failed for good since the last success.
    Failing,
    /// It is disabled.
    Off,
    /// Nothing was sent within the window.
    Idle,
}

/// Attempts in one stretch of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AttemptCountsView {
    /// Those that got a 2xx.
    pub good: i64,
    /// The others.
    pub bad: i64,
}

/// How a subscription has done in the last hour.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HealthView {
    /// The traffic light.
    pub light: Light,
    /// What it is told, in words.
    pub told: String,
    /// Its attempts in thirty stretches of two minutes, oldest first.
    pub tries: Vec<AttemptCountsView>,
    /// Delivered over delivered and failed, of the deliveries made within the hour.
    pub success_rate: Option<f64>,
    /// When it last succeeded, also before the hour.
    pub last_success_at: Option<Timestamp>,
    /// Since when every attempt has failed, if it fails now.
    pub failing_since: Option<Timestamp>,
    /// Deliveries that arrived within the hour.
    pub delivered: i64,
    /// Deliveries that failed for good within the hour.
    pub failed: i64,
    /// Deliveries that were skipped within the hour.
    pub skipped: i64,
    /// Deliveries that wait for an attempt.
    pub waiting: i64,
    /// When the next of them falls.
    pub next_at: Option<Timestamp>,
    /// Why the last attempt failed, if it fails now.
    pub verdict: Option<Verdict>,
    /// The delivery that shows it.
    pub shown_by: Option<DeliveryId>,
}

/// A subscription with its health.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SubscriptionLine {
    /// The subscription.
    #[serde(flatten)]
    pub subscription: SubscriptionView,
    /// How it does.
    pub health: HealthView,
}

/// What moves now: cheap enough to ask again and again.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LiveMetricsView {
    /// Deliveries that wait for an attempt.
    pub waiting: i64,
    /// Attempts under way.
    pub in_flight: i64,
    /// When the next waiting one falls.
    pub next_at: Option<Timestamp>,
    /// Events a second, over the last ten seconds.
    pub events_per_s: f64,
    /// Attempts a second, over the last ten seconds.
    pub attempts_per_s: f64,
    /// How many subscriptions there are.
    pub subscriptions: usize,
    /// How many of them fail.
    pub failing: usize,
    /// Deliveries of the last 24 hours that failed for good; counted up to 10,001.
    pub failed_24h: i64,
    /// Whether any event was ever kept.
    pub any_event: bool,
    /// How many sources the receiver has.
    pub sources: usize,
    /// How many brands are connected.
    pub brands: usize,
    /// How many alerts nobody has acknowledged.
    pub alerts: i64,
    /// Deliveries that wait until the vault can open their secrets.
    pub held_by_vault: i64,
    /// Deliveries that are set aside until a person retries or cancels them: the program ended during each
    /// of their last attempts, or what is stored of them cannot be used.
    pub set_aside: i64,
}

/// Whose deliveries and subscriptions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct BrandFilter {
    /// Of this brand, by any word that it goes by; of all of them if left out.
    pub brand: Option<String>,
}

/// Everything at one glance.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HomeView {
    /// When this was measured.
    pub at: Timestamp,
    /// Deliveries of the last 24 hours that arrived.
    pub delivered: i64,
    /// Deliveries of the last 24 hours that failed for good.
    pub failed: i64,
    /// Delivered over delivered and failed, of the last 24 hours.
    pub success_rate: Option<f64>,
    /// Deliveries that wait for an attempt.
    pub waiting: i64,
    /// When the next of them falls.
    pub next_at: Option<Timestamp>,
    /// Half of the answers of the last hour took at most so long, in milliseconds.
    pub p50_ms: Option<f64>,
    /// 19 in 20 answers of the last hour took at most so long, in milliseconds.
    pub p95_ms: Option<f64>,
    /// Events a second, over the last ten seconds.
    pub events_per_s: f64,
    /// Attempts a second, over the last ten seconds.
    pub attempts_per_s: f64,
    /// Deliveries of the last 24 hours that arrived, in 48 stretches.
    pub delivered_series: Vec<i64>,
    /// Deliveries of the last 24 hours that failed, in 48 stretches.
    pub failed_series: Vec<i64>,
    /// The 95th percentile of answer times in milliseconds, in 30 stretches of the last hour; null
    /// where nothing was answered.
    pub p95_series: Vec<Option<f64>>,
    /// Attempts in 30 stretches of the last hour.
    pub attempts_series: Vec<i64>,
    /// Why retention deletes nothing by its age for now; null while it does.
    pub retention_on_hold: Option<String>,
    /// Every subscription with its health: what fails comes first.
    pub subscriptions: Vec<SubscriptionLine>,
}

/// The light of one that runs at a platform: what is known of it is what the platform has.
fn remote_light(subscription: &SubscriptionView) -> Light {
    match &subscription.remote {
        Some(remote) if remote.drift.is_some() => Light::Failing,
        Some(remote) if remote.changing => Light::Retrying,
        Some(remote) if remote.state == "on" => Light::Ok,
        Some(_) | None => Light::Off,
    }
}

fn light(enabled: bool, activity: &Activity) -> Light {
    let tried = activity.tries.iter().any(|t| t.good + t.bad > 0);
    match activity.failing_since {
        _ if !enabled => Light::Off,
        Some(_) if activity.failed_since_success => Light::Failing,
        Some(_) => Light::Retrying,
        None if tried => Light::Ok,
        None => Light::Idle,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and microseconds far below 2^53")]
fn rate(good: i64, bad: i64) -> Option<f64> {
    (good + bad > 0).then(|| good as f64 / (good + bad) as f64)
}

/// The duration that `percent` of them do not exceed, in milliseconds. Sorts.
#[expect(clippy::cast_precision_loss, reason = "microseconds of an attempt, far below 2^53")]
fn percentile_ms(durations_us: &mut [i64], percent: usize) -> Option<f64> {
    durations_us.sort_unstable();
    let last = durations_us.len().checked_sub(1)?;
    durations_us.get((last * percent).div_ceil(100)).map(|us| *us as f64 / 1000.0)
}

impl Workbench {
    /// Every word that a brand goes by; none for no brand.
    pub(crate) fn brand_aliases(&self, brand: Option<&str>) -> Vec<String> {
        let registry = self.store.registry().borrow().clone();
        let words = brand.map(|brand| registry.brand_aliases(brand)).unwrap_or_default();
        words.into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// Whether a subscription takes events of a brand, given by its words; without words, always.
    pub(crate) fn takes_brand(&self, subscription: &SubscriptionView, words: &[String]) -> bool {
        words.is_empty() || subscription.brand.as_ref().is_none_or(|brand| words.contains(brand))
    }

    async fn health(
        &self,
        enabled: bool,
        told: String,
        activity: Activity,
    ) -> Result<HealthView, WorkbenchError> {
        let shown_by = activity.last_failed_delivery.filter(|_| enabled);
        let verdict = match shown_by {
            Some(id) => {
                let attempts = self.store.attempts(id).await?;
                attempts.last().and_then(|(_, record)| hookbench_diagnosis::verdict(record))
            }
            None => None,
        };
        Ok(HealthView {
            light: light(enabled, &activity),
            told,
            tries: activity.tries.iter().map(|t| AttemptCountsView { good: t.good, bad: t.bad }).collect(),
            success_rate: rate(activity.delivered, activity.failed),
            last_success_at: activity.last_success_at,
            failing_since: activity.failing_since.filter(|_| enabled),
            delivered: activity.delivered,
            failed: activity.failed,
            skipped: activity.skipped,
            waiting: activity.waiting,
            next_at: activity.next_at,
            verdict,
            shown_by,
        })
    }
}

impl Statistics {
    /// Every subscription with its health, oldest first.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn subscription_lines(&self) -> Result<Vec<SubscriptionLine>, WorkbenchError> {
        let from = self.0.clock.now().minus_ms(WINDOW_MS);
        let mut activities = self.0.store.activity(from, time_range_ms(), TIME_RANGES).await?;
        let mut lines = Vec::new();
        let registry = self.0.store.registry().borrow().clone();
        for registered in registry.iter().filter(|r| !r.subscription.definition.once) {
            let subscription = &registered.subscription;
            let activity = activities.remove(&subscription.id).unwrap_or_default();
            let told = in_words(&subscription.definition.events);
            let health = self.0.health(subscription.definition.enabled, told, activity).await?;
            lines.push(SubscriptionLine {
                subscription: SubscriptionView::new(subscription, self.0.clock.now()),
                health,
            });
        }
        for registered in registry.remotes() {
            let subscription = SubscriptionView::of_remote(registered, &registry);
            let told = in_words(&registered.remote.definition.patterns);
            let light = remote_light(&subscription);
            let health =
                HealthView { light, ..self.0.health(subscription.enabled, told, Activity::default()).await? };
            lines.push(SubscriptionLine { subscription, health });
        }
        lines.sort_by_key(|line| line.subscription.id);
        Ok(lines)
    }

    /// One subscription with its health.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub async fn subscription_line(&self, id: SubscriptionId) -> Result<SubscriptionLine, WorkbenchError> {
        let lines = self.subscription_lines().await?;
        lines.into_iter().find(|line| line.subscription.id == id).ok_or_else(|| {
            hookbench_store::StoreError::NotFound { what: "subscription", id: id.to_string() }.into()
        })
    }

    /// What moves now.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn live_metrics(&self) -> Result<LiveMetricsView, WorkbenchError> {
        let now = self.0.clock.now();
        let pace = self.0.store.pace(now.minus_ms(PACE_MS)).await?;
        let failed = DeliveryFilter {
            states: vec!["failed".to_owned()],
            since: Some(now.minus_ms(DAY_MS)),
            ..DeliveryFilter::default()
        };
        let failed_24h = self.0.store.count_up_to_cap(&failed).await?;
        let lines = self.subscription_lines().await?;
        let failing = lines.iter().filter(|l| l.health.light == Light::Failing).count();
        let alerts = self.0.store.open_alerts().await?;
        let registry = self.0.store.registry().borrow().clone();
        Ok(LiveMetricsView {
            waiting: lines.iter().map(|l| l.health.waiting).sum(),
            in_flight: pace.in_flight,
            next_at: lines.iter().filter_map(|l| l.health.next_at).min(),
            events_per_s: per_s(pace.events),
            attempts_per_s: per_s(pace.attempts),
            subscriptions: lines.len(),
            failing,
            failed_24h,
            any_event: pace.any_event,
            sources: registry.sources().count(),
            brands: registry.brands().count(),
            alerts,
            held_by_vault: self.0.store.held(Held::Vault).await?.count,
            set_aside: self.0.store.held(Held::Interrupted).await?.count
                + self.0.store.held(Held::SetAside).await?.count,
        })
    }

    /// Everything at one glance; with a brand, what its subscriptions do with its events.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn home(&self, of: &BrandFilter) -> Result<HomeView, WorkbenchError> {
        const DAY_TIME_RANGES: usize = 48;
        let now = self.0.clock.now();
        let brands = self.0.brand_aliases(of.brand.as_deref());
        let half_hour = i64::try_from(DAY_MS / 48).unwrap_or(1);
        let day = &self
            .0
            .store
            .histogram(
                &DeliveryFilter { brands: brands.clone(), ..DeliveryFilter::default() },
                now.minus_ms(DAY_MS),
                half_hour,
                DAY_TIME_RANGES,
            )
            .await?
            .stretches;
        let (delivered, failed) =
            day.iter().fold((0, 0), |(good, bad), s| (good + s.delivered, bad + s.failed));
        let hour_ago = now.minus_ms(WINDOW_MS);
        let durations = self.0.store.durations(hour_ago, &brands).await?;
        let mut stretches: Vec<Vec<i64>> = vec![Vec::new(); TIME_RANGES];
        for (at, us) in &durations {
            let n = i64::try_from(at.since(hour_ago)).unwrap_or(0) / time_range_ms();
            if let Some(stretch) = usize::try_from(n).ok().and_then(|n| stretches.get_mut(n)) {
                stretch.push(*us);
            }
        }
        let mut all: Vec<i64> = durations.into_iter().map(|(_, us)| us).collect();
        let pace = self.0.store.pace(now.minus_ms(PACE_MS)).await?;
        let mut subscriptions = self.subscription_lines().await?;
        subscriptions.retain(|line| self.0.takes_brand(&line.subscription, &brands));
        let attempts_series = (0..TIME_RANGES)
            .map(|n| subscriptions.iter().filter_map(|l| l.health.tries.get(n)).map(|t| t.good + t.bad).sum())
            .collect();
        subscriptions.sort_by_key(|line| match line.health.light {
            Light::Failing => 0,
            Light::Retrying => 1,
            Light::Ok => 2,
            Light::Idle => 3,
            Light::Off => 4,
        });
        Ok(HomeView {
            at: now,
            delivered,
            failed,
            success_rate: rate(delivered, failed),
            waiting: subscriptions.iter().map(|l| l.health.waiting).sum(),
            next_at: subscriptions.iter().filter_map(|l| l.health.next_at).min(),
            p50_ms: percentile_ms(&mut all, 50),
            p95_ms: percentile_ms(&mut all, 95),
            events_per_s: per_s(pace.events),
            attempts_per_s: per_s(pace.attempts),
            delivered_series: day.iter().map(|s| s.delivered).collect(),
            failed_series: day.iter().map(|s| s.failed).collect(),
            p95_series: stretches.iter_mut().map(|s| percentile_ms(s, 95)).collect(),
            attempts_series,
            retention_on_hold: self.0.maintenance().retention_on_hold().await?,
            subscriptions,
        })
    }
}

/// Of a count within the window of a pace.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn per_s(count: i64) -> f64 {
    count as f64 * 1000.0 / PACE_MS as f64
}

fn time_range_ms() -> i64 {
    i64::try_from(WINDOW_MS).unwrap_or(i64::MAX) / i64::try_from(TIME_RANGES).unwrap_or(1)
}
