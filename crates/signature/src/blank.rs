//! Known secrets, found wherever they stand in text and however they were written: as they are, in
//! base64 (also within a longer text, as in `Basic` credentials), percent-encoded, in hex, in JSON.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::encoding::to_hex;

/// Shorter secrets are not looked for: they stand in much that is none.
pub const MIN_BLANKED_BYTES: usize = 6;

/// Finds secrets and puts a mask in their place.
#[derive(Debug, Clone)]
pub struct Blank {
    search: Option<AhoCorasick>,
    mask: &'static str,
}

impl Blank {
    /// Looks for these secrets; those under [`MIN_BLANKED_BYTES`] are left out.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a [u8]>, mask: &'static str) -> Self {
        let mut written: BTreeSet<Vec<u8>> = BTreeSet::new();
        for secret in secrets.into_iter().filter(|secret| secret.len() >= MIN_BLANKED_BYTES) {
            spellings(secret, &mut written);
        }
        // Hex digits and percent-encodings come in either case.
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&written)
            .ok()
            .filter(|_| !written.is_empty());
        Self { search, mask }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.search.is_none()
    }

    /// The text without the secrets.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // A secret that is no UTF-8 is none of a text that is.
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// The bytes without the secrets.
    #[must_use]
    pub fn bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        let Some(search) = self.search.as_ref().filter(|search| search.is_match(bytes)) else {
            return Cow::Borrowed(bytes);
        };
        let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
        for found in search.find_iter(bytes) {
            out.extend_from_slice(&bytes[at..found.start()]);
            out.extend_from_slice(self.mask.as_bytes());
            at = found.end();
        }
        out.extend_from_slice(&bytes[at..]);
        Cow::Owned(out)
    }

    /// Takes the secrets out of a text in place.
    pub fn clean(&self, text: &mut String) {
        if let Cow::Owned(blanked) = self.text(text) {
            *text = blanked;
        }
    }
}

/// Every way in which a secret is written.
fn spellings(secret: &[u8], into: &mut BTreeSet<Vec<u8>>) {
    into.insert(secret.to_vec());
    into.insert(to_hex(secret).into_bytes());
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    // What is encoded differs: a URL leaves more as it is than a form does.
    for kept in [&b""[..], b"!$&'()*+,;=:@/?"] {
        let mut percent = Vec::with_capacity(secret.len());
        for b in secret {
            if safe(*b) || kept.contains(b) {
                percent.push(*b);
            } else {
                percent.extend_from_slice(format!("%{b:02X}").as_bytes());
            }
        }
        into.insert(percent.clone());
        into.insert(String::from_utf8_lossy(&percent).replace("%20", "+").into_bytes());
    }
    if let Ok(text) = std::str::from_utf8(secret)
        && let Ok(json) = serde_json::to_string(text)
    {
        into.insert(json[1..json.len() - 1].replace('/', "\\/").into_bytes());
        into.insert(json.as_bytes()[1..json.len() - 1].to_vec());
    }
    // Base64 writes three bytes as four characters, so it depends on how many bytes come before. The
    // characters that other bytes have a part in are left out.
    for before in 0..3 {
        let shifted = [&[0u8, 0][..before], secret].concat();
        let whole = shifted.len() * 8 / 6;
        let first = (before * 8).div_ceil(6);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let coded = engine.encode(&shifted);
            if let Some(core) = coded.get(first..whole).filter(|core| core.len() >= MIN_BLANKED_BYTES) {
                into.insert(core.as_bytes().to_vec());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::to_base64;

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        let secret = "s3cr\"et/+ & more";
        let blank = Blank::new([secret.as_bytes(), b"short"], "••••");
        let form: String = url_form(secret);
        for written in [
            secret.to_owned(),
            to_base64(secret.as_bytes()),
            STANDARD.encode(format!("user:{secret}")),
            STANDARD.encode(format!("u:{secret}!")),
            STANDARD.encode(format!("me:{secret}:more")),
            to_hex(secret.as_bytes()),
            to_hex(secret.as_bytes()).to_uppercase(),
            form.clone(),
            form.to_lowercase(),
            serde_json::to_string(secret).unwrap(),
        ] {
            let text = format!("before {written} after");
            let blanked = blank.text(&text);
            assert!(blanked.contains("••••") && blanked.contains("before ") && blanked.contains(" after"));
            let found = |part: &str| blanked.contains(part);
            assert!(!found("s3cr") && !found(&written), "{written}: {blanked}");
        }
        assert_eq!(blank.text("short stays, and so does other text"), "short stays, and so does other text");
        assert!(Blank::new([&b"short"[..]], "x").is_empty());
        let bytes = blank.bytes(b"\xff\x00s3cr\"et/+ & more\xfe");
        assert_eq!(bytes.as_ref(), [b"\xff\x00", "••••".as_bytes(), b"\xfe"].concat());
    }

    /// As a form writes it.
    fn url_form(text: &str) -> String {
        let byte = |b: u8| match b {
            b' ' => "+".to_owned(),
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        };
        text.bytes().map(byte).collect()
    }
}
