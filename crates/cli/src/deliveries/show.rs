//! How a delivery and its attempts read.

use hookbench_domain::Outcome;
use hookbench_workbench::{AttemptView, BodyView, DeliveryDetail, RequestView};

use crate::exit::Stop;
use crate::output::out::{BAD, FAINT, GOOD, Out, STRONG};
use crate::output::visible::visible;
use crate::output::words::{duration, moment, state_mark, state_style};

/// How much of an answer is shown, in characters.
const EXCERPT: usize = 600;

/// One delivery with everything that is known of it.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads any more.
pub(crate) fn delivery(out: Out, detail: &DeliveryDetail) -> Result<(), Stop> {
    let d = &detail.delivery;
    let style = state_style(d.state);
    let why = d.failure.or(d.reason).or(d.held).map(|why| format!(" ({why})")).unwrap_or_default();
    let test = if d.test { "  test" } else { "" };
    out.line(format_args!(
        "{STRONG}{}{STRONG:#}  {style}{} {}{why}{style:#}{test}",
        d.id,
        state_mark(d.state),
        d.state
    ))?;
    out.field("Event", format_args!("{}  {}", d.event_type, d.event))?;
    if let Some(brand) = &d.brand {
        out.field("Brand", brand)?;
    }
    out.field("Subscription", format_args!("{}  {}", d.subscription, d.subscription_name))?;
    out.field("URL", &d.url)?;
    out.field("Kind", d.kind.as_str())?;
    out.field("Created", format_args!("{} UTC", moment(d.created_at)))?;
    if let Some(why) = &detail.held_because {
        out.field("Held", why)?;
    } else if let Some(at) = d.next_attempt_at {
        out.field("Next attempt", format_args!("{} UTC", moment(at)))?;
    }
    if let Some(at) = d.finished_at {
        out.field("Ended", format_args!("{} UTC", moment(at)))?;
    }
    if let Some(why) = &d.was_skipped {
        out.field("Released", format_args!("it had been skipped ({why})"))?;
    }
    if let Some(pruned) = &detail.pruned {
        out.field("Body", &pruned.note)?;
    }
    for a in &detail.attempts {
        out.line("")?;
        attempt(out, a)?;
    }
    Ok(())
}

/// One attempt: how it ended and why, what was sent, what came back.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads any more.
pub(crate) fn attempt(out: Out, a: &AttemptView) -> Result<(), Stop> {
    let good = a.outcome == Outcome::Success;
    let style = if good { GOOD } else { BAD };
    let answer = a.status.map_or_else(|| a.outcome.as_str().to_owned(), |status| status.to_string());
    out.line(format_args!(
        "{STRONG}Attempt {}{STRONG:#}  {style}{answer}{style:#}  {}  {FAINT}{}, {} UTC{FAINT:#}",
        a.number,
        duration(a.timings.total_ms),
        a.trigger.as_str(),
        moment(a.started_at)
    ))?;
    let steps = [
        ("dns", a.timings.dns_ms),
        ("connect", a.timings.connect_ms),
        ("tls", a.timings.tls_ms),
        ("first byte", a.timings.first_byte_ms),
    ];
    let steps: Vec<String> =
        steps.iter().filter_map(|(name, ms)| ms.map(|ms| format!("{name} {ms} ms"))).collect();
    if !steps.is_empty() {
        out.field("Timings", steps.join(", "))?;
    }
    if let (Some(error), None) = (&a.error, &a.verdict) {
        out.field("Error", error)?;
    }
    if let Some(verdict) = &a.verdict {
        out.field("Why", &verdict.summary)?;
        out.field("Evidence", &verdict.detail)?;
        out.field("Next", &verdict.next_step)?;
    }
    connection(out, a)?;
    if let Some(sent) = &a.request {
        request(out, "Sent", sent)?;
    }
    if let Some(response) = &a.response {
        out.field("Answered", response.status)?;
        headers(out, &response.headers)?;
        body(out, &response.body, response.truncated)?;
    }
    Ok(())
}

/// The connection, where there was one.
fn connection(out: Out, a: &AttemptView) -> Result<(), Stop> {
    let c = &a.connection;
    let Some(peer) = &c.peer else { return Ok(()) };
    let parts = [
        Some(peer.as_str()),
        c.http_version.as_deref(),
        c.tls_version.as_deref(),
        c.reused.then_some("kept open from before"),
        c.unverified.then_some("certificate NOT checked"),
    ];
    out.field("Connection", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))?;
    if let Some(certificate) = &c.certificate {
        let names = certificate.names.join(", ");
        let until = moment(certificate.not_after);
        out.field(
            "Certificate",
            format_args!("{} for {names}, until {until} UTC", visible(&certificate.subject)),
        )?;
        out.field("Issued by", visible(&certificate.issuer))?;
    }
    Ok(())
}

/// One request: where it goes, its headers and its body.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads any more.
pub(crate) fn request(out: Out, word: &str, request: &RequestView) -> Result<(), Stop> {
    out.field(word, format_args!("{} {}", request.method, request.url))?;
    headers(out, &request.headers)?;
    body(out, &request.body, false)
}

fn headers(out: Out, headers: &[(String, String)]) -> Result<(), Stop> {
    headers.iter().try_for_each(|(name, value)| {
        out.line(format_args!("    {FAINT}{}: {}{FAINT:#}", visible(name), visible(value)))
    })
}

fn body(out: Out, body: &BodyView, truncated: bool) -> Result<(), Stop> {
    let (text, coded) = match body {
        BodyView::Body(text) => (text, ""),
        BodyView::BodyBase64(text) => (text, "(base64) "),
    };
    if text.is_empty() {
        return Ok(());
    }
    let excerpt: String = text.chars().take(EXCERPT).collect();
    for line in visible(&excerpt).lines() {
        out.line(format_args!("    {coded}{line}"))?;
    }
    let left_out = text.chars().count().saturating_sub(EXCERPT);
    if left_out > 0 {
        out.line(format_args!("    {FAINT}… {left_out} more characters (--json shows all){FAINT:#}"))?;
    }
    if truncated {
        out.line(format_args!("    {FAINT}(the body was cut){FAINT:#}"))?;
    }
    Ok(())
}
