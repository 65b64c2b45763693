//! Verifying: is this request what the holder of the secret sent, and how far did the check get.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::digest::{Algorithm, MacKey, same_bytes};
use crate::encoding::to_hex;
use crate::received::{Received, receive};
use crate::scheme::{Scheme, SignedText};
use crate::secret::Secret;

/// How far the time of a signature may lie from now, both ways, unless told otherwise.
pub const DEFAULT_TOLERANCE_S: i64 = 300;
/// How many hex digits of a digest are shown: enough to compare by eye, useless to forge with.
const SHOWN_HEX_DIGITS: usize = 8;

/// Why a signature is valid or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub enum Reason {
    /// It is valid.
    Ok,
    /// The signature header, or the id that is signed with it, is missing.
    MissingSignature,
    /// The header is not of the scheme's form.
    MalformedSignature,
    /// The scheme signs a time and none came.
    MissingTimestamp,
    /// The time is not a whole number of seconds.
    MalformedTimestamp,
    /// The signature matches, but is older than the tolerance.
    StaleTimestamp,
    /// The signature matches, but its time lies further ahead than the tolerance.
    FutureTimestamp,
    /// Signature, id or time came in two headers.
    DuplicateHeader,
    /// Only versions that the scheme does not know.
    UnsupportedVersion,
    /// No signature in the header matches any of the secrets.
    Mismatch,
}

impl Reason {
    /// Every reason, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::MissingSignature,
        Self::MalformedSignature,
        Self::MissingTimestamp,
        Self::MalformedTimestamp,
        Self::StaleTimestamp,
        Self::FutureTimestamp,
        Self::DuplicateHeader,
        Self::UnsupportedVersion,
        Self::Mismatch,
    ];

    /// The code that programs branch on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::MissingSignature => "missing_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::MissingTimestamp => "missing_timestamp",
            Self::MalformedTimestamp => "malformed_timestamp",
            Self::StaleTimestamp => "stale_timestamp",
            Self::FutureTimestamp => "future_timestamp",
            Self::DuplicateHeader => "duplicate_header",
            Self::UnsupportedVersion => "unsupported_version",
            Self::Mismatch => "mismatch",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

/// One check, in the order they were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Step {
    /// `header`, `format`, `timestamp`, `secret`, `digest` or `age`.
    pub name: &'static str,
    /// Whether it passed; the first that does not is the last.
    pub ok: bool,
    /// What was found and, where it failed, what to do.
    pub detail: String,
}

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Verification {
    /// Whether the request is to be trusted.
    pub valid: bool,
    /// Why, or why not.
    pub reason: Reason,
    /// How it was found.
    pub steps: Vec<Step>,
    /// Which of the secrets matched, counted from 0; also set when only the time is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub matched_secret: Option<usize>,
    /// The time that came with the signature, as a number of the unit it was sent in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub timestamp: Option<i64>,
}

impl Verification {
    fn pass(&mut self, name: &'static str, detail: String) {
        self.steps.push(Step { name, ok: true, detail });
    }

    fn end(mut self, reason: Reason, name: &'static str, detail: String) -> Self {
        let ok = reason == Reason::Ok;
        self.steps.push(Step { name, ok, detail });
        Self { valid: ok, reason, ..self }
    }
}

