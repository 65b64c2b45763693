//! `events`: publish and look up.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use hookbench_diagnosis::{Finding, Severity};
use hookbench_domain::{EventDraft, SourceId};
use hookbench_workbench::{
    BatchResult, BodyView, EventQuery, FeedItem, RejectedLine, Workbench, WorkbenchError,
};
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::input::{self, unreadable};
use crate::output::out::{BAD, FAINT, Out, STRONG, WAIT};
use crate::output::table::{Cell, Table};
use crate::output::values::{self, When};
use crate::output::visible::visible;
use crate::output::words::{clock, count, moment, short, state_mark, state_style};
use crate::receiving::resend::{ResendArgs, resend};
use crate::service::signals::Signals;

/// How much of a batch is read at once, in bytes.
const CHUNK: usize = 1024 * 1024;

/// Verbs of `events`.
#[derive(Debug, Subcommand)]
pub(crate) enum EventVerb {
    /// Publish one event, or many
    #[command(after_help = "\
Examples:
  hookbench events send --type conversion.created --data conversion.json
  echo '{\"payoutCents\":1260}' | hookbench events send --type conversion.created --data -
  hookbench events send --ndjson events.ndjson")]
    Send(SendArgs),
    /// List the event types that a platform names or that were seen
    Types,
    /// List events, newest first
    List(ListArgs),
    /// Show one event with its exact bytes and what is odd about it
    Show(ShowArgs),
    /// Check data that were not published for what is odd about affiliate events
    #[command(after_help = "\
Example:
  hookbench events check --type conversion.created --data conversion.json
Exit 0: nothing is odd. Exit 1: something is.")]
    Check(CheckArgs),
    /// Change an event by hand and send it once, as a test
    Resend(ResendArgs),
    /// Show the fields that events of a type have had
    Fields {
        /// The event's type
        #[arg(value_parser = values::event_type)]
        event_type: String,
    },
    /// Show events as they come, until Ctrl-C
    Tail(TailArgs),
}

/// What to publish.
#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The event's type, such as conversion.created
    #[arg(long = "type", value_name = "T", value_parser = values::event_type, required_unless_present = "ndjson")]
    event_type: Option<String>,
    /// A file with the `data` object, or - for stdin
    #[arg(long, value_name = "F", required_unless_present = "ndjson")]
    data: Option<PathBuf>,
    /// The event's id; the same id with the same content is kept once
    #[arg(long, value_parser = values::foreign_id)]
    id: Option<String>,
    /// The brand it belongs to
    #[arg(long, value_name = "B", value_parser = values::foreign_id)]
    brand: Option<String>,
    /// A file with one whole event a line, or - for stdin
    #[arg(long, value_name = "F", conflicts_with_all = ["event_type", "data", "id", "brand"])]
    ndjson: Option<PathBuf>,
}

/// Which events.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Of this type
    #[arg(long = "type", visible_alias = "event-type", value_name = "T", value_parser = values::event_type)]
    event_type: Option<String>,
    /// Of this brand
    #[arg(long, value_name = "B")]
    brand: Option<String>,
    /// Kept since then: RFC 3339, a date (its start in UTC), or 15m, 2h30m, 3d, 1w ago
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Kept before then
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// Whose id or body contains this
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Where the page before ended
    #[arg(long, value_name = "C")]
    cursor: Option<String>,
}

/// Which event.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The event's id
    id: String,
    /// Its brand, where several use the id
    #[arg(long, value_name = "B", conflicts_with = "source")]
    brand: Option<String>,
    /// Its source, where several use the id
    #[arg(long, value_name = "ID")]
    source: Option<String>,
}

/// What to check.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// A file with the `data` object or a whole body, or - for stdin
    #[arg(long, value_name = "F")]
    data: PathBuf,
    /// The event's type: what is odd depends on it
    #[arg(long = "type", value_name = "T", default_value = "conversion.created", value_parser = values::event_type)]
    event_type: String,
}

