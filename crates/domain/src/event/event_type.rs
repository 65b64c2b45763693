//! Event types and the patterns subscriptions choose them by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A name that is not an event type or pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {wanted}: {why}")]
pub struct NameError {
    text: String,
    wanted: &'static str,
    why: &'static str,
}

fn check(text: &str, wanted: &'static str) -> Result<(), NameError> {
    let bad = |why| Err(NameError { text: text.chars().take(80).collect(), wanted, why });
    if text.is_empty() || text.len() > 128 {
        return bad("a name has 1 to 128 characters");
    }
    if text.split('.').any(str::is_empty) {
        return bad("dots separate words and stand neither first, last nor doubled");
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b':')) {
        return bad("letters, digits and _ - / : make the words, dots stand between them");
    }
    Ok(())
}

/// A dotted name such as `conversion.approved`. Any dotted name is valid, known to a profile or
/// not; it matches literally, case included.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct EventType(String);

impl EventType {
    /// The type of a received event that names none.
    #[must_use]
    pub fn unknown() -> Self {
        Self("unknown".to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EventType {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        check(text, "an event type")?;
        Ok(Self(text.to_owned()))
    }
}

/// What a subscription listens to: a whole name (`conversion.created`), every name below a prefix
/// (`conversion.*`), or everything (`*`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// `*`
    Any,
    /// `conversion.*`: the part before the star, final dot included.
    Prefix(String),
    /// A whole name.
    Exact(EventType),
}

impl Pattern {
    /// Whether an event of this type is wanted.
    #[must_use]
    pub fn matches(&self, event_type: &EventType) -> bool {
        match self {
            Self::Any => true,
            Self::Prefix(prefix) => {
                event_type.0.len() > prefix.len() && event_type.0.starts_with(prefix.as_str())
            }
            Self::Exact(name) => name == event_type,
        }
    }
}

impl FromStr for Pattern {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        match text.strip_suffix(".*") {
            Some(stem) => check(stem, "an event type pattern").map(|()| Self::Prefix(format!("{stem}."))),
            None => check(text, "an event type pattern").map(|()| Self::Exact(EventType(text.to_owned()))),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
            Self::Exact(name) => f.write_str(&name.0),
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for EventType {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_literally() {
        let matches = |p: &str, t: &str| p.parse::<Pattern>().unwrap().matches(&t.parse().unwrap());
        for (pattern, event_type, want) in [
            ("*", "anything.at.all", true),
            ("conversion.*", "conversion.created", true),
            ("conversion.*", "conversion.created.late", true),
            ("conversion.*", "conversion", false),
            ("conversion.*", "conversions.created", false),
            ("conversion.created", "conversion.created", true),
            ("conversion.created", "Conversion.Created", false),
            ("payment_completed", "payment_completed", true),
            ("orders/paid", "orders/paid", true),
        ] {
            assert_eq!(matches(pattern, event_type), want, "{pattern} on {event_type}");
        }
    }

    #[test]
    fn what_is_no_dotted_name_is_refused() {
        for bad in ["", ".", "a.", ".a", "a..b", "a b", "*.created", "a.*.b", "**", "é", "a\n"] {
            assert!(bad.parse::<Pattern>().is_err(), "{bad:?}");
            assert!(bad.parse::<EventType>().is_err(), "{bad:?}");
        }
        assert!("conversion.*".parse::<EventType>().is_err());
    }
}
