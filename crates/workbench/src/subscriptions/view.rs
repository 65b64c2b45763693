//! A subscription as the doors show it.

use hookbench_domain::{
    Definition, Kind, Method, Mode, PolicySpec, RemoteState, Subscription, SubscriptionId, Timestamp,
    mask_header, mask_url,
};
use hookbench_platform::profile;
use hookbench_store::{RegisteredRemote, Registry};
use serde::Serialize;
use serde_json::Value;

use crate::brands::remote_view::RemoteView;
use crate::subscriptions::breaker::{BreakerView, warning};

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
    let looks_like =
        || d.template.as_deref().map(|text| hookbench_template::content_type_of(text).to_owned());
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
