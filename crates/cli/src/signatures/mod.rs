//! `sign` and `verify`: signature tools, which need no data folder.

pub(crate) mod diagnose;
pub(crate) mod secrets;

use std::path::PathBuf;

use clap::Args;
use hookbench_ambient::{Clock, random_bytes};
use hookbench_signature::{DEFAULT_TOLERANCE_S, Scheme, Secret};
use hookbench_workbench::{SignRequest, VerifyRequest};
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::input;
use crate::output::out::{BAD, GOOD, Out};
use crate::output::values::{self, When};
use crate::output::visible::visible;
use crate::signatures::secrets::{NewSecret, OneSecret, SecretSource};

/// What to sign.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench sign --scheme trcker --body event.json --secret-file secret.txt
  hookbench sign --scheme standard --body event.json --secret-env SECRET --at 2026-05-08T04:51:35Z")]
pub(crate) struct SignArgs {
    /// The signature scheme
    #[arg(long, value_name = "S", value_parser = values::scheme())]
    scheme: Scheme,
    /// A file with the exact body, or - for stdin
    #[arg(long, value_name = "F")]
    body: PathBuf,
    /// The event's id, for schemes that sign it [default: the body's]
    #[arg(long, value_parser = values::foreign_id)]
    id: Option<String>,
    /// The time to sign: RFC 3339, a date (its start in UTC), or 15m, 2h30m, 3d, 1w ago [default: now]
    #[arg(long, value_name = "WHEN")]
    at: Option<When>,
    #[command(flatten)]
    secret: NewSecret,
}

/// What to verify.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hookbench verify --scheme trcker --body received.json --secret-file secret.txt \\
      --header 'X-Trcker-Signature: t=1700000000,v1=…' --at 2023-11-14T22:13:20Z
Exit 0: valid. Exit 7: not valid; `hookbench diagnose` finds out why.")]
pub(crate) struct VerifyArgs {
    /// The signature scheme
    #[arg(long, value_name = "S", value_parser = values::scheme())]
    scheme: Scheme,
    /// A file with the exact body, or - for stdin
    #[arg(long, value_name = "F")]
    body: PathBuf,
    /// A header of the request; repeatable
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = values::header)]
    headers: Vec<(String, String)>,
    /// When it was received: RFC 3339, a date (its start in UTC), or 15m, 2h30m, 3d, 1w ago [default: now]
    #[arg(long, value_name = "WHEN")]
    at: Option<When>,
    /// How far its time may lie from then, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_TOLERANCE_S, value_parser = clap::value_parser!(i64).range(0..))]
    tolerance: i64,
    #[command(flatten)]
    secret: OneSecret,
}

/// Body and secret cannot both come from stdin.
pub(crate) fn check_stdin(body: &std::path::Path, secret_from_stdin: bool) -> Result<(), Stop> {
    if input::is_stdin(body) && secret_from_stdin {
        return Err(Stop::usage("--body - and --secret-stdin both read stdin: put one of them in a file"));
    }
    Ok(())
}

/// The secret, if the scheme uses one.
fn secret_for(scheme: Scheme, source: Option<SecretSource>, out: Out) -> Result<Vec<Secret>, Stop> {
    match (source, scheme.needs_secret()) {
        (Some(source), true) => Ok(vec![source.read(out)?]),
        (Some(source), false) => {
            out.warn(format_args!("the secret from {} is not used: {scheme} signs nothing", source.name()));
            Ok(Vec::new())
        }
        (None, false) => Ok(Vec::new()),
        (None, true) => Err(Stop::usage(format!("{scheme} needs a secret"))
            .hint("give --secret-stdin, --secret-file or --secret-env")),
    }
}

/// Headers as they are verified.
pub(crate) fn raw(headers: Vec<(String, String)>) -> Vec<(String, Vec<u8>)> {
    headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect()
}

/// Prints the headers that sign a body.
///
/// # Errors
/// When the secret does not fit the scheme.
pub(crate) fn sign(out: Out, args: SignArgs) -> Ended {
    let (source, scheme) = (args.secret.source(), args.scheme);
    check_stdin(&args.body, source == Some(SecretSource::Stdin))?;
    let body = input::read(&args.body)?;
    let (secrets, generated) = if args.secret.generate_secret && scheme.needs_secret() {
        let secret = Secret::generate(scheme, random_bytes());
        let shown = String::from_utf8_lossy(secret.expose()).into_owned();
        (vec![secret], Some(shown))
    } else {
        (secret_for(scheme, source, out)?, None)
    };
    let now = Clock::system().now();
    let at = args.at.map_or(now, |when| when.at(now));
    let headers = SignRequest { scheme, secrets, body, id: args.id, at }.headers()?;
    if out.json {
        let mut document = json!({ "headers": headers });
        if let (Some(object), Some(secret)) = (document.as_object_mut(), generated) {
            object.insert("secret".to_owned(), secret.into());
        }
        out.document(&document)?;
        return Ok(Exit::Done);
    }
    for (name, value) in &headers {
        out.line(format_args!("{name}: {}", visible(value)))?;
    }
    if let Some(secret) = generated {
        out.note(format_args!("signed with the new secret {secret}"));
    }
    Ok(Exit::Done)
}

/// Checks a signature, step by step.
///
/// # Errors
/// When a file or the secret cannot be read.
pub(crate) fn verify(out: Out, args: VerifyArgs) -> Ended {
    let source = args.secret.source();
    check_stdin(&args.body, source == Some(SecretSource::Stdin))?;
    let now = Clock::system().now();
    let request = VerifyRequest {
        scheme: args.scheme,
        body: input::read(&args.body)?,
        secrets: secret_for(args.scheme, source, out)?,
        headers: raw(args.headers),
        at: args.at.map_or(now, |when| when.at(now)),
        tolerance_s: args.tolerance,
    };
    let found = request.verify();
    if out.json {
        out.document(&found)?;
    } else {
        for step in &found.steps {
            show_step(out, step)?;
        }
        let (style, word) = if found.valid { (GOOD, "valid") } else { (BAD, "not valid") };
        out.line(format_args!("{style}{word}{style:#}: {}", found.reason))?;
        if !found.valid {
            out.note("`hookbench diagnose` with the same arguments finds out why");
        }
    }
    Ok(if found.valid { Exit::Done } else { Exit::NotValid })
}

/// One check and what it found.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads any more.
pub(crate) fn show_step(out: Out, step: &hookbench_signature::Step) -> Result<(), Stop> {
    let (style, mark) = if step.ok { (GOOD, "✓") } else { (BAD, "✗") };
    out.line(format_args!("{style}{mark}{style:#} {:<10} {}", step.name, visible(&step.detail)))
}
