//! Subscriptions: what is sent where, and how.

pub(crate) mod credential;
pub(crate) mod health;
pub(crate) mod remote;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::{EventType, HOPS_HEADER, Health, Pattern, PolicySpec, RetryPolicy, SubscriptionId, Timestamp};

/// The longest URL of a subscription, in characters.
pub const MAX_URL_CHARS: usize = 2048;

/// The shortest and the longest time after which a failing subscription may be disabled, in
/// milliseconds: a minute and a year.
pub const AUTO_DISABLE_RANGE_MS: std::ops::RangeInclusive<u64> = 60_000..=31_536_000_000;

/// Headers that Hookbench sets itself and nobody sets by hand.
pub const RESERVED_HEADERS: [&str; 6] =
    ["host", "content-length", "transfer-encoding", "accept-encoding", "x-hookbench-test", HOPS_HEADER];

/// Headers that speak of one connection, not of the request (RFC 9110, section 7.6.1), and what
/// only a proxy is told (section 11.7): they are never sent on.
pub const HOP_BY_HOP_HEADERS: [&str; 9] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
];

/// What a subscription sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Kind {
    /// A signed `POST` of the event's bytes.
    #[default]
    Webhook,
    /// A `GET` or `POST` to a URL with macros.
    Postback,
}

/// How a postback asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Method {
    /// Without a body.
    #[default]
    Get,
    /// With a body.
    Post,
}

/// Whose signature a delivery carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Mode {
    /// Ours, with the subscription's secret.
    #[default]
    Sign,
    /// The one the event came with, untouched.
    Forward,
}

/// A header added to every request of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CustomHeader(pub String, pub String);

/// Why a subscription cannot be saved. Each names the field at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// `url` cannot be delivered to.
    #[error("`url`: {0}")]
    Url(String),
    /// `events` is empty or too long.
    #[error("`events`: name at least one event type or pattern, such as conversion.* or *; at most 100")]
    Events,
    /// `name` is too long or holds control characters.
    #[error("`name`: at most 200 characters, without control characters")]
    Name,
    /// `headers` holds one that cannot be sent.
    #[error("`headers`: {0}")]
    Header(String),
    /// `ordered_by` is no path, or means nothing.
    #[error("`ordered_by` {0}")]
    Order(&'static str),
    /// A number outside its range.
    #[error("`{field}` must be {range}")]
    Range {
        /// The field's name.
        field: &'static str,
        /// What it may hold.
        range: &'static str,
    },
}

/// What a person says about a subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// A name for people; empty if none was given.
    pub name: String,
    /// Where events go.
    pub url: String,
    /// Which event types are wanted.
    pub events: Vec<Pattern>,
    /// Only events of this brand, or of any brand and none.
    pub brand: Option<String>,
    /// Only events for which this holds, in CEL.
    #[serde(default)]
    pub filter: Option<String>,
    /// The profile that chose scheme, policy and headers.
    pub platform: String,
    /// Webhook or postback.
    pub kind: Kind,
    /// How it asks; `None` for what its kind does by itself: a webhook posts, a postback gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// What the body is rendered from; `None` for the event as it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The type of what the template renders; `None` for the one that it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The signature scheme's name.
    pub scheme: String,
    /// Whose signature is sent.
    pub mode: Mode,
    /// Headers added to every request.
    pub headers: Vec<CustomHeader>,
    /// Whether it is sent to. What waits while it is disabled is held.
    pub enabled: bool,
    /// The policy as it was written.
    pub policy_spec: PolicySpec,
    /// The policy that is in force.
    pub policy: RetryPolicy,
    /// At most this many attempts a second; `None` for no limit.
    pub rate_per_second: Option<f64>,
    /// At most this many attempts at a time; `None` for the default.
    pub concurrency: Option<u32>,
    /// One at a time, in the order the events came.
    pub ordered: bool,
    /// The field whose value events must share to be kept in order, as a path such as
    /// `data.customerId`; with `None` all of them are. Only of a subscription that is ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
    /// Whether private addresses (RFC 1918, ULA, CGNAT) may be sent to.
    pub allow_private: bool,
    /// Certificates, as PEM, that its endpoint may be vouched for by, beside those of the operating
    /// system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
    /// Whether the endpoint's certificate is left unchecked; on this machine only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_tls_verify: bool,
    /// Disable it once every attempt failed for so long, in milliseconds; `None` to go on.
    #[serde(default)]
    pub auto_disable_after_ms: Option<u64>,
    /// Whether it is the target of one request that was edited by hand: no list shows it, it wants no
    /// events by itself, and it goes when the request has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
}

