//! Bodies that were packed or unpacked on the way: compression, base64, forms.

use hookbench_bounds::{Budget, shortened};
use hookbench_signature::{from_base64, from_hex, to_base64};
use miniz_oxide::inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};
use serde_json::{Map, Value};

use super::json::{self, Node, Tree};
use crate::autopsy::percent::{STYLES, Style, decode, encode};

/// A body holds at most 1 MiB; what unpacks to more is not one.
const MAX_UNPACKED: usize = 1024 * 1024;

/// Where the compressed data of a gzip member begins (RFC 1952).
fn gzip_data(body: &[u8]) -> Option<&[u8]> {
    let [0x1f, 0x8b, 8, flags, ..] = body else { return None };
    let mut rest = body.get(10..)?;
    if flags & 4 != 0 {
        let extra = usize::from(u16::from_le_bytes([*rest.first()?, *rest.get(1)?]));
        rest = rest.get(2 + extra..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            rest = rest.get(rest.iter().position(|b| *b == 0)? + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

/// Undoes compression and base64, and does base64; hands each body on.
pub(in crate::autopsy) fn each_unpacked(body: &[u8], each: &mut dyn FnMut(Vec<u8>, &'static str)) {
    let mut put = |bytes: Option<Vec<u8>>, how| {
        if let Some(bytes) = bytes.filter(|b| !b.is_empty()) {
            each(bytes, how);
        }
    };
    let inflate = |body: &[u8]| {
        gzip_data(body)
            .and_then(|data| decompress_to_vec_with_limit(data, MAX_UNPACKED).ok())
            .or_else(|| decompress_to_vec_zlib_with_limit(body, MAX_UNPACKED).ok())
    };
    put(inflate(body), "signed before it was compressed");
    if body.len() < 65_536 && std::str::from_utf8(body).is_err() {
        put(decompress_to_vec_with_limit(body, MAX_UNPACKED).ok(), "signed before it was compressed");
    }
    if let Ok(text) = std::str::from_utf8(body) {
        let mut text =
            text.trim().trim_matches('"').replace(['\r', '\n'], "").replace('-', "+").replace('_', "/");
        put(from_hex(&text), "signed before it was turned into hex");
        text.truncate(text.trim_end_matches('=').len());
        text.push_str(&"=".repeat((4 - text.len() % 4) % 4));
        let decoded = from_base64(&text);
        put(decoded.as_deref().and_then(inflate), "signed before it was compressed and turned into base64");
        put(decoded, "signed before it was turned into base64");
    }
    put(Some(to_base64(body).into_bytes()), "signed as base64");
}

/// Undoes forms, and does them; hands each body on.
pub(in crate::autopsy) fn each_form(body: &[u8], budget: &Budget<'_>, each: &mut dyn FnMut(Vec<u8>, String)) {
    let mut put = |bytes: Vec<u8>, how: &str| {
        if bytes != body && !bytes.is_empty() {
            each(bytes, how.to_owned());
        }
    };
    put([body, b"="].concat(), "signed with = at its end, as a form reads it");
    if let Some(bare) = body.strip_suffix(b"=") {
        put(bare.to_vec(), "signed before it was read as a form");
        put(decode(bare, true), "signed before it was read as a form");
    }
    if body.contains(&b'%') || body.contains(&b'+') {
        put(decode(body, true), "signed before it was percent-encoded");
        put(decode(body, false), "signed before it was percent-encoded");
    }
    let fields = fields(body);
    for (name, value) in &fields {
        let name = String::from_utf8_lossy(name);
        put(value.clone(), &format!("signed before it became the form field `{}`", shortened(&name)));
    }
    for typed in [false, true] {
        if let Some(text) = document(&fields, typed) {
            put(text.into_bytes(), "signed as JSON, received as a form");
        }
    }
    let tree = std::str::from_utf8(body).ok().and_then(|text| json::parse(text, budget));
    for style in STYLES {
        if budget.is_over() {
            return;
        }
        let encoded = encode(body, style);
        for name in ["payload", "data", "body", "json", "event"] {
            put(format!("{name}={encoded}").into_bytes(), &format!("signed as the form field `{name}`"));
        }
        put(encoded.into_bytes(), "signed percent-encoded");
        for nested in [Nested::Escaped, Nested::Brackets, Nested::Dots] {
            let mut parts = Form { text: String::new(), fields: 0, style, nested };
            if let Some(Tree { root: node @ Node::Object(_), .. }) = &tree
                && parts.put(node, "").is_some()
                && parts.fields > 0
                && budget.spend_on(parts.text.len())
            {
                put(parts.text.into_bytes(), "signed as a form, received as JSON");
            }
        }
    }
    if let Some(tree) = tree {
        tree.release(budget);
    }
}

/// How deep a name such as `a[b][c]` goes at most.
const MAX_NESTED: usize = 32;

/// Fields as a compact document, `data[amount]` within `data`; with `typed`, what looks like a
/// number or a truth value is one.
fn document(fields: &[(Vec<u8>, Vec<u8>)], typed: bool) -> Option<String> {
    let mut top = Map::new();
    for (name, value) in fields {
        let name = std::str::from_utf8(name).ok()?;
        let text = std::str::from_utf8(value).ok()?;
        if name.matches('[').count() > MAX_NESTED {
            return None;
        }
        let mut path = name.split('[').map(|part| part.trim_end_matches(']'));
        let mut here = &mut top;
        let mut last = path.next()?.to_owned();
        for part in path {
            let inner = here.entry(last).or_insert_with(|| Value::Object(Map::new()));
            here = inner.as_object_mut()?;
            last = part.to_owned();
        }
        let plain = typed.then(|| serde_json::from_str::<Value>(text).ok()).flatten();
        let plain = plain.filter(|v| {
            !v.is_object() && !v.is_array() && serde_json::to_string(v).is_ok_and(|written| written == text)
        });
        here.insert(last, plain.unwrap_or_else(|| Value::String(text.to_owned())));
    }
    (!top.is_empty()).then(|| Value::Object(top).to_string())
}

fn fields(body: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let name = |name: &[u8]| {
        !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || b"_-.%[]".contains(b))
    };
    let read = |part: &[u8]| {
        let at = part.iter().position(|b| *b == b'=')?;
        name(&part[..at]).then(|| (decode(&part[..at], true), decode(&part[at + 1..], true)))
    };
    body.split(|b| *b == b'&').take(200).map(read).collect::<Option<_>>().unwrap_or_default()
}

/// How a field within a field is named.
#[derive(Clone, Copy, PartialEq)]
enum Nested {
    /// `data%5Bamount%5D`, as PHP and Rails write.
    Escaped,
    /// `data[amount]`
    Brackets,
    /// `data.amount`
    Dots,
}

/// The most fields of a form, and the longest name and text of one, in bytes.
const MAX_FIELDS: usize = 500;
const MAX_NAME: usize = 4096;
const MAX_TEXT: usize = 2 * 1024 * 1024;

/// A document as form fields, in its order, numbers as they are spelt. Null is an empty value.
struct Form {
    text: String,
    fields: usize,
    style: Style,
    nested: Nested,
}

impl Form {
    /// Adds a value under a name; `None` where it becomes no form that anybody sends.
    fn put(&mut self, node: &Node<'_>, name: &str) -> Option<()> {
        if self.fields > MAX_FIELDS || name.len() > MAX_NAME || self.text.len() > MAX_TEXT {
            return None;
        }
        match node {
            Node::Text(raw) => self.field(name, serde_json::from_str::<String>(raw).ok()?.as_bytes()),
            Node::Plain(raw) => self.field(name, if raw == "null" { b"" } else { raw.as_bytes() }),
            Node::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    let within = self.within(name, &i.to_string());
                    self.put(item, &within)?;
                }
            }
            Node::Object(fields) => {
                for (key, value) in fields {
                    let within = self.within(name, &serde_json::from_str::<String>(key).ok()?);
                    self.put(value, &within)?;
                }
            }
        }
        Some(())
    }

    fn field(&mut self, name: &str, value: &[u8]) {
        if self.fields > 0 {
            self.text.push('&');
        }
        self.fields += 1;
        self.text.push_str(name);
        self.text.push('=');
        self.text.push_str(&encode(value, self.style));
    }

    fn within(&self, name: &str, inner: &str) -> String {
        let inner = encode(inner.as_bytes(), self.style);
        match (name, self.nested) {
            ("", _) => inner,
            (_, Nested::Escaped) if self.style.lower => format!("{name}%5b{inner}%5d"),
            (_, Nested::Escaped) => format!("{name}%5B{inner}%5D"),
            (_, Nested::Brackets) => format!("{name}[{inner}]"),
            (_, Nested::Dots) => format!("{name}.{inner}"),
        }
    }
}
