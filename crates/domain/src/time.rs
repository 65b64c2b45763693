//! Wall-clock time as the product keeps it: UTC, in whole milliseconds.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, in milliseconds since 1970-01-01. Written as RFC 3339 with three digits of
/// milliseconds (`2026-05-08T04:51:35.080Z`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Timestamp(i64);

/// Years 0001 to 9999: what RFC 3339 can write with four digits.
const MIN_MS: i64 = -62_135_596_800_000;
const MAX_MS: i64 = 253_402_300_799_999;

impl Timestamp {
    /// From milliseconds since 1970, clamped to the years 0001 to 9999.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        if ms < MIN_MS {
            Self(MIN_MS)
        } else if ms > MAX_MS {
            Self(MAX_MS)
        } else {
            Self(ms)
        }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down: what signature schemes call `t`.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment `ms` milliseconds later; stops at the year 9999.
    #[must_use]
    pub fn plus_ms(self, ms: u64) -> Self {
        Self::from_ms(self.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)))
    }

    /// This moment `ms` milliseconds earlier; stops at the year 1.
    #[must_use]
    pub fn minus_ms(self, ms: u64) -> Self {
        Self::from_ms(self.0.saturating_sub(i64::try_from(ms).unwrap_or(i64::MAX)))
    }

    /// Milliseconds from `earlier` to this moment, zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// Reads RFC 3339 with any offset.
    ///
    /// # Errors
    /// [`WhenError::Malformed`] for anything else.
    pub fn parse(text: &str) -> Result<Self, WhenError> {
        DateTime::parse_from_rfc3339(text)
            .map(|t| Self::from_ms(t.timestamp_millis()))
            .map_err(|_| WhenError::Malformed(hookbench_bounds::shortened_to(text, 80).into_owned()))
    }

    /// The same moment for `chrono`.
    #[must_use]
    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_chrono().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// A moment or duration that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// Neither RFC 3339 nor a date nor a duration.
    #[error(
        "`{0}` is not a time: write RFC 3339 (2026-05-08T04:51:35Z), a date (2026-05-08, from its start in UTC) \
         or how long ago (15m, 2h30m, 3d, 1w)"
    )]
    Malformed(String),
    /// A duration without a unit, or with an unknown one, or too large.
    #[error(
        "`{0}` is not a duration: write numbers with their units, the largest first: w, d, h, m, s or ms \
         (500ms, 15m, 2h30m, 3d, 1w)"
    )]
    Duration(String),
}

/// Reads `500ms`, `3s`, `15m`, `2h30m`, `3d`, `1w` as milliseconds: parts with falling units. At most
/// 100 years.
///
/// # Errors
/// [`WhenError::Duration`] when a number or unit is missing, unknown, out of order, or too large.
pub fn parse_duration_ms(text: &str) -> Result<u64, WhenError> {
    let bad = || WhenError::Duration(text.to_owned());
    let (mut rest, mut sum, mut above) = (text, 0_u64, u64::MAX);
    loop {
        let (number, after) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
        let (unit, after) = after.split_at(after.bytes().take_while(|b| !b.is_ascii_digit()).count());
        let factor: u64 = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 7 * 86_400_000,
            _ => return Err(bad()),
        };
        let part = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
        sum = part.filter(|_| factor < above).and_then(|part| sum.checked_add(part)).ok_or_else(bad)?;
        if after.is_empty() {
            break;
        }
        (rest, above) = (after, factor);
    }
    Some(sum).filter(|ms| *ms <= 100 * 366 * 86_400_000).ok_or_else(bad)
}

/// Reads a moment as people type it: RFC 3339, a date, which is its start in UTC, or how long before
/// `now` (`15m`, `2h30m`, `3d`, `1w`).
///
/// # Errors
/// [`WhenError::Malformed`] for anything else.
pub fn parse_when(text: &str, now: Timestamp) -> Result<Timestamp, WhenError> {
    match parse_duration_ms(text) {
        Ok(ms) => Ok(now.minus_ms(ms)),
        Err(_) => match start_of(text) {
            Some(start) => Ok(start),
            None => Timestamp::parse(text),
        },
    }
}

/// The first moment of a date such as `2026-05-08`, in UTC.
fn start_of(text: &str) -> Option<Timestamp> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    Timestamp::parse(&format!("{text}T00:00:00Z")).ok().filter(|_| shaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_in_utc_with_milliseconds() {
        let t = Timestamp::parse("2026-05-08T06:51:35.08+02:00").unwrap();
        assert_eq!(t.to_string(), "2026-05-08T04:51:35.080Z");
        assert_eq!(Timestamp::parse(&t.to_string()).unwrap(), t);
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_the_calendar() {
        assert_eq!(Timestamp::from_ms(0).plus_ms(u64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_ms(0).minus_ms(u64::MAX).to_string(), "0001-01-01T00:00:00.000Z");
    }

    #[test]
    fn when_is_a_moment_or_a_duration_before_now() {
        let now = Timestamp::from_ms(1_000_000_000);
        assert_eq!(parse_when("15m", now).unwrap(), now.minus_ms(900_000));
        assert_eq!(parse_when("1970-01-01T00:00:01Z", now).unwrap(), Timestamp::from_ms(1000));
        assert_eq!(parse_when("1970-01-02", now).unwrap(), Timestamp::from_ms(86_400_000));
        for (text, ms) in [
            ("1w", 604_800_000),
            ("2h30m", 9_000_000),
            ("1d12h", 129_600_000),
            ("1w2d3h4m5s6ms", 788_645_006),
            ("0s", 0),
        ] {
            assert_eq!(parse_duration_ms(text), Ok(ms), "{text}");
        }
        for bad in [
            "",
            "m",
            "15",
            "15x",
            "-3d",
            "1.5h",
            "99999999999999999999d",
            "yesterday",
            "30m2h",
            "2h2h",
            "2h30",
            "2hm",
            "2h 30m",
            "1é",
            "2026-13-01",
            "2026-02-30",
            "2026-1-1",
            "20260101",
            "+026-01-01",
            "36600d1ms",
            "5000w52000w",
        ] {
            assert!(parse_when(bad, now).is_err(), "{bad}");
        }
    }
}
