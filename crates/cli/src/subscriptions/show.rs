//! How a subscription reads.

use hookbench_domain::{Kind, Mode};
use hookbench_workbench::SubscriptionView;
use serde_json::Value;

use crate::exit::Stop;
use crate::output::out::Out;
use crate::output::words::{duration, moment};

/// One subscription, field by field.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads any more.
pub(crate) fn subscription(out: Out, s: &SubscriptionView) -> Result<(), Stop> {
    out.field("Id", s.id)?;
    if !s.name.is_empty() {
        out.field("Name", &s.name)?;
    }
    out.field("URL", &s.url)?;
    match s.kind {
        Kind::Webhook => {}
        Kind::Postback => out.field("Kind", format_args!("postback, {}", s.method.as_str()))?,
    }
    if let Some(template) = &s.template {
        let (lines, content_type) = (template.lines().count(), s.content_type.as_deref().unwrap_or_default());
        out.field("Body", format_args!("a template of {lines} lines, sent as {content_type}"))?;
    }
    out.field("Events", s.events.join(", "))?;
    match &s.remote {
        Some(remote) => {
            out.field("Runs", format_args!("at the platform of {} ({})", remote.brand_name, remote.state))?;
            if let Some(webhook) = &remote.webhook {
                out.field("Webhook", webhook)?;
            }
            out.field("Event types", remote.event_types.join(", "))?;
        }
        None => out.field("Runs", "on this machine")?,
    }
    if let Some(brand) = s.brand.as_ref().filter(|_| s.remote.is_none()) {
        out.field("Brand", brand)?;
    }
    if let Some(filter) = &s.filter {
        out.field("Filter", filter)?;
    }
    out.field("Platform", &s.platform)?;
    let signed = match (s.mode, s.signed) {
        (Mode::Forward, _) => "the received signature is forwarded",
        (Mode::Sign, true) => "signed",
        (Mode::Sign, false) => "unsigned",
    };
    out.field("Scheme", format_args!("{} ({signed})", s.scheme))?;
    out.field("State", state(s))?;
    if let Some(since) = s.paused_since {
        out.field("Paused", format_args!("since {} UTC; what is new waits", moment(since)))?;
    }
    if let Some(since) = s.breaker.since {
        let next = s.breaker.next_probe_at.map(|at| format!(", next probe {} UTC", moment(at)));
        let next = next.unwrap_or_else(|| ", a probe is under way".to_owned());
        out.field("Breaker", format_args!("its host is not well since {} UTC{next}", moment(since)))?;
    }
    if let Some(warning) = &s.warning {
        out.field("Warning", warning)?;
    }
    if let Some(why) = &s.disabled_because {
        out.field("Disabled", why)?;
    }
    for (name, value) in &s.headers {
        out.field("Header", format_args!("{name}: {value}"))?;
    }
    out.field("Retries", retries(&s.policy))?;
    if let Some(rate) = s.rate_per_second {
        out.field("Rate", format_args!("at most {rate} a second"))?;
    }
    if let Some(most) = s.concurrency {
        out.field("Concurrency", format_args!("at most {most} at a time"))?;
    }
    match &s.ordered_by {
        Some(field) => out.field("Order", format_args!("one at a time, in order, of each {field}"))?,
        None if s.ordered => out.field("Order", "one at a time, in order")?,
        None => {}
    }
    if let Some(ms) = s.auto_disable_after_ms {
        out.field("Disables", format_args!("itself after {} without a success", duration(ms)))?;
    }
    if s.ca_pem.is_some() {
        out.field("Trusts", "certificates of its own beside the operating system's")?;
    }
    if s.skip_tls_verify {
        out.field("Unchecked", "the endpoint's certificate is not checked")?;
    }
    if s.allow_private {
        out.field("Private", "private addresses allowed")?;
    }
    out.field("Changed", format_args!("{} UTC", moment(s.updated_at)))
}

/// The state in a word: what is in the way of sending comes first.
pub(crate) fn state(s: &SubscriptionView) -> &'static str {
    match (s.enabled, s.paused, s.breaker.state) {
        (false, ..) => "disabled",
        (true, true, _) => "paused",
        (true, false, "closed") => "enabled",
        (true, false, _) => "held",
    }
}

/// A policy in a few words.
fn retries(policy: &Value) -> String {
    let delays: Vec<String> = policy["delays_ms"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .map(duration)
        .collect();
    let preset = policy["preset"].as_str().map(|name| format!(" (preset {name})")).unwrap_or_default();
    let shown = delays.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
    let more = if delays.len() > 8 { ", …" } else { "" };
    let forever = if policy["repeat_last"] == true { ", then again and again" } else { "" };
    if delays.is_empty() { format!("none{preset}") } else { format!("after {shown}{more}{forever}{preset}") }
}
