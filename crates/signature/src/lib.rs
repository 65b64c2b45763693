//! Signature schemes of webhooks: sign and verify on bytes.
//!
//! Everything here is pure: the time, the random bytes of a new secret and the secrets come in as
//! arguments. Bodies are bytes and are never parsed before they are verified.
//!
//! [`sign`] makes the headers of a request, [`verify`] checks those of a received one and says
//! step by step how far it got, [`identify`] finds the id and type of what was received.

mod blank;
mod digest;
mod encoding;
mod identify;
mod received;
mod scheme;
mod secret;
mod sign;
mod verify;

pub use blank::{Blank, MIN_BLANKED_BYTES};
pub use digest::{Algorithm, MacKey, same_bytes, sha256_hex};
pub use encoding::{from_base64, from_hex, to_base64, to_hex};
pub use identify::{Identity, UNKNOWN_TYPE, identify};
pub use received::{Fault, MAX_SIGNATURES, Received, parse_timestamp, receive};
pub use scheme::{Format, Scheme, SignedText, UnknownScheme};
pub use secret::{MAX_SECRET_BYTES, SECRET_PREFIX, Secret, SecretError};
pub use sign::{Message, SignError, sign};
pub use verify::{DEFAULT_TOLERANCE_S, Reason, Step, Verification, verify};
