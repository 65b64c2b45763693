//! An event as templates and macros see it.

use std::fmt;
use std::sync::Arc;

use hookbench_bounds::{Document, Raw, RawKind, Token, unquoted};
use minijinja::value::{Object, ObjectRepr, Value};

/// What there is to say about one event.
#[derive(Debug, Clone, Copy)]
pub struct EventInput<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its type.
    pub event: &'a str,
    /// When it happened, RFC 3339.
    pub created_at: &'a str,
    /// The brand it belongs to.
    pub brand: Option<&'a str>,
    /// Its bytes as kept.
    pub body: &'a [u8],
}

/// A field of an event that a template or macro can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// How it is named: `id`, `data.order.total`.
    pub path: String,
    /// Its value as text; cut after 80 characters.
    pub value: String,
}

/// How many fields are told.
const MOST_FIELDS: usize = 200;
/// The longest name of a field that is told; longer ones are data.
const MAX_NAME_BYTES: usize = 1024;
/// How deep fields are looked for.
const DEEPEST: usize = 6;

/// A number whose spelling says more than a float can hold. It prints as it came.
#[derive(Debug)]
pub(crate) struct Spelled(pub(crate) String);

impl Object for Spelled {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> EventInput<'a> {
    /// The body, if it is one JSON value, however deep: for whoever goes down a few levels only.
    pub(crate) fn root(&self) -> Option<Raw<'a>> {
        Document::read_any(self.body).ok().map(|document| document.root())
    }

    /// The fields that hold one value each, in the order of the body.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        let mut tell = |path: &str, value: &str| {
            fields.push(Field { path: path.to_owned(), value: value.chars().take(80).collect() });
        };
        tell("id", self.id);
        tell("event", self.event);
        tell("createdAt", self.created_at);
        if let Some(brand) = self.brand {
            tell("brandId", brand);
        }
        if let Some(root) = self.root() {
            walk("data", data_of(root), 0, &mut fields);
        }
        fields
    }
}

/// What stands under `data` in a body, or the body itself where it is without `data`.
pub(crate) fn data_of(root: Raw<'_>) -> Raw<'_> {
    root.field("data").unwrap_or(root)
}

fn walk(path: &str, value: Raw<'_>, depth: usize, fields: &mut Vec<Field>) {
    if fields.len() >= MOST_FIELDS || depth > DEEPEST {
        return;
    }
    let mut tell = |value: &str| {
        fields.push(Field { path: path.to_owned(), value: value.chars().take(80).collect() });
    };
    match value.kind() {
        RawKind::Object => {
            for (name, value) in value.fields() {
                let name = unquoted(name);
                if is_name(&name) {
                    walk(&format!("{path}.{name}"), value, depth + 1, fields);
                }
                if fields.len() >= MOST_FIELDS {
                    return;
                }
            }
        }
        RawKind::Array => {}
        RawKind::Text => tell(&unquoted(value.as_str())),
        RawKind::Plain if value.as_str() == "null" => {}
        RawKind::Plain => tell(value.as_str()),
    }
}

/// Whether a field can be written after a dot.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A document as a value. Whole numbers and floats that say the same are numbers; others keep
/// their spelling and are printed as they came.
pub(crate) fn value(document: &Document<'_>) -> Value {
    document
        .root()
        .fold(
            |token| match token {
                Token::Text(raw) => Value::from(unquoted(raw).as_ref()),
                Token::Plain("true") => Value::from(true),
                Token::Plain("false") => Value::from(false),
                Token::Plain("null") => Value::from(()),
                Token::Plain(raw) => number(raw),
                Token::Object | Token::Array | Token::End | Token::Key(_) => Value::UNDEFINED,
            },
            Value::from,
            |fields| {
                Value::from_pairs(
                    fields.into_iter().map(|(name, value)| (unquoted(name).into_owned(), value)),
                )
            },
        )
        .unwrap_or(Value::UNDEFINED)
}

fn number(text: &str) -> Value {
    if let Ok(whole) = text.parse::<i64>() {
        return Value::from(whole);
    }
    if let Ok(whole) = text.parse::<i128>() {
        return Value::from(whole);
    }
    match text.parse::<f64>() {
        Ok(float) if float.is_finite() && says_the_same(float, text) => Value::from(float),
        Ok(_) | Err(_) => Value::from_object(Spelled(text.to_owned())),
    }
}

/// Whether a float keeps every digit: at most 15 of them do.
fn says_the_same(float: f64, text: &str) -> bool {
    let digits = text.split(['e', 'E']).next().unwrap_or_default();
    let significant = digits.bytes().filter(u8::is_ascii_digit).skip_while(|b| *b == b'0').count();
    significant <= 15 && (float != 0.0 || significant == 0)
}
