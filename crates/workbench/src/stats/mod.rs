//! Counts for people: by state, success rate, latency, queue.

pub(crate) mod health;
pub(crate) mod metrics;

use std::collections::BTreeMap;

use hookbench_domain::{DeliveryState, SubscriptionId, Timestamp};
use hookbench_store::Counts;
use serde::Serialize;

use crate::WorkbenchError;
use crate::handles::Statistics;

/// Latency of attempts that got a status, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LatencyView {
    /// Half of them took at most this.
    pub p50: Option<f64>,
    /// Nine in ten took at most this.
    pub p90: Option<f64>,
    /// 99 in a hundred took at most this.
    pub p99: Option<f64>,
    /// From how many attempts, the latest ones.
    pub sample: usize,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct QueueView {
    /// Deliveries that are due and wait for a place.
    pub due: i64,
    /// All that are pending, later retries included.
    pub pending: i64,
    /// Attempts under way.
    pub in_flight: i64,
    /// When the next attempt falls due.
    pub next_due_at: Option<Timestamp>,
}

/// Counts of one subscription.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SubscriptionStats {
    /// Its id.
    pub id: SubscriptionId,
    /// Its name, empty for one that was deleted.
    pub name: String,
    /// Deliveries by state.
    pub deliveries: BTreeMap<String, i64>,
    /// Delivered over delivered and failed.
    pub success_rate: Option<f64>,
}

/// Everything counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StatsView {
    /// Events kept.
    pub events: i64,
    /// Attempts made.
    pub attempts: i64,
    /// Deliveries by state, every state named.
    pub deliveries: BTreeMap<String, i64>,
    /// Delivered over delivered and failed; null before any has ended.
    pub success_rate: Option<f64>,
    /// Latency of attempts.
    pub latency_ms: LatencyView,
    /// What waits.
    pub queue: QueueView,
    /// The same per subscription.
    pub subscriptions: Vec<SubscriptionStats>,
    /// Whether a dispatcher works on this folder.
    pub dispatching: bool,
    /// Whether everything is paused.
    pub paused: bool,
}

fn by_state(counts: &Counts) -> BTreeMap<String, i64> {
    DeliveryState::NAMES.iter().map(|state| ((*state).to_owned(), counts.of(state))).collect()
}

impl Statistics {
    /// Counts the log.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn summary(&self) -> Result<StatsView, WorkbenchError> {
        let stats = self.0.store.stats(self.0.clock.now()).await?;
        let registry = self.0.store.registry().borrow().clone();
        #[expect(clippy::cast_precision_loss, reason = "microseconds of an attempt, far below 2^53")]
        let ms = |percent| stats.percentile_us(percent).map(|us| us as f64 / 1000.0);
        let subscriptions = stats.by_subscription.iter().map(|(id, counts)| SubscriptionStats {
            id: *id,
            name: registry.get(*id).map(|r| r.subscription.definition.name.clone()).unwrap_or_default(),
            deliveries: by_state(counts),
            success_rate: counts.success_rate(),
        });
        Ok(StatsView {
            events: stats.events,
            attempts: stats.attempts,
            deliveries: by_state(&stats.total),
            success_rate: stats.total.success_rate(),
            latency_ms: LatencyView {
                p50: ms(50),
                p90: ms(90),
                p99: ms(99),
                sample: stats.latencies_us.len(),
            },
            queue: QueueView {
                due: stats.due,
                pending: stats.total.of("pending"),
                in_flight: stats.total.of("in_flight"),
                next_due_at: stats.next_due_at,
            },
            subscriptions: subscriptions.collect(),
            dispatching: self.0.dispatching().is_some(),
            paused: self.0.paused().paused,
        })
    }
}
