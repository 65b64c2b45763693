//! Alerts: what somebody should look at, and that somebody did.

use hookbench_diagnosis::FieldDrift;
use hookbench_domain::{AlertId, Timestamp};
use hookbench_store::{Alert, AlertFilter, Page};
use serde::{Deserialize, Serialize};

use crate::WorkbenchError;
use crate::handles::Alerts;

/// Which alerts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct AlertQuery {
    /// `open` (the default), `acknowledged` or `all`.
    pub state: Option<String>,
    /// Of this event type.
    pub event_type: Option<String>,
    /// At most so many: 1 to 500, 50 if not said.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AlertView {
    /// Its id.
    pub id: AlertId,
    /// When it was raised.
    pub at: Timestamp,
    /// What kind it is: `schema_drift`, or `delivery_loop` for events that come in again and again.
    pub kind: String,
    /// What happened, in a sentence.
    pub summary: String,
    /// The event type it is about.
    pub event_type: Option<String>,
    /// The event that raised it.
    pub event: Option<String>,
    /// The brand of that event.
    pub brand: Option<String>,
    /// The source that event came in through.
    pub source: Option<String>,
    /// How the event differs from those before it, for `schema_drift`.
    pub drifts: Vec<FieldDrift>,
    /// When somebody acknowledged it.
    pub acknowledged_at: Option<Timestamp>,
}

/// How many alerts were acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Acknowledged {
    /// Those that were open before.
    pub acknowledged: u64,
    /// Those that are open still.
    pub open: i64,
}

impl From<Alert> for AlertView {
    fn from(mut alert: Alert) -> Self {
        let drifts = alert.details["drifts"].take();
        Self {
            id: alert.id,
            at: alert.at,
            kind: alert.kind,
            summary: alert.summary,
            event_type: alert.event_type,
            event: alert.event,
            brand: alert.brand,
            source: alert.source,
            // What another version wrote, and this one cannot read, is told by the summary alone.
            drifts: serde_json::from_value(drifts).unwrap_or_default(),
            acknowledged_at: alert.acknowledged_at,
        }
    }
}

impl Alerts {
    /// Lists alerts, newest first.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn list(&self, query: &AlertQuery) -> Result<Page<AlertView>, WorkbenchError> {
        let acknowledged = match query.state.as_deref() {
            None | Some("open") => Some(false),
            Some("acknowledged") => Some(true),
            Some("all") => None,
            Some(other) => {
                let why = format!("there is no state `{other}` of alerts: choose open, acknowledged, all");
                return Err(WorkbenchError::field("state", why));
            }
        };
        let limit = query.limit.unwrap_or(50);
        if !(1..=hookbench_store::MAX_PAGE).contains(&limit) {
            return Err(WorkbenchError::field("limit", "1 to 500"));
        }
        let filter = AlertFilter {
            acknowledged,
            event_type: query.event_type.clone(),
            limit,
            cursor: query.cursor.clone(),
        };
        Ok(self.0.store.alerts(&filter).await?.map(AlertView::from))
    }

    /// One alert.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub async fn get(&self, id: AlertId) -> Result<AlertView, WorkbenchError> {
        Ok(self.0.store.alert(id).await?.into())
    }

    /// Marks alerts as seen; all that are open if none is named.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the first that does not exist.
    pub async fn acknowledge(&self, ids: Option<Vec<AlertId>>) -> Result<Acknowledged, WorkbenchError> {
        let acknowledged = self.0.store.acknowledge(ids, self.0.clock.now()).await?;
        Ok(Acknowledged { acknowledged, open: self.0.store.open_alerts().await? })
    }
}