/// What to show as it comes.
#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// Finished attempts too
    #[arg(long)]
    attempts: bool,
}

/// Does one verb.
///
/// # Errors
/// Says what is wrong with the event, or which id names nothing.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: EventVerb) -> Ended {
    match verb {
        EventVerb::Send(args) => match &args.ndjson {
            Some(path) => send_many(workbench, out, path).await,
            None => send(workbench, out, &args).await,
        },
        EventVerb::Types => types(workbench, out).await,
        EventVerb::List(args) => list(workbench, out, args).await,
        EventVerb::Show(args) => show(workbench, out, args).await,
        EventVerb::Check(args) => check(workbench, out, &args),
        EventVerb::Resend(args) => resend(workbench, out, args, false).await,
        EventVerb::Fields { event_type } => fields(workbench, out, &event_type).await,
        EventVerb::Tail(args) => tail(workbench, out, args).await,
    }
}

async fn send(workbench: &Workbench, out: Out, args: &SendArgs) -> Ended {
    let (Some(event_type), Some(path)) = (&args.event_type, &args.data) else {
        return Err(Stop::usage("--type and --data belong together"));
    };
    let data = input::read_text(path)?;
    let draft = EventDraft::new(event_type, &data, args.id.as_deref(), args.brand.as_deref(), None)
        .map_err(|error| named(path, error.into()))?;
    let accepted = workbench.events().publish(draft).await?;
    for warning in &accepted.warnings {
        out.warn(warning);
    }
    if out.json {
        out.document(&accepted)?;
    } else {
        let deliveries = count(accepted.deliveries.len(), "delivery", "deliveries");
        let word = if accepted.duplicate { "was kept before" } else { "is kept" };
        out.line(format_args!("{STRONG}{}{STRONG:#} {word}; {deliveries}", accepted.id))?;
        for delivery in &accepted.deliveries {
            out.line(format_args!("  {delivery}"))?;
        }
    }
    if !accepted.duplicate && !accepted.deliveries.is_empty() {
        waits(workbench, out);
    }
    Ok(Exit::Done)
}

/// Says which file holds what cannot be read.
fn named(path: &Path, error: WorkbenchError) -> Stop {
    let name = if input::is_stdin(path) { "stdin".to_owned() } else { path.display().to_string() };
    Stop::failed(Exit::Failed, error.code(), format!("{name}: {error}"))
}

/// Without a dispatcher nothing is sent, which a person must know.
pub(crate) fn waits(workbench: &Workbench, out: Out) {
    if workbench.dispatching().is_none() {
        out.note("nobody dispatches from this data folder now: it waits until `hookbench run` starts");
    }
}

async fn send_many(workbench: &Workbench, out: Out, path: &Path) -> Ended {
    let answer = if input::is_stdin(path) {
        publish_from(workbench, std::io::stdin(), "stdin").await?
    } else {
        let name = path.display().to_string();
        let file = std::fs::File::open(path).map_err(|error| unreadable(&name, &error))?;
        publish_from(workbench, file, &name).await?
    };
    if out.json {
        out.document(&answer)?;
    } else {
        for RejectedLine { line, error } in &answer.rejected {
            out.line(format_args!("line {line}: {}", visible(error)))?;
        }
        let unlisted = answer.rejected_count - answer.rejected.len();
        if unlisted > 0 {
            out.line(format_args!("and {unlisted} more lines"))?;
        }
        out.line(format_args!(
            "{STRONG}{} accepted{STRONG:#}, {} kept before, {} rejected",
            answer.accepted, answer.duplicates, answer.rejected_count
        ))?;
    }
    if answer.accepted > 0 {
        waits(workbench, out);
    }
    Ok(if answer.rejected_count == 0 { Exit::Done } else { Exit::Failed })
}

