//! `deliveries`: the log, and what a person does about it.

pub(crate) mod attempts;
pub(crate) mod operations;
pub(crate) mod why;

pub(crate) mod export;
pub(crate) mod show;

use clap::{Args, Subcommand};
use hookbench_domain::{DeliveryId, SubscriptionId};
use hookbench_workbench::{BulkRetry, DeliveryQuery, Workbench, WorkbenchError};
use serde_json::json;

use crate::deliveries::operations::CourseArgs;
use crate::events::{more, waits};
use crate::exit::{Ended, Exit, Stop};
use crate::output::out::Out;
use crate::output::table::{Cell, Table};
use crate::output::values::{self, When};
use crate::output::words::{count, moment, short, state_mark, state_style};
use crate::receiving::resend::{ResendArgs, resend};

/// Verbs of `deliveries`.
#[derive(Debug, Subcommand)]
pub(crate) enum DeliveryVerb {
    /// List deliveries, newest first
    #[command(after_help = "\
Examples:
  hookbench deliveries list --state failed --since 2h
  hookbench deliveries list --subscription sub_… --status 500 --json")]
    List(ListArgs),
    /// Show one delivery with every attempt: what was sent, what came back, and why it failed
    Show {
        /// The delivery's id (dlv_…)
        id: String,
    },
    /// Try again now: the deliveries named, or all that the filters name
    #[command(after_help = "\
Examples:
  hookbench deliveries retry dlv_…
  hookbench deliveries retry --state failed --since 2h --dry-run
Without --state, the filters mean what failed.")]
    Retry(RetryArgs),
    /// Change a delivery's event by hand and send it once, as a test
    Resend(ResendArgs),
    /// Write deliveries into a file: CSV, JSON, HAR or cURL
    Export(export::ExportArgs),
    /// Write one incident into a file that opens in another Hookbench
    Bundle(export::BundleArgs),
    /// Stop what waits: the deliveries named, or all that the filters name
    #[command(after_help = "\
Examples:
  hookbench deliveries cancel dlv_…
  hookbench deliveries cancel --subscription sub_… --state retrying --dry-run
Without --state, the filters mean what is pending.")]
    Cancel(CancelArgs),
}

/// Which deliveries; everything that is given must hold.
#[derive(Debug, Args)]
#[group(id = "filters", multiple = true)]
pub(crate) struct FilterArgs {
    /// In this state; several separated by commas
    #[arg(long, value_name = "S", value_parser = state)]
    state: Option<String>,
    /// Of this subscription
    #[arg(long, value_name = "ID")]
    subscription: Option<String>,
    /// Of this event
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// Of events of this type
    #[arg(long, value_name = "T", value_parser = values::event_type)]
    event_type: Option<String>,
    /// Of events of this brand, by its name or id
    #[arg(long, value_name = "B")]
    brand: Option<String>,
    /// webhook or postback
    #[arg(long, value_name = "K", value_parser = ["webhook", "postback"])]
    kind: Option<String>,
    /// Made since then: RFC 3339, a date (its start in UTC), or 15m, 2h30m, 3d, 1w ago
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Made before then
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// Whose last attempt got this status, or one of a class such as 4xx
    #[arg(long, value_name = "CODE", value_parser = status)]
    status: Option<String>,
    /// Whose last attempt ended so
    #[arg(long, value_name = "O", value_parser = outcome)]
    outcome: Option<String>,
    /// Whose ids, payload, URL or answers contain this
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: Option<u32>,
}

/// What to list.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    filters: FilterArgs,
    /// Where the page before ended
    #[arg(long, value_name = "C")]
    cursor: Option<String>,
}

/// What to try again.
#[derive(Debug, Args)]
pub(crate) struct RetryArgs {
    /// The deliveries' ids (dlv_…)
    #[arg(conflicts_with = "filters")]
    ids: Vec<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Say what would be tried again, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    course: CourseArgs,
}

/// What to stop.
#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    /// The deliveries' ids (dlv_…)
    #[arg(conflicts_with = "filters")]
    ids: Vec<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Say what would be stopped, and do nothing
    #[arg(long)]
    dry_run: bool,
}

fn state(text: &str) -> Result<String, String> {
    let names = hookbench_domain::DeliveryState::NAMES;
    let known = |name: &str| names.contains(&name) || matches!(name, "waiting" | "retrying" | "held");
    match text.split(',').find(|name| !known(name.trim())) {
        None => Ok(text.to_owned()),
        Some(name) => {
            Err(format!("there is no state `{name}`: choose {}, waiting, retrying, held", names.join(", ")))
        }
    }
}

