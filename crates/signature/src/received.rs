//! What the headers of a received request say about its signature, before anything is computed.

use crate::encoding::{from_base64, from_hex};
use crate::scheme::{Format, Scheme, SignedText};
use crate::verify::Reason;

/// How many signatures of one header are tried; what follows is ignored.
pub const MAX_SIGNATURES: usize = 16;
const DIGEST_BYTES: usize = 32;
/// What 64 bits hold for certain: enough for nanoseconds, so that a wrong unit can be named.
const MAX_TIMESTAMP_DIGITS: usize = 19;

/// Why the headers cannot be read as a signature of the scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The code of it.
    pub reason: Reason,
    /// Which check failed.
    pub check: &'static str,
    /// What was found and what to do.
    pub detail: String,
}

/// A well-formed signature: nothing about it has been proven yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The signed id, of the schemes that sign one.
    pub id: Option<String>,
    /// The time as a number, of the schemes that sign it.
    pub timestamp: Option<i64>,
    /// The time as it was written: the signed text holds these characters.
    pub timestamp_text: Option<String>,
    /// The digests (for `api-key` the key itself), decoded, at most [`MAX_SIGNATURES`].
    pub signatures: Vec<Vec<u8>>,
}

impl Received {
    /// The signed text of the scheme, in pieces.
    #[must_use]
    pub fn signed_parts<'a>(&'a self, text: SignedText, body: &'a [u8]) -> Vec<&'a [u8]> {
        let id = self.id.as_deref().unwrap_or_default().as_bytes();
        let time = self.timestamp_text.as_deref().unwrap_or_default().as_bytes();
        match text {
            SignedText::Body => vec![body],
            SignedText::TimestampBody => vec![time, b".", body],
            SignedText::IdTimestampBody => vec![id, b".", time, b".", body],
        }
    }
}

/// Reads a time strictly: one to nineteen digits that fit 64 bits, nothing else.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let digits = (1..=MAX_TIMESTAMP_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn fault<T>(reason: Reason, check: &'static str, detail: String) -> Result<T, Fault> {
    Err(Fault { reason, check, detail })
}

const HEADER: &str = "header";
const FORMAT: &str = "format";
const TIMESTAMP: &str = "timestamp";

/// Every value of a header, its name compared without regard to case.
fn values<'a>(headers: &'a [(String, Vec<u8>)], name: &str) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| trimmed(value))
}

/// A header's value without the spaces and tabs around it, which are not part of it (RFC 9110, 5.5).
pub(crate) fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The first value of a header, if it is visible ASCII; for headers that only inform.
pub(crate) fn first_value<'a>(headers: &'a [(String, Vec<u8>)], name: &str) -> Option<&'a str> {
    values(headers, name).next().and_then(visible)
}

fn visible(value: &[u8]) -> Option<&str> {
    let ok = !value.is_empty() && value.iter().all(|b| matches!(b, 0x20..=0x7e));
    std::str::from_utf8(value).ok().filter(|_| ok)
}

/// The one value of a header; `None` when it is absent.
fn single<'a>(headers: &'a [(String, Vec<u8>)], name: &str) -> Result<Option<&'a [u8]>, Fault> {
    let mut found = values(headers, name);
    let first = found.next();
    if found.next().is_some() {
        return fault(
            Reason::DuplicateHeader,
            HEADER,
            format!("{name} came more than once: send it once, and look for a proxy that adds it again"),
        );
    }
    Ok(first)
}

/// Reads the signature headers of a scheme. The checks run in this order, and the first that fails
/// is the answer: signature header missing; signature, id or time header doubled; signature not of
/// the scheme's form; only versions that are not supported; id missing or malformed; time missing;
/// time malformed.
///
/// # Errors
/// [`Fault`], with the reason's code.
pub fn receive(scheme: Scheme, headers: &[(String, Vec<u8>)]) -> Result<Received, Fault> {
    let mut received = Received { id: None, timestamp: None, timestamp_text: None, signatures: vec![] };
    let (Some(format), Some(name)) = (scheme.format(), scheme.signature_header()) else {
        return Ok(received);
    };
    let Some(value) = single(headers, name)? else {
        return fault(
            Reason::MissingSignature,
            HEADER,
            format!("{name} is missing: is the sender configured to sign, and does a proxy remove headers?"),
        );
    };
    for other in [scheme.id_header(), scheme.timestamp_header()].into_iter().flatten() {
        single(headers, other)?;
    }
    let Some(value) = visible(value) else {
        let what = if value.is_empty() { "is empty" } else { "holds bytes that are not visible ASCII" };
        return fault(Reason::MalformedSignature, FORMAT, format!("{name} {what}: {}", expected(format)));
    };
    let mut time = None;
    let read = match format {
        Format::KeyValues => key_values(value, &mut time),
        Format::Versioned => versioned(value),
        Format::PrefixedHex => prefixed_hex(value),
        Format::Hex => hex_digest(value).map(|d| vec![d]).ok_or(Form::Malformed),
        Format::Base64 => base64_digest(value).map(|d| vec![d]).ok_or(Form::Malformed),
        Format::Plain => Ok(vec![value.as_bytes().to_vec()]),
    };
    received.signatures = match read {
        Ok(signatures) => signatures,
        Err(Form::Malformed) => {
            let detail = format!("{name} is not of the form of {scheme}: {}", expected(format));
            return fault(Reason::MalformedSignature, FORMAT, detail);
        }
        Err(Form::Version) => {
            let detail =
                format!("{name} holds only versions that {scheme} does not know: {}", expected(format));
            return fault(Reason::UnsupportedVersion, FORMAT, detail);
        }
    };
    match scheme.text() {
        None | Some(SignedText::Body) => return Ok(received),
        Some(SignedText::TimestampBody) => {}
        Some(SignedText::IdTimestampBody) => {
            let header = scheme.id_header().unwrap_or_default();
            received.id = Some(signed_id(headers, header)?);
            let header = scheme.timestamp_header().unwrap_or_default();
            time = single(headers, header)?.map(<[u8]>::to_vec);
        }
    }
    let Some(time) = time else {
        let place = scheme.timestamp_header().map_or_else(|| format!("`t=` in {name}"), str::to_owned);
        return fault(
            Reason::MissingTimestamp,
            TIMESTAMP,
            format!("{place} is missing: it is part of the signed text, pass it through"),
        );
    };
    let Some((text, number)) =
        std::str::from_utf8(&time).ok().and_then(|text| Some((text, parse_timestamp(text)?)))
    else {
        return fault(
            Reason::MalformedTimestamp,
            TIMESTAMP,
            "the time must be whole seconds since 1970, digits only, as 1767225600".to_owned(),
        );
    };
    received.timestamp = Some(number);
    received.timestamp_text = Some(text.to_owned());
    Ok(received)
}

