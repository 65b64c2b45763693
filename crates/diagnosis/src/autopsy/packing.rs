//! Bodies that were packed or unpacked on the way: compression, base64, forms.

use hookbench_signature::{from_base64, from_hex, to_base64};
use miniz_oxide::inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};
use serde_json::{Map, Value};

use super::json::{self, Node};
use super::percent::{STYLES, Style, decode, encode};

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

/// Undoes compression and base64, and does base64.
pub(super) fn unpacked(body: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let mut all = Vec::new();
    let mut put = |bytes: Option<Vec<u8>>, how| all.extend(bytes.filter(|b| !b.is_empty()).map(|b| (b, how)));
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
        let text =
            text.trim().trim_matches('"').replace(['\r', '\n'], "").replace('-', "+").replace('_', "/");
        let bare = text.trim_end_matches('=');
        let pad = "=".repeat((4 - bare.len() % 4) % 4);
        let decoded = from_base64(&format!("{bare}{pad}"));
        put(decoded.as_deref().and_then(inflate), "signed before it was compressed and turned into base64");
        put(decoded, "signed before it was turned into base64");
        put(from_hex(&text), "signed before it was turned into hex");
    }
    put(Some(to_base64(body).into_bytes()), "signed as base64");
    all
}

/// Undoes forms, and does them.
pub(super) fn forms(body: &[u8]) -> Vec<(Vec<u8>, String)> {
    let mut all: Vec<(Vec<u8>, String)> = Vec::new();
    let mut put = |bytes: Vec<u8>, how: &str| {
        if bytes != body && !bytes.is_empty() {
            all.push((bytes, how.to_owned()));
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
        put(
            value.clone(),
            &format!("signed before it became the form field `{}`", String::from_utf8_lossy(name)),
        );
    }
    for typed in [false, true] {
        if let Some(text) = document(&fields, typed) {
            put(text.into_bytes(), "signed as JSON, received as a form");
        }
    }
    let object = std::str::from_utf8(body).ok().and_then(json::parse);
    for style in STYLES {
        for name in ["payload", "data", "body", "json", "event"] {
            put(
                format!("{name}={}", encode(body, style)).into_bytes(),
                &format!("signed as the form field `{name}`"),
            );
        }
        put(encode(body, style).into_bytes(), "signed percent-encoded");
        for nested in [Nested::Escaped, Nested::Brackets, Nested::Dots] {
            let mut parts = Vec::new();
            if let Some(node @ Node::Object(_)) = &object
                && form(node, "", style, nested, &mut parts).is_some()
                && !parts.is_empty()
            {
                put(parts.join("&").into_bytes(), "signed as a form, received as JSON");
            }
        }
    }
    all
}

/// Fields as a compact document, `data[amount]` within `data`; with `typed`, what looks like a
/// number or a truth value is one.
fn document(fields: &[(Vec<u8>, Vec<u8>)], typed: bool) -> Option<String> {
    let mut top = Map::new();
    for (name, value) in fields {
        let name = std::str::from_utf8(name).ok()?;
        let text = std::str::from_utf8(value).ok()?;
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

/// A document as form fields, in its order, numbers as they are spelt. Null is an empty value.
fn form(node: &Node, name: &str, style: Style, nested: Nested, parts: &mut Vec<String>) -> Option<()> {
    if parts.len() > 500 {
        return None;
    }
    let within = |inner: &str| match (name, nested) {
        ("", _) => encode(inner.as_bytes(), style),
        (_, Nested::Escaped) if style.lower => format!("{name}%5b{}%5d", encode(inner.as_bytes(), style)),
        (_, Nested::Escaped) => format!("{name}%5B{}%5D", encode(inner.as_bytes(), style)),
        (_, Nested::Brackets) => format!("{name}[{}]", encode(inner.as_bytes(), style)),
        (_, Nested::Dots) => format!("{name}.{}", encode(inner.as_bytes(), style)),
    };
    match node {
        Node::Text(raw) => {
            let text = serde_json::from_str::<String>(raw).ok()?;
            parts.push(format!("{name}={}", encode(text.as_bytes(), style)));
        }
        Node::Plain(raw) => {
            let raw = if raw == "null" { "" } else { raw };
            parts.push(format!("{name}={}", encode(raw.as_bytes(), style)));
        }
        Node::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                form(item, &within(&i.to_string()), style, nested, parts)?;
            }
        }
        Node::Object(fields) => {
            for (key, value) in fields {
                let key = serde_json::from_str::<String>(key).ok()?;
                form(value, &within(&key), style, nested, parts)?;
            }
        }
    }
    Some(())
}
