//! What an attempt's end means to a retry policy.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Outcome, PolicyError};

/// What to do after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Done.
    Success,
    /// Try again by the schedule.
    Retry,
    /// Never try again.
    Final,
    /// Never try again, and stop the subscription: its receiver says it is gone.
    Gone,
}

/// What a policy's lists name: a status (`429`), a hundred (`4xx`), or an outcome without a
/// status (`timeout`, `dns`, …).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matcher {
    /// One status code.
    Status(u16),
    /// The hundred, 1 to 5, of a status code.
    Hundred(u16),
    /// An attempt that ended without a status.
    Outcome(Outcome),
}

impl Matcher {
    /// How specific a match is, or `None` if it does not match.
    #[must_use]
    pub fn rank(self, outcome: Outcome, status: Option<u16>) -> Option<u8> {
        match self {
            Self::Status(code) => (status == Some(code)).then_some(2),
            Self::Hundred(hundred) => (status.map(|s| s / 100) == Some(hundred)).then_some(1),
            Self::Outcome(wanted) => (status.is_none() && outcome == wanted).then_some(2),
        }
    }
}

impl FromStr for Matcher {
    type Err = PolicyError;
    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let bad = || PolicyError::Matcher(text.chars().take(40).collect());
        if let Some(hundred) = text.strip_suffix("xx") {
            let hundred: u16 = hundred.parse().map_err(|_| bad())?;
            return if (3..=5).contains(&hundred) { Ok(Self::Hundred(hundred)) } else { Err(bad()) };
        }
        if text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()) {
            let code: u16 = text.parse().map_err(|_| bad())?;
            return if (300..600).contains(&code) { Ok(Self::Status(code)) } else { Err(bad()) };
        }
        match Outcome::named(text) {
            Some(
                o @ (Outcome::Timeout
                | Outcome::Dns
                | Outcome::Connect
                | Outcome::Tls
                | Outcome::Reset
                | Outcome::Protocol),
            ) => Ok(Self::Outcome(o)),
            Some(Outcome::Success | Outcome::HttpStatus | Outcome::Blocked | Outcome::Interrupted) | None => {
                Err(bad())
            }
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(code) => write!(f, "{code}"),
            Self::Hundred(hundred) => write!(f, "{hundred}xx"),
            Self::Outcome(outcome) => f.write_str(outcome.as_str()),
        }
    }
}

impl Serialize for Matcher {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}
