//! `alerts`: what somebody should look at.

use clap::{Args, Subcommand};
use hookbench_domain::AlertId;
use hookbench_workbench::{AlertQuery, Workbench, WorkbenchError};

use crate::events::more;
use crate::exit::{Ended, Exit, Stop};
use crate::output::out::Out;
use crate::output::table::{Cell, Table};
use crate::output::values;
use crate::output::words::{count, moment};

/// Verbs of `alerts`.
#[derive(Debug, Subcommand)]
pub(crate) enum AlertVerb {
    /// List alerts, newest first
    List(ListArgs),
    /// Show one alert with everything that differs
    Show {
        /// The alert's id (alr_…)
        id: String,
    },
    /// Mark alerts as seen
    #[command(visible_alias = "ack")]
    Acknowledge {
        /// The alerts' ids (alr_…)
        #[arg(required_unless_present = "all")]
        ids: Vec<String>,
        /// All that are open
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

/// Which alerts.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// open, acknowledged or all
    #[arg(long, value_name = "S", default_value = "open", value_parser = ["open", "acknowledged", "all"])]
    state: String,
    /// Of this event type
    #[arg(long, value_name = "T", value_parser = values::event_type)]
    event_type: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Where the page before ended
    #[arg(long, value_name = "C")]
    cursor: Option<String>,
}

/// Does one verb.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: AlertVerb) -> Ended {
    match verb {
        AlertVerb::List(args) => list(workbench, out, args).await?,
        AlertVerb::Show { id } => {
            let alert = workbench.alerts().get(id.parse().map_err(WorkbenchError::from)?).await?;
            if out.json {
                out.document(&alert)?;
                return Ok(Exit::Done);
            }
            out.field("Id", alert.id)?;
            out.field("Raised", format_args!("{} UTC", moment(alert.at)))?;
            out.field("What", &alert.summary)?;
            if let Some(event) = &alert.event {
                out.field("Event", event)?;
            }
            for drift in &alert.drifts {
                out.field("", &drift.told)?;
            }
            if let Some(at) = alert.acknowledged_at {
                out.field("Acknowledged", format_args!("{} UTC", moment(at)))?;
            }
        }
        AlertVerb::Acknowledge { ids, all } => {
            let ids: Vec<AlertId> =
                ids.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(WorkbenchError::from)?;
            let answer = workbench.alerts().acknowledge(if all { None } else { Some(ids) }).await?;
            if out.json {
                out.document(&answer)?;
            } else {
                let n = usize::try_from(answer.acknowledged).unwrap_or(usize::MAX);
                out.line(format_args!("{} acknowledged; {} open", count(n, "alert", "alerts"), answer.open))?;
            }
        }
    }
    Ok(Exit::Done)
}

async fn list(workbench: &Workbench, out: Out, args: ListArgs) -> Result<(), Stop> {
    let query = AlertQuery {
        state: Some(args.state),
        event_type: args.event_type,
        limit: Some(args.limit),
        cursor: args.cursor,
    };
    let page = workbench.alerts().list(&query).await?;
    if out.json {
        return out.document(&page);
    }
    let mut table = Table::new(&["raised (UTC)", "id", "event", "what", "seen"]);
    for alert in page.items {
        table.row([
            moment(alert.at).into(),
            alert.id.to_string().into(),
            Cell::or_dash(alert.event),
            alert.summary.into(),
            Cell::or_dash(alert.acknowledged_at.map(moment)),
        ]);
    }
    table.print(out)?;
    more(out, page.next_cursor.as_deref());
    Ok(())
}
