//! Comparing attempts or events: what differs, by default between the last success and a failure.

use hookbench_diagnosis::{ComparedMessage, Comparison, Side, compare_within, comparison_budget};
use hookbench_domain::{AttemptId, AttemptRecord, DeliveryId, StoredEvent, Timestamp, mask_header};
use hookbench_store::EventSummary;
use serde::{Deserialize, Serialize};

use crate::body::BodyView;
use crate::handles::Deliveries;
use crate::{Workbench, WorkbenchError};

/// What to compare: ids of attempts, deliveries (their last attempt is meant) or events.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CompareQuery {
    /// The left side; the last success of the same subscription before the right one if left out.
    pub left: Option<String>,
    /// The right side.
    pub right: String,
}

/// One side of a comparison, with its bytes.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SideView {
    /// `attempt` or `event`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// The delivery of an attempt.
    pub delivery: Option<DeliveryId>,
    /// The number of an attempt.
    pub number: Option<u32>,
    /// When it was.
    pub at: Timestamp,
    /// It in a few words.
    pub told: String,
    /// What was sent, or the event's bytes.
    pub request_body: Option<BodyView>,
    /// What came back.
    pub response_body: Option<BodyView>,
}

/// Two sides and what differs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ComparisonView {
    /// The left side.
    pub left: SideView,
    /// The right side.
    pub right: SideView,
    /// What differs.
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// A side as it was found, owning what [`Side`] borrows.
enum Found {
    Attempt { id: AttemptId, delivery: DeliveryId, record: Box<AttemptRecord>, event: StoredEvent },
    Event { summary: EventSummary, event: StoredEvent },
}

impl Workbench {
    async fn find_side(&self, id: &str) -> Result<Found, WorkbenchError> {
        if let Ok(id) = id.parse::<AttemptId>() {
            let found = self.store.attempt(id).await?;
            return self.found_attempt(found).await;
        }
        if let Ok(id) = id.parse::<DeliveryId>() {
            let mut attempts = self.store.attempts(id).await?;
            let Some((attempt, record)) = attempts.pop() else {
                self.store.delivery(id).await?;
                let why = format!("{id} was never tried: there is nothing to compare");
                return Err(WorkbenchError::State(why));
            };
            return self
                .found_attempt(hookbench_store::FoundAttempt { id: attempt, delivery: id, record })
                .await;
        }
        let (summary, event) = self.store.event(id, None).await?;
        Ok(Found::Event { summary, event })
    }

    async fn found_attempt(&self, found: hookbench_store::FoundAttempt) -> Result<Found, WorkbenchError> {
        let event = self.store.event_of(found.delivery).await?;
        Ok(Found::Attempt { id: found.id, delivery: found.delivery, record: Box::new(found.record), event })
    }

    async fn counterpart(&self, right: &Found) -> Result<Found, WorkbenchError> {
        match right {
            Found::Attempt { id, .. } => match self.store.success_before(*id).await? {
                Some(found) => self.found_attempt(found).await,
                None => Err(WorkbenchError::State(format!(
                    "nothing was delivered to this subscription before {id}: say what to compare it with"
                ))),
            },
            Found::Event { summary, .. } => {
                let before = self.store.event_before(summary.seq()).await?;
                match before {
                    Some((summary, event)) => Ok(Found::Event { summary, event }),
                    None => Err(WorkbenchError::State(format!(
                        "{} is the first event of its type here: say what to compare it with",
                        summary.id
                    ))),
                }
            }
        }
    }
}

impl Deliveries {
    /// Compares two attempts or events.
    ///
    /// # Errors
    /// [`WorkbenchError`] when an id names nothing, a delivery was never tried, or there is no
    /// success to compare a failure with.
    pub async fn compare(&self, query: &CompareQuery) -> Result<ComparisonView, WorkbenchError> {
        let mut right = self.0.find_side(&query.right).await?;
        let mut left = match &query.left {
            Some(id) => self.0.find_side(id).await?,
            None => self.0.counterpart(&right).await?,
        };
        self.0
            .at_length(move |stop| {
                let comparison = compare_within(&left.side(), &right.side(), &comparison_budget(stop));
                ComparisonView { comparison, left: left.view(), right: right.view() }
            })
            .await
    }
}

impl Found {
    fn side(&mut self) -> Side<'_> {
        match self {
            Self::Attempt { record, event, .. } => {
                if let Some(request) = &mut record.request {
                    request.headers =
                        std::mem::take(&mut request.headers).into_iter().map(mask_header).collect();
                }
                let request = record.request.as_ref().filter(|r| !r.url.is_empty());
                Side {
                    facts: vec![
                        ("outcome", Some(record.outcome.as_str().replace('_', " "))),
                        ("status", record.status().map(|s| s.to_string())),
                        ("method", request.map(|r| r.method.clone())),
                        ("url", request.map(|r| r.url.clone())),
                        ("event type", Some(event.event_type.to_string())),
                    ],
                    request: request.map(|r| ComparedMessage {
                        headers: &r.headers,
                        body: r.body.as_deref().unwrap_or(&event.body),
                    }),
                    response: record
                        .response
                        .as_ref()
                        .map(|r| ComparedMessage { headers: &r.headers, body: &r.body }),
                    timings: Some(record.timings),
                    connection: Some(&record.connection),
                }
            }
            Self::Event { summary, event } => Side {
                facts: vec![
                    ("event type", Some(summary.event_type.clone())),
                    ("brand", summary.brand.clone()),
                    ("source", summary.source.clone()),
                    ("test", Some(if summary.test { "yes" } else { "no" }.to_owned())),
                ],
                request: Some(ComparedMessage { headers: &[], body: &event.body }),
                response: None,
                timings: None,
                connection: None,
            },
        }
    }

    fn view(self) -> SideView {
        match self {
            Self::Attempt { id, delivery, record, event } => {
                let answer = record
                    .status()
                    .map_or_else(|| record.outcome.as_str().replace('_', " "), |status| status.to_string());
                SideView {
                    kind: "attempt",
                    id: id.to_string(),
                    delivery: Some(delivery),
                    number: Some(record.number),
                    at: record.started_at,
                    told: format!("{} attempt {}: {answer}", event.event_type, record.number),
                    request_body: record
                        .request
                        .as_ref()
                        .filter(|r| !r.url.is_empty())
                        .map(|r| BodyView::of(r.body.as_deref().unwrap_or(&event.body))),
                    response_body: record.response.as_ref().map(|r| BodyView::of(&r.body)),
                }
            }
            Self::Event { summary, event } => SideView {
                kind: "event",
                told: format!("{} {}", summary.event_type, summary.id),
                id: summary.id,
                delivery: None,
                number: None,
                at: summary.received_at,
                request_body: Some(BodyView::of(&event.body)),
                response_body: None,
            },
        }
    }
}
