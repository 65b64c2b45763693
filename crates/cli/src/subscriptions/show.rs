//! How a subscription reads.

use hookbench_workbench::SubscriptionView;
use serde_json::Value;

use crate::exit::Stop;
use crate::out::Out;
use crate::words::{duration, moment};

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
    out.field("Platform", &s.platform)?;
    let signed = if s.signed { "signed" } else { "unsigned" };
    out.field("Scheme", format_args!("{} ({signed})", s.scheme))?;
    out.field("State", if s.enabled { "enabled" } else { "disabled" })?;
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
    if s.ordered {
        out.field("Order", "one at a time, in order")?;
    }
    if s.allow_private {
        out.field("Private", "private addresses allowed")?;
    }
    out.field("Changed", format_args!("{} UTC", moment(s.updated_at)))
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
