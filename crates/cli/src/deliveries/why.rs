//! `why` and `compare`: what became of an event and why, and what differs.

use clap::Args;
use hookbench_diagnosis::{Clause, ClauseCode, Comparison, Said};
use hookbench_domain::{SourceId, SubscriptionId};
use hookbench_workbench::{
    CompareQuery, ComparisonView, SideView, WhyQuery, WhyView, Workbench, WorkbenchError,
};

use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, FAINT, GOOD, Out, STRONG, WAIT};
use crate::output::table::Table;
use crate::output::visible::visible;
use crate::output::words::{moment, short};

/// Which event, and for whom.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench why evt_… --subscription sub_…
  hookbench why order-1093
Says for each subscription why the event was, or was not, sent to it: each rule as it was when the
event came, and as it is now.")]
pub(crate) struct WhyArgs {
    /// The event's id
    event: String,
    /// For this subscription only
    #[arg(long, value_name = "ID")]
    subscription: Option<String>,
    /// The event's brand, where several use the id
    #[arg(long, value_name = "B", conflicts_with = "source")]
    brand: Option<String>,
    /// The event's source, where several use the id
    #[arg(long, value_name = "ID")]
    source: Option<String>,
}

/// What to compare.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench compare dlv_…             a failure with the last success before it
  hookbench compare att_… att_…       two attempts
  hookbench compare order-1 order-2   two events
A delivery stands for its last attempt.")]
pub(crate) struct CompareArgs {
    /// An attempt, a delivery or an event; alone, it is compared with the last success before it
    #[arg(value_name = "LEFT")]
    left: String,
    /// What to compare it with
    #[arg(value_name = "RIGHT")]
    right: Option<String>,
}

/// Says why an event was, or was not, sent.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn why(workbench: &Workbench, out: Out, args: WhyArgs) -> Ended {
    let query = WhyQuery {
        event: args.event,
        brand: args.brand,
        source: args.source.map(|id| id.parse::<SourceId>()).transpose().map_err(WorkbenchError::from)?,
        subscription: args
            .subscription
            .map(|id| id.parse::<SubscriptionId>())
            .transpose()
            .map_err(WorkbenchError::from)?,
    };
    let answer = workbench.deliveries().why(&query).await?;
    if out.json {
        out.document(&answer)?;
        return Ok(Exit::Done);
    }
    out.line(format_args!(
        "{STRONG}{}{STRONG:#}  {}  {FAINT}kept {} UTC{FAINT:#}",
        visible(&answer.event),
        visible(&answer.event_type),
        moment(answer.received_at)
    ))?;
    if answer.items.is_empty() {
        out.line("There was no subscription on this machine when it came, and there is none now.")?;
    }
    for item in &answer.items {
        out.line("")?;
        show(out, item, query.subscription.is_some())?;
    }
    Ok(Exit::Done)
}

fn show(out: Out, item: &WhyView, whole: bool) -> Result<(), Stop> {
    let style = if item.why.sent { GOOD } else { WAIT };
    let deleted = if item.deleted { " (deleted)" } else { "" };
    out.line(format_args!(
        "{style}{}{style:#} {STRONG}{}{STRONG:#}{deleted}  {FAINT}{}{FAINT:#}",
        if item.why.sent { "✓" } else { "–" },
        visible(&item.subscription_name),
        item.subscription
    ))?;
    out.field("Then", &item.why.sentence)?;
    out.field("Now", &item.why.now_sentence)?;
    if let Some(delivery) = &item.delivery {
        out.field("Delivery", format_args!("{} {}", delivery.id, delivery.state))?;
    }
    // All subscriptions at once: only the rules that stopped it. One: every rule.
    let stopped = |c: &&Clause| c.then.holds == Some(false) || c.now.holds == Some(false);
    for clause in item.why.clauses.iter().filter(|c| whole || stopped(c)) {
        rule(out, clause)?;
    }
    Ok(())
}

fn name(code: ClauseCode) -> &'static str {
    match code {
        ClauseCode::Exists => "exists",
        ClauseCode::RunsHere => "runs here",
        ClauseCode::Test => "test",
        ClauseCode::Duplicate => "repeats",
        ClauseCode::EventType => "event type",
        ClauseCode::Brand => "brand",
        ClauseCode::Filter => "filter",
        ClauseCode::Enabled => "enabled",
        ClauseCode::Paused => "paused",
        ClauseCode::Breaker => "breaker",
        ClauseCode::Limits => "limits",
    }
}

