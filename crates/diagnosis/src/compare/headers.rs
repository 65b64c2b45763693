//! What differs in two lists of headers.

use serde::Serialize;

/// Headers that differ from request to request and from answer to answer by their nature.
const RESTLESS: [&str; 12] = [
    "date",
    "content-length",
    "age",
    "etag",
    "x-request-id",
    "cf-ray",
    "traceparent",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "set-cookie",
    "x-amzn-trace-id",
];

/// How a header differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum HeaderChange {
    /// Only the right has it.
    Added,
    /// Only the left has it.
    Removed,
    /// Both have it with different values.
    Changed,
}

/// A header that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HeaderDifference {
    /// Its name, as the side that has it writes it.
    pub name: String,
    /// How it differs.
    pub change: HeaderChange,
    /// Its values on the left, one a line.
    pub left: Option<String>,
    /// Its values on the right.
    pub right: Option<String>,
    /// Whether it differs every time: dates, signatures, ids of requests.
    pub expected: bool,
}

/// The headers that differ; names are compared without case, several of one name together.
#[must_use]
pub fn compare_headers(left: &[(String, String)], right: &[(String, String)]) -> Vec<HeaderDifference> {
    let values = |headers: &[(String, String)], name: &str| {
        let all: Vec<&str> =
            headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str()).collect();
        (!all.is_empty()).then(|| all.join("\n"))
    };
    let mut differences: Vec<HeaderDifference> = Vec::new();
    for (name, _) in left.iter().chain(right) {
        if differences.iter().any(|d| d.name.eq_ignore_ascii_case(name)) {
            continue;
        }
        let (l, r) = (values(left, name), values(right, name));
        let change = match (&l, &r) {
            (Some(l), Some(r)) if l == r => continue,
            (Some(_), Some(_)) => HeaderChange::Changed,
            (Some(_), None) => HeaderChange::Removed,
            (None, _) => HeaderChange::Added,
        };
        let expected = change == HeaderChange::Changed && restless(name);
        differences.push(HeaderDifference { name: name.clone(), change, left: l, right: r, expected });
    }
    differences.sort_by_key(|d| d.expected);
    differences
}

fn restless(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    RESTLESS.contains(&name.as_str())
        || name.contains("signature")
        || name.contains("timestamp")
        || name.ends_with("-event-id")
        || name.ends_with("-delivery")
}

/// What differs, in a sentence; what differs every time is left out.
pub(super) fn sentence(headers: &[HeaderDifference], what: &str) -> Option<String> {
    let names: Vec<String> = headers
        .iter()
        .filter(|h| !h.expected)
        .map(|h| {
            let word = match h.change {
                HeaderChange::Added => "new",
                HeaderChange::Removed => "gone",
                HeaderChange::Changed => "changed",
            };
            format!("{} ({word})", h.name)
        })
        .collect();
    if names.is_empty() {
        return None;
    }
    let shown = names.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
    let rest = if names.len() > 6 { format!(" and {} more", names.len() - 6) } else { String::new() };
    Some(format!("Headers of the {what} that differ: {shown}{rest}."))
}
