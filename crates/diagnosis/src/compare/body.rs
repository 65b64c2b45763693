//! What differs in two bodies: the first byte, and the fields if both are JSON.

use serde::Serialize;
use serde_json::Value;

/// How many differing fields are listed.
const LISTED: usize = 200;
/// How deep fields are compared one by one.
const DEEPEST: usize = 64;
/// How many bytes are shown around the first difference.
const AROUND: usize = 16;
/// How much of a value is shown, in characters.
const SHOWN: usize = 120;

/// Where two bodies part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FirstDifference {
    /// The offset of the first byte that differs, from 0.
    pub offset: usize,
    /// The line it stands in, from 1.
    pub line: usize,
    /// The bytes around it on the left, in hex; from 16 before it.
    pub left_hex: String,
    /// The same on the right.
    pub right_hex: String,
    /// How many of these bytes stand before the offset.
    pub before: usize,
}

/// How a field differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum PathChange {
    /// Only the right has it.
    Added,
    /// Only the left has it.
    Removed,
    /// Both have it with different values.
    Changed,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PathDifference {
    /// Where: `data.items[2].qty`; empty for the whole body.
    pub path: String,
    /// How.
    pub change: PathChange,
    /// Its JSON on the left, cut to 120 characters.
    pub left: Option<String>,
    /// Its JSON on the right.
    pub right: Option<String>,
}

/// What differs in two bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BodyDifference {
    /// Whether they are the same bytes.
    pub same: bool,
    /// Bytes on the left.
    pub left_bytes: usize,
    /// Bytes on the right.
    pub right_bytes: usize,
    /// Where they part.
    pub first: Option<FirstDifference>,
    /// Whether both are JSON, so that fields were compared.
    pub json: bool,
    /// The fields that differ, at most 200. Empty although the bytes differ: only spelling does
    /// (spacing, order of fields, escapes).
    pub paths: Vec<PathDifference>,
    /// Whether more fields differ than are listed.
    pub more: bool,
}

/// Compares two bodies.
#[must_use]
pub fn compare_bodies(left: &[u8], right: &[u8]) -> BodyDifference {
    let same = left == right;
    let (mut paths, mut json) = (Vec::new(), false);
    if !same
        && let (Ok(l), Ok(r)) =
            (serde_json::from_slice::<Value>(left), serde_json::from_slice::<Value>(right))
    {
        json = true;
        walk(&l, &r, &mut String::new(), 0, &mut paths);
    }
    let more = paths.len() > LISTED;
    paths.truncate(LISTED);
    BodyDifference {
        same,
        left_bytes: left.len(),
        right_bytes: right.len(),
        first: (!same).then(|| first(left, right)),
        json,
        paths,
        more,
    }
}

fn first(left: &[u8], right: &[u8]) -> FirstDifference {
    let offset = left.iter().zip(right).take_while(|(l, r)| l == r).count();
    let from = offset.saturating_sub(AROUND);
    let hex = |bytes: &[u8]| {
        let piece = bytes.get(from..bytes.len().min(offset + AROUND)).unwrap_or_default();
        piece.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ")
    };
    FirstDifference {
        offset,
        line: left.iter().take(offset).filter(|b| **b == b'\n').count() + 1,
        left_hex: hex(left),
        right_hex: hex(right),
        before: offset - from,
    }
}

fn walk(left: &Value, right: &Value, path: &mut String, depth: usize, found: &mut Vec<PathDifference>) {
    if found.len() > LISTED || left == right {
        return;
    }
    let length = path.len();
    match (left, right) {
        (Value::Object(l), Value::Object(r)) if depth < DEEPEST => {
            for (name, value) in l {
                push_name(path, name);
                match r.get(name) {
                    Some(other) => walk(value, other, path, depth + 1, found),
                    None => found.push(difference(path, PathChange::Removed, Some(value), None)),
                }
                path.truncate(length);
            }
            for (name, value) in r.iter().filter(|(name, _)| !l.contains_key(*name)) {
                push_name(path, name);
                found.push(difference(path, PathChange::Added, None, Some(value)));
                path.truncate(length);
            }
        }
        (Value::Array(l), Value::Array(r)) if depth < DEEPEST => {
            for index in 0..l.len().max(r.len()) {
                path.push_str(&format!("[{index}]"));
                match (l.get(index), r.get(index)) {
                    (Some(a), Some(b)) => walk(a, b, path, depth + 1, found),
                    (Some(a), None) => found.push(difference(path, PathChange::Removed, Some(a), None)),
                    (None, b) => found.push(difference(path, PathChange::Added, None, b)),
                }
                path.truncate(length);
                if found.len() > LISTED {
                    return;
                }
            }
        }
        (l, r) => found.push(difference(path, PathChange::Changed, Some(l), Some(r))),
    }
}

fn push_name(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

fn difference(path: &str, change: PathChange, left: Option<&Value>, right: Option<&Value>) -> PathDifference {
    let shown = |value: &Value| {
        let text = value.to_string();
        if text.chars().count() <= SHOWN {
            return text;
        }
        text.chars().take(SHOWN).chain(['…']).collect()
    };
    PathDifference { path: path.to_owned(), change, left: left.map(shown), right: right.map(shown) }
}

/// What differs, in a sentence.
pub(super) fn sentence(body: &BodyDifference, what: &str) -> Option<String> {
    let first = body.first.as_ref()?;
    if !body.json {
        return Some(format!(
            "The {what} differs from byte {} on: {} bytes, now {}.",
            first.offset, body.left_bytes, body.right_bytes
        ));
    }
    if body.paths.is_empty() {
        return Some(format!(
            "The {what} says the same in other bytes, from byte {} on: spacing, order of fields or escapes.",
            first.offset
        ));
    }
    let names: Vec<String> = body
        .paths
        .iter()
        .take(4)
        .map(|p| {
            let word = match p.change {
                PathChange::Added => "new",
                PathChange::Removed => "gone",
                PathChange::Changed => "changed",
            };
            let path = if p.path.is_empty() { "the whole" } else { &p.path };
            format!("{path} ({word})")
        })
        .collect();
    let rest = if body.more {
        " and many more".to_owned()
    } else {
        match body.paths.len().saturating_sub(names.len()) {
            0 => String::new(),
            n => format!(" and {n} more"),
        }
    };
    Some(format!("The {what} differs in {}{rest}.", names.join(", ")))
}
