//! Signing: the headers of a request that goes out.

use crate::digest::{Algorithm, MacKey};
use crate::encoding::{to_base64, to_hex};
use crate::received::MAX_SIGNATURES;
use crate::scheme::{Format, Scheme, SignedText};
use crate::secret::{Secret, SecretError};

const MAX_HEADER_TEXT: usize = 255;

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// The event's id.
    pub id: &'a str,
    /// The time of this attempt, in unix seconds: each attempt is signed afresh.
    pub timestamp: i64,
    /// The event's type.
    pub event_type: &'a str,
    /// The body, byte for byte as it is sent.
    pub body: &'a [u8],
}

/// Why a message cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The scheme needs a secret and none was given.
    #[error("{scheme} needs a secret to sign: give one, or choose the scheme `none`")]
    NoSecret {
        /// The scheme that needs it.
        scheme: Scheme,
    },
    /// The secret cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A time before 1970.
    #[error("the time to sign at lies before 1970: give a later one")]
    Timestamp,
    /// The id cannot stand in a header.
    #[error("the event's id cannot be sent as a header: 1 to 255 visible ASCII characters")]
    Id,
    /// The type cannot stand in a header.
    #[error("the event's type cannot be sent as a header: 1 to 255 visible ASCII characters")]
    EventType,
}

fn header_text(text: &str) -> bool {
    (1..=MAX_HEADER_TEXT).contains(&text.len()) && text.bytes().all(|b| matches!(b, 0x21..=0x7e))
}

/// The headers that sign a message, in the spelling the platform uses. With two secrets (the new
/// one first, while a rotation lasts) a header that can hold several signatures carries one of
/// each; all others are signed with the first.
///
/// # Errors
/// [`SignError`] when a secret is missing or unusable, or when id, type or time cannot be sent.
pub fn sign(
    scheme: Scheme,
    secrets: &[Secret],
    message: &Message<'_>,
) -> Result<Vec<(String, String)>, SignError> {
    let (Some(format), Some(name)) = (scheme.format(), scheme.signature_header()) else { return Ok(vec![]) };
    let first = secrets.first().ok_or(SignError::NoSecret { scheme })?;
    let digest = |secret: &Secret| -> Result<Vec<u8>, SignError> {
        let time = message.timestamp.to_string();
        let text: &[&[u8]] = match scheme.text() {
            Some(SignedText::Body) | None => &[message.body],
            Some(SignedText::TimestampBody) => &[time.as_bytes(), b".", message.body],
            Some(SignedText::IdTimestampBody) => {
                &[message.id.as_bytes(), b".", time.as_bytes(), b".", message.body]
            }
        };
        Ok(MacKey::new(Algorithm::Sha256, &secret.key(scheme)?).digest(text))
    };
    if matches!(scheme.text(), Some(SignedText::TimestampBody | SignedText::IdTimestampBody))
        && message.timestamp < 0
    {
        return Err(SignError::Timestamp);
    }
    let value = match format {
        Format::KeyValues => {
            let mut value = format!("t={}", message.timestamp);
            for secret in secrets.iter().take(MAX_SIGNATURES) {
                value.push_str(",v1=");
                value.push_str(&to_hex(&digest(secret)?));
            }
            value
        }
        Format::Versioned => {
            let each = secrets.iter().take(MAX_SIGNATURES);
            let each: Result<Vec<_>, SignError> =
                each.map(|secret| Ok(format!("v1,{}", to_base64(&digest(secret)?)))).collect();
            each?.join(" ")
        }
        Format::PrefixedHex => format!("sha256={}", to_hex(&digest(first)?)),
        Format::Hex => to_hex(&digest(first)?),
        Format::Base64 => to_base64(&digest(first)?),
        Format::Plain => first.header_value()?.to_owned(),
    };
    let mut headers = Vec::with_capacity(3);
    let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
    if let Some(name) = scheme.id_header() {
        if !header_text(message.id) {
            return Err(SignError::Id);
        }
        add(name, message.id.to_owned());
    }
    if let Some(name) = scheme.timestamp_header() {
        add(name, message.timestamp.to_string());
    }
    add(name, value);
    if let Some(name) = scheme.type_header() {
        if !header_text(message.event_type) {
            return Err(SignError::EventType);
        }
        add(name, message.event_type.to_owned());
    }
    Ok(headers)
}
