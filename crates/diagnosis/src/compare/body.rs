//! What differs in two bodies: the first byte, and the fields if both are JSON.

use std::borrow::Cow;

use hookbench_bounds::{Budget, Document, Raw, RawKind, shortened, shortened_to, unquoted};
use hookbench_domain::compact;
use serde::Serialize;

use super::comparison_budget;

/// How many differing fields are listed.
const LISTED: usize = 200;
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
    /// Whether both are JSON, none deeper than 128 levels, so that fields were compared.
    pub json: bool,
    /// The fields that differ, at most 200. Empty although the bytes differ: only spelling does
    /// (spacing, order of fields, escapes).
    pub paths: Vec<PathDifference>,
    /// Whether more fields differ than are listed, or may: the bodies are too large to be compared to
    /// their end.
    pub more: bool,
}

/// Compares two bodies, within the bounds of [`comparison_budget`].
#[must_use]
pub fn compare_bodies(left: &[u8], right: &[u8]) -> BodyDifference {
    compare_bodies_within(left, right, &comparison_budget(&|| false))
}

/// Compares two bodies within a budget. Where that ends, [`BodyDifference::more`] is set: more may
/// differ than is listed.
#[must_use]
pub fn compare_bodies_within(left: &[u8], right: &[u8], budget: &Budget<'_>) -> BodyDifference {
    let same = left == right;
    let mut found = Found { paths: Vec::new(), budget };
    let (mut json, mut cut) = (false, false);
    if !same && let (Ok(l), Ok(r)) = (Document::read(left), Document::read(right)) {
        json = true;
        found.walk(l.root(), r.root(), &mut String::new());
        cut = budget.ended().is_some();
    }
    let mut paths = found.paths;
    let more = paths.len() > LISTED || cut;
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

struct Found<'b> {
    paths: Vec<PathDifference>,
    budget: &'b Budget<'b>,
}

impl Found<'_> {
    /// Whether enough was found, or nothing more may be looked at.
    fn done(&self) -> bool {
        self.paths.len() > LISTED || self.budget.is_over()
    }

    /// Calls itself for each level, of which there are few: it is given [`Document`]s.
    fn walk(&mut self, left: Raw<'_>, right: Raw<'_>, path: &mut String) {
        let looked_at = left.as_str().len() + right.as_str().len();
        if self.done() || !self.budget.spend_on(looked_at) || left.as_str() == right.as_str() {
            return;
        }
        match (left.kind(), right.kind()) {
            (RawKind::Object, RawKind::Object) => self.objects(left, right, path),
            (RawKind::Array, RawKind::Array) => {
                let (length, mut l, mut r) = (path.len(), left.items(), right.items());
                for index in 0.. {
                    let (a, b) = (l.next(), r.next());
                    if self.done() || (a.is_none() && b.is_none()) {
                        return;
                    }
                    push(path, &format!("[{index}]"));
                    self.both(a, b, path);
                    path.truncate(length);
                }
            }
            // Texts and numbers that are spelt otherwise may say the same.
            (l, r) => {
                let single = l == r && matches!(l, RawKind::Text | RawKind::Plain);
                if !single || left.value() != right.value() {
                    self.tell(path, PathChange::Changed, Some(left), Some(right));
                }
            }
        }
    }

    fn objects(&mut self, left: Raw<'_>, right: Raw<'_>, path: &mut String) {
        // A table of each side's fields, an eighth of it free, and a name of its own for some.
        let fields = left.fields().count() + right.fields().count();
        let held = fields * (size_of::<(Cow<'_, str>, Raw<'_>)>() * 2 + 1);
        if !self.budget.hold(held) {
            return;
        }
        let (l, r, length) = (left.by_name(), right.by_name(), path.len());
        for (of, own, others) in [(left, &l, &r), (right, &r, &l)] {
            for (name, value) in of.fields() {
                if self.done() {
                    break;
                }
                let name = unquoted(name);
                // Of several fields of one name the last one counts.
                let counts = own.get(&name).is_some_and(|last| std::ptr::eq(last.as_str(), value.as_str()));
                let other = others.get(&name).copied();
                let second = std::ptr::eq(own, &raw const r);
                if !counts || (second && other.is_some()) {
                    continue;
                }
                if !path.is_empty() {
                    path.push('.');
                }
                push(path, &name);
                if second {
                    self.both(None, Some(value), path)
                } else {
                    self.both(Some(value), other, path)
                }
                path.truncate(length);
            }
        }
        self.budget.release(held);
    }

    fn both(&mut self, left: Option<Raw<'_>>, right: Option<Raw<'_>>, path: &mut String) {
        match (left, right) {
            (Some(left), Some(right)) => self.walk(left, right, path),
            (Some(_), None) => self.tell(path, PathChange::Removed, left, None),
            (None, _) => self.tell(path, PathChange::Added, None, right),
        }
    }

    fn tell(&mut self, path: &str, change: PathChange, left: Option<Raw<'_>>, right: Option<Raw<'_>>) {
        let shown = |value: Raw<'_>| shortened_to(&compact_start(value), SHOWN).into_owned();
        self.paths.push(PathDifference {
            path: shortened(path).into_owned(),
            change,
            left: left.map(shown),
            right: right.map(shown),
        });
    }
}

/// Adds a step to a path; of a long name only its beginning.
fn push(path: &mut String, step: &str) {
    path.push_str(&shortened(step));
}

/// As much of a value's JSON as is shown, without the spaces between its parts.
fn compact_start(value: Raw<'_>) -> String {
    let start: String = value.as_str().chars().take(SHOWN * 8).collect();
    compact(&start)
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
