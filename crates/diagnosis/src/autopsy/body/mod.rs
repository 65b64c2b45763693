//! The bodies that may have been signed instead of the one received.

pub(in crate::autopsy) mod amounts;
pub(in crate::autopsy) mod charset;
pub(in crate::autopsy) mod json;
pub(in crate::autopsy) mod key_order;
pub(in crate::autopsy) mod packing;
pub(in crate::autopsy) mod shapes;

use hookbench_bounds::Budget;

use super::cause::{Cause, Choice};
use json::{COMPACT, INDENTED, Letters, Node, Numbers, PLAIN, SPACED, SPACINGS, Slashes, Style, Tree};

type Body = Vec<u8>;
/// Above this, only the likelier combinations are made: each costs time.
pub(in crate::autopsy) const LARGE_BYTES: usize = 8192;
const BOM: &[u8] = b"\xef\xbb\xbf";
/// Where buffers, columns and body parsers cut.
const LIMITS: [usize; 40] = [
    128, 255, 256, 500, 512, 1000, 1023, 1024, 2000, 2048, 4000, 4095, 4096, 5000, 8000, 8190, 8191, 8192,
    10_000, 10_240, 16_384, 20_000, 32_767, 32_768, 50_000, 64_000, 65_535, 65_536, 100_000, 102_400,
    131_072, 200_000, 250_000, 256_000, 262_144, 500_000, 512_000, 524_288, 1_000_000, 1_024_000,
];

/// The most open brackets that are closed one by one; what was cut off deeper is no mistake of a
/// reader.
const MOST_UNCLOSED: usize = 128;

/// Makes variants in order of how simple they are, and hands each on: no two have the same bytes,
/// none those received. They are never held together: there may be a thousand, each as large as
/// the body.
struct Variants<'v> {
    received: &'v [u8],
    budget: &'v Budget<'v>,
    seen: std::collections::HashSet<u64>,
    each: &'v mut dyn FnMut(Choice<Body>),
}

fn mark(bytes: &[u8]) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hasher::write(&mut hasher, bytes);
    std::hash::Hasher::finish(&hasher)
}

impl<'v> Variants<'v> {
    fn new(received: &'v [u8], budget: &'v Budget<'v>, each: &'v mut dyn FnMut(Choice<Body>)) -> Self {
        Self { received, budget, seen: std::iter::once(mark(received)).collect(), each }
    }

    /// Whether a body differs from the one received in its line ends alone.
    fn same_but_line_ends(&self, bytes: &[u8]) -> bool {
        let bare = |b: &&u8| !matches!(**b, b'\r' | b'\n');
        let lines = |bytes: &[u8]| bytes.iter().any(|b| matches!(b, b'\r' | b'\n'));
        (lines(bytes) || lines(self.received))
            && bytes.iter().filter(bare).eq(self.received.iter().filter(bare))
    }

    fn put(&mut self, bytes: Body, cause: Cause, how: impl Into<String>) {
        if !self.budget.spend_on(bytes.len()) || !self.seen.insert(mark(&bytes)) {
            return;
        }
        let cause = if cause == Cause::BodyReserialized && self.same_but_line_ends(&bytes) {
            Cause::BodyCrlf
        } else {
            cause
        };
        (self.each)(Choice::mistake(bytes, cause, how));
    }

    /// Writes a document in a style and hands it on, unless it becomes too large to be a body.
    fn put_written(&mut self, node: &Node<'_>, style: Style, how: impl Into<String>) {
        if !self.budget.is_over()
            && let Some(text) = json::written(node, style, self.budget)
        {
            self.put(text.into_bytes(), Cause::BodyReserialized, how);
        }
    }
}

/// Every single mistake with a body, handed on one by one.
pub(in crate::autopsy) fn each_variant(
    body: &[u8],
    content_length: Option<usize>,
    budget: &Budget<'_>,
    each: &mut dyn FnMut(Choice<Body>),
) {
    let mut v = Variants::new(body, budget, each);
    simple(&mut v, body);
    reserialized(&mut v, body);
    truncated(&mut v, body, content_length);
    packing::each_unpacked(body, &mut |bytes, how| v.put(bytes, Cause::BodyCompressed, how));
    packing::each_form(body, budget, &mut |bytes, how| v.put(bytes, Cause::BodyFormEncoded, how));
    charset::each_reading(body, &mut |bytes, how| v.put(bytes, Cause::BodyCharset, how));
}

