//! What differs between two attempts or two events: bytes, fields, headers, the answer, timings and
//! the connection.

mod body;
mod headers;
#[cfg(test)]
mod tests;

use hookbench_bounds::Budget;
use hookbench_domain::{Connection, Timings};
use serde::Serialize;

pub use body::{
    BodyDifference, FirstDifference, PathChange, PathDifference, compare_bodies, compare_bodies_within,
};
pub use headers::{HeaderChange, HeaderDifference, compare_headers};

/// A message of one side: headers in order, and the exact bytes.
#[derive(Debug, Clone, Copy)]
pub struct ComparedMessage<'a> {
    /// Its headers; none for an event.
    pub headers: &'a [(String, String)],
    /// Its bytes.
    pub body: &'a [u8],
}

/// One side of a comparison.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    /// What can be said in one word each, such as the outcome: name and value. Both sides name the
    /// same things.
    pub facts: Vec<(&'static str, Option<String>)>,
    /// What was sent, or the event's bytes.
    pub request: Option<ComparedMessage<'a>>,
    /// What came back.
    pub response: Option<ComparedMessage<'a>>,
    /// How long the steps took.
    pub timings: Option<Timings>,
    /// The connection that was used.
    pub connection: Option<&'a Connection>,
}

/// A fact on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FactDifference {
    /// What it is about.
    pub name: String,
    /// On the left.
    pub left: Option<String>,
    /// On the right.
    pub right: Option<String>,
    /// Whether they are the same.
    pub same: bool,
}

/// How long one step took on both sides, in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TimingDifference {
    /// `dns`, `connect`, `tls`, `first_byte` or `total`.
    pub step: &'static str,
    /// On the left; null where the step did not happen.
    pub left_us: Option<u64>,
    /// On the right.
    pub right_us: Option<u64>,
}

/// What differs in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MessageDifference {
    /// The headers that differ.
    pub headers: Vec<HeaderDifference>,
    /// The body.
    pub body: BodyDifference,
}

/// Everything that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Comparison {
    /// What matters of it, in sentences, the most telling first.
    pub summary: Vec<String>,
    /// Facts on both sides: outcome, status, URL, connection, certificate.
    pub facts: Vec<FactDifference>,
    /// What was sent; null where a side sent nothing.
    pub request: Option<MessageDifference>,
    /// What came back; null where a side got no answer.
    pub response: Option<MessageDifference>,
    /// How long the steps took.
    pub timings: Vec<TimingDifference>,
}

/// What a comparison may cost: bytes looked at, and memory in bytes.
const MAX_STEPS: u64 = 1_000_000_000;
const MAX_BYTES: usize = 14 * 1024 * 1024;

/// What one comparison may cost: a second or two of a core and 16 MiB of memory, whatever the bodies
/// look like. `stop` is asked now and then, and ends it when it answers `true`.
#[must_use]
pub fn comparison_budget(stop: &dyn Fn() -> bool) -> Budget<'_> {
    Budget::new(MAX_STEPS, MAX_BYTES, stop)
}

/// Compares two sides, within the bounds of [`comparison_budget`].
#[must_use]
pub fn compare(left: &Side<'_>, right: &Side<'_>) -> Comparison {
    compare_within(left, right, &comparison_budget(&|| false))
}

/// Compares two sides within a budget.
#[must_use]
pub fn compare_within(left: &Side<'_>, right: &Side<'_>, budget: &Budget<'_>) -> Comparison {
    let mut facts: Vec<FactDifference> = left
        .facts
        .iter()
        .map(|(name, value)| {
            let other = right.facts.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.clone());
            fact(name, value.clone(), other)
        })
        .collect();
    facts.extend(connection(left.connection, right.connection));
    let message = |l: Option<ComparedMessage<'_>>, r: Option<ComparedMessage<'_>>| {
        l.zip(r).map(|(l, r)| MessageDifference {
            headers: compare_headers(l.headers, r.headers),
            body: compare_bodies_within(l.body, r.body, budget),
        })
    };
    let mut comparison = Comparison {
        summary: Vec::new(),
        facts,
        request: message(left.request, right.request),
        response: message(left.response, right.response),
        timings: timings(left.timings, right.timings),
    };
    comparison.summary = summary(&comparison, left, right);
    comparison
}

fn fact(name: &str, left: Option<String>, right: Option<String>) -> FactDifference {
    FactDifference { name: name.to_owned(), same: left == right, left, right }
}

