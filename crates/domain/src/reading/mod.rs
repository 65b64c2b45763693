//! What people and programs say, read strictly: an unknown field, a field that stands twice and a list
//! in place of an object are refused, and an error names the field, what was found, what is expected.

mod headers;
mod strict;

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Track;

pub use headers::{header_pairs, header_pairs_if_given};
use strict::Strict;

/// How much of a name or value that was found is repeated, in characters.
const SHOWN: usize = 60;
/// Fields whose value is not repeated, wherever they stand.
const SECRET: [&str; 7] = ["secret", "secrets", "old_secret", "key", "api_key", "relay_key", "token"];

/// Why what was given cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    field: Option<String>,
    why: String,
    place: Option<(usize, usize)>,
    malformed: bool,
}

impl ReadError {
    /// The field at fault, as a path such as `headers[2]` or `policy.delays_ms`; `None` for the whole.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Whether it is no JSON at all, rather than JSON that says what cannot be.
    #[must_use]
    pub const fn is_malformed(&self) -> bool {
        self.malformed
    }

    /// The line at fault, counted from 1, where a text was read.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.map(|(line, _)| line)
    }

    /// The same error of a part that stands in the field `parent` of the whole.
    #[must_use]
    pub fn within(self, parent: &str) -> Self {
        let field = match self.field {
            None => parent.to_owned(),
            Some(field) if field.starts_with('[') => format!("{parent}{field}"),
            Some(field) => format!("{parent}.{field}"),
        };
        Self { field: Some(field), ..self }
    }

    /// From what a reader of another format says of the field at `path`.
    #[must_use]
    pub fn explained(message: &str, path: &serde_path_to_error::Path) -> Self {
        let (field, why) = explain(message, &path.to_string());
        Self { field, why, place: None, malformed: false }
    }

    fn of(text: &[u8], error: &serde_json::Error, path: &serde_path_to_error::Path) -> Self {
        // What the very first token is at fault for has no column, a value in memory has no line.
        // Text that ends at the beginning of a line ends there.
        let has_place = error.line() > 0 && (error.column() > 0 || error.is_eof());
        let place = has_place.then(|| (error.line(), error.column().max(1)));
        let whole = error.to_string();
        let at = format!(" at line {} column {}", error.line(), error.column());
        let message = whole.strip_suffix(&at).unwrap_or(&whole);
        if error.is_data() {
            return Self { place, ..Self::explained(message, path) };
        }
        let (why, place) = malformed(text, error.is_eof(), message, place);
        Self { field: None, why, place, malformed: true }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "`{field}`: ")?;
        }
        f.write_str(&self.why)?;
        match self.place {
            Some((line, column)) => write!(f, " (line {line}, column {column})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads JSON, strictly.
///
/// # Errors
/// [`ReadError`], naming the field, what was found there and what is expected.
pub fn read_json<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, ReadError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = T::deserialize(Strict(&mut reader)).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| {
        // Where it is, is looked for only once something is wrong: it costs the way through every field.
        let (mut track, mut again) = (Track::new(), serde_json::Deserializer::from_slice(json));
        let _same_error =
            T::deserialize(serde_path_to_error::Deserializer::new(Strict(&mut again), &mut track));
        ReadError::of(json, &error, &track.path())
    })
}

/// Reads JSON that was read into a value before, as strictly as a value allows: what stood twice in
/// it is lost.
///
/// # Errors
/// As [`read_json`], without a place in the text.
pub fn read_value<T: DeserializeOwned>(value: &Value) -> Result<T, ReadError> {
    T::deserialize(Strict(value)).map_err(|error| {
        let mut track = Track::new();
        let _same_error = T::deserialize(serde_path_to_error::Deserializer::new(Strict(value), &mut track));
        ReadError::of(b"", &error, &track.path())
    })
}

