//! What a platform puts around an event's data.

use std::fmt;

use hookbench_domain::{Timestamp, compact};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::profile::Profile;

/// One field of a platform's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeField {
    /// Its name; none for [`FieldSource::DataFields`], whose fields bring their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What it holds.
    pub source: FieldSource,
}

/// Where a field of the envelope comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldSource {
    /// The event's id.
    Id,
    /// The event's type.
    EventType,
    /// When it happened, RFC 3339 in UTC with milliseconds.
    CreatedAt,
    /// When it happened, in whole seconds since 1970.
    CreatedAtUnix,
    /// The brand; left out of an event without one.
    BrandId,
    /// The version of the payload.
    SchemaVersion,
    /// The data, as a nested object.
    Data,
    /// The data's own fields, at the top level. One that has the name of another field of the
    /// envelope gives way to it.
    DataFields,
}

/// Text that is not a JSON object.
#[derive(Debug, thiserror::Error)]
#[error("the data is not a JSON object: {0}")]
pub struct DataError(#[from] serde_json::Error);

/// An event's `data` object as text: numbers and escapes stay as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    text: String,
    fields: Vec<(String, String)>,
}

impl Data {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// [`DataError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let fields: Fields<'_> = serde_json::from_str(text)?;
        let fields = fields.0.into_iter().map(|(name, raw)| (name, compact(raw.get()))).collect();
        Ok(Self { text: compact(text), fields })
    }

    /// The object, compact.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<&Map<String, Value>> for Data {
    fn from(map: &Map<String, Value>) -> Self {
        let fields: Vec<_> = map.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        Self { text: object(fields.iter().map(|(n, v)| (n.as_str(), v.as_str()))), fields }
    }
}

/// What an envelope is filled with.
#[derive(Debug, Clone, Copy)]
pub struct EnvelopeInput<'a> {
    /// The event's id.
    pub id: &'a str,
    /// The event's type.
    pub event_type: &'a str,
    /// When it happened.
    pub created_at: Timestamp,
    /// The brand, as the platform calls it, if the event has one.
    pub brand: Option<&'a str>,
    /// What happened.
    pub data: &'a Data,
}

impl Profile {
    /// The body of an event as this platform writes it: compact JSON, the fields in the profile's
    /// order.
    #[must_use]
    pub fn envelope(&self, input: &EnvelopeInput<'_>) -> Vec<u8> {
        let text = |s: &str| Value::from(s).to_string();
        let mut fields: Vec<(&str, String)> = Vec::with_capacity(self.envelope.len());
        for slot in &self.envelope {
            let value = match slot.source {
                FieldSource::Id => text(input.id),
                FieldSource::EventType => text(input.event_type),
                FieldSource::CreatedAt => text(&input.created_at.to_string()),
                FieldSource::CreatedAtUnix => input.created_at.unix_seconds().to_string(),
                FieldSource::BrandId => match input.brand {
                    Some(brand) => text(brand),
                    None => continue,
                },
                FieldSource::SchemaVersion => {
                    text(self.event(input.event_type).map_or(&self.schema_version, |kind| &kind.version))
                }
                FieldSource::Data => input.data.text.clone(),
                FieldSource::DataFields => {
                    let own = input.data.fields.iter().filter(|(name, _)| !self.is_envelope_field(name));
                    fields.extend(own.map(|(name, value)| (name.as_str(), value.clone())));
                    continue;
                }
            };
            fields.push((slot.field.as_deref().unwrap_or_default(), value));
        }
        object(fields.iter().map(|(n, v)| (*n, v.as_str()))).into_bytes()
    }

    /// The data inside a body of this platform: what [`Profile::envelope`] was given, without
    /// fields that gave way to the envelope's. `None` for a body of another shape.
    #[must_use]
    pub fn data_of(&self, body: &[u8]) -> Option<Data> {
        let fields: Fields<'_> = serde_json::from_slice(body).ok()?;
        let nested = self.envelope.iter().find(|slot| slot.source == FieldSource::Data);
        if let Some(slot) = nested {
            let (_, raw) = fields.0.iter().find(|(name, _)| Some(name) == slot.field.as_ref())?;
            return Data::parse(raw.get()).ok();
        }
        let own = fields.0.into_iter().filter(|(name, _)| !self.is_envelope_field(name));
        let fields: Vec<_> = own.map(|(name, raw)| (name, compact(raw.get()))).collect();
        Some(Data { text: object(fields.iter().map(|(n, v)| (n.as_str(), v.as_str()))), fields })
    }

