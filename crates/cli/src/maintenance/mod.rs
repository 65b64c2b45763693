//! `retention`, `erase` and `doctor`: looking after the data folder.

pub(crate) mod alerts;
pub(crate) mod vault;

use clap::{Args, Subcommand};
use hookbench_workbench::{
    DoctorFinding, DoctorReport, EraseInput, RetentionInput, RetentionRun, RetentionView, VaultKeySource,
    Workbench,
};
use serde_json::json;

use crate::context::Context;
use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, GOOD, Out, WAIT};

/// Verbs of `retention`.
#[derive(Debug, Subcommand)]
pub(crate) enum RetentionVerb {
    /// Show how long what is kept, and how much there is
    Show,
    /// Change how long what is kept
    #[command(after_help = "\
Examples:
  hookbench retention set --bodies 30 --rows 180 --size 2GB
  hookbench retention set --rows forever")]
    Set(RetentionArgs),
    /// Take away now what is too old or too much
    Run {
        /// Go by the clock, although it has leapt: it is right
        #[arg(long)]
        trust_clock: bool,
    },
}

/// How long what is kept.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct RetentionArgs {
    /// Days for payloads and response bodies, or forever
    #[arg(long, visible_alias = "bodies-days", value_name = "DAYS", value_parser = days)]
    bodies: Option<Days>,
    /// Days for the rows of the log, or forever
    #[arg(long, visible_alias = "rows-days", value_name = "DAYS", value_parser = days)]
    rows: Option<Days>,
    /// How large the database may be: 500MB, 2GB, or any
    #[arg(long, visible_alias = "max-bytes", value_name = "SIZE", value_parser = size)]
    size: Option<Size>,
}

/// Days, or for ever.
#[derive(Debug, Clone, Copy)]
struct Days(Option<u32>);

/// Bytes, or any number.
#[derive(Debug, Clone, Copy)]
struct Size(Option<i64>);

fn days(text: &str) -> Result<Days, &'static str> {
    if text == "forever" {
        return Ok(Days(None));
    }
    let days = text.strip_suffix('d').unwrap_or(text).parse().ok().filter(|n| (1..=3650).contains(n));
    days.map(|n| Days(Some(n))).ok_or("write 1 to 3650 days, or forever")
}

fn size(text: &str) -> Result<Size, &'static str> {
    if text == "any" {
        return Ok(Size(None));
    }
    let upper = text.to_ascii_uppercase();
    let (digits, factor) = [("GB", 1 << 30), ("MB", 1 << 20)]
        .into_iter()
        .find_map(|(unit, factor)| Some((upper.strip_suffix(unit)?, factor)))
        .unwrap_or((&upper, 1));
    let bytes = digits.trim().parse::<i64>().ok().and_then(|n| n.checked_mul(factor));
    bytes
        .filter(|n| *n >= 1 << 20)
        .map(|n| Size(Some(n)))
        .ok_or("write a size such as 500MB or 2GB (at least 1MB), or any")
}

/// Whose data to erase.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench erase --field data.email --value jane@example.com --dry-run
  hookbench erase --field data.email --value jane@example.com
Payloads, requests, responses and received requests are erased; the rows stay, marked, so that the
same event is not taken in again. What waits of them is cancelled.")]
pub(crate) struct EraseArgs {
    /// The field within the body
    #[arg(long, value_name = "PATH")]
    field: String,
    /// Its value
    #[arg(long, value_name = "TEXT")]
    value: String,
    /// Say how much would be erased, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// What the doctor does.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Rename a database that cannot be used, so that the next start makes a fresh one; nothing is deleted
    #[arg(long)]
    set_aside: bool,
}

