//! `subscriptions filter-test`: what a filter says of the last events.

use clap::Args;
use hookbench_workbench::{TEST_DEFAULT, TEST_MOST, Workbench};

use crate::exit::{Ended, Exit};
use crate::output::out::{BAD, GOOD, Out};
use crate::output::table::{Cell, Table};
use crate::output::words::moment;

/// What to try, and on how many events.
#[derive(Debug, Args)]
pub(crate) struct FilterTestArgs {
    /// The expression, in CEL, over type, brand, data and event
    #[arg(long, value_name = "EXPR")]
    filter: String,
    /// On how many of the last events
    #[arg(long, value_name = "N", default_value_t = TEST_DEFAULT,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(TEST_MOST)))]
    last: u32,
}

/// Tries a filter.
///
/// # Errors
/// Names the position of what cannot be read in the expression.
pub(crate) async fn test(workbench: &Workbench, out: Out, args: FilterTestArgs) -> Ended {
    let trial = workbench.subscriptions().test_filter(&args.filter, args.last).await?;
    if out.json {
        out.document(&trial)?;
        return Ok(Exit::Done);
    }
    if trial.tried == 0 {
        out.note("no events yet: hookbench events send --type … --data …");
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["received", "id", "event", "sent", "why not"]);
    for tried in trial.items {
        let sent = if tried.matches { Cell::styled("yes", GOOD) } else { Cell::styled("no", BAD) };
        let why = tried.why.unwrap_or_default();
        table.row([moment(tried.received_at).into(), tried.id.into(), tried.event.into(), sent, why.into()]);
    }
    table.print(out)?;
    out.line(format_args!(
        "{} of {} match; of {} it could not tell",
        trial.matched, trial.tried, trial.failed
    ))?;
    if !trial.complete {
        out.note("it was ended after three seconds: try it on fewer events with --last");
    }
    Ok(Exit::Done)
}