/// The mistakes that come on top of another one, handed on one by one.
pub(in crate::autopsy) fn each_on_top(body: &[u8], budget: &Budget<'_>, each: &mut dyn FnMut(Choice<Body>)) {
    simple(&mut Variants::new(body, budget, each), body);
}

fn simple(v: &mut Variants<'_>, body: &[u8]) {
    let newline = Cause::BodyTrailingNewline;
    v.put([body, b"\n"].concat(), newline, "signed with a line end (LF) after the body");
    v.put([body, b"\r\n"].concat(), newline, "signed with a line end (CRLF) after the body");
    v.put([body, b"\n\n"].concat(), newline, "signed with two line ends after the body");
    v.put([body, b"\r"].concat(), newline, "signed with a carriage return after the body");
    if let Some(bare) = body.strip_suffix(b"\n") {
        v.put(
            bare.strip_suffix(b"\r").unwrap_or(bare).to_vec(),
            newline,
            "signed without the line end after the body",
        );
        v.put(bare.to_vec(), newline, "signed without the last LF");
        v.put([bare, b"\r\n"].concat(), Cause::BodyCrlf, "signed with CRLF at its end");
    }
    let ends = body.iter().rev().take_while(|b| b.is_ascii_whitespace()).any(|b| matches!(b, b'\n' | b'\r'));
    if ends {
        v.put(body.trim_ascii_end().to_vec(), newline, "signed without the line ends after the body");
    }
    let lf = replace(body, b"\r\n", b"\n");
    v.put(replace(&lf, b"\n", b"\r\n"), Cause::BodyCrlf, "signed with CRLF as line ends");
    v.put(replace(&lf, b"\r", b"\n"), Cause::BodyCrlf, "signed with LF as line ends");
    v.put(lf, Cause::BodyCrlf, "signed with LF as line ends");
    v.put(replace(body, b"\n", b""), Cause::BodyCrlf, "signed without line ends");
    match body.strip_prefix(BOM) {
        Some(bare) => v.put(bare.to_vec(), Cause::BodyBom, "signed without the byte order mark"),
        None => v.put([BOM, body].concat(), Cause::BodyBom, "signed with a byte order mark"),
    }
    v.put(body.trim_ascii().to_vec(), Cause::BodyReserialized, "signed without the white space around it");
    v.put([body, b" "].concat(), Cause::BodyReserialized, "signed with a space after it");
    v.put([b" ", body].concat(), Cause::BodyReserialized, "signed with a space before it");
    v.put([b"\n", body].concat(), Cause::BodyReserialized, "signed with a line end before it");
}