fn signed_id(headers: &[(String, Vec<u8>)], name: &str) -> Result<String, Fault> {
    match single(headers, name)? {
        None => fault(
            Reason::MissingSignature,
            HEADER,
            format!("{name} is missing: it is part of the signed text, pass it through"),
        ),
        Some(value) => match visible(value) {
            Some(id) => Ok(id.to_owned()),
            None => fault(
                Reason::MalformedSignature,
                FORMAT,
                format!("{name} is empty or not visible ASCII: pass it through as the sender wrote it"),
            ),
        },
    }
}

const fn expected(format: Format) -> &'static str {
    match format {
        Format::KeyValues => "expected t=<unix seconds>,v1=<64 hex digits>",
        Format::Versioned => "expected v1,<base64 of 32 bytes>, several separated by spaces",
        Format::PrefixedHex => "expected sha256=<64 hex digits>",
        Format::Hex => "expected 64 hex digits and nothing else",
        Format::Base64 => "expected the padded base64 of 32 bytes and nothing else",
        Format::Plain => "expected the key itself",
    }
}

enum Form {
    Malformed,
    Version,
}

fn hex_digest(text: &str) -> Option<Vec<u8>> {
    from_hex(text).filter(|d| d.len() == DIGEST_BYTES)
}

fn base64_digest(text: &str) -> Option<Vec<u8>> {
    from_base64(text).filter(|d| d.len() == DIGEST_BYTES)
}

/// `v` and digits: how versions are named.
fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// `t=…,v1=…,v1=…`: keys that are not known are passed over, a second `t` is a fault.
fn key_values(value: &str, time: &mut Option<Vec<u8>>) -> Result<Vec<Vec<u8>>, Form> {
    let (mut signatures, mut other_version) = (Vec::new(), false);
    for item in value.split(',') {
        match item.split_once('=').ok_or(Form::Malformed)? {
            ("t", text) => {
                if time.replace(text.as_bytes().to_vec()).is_some() {
                    return Err(Form::Malformed);
                }
            }
            ("v1", _) if signatures.len() >= MAX_SIGNATURES => {}
            ("v1", text) => signatures.push(hex_digest(text).ok_or(Form::Malformed)?),
            ("", _) => return Err(Form::Malformed),
            (key, _) => other_version |= is_version(key),
        }
    }
    some_signature(signatures, other_version)
}

/// `v1,… v1,…`: other versions are passed over.
fn versioned(value: &str) -> Result<Vec<Vec<u8>>, Form> {
    let (mut signatures, mut other_version) = (Vec::new(), false);
    for item in value.split(' ').filter(|item| !item.is_empty()) {
        match item.split_once(',').ok_or(Form::Malformed)? {
            ("v1", _) if signatures.len() >= MAX_SIGNATURES => {}
            ("v1", text) => signatures.push(base64_digest(text).ok_or(Form::Malformed)?),
            (version, _) if is_version(version) => other_version = true,
            _ => return Err(Form::Malformed),
        }
    }
    some_signature(signatures, other_version)
}

fn some_signature(signatures: Vec<Vec<u8>>, other_version: bool) -> Result<Vec<Vec<u8>>, Form> {
    match (signatures.is_empty(), other_version) {
        (false, _) => Ok(signatures),
        (true, true) => Err(Form::Version),
        (true, false) => Err(Form::Malformed),
    }
}

fn prefixed_hex(value: &str) -> Result<Vec<Vec<u8>>, Form> {
    match value.split_once('=') {
        Some(("sha256", text)) => hex_digest(text).map(|d| vec![d]).ok_or(Form::Malformed),
        Some((name, text))
            if (name.starts_with("sha") || is_version(name))
                && !text.is_empty()
                && from_hex(text).is_some() =>
        {
            Err(Form::Version)
        }
        Some(_) | None => Err(Form::Malformed),
    }
}
