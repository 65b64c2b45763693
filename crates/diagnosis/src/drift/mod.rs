//! How events of a type look, learned from those that came, and the first that looks different.
//!
//! Memory is bounded: elements of an array are taken together (`items[].qty`), at most [`MAX_PATHS`]
//! fields are known of a type, none deeper than [`MAX_DEPTH`].

use std::collections::{BTreeMap, BTreeSet};

use hookbench_bounds::{Document, Raw, RawKind, unquoted};
use hookbench_domain::Timestamp;
use serde::{Deserialize, Serialize};

/// The most fields that are known of a type.
pub const MAX_PATHS: usize = 400;
/// How deep fields are looked for.
pub const MAX_DEPTH: usize = 10;
/// How long a path may be, in bytes; longer names are data, not fields.
const MAX_PATH_BYTES: usize = 200;
/// After so many events it is known how a type looks: what differs then is told.
pub const LEARNING: u64 = 20;
/// A field that every one of so many events had is missed when it is not there.
const ALWAYS: u64 = 50;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FieldKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number, whole or not.
    Number,
    /// Text.
    String,
    /// A list.
    Array,
    /// An object.
    Object,
}

impl FieldKind {
    fn of(value: Raw<'_>) -> Self {
        match (value.kind(), value.as_str()) {
            (RawKind::Plain, "null") => Self::Null,
            (RawKind::Plain, "true" | "false") => Self::Boolean,
            (RawKind::Plain, _) => Self::Number,
            (RawKind::Text, _) => Self::String,
            (RawKind::Array, _) => Self::Array,
            (RawKind::Object, _) => Self::Object,
        }
    }

    /// In a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// What is known of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaField {
    /// What it has held.
    pub kinds: BTreeSet<FieldKind>,
    /// In how many events.
    pub count: u64,
    /// When it was first seen.
    pub first_at: Timestamp,
    /// When it was last seen.
    pub last_at: Timestamp,
}

/// How events of a type have looked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InferredSchema {
    /// From how many events it is learned.
    pub events: u64,
    /// The fields, by path.
    pub fields: BTreeMap<String, SchemaField>,
    /// Whether there were more fields than are kept: then new ones are not told.
    #[serde(default)]
    pub full: bool,
}

/// How an event differs from what its type has looked like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum DriftKind {
    /// A field that was never there.
    NewField,
    /// A field that was always there is not.
    MissingField,
    /// A field holds another kind of value.
    KindChanged,
    /// A field is null for the first time.
    FirstNull,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FieldDrift {
    /// How it differs.
    pub kind: DriftKind,
    /// Which field.
    pub path: String,
    /// What the field has held before; empty for a new one.
    pub before: Vec<FieldKind>,
    /// What it holds now; null if it is missing.
    pub now: Option<FieldKind>,
    /// In a sentence.
    pub told: String,
}

/// The fields of a body with what they hold, arrays taken together. Answers whether some were left
/// out. A body that is not a JSON object has none.
#[must_use]
pub fn fields_of(body: &[u8]) -> (BTreeMap<String, BTreeSet<FieldKind>>, bool) {
    let mut fields = BTreeMap::new();
    let mut cut = false;
    if let Ok(document) = Document::read_any(body)
        && document.root().kind() == RawKind::Object
    {
        walk(document.root(), "", 0, &mut fields, &mut cut);
    }
    (fields, cut)
}

/// Goes down [`MAX_DEPTH`] levels and no further, however deep the body is.
fn walk(
    value: Raw<'_>,
    path: &str,
    depth: usize,
    fields: &mut BTreeMap<String, BTreeSet<FieldKind>>,
    cut: &mut bool,
) {
    if !path.is_empty() {
        if path.len() > MAX_PATH_BYTES || (fields.len() >= MAX_PATHS && !fields.contains_key(path)) {
            *cut = true;
            return;
        }
        match fields.get_mut(path) {
            Some(kinds) => {
                kinds.insert(FieldKind::of(value));
            }
            None => {
                fields.insert(path.to_owned(), BTreeSet::from([FieldKind::of(value)]));
            }
        }
    }
    if depth >= MAX_DEPTH {
        *cut |= matches!(value.kind(), RawKind::Object | RawKind::Array);
        return;
    }
    for (name, inner) in value.fields() {
        let name = unquoted(name);
        if path.len() + name.len() > MAX_PATH_BYTES {
            *cut = true;
            continue;
        }
        let path = if path.is_empty() { name.into_owned() } else { format!("{path}.{name}") };
        walk(inner, &path, depth + 1, fields, cut);
    }
    let element = format!("{path}[]");
    for item in value.items() {
        walk(item, &element, depth + 1, fields, cut);
    }
}