/// A subscription as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Names it.
    pub id: SubscriptionId,
    /// What it does.
    pub definition: Definition,
    /// Whether a secret is kept for it.
    pub has_secret: bool,
    /// Why it was disabled by the program, if it was.
    pub disabled_because: Option<String>,
    /// Since when it is paused, if it is: nothing new is sent, what is new waits.
    pub paused_since: Option<Timestamp>,
    /// How well its endpoint is, as it was last kept.
    pub health: Health,
    /// Moves with each change of what a person can change, from 1 on: a change is made against the
    /// one that its author saw.
    pub revision: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Definition {
    /// One that says where events go, which and when they are tried again; the rest is as where
    /// nothing is said: platform `generic`, signed as `standard`, enabled, without limits.
    #[must_use]
    pub fn new(url: impl Into<String>, events: Vec<Pattern>, policy: RetryPolicy) -> Self {
        Self {
            name: String::new(),
            url: url.into(),
            events,
            brand: None,
            filter: None,
            platform: "generic".to_owned(),
            kind: Kind::Webhook,
            method: None,
            template: None,
            content_type: None,
            scheme: "standard".to_owned(),
            mode: Mode::Sign,
            headers: Vec::new(),
            enabled: true,
            policy_spec: PolicySpec::default(),
            policy,
            rate_per_second: None,
            concurrency: None,
            ordered: false,
            ordered_by: None,
            allow_private: false,
            ca_pem: None,
            skip_tls_verify: false,
            auto_disable_after_ms: None,
            once: false,
        }
    }

    /// Whether an event of this type and brand is wanted. A subscription without a brand takes
    /// events of any brand or none; a target for one request takes none but that.
    #[must_use]
    pub fn wants(&self, event_type: &EventType, brand: Option<&str>) -> bool {
        !self.once
            && self.brand.as_deref().is_none_or(|wanted| brand == Some(wanted))
            && self.events.iter().any(|pattern| pattern.matches(event_type))
    }

    /// Whether everything is sent one at a time, whatever it is about.
    #[must_use]
    pub fn one_by_one(&self) -> bool {
        self.ordered && self.ordered_by.is_none()
    }

    /// How it asks.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method.unwrap_or(match self.kind {
            Kind::Webhook => Method::Post,
            Kind::Postback => Method::Get,
        })
    }

    /// Checks everything that can be checked without the network. Headers that were `kept` stay as they
    /// are: a name may have been reserved since.
    ///
    /// # Errors
    /// [`DefinitionError`], naming the field.
    pub fn check(&self, kept: &[CustomHeader]) -> Result<(), DefinitionError> {
        parse_target_url(&self.url)?;
        if self.events.is_empty() || self.events.len() > 100 {
            return Err(DefinitionError::Events);
        }
        if self.name.chars().count() > 200 || self.name.chars().any(char::is_control) {
            return Err(DefinitionError::Name);
        }
        if self.headers.len() > 50 {
            return Err(DefinitionError::Header("at most 50".to_owned()));
        }
        self.headers.iter().filter(|header| !kept.contains(header)).try_for_each(CustomHeader::check)?;
        let range = |field, range| Err(DefinitionError::Range { field, range });
        if self.rate_per_second.is_some_and(|r| !(0.001..=100_000.0).contains(&r)) {
            return range("rate_per_second", "0.001 to 100000");
        }
        if self.concurrency.is_some_and(|c| !(1..=256).contains(&c)) {
            return range("concurrency", "1 to 256");
        }
        if let Some(path) = &self.ordered_by {
            check_path(path)?;
            if !self.ordered {
                return Err(DefinitionError::Order("says what order is kept by, so `ordered` must be true"));
            }
        }
        if self.auto_disable_after_ms.is_some_and(|ms| !AUTO_DISABLE_RANGE_MS.contains(&ms)) {
            return range("auto_disable_after_ms", "60000 (a minute) to 31536000000 (a year)");
        }
        Ok(())
    }
}