    fn is_envelope_field(&self, name: &str) -> bool {
        self.envelope.iter().any(|slot| slot.field.as_deref() == Some(name))
    }
}

/// Joins names and JSON texts to an object.
fn object<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::from("{");
    for (name, value) in fields {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&Value::from(name).to_string());
        out.push(':');
        out.push_str(value);
    }
    out.push('}');
    out
}

/// An object's fields in their order, values as they were written.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(String, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }
        d.deserialize_map(Object).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbench_domain::same_json;
    use proptest::prelude::*;

    fn body(platform: &str, event_type: &str, data: &str) -> String {
        let data = Data::parse(data).unwrap();
        let input = EnvelopeInput {
            id: "evt_2a4f8c1b9e7d3f2a",
            event_type,
            created_at: Timestamp::parse("2026-05-08T04:51:35.080Z").unwrap(),
            brand: Some("b29e7d3f"),
            data: &data,
        };
        String::from_utf8(crate::profile(platform).unwrap().envelope(&input)).unwrap()
    }

    #[test]
    fn each_platform_writes_its_own_envelope_and_keeps_numbers_as_they_were() {
        let data = r#"{ "payout": 12.60, "note": "\u00e9" }"#;
        let inner = r#"{"payout":12.60,"note":"\u00e9"}"#;
        for (platform, want) in [
            ("trcker", format!(r#"{{"id":"evt_2a4f8c1b9e7d3f2a","event":"a.b","createdAt":"2026-05-08T04:51:35.080Z","brandId":"b29e7d3f","data":{inner}}}"#)),
            ("trackdesk", format!(r#"{{"id":"evt_2a4f8c1b9e7d3f2a","event":"a.b","createdAt":"2026-05-08T04:51:35.080Z","data":{inner}}}"#)),
            ("track360", format!(r#"{{"id":"evt_2a4f8c1b9e7d3f2a","event":"a.b","timestamp":"2026-05-08T04:51:35.080Z","schema_version":"1.0","data":{inner}}}"#)),
            ("generic", r#"{"id":"evt_2a4f8c1b9e7d3f2a","event":"a.b","payout":12.60,"note":"\u00e9","event_timestamp":"2026-05-08T04:51:35.080Z"}"#.to_owned()),
        ] {
            assert_eq!(body(platform, "a.b", data), want, "{platform}");
        }
    }

    #[test]
    fn a_field_of_flat_data_cannot_replace_the_event_id() {
        let text = body("generic", "a.b", r#"{"id":"mine","event_timestamp":1,"amount":1}"#);
        assert_eq!(text.matches("\"id\"").count(), 1);
        assert!(text.contains("evt_2a4f8c1b9e7d3f2a") && !text.contains("mine"), "{text}");
    }

    #[test]
    fn what_is_no_object_is_no_data() {
        for bad in ["", "[]", "1", "null", "{", "{} x"] {
            assert!(Data::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Data::parse(" { } ").unwrap().as_str(), "{}");
    }

    proptest! {
        #[test]
        fn data_comes_out_of_the_envelope_as_it_went_in(
            fields in proptest::collection::btree_map("[a-d\"é]{1,4}", "[ -~é]{0,8}", 0..6),
            number in -1_000_000i64..1_000_000,
            at in 0i64..4_000_000_000_000,
        ) {
            let mut map: Map<String, Value> = fields.into_iter().map(|(k, v)| (k, Value::from(v))).collect();
            map.insert("n".to_owned(), Value::from(number));
            let data = Data::from(&map);
            prop_assert_eq!(&Data::parse(data.as_str()).unwrap(), &data);
            for profile in crate::profiles() {
                let input = EnvelopeInput { id: "evt_1", event_type: "a.b", created_at: Timestamp::from_ms(at), brand: None, data: &data };
                let body = profile.envelope(&input);
                prop_assert!(serde_json::from_slice::<Value>(&body).unwrap().is_object());
                let out = profile.data_of(&body).unwrap();
                prop_assert!(same_json(out.as_str(), data.as_str()));
            }
        }
    }
}
