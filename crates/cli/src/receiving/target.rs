//! `target`: an endpoint on this machine that answers as a script says.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use hookbench_ambient::{Clock, chance};
use hookbench_receiver::{Script, Target, TargetArrival, TargetOptions, parse_script};
use hookbench_signature::Scheme;
use hookbench_workbench::{BodyView, target_check};
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, FAINT, GOOD, Out, STRONG};
use crate::output::values;
use crate::output::visible::visible;
use crate::output::words::{clock, short};
use crate::service::signals::Signals;
use crate::signatures::secrets::OneSecret;

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
  bomb            gzip that unpacks to a gigabyte
  verify          200 where the signature is valid, else 401 (needs --scheme and a secret)
Answers of your own as a JSON list, in --script or a file:
  [\"500x2\", {\"status\":200, \"headers\":{\"X-A\":\"b\"}, \"body\":\"ok\", \"delay_ms\":300, \"times\":3}]
Examples:
  hookbench target run --script 500x3,200 --addr 127.0.0.1:8080
  hookbench target run --script verify --scheme trcker --secret-file secret.txt")]
    Run(RunArgs),
}

/// How to answer.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// What to answer
    #[arg(long, value_name = "S", default_value = "200", value_parser = parse_script)]
    script: Script,
    /// The same from a file
    #[arg(long, value_name = "F", conflicts_with = "script")]
    script_file: Option<PathBuf>,
    /// Verify each request under this scheme, with the secret
    #[arg(long, value_name = "S", value_parser = values::scheme())]
    scheme: Option<Scheme>,
    #[command(flatten)]
    secret: OneSecret,
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
    let (asked, options) = told(out, &args)?;
    let script = asked.to_string();
    let started = Target::start(args.addr, asked, options).await;
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

/// What to answer, and how to verify.
fn told(out: Out, args: &RunArgs) -> Result<(Script, TargetOptions), Stop> {
    let script = match &args.script_file {
        Some(path) => {
            let text = crate::input::read_text(path)?;
            parse_script(text.trim()).map_err(|error| Stop::usage(format!("{}: {error}", path.display())))?
        }
        None => args.script.clone(),
    };
    let options = TargetOptions::new(chance);
    let secret = args.secret.source().map(|source| source.read(out)).transpose()?;
    match (args.scheme, secret) {
        (Some(scheme), Some(secret)) => {
            secret.check_for(scheme).map_err(|error| Stop::usage(error.to_string()))?;
            Ok((script, options.checking(target_check(scheme, vec![secret], Clock::system()))))
        }
        (Some(scheme), None) if scheme.needs_secret() => {
            Err(Stop::usage(format!("{scheme} verifies with a secret"))
                .hint("give --secret-stdin, --secret-file or --secret-env"))
        }
        (None, Some(_)) => Err(Stop::usage("a secret verifies under a scheme: give --scheme, too")),
        (Some(_) | None, None) => Ok((script, options)),
    }
}

fn show(out: Out, arrival: &TargetArrival) -> Result<(), Stop> {
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
            "verified": arrival.verified,
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
    let (style, proven) = match &arrival.verified {
        Some(found) if found.valid => (GOOD, "✓ ".to_owned()),
        Some(found) => (BAD, format!("✗ {} ", found.reason)),
        None => (FAINT, String::new()),
    };
    out.line(format_args!(
        "{FAINT}{}{FAINT:#}  {:>4}  {style}{proven}{style:#}{} {}  {STRONG}{}{STRONG:#}  {FAINT}{} bytes  {}{FAINT:#}",
        clock(Clock::system().now()),
        arrival.number,
        visible(&arrival.method),
        short(&arrival.path, 40),
        arrival.answered,
        arrival.body.len(),
        short(&text(&arrival.body), 60),
    ))
}