/// Publishes line by line as they come: what a pipe holds now is not kept waiting for more.
async fn publish_from(workbench: &Workbench, reader: impl Read, name: &str) -> Result<BatchResult, Stop> {
    let mut reader = BufReader::with_capacity(CHUNK, reader);
    let (mut batch, mut first) = (workbench.events().lines(), true);
    loop {
        let mut bytes = reader.fill_buf().map_err(|error| unreadable(name, &error))?;
        let read = bytes.len();
        if first {
            bytes = bytes.strip_prefix(input::MARK).unwrap_or(bytes);
            first = false;
        }
        if read == 0 {
            return Ok(batch.finish().await?);
        }
        batch.take(bytes).await?;
        batch.flush().await?;
        reader.consume(read);
    }
}

async fn types(workbench: &Workbench, out: Out) -> Ended {
    let types = workbench.platforms().event_types().await?;
    if out.json {
        out.document(&json!({ "items": types, "next_cursor": null }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["event type", ">seen", "platforms", "meaning"]);
    for t in types {
        let seen = t.seen.to_string();
        table.row([t.name.into(), seen.into(), t.platforms.join(" ").into(), t.meaning.into()]);
    }
    table.print(out)?;
    Ok(Exit::Done)
}

async fn list(workbench: &Workbench, out: Out, args: ListArgs) -> Ended {
    let now = workbench.now();
    let query = EventQuery {
        event_type: args.event_type,
        brand: args.brand,
        since: args.since.map(|when| when.at(now)),
        until: args.until.map(|when| when.at(now)),
        search: args.search,
        limit: args.limit,
        cursor: args.cursor,
    };
    let page = workbench.events().list(&query).await?;
    if out.json {
        out.document(&page)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["received (UTC)", "id", "event", "brand", ">bytes", ">deliveries"]);
    for e in page.items {
        let id = if e.test { format!("{} (test)", e.id) } else { e.id };
        table.row([
            moment(e.received_at).into(),
            id.into(),
            e.event_type.into(),
            Cell::or_dash(e.brand),
            e.bytes.to_string().into(),
            e.deliveries.to_string().into(),
        ]);
    }
    table.print(out)?;
    more(out, page.next_cursor.as_deref());
    Ok(Exit::Done)
}

/// Says how to see the next page.
pub(crate) fn more(out: Out, cursor: Option<&str>) {
    if let Some(cursor) = cursor {
        out.note(format_args!("there are more: --cursor {cursor}"));
    }
}

async fn show(workbench: &Workbench, out: Out, args: ShowArgs) -> Ended {
    let source = args.source.map(|id| id.parse::<SourceId>()).transpose().map_err(WorkbenchError::from)?;
    let detail = workbench.events().get(&args.id, args.brand.as_deref(), source).await?;
    if out.json {
        out.document(&detail)?;
        return Ok(Exit::Done);
    }
    let e = &detail.summary;
    out.field("Id", &e.id)?;
    out.field("Event", format_args!("{}{}", e.event_type, if e.test { " (test)" } else { "" }))?;
    if let Some(brand) = &e.brand {
        out.field("Brand", brand)?;
    }
    if let Some(source) = &e.source {
        out.field("Source", source)?;
    }
    out.field("Created", format_args!("{} UTC", moment(e.created_at)))?;
    out.field("Received", format_args!("{} UTC", moment(e.received_at)))?;
    out.field("Deliveries", e.deliveries)?;
    out.field("Body", format_args!("{} bytes, exactly as delivered:", e.bytes))?;
    match &detail.body {
        BodyView::Body(text) => out.line(visible(text))?,
        BodyView::BodyBase64(text) => out.line(format_args!("(base64) {text}"))?,
    }
    if let Some(schema) = &detail.schema {
        let word = if schema.valid { "follows" } else { "departs from" };
        out.field("Schema", format_args!("its data {word} that of {}", schema.platform))?;
        for error in &schema.errors {
            out.field("", format_args!("{}: {}", error.path, error.message))?;
        }
    }
    show_findings(out, &detail.findings)?;
    Ok(Exit::Done)
}

fn show_findings(out: Out, findings: &[Finding]) -> Result<(), Stop> {
    for finding in findings {
        let (style, mark) = match finding.severity {
            Severity::Problem => (BAD, "✗"),
            Severity::Warning => (WAIT, "!"),
        };
        out.line(format_args!("{style}{mark}{style:#} {STRONG}{}{STRONG:#}", visible(&finding.what)))?;
        out.line(format_args!("  {FAINT}{}{FAINT:#}", visible(&finding.why)))?;
        out.line(format_args!("  {}", visible(&finding.fix)))?;
    }
    Ok(())
}

fn check(workbench: &Workbench, out: Out, args: &CheckArgs) -> Ended {
    let findings =
        workbench.events().check_data(&args.event_type, input::read_text(&args.data)?.as_bytes())?;
    if out.json {
        out.document(&json!({ "findings": findings }))?;
    } else if findings.is_empty() {
        out.line("Nothing is odd about it.")?;
    } else {
        show_findings(out, &findings)?;
    }
    Ok(if findings.is_empty() { Exit::Done } else { Exit::Failed })
}

async fn fields(workbench: &Workbench, out: Out, event_type: &str) -> Ended {
    let shape = workbench.events().schema(event_type).await?;
    let Some(shape) = shape else {
        let message = format!("no event of the type `{event_type}` is kept");
        return Err(Stop::failed(Exit::Failed, "not_found", message)
            .hint("`hookbench events types` lists the types that are"));
    };
    if out.json {
        out.document(&shape)?;
        return Ok(Exit::Done);
    }
    let learning = match shape.events {
        0 => "; `hookbench run` looks at them as they come",
        _ if shape.learning => "; still learning",
        _ => "",
    };
    out.line(format_args!("{STRONG}{}{STRONG:#}  from {} events{learning}", shape.event_type, shape.events))?;
    let mut table = Table::new(&["field", "holds", ">in events", "first seen (UTC)", "last seen (UTC)"]);
    for field in shape.fields {
        let kinds: Vec<&str> = field.kinds.iter().map(|k| k.as_str()).collect();
        table.row([
            short(&field.path, 60).into(),
            kinds.join(", ").into(),
            field.count.to_string().into(),
            moment(field.first_at).into(),
            moment(field.last_at).into(),
        ]);
    }
    table.print(out)?;
    Ok(Exit::Done)
}

async fn tail(workbench: &Workbench, out: Out, args: TailArgs) -> Ended {
    let mut signals = Signals::listen()?;
    let mut feed = workbench.events().feed(None).await?;
    out.note("showing what comes from now on; Ctrl-C ends it");
    loop {
        let next = tokio::select! {
            next = feed.next() => next?,
            () = signals.asked() => return Ok(Exit::Interrupted),
        };
        match next {
            None => return Ok(Exit::Done),
            Some((_, FeedItem::Attempt(_))) if !args.attempts => {}
            Some((_, item)) if out.json => out.stream(&item)?,
            Some((_, FeedItem::Event(e))) => {
                let test = if e.test { " test" } else { "" };
                out.line(format_args!(
                    "{FAINT}{}{FAINT:#}  {:<28}  {}  {FAINT}{} bytes, {}{test}{FAINT:#}",
                    clock(e.received_at),
                    short(e.event_type.as_str(), 28),
                    short(&e.id, 60),
                    e.bytes,
                    count(usize::try_from(e.deliveries).unwrap_or(0), "delivery", "deliveries"),
                ))?;
            }
            Some((_, FeedItem::Attempt(a))) => {
                let style = state_style(a.delivery.state);
                let answer = a.status.map_or_else(|| a.outcome.as_str().to_owned(), |s| s.to_string());
                out.line(format_args!(
                    "{FAINT}{}{FAINT:#}  {style}{} {:<9}{style:#}  {:<28}  {}  {answer}  {} ms",
                    clock(a.started_at),
                    state_mark(a.delivery.state),
                    a.delivery.state,
                    short(&a.delivery.event_type, 28),
                    short(&a.delivery.url, 40),
                    a.total_ms,
                ))?;
            }
        }
    }
}
