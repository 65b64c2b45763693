//! `recover`, `replay` and `operations`: sending again what did not get through.

use std::time::Duration;

use clap::{Args, Subcommand};
use hookbench_domain::{OperationId, OperationState, SubscriptionId};
use hookbench_workbench::{
    Course, OperationPlan, OperationView, RecoverInput, ReplayInput, ReplayRules, Workbench, WorkbenchError,
};

use crate::events::more;
use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, FAINT, GOOD, Out, PLAIN, WAIT};
use crate::output::table::{Cell, Table};
use crate::output::values::{self, When};
use crate::output::words::{count, moment};

/// How often an operation of another process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How to go about it.
#[derive(Debug, Clone, Args)]
pub(crate) struct CourseArgs {
    /// At most so many a second
    #[arg(long, value_name = "N", value_parser = values::rate)]
    rate: Option<f64>,
    /// Send all at once at this rate: do not send one first and wait for its end
    #[arg(long)]
    no_canary: bool,
    /// Queue it and come back at once
    #[arg(long)]
    pub(crate) no_wait: bool,
}

impl CourseArgs {
    /// The same for the workbench.
    pub(crate) fn course(&self) -> Course {
        Course { rate_per_second: self.rate, canary: self.no_canary.then_some(false) }
    }
}

/// What to resend.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench recover --subscription sub_… --since 2h --dry-run
  hookbench recover --subscription sub_… --since 2026-05-08T04:00:00Z
One goes first, alone. When it gets through the others follow at --rate (10 a second); when failures
pile up it stops and says so. Exit code 6 when some failed.")]
pub(crate) struct RecoverArgs {
    /// Whose deliveries (sub_…)
    #[arg(long, value_name = "ID")]
    subscription: String,
    /// What failed since then: RFC 3339, a date (its start in UTC), or 15m, 2h30m, 3d, 1w ago
    #[arg(long, value_name = "WHEN")]
    since: When,
    /// Say what would be sent, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    course: CourseArgs,
}

/// What to send once more, or at last.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench replay --subscription sub_… --since 1d --missing --dry-run
  hookbench replay --subscription sub_… --since 1d --missing
An event that has a delivery gets one more attempt there; one that has none gets a delivery.")]
pub(crate) struct ReplayArgs {
    /// To which subscription (sub_…)
    #[arg(long, value_name = "ID")]
    subscription: String,
    /// Events kept since then: RFC 3339, a date (its start in UTC), or 15m, 2h30m, 3d, 1w ago
    #[arg(long, value_name = "WHEN")]
    since: When,
    /// Only what was never sent: without a delivery, or skipped
    #[arg(long)]
    missing: bool,
    /// Which events: those it would be sent today, or those it was to be sent when they came
    #[arg(long, value_name = "R", default_value = "today", value_parser = ["today", "as-it-was"])]
    rules: String,
    /// Say what would be sent, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    course: CourseArgs,
}

/// Verbs of `operations`.
#[derive(Debug, Subcommand)]
pub(crate) enum OperationVerb {
    /// List operations, newest first
    List {
        /// At most so many
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: Option<u32>,
        /// Where the page before ended
        #[arg(long, value_name = "C")]
        cursor: Option<String>,
    },
    /// Show one, and how far it is
    Show {
        /// The operation's id (opr_…)
        id: String,
        /// Wait for its end
        #[arg(long)]
        wait: bool,
    },
    /// Stop one: what waits is not sent, what is under way ends
    Cancel {
        /// The operation's id (opr_…)
        id: String,
    },
}

/// Resends what failed.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn recover(workbench: &Workbench, out: Out, args: RecoverArgs) -> Ended {
    let id: SubscriptionId = args.subscription.parse().map_err(WorkbenchError::from)?;
    let input = RecoverInput {
        since: args.since.at(workbench.now()).to_string(),
        rate_per_second: args.course.course().rate_per_second,
        canary: args.course.course().canary,
        dry_run: args.dry_run,
    };
    planned(workbench, out, workbench.operations().recover(id, &input).await?, args.course.no_wait).await
}

/// Sends events once more, or at last.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn replay(workbench: &Workbench, out: Out, args: ReplayArgs) -> Ended {
    let id: SubscriptionId = args.subscription.parse().map_err(WorkbenchError::from)?;
    let input = ReplayInput {
        since: args.since.at(workbench.now()).to_string(),
        missing: args.missing,
        rules: if args.rules == "today" { ReplayRules::Today } else { ReplayRules::AsItWas },
        rate_per_second: args.course.course().rate_per_second,
        canary: args.course.course().canary,
        dry_run: args.dry_run,
    };
    planned(workbench, out, workbench.operations().replay(id, &input).await?, args.course.no_wait).await
}

async fn planned(workbench: &Workbench, out: Out, mut plan: OperationPlan, no_wait: bool) -> Ended {
    if !out.json {
        let matched = count(plan.matched, "delivery", "deliveries");
        let what = if plan.dry_run {
            "would be sent; nothing was done"
        } else if plan.operation.is_none() {
            "to send"
        } else {
            "will be sent"
        };
        out.line(format_args!("{matched} {what}"))?;
        for (sort, n) in &plan.counts {
            out.line(format_args!("  {n:>6} {}", sort.replace('_', " ")))?;
        }
    }
    let exit = match plan.operation.take() {
        None => Exit::Done,
        Some(operation) => {
            let (view, exit) = follow(workbench, out, operation, no_wait).await?;
            plan.operation = Some(view);
            exit
        }
    };
    if out.json {
        out.document(&plan)?;
    }
    Ok(exit)
}

