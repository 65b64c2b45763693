//! What a request shows without proof: marks of a body that was cut or unpacked, and the bytes
//! where two bodies part.

use hookbench_signature::to_hex;
use serde::Serialize;

use super::body::unclosed;
use super::cause::Cause;
use super::claims::{Headers, header};

const SHOWN_BYTES: usize = 16;

/// Where two bodies part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Difference {
    /// The first byte that differs, counted from 0.
    pub offset: usize,
    /// The bytes from there on in what was signed, at most 16, in hex.
    pub signed: String,
    /// The bytes from there on in what came, at most 16, in hex.
    pub received: String,
    /// The length of what was signed.
    pub signed_bytes: usize,
    /// The length of what came.
    pub received_bytes: usize,
}

impl Difference {
    pub(super) fn between(signed: &[u8], received: &[u8]) -> Option<Self> {
        if signed == received {
            return None;
        }
        let offset = signed.iter().zip(received).take_while(|(a, b)| a == b).count();
        let part = |bytes: &[u8]| {
            to_hex(bytes.get(offset..).unwrap_or_default().get(..SHOWN_BYTES).unwrap_or(&bytes[offset..]))
        };
        Some(Self {
            offset,
            signed: part(signed),
            received: part(received),
            signed_bytes: signed.len(),
            received_bytes: received.len(),
        })
    }
}

pub(super) fn content_length(headers: &Headers) -> Option<usize> {
    header(headers, "content-length").and_then(|v| v.parse().ok())
}

/// The cause that the request's own marks speak for, if nothing is proven.
pub(super) fn of(headers: &Headers, body: &[u8]) -> Option<(Cause, String)> {
    if let Some(length) = content_length(headers).filter(|l| *l > body.len()) {
        let detail = format!("Content-Length says {length} bytes, {} are here", body.len());
        return Some((Cause::BodyTruncated, detail));
    }
    let json = header(headers, "content-type").is_none_or(|t| t.to_lowercase().contains("json"));
    let whole = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    if json && !whole && unclosed(body).is_some_and(|missing| !missing.is_empty()) {
        return Some((Cause::BodyTruncated, format!("the JSON breaks off at byte {}", body.len())));
    }
    let packed = header(headers, "content-encoding").map(|e| e.to_lowercase());
    let unpacked = whole || (!body.is_empty() && std::str::from_utf8(body).is_ok_and(|t| !t.contains('\0')));
    if packed.as_deref().is_some_and(|e| ["gzip", "deflate", "br", "zstd"].contains(&e)) && unpacked {
        let detail = format!(
            "Content-Encoding says {}, but the body is not compressed: it was unpacked before it was verified",
            packed.unwrap_or_default()
        );
        return Some((Cause::BodyCompressed, detail));
    }
    None
}
