//! The `Retry-After` header (RFC 9110, 10.2.3): seconds, or any of the three HTTP date forms.

use std::time::UNIX_EPOCH;

use crate::Timestamp;

/// The longest wait a server can ask for, in milliseconds (24 hours).
pub const RETRY_AFTER_CAP_MS: u64 = 24 * 3_600_000;

/// How long the header asks to wait from `now`, in milliseconds, at most
/// [`RETRY_AFTER_CAP_MS`]; a date in the past asks for no wait. `None` when it is malformed,
/// which is to be ignored.
#[must_use]
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<u64> {
    let value = value.trim_matches([' ', '\t']);
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a u64 holds is still a number of seconds, only an absurd one.
        let seconds = value.parse::<u64>().unwrap_or(u64::MAX);
        return Some(seconds.saturating_mul(1000).min(RETRY_AFTER_CAP_MS));
    }
    Some(parse_http_date(value)?.since(now).min(RETRY_AFTER_CAP_MS))
}

/// An HTTP date in any of its three forms (RFC 9110, 5.6.7), such as the `Date` header holds.
#[must_use]
pub fn parse_http_date(value: &str) -> Option<Timestamp> {
    let at = httpdate::parse_http_date(value).ok()?;
    let ms = at.duration_since(UNIX_EPOCH).ok()?.as_millis();
    Some(Timestamp::from_ms(i64::try_from(ms).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seconds_and_the_three_date_forms_are_read_and_bounded() {
        let now = Timestamp::parse("1994-11-06T08:49:00Z").unwrap();
        for (value, want) in [
            ("120", Some(120_000)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37_000)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(37_000)),
            ("Sun Nov  6 08:49:37 1994", Some(37_000)),
            ("Sun, 06 Nov 1994 08:48:00 GMT", Some(0)),
            ("99999999999999999999999999", Some(RETRY_AFTER_CAP_MS)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(RETRY_AFTER_CAP_MS)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("+5", None),
        ] {
            assert_eq!(parse_retry_after(value, now), want, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_or_ignored(value: String, now: i64) {
            let ms = parse_retry_after(&value, Timestamp::from_ms(now));
            prop_assert!(ms.is_none_or(|ms| ms <= RETRY_AFTER_CAP_MS));
        }
    }
}