/// Checks a path to a field of an event: names with dots between them.
fn check_path(path: &str) -> Result<(), DefinitionError> {
    let name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if path.chars().count() <= 200 && path.split('.').all(name) {
        Ok(())
    } else {
        Err(DefinitionError::Order("must be the path of a field, such as data.customerId"))
    }
}

impl Kind {
    /// The name used in JSON, SQL and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Postback => "postback",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Webhook, Self::Postback].into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Method {
    /// As it stands in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl From<(String, String)> for CustomHeader {
    fn from((name, value): (String, String)) -> Self {
        Self(name, value)
    }
}

impl CustomHeader {
    /// Checks that it can be sent and is not one that Hookbench sets itself.
    ///
    /// # Errors
    /// [`DefinitionError::Header`], naming the header.
    pub fn check(&self) -> Result<(), DefinitionError> {
        let Self(name, value) = self;
        let bad = |why: &str| Err(DefinitionError::Header(format!("`{}` {why}", name.escape_debug())));
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || name.len() > 128 || !name.bytes().all(token) {
            return bad("is not a header name (letters, digits and -)");
        }
        if HOP_BY_HOP_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return bad("speaks of the connection, not of the request, and is never sent: leave it out");
        }
        if name.eq_ignore_ascii_case("expect") {
            return bad("asks the endpoint to answer before it has the body, which is sent with the \
                        headers: leave it out");
        }
        if RESERVED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return bad("is set by Hookbench and cannot be set by hand");
        }
        if value.len() > 4096 || value.bytes().any(|b| (b < 0x20 && b != b'\t') || b == 0x7f) {
            return bad("has a value with control characters, or longer than 4096 bytes");
        }
        Ok(())
    }
}

/// Reads the URL of a subscription: `http` or `https`, a host, no user info, no fragment.
///
/// # Errors
/// [`DefinitionError::Url`], saying what is wrong and what to do.
pub fn parse_target_url(text: &str) -> Result<Url, DefinitionError> {
    let bad = |why: &str| Err(DefinitionError::Url(why.to_owned()));
    if text.chars().count() > MAX_URL_CHARS {
        return bad("at most 2048 characters");
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return bad("white space and control characters must be percent-encoded (a space is %20)");
    }
    let Ok(url) = Url::parse(text) else {
        return bad("not a URL: write it in full, like https://example.com/hooks");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return bad("only http:// and https:// can be delivered to");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad("user name and password do not belong in a URL: send them as a header");
    }
    if url.fragment().is_some() {
        return bad("the part after # is never sent: remove it");
    }
    match url.host() {
        Some(Host::Domain("")) | None => bad("the host is missing"),
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) if url.port() == Some(0) => {
            bad("port 0 cannot be connected to")
        }
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) => Ok(url),
    }
}

