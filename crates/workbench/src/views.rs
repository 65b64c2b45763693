//! What the doors show: the same objects as JSON from the command and from the local API.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_diagnosis::{Finding, Verdict};
use hookbench_domain::{
    AttemptId, AttemptRecord, Connection, Definition, DeliveryState, Held, KeptEvent, Kind, Method, Mode,
    Outcome, PolicySpec, RemoteState, RequestRecord, Subscription, SubscriptionId, Timestamp, Timings,
    Trigger, mask_header, mask_url,
};
use hookbench_platform::profile;
use hookbench_store::{DeliverySummary, EventSummary, RegisteredRemote, Registry};
use serde::Serialize;
use serde_json::Value;

use crate::breaker::{BreakerView, warning};
use crate::findings::SchemaCheck;
use crate::remote_view::RemoteView;

/// A subscription, without its secret.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SubscriptionView {
    /// Its id.
    pub id: SubscriptionId,
    /// Where it runs.
    #[serde(rename = "where")]
    pub runs: Where,
    /// Its name for people.
    pub name: String,
    /// Where events go; credentials in it are masked.
    pub url: String,
    /// Which event types it listens to.
    pub events: Vec<String>,
    /// The brand it is limited to.
    pub brand: Option<String>,
    /// The condition that events must meet, in CEL.
    pub filter: Option<String>,
    /// The platform whose profile it follows.
    pub platform: String,
    /// `webhook` or `postback`.
    pub kind: Kind,
    /// How it asks: `POST`, or `GET` for a postback.
    pub method: Method,
    /// What the body is rendered from; null for the event as it was kept.
    pub template: Option<String>,
    /// The type of the body; null where there is none.
    pub content_type: Option<String>,
    /// Whether the content type was said, rather than guessed.
    pub content_type_set: bool,
    /// The signature scheme.
    pub scheme: String,
    /// `sign` or `forward`.
    pub mode: Mode,
    /// Whether deliveries carry a signature of ours.
    pub signed: bool,
    /// Whether a secret is kept.
    pub has_secret: bool,
    /// Headers added to every request; the values of credentials are masked.
    pub headers: Vec<(String, String)>,
    /// Whether it is sent to.
    pub enabled: bool,
    /// Why the program disabled it, if it did.
    pub disabled_because: Option<String>,
    /// Whether it is paused by itself: nothing new is sent, what is new waits.
    pub paused: bool,
    /// Since when.
    pub paused_since: Option<Timestamp>,
    /// Whether deliveries go out, or wait until its host is well again.
    pub breaker: BreakerView,
    /// What to look at before it is disabled by itself.
    pub warning: Option<String>,
    /// The retry policy in force.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, unknown>"))]
    pub policy: Value,
    /// Whether more was said of it than a preset's name.
    pub policy_own: bool,
    /// At most so many attempts a second.
    pub rate_per_second: Option<f64>,
    /// At most so many attempts at a time.
    pub concurrency: Option<u32>,
    /// Whether events are sent one at a time, in order.
    pub ordered: bool,
    /// The field whose value events must share to be kept in order; all of them are without one.
    pub ordered_by: Option<String>,
    /// Whether private addresses may be sent to.
    pub allow_private: bool,
    /// Certificates, as PEM, that are trusted beside the operating system's.
    pub ca_pem: Option<String>,
    /// Whether the endpoint's certificate is left unchecked; on this machine only.
    pub skip_tls_verify: bool,
    /// Disable it once every attempt failed for so long.
    pub auto_disable_after_ms: Option<u64>,
    /// Moves with each change: a change may be made to depend on it.
    pub revision: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How it stands at the platform, if it runs there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteView>,
}

/// Where a subscription runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Where {
    /// Deliveries are made here.
    Machine,
    /// The brand's platform delivers.
    Platform,
}

/// What the body of a subscription's requests is sent as.
fn content_type(d: &Definition) -> Option<String> {
    let looks_like = || d.template.as_deref().map(|text| hookbench_shape::content_type_of(text).to_owned());
    match d.method() {
        Method::Get => None,
        Method::Post => {
            d.content_type.clone().or_else(looks_like).or_else(|| Some("application/json".to_owned()))
        }
    }
}

/// Whether a policy says more than which preset it follows, even where that is what the preset says.
fn is_own(spec: &PolicySpec) -> bool {
    *spec != PolicySpec { preset: spec.preset.clone(), ..PolicySpec::default() }
}