/// What is wrong with text that is no JSON, and where.
fn malformed(
    text: &[u8],
    ends: bool,
    message: &str,
    place: Option<(usize, usize)>,
) -> (String, Option<(usize, usize)>) {
    let whole = |why: &str| (why.to_owned(), None);
    match text {
        [0xef, 0xbb, 0xbf, ..] => {
            whole("it starts with a byte order mark (EF BB BF), which is no part of JSON: leave it out")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => {
            whole("it is UTF-16 text: JSON is written in UTF-8")
        }
        _ if text.trim_ascii().is_empty() => whole("there is nothing in it: an object is expected, {…}"),
        _ if ends => ("it is no whole JSON: it ends in the middle".to_owned(), place),
        _ => (format!("it is no JSON: {message}"), place),
    }
}

fn shown(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

/// Turns the words of a reader into ours, and its path into the name of the field.
fn explain(message: &str, path: &str) -> (Option<String>, String) {
    // `?` stands where the path could not be followed further: the message names what is there.
    let path = path.strip_suffix('?').unwrap_or(path).trim_end_matches('.');
    let join = |name: &str| {
        let name = shown(name);
        let there = path == name || path.ends_with(&format!(".{name}"));
        match path {
            "" => name,
            path if there => path.to_owned(),
            path if name.starts_with('[') => format!("{path}{name}"),
            path => format!("{path}.{name}"),
        }
    };
    let here = (!path.is_empty()).then(|| path.to_owned());
    if let Some(rest) = message.strip_prefix("unknown field `") {
        if let Some((name, known)) = rest.rsplit_once("`, expected ") {
            let known = known.strip_prefix("one of ").unwrap_or(known);
            return (Some(join(name)), format!("is not known here; known: {known}"));
        }
        let name = rest.strip_suffix("`, there are no fields").unwrap_or(rest);
        return (Some(join(name)), "is not known here: nothing is".to_owned());
    }
    if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return (Some(join(name)), "is missing".to_owned());
    }
    if let Some(name) = message.strip_prefix("duplicate field `").and_then(|rest| rest.strip_suffix('`')) {
        return (Some(join(name)), "is given twice: give it once".to_owned());
    }
    if let Some((name, known)) =
        message.strip_prefix("unknown variant `").and_then(|rest| rest.rsplit_once("`, expected "))
    {
        let known = known.strip_prefix("one of ").unwrap_or(known);
        return (here, format!("must be one of {known}, not `{}`", shown(name)));
    }
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, wanted)) = wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        return (here, format!("must be {}, not {}", expected(wanted), what(found, path)));
    }
    if let Some((length, wanted)) =
        message.strip_prefix("invalid length ").and_then(|rest| rest.split_once(", expected "))
    {
        return (here, format!("must be {}, not a list of {length}", expected(wanted)));
    }
    match message {
        "provided string was not `true` or `false`" => return (here, "must be `true` or `false`".to_owned()),
        "invalid digit found in string"
        | "cannot parse integer from empty string"
        | "number too large to fit in target type"
        | "number too small to fit in target type" => {
            return (here, "must be a whole number, and not larger than makes sense".to_owned());
        }
        "invalid float literal" | "cannot parse float from empty string" => {
            return (here, "must be a number".to_owned());
        }
        _ => {}
    }
    // A part that was read by itself has named its field already.
    if let Some((name, why)) = message.strip_prefix('`').and_then(|rest| rest.split_once("`: ")) {
        return (Some(join(name)), why.to_owned());
    }
    (here, message.to_owned())
}

fn expected(wanted: &str) -> String {
    let words = match wanted {
        "a string" | "a borrowed string" | "string" => "text",
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "`true` or `false`",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "u128" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "any value" | "any valid JSON value" => "any JSON value",
        wanted if wanted.starts_with("struct ") => "an object",
        wanted if wanted.contains("tuple") && wanted.contains('2') => "a pair, such as [\"name\", \"value\"]",
        wanted => return wanted.to_owned(),
    };
    words.to_owned()
}

