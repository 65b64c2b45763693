//! `platforms` and `schedule`: what is known of the affiliate platforms.

pub(crate) mod brands;
pub(crate) mod own_profiles;

use clap::{Args, Subcommand};
use hookbench_ambient::Clock;
use hookbench_diagnosis::ForecastOutcome;
use hookbench_domain::SubscriptionId;
use hookbench_platform::{Profile, profile, profiles};
use hookbench_workbench::{OutageQuery, ScheduleView, Workbench, WorkbenchError};
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, GOOD, Out, STRONG, WAIT};
use crate::output::table::{Cell, Table};
use crate::output::values::{self, When};
use crate::output::words::{duration, moment};

/// Verbs of `platforms`.
#[derive(Debug, Subcommand)]
pub(crate) enum PlatformVerb {
    /// List the platforms
    List,
    /// Show one platform: event types, envelope, signature, schedule
    Show {
        /// The platform's name
        name: String,
    },
}

/// What to draw.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench schedule --platform track360
  hookbench schedule --platform trcker --from 2026-05-08T00:00:00Z --down-until 2026-05-08T06:00:00Z
  hookbench schedule --subscription sub_… --down-until +2h
      Of the deliveries that wait: which survive, which are lost")]
pub(crate) struct ScheduleArgs {
    /// Whose schedule
    #[arg(long, value_name = "P", value_parser = values::platform(), required_unless_present = "subscription")]
    platform: Option<String>,
    /// What waits of this subscription
    #[arg(long, value_name = "ID", conflicts_with_all = ["platform", "from"], requires = "down_until")]
    subscription: Option<String>,
    /// When the event is first sent: RFC 3339, a date (its start in UTC), or 15m, 2h30m, 3d, 1w ago [default: now]
    #[arg(long, value_name = "WHEN")]
    from: Option<When>,
    /// Until when the receiver is down: RFC 3339, or +30m, +2h from now
    #[arg(long, value_name = "WHEN", value_parser = values::ahead)]
    down_until: Option<String>,
}

/// What an outage would cost a subscription.
#[derive(Debug)]
pub(crate) struct OutageOfSubscription {
    subscription: String,
    down_until: String,
}

impl ScheduleArgs {
    /// The subscription that is asked about, if one is.
    pub(crate) fn of_subscription(&self) -> Option<OutageOfSubscription> {
        let (subscription, down_until) = self.subscription.clone().zip(self.down_until.clone())?;
        Some(OutageOfSubscription { subscription, down_until })
    }
}

/// Says which of the deliveries that wait survive an outage.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn outage(workbench: &Workbench, out: Out, asked: OutageOfSubscription) -> Ended {
    let id: SubscriptionId = asked.subscription.parse().map_err(WorkbenchError::from)?;
    let query = OutageQuery { subscription: Some(id), down_until: asked.down_until };
    let view = workbench.deliveries().outage(&query).await?;
    if out.json {
        out.document(&view)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["delivery", "event", ">attempts", "next (UTC)", "then"]);
    for delivery in view.items.iter().flat_map(|line| &line.deliveries) {
        let then = match delivery.fate {
            ForecastOutcome::Lost { at } => Cell::styled(format!("✗ lost at {} UTC", moment(at)), BAD),
            ForecastOutcome::Survives { at } => Cell::styled(format!("✓ sent at {} UTC", moment(at)), GOOD),
        };
        table.row([
            delivery.id.to_string().into(),
            format!("{} {}", delivery.event_type, delivery.event).into(),
            delivery.attempt_count.to_string().into(),
            Cell::or_dash(delivery.next_attempt_at.map(moment)),
            then,
        ]);
    }
    table.print(out)?;
    let style = if view.lost > 0 { BAD } else { GOOD };
    out.line(format_args!("\n{style}{}{style:#}", view.sentence))?;
    Ok(Exit::Done)
}