impl SubscriptionView {
    pub(crate) fn new(subscription: &Subscription, now: Timestamp) -> Self {
        let d = &subscription.definition;
        let mut policy = serde_json::to_value(&d.policy).unwrap_or_default();
        if let (Some(object), Some(preset)) = (policy.as_object_mut(), &d.policy_spec.preset) {
            object.insert("preset".to_owned(), preset.as_str().into());
        }
        Self {
            id: subscription.id,
            runs: Where::Machine,
            name: d.name.clone(),
            url: mask_url(&d.url),
            events: d.events.iter().map(ToString::to_string).collect(),
            brand: d.brand.clone(),
            filter: d.filter.clone(),
            platform: d.platform.clone(),
            kind: d.kind,
            scheme: d.scheme.clone(),
            mode: d.mode,
            signed: d.mode == Mode::Sign && subscription.has_secret && d.scheme != "none",
            has_secret: subscription.has_secret,
            headers: d.headers.iter().map(|h| mask_header((h.0.clone(), h.1.clone()))).collect(),
            enabled: d.enabled,
            disabled_because: subscription.disabled_because.clone(),
            paused: subscription.paused_since.is_some(),
            paused_since: subscription.paused_since,
            breaker: subscription.health.breaker.into(),
            warning: warning(subscription, now),
            policy,
            policy_own: is_own(&d.policy_spec),
            rate_per_second: d.rate_per_second,
            concurrency: d.concurrency,
            ordered: d.ordered,
            ordered_by: d.ordered_by.clone(),
            allow_private: d.allow_private,
            method: d.method(),
            template: d.template.clone(),
            content_type: content_type(d),
            content_type_set: d.content_type.is_some(),
            ca_pem: d.ca_pem.clone(),
            skip_tls_verify: d.skip_tls_verify,
            auto_disable_after_ms: d.auto_disable_after_ms,
            revision: subscription.revision,
            created_at: subscription.created_at,
            updated_at: subscription.updated_at,
            remote: None,
        }
    }
}

impl SubscriptionView {
    /// One that runs at a platform: what the platform decides is told as its profile says.
    pub(crate) fn of_remote(registered: &RegisteredRemote, registry: &Registry) -> Self {
        let (remote, d) = (&registered.remote, &registered.remote.definition);
        let known = registry.brands().find(|b| b.brand.id == remote.brand);
        let brand = known.map(|b| &b.brand.definition);
        let platform = brand.map(|b| b.platform.clone()).unwrap_or_default();
        let profile = profile(&platform);
        let scheme = profile.map_or("none", |p| p.signature.scheme.as_str());
        let has_secret = registered.secret.is_some();
        Self {
            id: remote.id,
            runs: Where::Platform,
            name: d.name.clone(),
            url: d.url.clone(),
            events: d.patterns.iter().map(ToString::to_string).collect(),
            brand: Some(remote.brand.to_string()),
            scheme: scheme.to_owned(),
            kind: Kind::Webhook,
            mode: Mode::Sign,
            signed: has_secret && scheme != "none",
            has_secret,
            headers: Vec::new(),
            enabled: !matches!(remote.state, RemoteState::Resting { .. }),
            disabled_because: None,
            filter: None,
            paused: false,
            paused_since: None,
            breaker: hookbench_domain::Breaker::default().into(),
            warning: None,
            method: Method::Post,
            template: None,
            content_type: Some("application/json".to_owned()),
            content_type_set: false,
            ca_pem: None,
            skip_tls_verify: false,
            auto_disable_after_ms: None,
            policy: profile.and_then(|p| serde_json::to_value(&p.policy).ok()).unwrap_or_default(),
            policy_own: false,
            rate_per_second: None,
            concurrency: None,
            ordered: false,
            ordered_by: None,
            allow_private: false,
            revision: registered.revision,
            created_at: remote.created_at,
            updated_at: remote.updated_at,
            remote: Some(RemoteView::new(registered, known.map(AsRef::as_ref))),
            platform,
        }
    }
}

/// Bytes of a body: as text where they are UTF-8, else as base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum BodyView {
    /// The text.
    Body(String),
    /// The bytes in base64.
    BodyBase64(String),
}

impl BodyView {
    /// Shows bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Body(text.to_owned()),
            Err(_) => Self::BodyBase64(STANDARD.encode(bytes)),
        }
    }
}

/// An event with its bytes.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EventDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// The exact bytes that are delivered.
    #[serde(flatten)]
    pub body: BodyView,
    /// What is odd about its data.
    pub findings: Vec<Finding>,
    /// What its platform's schema says of its data; null where no platform claims it.
    pub schema: Option<SchemaCheck>,
}

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
    pub(crate) fn new(request: RequestRecord, event: &KeptEvent) -> Self {
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
    pub(crate) fn new(id: AttemptId, record: AttemptRecord, event: &KeptEvent) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_own_once_more_is_said_than_its_preset() {
        let own = |json: &str| is_own(&serde_json::from_str(json).unwrap());
        for preset in ["{}", r#"{"preset":"none"}"#] {
            assert!(!own(preset), "{preset}");
        }
        let all = [
            r#"{"preset":"none","delays_ms":[1]}"#,
            r#"{"preset":"trcker","max_age_ms":1000}"#,
            r#"{"honour_retry_after":false}"#,
        ];
        for said in all {
            assert!(own(said), "{said}");
        }
    }
}
