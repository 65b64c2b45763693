//! What a filter knows of an event, read once for any number of filters.

use std::collections::HashMap;

use cel::objects::Key;
use cel::{Context, Value};

/// An event as filters see it.
#[derive(Debug, Clone)]
pub struct Facts {
    event_type: Value,
    brand: Value,
    data: Value,
    event: Value,
    values: u64,
    bytes: u64,
}

impl Facts {
    /// Reads an event. `data` is what stands under `data` in the body, or the body itself where
    /// that is an object without `data`; a body that is not JSON has neither.
    #[must_use]
    pub fn of(event_type: &str, brand: Option<&str>, body: &[u8]) -> Self {
        let json = serde_json::from_slice(body).unwrap_or(serde_json::Value::Null);
        let mut values = 0;
        let event = value(json, &mut values);
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
        }
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
fn value(json: serde_json::Value, count: &mut u64) -> Value {
    *count += 1;
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(b) => b.into(),
        serde_json::Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(n), _) => n.into(),
            (None, Some(n)) => n.into(),
            (None, None) => Value::Null,
        },
        serde_json::Value::String(text) => text.into(),
        serde_json::Value::Array(items) => {
            items.into_iter().map(|item| value(item, count)).collect::<Vec<_>>().into()
        }
        serde_json::Value::Object(fields) => {
            fields.into_iter().map(|(k, v)| (k, value(v, count))).collect::<HashMap<String, Value>>().into()
        }
    }
}