/// What was found, without the value of a secret.
fn what(found: &str, path: &str) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    let last = last.split('[').next().unwrap_or(last);
    let secret = SECRET.contains(&last);
    let value = |rest: &str| shown(rest.trim_matches('`'));
    match found.split_once(' ') {
        Some(("integer", _)) | Some(("floating", _)) if secret => "a number".to_owned(),
        Some(("string", _)) if secret => "text".to_owned(),
        Some(("integer", rest)) => format!("the number {}", value(rest)),
        Some(("floating", rest)) => format!("the number {}", value(rest.trim_start_matches("point "))),
        Some(("boolean", rest)) => value(rest),
        Some(("string", rest)) => format!("the text {}", shown(rest)),
        Some((_, _)) | None => match found {
            "map" => "an object".to_owned(),
            "sequence" => "a list".to_owned(),
            "null" | "unit value" => "null".to_owned(),
            found => shown(found),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::value::RawValue;

    use super::*;
    use crate::{CustomHeader, PolicySpec};

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Input {
        name: Option<String>,
        secret: Option<String>,
        dry_run: bool,
        limit: Option<u32>,
        #[serde(deserialize_with = "header_pairs_if_given")]
        headers: Option<Vec<CustomHeader>>,
        inner: Option<Inner>,
        list: Vec<Inner>,
        any: Option<Value>,
        words: BTreeMap<String, String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        a: u16,
        #[expect(dead_code, reason = "only its reading is looked at")]
        b: Option<bool>,
    }

    #[track_caller]
    fn refused(json: &str) -> (Option<String>, String) {
        let error = read_json::<Input>(json.as_bytes()).expect_err(json);
        (error.field().map(str::to_owned), error.to_string())
    }

    #[test]
    fn a_list_is_no_object_at_any_depth() {
        for (json, field) in [
            ("[]", None),
            (r#"["x",null,true]"#, None),
            (r#"{"inner":[1,true]}"#, Some("inner")),
            (r#"{"list":[[1,true]]}"#, Some("list[0]")),
        ] {
            let (found, message) = refused(json);
            assert_eq!(found.as_deref(), field, "{json}");
            assert!(message.contains("must be an object, not a list"), "{message}");
            assert!(!message.contains("column 0"), "{message}");
        }
        let read: Input = read_json(br#"{"inner":{"a":7},"list":[{"a":1,"b":true}]}"#).unwrap();
        assert_eq!((read.inner.unwrap().a, read.list[0].a), (7, 1));
    }

    #[test]
    fn a_name_stands_once_wherever_it_stands() {
        for (json, field) in [
            (r#"{"dry_run":true,"dry_run":false}"#, "dry_run"),
            (r#"{"inner":{"a":1,"a":2}}"#, "inner.a"),
            (r#"{"any":{"x":{"y":1,"y":2}}}"#, "any.x.y"),
            (r#"{"words":{"x":"1","x":"2"}}"#, "words.x"),
            (r#"{"headers":{"X-A":"1","X-A":"2"}}"#, "headers.X-A"),
        ] {
            let (found, message) = refused(json);
            assert_eq!(found.as_deref(), Some(field), "{json}");
            assert!(message.contains("given twice"), "{message}");
        }
    }

    #[test]
    fn an_error_names_the_field_what_was_found_and_what_is_expected() {
        for (json, want) in [
            (
                r#"{"headers":5}"#,
                "`headers`: must be an object of names and values, or a list of pairs, not the number 5 (line 1, column 12)",
            ),
            (
                r#"{"headers":[["X-A"]]}"#,
                r#"`headers[0]`: must be a pair, such as ["name", "value"], not a list of 1"#,
            ),
            (r#"{"headers":{"X-A":1}}"#, "`headers.X-A`: must be text, not the number 1"),
            (r#"{"name":{}}"#, "`name`: must be text, not an object"),
            (r#"{"dry_run":"yes"}"#, "`dry_run`: must be `true` or `false`, not the text \"yes\""),
            (r#"{"limit":-1}"#, "`limit`: must be a whole number from 0 to 4294967295, not the number -1"),
            (r#"{"inner":{}}"#, "`inner.a`: is missing"),
            (r#"{"inner":{"a":1,"c":1}}"#, "`inner.c`: is not known here; known: `a` or `b`"),
            (r#"{"dryRun":true}"#, "`dryRun`: is not known here; known: `name`, `secret`, `dry_run`"),
        ] {
            let (_, message) = refused(json);
            assert!(message.starts_with(want), "{json}: {message}");
        }
        let (field, message) = refused(r#"{"secret":20260508}"#);
        assert_eq!(field.as_deref(), Some("secret"));
        assert!(!message.contains("2026"), "{message}");
        let error = read_value::<PolicySpec>(&serde_json::json!({ "delays_ms": [1, "x"] })).unwrap_err();
        let error = error.within("policy");
        assert_eq!(error.field(), Some("policy.delays_ms[1]"));
        assert_eq!(
            error.to_string(),
            "`policy.delays_ms[1]`: must be a whole number, 0 or more, not the text \"x\""
        );
    }

    #[test]
    fn what_is_no_json_is_told_apart_from_json_that_says_what_cannot_be() {
        for (json, word) in [
            (&b"\xef\xbb\xbf{}"[..], "byte order mark"),
            (b"\xff\xfe{\0}\0", "UTF-16"),
            (b"", "nothing in it"),
            (b"  \n", "nothing in it"),
            (b"{\"name\":", "ends in the middle"),
            (b"{'name':1}", "line 1, column 2"),
            (b"{} {}", "line 1, column 4"),
        ] {
            let error = read_json::<Input>(json).unwrap_err();
            assert!(error.is_malformed() && error.to_string().contains(word), "{error}");
        }
        assert!(!read_json::<Input>(br#"{"name":1}"#).unwrap_err().is_malformed());
    }

    #[test]
    fn headers_are_an_object_or_a_list_of_pairs() {
        let read = |json: &str| read_json::<Input>(json.as_bytes()).unwrap().headers;
        let pairs = vec![CustomHeader("X-B".into(), "1".into()), CustomHeader("X-A".into(), "2".into())];
        assert_eq!(read(r#"{"headers":{"X-B":"1","X-A":"2"}}"#), Some(pairs.clone()));
        assert_eq!(read(r#"{"headers":[["X-B","1"],["X-A","2"]]}"#), Some(pairs));
        assert_eq!(read(r#"{"headers":{}}"#), Some(Vec::new()));
        assert_eq!(read(r#"{"headers":null}"#), None);
        assert_eq!(read("{}"), None);
    }

    #[test]
    fn raw_text_is_taken_as_it_stands() {
        #[derive(Deserialize)]
        struct Raw<'a> {
            #[serde(borrow)]
            data: &'a RawValue,
        }
        let json = r#"{"data":{"a": 1.00 ,"a":[]}}"#;
        assert_eq!(read_json::<Raw<'_>>(json.as_bytes()).unwrap().data.get(), r#"{"a": 1.00 ,"a":[]}"#);
    }
}
