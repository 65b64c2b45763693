//! JSON written again the way other languages write it, scalars kept as they were spelt.

use std::borrow::Cow;

use hookbench_bounds::{Budget, Document, Token};

/// A JSON document whose strings and numbers are kept as text.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::autopsy) enum Node<'a> {
    /// A string, with its quotes.
    Text(Cow<'a, str>),
    /// A number, `true`, `false` or `null`.
    Plain(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    /// Keys with their quotes, in order.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// The largest body that is written again, in bytes: what was received may have been longer before
/// it was written without its spaces.
const MAX_WRITTEN: usize = 2 * 1024 * 1024;
/// What one value takes in memory at most, besides its text.
const VALUE_BYTES: usize = size_of::<(Cow<'static, str>, Node<'static>)>();
/// The most values of a document that is written again: 4 MiB of memory.
const MAX_VALUES: usize = 4 * 1024 * 1024 / VALUE_BYTES;
/// What going through one value costs, in steps.
const STEPS_PER_VALUE: usize = 16;

/// A document with the memory that it holds; whoever is done with it gives that back.
#[derive(Debug)]
pub(in crate::autopsy) struct Tree<'a> {
    pub(in crate::autopsy) root: Node<'a>,
    values: usize,
}

impl<'a> Tree<'a> {
    fn take(budget: &Budget<'_>, values: usize) -> bool {
        budget.spend_on(values * STEPS_PER_VALUE) && budget.hold(values * VALUE_BYTES)
    }

    /// Another document of about as many values, made of this one.
    pub(in crate::autopsy) fn made(
        &self,
        budget: &Budget<'_>,
        make: impl FnOnce(&Node<'a>) -> Node<'a>,
    ) -> Option<Tree<'a>> {
        Self::take(budget, self.values).then(|| Tree { root: make(&self.root), values: self.values })
    }

    /// Gives its memory back.
    pub(in crate::autopsy) fn release(self, budget: &Budget<'_>) {
        budget.release(self.values * VALUE_BYTES);
    }

    /// Takes the steps of going through it once.
    pub(in crate::autopsy) fn spend(&self, budget: &Budget<'_>) -> bool {
        budget.spend_on(self.values * STEPS_PER_VALUE)
    }
}

/// Reads a document that is valid JSON and not too deep; `None` for anything else, and for one that
/// the budget has no room for.
pub(in crate::autopsy) fn parse<'a>(text: &'a str, budget: &Budget<'_>) -> Option<Tree<'a>> {
    if !budget.spend_on(text.len()) {
        return None;
    }
    let document = Document::read(text.as_bytes()).ok()?;
    let values = document.values();
    if values > MAX_VALUES {
        // More than there is room for: noted, so that nobody takes the search for complete.
        let _refused = budget.hold(usize::MAX);
        return None;
    }
    if !Tree::take(budget, values) {
        return None;
    }
    let root = document.root().fold(
        |token| match token {
            Token::Text(raw) => Node::Text(Cow::Borrowed(raw)),
            Token::Plain(raw) | Token::Key(raw) => Node::Plain(Cow::Borrowed(raw)),
            Token::Object | Token::Array | Token::End => Node::Plain(Cow::Borrowed("")),
        },
        |mut items| {
            items.shrink_to_fit();
            Node::Array(items)
        },
        |fields| Node::Object(fields.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect()),
    )?;
    Some(Tree { root, values })
}

/// White space between tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::autopsy) struct Spacing {
    pub(in crate::autopsy) name: &'static str,
    comma: &'static str,
    colon: &'static str,
    /// One level of indentation; `None` for one line.
    indent: Option<&'static str>,
    line_end: &'static str,
    /// Within brackets that hold something.
    inside: &'static str,
    /// Whether empty brackets are spread over lines too, as older Ruby does.
    opens_empty: bool,
}

const fn spacing(
    name: &'static str,
    comma: &'static str,
    colon: &'static str,
    indent: Option<&'static str>,
) -> Spacing {
    Spacing { name, comma, colon, indent, line_end: "\n", inside: "", opens_empty: false }
}

pub(in crate::autopsy) const COMPACT: Spacing = spacing("compact", ",", ":", None);
pub(in crate::autopsy) const SPACED: Spacing =
    spacing("with a space after comma and colon", ", ", ": ", None);
