//! Times that cannot be.

use hookbench_domain::Timestamp;
use serde_json::Value;

use super::{Finding, FindingCode, Leaf, Severity, shown};

/// Clocks differ: a time may lie this far after the event came, in milliseconds (5 min).
const AHEAD_MS: u64 = 5 * 60 * 1000;
/// Names of times that are meant to lie ahead.
const AHEAD: [&str; 10] =
    ["expir", "reset", "until", "due", "next", "scheduled", "end", "estimated", "valid", "hold"];

/// Reads a time: RFC 3339, `2026-05-08 04:51:35`, a date, or seconds or milliseconds since 1970.
fn time(value: &Value) -> Option<Timestamp> {
    let seconds = |n: i64| match n {
        // 2001 to 2100, in seconds or milliseconds.
        1_000_000_000..=4_102_444_800 => Some(Timestamp::from_ms(n * 1000)),
        1_000_000_000_000..=4_102_444_800_000 => Some(Timestamp::from_ms(n)),
        _ => None,
    };
    match value {
        Value::Number(number) => seconds(number.as_i64()?),
        Value::String(text) => {
            let text = text.trim();
            let written = |t: &str| Timestamp::parse(t).ok();
            if text.len() == 10 && text.as_bytes().get(4) == Some(&b'-') {
                return written(&format!("{text}T00:00:00Z"));
            }
            let spaced = || written(&format!("{}Z", text.replacen(' ', "T", 1)));
            let digits = || text.parse().ok().and_then(seconds);
            written(text).or_else(spaced).or_else(digits)
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_time(name: &str) -> bool {
    name.ends_with("at") && name.len() > 3 && !name.ends_with("format") && !name.ends_with("flat")
        || ["time", "timestamp", "date", "datetime", "on"]
            .iter()
            .any(|end| name.ends_with(end) && name.len() >= end.len())
}

pub(super) fn check(leaves: &[Leaf], event_type: &str, received_at: Timestamp, findings: &mut Vec<Finding>) {
    let times: Vec<(&Leaf, Timestamp)> =
        leaves.iter().filter(|l| is_time(&l.name)).filter_map(|l| Some((l, time(&l.value)?))).collect();
    for (leaf, at) in &times {
        let meant = AHEAD.iter().any(|word| leaf.name.contains(word));
        if !meant && *at > received_at.plus_ms(AHEAD_MS) {
            findings.push(Finding {
                code: FindingCode::FutureTime,
                severity: Severity::Warning,
                path: leaf.path.clone(),
                what: format!(
                    "`{}` lies in the future: {}; the event came at {received_at}.",
                    leaf.path,
                    shown(&leaf.value)
                ),
                why: "Reports by day put it on a day that has not come, and late arrivals look early."
                    .to_owned(),
                fix: "Look at the sender's clock and time zone: local time marked as UTC is the usual cause."
                    .to_owned(),
            });
        }
    }
    let named = |words: &[&str]| times.iter().find(|(leaf, _)| words.iter().any(|w| leaf.name.contains(w)));
    // The time beside `data` is when the event was made, which is after what it tells of.
    let within = times.iter().any(|(leaf, _)| leaf.path.starts_with("data."));
    let named_within = |words: &[&str]| {
        let of_data = |leaf: &Leaf| !within || leaf.path.starts_with("data.");
        times.iter().find(|(leaf, _)| of_data(leaf) && words.iter().any(|w| leaf.name.contains(w)))
    };
    if let (Some((approved, approved_at)), Some((created, created_at))) =
        (named(&["approved"]), named_within(&["created", "converted", "conversiontime", "conversiondate"]))
        && approved_at < created_at
        // A date without a time says no more than the day.
        && !same_day(&approved.value, &created.value)
    {
        findings.push(Finding {
            code: FindingCode::ApprovedBeforeCreated,
            severity: Severity::Problem,
            path: approved.path.clone(),
            what: format!(
                "It was approved ({}) before it was created ({}).",
                shown(&approved.value),
                shown(&created.value)
            ),
            why: "A receiver that takes the states in the order of their times ends with the wrong one."
                .to_owned(),
            fix: "Ask the sender which of the two times is wrong; order by when events came until then."
                .to_owned(),
        });
    }
    let paid = named(&["paid"]);
    let rejected = named(&["rejected", "declined"]);
    let says_rejected = event_type.to_lowercase().contains("reject")
        || leaves.iter().any(|l| {
            l.name.ends_with("status") && matches!(&l.value, Value::String(s) if matches!(s.to_lowercase().as_str(), "rejected" | "declined"))
        });
    let what = match (rejected, paid) {
        (Some((_, rejected_at)), Some((_, paid_at))) if rejected_at > paid_at => {
            Some(format!("It was rejected at {rejected_at}, after it was paid at {paid_at}."))
        }
        (None, Some((_, paid_at))) if says_rejected => {
            Some(format!("It is rejected, but was paid at {paid_at}."))
        }
        _ => None,
    };
    if let (Some(what), Some((leaf, _))) = (what, paid) {
        findings.push(Finding {
            code: FindingCode::RejectedAfterPaid,
            severity: Severity::Problem,
            path: leaf.path.clone(),
            what,
            why: "Money went out for a conversion that does not count any more.".to_owned(),
            fix: "Settle it in the next payout, and have paid conversions reversed by an event of their own."
                .to_owned(),
        });
    }
}

fn same_day(a: &Value, b: &Value) -> bool {
    let day = |value: &Value| value.as_str().and_then(|t| t.get(..10)).map(str::to_owned);
    let bare = |value: &Value| value.as_str().is_some_and(|t| t.trim().len() == 10);
    (bare(a) || bare(b)) && day(a).is_some() && day(a) == day(b)
}
