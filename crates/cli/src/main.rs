//! The `hookbench` command: parses, calls one use case of the workbench, shows what it answers.

mod args;
mod context;
mod deliveries;
mod events;
mod exit;
mod input;
mod maintenance;
mod output;
mod platforms;
mod receiving;
mod service;
mod signatures;
mod subscriptions;

use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use hookbench_workbench::Workbench;
use serde_json::json;
use tracing_subscriber::EnvFilter;

use crate::args::{Cli, ConfigVerb, Verb};
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure, Stop};
use crate::output::out::Out;

fn main() -> ExitCode {
    let broken_profiles = platforms::own_profiles::load();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error).into(),
    };
    if cli.no_color {
        anstream::ColorChoice::Never.write_global();
    }
    let out = Out { json: cli.json, quiet: cli.quiet };
    log_to_stderr(cli.quiet);
    broken_profiles.iter().for_each(|broken| out.warn(broken));
    let ended = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let ended = runtime.block_on(act(cli, out));
            // A keyring that does not answer must not hold up the end.
            runtime.shutdown_background();
            ended
        }
        Err(error) => {
            Err(Stop::failed(Exit::Failed, "no_threads", format!("no threads can be started: {error}")))
        }
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(Stop::Closed) => Exit::Done.into(),
        Err(Stop::Failed(failure)) => {
            out.error(&failure);
            failure.exit.into()
        }
    }
}

/// Shows help or version on stdout, what is wrong with the command line on stderr.
fn usage(error: &clap::Error) -> Exit {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !asked && std::env::args_os().any(|arg| arg == "--json") {
        let message = error.to_string().trim().trim_start_matches("error: ").to_owned();
        let failure = Failure { exit: Exit::Usage, code: "usage", message, excerpt: None, hint: None };
        Out { json: true, quiet: false }.error(&failure);
        return Exit::Usage;
    }
    // What was typed is repeated, and may have been pasted.
    let steers = std::env::args_os().any(|arg| {
        let arg = arg.to_string_lossy();
        output::visible::visible(&arg) != arg
    });
    // Nobody is left to tell that the output is closed.
    let _ = if asked || !steers {
        error.print()
    } else {
        write!(std::io::stderr().lock(), "{}", output::visible::visible(&error.render().to_string()))
    };
    if asked { Exit::Done } else { Exit::Usage }
}

fn log_to_stderr(quiet: bool) {
    let level = if quiet { "error" } else { "warn" };
    let filter = std::env::var("HOOKBENCH_LOG").ok().and_then(|text| EnvFilter::try_new(text).ok());
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(false)
        .with_target(false)
        // Without it a log that cannot be written, such as one on a full disk, ends the task that logs.
        .log_internal_errors(false)
        .with_writer(|| output::visible::Visible(std::io::stderr()))
        .with_env_filter(filter.unwrap_or_else(|| EnvFilter::new(level)))
        .init();
}

async fn act(cli: Cli, out: Out) -> Ended {
    if cli.store.is_some() {
        let message = "--store is not supported by this version: everything is kept in the data folder";
        return Err(Stop::failed(Exit::Configuration, "unsupported_store", message)
            .hint("leave it out, and choose a folder with --data-dir"));
    }
    let context = Context { out, data_dir: cli.data_dir };
    match cli.verb {
        Verb::Run(args) => service::run::run(&context, args).await,
        Verb::Demo(args) => service::demo::demo(out, args).await,
        Verb::Emulate(args) => service::emulate::emulate(out, args).await,
        Verb::Target(verb) => receiving::target::act(out, verb).await,
        Verb::Brands(verb) => {
            with(&context, async |workbench| platforms::brands::act(workbench, out, verb).await).await
        }
        Verb::Subscriptions(verb) => {
            with(&context, async |workbench| subscriptions::act(workbench, out, verb).await).await
        }
        Verb::Events(verb) => with(&context, async |workbench| events::act(workbench, out, verb).await).await,
        Verb::Deliveries(verb) => {
            with(&context, async |workbench| deliveries::act(workbench, out, verb).await).await
        }
        Verb::Recover(args) => {
            with(&context, async |workbench| deliveries::operations::recover(workbench, out, args).await)
                .await
        }
        Verb::Replay(args) => {
            with(&context, async |workbench| deliveries::operations::replay(workbench, out, args).await).await
        }
        Verb::Operations(verb) => {
            with(&context, async |workbench| deliveries::operations::act(workbench, out, verb).await).await
        }
        Verb::Retention(verb) => {
            with(&context, async |workbench| maintenance::retention(workbench, out, verb).await).await
        }
        Verb::Erase(args) => {
            with(&context, async |workbench| maintenance::erase(workbench, out, args).await).await
        }
        Verb::Doctor(args) => maintenance::doctor(&context, args).await,
        Verb::Sources(verb) => {
            with(&context, async |workbench| receiving::sources::act(workbench, out, verb).await).await
        }
        Verb::Receiver(verb) => {
            with(&context, async |workbench| service::receiver::act(workbench, out, verb).await).await
        }
        Verb::CheckReceiver(args) => {
            with(&context, async |workbench| receiving::check_receiver::check(workbench, out, *args).await)
                .await
        }
        Verb::Pause(args) => {
            with(&context, async |workbench| subscriptions::pause::pause(workbench, out, args).await).await
        }
        Verb::Resume(args) => {
            with(&context, async |workbench| subscriptions::pause::resume(workbench, out, args).await).await
        }
        Verb::Vault(verb) => {
            with(&context, async |workbench| maintenance::vault::act(workbench, out, verb).await).await
        }
        Verb::Platforms(verb) => platforms::act(out, verb),
        Verb::Schedule(args) => match args.of_subscription() {
            Some(asked) => {
                with(&context, async |workbench| platforms::outage(workbench, out, asked).await).await
            }
            None => platforms::schedule(out, &args),
        },
        Verb::Why(args) => {
            with(&context, async |workbench| deliveries::why::why(workbench, out, args).await).await
        }
        Verb::Compare(args) => {
            with(&context, async |workbench| deliveries::why::compare(workbench, out, args).await).await
        }
        Verb::Alerts(verb) => {
            with(&context, async |workbench| maintenance::alerts::act(workbench, out, verb).await).await
        }
        Verb::Bundle(verb) => deliveries::export::show_bundle(out, verb),
        Verb::Sign(args) => signatures::sign(out, args),
        Verb::Verify(args) => signatures::verify(out, args),
        Verb::Diagnose(args) => signatures::diagnose::diagnose(&context, args).await,
        Verb::Completions { shell } => completions(shell),
        Verb::Config(ConfigVerb::Path) => config_path(&context),
    }
}

/// Opens the data folder, does something with it, and closes it in any case. Ctrl-C ends the
/// process at once: what was answered is durable, what was not is whole or not there.
async fn with(context: &Context, act: impl AsyncFnOnce(&Workbench) -> Ended) -> Ended {
    service::signals::interrupt_at_once();
    let workbench = context.open().await?;
    let ended = act(&workbench).await;
    workbench.close().await;
    ended
}

fn completions(shell: clap_complete::Shell) -> Ended {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hookbench", &mut script);
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&script)?;
    stdout.flush()?;
    Ok(Exit::Done)
}

fn config_path(context: &Context) -> Ended {
    let folder = context.folder()?;
    if context.out.json {
        context.out.document(&json!({
            "data_dir": folder,
            "database": folder.join("hookbench.db"),
            "api_token": folder.join("api-token"),
            "lock": folder.join("lock"),
        }))?;
    } else {
        context.out.line(folder.display())?;
    }
    Ok(Exit::Done)
}
