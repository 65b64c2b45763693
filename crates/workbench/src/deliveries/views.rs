//! Deliveries and attempts as the doors show them.

use hookbench_diagnosis::Verdict;
use hookbench_domain::{
    AttemptId, AttemptRecord, Connection, DeliveryState, Held, Kind, Outcome, RequestRecord, StoredEvent,
    SubscriptionId, Timestamp, Timings, Trigger, mask_header, mask_url,
};
use hookbench_store::DeliverySummary;
use serde::Serialize;

use crate::body::BodyView;

/// A delivery as a line of the log.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DeliveryView {
    /// Its id.
    pub id: hookbench_domain::DeliveryId,
    /// The event's id.
    pub event: String,
    /// The event's type.
    pub event_type: String,
    /// The event's brand.
    pub brand: Option<String>,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The subscription's name.
    pub subscription_name: String,
    /// Where it goes; of a postback with its macros.
    pub url: String,
    /// What its subscription sends: `webhook` or `postback`.
    pub kind: Kind,
    /// Its state.
    pub state: &'static str,
    /// Why there are no more automatic attempts; of failed ones.
    pub failure: Option<&'static str>,
    /// Why it was never sent; of skipped ones.
    pub reason: Option<&'static str>,
    /// When the next attempt falls; of pending ones.
    pub next_attempt_at: Option<Timestamp>,
    /// Why a pending one is not sent for now: `vault`, `interrupted`, `set_aside`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub held: Option<&'static str>,
    /// How many attempts were made or are under way.
    pub attempt_count: u32,
    /// How the last finished attempt ended.
    pub outcome: Option<Outcome>,
    /// The status the last finished attempt got.
    pub status: Option<u16>,
    /// Why it had been skipped, if a person released it since.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub was_skipped: Option<String>,
    /// Whether it is a test.
    pub test: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was delivered, failed or cancelled.
    pub finished_at: Option<Timestamp>,
}

impl From<DeliverySummary> for DeliveryView {
    fn from(d: DeliverySummary) -> Self {
        let (mut failure, mut reason, mut finished_at) = (None, None, None);
        let (mut next_attempt_at, mut held) = (None, None);
        match &d.delivery.state {
            DeliveryState::Pending(pending) => {
                next_attempt_at = Some(pending.next_attempt_at);
                held = pending.held.map(Held::as_str);
            }
            DeliveryState::InFlight { .. } => {}
            DeliveryState::Delivered { at } | DeliveryState::Cancelled { at } => finished_at = Some(*at),
            DeliveryState::Failed { at, failure: why } => {
                (finished_at, failure) = (Some(*at), Some(why.as_str()));
            }
            DeliveryState::Skipped { reason: why } => reason = Some(why.as_str()),
        }
        Self {
            id: d.id,
            event: d.event.to_string(),
            event_type: d.event_type,
            brand: d.brand,
            subscription: d.subscription,
            subscription_name: d.subscription_name,
            url: mask_url(&d.url),
            kind: d.kind,
            state: d.delivery.state.name(),
            failure,
            reason,
            next_attempt_at,
            held,
            attempt_count: d.delivery.attempts,
            outcome: d.last_outcome,
            status: d.last_status,
            was_skipped: d.was_skipped,
            test: d.test,
            created_at: d.delivery.created_at,
            finished_at,
        }
    }
}

/// One delivery with everything that is known of it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DeliveryDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// What holds it and what releases it, as a sentence; of one that is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub held_because: Option<String>,
    /// That its bodies were taken away, if they were.
    pub pruned: Option<PrunedView>,
    /// Its finished attempts, oldest first.
    pub attempts: Vec<AttemptView>,
}

/// That bodies were taken away: what is empty was not empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PrunedView {
    /// When.
    pub at: Timestamp,
    /// What took them away: `retention` or `erase`.
    pub by: String,
    /// The same as a sentence.
    pub note: String,
}

