//! JSON text from elsewhere, checked before anything walks it: it is whole, and nests at most
//! [`MAX_DEPTH`] deep. What was checked can be walked by functions that call themselves, and
//! dropped, without regard to the stack.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::quote::shortened;

/// How deep lists and objects may stand in one another for their values to be looked at. What
/// nests deeper is kept and sent as it came, and nothing else.
pub const MAX_DEPTH: usize = 128;

/// Why a text is not looked into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is not JSON: why, in a few words.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// It nests deeper than [`MAX_DEPTH`].
    #[error("it is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// One JSON value that was checked: it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document<'a> {
    root: Raw<'a>,
    depth: usize,
    values: usize,
}

impl<'a> Document<'a> {
    /// Checks a text. Takes as many steps as it has bytes, and a bit of memory for each level.
    ///
    /// # Errors
    /// [`Unread`] for what is not one JSON value, or nests too deep.
    pub fn read(json: &'a [u8]) -> Result<Self, Unread> {
        let document = Self::read_any(json)?;
        if document.depth > MAX_DEPTH { Err(Unread::TooDeep) } else { Ok(document) }
    }

    /// As [`Document::read`], for whoever goes down a few levels and no further: it may be as deep
    /// as it likes.
    ///
    /// # Errors
    /// [`Unread::NotJson`] for what is not one JSON value.
    pub fn read_any(json: &'a [u8]) -> Result<Self, Unread> {
        let text = std::str::from_utf8(json).map_err(|error| Unread::NotJson(error.to_string()))?;
        // Ignoring a value needs no stack, however deep it is.
        serde_json::from_str::<serde::de::IgnoredAny>(text)
            .map_err(|error| Unread::NotJson(shortened(&error.to_string()).into_owned()))?;
        let root = Raw(text.trim_ascii());
        let (mut depth, mut deepest, mut values) = (0usize, 0usize, 0usize);
        for token in root.tokens() {
            match token {
                Token::Object | Token::Array => {
                    values += 1;
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                Token::End => depth = depth.saturating_sub(1),
                Token::Text(_) | Token::Plain(_) => values += 1,
                Token::Key(_) => {}
            }
        }
        Ok(Self { root, depth: deepest, values })
    }

    /// The value.
    #[must_use]
    pub const fn root(&self) -> Raw<'a> {
        self.root
    }

    /// How deep it nests: 0 for a single value, 1 for a list of them.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// How many values it has, itself, lists and objects included.
    #[must_use]
    pub const fn values(&self) -> usize {
        self.values
    }
}

/// The text of one value within a [`Document`]. Its functions need no more stack for deep values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a>(&'a str);

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawKind {
    /// An object.
    Object,
    /// A list.
    Array,
    /// A text.
    Text,
    /// A number, `true`, `false` or `null`.
    Plain,
}

impl<'a> Raw<'a> {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> RawKind {
        match self.0.as_bytes().first() {
            Some(b'{') => RawKind::Object,
            Some(b'[') => RawKind::Array,
            Some(b'"') => RawKind::Text,
            Some(_) | None => RawKind::Plain,
        }
    }

