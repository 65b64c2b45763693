//! What the headers claim, read as generously as possible: every digest they may hold, the time
//! and the id.

use hookbench_bounds::Document;
use hookbench_signature::{Format, Scheme, from_base64, from_hex};

use super::cause::{Cause, Change};
use super::percent;

const MAX_TOKENS: usize = 64;
/// The longest text that is taken for a digest, whatever way it is written: 64 bytes, encoded twice
/// and escaped, are half as long.
const MAX_TOKEN_BYTES: usize = 1024;
/// The longest id that may be signed.
const MAX_ID_BYTES: usize = 1024;
const DIGEST_LENGTHS: [usize; 3] = [20, 32, 64];

/// A digest that the header may hold.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) digest: Vec<u8>,
    /// How it is written, if not as the scheme writes it.
    pub(super) change: Option<Change>,
}

/// Everything the headers say about the signature of one scheme.
#[derive(Debug, Clone)]
pub(super) struct Claims {
    pub(super) digests: Vec<Claim>,
    /// The time as written.
    pub(super) time: Option<String>,
    /// Ids that may be signed; the scheme's own first.
    pub(super) ids: Vec<String>,
    /// Other headers that hold a time.
    pub(super) other_times: Vec<String>,
}

pub(super) type Headers = [(String, Vec<u8>)];

/// A header's value as text, without the white space around it.
pub(super) fn header(headers: &Headers, name: &str) -> Option<String> {
    let (_, value) = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
    Some(String::from_utf8_lossy(value).trim().to_owned())
}

/// Headers that a scheme's signature may stand in: its own, and an older name of it.
pub(super) fn signature_values(scheme: Scheme, headers: &Headers) -> Vec<String> {
    let older = matches!(scheme, Scheme::Github).then_some("X-Hub-Signature");
    scheme.signature_header().into_iter().chain(older).filter_map(|n| header(headers, n)).collect()
}

impl Claims {
    pub(super) fn read(scheme: Scheme, headers: &Headers, body: &[u8]) -> Self {
        let mut claims = Self { digests: vec![], time: None, ids: vec![], other_times: vec![] };
        let Some(format) = scheme.format() else { return claims };
        let mut tokens = Vec::new();
        for value in signature_values(scheme, headers) {
            tokens.extend(own_tokens(format, &value).into_iter().map(|t| (t, true)));
            tokens.extend(any_tokens(&value).into_iter().map(|t| (t, false)));
            if claims.time.is_none() && format == Format::KeyValues {
                claims.time = value.split(',').find_map(|p| p.trim().strip_prefix("t=").map(str::to_owned));
            }
        }
        let tokens = tokens.into_iter().filter(|(token, _)| token.len() <= MAX_TOKEN_BYTES);
        for (token, own) in tokens.take(MAX_TOKENS) {
            for (digest, encoding) in decodings(&token) {
                claims.add(format, own, digest, encoding);
            }
        }
        if let Some(name) = scheme.timestamp_header() {
            claims.time = header(headers, name);
        }
        let own_id = scheme.id_header().and_then(|n| header(headers, n));
        let id_names = [
            "webhook-id",
            "svix-id",
            "x-github-delivery",
            "x-shopify-webhook-id",
            "x-request-id",
            "x-trcker-webhook-id",
        ];
        let in_body = Document::read_any(body).ok().and_then(|document| document.root().field("id"));
        let in_body = in_body.and_then(|id| Some(id.text()?.into_owned()));
        for id in own_id.into_iter().chain(id_names.iter().filter_map(|n| header(headers, n))).chain(in_body)
        {
            if (1..=MAX_ID_BYTES).contains(&id.len()) && !claims.ids.contains(&id) {
                claims.ids.push(id);
            }
        }
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value).trim().to_owned();
            let is_time = (9..=19).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
            if is_time && !name.eq_ignore_ascii_case("content-length") && claims.time.as_ref() != Some(&value)
            {
                if claims.other_times.len() == MAX_TOKENS {
                    break;
                }
                claims.other_times.push(value);
            }
        }
        claims
    }

    fn add(&mut self, format: Format, own: bool, digest: Vec<u8>, encoding: &'static str) {
        if !DIGEST_LENGTHS.contains(&digest.len()) {
            return;
        }
        let native = match format {
            Format::KeyValues | Format::PrefixedHex | Format::Hex => "hex",
            Format::Versioned | Format::Base64 => "base64",
            Format::Plain => "text",
        };
        let change = match (own, encoding == native) {
            (true, true) => None,
            (true, false) => Some(format!("written as {encoding} where {native} belongs")),
            (false, true) => Some("with another prefix than the scheme's".to_owned()),
            (false, false) => {
                Some(format!("written as {encoding} with another prefix, where {native} belongs"))
            }
        };
        let change = change.map(|detail| Change::new(Cause::SignatureEncoding, detail));
        match self.digests.iter_mut().find(|c| c.digest == digest) {
            Some(known) if change.is_none() => known.change = None,
            Some(_) => {}
            None => self.digests.push(Claim { digest, change }),
        }
    }
}

