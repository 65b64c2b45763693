//! The log from above: facets with counts, a histogram over time, lines with what each delivery is
//! about.

use std::collections::BTreeMap;

use hookbench_domain::{DeliveryId, Timestamp};
use hookbench_platform::{About, about};
use hookbench_store::{DeliveryFilter, FACET_CAP, Facet, FacetCounts, Page};
use serde::{Deserialize, Serialize};

use crate::deliveries::views::DeliveryView;
use crate::handles::Deliveries;
use crate::{DeliveryQuery, WorkbenchError};

/// A minute: bars begin with one.
const MINUTE_MS: u64 = 60_000;
/// How far back a histogram looks where the filter does not say (24 h).
const DEFAULT_SPAN_MS: u64 = 24 * 60 * 60 * 1000;

/// A delivery as a line of the window's log.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DeliveryLine {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// What its event is about.
    pub about: About,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FacetValue {
    /// What the filter takes.
    pub value: String,
    /// What people read; empty where the value says it.
    pub label: String,
    /// How many deliveries have it.
    pub count: i64,
}

/// Every facet of what a filter finds. Each is counted without the filter's own choice in it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FacetsView {
    /// How many deliveries the whole filter finds, as far as they were counted.
    pub total: i64,
    /// Whether it finds more than that.
    pub total_capped: bool,
    /// By state; pending ones as `waiting` or `retrying`.
    pub states: Vec<FacetValue>,
    /// By subscription.
    pub subscriptions: Vec<FacetValue>,
    /// By the event's type.
    pub event_types: Vec<FacetValue>,
    /// By how the last attempt ended, where it got no status.
    pub outcomes: Vec<FacetValue>,
    /// By the last status.
    pub statuses: Vec<FacetValue>,
    /// By the number of attempts.
    pub attempts: Vec<FacetValue>,
    /// By what the subscription sends: `webhook` or `postback`.
    pub kinds: Vec<FacetValue>,
    /// Whether only the newest are counted, because there are more than 10,000.
    pub capped: bool,
}

/// One bar of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Bar {
    /// Deliveries made then that are delivered.
    pub delivered: i64,
    /// Those that failed.
    pub failed: i64,
    /// Those that are neither.
    pub other: i64,
}

/// Deliveries by when they were made.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HistogramView {
    /// When the first bar begins.
    pub from: Timestamp,
    /// How long each bar is, in milliseconds.
    pub width_ms: u64,
    /// The bars, oldest first.
    pub bars: Vec<Bar>,
    /// Whether only the newest were counted: a text was looked for in more than 10,000.
    pub capped: bool,
}

/// What a histogram is drawn of.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HistogramQuery {
    /// Which deliveries; without `since`, those of the last 24 hours.
    pub query: DeliveryQuery,
    /// Without `since`: from the oldest delivery that is kept.
    #[serde(default)]
    pub whole: bool,
    /// How many bars, 1 to 500.
    pub bars: u32,
}

impl Deliveries {
    /// Lists deliveries, newest first, each with what it is about.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn lines(&self, query: &DeliveryQuery) -> Result<Page<DeliveryLine>, WorkbenchError> {
        let page = self.list(query).await?;
        let ids: Vec<DeliveryId> = page.items.iter().map(|d| d.id).collect();
        let heads = self.0.store.heads(&ids).await?;
        Ok(page.map(|delivery| {
            let about = heads.get(&delivery.id).map(|head| about(&delivery.event_type, head));
            DeliveryLine { delivery, about: about.unwrap_or_default() }
        }))
    }

    /// Counts what a filter finds by each property.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn facets(&self, query: &DeliveryQuery) -> Result<FacetsView, WorkbenchError> {
        let filter = query.filter(self.0.clock.now())?;
        let mut found = self.0.store.facets(&filter).await?;
        let mut by = |facet: Facet| found.by.remove(&facet).unwrap_or_default();
        let (states, subscriptions, event_types) =
            (by(Facet::State), by(Facet::Subscription), by(Facet::EventType));
        let (outcomes, statuses, attempts) = (by(Facet::Outcome), by(Facet::Status), by(Facet::Attempts));
        let kinds = by(Facet::Kind);
        let all = [&states, &subscriptions, &event_types, &outcomes, &statuses, &attempts, &kinds];
        let capped = all.iter().any(|counts| counts.capped);
        let names: BTreeMap<String, String> =
            self.0.subscriptions().list().into_iter().map(|s| (s.id.to_string(), s.name)).collect();
        let plain = |counts: FacetCounts| counts.values.into_iter().map(unlabelled).collect();
        let named = |(value, count): (String, i64)| {
            let label = names.get(&value).cloned().unwrap_or_default();
            FacetValue { value, label, count }
        };
        Ok(FacetsView {
            total: if found.total_capped { found.total.min(FACET_CAP) } else { found.total },
            total_capped: found.total_capped,
            states: plain(states),
            subscriptions: subscriptions.values.into_iter().map(named).collect(),
            event_types: plain(event_types),
            outcomes: plain(outcomes),
            statuses: plain(statuses),
            attempts: plain(attempts),
            kinds: plain(kinds),
            capped,
        })
    }

    /// Counts what a filter finds by when it was made.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn histogram(&self, asked: &HistogramQuery) -> Result<HistogramView, WorkbenchError> {
        if !(1..=500).contains(&asked.bars) {
            return Err(WorkbenchError::field("bars", "1 to 500"));
        }
        let now = self.0.clock.now();
        let filter = asked.query.filter(now)?;
        let until = filter.until.unwrap_or(now);
        let oldest = if asked.whole { self.0.store.oldest_delivery_at().await? } else { None };
        let from = filter.since.or(oldest).unwrap_or_else(|| until.minus_ms(DEFAULT_SPAN_MS));
        let bars = u64::from(asked.bars);
        let width_ms = until.since(from).div_ceil(bars).max(1);
        // Whole minutes, so that the bars stay where they are from one look to the next.
        let (from, width_ms) = if width_ms >= MINUTE_MS {
            let past = u64::try_from(from.ms().rem_euclid(60_000)).unwrap_or(0);
            let from = from.minus_ms(past);
            (from, until.since(from).div_ceil(bars).next_multiple_of(MINUTE_MS).max(MINUTE_MS))
        } else {
            (from, width_ms)
        };
        let width = i64::try_from(width_ms).unwrap_or(i64::MAX);
        let count = usize::try_from(asked.bars).unwrap_or(1);
        let found =
            self.0.store.histogram(&DeliveryFilter { until: None, ..filter }, from, width, count).await?;
        let bar =
            |s: hookbench_store::TimeRange| Bar { delivered: s.delivered, failed: s.failed, other: s.other };
        Ok(HistogramView {
            from,
            width_ms,
            bars: found.stretches.into_iter().map(bar).collect(),
            capped: found.capped,
        })
    }
}

fn unlabelled((value, count): (String, i64)) -> FacetValue {
    FacetValue { value, label: String::new(), count }
}