pub(in crate::autopsy) const INDENTED: Spacing = spacing("indented by 2", ",", ": ", Some("  "));
pub(in crate::autopsy) const SPACINGS: [Spacing; 11] = [
    COMPACT,
    SPACED,
    spacing("with a space after the colon", ",", ": ", None),
    spacing("with a space after the comma", ", ", ":", None),
    INDENTED,
    spacing("indented by 4", ",", ": ", Some("    ")),
    spacing("indented by tabs", ",", ": ", Some("\t")),
    spacing("indented by 2, spaces around the colon", ",", " : ", Some("  ")),
    Spacing { name: "indented by 2, CRLF", line_end: "\r\n", ..INDENTED },
    Spacing { name: "indented by 2, the way Ruby does", opens_empty: true, ..INDENTED },
    Spacing { name: "with spaces within brackets", inside: " ", ..SPACED },
];

/// How strings are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::autopsy) enum Letters {
    AsIs,
    Utf8,
    /// `\u00e9`
    Ascii,
    /// `\u00E9`
    AsciiUpper,
    /// UTF-8, but `<`, `>` and `&` escaped, as Go does.
    Html,
    /// UTF-8, but `<`, `>`, `&`, `=` and `'` escaped, as Gson does.
    Gson,
    /// ASCII, and `<`, `>`, `&`, `'`, `+` escaped in upper case, as .NET does.
    DotNet,
}

impl Letters {
    pub(in crate::autopsy) const ALL: [Self; 7] =
        [Self::AsIs, Self::Utf8, Self::Ascii, Self::AsciiUpper, Self::Html, Self::Gson, Self::DotNet];

    pub(in crate::autopsy) const fn name(self) -> &'static str {
        match self {
            Self::AsIs => "",
            Self::Utf8 => "characters instead of escapes",
            Self::Ascii | Self::AsciiUpper => "escapes instead of characters beyond ASCII",
            Self::Html => "HTML characters escaped",
            Self::Gson => "escaped the way Gson does",
            Self::DotNet => "escaped the way .NET does",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::autopsy) enum Slashes {
    AsIs,
    Escaped,
    Bare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::autopsy) enum Numbers {
    AsIs,
    /// The shortest spelling, as JavaScript writes: 12.50 becomes 12.5, 1.0 becomes 1.
    Shortest,
    /// The shortest spelling that shows a fraction, as Python and Ruby write: 100.00 becomes 100.0.
    Pointed,
    /// Whole numbers as floats: 1 becomes 1.0.
    Floats,
}

/// One way of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::autopsy) struct Style {
    pub(in crate::autopsy) spacing: Spacing,
    pub(in crate::autopsy) letters: Letters,
    pub(in crate::autopsy) slashes: Slashes,
    pub(in crate::autopsy) numbers: Numbers,
}

pub(in crate::autopsy) const PLAIN: Style =
    Style { spacing: COMPACT, letters: Letters::AsIs, slashes: Slashes::AsIs, numbers: Numbers::AsIs };

/// The document written in a style; `None` where it becomes too large to be a body, or when the
/// budget has ended.
pub(in crate::autopsy) fn written(node: &Node<'_>, style: Style, budget: &Budget<'_>) -> Option<String> {
    let mut out = String::new();
    put(node, style, 0, &mut out);
    (budget.spend_on(out.len()) && out.len() <= MAX_WRITTEN).then_some(out)
}

fn line(style: Style, depth: usize, out: &mut String) {
    if let Some(indent) = style.spacing.indent {
        out.push_str(style.spacing.line_end);
        (0..depth).for_each(|_| out.push_str(indent));
    }
}

fn put(node: &Node<'_>, style: Style, depth: usize, out: &mut String) {
    if out.len() > MAX_WRITTEN {
        return;
    }
    match node {
        Node::Text(raw) => string(raw, style, out),
        Node::Plain(raw) => number(raw, style.numbers, out),
        Node::Array(items) if items.is_empty() => {
            out.push('[');
            if style.spacing.opens_empty {
                out.push_str(style.spacing.line_end);
                line(style, depth, out);
            }
            out.push(']');
        }
        Node::Object(fields) if fields.is_empty() => {
            out.push('{');
            if style.spacing.opens_empty {
                line(style, depth, out);
            }
            out.push('}');
        }
        Node::Array(items) => {
            out.push('[');
            out.push_str(style.spacing.inside);
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(style.spacing.comma);
                }
                line(style, depth + 1, out);
                put(item, style, depth + 1, out);
            }
            line(style, depth, out);
            out.push_str(style.spacing.inside);
            out.push(']');
        }
        Node::Object(fields) => {
            out.push('{');
            out.push_str(style.spacing.inside);
            for (i, (key, value)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push_str(style.spacing.comma);
                }
                line(style, depth + 1, out);
                string(key, style, out);
                out.push_str(style.spacing.colon);
                put(value, style, depth + 1, out);
            }
            line(style, depth, out);
            out.push_str(style.spacing.inside);
            out.push('}');
        }
    }
}