/// Does one verb.
///
/// # Errors
/// When the database cannot be written.
pub(crate) async fn retention(workbench: &Workbench, out: Out, verb: RetentionVerb) -> Ended {
    match verb {
        RetentionVerb::Show => rules(out, &workbench.maintenance().retention().await?)?,
        RetentionVerb::Set(args) => {
            let input = RetentionInput {
                bodies_days: args.bodies.map(|d| d.0),
                rows_days: args.rows.map(|d| d.0),
                max_bytes: args.size.map(|s| s.0),
            };
            rules(out, &workbench.maintenance().set_retention(input).await?)?;
        }
        RetentionVerb::Run { trust_clock } => {
            let done = workbench.maintenance().run_retention(RetentionRun { trust_clock }).await?;
            if let Some(why) = &done.on_hold {
                out.warn(why);
            }
            if out.json {
                out.document(&done)?;
            } else {
                out.field("Bodies", format_args!("of {} events taken away", done.bodies))?;
                out.field(
                    "Rows",
                    format_args!("{} deliveries, {} events taken away", done.deliveries, done.events),
                )?;
                out.field("Received", format_args!("{} requests emptied or taken away", done.received))?;
                out.field(
                    "In use",
                    format_args!("{} bytes, {} before", done.used_bytes, done.used_bytes_before),
                )?;
            }
        }
    }
    Ok(Exit::Done)
}

fn rules(out: Out, view: &RetentionView) -> Result<(), Stop> {
    if out.json {
        return out.document(view);
    }
    let days = |days: Option<u32>| days.map_or("for ever".to_owned(), |n| format!("{n} days"));
    out.field("Bodies", days(view.rules.bodies_days))?;
    out.field("Rows", days(view.rules.rows_days))?;
    let most = view.rules.max_bytes.map_or("any".to_owned(), |n| format!("{n} bytes at most"));
    out.field("Size", format_args!("{most}; {} in use", view.used_bytes))?;
    out.field("Event ids", format_args!("known for {} days at least", view.dedupe_days))?;
    view.on_hold.as_ref().map_or(Ok(()), |why| out.field("On hold", why))
}

/// Erases.
///
/// # Errors
/// When the database cannot be written.
pub(crate) async fn erase(workbench: &Workbench, out: Out, args: EraseArgs) -> Ended {
    let input = EraseInput { field: args.field, value: args.value, dry_run: args.dry_run };
    let report = workbench.events().erase(&input).await?;
    if out.json {
        out.document(&report)?;
    } else if report.dry_run {
        let n = report.events;
        out.line(format_args!(
            "{n} events and {} refused requests would be erased; nothing was done",
            report.received
        ))?;
    } else {
        out.line(format_args!(
            "erased: {} events, {} attempts, {} received requests; {} deliveries that waited were cancelled",
            report.events, report.attempts, report.received, report.cancelled
        ))?;
    }
    for copy in &report.copies {
        out.warn(format_args!(
            "{} is an older copy of the database and holds what it held: delete it when you need it no more",
            copy.display()
        ));
    }
    if report.under_way > 0 {
        out.warn(format_args!(
            "{} events were left as they are, because an attempt is under way: erase again in a moment",
            report.under_way
        ));
        return Ok(Exit::Failed);
    }
    if !report.dry_run && !report.log_emptied {
        out.warn("another process reads the write-ahead log; it is emptied when that one ends, or when you erase again");
    }
    Ok(Exit::Done)
}

/// Looks at everything, or puts a database aside.
///
/// # Errors
/// When the folder is in use, or a file cannot be renamed.
pub(crate) async fn doctor(context: &Context, args: DoctorArgs) -> Ended {
    let (out, folder) = (context.out, context.folder()?);
    if args.set_aside {
        let moved = Workbench::set_aside(&folder)?;
        if out.json {
            out.document(&json!({ "set_aside": moved }))?;
        } else {
            out.line(format_args!(
                "the database is now {}; the next start makes a fresh one",
                moved.display()
            ))?;
        }
        return Ok(Exit::Done);
    }
    let report = Workbench::doctor(&folder, VaultKeySource::from_env()).await;
    if out.json {
        out.document(&report)?;
    } else {
        print(out, &report)?;
    }
    Ok(if report.ok { Exit::Done } else { Exit::Failed })
}

fn print(out: Out, report: &DoctorReport) -> Result<(), Stop> {
    for check in &report.checks {
        let (mark, style) = match check.finding {
            DoctorFinding::Ok => ("ok", GOOD),
            DoctorFinding::Warning => ("look", WAIT),
            DoctorFinding::Failed => ("failed", BAD),
        };
        let found = crate::output::visible::visible(&check.found);
        out.line(format_args!("{style}{mark:<7}{style:#} {:<14} {found}", check.name))?;
        if let Some(advice) = &check.advice {
            out.line(format_args!("{:<22} {advice}", ""))?;
        }
    }
    Ok(())
}
