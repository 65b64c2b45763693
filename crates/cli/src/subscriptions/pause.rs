//! `pause` and `resume`: everything, or one subscription.

use clap::Args;
use hookbench_domain::SubscriptionId;
use hookbench_workbench::{PauseView, SubscriptionView, Workbench, WorkbenchError};

use crate::exit::{Ended, Exit};
use crate::output::out::Out;

/// What to pause or resume.
#[derive(Debug, Args)]
pub(crate) struct PauseArgs {
    /// The subscription's id (sub_…); everything if it is left out
    #[arg(value_name = "SUBSCRIPTION")]
    id: Option<String>,
}

impl PauseArgs {
    fn parse(&self) -> Result<Option<SubscriptionId>, WorkbenchError> {
        Ok(self.id.as_deref().map(str::parse).transpose()?)
    }
}

/// Pauses.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn pause(workbench: &Workbench, out: Out, args: PauseArgs) -> Ended {
    match args.parse()? {
        Some(id) => one(out, &workbench.subscriptions().pause(id).await?),
        None => all(out, workbench.pause().await?),
    }
}

/// Resumes.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn resume(workbench: &Workbench, out: Out, args: PauseArgs) -> Ended {
    match args.parse()? {
        Some(id) => one(out, &workbench.subscriptions().resume(id).await?),
        None => all(out, workbench.resume().await?),
    }
}

fn one(out: Out, view: &SubscriptionView) -> Ended {
    if out.json {
        out.document(view)?;
    } else if view.paused {
        out.line(format_args!("{} is paused; what is new waits", view.id))?;
    } else {
        out.line(format_args!("{} is sent to again", view.id))?;
    }
    Ok(Exit::Done)
}

fn all(out: Out, view: PauseView) -> Ended {
    if out.json {
        out.document(&view)?;
    } else if view.paused {
        out.line("everything is paused; what is new waits")?;
    } else {
        out.line("deliveries go out again")?;
    }
    Ok(Exit::Done)
}