/// `v` and digits, and hash names: where a scheme's own form puts the digest, of any version.
fn is_version(key: &str) -> bool {
    key.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn own_tokens(format: Format, value: &str) -> Vec<String> {
    let after = |item: &str, at: char, known: fn(&str) -> bool| {
        item.trim().split_once(at).filter(|(key, _)| known(key)).map(|(_, text)| text.to_owned())
    };
    match format {
        Format::KeyValues => {
            value.split(',').take(MAX_TOKENS).filter_map(|item| after(item, '=', is_version)).collect()
        }
        Format::Versioned => value
            .split_whitespace()
            .take(MAX_TOKENS)
            .filter_map(|item| after(item, ',', is_version))
            .collect(),
        Format::PrefixedHex => after(value, '=', |key| key.starts_with("sha")).into_iter().collect(),
        Format::Hex | Format::Base64 | Format::Plain => vec![value.to_owned()],
    }
}

/// Whether a proxy joined two headers into one, separated by a comma (RFC 9110, 5.3), each of the
/// form of a scheme that allows one signature only.
pub(super) fn joined(scheme: Scheme, headers: &Headers) -> bool {
    let whole = |part: &str| match scheme.format() {
        Some(Format::PrefixedHex) => {
            part.strip_prefix("sha256=").and_then(from_hex).is_some_and(|d| d.len() == 32)
        }
        Some(Format::Hex) => from_hex(part).is_some_and(|d| d.len() == 32),
        Some(Format::Base64) => from_base64(part).is_some_and(|d| d.len() == 32),
        Some(Format::KeyValues | Format::Versioned | Format::Plain) | None => false,
    };
    let value = scheme.signature_header().and_then(|name| header(headers, name)).unwrap_or_default();
    let parts: Vec<&str> = value.split(',').map(str::trim).collect();
    parts.len() > 1 && parts.iter().all(|part| whole(part))
}

fn any_tokens(value: &str) -> Vec<String> {
    let mut tokens = vec![value.to_owned()];
    for item in value.split([',', ' ', ';', ':']).filter(|item| !item.is_empty()).take(MAX_TOKENS) {
        tokens.push(item.to_owned());
        tokens.extend(item.split_once('=').map(|(_, text)| text.to_owned()));
        let last = item.rsplit_once('=').filter(|(head, text)| head.contains('=') && !text.is_empty());
        tokens.extend(last.map(|(_, text)| text.to_owned()));
    }
    let unquoted = |t: &String| t.trim_matches(['"', '\'', '<', '>', '[', ']']).to_owned();
    let more: Vec<_> = tokens.iter().map(unquoted).filter(|t| !tokens.contains(t)).collect();
    tokens.extend(more);
    tokens
}

/// Every way a text can stand for bytes. The first matching spelling of each digest is kept.
fn decodings(token: &str) -> Vec<(Vec<u8>, &'static str)> {
    let mut all = Vec::new();
    all.extend(from_hex(token).map(|d| (d, "hex")));
    all.extend(from_base64(token).map(|d| (d, "base64")));
    let loose = token.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let pad = "=".repeat((4 - loose.len() % 4) % 4);
    let how = if token.contains(['-', '_']) { "URL-safe base64" } else { "base64 without padding" };
    all.extend(from_base64(&format!("{loose}{pad}")).map(|d| (d, how)));
    for (bytes, how) in all.clone() {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let words =
            if how == "hex" { ["hex of base64", "hex, twice"] } else { ["base64, twice", "base64 of hex"] };
        all.extend(from_base64(&text).map(|d| (d, words[0])));
        all.extend(from_hex(&text).map(|d| (d, words[1])));
    }
    if token.contains('%') {
        let text = String::from_utf8_lossy(&percent::decode(token.as_bytes(), false)).into_owned();
        all.extend(from_base64(&text).or_else(|| from_hex(&text)).map(|d| (d, "percent-encoded text")));
    }
    let colons: String = token.chars().filter(|c| *c != ':' && *c != '-').collect();
    all.extend(from_hex(&colons).map(|d| (d, "hex with separators")));
    all.extend(token.strip_prefix("0x").and_then(from_hex).map(|d| (d, "hex after 0x")));
    all
}
