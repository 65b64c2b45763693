//! An event as templates and macros see it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

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

/// The JSON object that a text holds, each value still as text.
pub(crate) fn object(json: &str) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(json).ok()
}

impl<'a> EventInput<'a> {
    /// The body as text, if it is one JSON value.
    pub(crate) fn json(&self) -> Option<&'a str> {
        let text = std::str::from_utf8(self.body).ok()?;
        serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get)
    }

    /// What stands under `data` in the body, or the body itself where it is an object without
    /// `data`.
    pub(crate) fn data(&self) -> Option<&'a str> {
        let json = self.json()?;
        Some(object(json)?.get("data").map_or(json, |raw| raw.get()))
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
        if let Some(data) = self.data().and_then(|text| serde_json::from_str(text).ok()) {
            walk("data", &data, 0, &mut fields);
        }
        fields
    }
}

fn walk(path: &str, value: &serde_json::Value, depth: usize, fields: &mut Vec<Field>) {
    if fields.len() >= MOST_FIELDS || depth > DEEPEST {
        return;
    }
    match value {
        serde_json::Value::Object(map) => {
            for (name, value) in map.iter().filter(|(name, _)| is_name(name)) {
                walk(&format!("{path}.{name}"), value, depth + 1, fields);
            }
        }
        serde_json::Value::Array(_) | serde_json::Value::Null => {}
        serde_json::Value::String(text) => {
            fields.push(Field { path: path.to_owned(), value: text.chars().take(80).collect() });
        }
        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            fields.push(Field { path: path.to_owned(), value: value.to_string() });
        }
    }
}

/// Whether a field can be written after a dot.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// JSON text as a value. Whole numbers and floats that say the same are numbers; others keep their
/// spelling and are printed as they came.
pub(crate) fn value(json: &str) -> Value {
    let text = json.trim();
    match text.as_bytes().first() {
        Some(b'{') => {
            serde_json::from_str::<Ordered<'_>>(text).map_or(Value::UNDEFINED, |Ordered(fields)| {
                Value::from_pairs(fields.into_iter().map(|(name, raw)| (name, value(raw.get()))))
            })
        }
        Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(text).map_or(Value::UNDEFINED, |items| {
            items.iter().map(|raw| value(raw.get())).collect::<Vec<_>>().into()
        }),
        Some(b'"') => serde_json::from_str::<String>(text).map_or(Value::UNDEFINED, Value::from),
        Some(b't') => Value::from(true),
        Some(b'f') => Value::from(false),
        Some(b'n') => Value::from(()),
        Some(_) => number(text),
        None => Value::UNDEFINED,
    }
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

/// The fields of a JSON object, in its order.
struct Ordered<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Ordered<'de> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Ordered<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Ordered(fields))
            }
        }
        d.deserialize_map(Fields)
    }
}
