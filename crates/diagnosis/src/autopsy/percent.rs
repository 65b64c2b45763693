//! Percent-encoding as forms use it.

use std::fmt::Write;

/// Undoes `%XX`; with `plus`, `+` is a space. What is not an escape stays as it is.
pub(super) fn decode(bytes: &[u8], plus: bool) -> Vec<u8> {
    let digit =
        |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(b) = bytes.get(i) {
        match (b, digit(bytes.get(i + 1)), digit(bytes.get(i + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                i += 3;
                continue;
            }
            (b'+', _, _) if plus => out.push(b' '),
            (b, _, _) => out.push(*b),
        }
        i += 1;
    }
    out
}

/// How a writer of forms spells what must be escaped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// `+` for a space, else `%20`.
    pub(super) plus: bool,
    /// What stays as it is, besides letters and digits.
    pub(super) keep: &'static [u8],
    /// Whether escapes are in lower case, as .NET writes them.
    pub(super) lower: bool,
}

/// Browsers and Java; Python and Go; PHP; .NET; `encodeURIComponent`; RFC 3986.
pub(super) const STYLES: [Style; 6] = [
    Style { plus: true, keep: b"*-._", lower: false },
    Style { plus: true, keep: b"-._~", lower: false },
    Style { plus: true, keep: b"-._", lower: false },
    Style { plus: true, keep: b"!()*-._", lower: true },
    Style { plus: false, keep: b"-_.!~*'()", lower: false },
    Style { plus: false, keep: b"-._~", lower: false },
];

pub(super) fn encode(bytes: &[u8], style: Style) -> String {
    let mut out = String::with_capacity(bytes.len() * 3 / 2);
    for b in bytes {
        match b {
            b' ' if style.plus => out.push('+'),
            b if b.is_ascii_alphanumeric() || style.keep.contains(b) => out.push(char::from(*b)),
            b if style.lower => {
                let _ = write!(out, "%{b:02x}");
            }
            b => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{b:02X}");
            }
        }
    }
    out
}
