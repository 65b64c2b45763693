//! The schemes from outside: published vectors, every reason, and properties over any input.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is a failed test")]

mod properties;
mod reasons;
mod vectors;

use hookbench_signature::{Message, Scheme, Secret, Verification, sign, verify};

pub(crate) const NOW: i64 = 1_767_225_600;
pub(crate) const BODY: &[u8] = br#"{"id":"evt_1","event":"conversion.approved","data":{"amount":"12.50"}}"#;

pub(crate) type Headers = Vec<(String, Vec<u8>)>;

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.into()).unwrap()
}

/// A secret that every scheme takes.
pub(crate) fn usual() -> Secret {
    secret("0123456789abcdef0123456789abcdef")
}

pub(crate) fn signed(scheme: Scheme, secrets: &[Secret], body: &[u8], at: i64) -> Headers {
    let message = Message { id: "evt_1", timestamp: at, event_type: "conversion.approved", body };
    let headers = sign(scheme, secrets, &message).unwrap();
    headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect()
}

pub(crate) fn headers(pairs: &[(&str, &str)]) -> Headers {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect()
}

pub(crate) fn check(scheme: Scheme, headers: &[(String, Vec<u8>)], body: &[u8]) -> Verification {
    verify(scheme, &[usual()], headers, body, NOW, 300)
}

/// Schemes that compute a digest.
pub(crate) fn digesting() -> impl Iterator<Item = Scheme> {
    Scheme::ALL.into_iter().filter(|s| s.text().is_some())
}
