//! The causes a diagnosis can name, with what to say about each.

use serde::{Serialize, Serializer};

use hookbench_signature::Reason;

macro_rules! causes {
    ($($variant:ident = $code:literal, $explain:literal, $fix:literal;)+) => {
        /// Why a signature is not valid. The order is that of the documentation: of two causes
        /// that need as many changes, the earlier one is named.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub enum Cause { $(#[doc = concat!("`", $code, "`: ", $explain)] $variant),+ }

        impl Cause {
            /// Every cause, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The code that programs branch on.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
            /// What it means, in a sentence.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explain),+ }
            }
            /// What to do about it.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$variant => $fix),+ }
            }
        }
    };
}

causes! {
    Ok = "ok", "The signature is valid.", "Nothing to do.";
    MissingSignature = "missing_signature", "The request carries no complete signature of this scheme.", "Check that the sender signs, and that no proxy removes its headers.";
    MalformedSignature = "malformed_signature", "The signature header is not of the form of this scheme.", "Pass the header through as it was sent; compare it with the form the platform documents.";
    MissingTimestamp = "missing_timestamp", "The time that is part of the signed text is missing.", "Pass the time through: it belongs to the signature.";
    MalformedTimestamp = "malformed_timestamp", "The time is not a whole number of unix seconds.", "Send whole seconds since 1970, digits only.";
    StaleTimestamp = "stale_timestamp", "The signature matches, but it is too old.", "Verify on arrival, not from a queue; check the clock; sign each retry afresh.";
    FutureTimestamp = "future_timestamp", "The signature matches, but its time lies in the future.", "Set both clocks by NTP.";
    DuplicateHeader = "duplicate_header", "A header of the signature came more than once.", "Find the proxy or middleware that adds it again: which of the two is signed cannot be told.";
    UnsupportedVersion = "unsupported_version", "The header holds only signature versions that this scheme does not know.", "Have the sender sign with the version the platform documents.";
    Mismatch = "mismatch", "The signature does not match.", "Compare secret and raw bytes.";
    WrongSecret = "wrong_secret", "Signed with another secret than the one configured.", "Configure the secret that matches; each endpoint has its own.";
    OldSecret = "old_secret", "Signed with the secret from before its rotation.", "Configure the new secret at the sender, or accept both until the rotation ends.";
    SecretEncoding = "secret_encoding", "The secret is right, but it was read in another spelling than it was signed with.", "Use the secret exactly as the platform shows it: no white space or quotes around it, and decode it only where the scheme says so.";
    BodyTrailingNewline = "body_trailing_newline", "A line end at the end of the body was added or removed on the way.", "Verify the raw bytes of the request; do not save the body with an editor or print it with a line end.";
    BodyCrlf = "body_crlf", "The line ends of the body were changed on the way.", "Read the body as bytes, not as text: text modes turn CRLF into LF and back.";
    BodyBom = "body_bom", "A byte order mark at the start of the body was added or removed.", "Read and write the body as bytes; encodings such as utf-8-sig add or remove the mark.";
    BodyReserialized = "body_reserialized", "The body was parsed and written again: same data, other bytes.", "Verify the raw bytes of the request, before any JSON parser sees them.";
    BodyTruncated = "body_truncated", "The body was cut off.", "Raise the limit of the request body in framework and proxy, and read to the end before verifying.";
    BodyCompressed = "body_compressed", "The signature is over the body in another packing (compressed or base64) than was verified.", "Verify the bytes that were signed: undo, or do not undo, Content-Encoding and a gateway's base64 first.";
    BodyFormEncoded = "body_form_encoded", "The body was turned into form fields, or out of them.", "Verify the raw bytes, before any form parser sees them.";
    BodyCharset = "body_charset", "The body was decoded and encoded in another character set.", "Read the body as bytes; if it must be text, UTF-8 both ways.";
    SignatureEncoding = "signature_encoding", "The digest is right, but it is written in another encoding than the scheme's.", "Write and decode the digest as the scheme says: hex or base64, prefix included.";
    WrongAlgorithm = "wrong_algorithm", "The digest was computed with another algorithm.", "Use HMAC-SHA256, with the secret as the key.";
    WrongSignedText = "wrong_signed_text", "The digest covers another text than the scheme signs.", "Build the signed text exactly as the scheme says, dots included.";
    TimestampUnit = "timestamp_unit", "The time is in another unit than seconds.", "Use whole unix seconds: divide milliseconds by 1000.";
    TimestampAltered = "timestamp_altered", "The time in the header is not the one that was signed.", "Use the same value in the signed text and in the header, and pass it through untouched.";
    OtherScheme = "other_scheme", "The request is signed under another scheme than the one expected.", "Verify with the scheme that the request carries.";
    Unknown = "unknown", "No single mistake and no pair of mistakes that is looked for explains the signature.", "Compare the secrets on both sides first; then capture the raw bytes on the wire and try again with them.";
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl From<Reason> for Cause {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Ok => Self::Ok,
            Reason::MissingSignature => Self::MissingSignature,
            Reason::MalformedSignature => Self::MalformedSignature,
            Reason::MissingTimestamp => Self::MissingTimestamp,
            Reason::MalformedTimestamp => Self::MalformedTimestamp,
            Reason::StaleTimestamp => Self::StaleTimestamp,
            Reason::FutureTimestamp => Self::FutureTimestamp,
            Reason::DuplicateHeader => Self::DuplicateHeader,
            Reason::UnsupportedVersion => Self::UnsupportedVersion,
            Reason::Mismatch => Self::Mismatch,
        }
    }
}

/// One departure from what the scheme says, of which a hypothesis has at most two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) cause: Cause,
    pub(super) detail: String,
}

impl Change {
    pub(super) fn new(cause: Cause, detail: impl Into<String>) -> Self {
        Self { cause, detail: detail.into() }
    }
}

/// A value to try, and the mistake it stands for; the scheme's own value has none.
#[derive(Debug, Clone)]
pub(super) struct Choice<T> {
    pub(super) value: T,
    pub(super) change: Option<Change>,
}

impl<T> Choice<T> {
    pub(super) fn own(value: T) -> Self {
        Self { value, change: None }
    }

    pub(super) fn mistake(value: T, cause: Cause, detail: impl Into<String>) -> Self {
        Self { value, change: Some(Change::new(cause, detail)) }
    }
}

/// Adds a choice unless its value is there already: the earlier one is the simpler explanation.
pub(super) fn add<T: PartialEq>(list: &mut Vec<Choice<T>>, choice: Choice<T>) {
    if list.iter().all(|c| c.value != choice.value) {
        list.push(choice);
    }
}
