//! Byte operations that a fault is written in: `append:\n | base64`, one after the other.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Applies operations separated by ` | `.
pub(super) fn apply(bytes: Vec<u8>, operations: &str) -> Vec<u8> {
    operations.split(" | ").filter(|o| !o.is_empty()).fold(bytes, |bytes, o| operation(&bytes, o))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |i: usize| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
    (0..text.len() / 2).map(|i| digit(2 * i)).collect()
}

fn operation(bytes: &[u8], operation: &str) -> Vec<u8> {
    let (name, argument) = operation.split_once(':').unwrap_or((operation, ""));
    let argument = &unescaped(argument);
    let text = || std::str::from_utf8(bytes).unwrap();
    match name {
        "append" => [bytes, argument.as_bytes()].concat(),
        "prepend" => [argument.as_bytes(), bytes].concat(),
        "strip" => bytes.strip_prefix(argument.as_bytes()).unwrap().to_vec(),
        "cut" => bytes[..argument.parse().unwrap()].to_vec(),
        "cut_end" => bytes[..bytes.len() - argument.parse::<usize>().unwrap()].to_vec(),
        "trim" => text().trim().as_bytes().to_vec(),
        "crlf" => text().replace("\r\n", "\n").replace('\n', "\r\n").into_bytes(),
        "lf" => text().replace("\r\n", "\n").into_bytes(),
        "cr" => text().replace("\r\n", "\n").replace('\n', "\r").into_bytes(),
        "oneline" => text().replace(['\r', '\n'], "").into_bytes(),
        "bom" => [b"\xef\xbb\xbf", bytes].concat(),
        "quote" => format!("\"{}\"", text()).into_bytes(),
        "jsonstring" => serde_json::to_vec(text()).unwrap(),
        "upper" => text().to_uppercase().into_bytes(),
        "lower" => text().to_lowercase().into_bytes(),
        "hex" => hex(bytes).into_bytes(),
        "dashes" => bytes.chunks(2).collect::<Vec<_>>().join(&b'-'),
        "unhex" => unhex(text()),
        "base64" => STANDARD.encode(bytes).into_bytes(),
        "base64url" => URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
        "base64bare" => STANDARD_NO_PAD.encode(bytes).into_bytes(),
        "unbase64" => STANDARD.decode(bytes).unwrap(),
        "wrap76" => bytes.chunks(76).collect::<Vec<_>>().join(&b"\r\n"[..]),
        "latin1" => text().chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
        "utf16le" => text().encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf16be" => text().encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "mojibake" => bytes.iter().map(|b| char::from(*b)).collect::<String>().into_bytes(),
        "lossy" => String::from_utf8_lossy(bytes).into_owned().into_bytes(),
        "question" => {
            text().chars().map(|c| if c.is_ascii() { c } else { '?' }).collect::<String>().into_bytes()
        }
        "replace" => {
            let (from, to) = argument.split_once("=>").unwrap();
            assert!(text().contains(from), "{from:?} is not in the body");
            text().replace(from, to).into_bytes()
        }
        // A field of so many letters, so that a body is larger than some limit.
        "grow" => {
            let n: usize = argument.parse().unwrap();
            let filler: String =
                (0..n).map(|i| char::from(b'a' + u8::try_from(i * 7 % 26).unwrap())).collect();
            text().replacen('{', &format!("{{\"filler\":\"{filler}\","), 1).into_bytes()
        }
        "percent" => percent(bytes, true).into_bytes(),
        "percent20" => percent(bytes, false).into_bytes(),
        other => panic!("there is no operation `{other}`"),
    }
}

fn unescaped(argument: &str) -> String {
    argument.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").replace("\\s", " ")
}

/// As browsers write a form; or with `%20`, as JavaScript's `encodeURIComponent` does.
fn percent(bytes: &[u8], form: bool) -> String {
    let keep: &[u8] = if form { b"*-._" } else { b"-_.!~*'()" };
    let one = |b: &u8| match b {
        b' ' if form => "+".to_owned(),
        b if b.is_ascii_alphanumeric() || keep.contains(b) => char::from(*b).to_string(),
        b => format!("%{b:02X}"),
    };
    bytes.iter().map(one).collect()
}