fn string(raw: &str, style: Style, out: &mut String) {
    if style.letters == Letters::AsIs && style.slashes == Slashes::AsIs {
        out.push_str(raw);
        return;
    }
    let Ok(text) = serde_json::from_str::<String>(raw) else {
        out.push_str(raw);
        return;
    };
    let had_bare_slash = !raw.contains("\\/");
    let escape_slash = match style.slashes {
        Slashes::AsIs => !had_bare_slash,
        Slashes::Escaped => true,
        Slashes::Bare => false,
    };
    let letters = match style.letters {
        // Only slashes change: keep the characters as they were, escaped or not.
        Letters::AsIs if raw.is_ascii() && raw.contains("\\u") => Letters::Ascii,
        letters @ (Letters::AsIs
        | Letters::Utf8
        | Letters::Ascii
        | Letters::AsciiUpper
        | Letters::Html
        | Letters::Gson
        | Letters::DotNet) => letters,
    };
    out.push('"');
    for c in text.chars() {
        match c {
            '"' if letters == Letters::DotNet => out.push_str("\\u0022"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if escape_slash => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if must_escape(c, letters) => {
                let upper = matches!(letters, Letters::AsciiUpper | Letters::DotNet);
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") });
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn must_escape(c: char, letters: Letters) -> bool {
    let html = matches!(c, '<' | '>' | '&');
    c < ' '
        || match letters {
            Letters::AsIs | Letters::Utf8 => false,
            Letters::Ascii | Letters::AsciiUpper => !c.is_ascii() || c == '\u{7f}',
            Letters::Html => html || matches!(c, '\u{2028}' | '\u{2029}'),
            Letters::Gson => html || matches!(c, '=' | '\'' | '\u{2028}' | '\u{2029}'),
            Letters::DotNet => html || matches!(c, '\'' | '+' | '`' | '\u{7f}') || !c.is_ascii(),
        }
}

fn number(raw: &str, numbers: Numbers, out: &mut String) {
    let whole = is_whole(raw);
    match numbers {
        // Beyond 2^53 a float holds no whole number exactly.
        Numbers::Shortest if !whole || raw.len() > 15 => match raw.parse::<f64>() {
            // Display of an f64 is its shortest exact spelling without an exponent.
            Ok(n) if n.abs() < 1e21 && (n == 0.0 || n.abs() >= 1e-6) => {
                out.push_str(&if n == 0.0 { "0".to_owned() } else { n.to_string() });
            }
            Ok(_) | Err(_) => out.push_str(raw),
        },
        Numbers::Pointed if !whole => match raw.parse::<f64>() {
            Ok(n) if n.abs() < 1e16 && (n == 0.0 || n.abs() >= 1e-4) => out.push_str(&format!("{n:?}")),
            Ok(_) | Err(_) => out.push_str(raw),
        },
        Numbers::Floats if whole => {
            out.push_str(raw);
            out.push_str(".0");
        }
        Numbers::AsIs | Numbers::Shortest | Numbers::Pointed | Numbers::Floats => out.push_str(raw),
    }
}

/// Digits and a sign, nothing else.
pub(in crate::autopsy) fn is_whole(raw: &str) -> bool {
    !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// Every number, as it is spelt, in its order.
pub(in crate::autopsy) fn numbers<'a>(node: &'a Node<'_>, out: &mut Vec<&'a str>) {
    match node {
        Node::Plain(raw) if raw.starts_with(|c: char| c.is_ascii_digit() || c == '-') => out.push(raw),
        Node::Text(_) | Node::Plain(_) => {}
        Node::Array(items) => items.iter().for_each(|item| numbers(item, out)),
        Node::Object(fields) => fields.iter().for_each(|(_, value)| numbers(value, out)),
    }
}