impl From<(Timestamp, String)> for PrunedView {
    fn from((at, by): (Timestamp, String)) -> Self {
        let note = if by == "erase" {
            format!("erased on {at} at somebody's request")
        } else {
            format!("body pruned on {at} by retention")
        };
        Self { at, by, note }
    }
}

/// How long the steps of an attempt took, in milliseconds and exactly in microseconds; a step that
/// did not happen is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TimingsView {
    /// Resolving the host name.
    pub dns_ms: Option<u64>,
    /// Opening the connection.
    pub connect_ms: Option<u64>,
    /// The TLS handshake.
    pub tls_ms: Option<u64>,
    /// Until the status line.
    pub first_byte_ms: Option<u64>,
    /// All of it.
    pub total_ms: u64,
    /// `dns_ms` in microseconds.
    pub dns_us: Option<u64>,
    /// `connect_ms` in microseconds.
    pub connect_us: Option<u64>,
    /// `tls_ms` in microseconds.
    pub tls_us: Option<u64>,
    /// `first_byte_ms` in microseconds.
    pub first_byte_us: Option<u64>,
    /// `total_ms` in microseconds.
    pub total_us: u64,
}

impl From<Timings> for TimingsView {
    fn from(timings: Timings) -> Self {
        let ms = |us: Option<u64>| us.map(|us| us / 1000);
        Self {
            dns_ms: ms(timings.dns_us),
            connect_ms: ms(timings.connect_us),
            tls_ms: ms(timings.tls_us),
            first_byte_ms: ms(timings.first_byte_us),
            total_ms: timings.total_us / 1000,
            dns_us: timings.dns_us,
            connect_us: timings.connect_us,
            tls_us: timings.tls_us,
            first_byte_us: timings.first_byte_us,
            total_us: timings.total_us,
        }
    }
}

/// The request of an attempt, as it was sent.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RequestView {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// Every header, in order.
    pub headers: Vec<(String, String)>,
    /// The exact bytes.
    #[serde(flatten)]
    pub body: BodyView,
}

impl RequestView {
    /// A request; its body is the event's where it has none of its own.
    pub(crate) fn new(request: RequestRecord, event: &StoredEvent) -> Self {
        Self {
            method: request.method,
            url: mask_url(&request.url),
            headers: request.headers.into_iter().map(mask_header).collect(),
            body: BodyView::of(request.body.as_deref().unwrap_or(&event.body)),
        }
    }
}

/// The response of an attempt.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ResponseView {
    /// The status.
    pub status: u16,
    /// Every header, in order.
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB.
    #[serde(flatten)]
    pub body: BodyView,
    /// Whether the body was cut.
    pub truncated: bool,
}

/// One attempt.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AttemptView {
    /// Its id.
    pub id: AttemptId,
    /// 1 for the first of its delivery.
    pub number: u32,
    /// `scheduled` or `manual`.
    pub trigger: Trigger,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The status it got.
    pub status: Option<u16>,
    /// What went wrong, in the words of the layer that said so.
    pub error: Option<String>,
    /// How long its steps took.
    pub timings: TimingsView,
    /// What was sent.
    pub request: Option<RequestView>,
    /// What came back.
    pub response: Option<ResponseView>,
    /// The connection it used.
    pub connection: Connection,
    /// Why it failed and what to do; absent on success.
    pub verdict: Option<Verdict>,
}

impl AttemptView {
    pub(crate) fn new(id: AttemptId, record: AttemptRecord, event: &StoredEvent) -> Self {
        let verdict = hookbench_diagnosis::verdict(&record);
        Self {
            id,
            number: record.number,
            trigger: record.trigger,
            started_at: record.started_at,
            finished_at: record.finished_at(),
            outcome: record.outcome,
            status: record.status(),
            error: record.error,
            timings: record.timings.into(),
            request: record.request.filter(|r| !r.url.is_empty()).map(|r| RequestView::new(r, event)),
            response: record.response.map(|r| ResponseView {
                status: r.status,
                headers: r.headers,
                body: BodyView::of(&r.body),
                truncated: r.truncated,
            }),
            connection: record.connection,
            verdict,
        }
    }
}
