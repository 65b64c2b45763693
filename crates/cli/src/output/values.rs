//! Values of the command line: each is read where it is parsed, so that a wrong one is a usage error.

use std::net::{Ipv4Addr, SocketAddr};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use hookbench_domain::{EventId, EventType, Pattern, Timestamp, WhenError, parse_target_url, parse_when};
use hookbench_platform::profiles;
use hookbench_signature::Scheme;

/// A moment as it was typed: RFC 3339, or how long ago.
#[derive(Debug, Clone)]
pub(crate) struct When(String);

impl When {
    /// The moment it means.
    ///
    /// # Errors
    /// None: it was read once already.
    pub(crate) fn at(&self, now: Timestamp) -> Timestamp {
        parse_when(&self.0, now).unwrap_or(now)
    }
}

impl std::str::FromStr for When {
    type Err = WhenError;
    fn from_str(text: &str) -> Result<Self, WhenError> {
        parse_when(text, Timestamp::from_ms(0)).map(|_| Self(text.to_owned()))
    }
}

/// A moment that may lie ahead: RFC 3339, an age, or `+2h` from now.
pub(crate) fn moment_ahead(text: &str, now: Timestamp) -> Option<Timestamp> {
    match text.strip_prefix('+') {
        Some(duration) => hookbench_domain::parse_duration_ms(duration).ok().map(|ms| now.plus_ms(ms)),
        None => parse_when(text, now).ok(),
    }
}

/// Reads a moment ahead.
///
/// # Errors
/// Says how one is written.
pub(crate) fn ahead(text: &str) -> Result<String, String> {
    let ago = hookbench_domain::parse_duration_ms(text).is_ok();
    match moment_ahead(text, Timestamp::from_ms(0)) {
        Some(_) if !ago => Ok(text.to_owned()),
        Some(_) | None => Err("write RFC 3339 (2026-05-08T14:00:00Z), or +30m, +2h, +3d from now".to_owned()),
    }
}

/// Reads `Name: value`.
///
/// # Errors
/// Says what a header looks like.
pub(crate) fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write it as 'Name: value'")?;
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(token) {
        return Err("before the colon stands a header's name: letters, digits and -".to_owned());
    }
    let value = value.trim_matches([' ', '\t']);
    if value.chars().any(|c| c.is_control() && c != '\t') {
        return Err("a header's value has no line ends or control characters".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Reads `ADDRESS:PORT`, `localhost:PORT` included.
///
/// # Errors
/// Says what an address looks like.
pub(crate) fn addr(text: &str) -> Result<SocketAddr, String> {
    if let Some(port) = text.strip_prefix("localhost:").and_then(|p| p.parse().ok()) {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    text.parse()
        .map_err(|_| "write an IP address and a port, such as 127.0.0.1:4400; port 0 picks one".into())
}

/// Reads a URL that can be delivered to.
///
/// # Errors
/// Says what is wrong with it.
pub(crate) fn url(text: &str) -> Result<String, hookbench_domain::DefinitionError> {
    parse_target_url(text).map(|_| text.to_owned())
}

/// Reads an event type.
///
/// # Errors
/// Says what a type may be.
pub(crate) fn event_type(text: &str) -> Result<String, hookbench_domain::NameError> {
    text.parse::<EventType>().map(|_| text.to_owned())
}

/// Reads an event type or pattern.
///
/// # Errors
/// Says what a pattern may be.
pub(crate) fn pattern(text: &str) -> Result<String, hookbench_domain::NameError> {
    text.parse::<Pattern>().map(|_| text.to_owned())
}

/// Reads an id as platforms give them.
///
/// # Errors
/// Says what an id may be.
pub(crate) fn foreign_id(text: &str) -> Result<String, String> {
    text.parse::<EventId>()
        .map(|_| text.to_owned())
        .map_err(|_| "an id has 1 to 255 visible ASCII characters without spaces".to_owned())
}

/// Reads a signature scheme.
pub(crate) fn scheme() -> impl TypedValueParser<Value = Scheme> {
    PossibleValuesParser::new(Scheme::ALL.map(Scheme::as_str)).try_map(|name| name.parse::<Scheme>())
}

/// Reads a platform's name.
pub(crate) fn platform() -> PossibleValuesParser {
    PossibleValuesParser::new(profiles().into_iter().map(|p| p.name.as_str()))
}

/// Reads a rate of events a second.
///
/// # Errors
/// Says what it may be.
pub(crate) fn rate(text: &str) -> Result<f64, &'static str> {
    let rate = text.parse().ok().filter(|rate| (0.1..=1000.0).contains(rate));
    rate.ok_or("a number from 0.1 to 1000 events a second")
}

/// A duration such as `30m`, `12h` or `5d`, in milliseconds.
pub(crate) fn duration(text: &str) -> Result<u64, String> {
    hookbench_domain::parse_duration_ms(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_name_a_colon_and_a_value() {
        assert_eq!(header("X-A: b: c "), Ok(("X-A".to_owned(), "b: c".to_owned())));
        assert_eq!(header("X-A:"), Ok(("X-A".to_owned(), String::new())));
        for bad in ["", "X-A", ": b", "X A: b", "X-A : b", "X-A: b\r\nX-B: c", "é: b"] {
            assert!(header(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_address_has_a_port() {
        assert_eq!(addr("localhost:80").unwrap().to_string(), "127.0.0.1:80");
        assert_eq!(addr("[::1]:0").unwrap().to_string(), "[::1]:0");
        for bad in ["", "4400", "127.0.0.1", "example.com:80", "127.0.0.1:70000"] {
            assert!(addr(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_moment_is_read_against_the_time_of_use() {
        let when: When = "2h".parse().unwrap();
        assert_eq!(when.at(Timestamp::from_ms(10_000_000)).ms(), 2_800_000);
        assert!("soon".parse::<When>().is_err());
    }
}
