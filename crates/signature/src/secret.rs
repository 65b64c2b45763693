//! Signing secrets: never shown, wiped when dropped.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

use crate::Scheme;
use crate::digest::same_bytes;
use crate::encoding::{from_base64, to_base64, to_hex};

/// What the secrets of Standard Webhooks and Svix begin with.
pub const SECRET_PREFIX: &str = "whsec_";
/// The longest secret, in bytes.
pub const MAX_SECRET_BYTES: usize = 4096;
const TRACK360_MIN_BYTES: usize = 32;

/// Why a secret cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// No bytes at all: anyone could sign.
    #[error("the secret is empty: give at least one character, better 32 random bytes")]
    Empty,
    /// Over [`MAX_SECRET_BYTES`].
    #[error("the secret is longer than 4096 bytes: this is not a signing secret")]
    TooLong,
    /// What follows `whsec_` is not base64.
    #[error(
        "after `whsec_` the secret must be padded base64: copy it again in full, or leave the prefix out to use the text as it is"
    )]
    NotBase64,
    /// Nothing follows `whsec_`.
    #[error("the secret is `whsec_` without a key: copy it again in full")]
    EmptyKey,
    /// Shorter than the platform asks for.
    #[error("{scheme} asks for a secret of at least 32 bytes: generate one with --generate-secret")]
    TooShort {
        /// The scheme that asks for it.
        scheme: Scheme,
    },
    /// It cannot stand in a header.
    #[error("an API key is sent as a header: only visible ASCII characters and inner spaces, no line ends")]
    NotHeaderValue,
}

/// A signing secret (or an API key). Its `Debug` is redacted, it is never serialized, and its
/// bytes are wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes as given.
    ///
    /// # Errors
    /// [`SecretError::Empty`] and [`SecretError::TooLong`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, SecretError> {
        let secret = Zeroizing::new(bytes);
        if secret.is_empty() {
            return Err(SecretError::Empty);
        }
        if secret.len() > MAX_SECRET_BYTES {
            return Err(SecretError::TooLong);
        }
        Ok(Self(secret))
    }

    /// A new secret in the spelling of the scheme, from 32 random bytes: `whsec_` and base64 for
    /// Standard Webhooks and Svix, 64 hex digits for all others.
    #[must_use]
    pub fn generate(scheme: Scheme, random: [u8; 32]) -> Self {
        let random = Zeroizing::new(random);
        let text = if scheme.has_prefixed_secrets() {
            format!("{SECRET_PREFIX}{}", to_base64(random.as_slice()))
        } else {
            to_hex(random.as_slice())
        };
        Self(Zeroizing::new(text.into_bytes()))
    }

    /// The bytes themselves, as they were given.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether the two are the same bytes, in constant time.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        same_bytes(&self.0, &other.0)
    }

    /// Checks that the scheme can be configured with this secret.
    ///
    /// # Errors
    /// [`SecretError`], saying what the scheme asks for.
    pub fn check_for(&self, scheme: Scheme) -> Result<(), SecretError> {
        if scheme == Scheme::Track360 && self.0.len() < TRACK360_MIN_BYTES {
            return Err(SecretError::TooShort { scheme });
        }
        if scheme == Scheme::ApiKey {
            return self.header_value().map(drop);
        }
        self.key(scheme).map(drop)
    }

    /// The key that the scheme's HMAC takes: what `whsec_` stands before, decoded, for Standard
    /// Webhooks and Svix; the bytes as given otherwise.
    ///
    /// # Errors
    /// [`SecretError::NotBase64`] and [`SecretError::EmptyKey`].
    pub fn key(&self, scheme: Scheme) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let coded = self.0.strip_prefix(SECRET_PREFIX.as_bytes()).filter(|_| scheme.has_prefixed_secrets());
        let Some(coded) = coded else { return Ok(self.0.clone()) };
        if coded.is_empty() {
            return Err(SecretError::EmptyKey);
        }
        let text = std::str::from_utf8(coded).map_err(|_| SecretError::NotBase64)?;
        let key = Zeroizing::new(from_base64(text).ok_or(SecretError::NotBase64)?);
        if key.is_empty() { Err(SecretError::EmptyKey) } else { Ok(key) }
    }

    /// The secret as a header's value.
    pub(crate) fn header_value(&self) -> Result<&str, SecretError> {
        std::str::from_utf8(&self.0)
            .ok()
            .filter(|text| text.bytes().all(|b| matches!(b, 0x20..=0x7e)))
            .filter(|text| text.trim_matches(' ').len() == text.len())
            .ok_or(SecretError::NotHeaderValue)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(d)?.into_bytes()).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.into()).unwrap()
    }

    #[test]
    fn empty_and_endless_secrets_are_refused() {
        assert_eq!(Secret::new(vec![]).unwrap_err(), SecretError::Empty);
        assert_eq!(Secret::new(vec![0; 4097]).unwrap_err(), SecretError::TooLong);
        assert!(Secret::new(vec![0; 4096]).is_ok());
        assert!(serde_json::from_str::<Secret>(r#""""#).is_err());
        assert_eq!(serde_json::from_str::<Secret>(r#""s\n""#).unwrap().expose(), b"s\n");
    }

    #[test]
    fn debug_shows_nothing_of_the_secret() {
        assert_eq!(format!("{:?}", secret("hunter2")), "Secret(…)");
    }

    #[test]
    fn a_generated_secret_is_fit_for_its_scheme() {
        for scheme in Scheme::ALL {
            let made = Secret::generate(scheme, [7; 32]);
            assert_eq!(made.check_for(scheme), Ok(()), "{scheme}");
            if scheme.has_prefixed_secrets() {
                assert!(made.expose().starts_with(b"whsec_"));
                assert_eq!(*made.key(scheme).unwrap(), [7; 32]);
            } else {
                assert_eq!(made.expose(), "07".repeat(32).as_bytes());
            }
        }
    }

    #[test]
    fn each_scheme_says_what_it_asks_of_a_secret() {
        for (text, scheme, want) in [
            ("whsec_AQID", Scheme::Standard, Ok(())),
            ("plain text", Scheme::Standard, Ok(())),
            ("whsec_", Scheme::Svix, Err(SecretError::EmptyKey)),
            ("whsec_AQI", Scheme::Standard, Err(SecretError::NotBase64)),
            ("whsec_AQID\n", Scheme::Standard, Err(SecretError::NotBase64)),
            ("whsec_!", Scheme::Stripe, Ok(())),
            ("short", Scheme::Track360, Err(SecretError::TooShort { scheme: Scheme::Track360 })),
            ("0123456789abcdef0123456789abcdef", Scheme::Track360, Ok(())),
            ("two words", Scheme::ApiKey, Ok(())),
            (" lead", Scheme::ApiKey, Err(SecretError::NotHeaderValue)),
            ("line\nend", Scheme::ApiKey, Err(SecretError::NotHeaderValue)),
            ("é", Scheme::ApiKey, Err(SecretError::NotHeaderValue)),
            ("é", Scheme::Github, Ok(())),
        ] {
            assert_eq!(secret(text).check_for(scheme), want, "{text:?} {scheme}");
        }
    }

    #[test]
    fn only_standard_and_svix_read_the_prefix() {
        for scheme in Scheme::ALL {
            let want: &[u8] = if scheme.has_prefixed_secrets() { &[1, 2, 3] } else { b"whsec_AQID" };
            assert_eq!(*secret("whsec_AQID").key(scheme).unwrap(), want, "{scheme}");
            assert_eq!(*secret("AQID").key(scheme).unwrap(), b"AQID");
        }
    }
}
