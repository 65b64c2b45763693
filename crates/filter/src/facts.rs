//! What a filter knows of an event, read once for any number of filters.

use std::collections::HashMap;

use cel::objects::Key;
use cel::{Context, Value};
use hookbench_bounds::{Document, MAX_DEPTH, Token, unquoted};

/// An event as filters see it.
#[derive(Debug, Clone)]
pub struct Facts {
    event_type: Value,
    brand: Value,
    data: Value,
    event: Value,
    values: u64,
    bytes: u64,
    /// Whether a part of it nests too deep to be looked at.
    cut: bool,
}

impl Facts {
    /// Reads an event. `data` is what stands under `data` in the body, or the body itself where
    /// that is an object without `data`; a body that is not JSON has neither. What stands deeper
    /// than [`MAX_DEPTH`] levels is null; the rest is read.
    #[must_use]
    pub fn of(event_type: &str, brand: Option<&str>, body: &[u8]) -> Self {
        let read = Document::read_any(body);
        let cut = read.as_ref().is_ok_and(|document| document.depth() > MAX_DEPTH);
        let values = read.as_ref().map_or(1, |document| u64::try_from(document.values()).unwrap_or(u64::MAX));
        let event = read.ok().and_then(value).unwrap_or(Value::Null);
        let data = if let Value::Map(map) = &event {
            map.get(&Key::from("data")).cloned().unwrap_or_else(|| event.clone())
        } else {
            Value::Null
        };
        Self {
            event_type: event_type.into(),
            brand: brand.map_or(Value::Null, Value::from),
            data,
            event,
            values,
            bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
            cut,
        }
    }

    /// Whether a part of it nests too deep to be looked at, and is null.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// What the variable of that name holds.
    pub(crate) fn variable(&self, name: &str) -> Option<&Value> {
        match name {
            "type" => Some(&self.event_type),
            "brand" => Some(&self.brand),
            "data" => Some(&self.data),
            "event" => Some(&self.event),
            _ => None,
        }
    }

    pub(crate) fn give(&self, context: &mut Context<'_, '_>) {
        context.add_variable_from_value("type", self.event_type.clone());
        context.add_variable_from_value("brand", self.brand.clone());
        context.add_variable_from_value("data", self.data.clone());
        context.add_variable_from_value("event", self.event.clone());
    }

    /// How much going through a list of it may cost: its values, times what a step may look at.
    pub(crate) fn work(&self) -> u64 {
        self.values.saturating_mul(self.values.max(self.bytes / 64))
    }
}

/// Integers stay integers where they fit, so that they compare with integers.
fn value(document: Document<'_>) -> Option<Value> {
    document.root().fold_within(
        MAX_DEPTH,
        single,
        |items| items.into(),
        |fields| {
            let fields = fields.into_iter().map(|(name, value)| (unquoted(name).into_owned(), value));
            fields.collect::<HashMap<String, Value>>().into()
        },
    )
}

fn single(token: Token<'_>) -> Value {
    match token {
        Token::Text(raw) => unquoted(raw).as_ref().into(),
        Token::Plain("true") => true.into(),
        Token::Plain("false") => false.into(),
        Token::Plain(raw) => match (raw.parse::<i64>(), serde_json::from_str::<f64>(raw)) {
            (Ok(n), _) => n.into(),
            (Err(_), Ok(n)) => n.into(),
            (Err(_), Err(_)) => Value::Null,
        },
        Token::Object | Token::Array | Token::End | Token::Key(_) => Value::Null,
    }
}