fn replace(body: &[u8], from: &[u8], to: &[u8]) -> Body {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((first, tail)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

fn reserialized(v: &mut Variants<'_>, body: &[u8]) {
    // A byte order mark is a mistake of its own: what stands behind it is looked at as a pair.
    let Some(text) = std::str::from_utf8(body).ok().filter(|_| !body.starts_with(BOM)) else { return };
    if let Ok(inner) = serde_json::from_str::<String>(text) {
        v.put(inner.into_bytes(), Cause::BodyReserialized, "signed before it was made a JSON string");
    }
    let Some(tree) = json::parse(text, v.budget) else { return };
    let node = &tree.root;
    let Some(sorted) = tree.made(v.budget, shapes::sorted) else { return };
    let letters = !text.is_ascii() || text.contains("\\u");
    let html = text.contains(['<', '>', '&', '\'', '+', '`', '=', '\u{2028}', '\u{2029}']);
    let slashes = text.contains('/');
    let mut numbers = Vec::new();
    json::numbers(node, &mut numbers);
    let long = numbers.iter().any(|raw| raw.len() > 15);
    let fractions = numbers.iter().any(|raw| !json::is_whole(raw));
    for number in [Numbers::AsIs, Numbers::Shortest, Numbers::Pointed, Numbers::Floats] {
        for slash in [Slashes::AsIs, Slashes::Escaped, Slashes::Bare] {
            for letter in Letters::ALL {
                let needless = (number == Numbers::Shortest && !fractions && !long)
                    || (number == Numbers::Pointed && !fractions)
                    || (number == Numbers::Floats && (letter != Letters::AsIs || slash != Slashes::AsIs))
                    || (slash != Slashes::AsIs && !slashes)
                    || match letter {
                        Letters::AsIs => false,
                        Letters::Utf8 | Letters::Ascii | Letters::AsciiUpper => !letters,
                        Letters::Html | Letters::Gson => !html,
                        Letters::DotNet => !html && !letters && !text.contains("\\\""),
                    };
                if needless {
                    continue;
                }
                if v.budget.is_over() {
                    return;
                }
                let departs = letter != Letters::AsIs || slash != Slashes::AsIs || number != Numbers::AsIs;
                let spacings =
                    if departs && text.len() > LARGE_BYTES { &SPACINGS[..2] } else { &SPACINGS[..] };
                for spacing in spacings.iter().copied() {
                    let style = Style { spacing, letters: letter, slashes: slash, numbers: number };
                    for (node, order) in [(node, ""), (&sorted.root, "keys sorted")] {
                        let slash = match slash {
                            Slashes::AsIs => "",
                            Slashes::Escaped => "slashes escaped",
                            Slashes::Bare => "slashes not escaped",
                        };
                        let number = match number {
                            Numbers::AsIs => "",
                            Numbers::Shortest => "numbers in their shortest form",
                            Numbers::Pointed => "numbers in their shortest form with a point",
                            Numbers::Floats => "whole numbers as fractions",
                        };
                        let words = [spacing.name, order, letter.name(), slash, number];
                        let words: Vec<_> = words.into_iter().filter(|w| !w.is_empty()).collect();
                        v.put_written(node, style, format!("signed {}", words.join(", ")));
                    }
                }
            }
        }
    }
    sorted.release(v.budget);
    reshaped(v, &tree);
    if let Node::Object(fields) = node {
        for (_, value) in fields {
            let Node::Text(raw) = value else { continue };
            let inner = serde_json::from_str::<String>(raw).ok().filter(|t| t.starts_with(['{', '[']));
            if let Some(inner) = inner {
                v.put(inner.into_bytes(), Cause::BodyReserialized, "signed before it was put into a field");
            }
        }
    }
    tree.release(v.budget);
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    v.put(quoted.into_bytes(), Cause::BodyReserialized, "signed as a JSON string");
}

/// Other shapes, in the likelier spellings of each.
fn reshaped(v: &mut Variants<'_>, tree: &Tree<'_>) {
    let budget = v.budget;
    shapes::each_other(tree, budget, &mut |other, how| {
        for spacing in [COMPACT, SPACED, INDENTED] {
            for (letters, slashes) in [
                (Letters::AsIs, Slashes::AsIs),
                (Letters::Utf8, Slashes::Bare),
                (Letters::Ascii, Slashes::Escaped),
                (Letters::Ascii, Slashes::AsIs),
            ] {
                let style = Style { spacing, letters, slashes, ..PLAIN };
                v.put_written(other, style, format!("signed {}, {how}", spacing.name));
            }
        }
    });
}

fn truncated(v: &mut Variants<'_>, body: &[u8], content_length: Option<usize>) {
    for limit in LIMITS.into_iter().chain(content_length) {
        if let Some(head) = body.get(..limit).filter(|h| h.len() < body.len()) {
            v.put(head.to_vec(), Cause::BodyTruncated, format!("signed only to byte {limit}"));
        }
    }
    if let Some(at) = body.iter().position(|b| *b == 0) {
        v.put(body[..at].to_vec(), Cause::BodyTruncated, "signed only to the first NUL");
    }
    if let Some((_, head)) = body.split_last().filter(|(last, _)| **last != b'=') {
        v.put(head.to_vec(), Cause::BodyTruncated, "signed without the last byte");
    }
    if let Some(missing) = unclosed(body).filter(|m| (1..=MOST_UNCLOSED).contains(&m.len())) {
        for n in 1..=missing.len() {
            v.put(
                [body, &missing[..n]].concat(),
                Cause::BodyTruncated,
                "signed with the brackets that are cut off",
            );
        }
    }
}

/// What would close the brackets and quotes that are open at the end of JSON; `None` where it does
/// not begin like JSON.
pub(in crate::autopsy) fn unclosed(body: &[u8]) -> Option<Vec<u8>> {
    let text = body.trim_ascii_start();
    if !matches!(text.first(), Some(b'{' | b'[')) {
        return None;
    }
    let (mut open, mut in_string, mut escaped) = (Vec::new(), false, false);
    for b in text {
        match b {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => {
                open.pop();
            }
            _ => {}
        }
    }
    let quote = in_string.then_some(b'"');
    Some(quote.into_iter().chain(open.into_iter().rev()).collect())
}