/// Checks a received request under a scheme, on its raw bytes.
///
/// The order: the headers' form first (see [`receive`]), then the digest against every secret,
/// and the age last. So a matching signature of the wrong time is `stale_timestamp` or
/// `future_timestamp`, and one that matches no secret is `mismatch`, whatever its age: a time that
/// nobody vouches for says nothing. `tolerance_s` holds both ways, its ends included; a negative
/// one counts as 0. Secrets are all tried (during a rotation the new and the old one), digests are
/// compared in constant time, and the expected digest is never shown in full.
#[must_use]
pub fn verify(
    scheme: Scheme,
    secrets: &[Secret],
    headers: &[(String, Vec<u8>)],
    body: &[u8],
    now_unix_s: i64,
    tolerance_s: i64,
) -> Verification {
    let mut v = Verification {
        valid: false,
        reason: Reason::Mismatch,
        steps: Vec::new(),
        matched_secret: None,
        timestamp: None,
    };
    let Some(name) = scheme.signature_header() else {
        let detail = "this scheme verifies nothing: anyone who knows the address can send; restrict it by address or path token";
        return v.end(Reason::Ok, "header", detail.to_owned());
    };
    let received = match receive(scheme, headers) {
        Ok(received) => received,
        Err(fault) => {
            if fault.check != "header" {
                v.pass("header", format!("{name} came once"));
            }
            if fault.check == "timestamp" {
                v.pass("format", format!("{name} is of the form of {scheme}"));
            }
            return v.end(fault.reason, fault.check, fault.detail);
        }
    };
    v.pass("header", format!("{name} came once"));
    v.timestamp = received.timestamp;
    if scheme == Scheme::ApiKey {
        return api_key(v, secrets, &received);
    }
    let count = received.signatures.len();
    let plural = if count == 1 { "" } else { "s" };
    v.pass("format", format!("{count} signature{plural} in the form of {scheme}"));
    if let Some(time) = received.timestamp {
        v.pass("timestamp", format!("signed at {time}, compared with now {now_unix_s}"));
    }
    let text = scheme.text().unwrap_or(SignedText::Body);
    let parts = received.signed_parts(text, body);
    let mut expected = None;
    let mut unusable = None;
    for (index, secret) in secrets.iter().enumerate() {
        let key = match secret.key(scheme) {
            Ok(key) => key,
            Err(error) => {
                unusable = unusable.or(Some(error));
                continue;
            }
        };
        let digest = MacKey::new(Algorithm::Sha256, &key).digest(&parts);
        if received.signatures.iter().any(|s| same_bytes(s, &digest)) && v.matched_secret.is_none() {
            v.matched_secret = Some(index);
        }
        expected = expected.or(Some(digest));
    }
    let Some(expected) = expected else {
        let detail = unusable.map_or_else(
            || format!("{scheme} needs a secret to verify with: give the one the sender signs with"),
            |error| error.to_string(),
        );
        return v.end(Reason::Mismatch, "secret", detail);
    };
    if v.matched_secret.is_none() {
        let detail = format!(
            "HMAC-SHA256 over {} ({} bytes of body) begins with {}, the header has {}: \
             compare secret and raw bytes, or diagnose to find the cause",
            scheme.signed_text(),
            body.len(),
            shown(&expected),
            received.signatures.iter().map(|s| shown(s)).collect::<Vec<_>>().join(", "),
        );
        return v.end(Reason::Mismatch, "digest", detail);
    }
    v.pass("digest", format!("HMAC-SHA256 over {} matches", scheme.signed_text()));
    let Some(time) = received.timestamp else {
        return v.end(
            Reason::Ok,
            "age",
            "the scheme signs no time: guard against replays by the event's id".to_owned(),
        );
    };
    let tolerance_s = tolerance_s.max(0);
    let (age, ahead) = (now_unix_s.saturating_sub(time), time.saturating_sub(now_unix_s));
    if age > tolerance_s {
        let detail = format!(
            "signed {age} s ago, allowed are {tolerance_s} s: verify on arrival, check this machine's clock, or ask for it to be sent again"
        );
        return v.end(Reason::StaleTimestamp, "age", detail);
    }
    if ahead > tolerance_s {
        let detail = format!(
            "signed {ahead} s in the future, allowed are {tolerance_s} s: check both clocks, and that the time is in seconds"
        );
        return v.end(Reason::FutureTimestamp, "age", detail);
    }
    v.end(Reason::Ok, "age", format!("signed within {tolerance_s} s of now"))
}

fn api_key(mut v: Verification, secrets: &[Secret], received: &Received) -> Verification {
    let sent = received.signatures.first().map(Vec::as_slice).unwrap_or_default();
    // Compared as digests, so that the time does not depend on the length of the key.
    let hash = |bytes: &[u8]| MacKey::new(Algorithm::Sha256, b"").digest(&[bytes]);
    let sent = hash(sent);
    for (index, secret) in secrets.iter().enumerate() {
        if same_bytes(&hash(secret.expose()), &sent) && v.matched_secret.is_none() {
            v.matched_secret = Some(index);
        }
    }
    if secrets.is_empty() {
        let detail = "api-key needs a key to compare with: give the one the sender uses";
        return v.end(Reason::Mismatch, "secret", detail.to_owned());
    }
    if v.matched_secret.is_some() {
        v.end(Reason::Ok, "digest", "the key is the one configured; the body is not protected".to_owned())
    } else {
        let detail = "the key is another one than configured: compare both, white space included";
        v.end(Reason::Mismatch, "digest", detail.to_owned())
    }
}

/// The beginning of a digest.
fn shown(digest: &[u8]) -> String {
    let mut hex = to_hex(digest);
    hex.truncate(SHOWN_HEX_DIGITS);
    hex.push('…');
    hex
}
