//! `check-receiver`: the suite against an endpoint of the user's.

use clap::Args;
use hookbench_signature::Scheme;
use hookbench_workbench::{CheckFinding, CheckInput, CheckResult, ReportCard, Workbench, WorkbenchError};

use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, FAINT, GOOD, Out, STRONG, WAIT};
use crate::output::values;
use crate::output::visible::visible;
use crate::signatures::secrets::{OneSecret, SecretSource};

/// What to check.
#[derive(Debug, Args)]
#[command(after_help = "\
Sends some forty requests, each with X-Hookbench-Test: true, and judges the answers: valid, tampered,
unsigned, replayed, stale, doubled, reordered, huge, many at once, and more.
Examples:
  hookbench check-receiver --url http://127.0.0.1:8080/hooks --scheme trcker --secret-file secret.txt
  hookbench check-receiver --url https://hooks.example.com/in --confirm-host hooks.example.com \\
      --scheme standard --secret-env SECRET --old-secret-file old.txt
Exit 0: nothing failed. Exit 1: something did.")]
pub(crate) struct CheckArgs {
    /// The endpoint
    #[arg(long, value_name = "U")]
    url: String,
    /// How it verifies
    #[arg(long, value_name = "S", value_parser = values::scheme())]
    scheme: Scheme,
    /// The host of the URL once more, where it is not this machine: it is yours, and may be checked
    #[arg(long, value_name = "HOST")]
    confirm_host: Option<String>,
    /// A file with the secret before the last rotation
    #[arg(long, value_name = "F")]
    old_secret_file: Option<std::path::PathBuf>,
    /// The type of the events that are sent [default: conversion.created]
    #[arg(long, value_name = "T")]
    event_type: Option<String>,
    /// Also at a private address
    #[arg(long)]
    allow_private: bool,
    #[command(flatten)]
    secret: OneSecret,
}

/// Checks and prints the report card.
///
/// # Errors
/// When the host is not confirmed, or the secret does not fit.
pub(crate) async fn check(workbench: &Workbench, out: Out, args: CheckArgs) -> Ended {
    let secret = args.secret.source().map(|source| source.read(out)).transpose()?;
    if secret.is_some() && !args.scheme.needs_secret() {
        out.warn(format_args!("the secret is not used: {} signs nothing", args.scheme));
    }
    let input = CheckInput {
        url: args.url,
        scheme: args.scheme.as_str().to_owned(),
        secret,
        secret_of: None,
        old_secret: args.old_secret_file.map(|path| SecretSource::File(path).read(out)).transpose()?,
        confirm_host: args.confirm_host,
        event_type: args.event_type,
        allow_private: args.allow_private,
    };
    let card = workbench.receiver().check(input).await.map_err(|error| {
        if let WorkbenchError::Field { field: "confirm_host", why } = error {
            return Stop::failed(Exit::Failed, "invalid_field", format!("--confirm-host: {why}"));
        }
        error.into()
    })?;
    if out.json {
        out.document(&card)?;
    } else {
        show(out, &card)?;
    }
    Ok(if card.failed == 0 { Exit::Done } else { Exit::Failed })
}

fn show(out: Out, card: &ReportCard) -> Result<(), Stop> {
    out.line(format_args!("{STRONG}{}{STRONG:#}  {FAINT}{}{FAINT:#}", visible(&card.url), card.scheme))?;
    for finding in &card.findings {
        show_finding(out, finding)?;
    }
    out.line(format_args!(
        "{STRONG}{}{STRONG:#} {} passed, {} could be better, {} failed, {} not tried.",
        card.summary, card.passed, card.warned, card.failed, card.skipped
    ))
}

fn show_finding(out: Out, finding: &CheckFinding) -> Result<(), Stop> {
    let (style, mark) = match finding.opinion {
        CheckResult::Pass => (GOOD, "✓"),
        CheckResult::Warn => (WAIT, "!"),
        CheckResult::Fail => (BAD, "✗"),
        CheckResult::Skipped => (FAINT, "–"),
    };
    out.line(format_args!("{style}{mark}{style:#} {:<40} {}", finding.title, visible(&finding.seen)))?;
    let Some(fix) = finding.fix else { return Ok(()) };
    out.line(format_args!("  {FAINT}expected{FAINT:#} {}", finding.expected))?;
    out.line(format_args!("  {FAINT}why     {FAINT:#} {}", finding.why))?;
    out.line(format_args!("  {FAINT}fix     {FAINT:#} {fix}"))
}
