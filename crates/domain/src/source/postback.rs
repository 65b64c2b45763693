//! How a postback becomes an event: affiliate networks call a URL with their values in its query
//! (server to server, "S2S"), in names of their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::EventType;

/// The most parameters, constants, types or dedupe keys that a mapping may list.
const MAX_RULES: usize = 100;
/// The longest name of a parameter or field, in characters.
const MAX_NAME: usize = 128;

/// What a source makes of a postback's parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct PostbackMapping {
    /// The type of the event, unless `type_param` and `types` say another.
    pub event_type: EventType,
    /// The parameter that tells which type it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_param: Option<String>,
    /// What the values of `type_param` mean.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<BTreeMap<String, EventType>>"))]
    pub types: BTreeMap<String, EventType>,
    /// Which parameter goes to which field of `data`; if there is none, every parameter goes to a
    /// field of its own name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<FieldRule>>"))]
    pub fields: Vec<FieldRule>,
    /// Fields of `data` that are the same in every event.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, unknown>"))]
    pub constants: Map<String, Value>,
    /// The parameters that tell one event from another, in one text or a list. Without any, the
    /// whole query does.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_more")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<String>>"))]
    pub dedupe: Vec<String>,
    /// The parameter that holds the key, where the scheme is `api-key`; a header does, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_param: Option<String>,
}

/// A parameter and the field of `data` it becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FieldRule {
    /// The parameter's name, as the network writes it.
    pub param: String,
    /// The field; dots lead into objects: `conversion.id`.
    pub field: String,
    /// Whether the postback is taken without it.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>", optional))]
    pub optional: bool,
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostbackError {
    /// A name that is empty, too long or has control characters.
    #[error("`{list}`: `{name}` is no name: 1 to 128 characters without line ends")]
    Name {
        /// Where it stands.
        list: &'static str,
        /// The name as far as it can be shown.
        name: String,
    },
    /// Two rules for the same field, or one field inside another that is no object.
    #[error("`{0}` is given twice, or lies inside a field that is given, too: every field has one origin")]
    Field(String),
    /// A list that is too long.
    #[error("`{0}`: at most 100 entries")]
    TooMany(&'static str),
    /// `types` without `type_param`, or the other way round.
    #[error("`type_param` names the parameter and `types` says what its values mean: give both or neither")]
    Types,
    /// The key among what is kept.
    #[error("`{0}` holds the key: it cannot be a field, the type, or what tells events apart")]
    Key(String),
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "must be a name or a list of names")]
    enum Given {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Given::deserialize(deserializer)? {
        Given::One(name) => vec![name],
        Given::Many(names) => names,
    })
}

impl PostbackMapping {
    /// A mapping that takes every parameter as a field of its own name.
    #[must_use]
    pub fn of_type(event_type: EventType) -> Self {
        Self {
            event_type,
            type_param: None,
            types: BTreeMap::new(),
            fields: Vec::new(),
            constants: Map::new(),
            dedupe: Vec::new(),
            key_param: None,
        }
    }

    /// Checks names, lengths and that every field has one origin.
    ///
    /// # Errors
    /// [`PostbackError`], naming what is wrong.
    pub fn check(&self) -> Result<(), PostbackError> {
        let lists = [
            ("fields", self.fields.len()),
            ("constants", self.constants.len()),
            ("types", self.types.len()),
            ("dedupe", self.dedupe.len()),
        ];
        if let Some((list, _)) = lists.into_iter().find(|(_, length)| *length > MAX_RULES) {
            return Err(PostbackError::TooMany(list));
        }
        if self.type_param.is_none() != self.types.is_empty() {
            return Err(PostbackError::Types);
        }
        let named = |list, name: &str| {
            let good = (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
            let name = name.chars().filter(|c| !c.is_control()).take(40).collect();
            if good { Ok(()) } else { Err(PostbackError::Name { list, name }) }
        };
        for rule in &self.fields {
            named("fields", &rule.param)?;
        }
        self.dedupe.iter().try_for_each(|name| named("dedupe", name))?;
        self.type_param.iter().try_for_each(|name| named("type_param", name))?;
        self.key_param.iter().try_for_each(|name| named("key_param", name))?;
        let fields = || self.fields.iter().map(|rule| rule.field.as_str());
        let all: Vec<&str> = fields().chain(self.constants.keys().map(String::as_str)).collect();
        for (index, field) in all.iter().enumerate() {
            named("fields", field)?;
            if field.split('.').any(str::is_empty) {
                return Err(PostbackError::Name { list: "fields", name: (*field).to_owned() });
            }
            let within = |other: &str| {
                field == &other || field.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'))
            };
            if all.iter().enumerate().any(|(i, other)| i != index && within(other)) {
                return Err(PostbackError::Field((*field).to_owned()));
            }
        }
        if let Some(key) = &self.key_param {
            let mut used =
                self.fields.iter().map(|rule| &rule.param).chain(&self.dedupe).chain(&self.type_param);
            if used.any(|name| name == key) {
                return Err(PostbackError::Key(key.clone()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(json: &str) -> Result<PostbackMapping, PostbackError> {
        let mapping: PostbackMapping = serde_json::from_str(json).unwrap();
        mapping.check().map(|()| mapping)
    }

    #[test]
    fn a_mapping_names_types_fields_constants_and_what_tells_events_apart() {
        let read = mapping(
            r#"{"event_type":"conversion.created","type_param":"goal","types":{"2":"payout.sent"},
                "fields":[{"param":"click_id","field":"click.id"},{"param":"sub1","field":"sub1","optional":true}],
                "constants":{"network":"acme","click.kind":1},"dedupe":["click_id","goal"],"key_param":"key"}"#,
        );
        assert_eq!(read.unwrap().dedupe, ["click_id", "goal"]);
        let one = mapping(r#"{"event_type":"a.b","dedupe":"txid"}"#).unwrap();
        assert_eq!(one.dedupe, ["txid"]);
        assert_eq!(
            one,
            PostbackMapping {
                dedupe: vec!["txid".into()],
                ..PostbackMapping::of_type("a.b".parse().unwrap())
            }
        );
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        for (json, word) in [
            (r#"{"event_type":"a","fields":[{"param":"","field":"x"}]}"#, "`fields`"),
            (r#"{"event_type":"a","fields":[{"param":"a","field":"x."}]}"#, "`x.`"),
            (r#"{"event_type":"a","fields":[{"param":"a","field":"x"},{"param":"b","field":"x"}]}"#, "twice"),
            (
                r#"{"event_type":"a","fields":[{"param":"a","field":"x"},{"param":"b","field":"x.y"}]}"#,
                "twice",
            ),
            (r#"{"event_type":"a","fields":[{"param":"a","field":"x"}],"constants":{"x":1}}"#, "twice"),
            (r#"{"event_type":"a","type_param":"goal"}"#, "both"),
            (r#"{"event_type":"a","types":{"1":"b"}}"#, "both"),
            (r#"{"event_type":"a","dedupe":["k"],"key_param":"k"}"#, "holds the key"),
            (r#"{"event_type":"a","dedupe":["a\nb"]}"#, "`dedupe`"),
        ] {
            let error = mapping(json).unwrap_err().to_string();
            assert!(error.contains(word), "{json}: {error}");
        }
    }
}
