//! What is odd about the data of an affiliate event: macros that nobody filled in, money in the wrong
//! unit, times that cannot be. Each finding says what, why it matters and what to do.

mod currency;
mod money;
#[cfg(test)]
mod tests;
mod text;
mod times;

use hookbench_bounds::{Document, Raw, RawKind, unquoted};
use hookbench_domain::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// The most findings of one event.
pub const MAX_FINDINGS: usize = 40;
/// How many values of a body are looked at.
const MAX_VALUES: usize = 5000;
/// How deep values are looked for.
const MAX_DEPTH: usize = 12;
/// How long a path may be, in bytes; longer names are data, not fields.
const MAX_PATH_BYTES: usize = 500;

/// What kind of finding it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FindingCode {
    /// A macro stands where its value should.
    LiteralMacro,
    /// A placeholder stands where a value should.
    Placeholder,
    /// There is an amount, but no currency.
    MissingCurrency,
    /// The currency does not exist.
    UnknownCurrency,
    /// Cents are given as whole units.
    CentsAsUnits,
    /// Whole units are given as cents.
    UnitsAsCents,
    /// A payout is below zero.
    NegativePayout,
    /// Approved before it was created.
    ApprovedBeforeCreated,
    /// Rejected after it was paid.
    RejectedAfterPaid,
    /// A time lies in the future.
    FutureTime,
    /// The click or sub id is empty.
    EmptySubId,
    /// Another event has the same conversion id.
    DuplicateConversion,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Severity {
    /// Money or attribution is wrong.
    Problem,
    /// It may be meant.
    Warning,
}

/// Something odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Finding {
    /// What kind.
    pub code: FindingCode,
    /// How much it matters.
    pub severity: Severity,
    /// Where: `data.sub1`.
    pub path: String,
    /// What, in a sentence.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
}

/// A value of the body that holds no others, with where it stands.
struct Leaf {
    path: String,
    /// The last name of the path, in lower case without `_` and `-`.
    name: String,
    value: Value,
}

/// Checks a body. `received_at` is when it came: no time in it can lie much later. A body that is not
/// JSON has no findings.
#[must_use]
pub fn check_payload(body: &[u8], event_type: &str, received_at: Timestamp) -> Vec<Finding> {
    let leaves = leaves(body);
    let mut findings = Vec::new();
    text::check(&leaves, &mut findings);
    money::check(&leaves, event_type, &mut findings);
    times::check(&leaves, event_type, received_at, &mut findings);
    findings.sort_by_key(|f| f.severity);
    findings.truncate(MAX_FINDINGS);
    findings
}

/// The id of the conversion that a body tells of, if it names one.
#[must_use]
pub fn conversion_id(body: &[u8]) -> Option<String> {
    let leaves = leaves(body);
    let names = ["conversionid", "transactionid", "orderid"];
    let scalar = |leaf: &Leaf| match &leaf.value {
        Value::String(text) if !text.trim().is_empty() && text.len() <= 255 => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let named = |name: &str| leaves.iter().filter(|l| l.name == name).find_map(scalar);
    let nested = || leaves.iter().filter(|l| l.path.ends_with("conversion.id")).find_map(scalar);
    names.iter().find_map(|name| named(name)).or_else(nested)
}

/// The finding for a conversion that other events told of before.
#[must_use]
pub fn duplicate_conversion(conversion: &str, other_events: &[String]) -> Option<Finding> {
    let first = other_events.first()?;
    let more = other_events.len() - 1;
    let others = if more == 0 { format!("`{first}`") } else { format!("`{first}` and {more} more") };
    Some(Finding {
        code: FindingCode::DuplicateConversion,
        severity: Severity::Problem,
        path: "data".to_owned(),
        what: format!("The conversion `{conversion}` was told of before, under another event id: {others}."),
        why: "A receiver that recognises repeats by the event's id counts and pays it twice.".to_owned(),
        fix: "Let the receiver recognise repeats by the conversion's id too, and ask the sender why it has two events for one conversion.".to_owned(),
    })
}

/// The values of a body, at most [`MAX_VALUES`]; none of one that is not JSON.
fn leaves(body: &[u8]) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    if let Ok(document) = Document::read_any(body) {
        gather(document.root(), "", 0, &mut leaves);
    }
    leaves
}

/// Goes down [`MAX_DEPTH`] levels and no further, however deep the body is.
fn gather(value: Raw<'_>, path: &str, depth: usize, leaves: &mut Vec<Leaf>) {
    if depth > MAX_DEPTH || leaves.len() >= MAX_VALUES {
        return;
    }
    match value.kind() {
        RawKind::Object => {
            for (name, inner) in value.fields() {
                let name = unquoted(name);
                if path.len() + name.len() > MAX_PATH_BYTES {
                    continue;
                }
                let path = if path.is_empty() { name.into_owned() } else { format!("{path}.{name}") };
                gather(inner, &path, depth + 1, leaves);
            }
        }
        RawKind::Array => {
            for (index, inner) in value.items().enumerate().take(MAX_VALUES) {
                gather(inner, &format!("{path}[{index}]"), depth + 1, leaves);
            }
        }
        RawKind::Text | RawKind::Plain => {
            let last = path.rsplit('.').next().unwrap_or(path);
            let name = last.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            leaves.push(Leaf { path: path.to_owned(), name, value: value.value() });
        }
    }
}

/// A value as it is shown: short.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 60 { text } else { text.chars().take(60).chain(['…']).collect() }
}
