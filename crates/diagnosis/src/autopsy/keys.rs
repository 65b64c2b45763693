//! The ways a secret is misread.

use hookbench_signature::{SECRET_PREFIX, Scheme, Secret, from_base64, from_hex, to_base64, to_hex};

use super::cause::{Cause, Choice, add};
use super::percent;

/// What secrets of the well-known platforms begin with.
const PREFIXES: [&str; 6] = ["sk_", "sk_live_", "sk_test_", "secret_", "shpss_", "wh_"];

/// Key bytes; compared and dropped, never shown.
pub(super) type Key = Vec<u8>;

/// The key as the scheme reads the secret, if it can, then every other reading.
pub(super) fn readings(scheme: Scheme, secret: &Secret) -> (Option<Key>, Vec<Choice<Key>>) {
    let own = secret.key(scheme).ok().map(|key| key.to_vec());
    let mut list: Vec<Choice<Key>> = own.iter().cloned().map(Choice::own).collect();
    let given = secret.expose();
    for (text, how) in spellings(given) {
        let derived = Secret::new(text.clone()).ok().and_then(|s| s.key(scheme).ok().map(|k| k.to_vec()));
        let with = |what: &str| match (how, what) {
            ("", what) => what.to_owned(),
            (how, "") => how.to_owned(),
            (how, what) => format!("{how}, {what}"),
        };
        let mut put = |key: Option<Vec<u8>>, what: &str| {
            if let Some(key) = key.filter(|k| !k.is_empty()) {
                add(&mut list, Choice::mistake(key, Cause::SecretEncoding, with(what)));
            }
        };
        put(derived, "");
        put(Some(text.clone()), "taken as it is, without decoding");
        let Ok(words) = std::str::from_utf8(&text) else { continue };
        let bare = words.strip_prefix(SECRET_PREFIX);
        let rest = bare.unwrap_or(words);
        put(bare.map(|b| b.as_bytes().to_vec()), "the text after the prefix, not decoded");
        put(bare.is_none().then(|| [SECRET_PREFIX.as_bytes(), &text].concat()), "with the prefix whsec_");
        put(loose_base64(rest), "decoded from base64");
        put(from_hex(rest), "decoded from hex");
        if how.is_empty() {
            put(Some(to_base64(rest.as_bytes()).into_bytes()), "encoded as base64");
            put(Some(to_hex(rest.as_bytes()).into_bytes()), "encoded as hex");
            if let Some(own) = &own {
                put(Some(to_base64(own).into_bytes()), "the key encoded as base64");
                put(Some(to_hex(own).into_bytes()), "the key encoded as hex");
            }
            if let Some(bytes) = from_hex(rest) {
                put(Some(to_base64(&bytes).into_bytes()), "turned from hex into base64");
            }
            if let Some(bytes) = loose_base64(rest) {
                put(Some(to_hex(&bytes).into_bytes()), "turned from base64 into hex");
            }
            put(Some(words.to_lowercase().into_bytes()), "in lower case");
            put(Some(words.to_uppercase().into_bytes()), "in upper case");
            put(Some(words.encode_utf16().flat_map(u16::to_le_bytes).collect()), "encoded as UTF-16");
            let ends = words.match_indices('_').take(3).map(|(at, _)| at + 1);
            for end in ends {
                put(words.get(end..).map(|rest| rest.as_bytes().to_vec()), "without its prefix");
            }
            for prefix in PREFIXES {
                put(Some([prefix.as_bytes(), text.as_slice()].concat()), "with a prefix");
            }
        }
    }
    list.retain(|c| c.change.is_some());
    (own, list)
}

/// The secret without (or with) what copying adds around it.
fn spellings(given: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let mut all: Vec<(Vec<u8>, &'static str)> = vec![(given.to_vec(), "")];
    let mut put = |bytes: Vec<u8>, how| {
        if !bytes.is_empty() && all.iter().all(|(b, _)| *b != bytes) {
            all.push((bytes, how));
        }
    };
    let trimmed = given.trim_ascii();
    put(trimmed.to_vec(), "without the white space around it");
    let unquoted = match trimmed {
        [b'"', inner @ .., b'"']
        | [b'\'', inner @ .., b'\'']
        | [b'`', inner @ .., b'`']
        | [b'<', inner @ .., b'>'] => inner,
        _ => trimmed,
    };
    put(unquoted.to_vec(), "without the quotes around it");
    put(trimmed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(trimmed).to_vec(), "without a byte order mark");
    put([trimmed, b"\n"].concat(), "with a line end");
    put([trimmed, b"\r\n"].concat(), "with a CRLF line end");
    put([trimmed, b" "].concat(), "with a space at its end");
    put([b" ", trimmed].concat(), "with a space before it");
    put([b"\"", trimmed, b"\""].concat(), "with quotes around it");
    put([b"'", trimmed, b"'"].concat(), "with quotes around it");
    put(percent::decode(trimmed, false), "with percent escapes undone");
    put(percent::encode(trimmed, percent::STYLES[4]).into_bytes(), "with percent escapes");
    put([trimmed, b"\r"].concat(), "with a carriage return");
    put([trimmed, b"\t"].concat(), "with a tab at its end");
    let escapes = String::from_utf8_lossy(trimmed).replace("\\n", "\n").replace("\\r", "\r");
    put(escapes.into_bytes(), "with written-out line ends made real");
    put(trimmed.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect(), "without white space inside");
    all
}

/// Base64 in either alphabet, padded or not.
fn loose_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let pad = "=".repeat((4 - text.len() % 4) % 4);
    from_base64(&format!("{text}{pad}"))
}
