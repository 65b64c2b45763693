//! The times that may have been signed instead of the one received.

use hookbench_bounds::{Document, Raw, RawKind, unquoted};
use hookbench_domain::Timestamp;

use super::cause::{Cause, Choice, add};

/// How many fields of an object are looked at for times.
const MOST_FIELDS: usize = 100;
/// How many times of a body are tried: no sender signs one of hundreds.
const MOST_TIMES: usize = 64;

/// What a time is divided by to come to seconds, judged by its size: nobody signs in the year 5000.
pub(super) fn unit_divisor(time: i64) -> Option<i64> {
    match time {
        100_000_000_000..100_000_000_000_000 => Some(1000),
        100_000_000_000_000..100_000_000_000_000_000 => Some(1_000_000),
        100_000_000_000_000_000.. => Some(1_000_000_000),
        _ => None,
    }
}

pub(super) fn unit_name(divisor: i64) -> &'static str {
    match divisor {
        1000 => "milliseconds",
        1_000_000 => "microseconds",
        _ => "nanoseconds",
    }
}

/// The same moment in other units and spellings.
pub(super) fn units(time: &str) -> Vec<Choice<String>> {
    let mut list = vec![Choice::own(time.to_owned())];
    let mut put = |value: String, how: String| {
        add(&mut list, Choice::mistake(value, Cause::TimestampUnit, how));
    };
    let whole = time.split_once('.').map_or(time, |(whole, _)| whole).trim();
    let number = whole.parse::<i64>().ok().filter(|n| *n >= 0);
    let ms = match number {
        Some(n) => n.checked_mul(1000),
        None => Timestamp::parse(time).ok().map(Timestamp::ms),
    };
    if let Some(n) = number {
        put(whole.to_owned(), "signed in whole seconds".to_owned());
        if let Some(divisor) = unit_divisor(n) {
            put((n / divisor).to_string(), format!("signed in seconds, sent in {}", unit_name(divisor)));
            put((n / (divisor / 1000)).to_string(), "signed in milliseconds".to_owned());
        }
    } else if let Some(ms) = ms {
        put(ms.div_euclid(1000).to_string(), "signed in seconds, sent as a date".to_owned());
        put(ms.to_string(), "signed in milliseconds, sent as a date".to_owned());
    }
    if let Some(ms) = ms.filter(|_| number.is_none_or(|n| unit_divisor(n).is_none())) {
        put(ms.to_string(), "signed in milliseconds, sent in seconds".to_owned());
        put(ms.saturating_mul(1000).to_string(), "signed in microseconds, sent in seconds".to_owned());
        put(ms.saturating_mul(1_000_000).to_string(), "signed in nanoseconds, sent in seconds".to_owned());
        let date = Timestamp::from_ms(ms).to_string();
        put(date.replace(".000Z", "Z"), "signed as a date, sent as a number".to_owned());
        put(date.replace(".000Z", "+00:00"), "signed as a date, sent as a number".to_owned());
        put(date, "signed as a date, sent as a number".to_owned());
        if let Some(n) = number {
            put(format!("{n}.0"), "signed with a fraction".to_owned());
        }
    }
    list.retain(|c| c.change.is_some());
    list
}

/// Other times at hand: in the body, in other headers, near by, or with a digit changed.
pub(super) fn altered(time: &str, body: &[u8], other: &[String], now: i64) -> Vec<Choice<String>> {
    let mut list = vec![Choice::own(time.to_owned())];
    let mut put = |value: String, how: &str| {
        add(&mut list, Choice::mistake(value, Cause::TimestampAltered, how));
    };
    for value in other {
        put(value.clone(), "the time of another header was signed");
    }
    if let Ok(document) = Document::read_any(body) {
        let mut found = Vec::new();
        in_body(document.root(), 0, &mut found);
        for seconds in found {
            put(seconds.to_string(), "the time in the body was signed");
        }
    }
    put(now.to_string(), "the time of the check was signed");
    if let Ok(n) = time.parse::<i64>() {
        for quarter in 1..=(14 * 4) {
            put(n.saturating_add(quarter * 900).to_string(), "signed in another time zone");
            put(n.saturating_sub(quarter * 900).to_string(), "signed in another time zone");
        }
        for day in 1..=7 {
            put(n.saturating_add(day * 86_400).to_string(), "signed for another day");
            put(n.saturating_sub(day * 86_400).to_string(), "signed for another day");
        }
        let digits = time.as_bytes();
        for i in 0..digits.len().min(19) {
            for digit in b'0'..=b'9' {
                let mut other = digits.to_vec();
                other[i] = digit;
                put(String::from_utf8_lossy(&other).into_owned(), "a digit of the time was changed");
            }
            let mut other = digits.to_vec();
            if i + 1 < other.len() {
                other.swap(i, i + 1);
                put(String::from_utf8_lossy(&other).into_owned(), "two digits of the time were swapped");
            }
        }
    }
    list.retain(|c| c.change.is_some());
    list
}

/// Numbers and dates under keys that speak of time.
fn in_body(value: Raw<'_>, depth: usize, found: &mut Vec<i64>) {
    for (key, value) in value.fields().take(MOST_FIELDS) {
        if found.len() >= MOST_TIMES {
            return;
        }
        let key = unquoted(key).to_lowercase();
        let speaks =
            key.ends_with("at") || key.contains("time") || key.contains("date") || key.contains("created");
        match value.kind() {
            RawKind::Text if speaks => {
                let text = unquoted(value.as_str());
                found.extend(Timestamp::parse(&text).ok().map(Timestamp::unix_seconds));
                found.extend(text.parse::<i64>().ok());
            }
            RawKind::Plain if speaks => {
                let n = value.as_str().parse::<i64>().ok();
                found.extend(n);
                found.extend(n.and_then(|n| Some(n / unit_divisor(n)?)));
            }
            RawKind::Object if depth < 2 => in_body(value, depth + 1, found),
            RawKind::Text | RawKind::Plain | RawKind::Array | RawKind::Object => {}
        }
    }
}