fn status(text: &str) -> Result<String, String> {
    let digits = text.to_ascii_lowercase().replace("xx", "00");
    match digits.parse::<u16>() {
        Ok(100..=999) if text.len() == 3 => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err("write a status such as 404, or a class such as 4xx".to_owned()),
    }
}

fn outcome(text: &str) -> Result<String, String> {
    let known = hookbench_domain::Outcome::ALL.map(hookbench_domain::Outcome::as_str);
    if known.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("there is no outcome `{text}`: choose {}", known.join(", ")))
    }
}

impl FilterArgs {
    /// Whether anything is asked for.
    fn any(&self) -> bool {
        let texts = [
            &self.state,
            &self.subscription,
            &self.event,
            &self.event_type,
            &self.brand,
            &self.kind,
            &self.outcome,
            &self.status,
            &self.search,
        ];
        let whens = [&self.since, &self.until];
        texts.iter().any(|text| text.is_some())
            || whens.iter().any(|when| when.is_some())
            || self.limit.is_some()
    }

    /// The query, with ids that name something.
    async fn query(self, workbench: &Workbench, cursor: Option<String>) -> Result<DeliveryQuery, Stop> {
        let now = workbench.now();
        let subscription = match self.subscription {
            Some(text) => Some(known_subscription(workbench, &text).await?),
            None => None,
        };
        if let Some(event) = &self.event {
            match workbench.events().get(event, None, None).await {
                // An id that several brands use names something all the same.
                Err(error) if error.code() != "ambiguous_event_id" => return Err(error.into()),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(DeliveryQuery {
            state: self.state,
            subscription: subscription.map(|id| id.to_string()),
            event: self.event,
            event_type: self.event_type,
            brand: self.brand,
            kind: self.kind,
            since: self.since.map(|when| when.at(now).to_string()),
            until: self.until.map(|when| when.at(now).to_string()),
            status: self.status,
            outcome: self.outcome,
            answer: None,
            attempts: None,
            search: self.search,
            limit: self.limit,
            cursor,
        })
    }
}

/// One that exists, or that was deleted and left a log.
async fn known_subscription(workbench: &Workbench, text: &str) -> Result<SubscriptionId, Stop> {
    let id: SubscriptionId = text.parse().map_err(WorkbenchError::from)?;
    if let Err(missing) = workbench.subscriptions().get(id) {
        let query =
            DeliveryQuery { subscription: Some(id.to_string()), limit: Some(1), ..DeliveryQuery::default() };
        if workbench.deliveries().list(&query).await?.items.is_empty() {
            return Err(missing.into());
        }
    }
    Ok(id)
}

fn ids(texts: &[String]) -> Result<Vec<DeliveryId>, WorkbenchError> {
    let mut ids: Vec<DeliveryId> = Vec::with_capacity(texts.len());
    for text in texts {
        let id = text.parse()?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Does one verb.
///
/// # Errors
/// Names the id that names nothing, or whose state does not allow it.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: DeliveryVerb) -> Ended {
    match verb {
        DeliveryVerb::List(args) => list(workbench, out, args).await,
        DeliveryVerb::Show { id } => {
            let detail = workbench.deliveries().get(id.parse().map_err(WorkbenchError::from)?).await?;
            if out.json {
                out.document(&detail)?
            } else {
                show::delivery(out, &detail)?
            }
            Ok(Exit::Done)
        }
        DeliveryVerb::Retry(args) => retry(workbench, out, args).await,
        DeliveryVerb::Resend(args) => resend(workbench, out, args, true).await,
        DeliveryVerb::Export(args) => export::export(workbench, out, args).await,
        DeliveryVerb::Bundle(args) => export::bundle(workbench, args).await,
        DeliveryVerb::Cancel(args) => cancel(workbench, out, args).await,
    }
}

async fn list(workbench: &Workbench, out: Out, args: ListArgs) -> Ended {
    let page = workbench.deliveries().list(&args.filters.query(workbench, args.cursor).await?).await?;
    if out.json {
        out.document(&page)?;
        return Ok(Exit::Done);
    }
    let heads = ["created (UTC)", "id", "state", "event", "to", ">answer", ">attempts", "note"];
    let mut table = Table::new(&heads);
    for d in page.items {
        let mark = format!("{} {}", state_mark(d.state), d.state);
        let to = if d.subscription_name.is_empty() { d.url } else { d.subscription_name };
        let answer = d.status.map(|s| s.to_string()).or(d.outcome.map(|o| o.as_str().to_owned()));
        let next = d.next_attempt_at.map(|at| format!("next {}", moment(at)));
        let note = d.failure.or(d.reason).map(ToOwned::to_owned).or(next).unwrap_or_default();
        let note = if d.test { format!("test {note}") } else { note };
        table.row([
            moment(d.created_at).into(),
            d.id.to_string().into(),
            Cell::styled(mark, state_style(d.state)),
            short(&d.event_type, 30).into(),
            short(&to, 36).into(),
            Cell::or_dash(answer),
            d.attempt_count.to_string().into(),
            note.into(),
        ]);
    }
    table.print(out)?;
    more(out, page.next_cursor.as_deref());
    Ok(Exit::Done)
}

async fn cancel(workbench: &Workbench, out: Out, args: CancelArgs) -> Ended {
    if args.ids.is_empty() && !args.filters.any() {
        return Err(Stop::usage("cancel what? Name deliveries, or give a filter")
            .hint("--state pending means everything that waits; --dry-run shows what a filter names"));
    }
    if !args.ids.is_empty() {
        let ids = ids(&args.ids)?;
        if args.dry_run {
            for id in &ids {
                workbench.deliveries().get(*id).await?;
            }
        } else {
            workbench.deliveries().cancel(ids.clone()).await?;
        }
        let cancelled = if args.dry_run { 0 } else { ids.len() };
        if out.json {
            out.document(&json!({ "cancelled": cancelled, "deliveries": ids }))?;
        } else {
            out.line(format_args!("{} cancelled", count(cancelled, "delivery", "deliveries")))?;
        }
        return Ok(Exit::Done);
    }
    let query = args.filters.query(workbench, None).await?;
    let mut answer = workbench.operations().cancel_matching(&query, args.dry_run).await?;
    if let Some(operation) = answer.operation.take() {
        let (view, _) = operations::follow(workbench, out, operation, false).await?;
        answer.operation = Some(view);
    }
    if out.json {
        out.document(&answer)?;
    } else {
        let matched = count(answer.matched, "delivery", "deliveries");
        let what = if answer.dry_run { "would be cancelled; nothing was done" } else { "cancelled" };
        out.line(format_args!("{matched} {what}"))?;
    }
    Ok(Exit::Done)
}

async fn retry(workbench: &Workbench, out: Out, args: RetryArgs) -> Ended {
    if args.ids.is_empty() && !args.filters.any() {
        return Err(Stop::usage("retry what? Name deliveries, or give a filter")
            .hint("--state failed means everything that failed; --dry-run shows what a filter names"));
    }
    let mut exit = Exit::Done;
    let mut answer = if args.ids.is_empty() {
        let query = args.filters.query(workbench, None).await?;
        workbench.operations().retry_matching(&query, &args.course.course(), args.dry_run).await?
    } else {
        let ids = ids(&args.ids)?;
        if args.dry_run {
            for id in &ids {
                workbench.deliveries().get(*id).await?;
            }
        } else {
            workbench.deliveries().retry(ids.clone()).await?;
        }
        let retried = if args.dry_run { 0 } else { ids.len() };
        BulkRetry { matched: ids.len(), retried, dry_run: args.dry_run, deliveries: ids, operation: None }
    };
    let alone = answer.operation.is_none();
    if let Some(operation) = answer.operation.take() {
        let (view, ended) = operations::follow(workbench, out, operation, args.course.no_wait).await?;
        (answer.operation, exit) = (Some(view), ended);
    }
    if out.json {
        out.document(&answer)?;
    } else {
        let matched = count(answer.matched, "delivery", "deliveries");
        let what = if answer.dry_run {
            "would be tried again; nothing was done"
        } else if alone {
            "will be tried again now"
        } else {
            "in all"
        };
        out.line(format_args!("{matched} {what}"))?;
        for id in answer.deliveries.iter().take(20) {
            out.line(format_args!("  {id}"))?;
        }
        if answer.matched > 20 {
            out.line(format_args!("  … and {} more", answer.matched - 20))?;
        }
    }
    if answer.retried > 0 && alone {
        waits(workbench, out);
    }
    Ok(exit)
}
