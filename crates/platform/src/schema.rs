//! Makes the schemas of a catalogue stand on their own: the definitions they share are written
//! once in the file and put into each that refers to them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const POINTER: &str = "#/$defs/";

/// Adds `$schema` and the definitions that `schema` refers to, directly or through others.
/// Answers the first reference that leads nowhere.
pub(crate) fn complete(schema: &mut Value, definitions: &Map<String, Value>) -> Result<(), String> {
    let mut needed = BTreeSet::new();
    let mut open = Vec::new();
    references(schema, &mut open);
    while let Some(name) = open.pop() {
        let Some(definition) = definitions.get(&name) else { return Err(format!("{POINTER}{name}")) };
        if needed.insert(name) {
            references(definition, &mut open);
        }
    }
    let Value::Object(fields) = schema else { return Ok(()) };
    fields.shift_insert(0, "$schema".to_owned(), Value::from(DIALECT));
    if !needed.is_empty() {
        let used = definitions.iter().filter(|(name, _)| needed.contains(*name));
        let used: Map<String, Value> = used.map(|(name, d)| (name.clone(), d.clone())).collect();
        fields.insert("$defs".to_owned(), Value::Object(used));
    }
    Ok(())
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let target = fields.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(POINTER));
            found.extend(target.map(str::to_owned));
            fields.values().for_each(|v| references(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