impl InferredSchema {
    /// Looks at one more event: answers how it differs from those before, once enough were seen,
    /// and learns it, so that each difference is told once.
    pub fn learn(&mut self, body: &[u8], at: Timestamp) -> Vec<FieldDrift> {
        let (fields, cut) = fields_of(body);
        if fields.is_empty() {
            return Vec::new();
        }
        let drifts = if self.events >= LEARNING { self.differences(&fields) } else { Vec::new() };
        self.events = self.events.saturating_add(1);
        self.full |= cut;
        for (path, kinds) in fields {
            if let Some(known) = self.fields.get_mut(&path) {
                known.kinds.extend(kinds);
                known.count = known.count.saturating_add(1);
                known.first_at = known.first_at.min(at);
                known.last_at = known.last_at.max(at);
            } else if self.fields.len() < MAX_PATHS {
                self.fields.insert(path, SchemaField { kinds, count: 1, first_at: at, last_at: at });
            } else {
                self.full = true;
            }
        }
        drifts
    }

    /// Whether a field was in every event that had what it stands in.
    fn always(&self, path: &str, field: &SchemaField) -> bool {
        let parent = path.rsplit_once('.').map(|(parent, _)| parent);
        let of = match parent.and_then(|p| self.fields.get(p)) {
            Some(parent) => parent.count,
            None => self.events,
        };
        field.count >= of && of >= ALWAYS
    }

    fn differences(&self, fields: &BTreeMap<String, BTreeSet<FieldKind>>) -> Vec<FieldDrift> {
        let mut drifts: Vec<FieldDrift> = Vec::new();
        let below = |path: &str, known: &[FieldDrift]| {
            known.iter().any(|d| {
                let rest = path.strip_prefix(&d.path);
                rest.is_some_and(|rest| rest.starts_with('.') || rest.starts_with('['))
            })
        };
        for (path, kinds) in fields {
            match self.fields.get(path) {
                None => {
                    if !self.full && !below(path, &drifts) && self.parent_was_filled(path) {
                        let now = kinds.first().copied();
                        let told = format!(
                            "The field `{path}` is new: none of {} events before had it.",
                            self.events
                        );
                        drifts.push(FieldDrift {
                            kind: DriftKind::NewField,
                            path: path.clone(),
                            before: Vec::new(),
                            now,
                            told,
                        });
                    }
                }
                Some(known) => {
                    for kind in kinds.difference(&known.kinds) {
                        let before: Vec<FieldKind> = known.kinds.iter().copied().collect();
                        let was = before.iter().map(|k| k.as_str()).collect::<Vec<_>>().join(" or ");
                        // A field that was only ever null says nothing about what it may hold.
                        if before == [FieldKind::Null] {
                            continue;
                        }
                        let (drift, told) = if *kind == FieldKind::Null {
                            (
                                DriftKind::FirstNull,
                                format!(
                                    "The field `{path}` is null for the first time; it was always a {was}."
                                ),
                            )
                        } else {
                            let now = kind.as_str();
                            (
                                DriftKind::KindChanged,
                                format!("The field `{path}` is a {now}; it has been a {was} before."),
                            )
                        };
                        drifts.push(FieldDrift {
                            kind: drift,
                            path: path.clone(),
                            before,
                            now: Some(*kind),
                            told,
                        });
                    }
                }
            }
        }
        for (path, known) in &self.fields {
            let gone = !fields.contains_key(path) && !path.contains("[]") && self.always(path, known);
            let parent = path.rsplit_once('.').map(|(parent, _)| parent);
            // Without what it stands in it cannot be there.
            let could = parent.is_none_or(|p| fields.get(p).is_some_and(|k| k.contains(&FieldKind::Object)));
            if gone && could && !below(path, &drifts) {
                let before: Vec<FieldKind> = known.kinds.iter().copied().collect();
                let told = format!(
                    "The field `{path}` is missing; every one of {} events before had it.",
                    self.events
                );
                drifts.push(FieldDrift {
                    kind: DriftKind::MissingField,
                    path: path.clone(),
                    before,
                    now: None,
                    told,
                });
            }
        }
        drifts
    }

