//! Identifiers: a prefix that says what it names, then 26 characters that sort by time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Timestamp;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The 128 bits behind an identifier: 48 bits of milliseconds since 1970, then 80 bits that tell
/// identifiers of the same millisecond apart. Written as 26 characters of Crockford's base 32
/// (the ULID layout), so text order is time order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ulid128(u128);

impl Ulid128 {
    /// Joins a moment and a distinguishing number, of which the low 80 bits are used.
    #[must_use]
    pub fn new(at: Timestamp, low: u128) -> Self {
        let ms = u128::try_from(at.ms().max(0)).unwrap_or(0) & ((1 << 48) - 1);
        Self((ms << 80) | (low & ((1 << 80) - 1)))
    }

    /// The moment in it.
    #[must_use]
    pub fn at(self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0 >> 80).unwrap_or(i64::MAX))
    }

    /// The distinguishing 80 bits.
    #[must_use]
    pub const fn low(self) -> u128 {
        self.0 & ((1 << 80) - 1)
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 26 {
            return None;
        }
        let mut value: u128 = 0;
        for (i, b) in bytes.iter().enumerate() {
            let digit = ALPHABET.iter().position(|a| a == b)? as u128;
            if i == 0 && digit > 7 {
                return None;
            }
            value = (value << 5) | digit;
        }
        Some(Self(value))
    }
}

impl fmt::Display for Ulid128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(26);
        for i in (0..26u32).rev() {
            let index = usize::try_from((self.0 >> (5 * i)) & 31).unwrap_or(0);
            out.push(char::from(ALPHABET[index]));
        }
        f.write_str(&out)
    }
}

/// Text that is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not prefix and 26 characters.
    #[error("`{text}` is not {} {what} id: one looks like {prefix}01JABCDEFGHJKMNPQRSTVWXYZ0", article(what))]
    Malformed {
        /// What was given.
        text: String,
        /// What was wanted, in words.
        what: &'static str,
        /// The prefix of that kind.
        prefix: &'static str,
    },
    /// An event id outside 1 to 255 visible ASCII characters.
    #[error("an event id has 1 to 255 visible ASCII characters without spaces; this one has {0}")]
    Event(String),
}

/// `a` or `an`, as it stands before `noun`.
fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

macro_rules! prefixed {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(Ulid128);

        impl $name {
            /// Joins a moment and a distinguishing number, of which the low 80 bits are used.
            #[must_use]
            pub fn new(at: Timestamp, low: u128) -> Self {
                Self(Ulid128::new(at, low))
            }

            /// The bits behind it.
            #[must_use]
            pub const fn ulid(self) -> Ulid128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix($prefix).and_then(Ulid128::parse).map(Self).ok_or_else(|| {
                    IdError::Malformed { text: hookbench_bounds::shortened_to(text, 80).into_owned(), what: $what, prefix: $prefix }
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

prefixed!(
    /// Names one account on a platform.
    BrandId, "brd_", "brand");
prefixed!(
    /// Names a subscription.
    SubscriptionId, "sub_", "subscription");
prefixed!(
    /// Names one event on its way to one subscription.
    DeliveryId, "dlv_", "delivery");
prefixed!(
    /// Names one HTTP try of a delivery.
    AttemptId, "att_", "attempt");
prefixed!(
    /// Names an inbound path of the receiver.
    SourceId, "src_", "source");
prefixed!(
    /// Names something that somebody should look at.
    AlertId, "alr_", "alert");
prefixed!(
    /// Names an operation: work on many deliveries that goes on by itself.
    OperationId, "opr_", "operation");

/// Names an event. Ours start with `evt_`; one that came from a platform keeps the platform's id:
/// any 1 to 255 visible ASCII characters. Unique per brand or source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct EventId(String);

impl EventId {
    /// An id of our own.
    #[must_use]
    pub fn new(at: Timestamp, low: u128) -> Self {
        Self(format!("evt_{}", Ulid128::new(at, low)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EventId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.len() > 255 {
            return Err(IdError::Event(format!("{} characters", text.chars().count())));
        }
        match text.chars().find(|c| !c.is_ascii_graphic()) {
            Some(c) => Err(IdError::Event(format!("the character {c:?}"))),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_read_back_what_they_write_and_refuse_the_rest() {
        let id = DeliveryId::new(Timestamp::from_ms(1_700_000_000_000), 42);
        assert_eq!(id.to_string().parse::<DeliveryId>().unwrap(), id);
        assert_eq!(id.ulid().low(), 42);
        assert_eq!(id.ulid().at().ms(), 1_700_000_000_000);
        for bad in ["", "dlv_", "dlv_123", "sub_01HF7YAT000000000000000016", "dlv_81HF7YAT000000000000000016"]
        {
            assert!(bad.parse::<DeliveryId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_names_what_was_wanted_as_people_say_it() {
        let said = |error: IdError| error.to_string();
        assert!(said("x".parse::<OperationId>().unwrap_err()).contains("is not an operation id"));
        assert!(said("x".parse::<AlertId>().unwrap_err()).contains("is not an alert id"));
        assert!(said("x".parse::<DeliveryId>().unwrap_err()).contains("is not a delivery id"));
    }

    #[test]
    fn event_ids_are_visible_ascii() {
        assert!("INV-2026/05 x".parse::<EventId>().is_err());
        assert!("é".parse::<EventId>().is_err());
        assert!("a".repeat(256).parse::<EventId>().is_err());
        assert_eq!("INV-2026/05#7".parse::<EventId>().unwrap().as_str(), "INV-2026/05#7");
    }

    proptest! {
        #[test]
        fn text_order_is_time_order(a in 0i64..1<<47, b in 0i64..1<<47, x: u128, y: u128) {
            let (l, r) = (AttemptId::new(Timestamp::from_ms(a), x), AttemptId::new(Timestamp::from_ms(b), y));
            prop_assert_eq!(l.cmp(&r), l.to_string().cmp(&r.to_string()));
            if l.ulid().at() < r.ulid().at() { prop_assert!(l < r); }
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = text.parse::<SubscriptionId>();
            let _ = text.parse::<EventId>();
        }
    }
}
