//! What a failed attempt means: the cause, who has to act, and what to do next.

mod answer;
mod code;
mod page;
#[cfg(test)]
mod tests;
mod transport;

use hookbench_domain::{AttemptRecord, Outcome};
use serde::Serialize;
use url::Url;

pub use code::{Actor, VerdictCode};

/// A failed attempt explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Verdict {
    /// What it was.
    pub code: VerdictCode,
    /// Who has to act.
    pub who: Actor,
    /// One sentence for people who do not write code.
    pub summary: String,
    /// The evidence, for an engineer.
    pub detail: String,
    /// What to do.
    pub next_step: String,
}

impl Verdict {
    fn new(code: VerdictCode, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            code,
            who: code.who(),
            summary: summary.into(),
            detail: detail.into(),
            next_step: code.next_step().to_owned(),
        }
    }
}

/// Reads one attempt; `None` for a success. Only what was recorded is used: nothing is tried again.
#[must_use]
pub fn verdict(attempt: &AttemptRecord) -> Option<Verdict> {
    match attempt.outcome {
        Outcome::Success => None,
        Outcome::HttpStatus => Some(match &attempt.response {
            Some(response) => answer::read(attempt, response),
            None => transport::protocol(attempt),
        }),
        Outcome::Timeout => Some(transport::timeout(attempt)),
        Outcome::Dns => Some(transport::dns(attempt)),
        Outcome::Connect => Some(transport::connect(attempt)),
        Outcome::Tls => Some(transport::tls(attempt)),
        Outcome::Reset => Some(transport::reset(attempt)),
        Outcome::Protocol => Some(transport::protocol(attempt)),
        Outcome::Blocked => Some(transport::blocked(attempt)),
        Outcome::Interrupted => Some(transport::interrupted()),
    }
}

/// Where the request went, if that is known.
fn target(attempt: &AttemptRecord) -> Option<Url> {
    attempt.request.as_ref().and_then(|r| Url::parse(&r.url).ok())
}

/// The receiver's host for a sentence.
fn host(attempt: &AttemptRecord) -> String {
    target(attempt)
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| "the receiver".to_owned())
}

/// What the failing layer said, in one line.
fn said(attempt: &AttemptRecord) -> String {
    page::one_line(attempt.error.as_deref().unwrap_or("no further detail was recorded"), 300)
}
