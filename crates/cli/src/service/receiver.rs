//! `receiver`: how it is reached from outside.

use clap::{Args, Subcommand};
use hookbench_workbench::Workbench;

use crate::exit::{Ended, Exit};
use crate::output::out::{BAD, GOOD, Out};
use crate::output::visible::visible;

/// Verbs of `receiver`.
#[derive(Debug, Subcommand)]
pub(crate) enum ReceiverVerb {
    /// Show or set the address at which your tunnel makes the receiver public
    PublicUrl(PublicUrlArgs),
    /// See whether a request through the public URL arrives at the receiver that runs here
    SelfCheck(SelfCheckArgs),
}

/// The public URL.
#[derive(Debug, Args)]
pub(crate) struct PublicUrlArgs {
    /// The address; shown if left out
    url: Option<String>,
    /// Forget it
    #[arg(long, conflicts_with = "url")]
    clear: bool,
}

/// What to check.
#[derive(Debug, Args)]
pub(crate) struct SelfCheckArgs {
    /// Another address than the one that is set
    #[arg(long, value_name = "U")]
    url: Option<String>,
}

/// Does one verb.
///
/// # Errors
/// For what is no https URL.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: ReceiverVerb) -> Ended {
    match verb {
        ReceiverVerb::PublicUrl(args) => {
            let reach = if args.clear || args.url.is_some() {
                workbench.receiver().set_public_url(args.url.as_deref()).await?
            } else {
                workbench.receiver().public_endpoint().await?
            };
            if out.json {
                out.document(&reach)?;
            } else {
                out.line(reach.public_url.as_deref().unwrap_or("no public URL is set"))?;
            }
            Ok(Exit::Done)
        }
        ReceiverVerb::SelfCheck(args) => {
            let check = workbench.receiver().self_check(args.url.as_deref()).await?;
            if out.json {
                out.document(&check)?;
            } else {
                let (style, word) = if check.reached { (GOOD, "reached") } else { (BAD, "not reached") };
                out.line(format_args!("{style}{word}{style:#}: {}", visible(&check.detail)))?;
                if let Some(fix) = &check.fix {
                    out.note(fix);
                }
            }
            Ok(if check.reached { Exit::Done } else { Exit::Network })
        }
    }
}