/// Whom a URL reaches, as attempts are counted per host: name or address, and port. Of what is no
/// URL, the text itself.
#[must_use]
pub fn host_of(url: &str) -> String {
    let of = |url: Url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?));
    Url::parse(url).ok().and_then(of).unwrap_or_else(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_cannot_be_delivered_to_are_refused_with_the_reason() {
        for (url, word) in [
            ("ftp://x/", "http"),
            ("example.com/hook", "URL"),
            ("https://", "URL"),
            ("https://user:pw@example.com/", "password"),
            ("https://example.com/#part", "#"),
            ("https://example.com/a b", "%20"),
            ("http://example.com:0/", "port"),
            ("javascript:alert(1)", "http"),
        ] {
            let error = parse_target_url(url).unwrap_err().to_string();
            assert!(error.contains(word), "{url}: {error}");
        }
        assert!(parse_target_url("http://127.0.0.1:8080/in?x=1").is_ok());
        assert!(parse_target_url("https://[::1]/").is_ok());
    }

    #[test]
    fn a_target_for_one_request_wants_nothing_and_is_told_by_its_mark() {
        let policy: RetryPolicy = serde_json::from_value(serde_json::json!({
            "delays_ms": [], "repeat_last": false, "jitter": 0.0, "timeout_ms": 1000,
            "final": [], "retry": [], "gone": [], "honour_retry_after": false,
        }))
        .unwrap();
        let users = Definition::new("http://127.0.0.1:9/", vec![Pattern::Any], policy);
        let once = Definition { once: true, ..users.clone() };
        let kind: EventType = "hookbench.once".parse().unwrap();
        assert!(users.wants(&kind, None) && !once.wants(&kind, None));
        // What was kept before there was a mark has none.
        let kept = serde_json::to_value(&users).unwrap();
        assert!(kept.get("once").is_none());
        assert_eq!(serde_json::from_value::<Definition>(kept).unwrap(), users);
        let marked = serde_json::to_value(&once).unwrap();
        assert!(serde_json::from_value::<Definition>(marked).unwrap().once);
    }

    #[test]
    fn a_host_is_name_and_port() {
        for (url, host) in [
            ("https://Example.com/a?b", "example.com:443"),
            ("http://example.com:443/", "example.com:443"),
            ("http://[::1]/", "[::1]:80"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(host_of(url), host);
        }
    }

    #[test]
    fn order_is_kept_by_a_path_and_by_nothing_else() {
        for path in ["data.customerId", "brandId", "data.sub-id.x_1", "daten.größe"] {
            assert!(check_path(path).is_ok(), "{path}");
        }
        let long = "a".repeat(201);
        for path in ["", ".", "data.", ".data", "data..id", "data[0]", "$.data", "a\"b", "a b", &long] {
            let said = check_path(path).unwrap_err().to_string();
            assert!(said.contains("`ordered_by`") && said.contains("data.customerId"), "{path}: {said}");
        }
    }

    #[test]
    fn headers_that_break_a_request_are_refused() {
        for (name, value) in [
            ("Host", "x"),
            ("content-length", "3"),
            ("Keep-Alive", "timeout=5"),
            ("Connection", "close"),
            ("TE", "trailers"),
            ("Trailer", "X-Sum"),
            ("Upgrade", "h2c"),
            ("Expect", "100-continue"),
            ("HTTP2-Settings", "AAMAAABk"),
            ("Proxy-Authorization", "Basic eA=="),
            ("Proxy-Authenticate", "Basic"),
            ("X-Hookbench-Hops", "0"),
            ("X-A", "a\r\nX-B: b"),
            ("X-A", "a\0"),
            ("X A", "a"),
            ("", "a"),
            ("X-Hookbench-Test", "true"),
        ] {
            assert!(CustomHeader(name.into(), value.into()).check().is_err(), "{name}");
        }
        assert!(CustomHeader("Authorization".into(), "Bearer é".into()).check().is_ok());
        for (name, word) in [
            ("Proxy-Connection", "never sent"),
            ("trailer", "never sent"),
            ("expect", "leave it out"),
            ("Host", "by Hookbench"),
        ] {
            let error = CustomHeader(name.into(), "x".into()).check().unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
