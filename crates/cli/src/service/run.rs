//! `run`: dispatcher, local API and receiver in the foreground.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use hookbench_api::{ServeError, Server, ServiceHealth};
use hookbench_workbench::{AttemptFinished, Dispatching, RunOptions, Workbench, WorkbenchError};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;

use crate::context::Context;
use crate::deliveries::attempts::{as_json, as_text};
use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{FAINT, Out, STRONG};
use crate::output::values;
use crate::service::signals::Signals;

/// How long the end waits for a reader that is slow.
const LAST_LINES: Duration = Duration::from_secs(1);

/// How to run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench run
  hookbench --json run --api 127.0.0.1:0 --no-receiver
      Picks a free port and says which in its first line")]
pub(crate) struct RunArgs {
    /// Where the local API listens; port 0 picks one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4400", value_parser = values::addr)]
    api: SocketAddr,
    /// Where the receiver listens; port 0 picks one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4401", value_parser = values::addr)]
    receiver: SocketAddr,
    /// Start no receiver
    #[arg(long, conflicts_with = "receiver")]
    no_receiver: bool,
}

/// What listens while it runs.
struct Listeners {
    api: Server,
    receiver: Option<Server>,
}

/// Runs until Ctrl-C or SIGTERM, then finishes what is under way.
///
/// # Errors
/// When the folder is in use, or an address is taken.
pub(crate) async fn run(context: &Context, args: RunArgs) -> Ended {
    let mut signals = Signals::listen()?;
    let out = context.out;
    let workbench = context.open().await?;
    let options = RunOptions { what: "hookbench run".to_owned(), ..RunOptions::default() };
    let mut dispatching = match workbench.start(options).await {
        Ok(dispatching) => dispatching,
        Err(error) => {
            workbench.close().await;
            return Err(error.into());
        }
    };
    if let Some(warning) = workbench.maintenance().folder_warning() {
        out.alarm(warning);
    }
    let told = dispatching.told();
    let doors = match open_doors(&workbench, &mut dispatching, &args).await {
        Ok(doors) => doors,
        Err(stop) => {
            dispatching.stop().await;
            return Err(stop);
        }
    };
    if dispatching.interrupted > 0 {
        let (n, were) = match dispatching.interrupted {
            1 => ("1 attempt".to_owned(), "was under way when the last run ended; it is sent again"),
            n => (format!("{n} attempts"), "were under way when the last run ended; they are sent again"),
        };
        out.note(format_args!("{n} {were}"));
    }
    let printed = print(out, workbench.clone(), doors.addresses(), told);
    signals.asked().await;
    out.note("stopping: what is under way is finished first");
    doors.api.stop().await;
    if let Some(receiver) = doors.receiver {
        receiver.stop().await;
    }
    let cut_off = dispatching.stop().await;
    if cut_off > 0 {
        out.note(format_args!("{cut_off} attempts did not end in time; the next run sends them again"));
    }
    // A reader that is stuck must not hold up the end.
    let _slow = tokio::time::timeout(LAST_LINES, printed).await;
    Ok(Exit::Done)
}

/// Starts what listens, and tells the dispatcher where.
async fn open_doors(
    workbench: &Workbench,
    dispatching: &mut Dispatching,
    args: &RunArgs,
) -> Result<Listeners, Stop> {
    let health = ServiceHealth::asking(dispatching.stalled_probe());
    let api = Server::start(args.api, workbench.clone(), health).await.map_err(|e| refused(e, "--api"))?;
    dispatching.announce(api.addr())?;
    let receiver = if args.no_receiver {
        None
    } else {
        let started = Server::start_receiver(args.receiver, workbench.clone()).await;
        Some(started.map_err(|e| refused(e, "--receiver"))?)
    };
    Ok(Listeners { api, receiver })
}

/// Why a door does not open, and what to do.
pub(crate) fn refused(error: ServeError, flag: &str) -> Stop {
    let (code, hint) = match &error {
        ServeError::NotLoopback(_) => ("not_loopback", Some(format!("{flag} 127.0.0.1:0 picks a free port"))),
        ServeError::Listen { .. } => {
            ("address_in_use", Some(format!("{flag} 127.0.0.1:0 picks a free port")))
        }
        ServeError::Token(error) => (WorkbenchError::code(error), None),
    };
    let stop = Stop::failed(Exit::Configuration, code, error.to_string());
    match hint {
        Some(hint) => stop.hint(hint),
        None => stop,
    }
}

impl Listeners {
    fn addresses(&self) -> (String, Option<String>) {
        let url = |server: &Server| format!("http://{}", server.addr());
        (url(&self.api), self.receiver.as_ref().map(url))
    }
}

/// Prints on a thread of its own: a reader that is slow or gone stops only that thread. The answer
/// comes when all is printed.
fn print(
    out: Out,
    workbench: Workbench,
    (api, receiver): (String, Option<String>),
    told: Receiver<Arc<AttemptFinished>>,
) -> oneshot::Receiver<()> {
    let (done, printed) = oneshot::channel();
    std::thread::spawn(move || {
        // A closed stdout just ends the printing.
        let _closed = ready(out, &workbench, &api, receiver.as_deref())
            .and_then(|()| print_attempts(out, &workbench, told));
        let _nobody_waits = done.send(());
    });
    printed
}

fn ready(out: Out, workbench: &Workbench, api: &str, receiver: Option<&str>) -> Result<(), Stop> {
    let folder = workbench.folder();
    if out.json {
        let line = json!({ "event": "ready", "api": api, "receiver": receiver, "data_dir": folder });
        return out.stream(&line);
    }
    out.line(format_args!("{STRONG}Hookbench is running.{STRONG:#} Ctrl-C stops it."))?;
    out.field("Data folder", folder.display())?;
    out.field("API", format_args!("{api}  (token: {})", folder.join("api-token").display()))?;
    out.field("Receiver", receiver.unwrap_or("off"))?;
    let subscriptions = workbench.subscriptions().list();
    if subscriptions.is_empty() {
        return out.line(format_args!(
            "{FAINT}No subscriptions yet: hookbench subscriptions create --url … --event '*'{FAINT:#}"
        ));
    }
    let enabled = subscriptions.iter().filter(|s| s.enabled).count();
    out.field("Subscriptions", format_args!("{enabled} enabled of {}", subscriptions.len()))
}

/// Prints attempts until the dispatcher ends.
fn print_attempts(
    out: Out,
    workbench: &Workbench,
    mut told: Receiver<Arc<AttemptFinished>>,
) -> Result<(), Stop> {
    loop {
        match told.blocking_recv() {
            Ok(attempt) if out.json => out.stream(&as_json(&attempt))?,
            Ok(attempt) => out.line(as_text(&attempt, workbench))?,
            Err(RecvError::Lagged(lines)) => {
                out.warn(format_args!("{lines} attempts are not shown: this output is read too slowly"));
            }
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}