/// Waits for an operation's end and shows how far it is, unless nobody drives it.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn follow(
    workbench: &Workbench,
    out: Out,
    mut view: OperationView,
    no_wait: bool,
) -> Result<(OperationView, Exit), Stop> {
    if no_wait {
        out.note(format_args!("{} is queued: hookbench operations show {}", view.id, view.id));
        return Ok((view, Exit::Done));
    }
    let mut said = String::new();
    loop {
        let line = progress(&view);
        if line != said {
            out.note(&line);
            said = line;
        }
        if view.ended && view.in_flight == 0 {
            break;
        }
        if workbench.dispatching().is_none() {
            out.note(format_args!(
                "{} is queued, but nothing dispatches from this folder now: it goes on with hookbench run, or the window",
                view.id
            ));
            return Ok((view, Exit::Done));
        }
        tokio::time::sleep(LOOK_EVERY).await;
        view = workbench.operations().get(view.id).await?;
    }
    if let Some(why) = &view.why {
        out.warn(why);
    }
    let exit = match view.state {
        _ if view.failed > 0 => Exit::SomeFailed,
        OperationState::Done => Exit::Done,
        OperationState::Preparing
        | OperationState::Queued
        | OperationState::Canary
        | OperationState::Running
        | OperationState::Stopped
        | OperationState::Cancelled => Exit::Failed,
    };
    Ok((view, exit))
}

fn progress(view: &OperationView) -> String {
    let ended = view.delivered + view.failed + view.left_out;
    let mut line = format!("{} {}: {ended} of {}", view.kind.as_str(), state_words(view), view.total);
    for (n, what) in
        [(view.delivered, "got through"), (view.failed, "failed"), (view.left_out, "had nothing to send")]
    {
        if n > 0 {
            line.push_str(&format!(", {n} {what}"));
        }
    }
    if let Some(held) = &view.held {
        line.push_str(&format!(" ({held})"));
    }
    line
}

fn state_words(view: &OperationView) -> &'static str {
    match view.state {
        OperationState::Preparing => "is put together",
        OperationState::Queued => "is queued",
        OperationState::Canary => "sends one first",
        OperationState::Running => "goes on",
        OperationState::Done => "is done",
        OperationState::Stopped => "stopped",
        OperationState::Cancelled => "was cancelled",
    }
}

/// Does one verb.
///
/// # Errors
/// Names the id that names nothing, or is over already.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: OperationVerb) -> Ended {
    match verb {
        OperationVerb::List { limit, cursor } => list(workbench, out, limit, cursor).await,
        OperationVerb::Show { id, wait } => {
            let mut view = workbench.operations().get(parse(&id)?).await?;
            let mut exit = Exit::Done;
            if wait {
                (view, exit) = follow(workbench, out, view, false).await?;
            }
            show(out, &view)?;
            Ok(exit)
        }
        OperationVerb::Cancel { id } => {
            let view = workbench.operations().cancel(parse(&id)?).await?;
            show(out, &view)?;
            Ok(Exit::Done)
        }
    }
}

fn parse(text: &str) -> Result<OperationId, WorkbenchError> {
    Ok(text.parse()?)
}

fn show(out: Out, view: &OperationView) -> Result<(), Stop> {
    if out.json {
        return out.document(view);
    }
    out.field("Operation", view.id)?;
    out.field("What", view.kind.as_str())?;
    if let Some(name) = view.subscription_name.as_ref().filter(|name| !name.is_empty()) {
        out.field("To", name)?;
    }
    out.field("State", state_words(view))?;
    out.field("So far", progress(view))?;
    for (name, text) in [("Why", &view.why), ("Waits", &view.held), ("Last failure", &view.last_failure)] {
        if let Some(text) = text {
            out.field(name, text)?;
        }
    }
    for id in &view.failures {
        out.line(format_args!("  {BAD}failed{BAD:#} {id}"))?;
    }
    Ok(())
}

async fn list(workbench: &Workbench, out: Out, limit: Option<u32>, cursor: Option<String>) -> Ended {
    let page = workbench.operations().list(limit, cursor.as_deref()).await?;
    if out.json {
        out.document(&page)?;
        return Ok(Exit::Done);
    }
    let heads = ["created (UTC)", "id", "what", "state", ">of", ">got through", ">failed", "to"];
    let mut table = Table::new(&heads);
    for view in page.items {
        let style = match view.state {
            OperationState::Done if view.failed == 0 => GOOD,
            OperationState::Done | OperationState::Stopped => BAD,
            OperationState::Cancelled => FAINT,
            OperationState::Preparing | OperationState::Queued => PLAIN,
            OperationState::Canary | OperationState::Running => WAIT,
        };
        table.row([
            moment(view.created_at).into(),
            view.id.to_string().into(),
            view.kind.as_str().to_owned().into(),
            Cell::styled(view.state.as_str().to_owned(), style),
            view.total.to_string().into(),
            view.delivered.to_string().into(),
            view.failed.to_string().into(),
            Cell::or_dash(view.subscription_name),
        ]);
    }
    table.print(out)?;
    more(out, page.next_cursor.as_deref());
    Ok(Exit::Done)
}
