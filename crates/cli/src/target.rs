//! `target`: an endpoint on this machine that answers as a script says.

use std::net::SocketAddr;

use clap::{Args, Subcommand};
use hookbench_ambient::{Clock, chance};
use hookbench_receiver::{Arrival, Script, Target, TargetOptions, parse_script};
use hookbench_workbench::BodyView;
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::out::{FAINT, Out, STRONG};
use crate::signals::Signals;
use crate::values;
use crate::words::{clock, safe, short};

/// Verbs of `target`.
#[derive(Debug, Subcommand)]
pub(crate) enum TargetVerb {
    /// Answer requests by a script, until Ctrl-C
    #[command(after_help = "\
Steps, separated by commas; xN repeats one, the last one stays:
  200, 404, …     this status              slow:3s, slow:3s:500  after three seconds
  429:120         with Retry-After: 120    timeout               no answer
  redirect:/x     302 to /x                reset                 resets the connection
  drip, drip:5s   the body byte by byte    huge                  a body of 64 MiB
  flaky:0.3       500 with that probability
Example:
  hookbench target run --script 500x3,200 --addr 127.0.0.1:8080")]
    Run(RunArgs),
}

/// How to answer.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// What to answer
    #[arg(long, value_name = "S", default_value = "200", value_parser = parse_script)]
    script: Script,
    /// Where to listen; port 0 picks one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = values::addr)]
    addr: SocketAddr,
}

/// Does one verb.
///
/// # Errors
/// When the address is taken.
pub(crate) async fn act(out: Out, verb: TargetVerb) -> Ended {
    let TargetVerb::Run(args) = verb;
    let mut signals = Signals::listen()?;
    let script = args.script.to_string();
    let started = Target::start(args.addr, args.script, TargetOptions::new(chance)).await;
    let (target, mut arrivals) = started.map_err(|error| {
        Stop::failed(Exit::Configuration, "address_in_use", error.to_string())
            .hint("--addr 127.0.0.1:0 picks a free port")
    })?;
    if out.json {
        out.stream(&json!({ "event": "ready", "url": target.url(), "script": script }))?;
    } else {
        out.line(format_args!("{STRONG}{}{STRONG:#} answers {script}. Ctrl-C stops it.", target.url()))?;
    }
    loop {
        tokio::select! {
            arrival = arrivals.recv() => match arrival {
                Some(arrival) => show(out, &arrival)?,
                None => return Ok(Exit::Done),
            },
            () = signals.asked() => {
                target.stop().await;
                return Ok(Exit::Done);
            }
        }
    }
}

fn show(out: Out, arrival: &Arrival) -> Result<(), Stop> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let body = BodyView::of(&arrival.body);
    if out.json {
        let headers: Vec<(&str, String)> =
            arrival.headers.iter().map(|(name, value)| (name.as_str(), text(value.as_bytes()))).collect();
        let mut line = json!({
            "event": "request",
            "number": arrival.number,
            "method": arrival.method,
            "path": arrival.path,
            "headers": headers,
            "answered": arrival.answered.to_string(),
        });
        if let Some(object) = line.as_object_mut() {
            let (key, value) = match body {
                BodyView::Body(text) => ("body", text),
                BodyView::BodyBase64(text) => ("body_base64", text),
            };
            object.insert(key.to_owned(), value.into());
        }
        return out.stream(&line);
    }
    out.line(format_args!(
        "{FAINT}{}{FAINT:#}  {:>4}  {} {}  {STRONG}{}{STRONG:#}  {FAINT}{} bytes  {}{FAINT:#}",
        clock(Clock::system().now()),
        arrival.number,
        safe(&arrival.method),
        short(&arrival.path, 40),
        arrival.answered,
        arrival.body.len(),
        short(&text(&arrival.body), 60),
    ))
}