fn connection(left: Option<&Connection>, right: Option<&Connection>) -> Vec<FactDifference> {
    if left.is_none() && right.is_none() {
        return Vec::new();
    }
    type Pick = fn(&Connection) -> Option<String>;
    let of = |pick: Pick| (left.and_then(pick), right.and_then(pick));
    let all: [(&str, Pick); 5] = [
        ("peer", |c| c.peer.clone()),
        ("connection", |c| c.peer.is_some().then(|| if c.reused { "reused" } else { "new" }.to_owned())),
        ("http_version", |c| c.http_version.clone()),
        ("tls_version", |c| c.tls_version.clone()),
        ("certificate_sha256", |c| c.certificate_sha256.clone()),
    ];
    all.into_iter()
        .map(|(name, pick)| (name, of(pick)))
        .filter(|(_, (left, right))| left.is_some() || right.is_some())
        .map(|(name, (left, right))| fact(name, left, right))
        .collect()
}

fn timings(left: Option<Timings>, right: Option<Timings>) -> Vec<TimingDifference> {
    if left.is_none() && right.is_none() {
        return Vec::new();
    }
    type Step = (&'static str, fn(&Timings) -> Option<u64>);
    let steps: [Step; 5] = [
        ("dns", |t| t.dns_us),
        ("connect", |t| t.connect_us),
        ("tls", |t| t.tls_us),
        ("first_byte", |t| t.first_byte_us),
        ("total", |t| Some(t.total_us)),
    ];
    steps
        .into_iter()
        .map(|(step, pick)| TimingDifference {
            step,
            left_us: left.as_ref().and_then(pick),
            right_us: right.as_ref().and_then(pick),
        })
        .filter(|t| t.left_us.is_some() || t.right_us.is_some())
        .collect()
}

/// A duration is worth a sentence if it is so many times the other one, and a second longer.
const SLOWER: u64 = 5;
const SLOWER_BY_US: u64 = 1_000_000;

fn summary(comparison: &Comparison, left: &Side<'_>, right: &Side<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let both = |fact: &FactDifference| fact.left.is_some() && fact.right.is_some();
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    for fact in comparison.facts.iter().filter(|f| !f.same) {
        let (l, r) = (shown(&fact.left), shown(&fact.right));
        match fact.name.as_str() {
            "certificate_sha256" if both(fact) => {
                said.push(
                    "The endpoint showed another certificate: it was renewed, or someone else answers."
                        .to_owned(),
                );
            }
            "peer" if both(fact) && host(fact.left.as_deref()) != host(fact.right.as_deref()) => {
                said.push(format!("Another address answered: {r} instead of {l}."));
            }
            // A new port of the same address, or a connection kept or not, is no news; that there was
            // no connection is told by the outcome.
            "peer" | "connection" | "certificate_sha256" => {}
            "http_version" | "tls_version" if !both(fact) => {}
            name => said.push(format!(
                "The {} was {l}, now {r}.",
                if name == "url" { "URL".to_owned() } else { name.replace('_', " ") }
            )),
        }
    }
    if let Some(request) = &comparison.request {
        said.extend(body::sentence(
            &request.body,
            if left.response.is_some() || right.response.is_some() { "request body" } else { "body" },
        ));
        said.extend(headers::sentence(&request.headers, "request"));
    }
    match (&comparison.response, left.response.is_some(), right.response.is_some()) {
        (Some(response), _, _) => {
            said.extend(body::sentence(&response.body, "response body"));
            said.extend(headers::sentence(&response.headers, "response"));
        }
        (None, true, false) => said.push("The left one was answered, the right one was not.".to_owned()),
        (None, false, true) => said.push("The right one was answered, the left one was not.".to_owned()),
        (None, _, _) => {}
    }
    for timing in &comparison.timings {
        if let (Some(l), Some(r)) = (timing.left_us, timing.right_us)
            && r > l.saturating_mul(SLOWER)
            && r > l.saturating_add(SLOWER_BY_US)
        {
            let step = timing.step.replace('_', " ");
            said.push(format!("The step `{step}` took {} ms instead of {} ms.", r / 1000, l / 1000));
        }
    }
    if said.is_empty() {
        said.push("Nothing that matters differs.".to_owned());
    }
    said
}

/// The address without its port.
fn host(peer: Option<&str>) -> Option<&str> {
    peer.map(|p| p.rsplit_once(':').map_or(p, |(host, _)| host))
}
