//! `diagnose`: why a signature does not verify.

use std::path::PathBuf;

use clap::Args;
use hookbench_ambient::Clock;
use hookbench_diagnosis::{Autopsy, Confidence};
use hookbench_domain::DeliveryId;
use hookbench_signature::{DEFAULT_TOLERANCE_S, Scheme};
use hookbench_workbench::{DiagnoseInput, DiagnoseRequest, RawRequest, Subject};

use crate::context::Context;
use crate::exit::{Ended, Exit, Stop};
use crate::input;
use crate::output::out::{BAD, FAINT, GOOD, Out, STRONG};
use crate::output::values::{self, When};
use crate::service::signals;
use crate::signatures::secrets::{ManySecrets, SecretSource};
use crate::signatures::{check_stdin, raw, show_step};

/// What to take apart.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hookbench diagnose --body received.json --secret-file secret.txt --secret-file old-secret.txt \\
      --header 'X-Trcker-Signature: t=1700000000,v1=…' --at 2023-11-14T22:13:20Z
  hookbench diagnose --message captured.http --secret-env SECRET --vault
  hookbench diagnose --delivery dlv_01JX4T…
The first secret is the configured one, further ones are candidates. With --delivery or --received the
configured one is that of its subscription or source. Exit 0: valid. Exit 7: not valid.")]
#[group(id = "subject", required = true, multiple = false, args = ["body", "message", "delivery", "received"])]
pub(crate) struct DiagnoseArgs {
    /// A file with the exact body as received, or - for stdin
    #[arg(long, value_name = "F")]
    body: Option<PathBuf>,
    /// A file with the whole HTTP message: headers, an empty line, the body; or - for stdin
    #[arg(long, value_name = "F")]
    message: Option<PathBuf>,
    /// A delivery of the log, whose last request is taken
    #[arg(long, value_name = "ID")]
    delivery: Option<DeliveryId>,
    /// A request that a source received, by the id that `sources show` names
    #[arg(long, value_name = "ID")]
    received: Option<String>,
    /// Try every secret in the vault as well
    #[arg(long)]
    vault: bool,
    /// Search longer: pairs of mistakes with every secret
    #[arg(long)]
    thorough: bool,
    /// A header of the request, beside --body; repeatable
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = values::header, requires = "body")]
    headers: Vec<(String, String)>,
    /// The scheme that is expected [default: recognised from the headers]
    #[arg(long, value_name = "S", value_parser = values::scheme())]
    scheme: Option<Scheme>,
    /// When it was received: RFC 3339, a date (its start in UTC), or 15m, 2h30m, 3d, 1w ago [default: now]
    #[arg(long, value_name = "WHEN")]
    at: Option<When>,
    /// How far its time may lie from then, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_TOLERANCE_S, value_parser = clap::value_parser!(i64).range(0..))]
    tolerance: i64,
    #[command(flatten)]
    secrets: ManySecrets,
}

/// Takes a signature apart.
///
/// # Errors
/// When a file or a secret cannot be read.
pub(crate) async fn diagnose(context: &Context, args: DiagnoseArgs) -> Ended {
    let out = context.out;
    if let Some(file) = args.body.as_ref().or(args.message.as_ref()) {
        check_stdin(file, args.secrets.use_stdin())?;
    }
    let given = |source: &SecretSource| Ok((source.name(), source.read(out)?));
    let secrets = args.secrets.0.iter().map(given).collect::<Result<Vec<_>, Stop>>()?;
    let now = Clock::system().now();
    let at = args.at.map(|when| when.at(now));
    let subject = match (args.body, args.message, args.delivery, args.received) {
        (Some(file), _, _, _) => {
            Subject::Request(RawRequest { headers: raw(args.headers), body: input::read(&file)? })
        }
        (None, Some(file), _, _) => Subject::Request(RawRequest::read(&input::read(&file)?)?),
        (None, None, Some(id), _) => Subject::Delivery(id),
        (None, None, None, id) => Subject::Received(id.unwrap_or_default()),
    };
    let (scheme, tolerance_s, thorough) = (args.scheme, args.tolerance, args.thorough);
    let autopsy = match subject {
        // Nothing of this needs a data folder.
        Subject::Request(RawRequest { headers, body }) if !args.vault => {
            let at = at.unwrap_or(now);
            DiagnoseRequest { scheme, secrets, headers, body, at, tolerance_s, thorough }.diagnose()
        }
        subject @ (Subject::Request(_) | Subject::Delivery(_) | Subject::Received(_)) => {
            signals::interrupt_at_once();
            let workbench = context.open().await?;
            let input =
                DiagnoseInput { subject, scheme, secrets, use_vault: args.vault, at, tolerance_s, thorough };
            let found = workbench.signatures().diagnose(input).await;
            workbench.close().await;
            found?
        }
    };
    if out.json {
        out.document(&autopsy)?
    } else {
        show(out, &autopsy)?
    }
    Ok(if autopsy.valid { Exit::Done } else { Exit::NotValid })
}

fn show(out: Out, autopsy: &Autopsy) -> Result<(), Stop> {
    for step in &autopsy.steps {
        show_step(out, step)?;
    }
    let (style, word) = if autopsy.valid { (GOOD, "valid") } else { (BAD, "not valid") };
    out.line(format_args!("{style}{word}{style:#}: {STRONG}{}{STRONG:#}", autopsy.cause.code()))?;
    out.field("Why", &autopsy.explanation)?;
    if !autopsy.valid {
        out.field("Fix", &autopsy.fix)?;
    }
    if let Some(scheme) = autopsy.scheme {
        out.field("Scheme", scheme)?;
    }
    if let Some(name) = &autopsy.matching_secret {
        out.field("Matching", format_args!("the secret from {name}"))?;
    }
    if let Some(d) = &autopsy.difference {
        out.field("First at", format_args!("byte {}", d.offset))?;
        out.field("Signed", format_args!("{} … ({} bytes)", d.signed, d.signed_bytes))?;
        out.field("Received", format_args!("{} … ({} bytes)", d.received, d.received_bytes))?;
    }
    for candidate in autopsy.candidates.iter().skip(1) {
        let sure = match candidate.confidence {
            Confidence::Proven => "also explains it",
            Confidence::Likely => "may be",
        };
        out.line(format_args!("{FAINT}{sure}: {}, {}{FAINT:#}", candidate.cause.code(), candidate.detail))?;
    }
    Ok(())
}