fn rule(out: Out, clause: &Clause) -> Result<(), Stop> {
    if clause.then == clause.now {
        return said(out, name(clause.clause), "", &clause.then);
    }
    said(out, name(clause.clause), "then: ", &clause.then)?;
    said(out, "", "now:  ", &clause.now)
}

fn said(out: Out, name: &str, when: &str, said: &Said) -> Result<(), Stop> {
    let (style, mark) = match said.holds {
        Some(true) => (GOOD, "✓"),
        Some(false) => (BAD, "✗"),
        None => (FAINT, "?"),
    };
    out.line(format_args!(
        "  {style}{mark}{style:#} {name:<11} {FAINT}{when}{FAINT:#}{}",
        visible(&upper(&said.because))
    ))?;
    for piece in said.pieces.iter().filter(|_| said.pieces.len() > 1 || said.holds == Some(false)) {
        let (style, mark) = if piece.holds { (GOOD, "✓") } else { (BAD, "✗") };
        out.line(format_args!(
            "        {style}{mark}{style:#} {}  {FAINT}{}{FAINT:#}",
            visible(&piece.text),
            visible(&piece.because)
        ))?;
    }
    Ok(())
}

/// Shows what differs.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn compare(workbench: &Workbench, out: Out, args: CompareArgs) -> Ended {
    let query = match args.right {
        Some(right) => CompareQuery { left: Some(args.left), right },
        None => CompareQuery { left: None, right: args.left },
    };
    let found = workbench.deliveries().compare(&query).await?;
    if out.json {
        out.document(&found)?;
    } else {
        differences(out, &found)?;
    }
    Ok(Exit::Done)
}

fn side(out: Out, name: &str, side: &SideView) -> Result<(), Stop> {
    out.field(name, format_args!("{}  {}  {} UTC", side.id, side.told, moment(side.at)))
}

fn differences(out: Out, found: &ComparisonView) -> Result<(), Stop> {
    side(out, "Left", &found.left)?;
    side(out, "Right", &found.right)?;
    out.line("")?;
    let Comparison { summary, facts, request, response, timings } = &found.comparison;
    for sentence in summary {
        out.line(format_args!("{STRONG}•{STRONG:#} {}", visible(sentence)))?;
    }
    let dash = |value: &Option<String>| value.as_deref().map_or_else(|| "–".to_owned(), |v| short(v, 48));
    let mut table = Table::new(&["what", "left", "right", ""]);
    for fact in facts {
        let mark = if fact.same { "" } else { "differs" };
        table.row([
            fact.name.as_str().into(),
            dash(&fact.left).into(),
            dash(&fact.right).into(),
            mark.into(),
        ]);
    }
    for timing in timings {
        let ms = |us: Option<u64>| {
            us.map_or_else(|| "–".to_owned(), |us| format!("{}.{} ms", us / 1000, us % 1000 / 100))
        };
        table.row([timing.step.into(), ms(timing.left_us).into(), ms(timing.right_us).into(), "".into()]);
    }
    out.line("")?;
    table.print(out)?;
    for (title, message) in [("Sent", request), ("Answered", response)] {
        let Some(message) = message else { continue };
        let body = &message.body;
        if body.same && message.headers.is_empty() {
            continue;
        }
        out.line(format_args!("\n{STRONG}{title}{STRONG:#}"))?;
        for header in &message.headers {
            let expected = if header.expected { " (differs every time)" } else { "" };
            out.line(format_args!(
                "  {}: {} → {}{FAINT}{expected}{FAINT:#}",
                visible(&header.name),
                dash(&header.left),
                dash(&header.right)
            ))?;
        }
        if let Some(first) = &body.first {
            out.line(format_args!(
                "  body: {} and {} bytes, the first difference at byte {}",
                body.left_bytes, body.right_bytes, first.offset
            ))?;
            out.line(format_args!("    {FAINT}left {FAINT:#} {}", first.left_hex))?;
            out.line(format_args!("    {FAINT}right{FAINT:#} {}", first.right_hex))?;
        }
        for path in &body.paths {
            let where_ = if path.path.is_empty() { "(all of it)" } else { &path.path };
            out.line(format_args!("  {}: {} → {}", visible(where_), dash(&path.left), dash(&path.right)))?;
        }
    }
    Ok(())
}

/// The same with a capital at its beginning.
fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
