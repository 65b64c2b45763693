//! What comes in, each event with what became of it.

use hookbench_diagnosis::check_payload;
use hookbench_domain::{DeliveryId, SubscriptionId, parse_when};
use hookbench_platform::{About, about};
use hookbench_store::{EventFate, EventFilter, EventSummary, LiveEvent, Page};
use serde::{Deserialize, Serialize};

use crate::WorkbenchError;
use crate::handles::Events;

/// Which events; everything that is set must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct LiveQuery {
    /// Of this type.
    pub event_type: Option<String>,
    /// Of this brand.
    pub brand: Option<String>,
    /// Kept at or after: RFC 3339, or an age such as `15m`.
    pub since: Option<String>,
    /// Whose id or payload contains this.
    pub search: Option<String>,
    /// At most so many: 1 to 500, 100 if not said.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// What became of an event at one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FateView {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The subscription's name.
    pub name: String,
    /// The delivery's state.
    pub state: String,
    /// The status the last attempt got.
    pub status: Option<u16>,
    /// How the last attempt ended.
    pub outcome: Option<String>,
    /// How many attempts were made or are under way.
    pub attempts: u32,
}

/// An event as it is watched.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LiveLine {
    /// The event.
    #[serde(flatten)]
    pub event: EventSummary,
    /// What it is about.
    pub about: About,
    /// What became of it.
    pub fates: Vec<FateView>,
    /// How many things are odd about its data, those that other events tell of aside.
    pub findings: usize,
}

impl From<EventFate> for FateView {
    fn from(fate: EventFate) -> Self {
        Self {
            delivery: fate.delivery,
            subscription: fate.subscription,
            name: fate.name,
            state: fate.state,
            status: fate.status,
            outcome: fate.outcome,
            attempts: fate.attempts,
        }
    }
}

impl Events {
    /// Lists events, newest first, each with what became of it.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn live(&self, query: &LiveQuery) -> Result<Page<LiveLine>, WorkbenchError> {
        let limit = query.limit.unwrap_or(100);
        if !(1..=500).contains(&limit) {
            return Err(WorkbenchError::field("limit", "1 to 500"));
        }
        let since = query.since.as_deref().map(|text| parse_when(text, self.0.clock.now())).transpose()?;
        let filter = EventFilter {
            event_type: query.event_type.clone(),
            brand: query.brand.clone(),
            since,
            until: None,
            search: query.search.clone(),
            limit,
            cursor: query.cursor.clone(),
        };
        Ok(self.0.store.live(&filter).await?.map(line))
    }
}

fn line(event: LiveEvent) -> LiveLine {
    LiveLine {
        about: about(&event.summary.event_type, &event.head),
        findings: check_payload(&event.head, &event.summary.event_type, event.summary.received_at).len(),
        fates: event.fates.into_iter().map(FateView::from).collect(),
        event: event.summary,
    }
}
