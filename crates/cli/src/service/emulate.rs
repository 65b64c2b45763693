//! `emulate`: an affiliate platform on this machine, with its API and its webhooks.

use std::net::SocketAddr;

use clap::Args;
use hookbench_ambient::random_low;
use hookbench_emulator::{Faults, Platform, PlatformError, PlatformOptions};
use hookbench_platform::profile;
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{Out, STRONG};
use crate::output::values;
use crate::service::signals::Signals;

/// What to emulate.
#[derive(Debug, Args)]
#[command(after_help = "\
Faults, separated by commas: [ROUTE=]FAULT[:HOW OFTEN], such as 5xx:0.2 or delete=reset:3,429:1
  FAULT  401, 403, 404, 409, 429, 5xx, html, truncated, loop, slow,
         reset (no answer, nothing is done), lost (it is done, then no answer)
  ROUTE  events, list, create, delete, log; without it, all
  HOW OFTEN  a whole number: so many times; a fraction: with that probability; without it, always
Example:
  hookbench emulate --platform trcker --rate 5
  hookbench brands add --platform trcker --name b1 --base-url http://… --secret-stdin")]
pub(crate) struct EmulateArgs {
    /// Which platform
    #[arg(long, value_name = "P", value_parser = values::platform())]
    platform: String,
    /// Where its API listens; port 0 picks one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = values::addr)]
    addr: SocketAddr,
    /// Events a second
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = values::rate)]
    rate: f64,
    /// What it does wrong
    #[arg(long, value_name = "SPEC", default_value = "", hide_default_value = true)]
    fault: Faults,
}

/// Emulates a platform until Ctrl-C.
///
/// # Errors
/// When the address is taken or not loopback, or the profile describes no API.
pub(crate) async fn emulate(out: Out, args: EmulateArgs) -> Ended {
    let mut signals = Signals::listen()?;
    let profile = profile(&args.platform).ok_or_else(|| {
        Stop::failed(Exit::Failed, "not_found", format!("there is no platform `{}`", args.platform))
    })?;
    let options = PlatformOptions {
        profile,
        addr: args.addr,
        rate: args.rate,
        seed: u64::try_from(random_low() >> 64).unwrap_or_default(),
        faults: args.fault,
        requests_per_second: PlatformOptions::REQUESTS_PER_SECOND,
    };
    let platform = Platform::start(options).await.map_err(refused)?;
    if out.json {
        out.stream(
            &json!({ "event": "ready", "base_url": platform.base_url(), "api_key": platform.api_key() }),
        )?;
    } else {
        out.line(format_args!("{STRONG}{}{STRONG:#} is emulated. Ctrl-C stops it.", profile.title))?;
        out.field("Base URL", platform.base_url())?;
        out.field("API key", platform.api_key())?;
        out.line(format_args!(
            "\nConnect it: {STRONG}hookbench brands add --platform {} --name b1 --base-url {} --secret-stdin{STRONG:#}",
            profile.name,
            platform.base_url()
        ))?;
    }
    signals.asked().await;
    platform.stop().await;
    Ok(Exit::Done)
}

fn refused(error: PlatformError) -> Stop {
    let (exit, code) = match &error {
        PlatformError::NoApi(_) => (Exit::Failed, "no_api"),
        PlatformError::NotLoopback(_) => (Exit::Configuration, "not_loopback"),
        PlatformError::Listen { .. } => (Exit::Configuration, "address_in_use"),
        PlatformError::Folder(_) | PlatformError::Store(_) | PlatformError::Wire(_) => {
            (Exit::Failed, "emulator_failed")
        }
    };
    Stop::failed(exit, code, error.to_string())
}