    /// Whether what a path stands in has held anything else before: the first element of a list
    /// that was always empty brings fields that are no news.
    fn parent_was_filled(&self, path: &str) -> bool {
        match path.rfind("[]") {
            Some(end) => {
                let element = &path[..end + 2];
                element == path && self.fields.keys().any(|known| known.starts_with(element))
                    || (element != path && self.fields.contains_key(element))
            }
            None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(n: u64) -> Timestamp {
        Timestamp::from_ms(1_700_000_000_000).plus_ms(n)
    }

    fn learned(body: &str, times: u64) -> InferredSchema {
        let mut shape = InferredSchema::default();
        for n in 0..times {
            assert_eq!(shape.learn(body.as_bytes(), at(n)), []);
        }
        shape
    }

    const BODY: &str =
        r#"{"id":"1","data":{"payout":1.5,"note":"x","lines":[{"qty":1},{"qty":2,"sku":"a"}],"tags":[]}}"#;

    fn kinds(shape: &mut InferredSchema, body: &str) -> Vec<(DriftKind, String)> {
        shape.learn(body.as_bytes(), at(999)).into_iter().map(|d| (d.kind, d.path)).collect()
    }

    #[test]
    fn an_event_that_nests_thousands_deep_is_known_by_its_upper_levels() {
        let learned = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
            for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                let body = format!("{{\"n\":1,\"x\":{}1{}}}", open.repeat(100_000), close.repeat(100_000));
                let (fields, cut) = fields_of(body.as_bytes());
                assert!(cut && fields.contains_key("n") && fields.len() <= MAX_DEPTH + 1, "{}", fields.len());
            }
        });
        learned.unwrap().join().unwrap();
    }

    #[test]
    fn names_that_are_longer_than_a_path_are_no_fields() {
        let body = format!("{{\"{}\":[{}1],\"n\":1}}", "k".repeat(500_000), "1,".repeat(100_000));
        let (fields, cut) = fields_of(body.as_bytes());
        assert_eq!((fields.keys().map(String::as_str).collect::<Vec<_>>(), cut), (vec!["n"], true));
    }

    #[test]
    fn fields_are_known_with_their_kinds_and_lists_are_taken_together() {
        let shape = learned(BODY, 2);
        let names: Vec<&str> = shape.fields.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "data",
                "data.lines",
                "data.lines[]",
                "data.lines[].qty",
                "data.lines[].sku",
                "data.note",
                "data.payout",
                "data.tags",
                "id"
            ]
        );
        assert_eq!((shape.events, shape.fields["id"].count), (2, 2));
        assert_eq!((shape.fields["id"].first_at, shape.fields["id"].last_at), (at(0), at(1)));
    }

    #[test]
    fn nothing_is_told_while_it_learns() {
        let mut shape = learned(BODY, LEARNING - 1);
        assert_eq!(kinds(&mut shape, r#"{"other":1}"#), []);
    }

    #[test]
    fn each_way_to_differ_is_told_once() {
        let mut shape = learned(BODY, ALWAYS);
        let odd = r#"{"id":null,"data":{"payout":"1.50","lines":[],"tags":["a"],"extra":{"a":1}},"x":1}"#;
        let mut found = kinds(&mut shape, odd);
        found.sort_by(|a, b| a.1.cmp(&b.1));
        assert_eq!(
            found,
            [
                (DriftKind::NewField, "data.extra".to_owned()),
                (DriftKind::MissingField, "data.note".to_owned()),
                (DriftKind::KindChanged, "data.payout".to_owned()),
                (DriftKind::FirstNull, "id".to_owned()),
                (DriftKind::NewField, "x".to_owned()),
            ]
        );
        assert_eq!(kinds(&mut shape, odd), [], "it is learned now");
    }

    #[test]
    fn what_was_sometimes_there_or_only_null_is_no_news() {
        let mut shape = InferredSchema::default();
        for n in 0..100u64 {
            let body = if n % 2 == 0 { r#"{"a":1,"b":null}"# } else { r#"{"b":null}"# };
            assert_eq!(shape.learn(body.as_bytes(), at(n)), []);
        }
        assert_eq!(kinds(&mut shape, r#"{"b":"text"}"#), []);
    }

    #[test]
    fn a_part_that_is_missing_is_told_without_what_was_in_it() {
        let mut shape = learned(BODY, ALWAYS);
        assert_eq!(kinds(&mut shape, r#"{"id":"1"}"#), [(DriftKind::MissingField, "data".to_owned())]);
    }

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let mut shape = InferredSchema::default();
        for n in 0..100 {
            let fields: Vec<String> = (0..100).map(|f| format!("\"f{}\":1", n * 100 + f)).collect();
            let told = shape.learn(format!("{{{}}}", fields.join(",")).as_bytes(), at(n));
            assert!(n < LEARNING || told.is_empty(), "a type whose names are data tells nothing");
        }
        assert_eq!((shape.fields.len(), shape.full), (MAX_PATHS, true));
        let deep = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
        assert!(fields_of(deep.as_bytes()).0.len() <= MAX_DEPTH);
    }

    proptest! {
        #[test]
        fn any_bytes_are_learned_or_left(body: Vec<u8>) {
            let mut shape = InferredSchema::default();
            shape.learn(&body, at(1));
            prop_assert!(shape.fields.len() <= MAX_PATHS);
        }
    }
}
