//! The texts that may have been signed, and the ways to compute a digest over them.

use hookbench_signature::{Algorithm, MacKey, Scheme, SignedText};

use super::cause::{Cause, Choice, add};
use super::claims::Claims;

/// A part of a signed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    Time,
    Body,
}

pub(super) type Text = Vec<Piece>;

/// Reads `id.t.body`, `t:body`: `t` is the time, `id` the id, `body` the body, the rest itself.
fn formula(text: &str, id: &str) -> Text {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, used) = if rest.starts_with("body") {
            (Piece::Body, 4)
        } else if rest.starts_with("id") {
            (Piece::Words(id.to_owned()), 2)
        } else if rest.starts_with('t') {
            (Piece::Time, 1)
        } else {
            let end = rest.find(['t', 'i', 'b']).unwrap_or(rest.len()).max(1);
            (Piece::Words(rest[..end].to_owned()), end)
        };
        pieces.push(piece);
        rest = &rest[used..];
    }
    pieces
}

const WITH_TIME: [&str; 18] = [
    "t.body",
    "tbody",
    "t,body",
    "t:body",
    "t\nbody",
    "t|body",
    "t body",
    "t-body",
    "t_body",
    "t\r\nbody",
    "body.t",
    "bodyt",
    "body,t",
    "body:t",
    "v1:t:body",
    "v0:t:body",
    "t.",
    "t",
];
const WITH_ID: [&str; 4] = ["id.body", "idbody", "id:body", "body.id"];
const WITH_BOTH: [&str; 11] = [
    "id.t.body",
    "t.id.body",
    "idtbody",
    "id:t:body",
    "id,t,body",
    "id\nt\nbody",
    "id.t",
    "id.t.",
    "body.t.id",
    "id.body.t",
    "body.id.t",
];

/// The scheme's own text first, then every other that the headers have the parts for.
pub(super) fn texts(scheme: Scheme, claims: &Claims) -> Vec<Choice<Text>> {
    let id = claims.ids.first().map_or("", String::as_str);
    let own = match scheme.text() {
        Some(SignedText::TimestampBody) => "t.body",
        Some(SignedText::IdTimestampBody) => "id.t.body",
        Some(SignedText::Body) | None => "body",
    };
    let mut list = vec![Choice::own(formula(own, id))];
    let mut put =
        |text: Text, how: String| add(&mut list, Choice::mistake(text, Cause::WrongSignedText, how));
    let over = |text: &str| format!("signed over {}, where {own} belongs", text.escape_default());
    put(formula("body", ""), over("body"));
    put(formula("", ""), "signed over nothing at all".to_owned());
    if claims.time.is_some() {
        for text in WITH_TIME {
            put(formula(text, ""), over(text));
        }
        put(
            vec![Piece::Words("t=".into()), Piece::Time, Piece::Words(".".into()), Piece::Body],
            over("t=t.body"),
        );
        put(
            vec![Piece::Words("t=".into()), Piece::Time, Piece::Words(",".into()), Piece::Body],
            over("t=t,body"),
        );
    }
    for (i, id) in claims.ids.iter().take(4).enumerate() {
        let note = if i == 0 { "" } else { " (with another id than the header's)" };
        for text in WITH_ID {
            put(formula(text, id), over(text) + note);
        }
        if claims.time.is_some() {
            for text in WITH_BOTH {
                put(formula(text, id), over(text) + note);
            }
        }
    }
    for time in claims.other_times.iter().take(3) {
        for text in ["t.body", "tbody", "t:body"] {
            let pieces = formula(text, "").into_iter();
            let pieces = pieces.map(|p| if p == Piece::Time { Piece::Words(time.clone()) } else { p });
            put(pieces.collect(), over(text) + " (with the time of another header)");
        }
        if scheme.text() == Some(SignedText::Body) && !id.is_empty() {
            let pieces = formula("id.t.body", id).into_iter();
            let pieces = pieces.map(|p| if p == Piece::Time { Piece::Words(time.clone()) } else { p });
            put(pieces.collect(), over("id.t.body"));
        }
    }
    list
}

/// A way to make a digest of a secret and a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mac {
    Hmac(Algorithm),
    /// Secret and text the wrong way round.
    Swapped(Algorithm),
    /// The plain hash of secret and text.
    KeyFirst(Algorithm),
    /// The plain hash of text and secret.
    KeyLast(Algorithm),
    /// The plain hash of the text.
    Keyless(Algorithm),
}

impl Mac {
    fn algorithm(self) -> Algorithm {
        match self {
            Self::Hmac(a) | Self::Swapped(a) | Self::KeyFirst(a) | Self::KeyLast(a) | Self::Keyless(a) => a,
        }
    }

    fn name(self) -> String {
        let algorithm = self.algorithm().name();
        let hash = algorithm.trim_start_matches("HMAC-");
        match self {
            Self::Hmac(_) => format!("computed with {algorithm} instead of HMAC-SHA256"),
            Self::Swapped(_) => format!("computed with {algorithm}, secret and text swapped"),
            Self::KeyFirst(_) => format!("computed as plain {hash} of secret and text"),
            Self::KeyLast(_) => format!("computed as plain {hash} of text and secret"),
            Self::Keyless(_) => format!("computed as plain {hash} of the text, without the secret"),
        }
    }

    pub(super) fn digest(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Hmac(a) => MacKey::new(a, key).digest(parts),
            Self::Swapped(a) => MacKey::new(a, &parts.concat()).digest(&[key]),
            Self::KeyFirst(a) => a.hash(&[&[key], parts].concat()),
            Self::KeyLast(a) => a.hash(&[parts, &[key]].concat()),
            Self::Keyless(a) => a.hash(parts),
        }
    }
}

/// HMAC-SHA256 first, then whatever makes a digest as long as one that was received.
pub(super) fn macs(claims: &Claims) -> Vec<Choice<Mac>> {
    let mut list = vec![Choice::own(Mac::Hmac(Algorithm::Sha256))];
    for algorithm in Algorithm::ALL {
        if claims.digests.iter().all(|c| c.digest.len() != algorithm.digest_bytes()) {
            continue;
        }
        for mac in [
            Mac::Hmac(algorithm),
            Mac::Swapped(algorithm),
            Mac::KeyFirst(algorithm),
            Mac::KeyLast(algorithm),
            Mac::Keyless(algorithm),
        ] {
            add(&mut list, Choice::mistake(mac, Cause::WrongAlgorithm, mac.name()));
        }
    }
    list
}
