//! The bytes of a body as JSON shows them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// Bytes of a body: as text where they are UTF-8, else as base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum BodyView {
    /// The text.
    Body(String),
    /// The bytes in base64.
    BodyBase64(String),
}

impl BodyView {
    /// Shows bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Body(text.to_owned()),
            Err(_) => Self::BodyBase64(STANDARD.encode(bytes)),
        }
    }
}