    /// Its parts, one after another.
    #[must_use]
    pub const fn tokens(self) -> Tokens<'a> {
        Tokens { text: self.0, at: 0 }
    }

    /// The fields of an object in their order, names as they are written, with their quotes; none
    /// for anything else.
    pub fn fields(self) -> impl Iterator<Item = (&'a str, Raw<'a>)> {
        let mut tokens = self.inside(RawKind::Object);
        std::iter::from_fn(move || match tokens.next()? {
            Token::Key(name) => Some((name, tokens.whole_value()?)),
            Token::Object | Token::Array | Token::End | Token::Text(_) | Token::Plain(_) => None,
        })
    }

    /// The items of a list; none for anything else.
    pub fn items(self) -> impl Iterator<Item = Raw<'a>> {
        let mut tokens = self.inside(RawKind::Array);
        std::iter::from_fn(move || tokens.whole_value())
    }

    /// The field of this name; the last one where several have it.
    #[must_use]
    pub fn field(self, name: &str) -> Option<Raw<'a>> {
        self.fields().filter(|(known, _)| unquoted(known) == name).last().map(|(_, value)| value)
    }

    /// The fields of an object by name; the last one of a name counts.
    #[must_use]
    pub fn by_name(self) -> HashMap<Cow<'a, str>, Raw<'a>> {
        self.fields().map(|(name, value)| (unquoted(name), value)).collect()
    }

    /// A text, its escapes undone; `None` for anything else.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        (self.kind() == RawKind::Text).then(|| unquoted(self.0))
    }

    /// As a value of its own. A number beyond what a float can hold is null.
    #[must_use]
    pub fn value(self) -> Value {
        self.fold(
            |token| match token {
                Token::Text(raw) => Value::String(unquoted(raw).into_owned()),
                Token::Plain(raw) => plain(raw),
                Token::Object | Token::Array | Token::End | Token::Key(_) => Value::Null,
            },
            Value::Array,
            |fields| {
                let fields = fields.into_iter().map(|(name, value)| (unquoted(name).into_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            },
        )
        .unwrap_or_default()
    }

    /// Makes something of it from the inside out, in one go: of each [`Token::Text`] and
    /// [`Token::Plain`], of each list of what was made, and of each object's fields in their order:
    /// names as they are written, with their quotes, each as often as it stands there.
    pub fn fold<V>(
        self,
        single: impl FnMut(Token<'a>) -> V,
        list: impl FnMut(Vec<V>) -> V,
        object: impl FnMut(Vec<(&'a str, V)>) -> V,
    ) -> Option<V> {
        self.fold_within(usize::MAX, single, list, object)
    }

    /// As [`Raw::fold`], where a list or an object that stands deeper than so many levels is `null`.
    pub fn fold_within<V>(
        self,
        levels: usize,
        mut single: impl FnMut(Token<'a>) -> V,
        mut list: impl FnMut(Vec<V>) -> V,
        mut object: impl FnMut(Vec<(&'a str, V)>) -> V,
    ) -> Option<V> {
        enum Open<'a, V> {
            List(Vec<V>),
            Object(Vec<(&'a str, V)>, Option<&'a str>),
        }
        let mut open: Vec<Open<'a, V>> = Vec::new();
        // How many lists and objects stand open that are not looked into.
        let mut below = 0usize;
        for token in self.tokens() {
            let too_deep = below > 0 || open.len() >= levels;
            let made = match token {
                Token::Object | Token::Array if too_deep => {
                    below += 1;
                    continue;
                }
                Token::End if below > 0 => {
                    below -= 1;
                    if below > 0 {
                        continue;
                    }
                    single(Token::Plain("null"))
                }
                Token::Key(_) | Token::Text(_) | Token::Plain(_) if below > 0 => continue,
                Token::Key(raw) => {
                    if let Some(Open::Object(_, name)) = open.last_mut() {
                        *name = Some(raw);
                    }
                    continue;
                }
                Token::Object => {
                    open.push(Open::Object(Vec::new(), None));
                    continue;
                }
                Token::Array => {
                    open.push(Open::List(Vec::new()));
                    continue;
                }
                Token::Text(_) | Token::Plain(_) => single(token),
                Token::End => match open.pop()? {
                    Open::List(items) => list(items),
                    Open::Object(fields, _) => object(fields),
                },
            };
            match open.last_mut() {
                None => return Some(made),
                Some(Open::List(items)) => items.push(made),
                Some(Open::Object(fields, name)) => fields.push((name.take()?, made)),
            }
        }
        None
    }

    /// Its tokens after the first one, where it is of that kind.
    fn inside(self, kind: RawKind) -> Tokens<'a> {
        let at = if self.kind() == kind { 1 } else { self.0.len() };
        Tokens { text: self.0, at }
    }
}

fn plain(raw: &str) -> Value {
    match raw {
        "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        number => serde_json::from_str(number).unwrap_or(Value::Null),
    }
}

/// A quoted text without its quotes, escapes undone. Half a surrogate pair, which stands for no
/// character, stays as it is written.
#[must_use]
pub fn unquoted(raw: &str) -> Cow<'_, str> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    serde_json::from_str::<String>(raw).map_or(Cow::Borrowed(inner), Cow::Owned)
}

/// A part of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// An object begins.
    Object,
    /// A list begins.
    Array,
    /// The last one that began ends.
    End,
    /// A field's name, with its quotes.
    Key(&'a str),
    /// A text, with its quotes.
    Text(&'a str),
    /// A number, `true`, `false` or `null`.
    Plain(&'a str),
}

/// The parts of a value, one after another. The text was checked before.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Goes to what is neither white space nor a sign between values.
    fn skip(&mut self) -> Option<u8> {
        let rest = self.bytes().get(self.at..)?;
        let between = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':'))?;
        self.at += between;
        rest.get(between).copied()
    }

    /// Takes the text to its closing quote.
    fn quoted(&mut self) -> Option<&'a str> {
        let from = self.at;
        let mut end = from + 1;
        loop {
            let rest = self.bytes().get(end..)?;
            end += rest.iter().position(|b| matches!(b, b'"' | b'\\'))?;
            if self.bytes().get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        self.at = end + 1;
        self.text.get(from..self.at)
    }

    /// The next value, whatever stands in it, in one piece.
    fn whole_value(&mut self) -> Option<Raw<'a>> {
        if matches!(self.skip()?, b'}' | b']') {
            return None;
        }
        let (from, mut open) = (self.at, 0usize);
        loop {
            match self.next()? {
                Token::Object | Token::Array => open += 1,
                Token::End => open = open.saturating_sub(1),
                Token::Key(_) | Token::Text(_) | Token::Plain(_) => {}
            }
            if open == 0 {
                return self.text.get(from..self.at).map(Raw);
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        match self.skip()? {
            b'{' => {
                self.at += 1;
                Some(Token::Object)
            }
            b'[' => {
                self.at += 1;
                Some(Token::Array)
            }
            b'}' | b']' => {
                self.at += 1;
                Some(Token::End)
            }
            b'"' => {
                let raw = self.quoted()?;
                let rest = self.bytes().get(self.at..).unwrap_or_default();
                let after = rest.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
                Some(if after == Some(&b':') { Token::Key(raw) } else { Token::Text(raw) })
            }
            _ => {
                let rest = self.text.get(self.at..)?;
                let end = rest.find([',', ']', '}', ' ', '\t', '\n', '\r']).unwrap_or(rest.len());
                self.at += end;
                rest.get(..end).map(Token::Plain)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nested(levels: usize, open: &str, close: &str) -> String {
        open.repeat(levels) + "1" + &close.repeat(levels)
    }

    /// On a stack that a walker which calls itself for each level would overflow.
    fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
        std::thread::Builder::new().stack_size(128 * 1024).spawn(test).unwrap().join().unwrap();
    }

    #[test]
    fn what_nests_128_deep_is_read_and_what_nests_deeper_is_not() {
        on_a_small_stack(|| {
            for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
                let each = open.len() - open.replace(['[', '{'], "").len();
                let at_most = nested(MAX_DEPTH / each, open, close);
                let document = Document::read(at_most.as_bytes()).unwrap();
                assert_eq!(document.depth(), MAX_DEPTH);
                assert_eq!(document.root().value().to_string(), at_most);
                for levels in [MAX_DEPTH / each + 1, 5000, 100_000] {
                    let deeper = nested(levels, open, close);
                    assert_eq!(Document::read(deeper.as_bytes()), Err(Unread::TooDeep), "{levels}");
                    let document = Document::read_any(deeper.as_bytes()).unwrap();
                    assert_eq!(document.depth(), levels * each);
                    assert_eq!(document.root().fields().count() + document.root().items().count(), 1);
                }
            }
            let open = "[".repeat(1 << 20);
            assert!(matches!(Document::read(open.as_bytes()), Err(Unread::NotJson(why)) if why.len() < 300));
        });
    }

    #[test]
    fn brackets_in_texts_are_no_nesting() {
        let text = format!("{{\"{}\":\"{}\\\"[\"}}", "{".repeat(500), "[\\\\".repeat(500));
        assert_eq!(Document::read(text.as_bytes()).unwrap().depth(), 1);
    }

    #[test]
    fn fields_and_items_are_found_as_they_are_written() {
        let text = r#" {"a": [1.50 , "x\"]", {"b":null}], "\u0062" : true, "a" : -0 } "#;
        let root = Document::read(text.as_bytes()).unwrap().root();
        assert_eq!(root.field("b").unwrap().as_str(), "true");
        assert_eq!(root.field("a").unwrap().as_str(), "-0", "the last one counts");
        let (_, list) = root.fields().next().unwrap();
        let items: Vec<_> = list.items().map(Raw::as_str).collect();
        assert_eq!(items, ["1.50", r#""x\"]""#, r#"{"b":null}"#]);
        assert_eq!(list.items().nth(1).unwrap().text().unwrap(), "x\"]");
        assert_eq!((root.items().count(), list.fields().count()), (0, 0));
        for empty in ["{}", "[ ]", "7", "\"\""] {
            let root = Document::read(empty.as_bytes()).unwrap().root();
            assert_eq!((root.fields().count(), root.items().count()), (0, 0), "{empty}");
        }
    }

    #[test]
    fn what_stands_deeper_than_wanted_is_null_and_what_stands_beside_it_is_read() {
        let root = Document::read(br#"{"a":[1,{"b":[2]},[],3],"c":{"d":4},"e":5}"#).unwrap().root();
        let to = |levels| {
            let object = |fields: Vec<(&str, String)>| {
                fields.into_iter().map(|(name, value)| format!("{name}{value} ")).collect()
            };
            let single = |token: Token<'_>| format!("{token:?}").replace("Plain(\"", "").replace("\")", "");
            root.fold_within(levels, single, |items| format!("[{}]", items.join(" ")), object).unwrap()
        };
        assert_eq!(to(0), "null");
        assert_eq!(to(1), r#""a"null "c"null "e"5 "#);
        assert_eq!(to(2), r#""a"[1 null null 3] "c""d"4  "e"5 "#);
        assert_eq!(to(3), r#""a"[1 "b"null  [] 3] "c""d"4  "e"5 "#);
        assert_eq!(to(4), to(usize::MAX));
        on_a_small_stack(|| {
            let deep = nested(100_000, "[", "]");
            let levels = Document::read_any(deep.as_bytes()).unwrap().root().fold_within(
                MAX_DEPTH,
                |_| 0,
                |items| items.into_iter().max().unwrap_or(0) + 1,
                |_| 0,
            );
            assert_eq!(levels, Some(MAX_DEPTH));
        });
    }

    #[test]
    fn half_a_surrogate_pair_and_a_number_beyond_floats_make_nothing_unreadable() {
        let root = Document::read(br#"{"a":"\ud800","b":1e999,"c":1}"#).unwrap().root();
        assert_eq!(root.value(), serde_json::json!({"a": "\\ud800", "b": null, "c": 1}));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-z\"\\\\\\[\\]{}:, é\n]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(8, 64, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map("[a-c\"{]{0,3}", inner, 0..6)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    fn count(value: &Value) -> usize {
        1 + match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(fields) => fields.values().map(count).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        }
    }

    proptest! {
        #[test]
        fn a_document_is_read_as_any_reader_reads_it(value in any_json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let document = Document::read(text.as_bytes()).unwrap();
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(document.values(), count(&read));
            prop_assert_eq!(document.root().value(), read);
        }

        #[test]
        fn what_is_no_json_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let whole = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok() && std::str::from_utf8(&bytes).is_ok();
            prop_assert_eq!(Document::read(&bytes).is_ok(), whole);
        }
    }
}