/// Does one verb.
///
/// # Errors
/// When there is no such platform.
pub(crate) fn act(out: Out, verb: PlatformVerb) -> Ended {
    match verb {
        PlatformVerb::List => list(out),
        PlatformVerb::Show { name } => {
            let Some(profile) = profile(&name) else {
                let known: Vec<&str> = profiles().into_iter().map(|p| p.name.as_str()).collect();
                let message = format!("there is no platform `{name}`");
                return Err(Stop::failed(Exit::Failed, "not_found", message)
                    .hint(format!("choose {}", known.join(", "))));
            };
            if out.json {
                out.document(profile)?
            } else {
                show(out, profile)?
            }
            Ok(Exit::Done)
        }
    }
}

fn list(out: Out) -> Ended {
    if out.json {
        let summary = |p: &Profile| {
            json!({
                "name": p.name,
                "title": p.title,
                "summary": p.summary,
                "scheme": p.signature.scheme,
                "secret_required": p.signature.required,
                "https_only": p.https_only,
                "event_types": p.catalogue.len(),
                "policy": p.policy,
            })
        };
        let items: Vec<_> = profiles().into_iter().map(summary).collect();
        out.document(&json!({ "items": items, "next_cursor": null }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["name", "title", "scheme", ">event types", ">retries", "covers"]);
    let now = Clock::system().now();
    for p in profiles() {
        let view = ScheduleView::of(&p.name, now, None)?;
        let types = p.catalogue.len().to_string();
        let retries = view.plan.total_attempts.saturating_sub(1).to_string();
        let (name, title) = (p.name.as_str().into(), p.title.as_str().into());
        let scheme = p.signature.scheme.as_str().into();
        table.row([name, title, scheme, types.into(), retries.into(), duration(view.plan.covers_ms).into()]);
    }
    table.print(out)?;
    Ok(Exit::Done)
}

fn show(out: Out, p: &Profile) -> Result<(), Stop> {
    out.line(format_args!("{STRONG}{}{STRONG:#}  {}", p.title, p.summary))?;
    out.field("Source", &p.document)?;
    let required = if p.signature.required { "a secret is required" } else { "a secret is optional" };
    out.field("Signature", format_args!("{} ({required}): {}", p.signature.scheme, p.signature.note))?;
    let fields: Vec<&str> = p.envelope.iter().filter_map(|f| f.field.as_deref()).collect();
    out.field("Envelope", fields.join(", "))?;
    for header in &p.headers {
        out.field("Header", format_args!("{}: {}", header.name, header.value))?;
    }
    out.field("Transport", &p.facts.transport)?;
    out.field("Success", &p.facts.success)?;
    out.field("Retried", &p.facts.retried)?;
    out.field("Schedule", &p.facts.schedule)?;
    out.field("Timeout", &p.facts.timeout)?;
    out.field("Freshness", &p.facts.freshness)?;
    out.field("Twice", format_args!("recognised by {}", p.dedupe))?;
    match &p.api {
        Some(api) => {
            out.field("API", api.base_url.as_deref().unwrap_or("at the address you give"))?;
            out.field("API key", format_args!("{}: {}", api.auth.header, api.auth.value))?;
            for route in [&api.routes.event_types, &api.routes.list, &api.routes.create, &api.routes.delete] {
                out.field("API route", route)?;
            }
            out.field("API note", &api.note)?;
        }
        None => out.field("API", "none that is known")?,
    }
    for decision in &p.decisions {
        out.field("Decided", decision)?;
    }
    out.line("")?;
    let mut table = Table::new(&["event type", "version", "meaning"]);
    for kind in &p.catalogue {
        let name = kind.name.to_string();
        table.row([name.into(), kind.version.as_str().into(), kind.meaning.as_str().into()]);
    }
    table.print(out)
}

/// Draws when each attempt falls, and what would be lost.
///
/// # Errors
/// When there is no such platform.
pub(crate) fn schedule(out: Out, args: &ScheduleArgs) -> Ended {
    let now = Clock::system().now();
    let from = args.from.as_ref().map_or(now, |when| when.at(now));
    let Some(platform) = &args.platform else {
        return Err(Stop::usage("--platform or --subscription says whose schedule"));
    };
    let down_until = args.down_until.as_deref().and_then(|text| values::moment_ahead(text, now));
    let view = ScheduleView::of(platform, from, down_until)?;
    if out.json {
        out.document(&view)?;
        return Ok(Exit::Done);
    }
    let plan = &view.plan;
    let longest = plan.attempts.last().map_or(0, |a| a.since_first_ms);
    let mut table = Table::new(&[">attempt", "when (UTC)", ">wait", ">since first", "", "receiver"]);
    for a in &plan.attempts {
        let receiver = match plan.down_until {
            None => Cell::from(""),
            Some(_) if a.in_outage => Cell::styled("✗ down", BAD),
            Some(_) if plan.delivered_by == Some(a.number) => Cell::styled("✓ delivered", GOOD),
            Some(_) => Cell::from("– not needed"),
        };
        let spread = a.latest_at.since(a.at);
        let at = if spread == 0 { moment(a.at) } else { format!("{} (+{})", moment(a.at), duration(spread)) };
        table.row([
            a.number.to_string().into(),
            at.into(),
            duration(a.wait_ms).into(),
            duration(a.since_first_ms).into(),
            Cell::styled(bar(a.since_first_ms, longest), WAIT),
            receiver,
        ]);
    }
    table.print(out)?;
    let listed = u64::try_from(plan.attempts.len()).unwrap_or(u64::MAX);
    if plan.total_attempts > listed {
        let more = plan.total_attempts - listed;
        out.line(format_args!("  … and {more} more, the last at {} UTC", moment(plan.last_at)))?;
    }
    out.line("")?;
    out.line(what_is_lost(&view))?;
    Ok(Exit::Done)
}

/// A place on a line of 24 characters.
fn bar(at: u64, longest: u64) -> String {
    let place = (at * 23).checked_div(longest).and_then(|p| usize::try_from(p).ok()).unwrap_or(0);
    format!("{}●", "·".repeat(place))
}

fn what_is_lost(view: &ScheduleView) -> String {
    let plan = &view.plan;
    let covers = duration(plan.covers_ms);
    match (plan.down_until, plan.delivered_by.zip(plan.delivered_at)) {
        (None, _) => format!(
            "{STRONG}An outage of up to {covers} is survived.{STRONG:#} What is first sent in a longer one, more than {covers} before its end, is lost."
        ),
        (Some(until), Some((number, at))) => format!(
            "{GOOD}Nothing is lost.{GOOD:#} Attempt {number} at {} UTC gets through, {} after the receiver is back.",
            moment(at),
            duration(at.since(until))
        ),
        (Some(until), None) => format!(
            "{BAD}The event is lost.{BAD:#} The last attempt falls at {} UTC, {} before the receiver is back. What is first sent in the last {covers} of the outage gets through.",
            moment(plan.last_at),
            duration(until.since(plan.last_at)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbench_domain::Timestamp;

    #[test]
    fn a_schedule_says_in_words_what_is_lost() {
        let from = Timestamp::from_ms(1_778_000_000_000);
        let plan = |down| ScheduleView::of("trcker", from, down).unwrap();
        assert!(what_is_lost(&plan(None)).contains("is survived"));
        assert!(what_is_lost(&plan(Some(from.plus_ms(1)))).contains("Nothing is lost"));
        let late = plan(None).plan.last_at.plus_ms(60_000);
        assert!(what_is_lost(&plan(Some(late))).contains("The event is lost"));
    }

    #[test]
    fn a_bar_ends_where_the_longest_wait_does() {
        assert_eq!(bar(0, 0), "●");
        assert_eq!(bar(5, 10).chars().count(), 12);
        assert_eq!(bar(10, 10).chars().count(), 24);
    }
}
