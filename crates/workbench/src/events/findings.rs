//! What is odd about an event: its data, its platform's schema, how its type has looked.

use hookbench_bounds::{Document, RawKind, shortened};
use hookbench_diagnosis::{
    FieldKind, Finding, InferredSchema, check_payload, conversion_id, duplicate_conversion,
};
use hookbench_domain::{EventType, Scope, StoredEvent, Timestamp};
use hookbench_platform::{Profile, profile, profiles};
use hookbench_store::EventSummary;
use serde::Serialize;

use crate::handles::Events;
use crate::{Workbench, WorkbenchError};

/// The most values of data that are held against a schema.
const MAX_VALUES: usize = 50_000;
/// How many departures from a schema are told.
const TOLD: usize = 20;

/// One departure from a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SchemaError {
    /// Where in the data: `payout`; empty for all of it.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

/// What a platform's schema says of an event's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SchemaCheck {
    /// Whose schema.
    pub platform: String,
    /// Whether the data follow it.
    pub valid: bool,
    /// How they depart from it, at most 20.
    pub errors: Vec<SchemaError>,
}

/// A field of an event type as it has been seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FieldView {
    /// Where: `data.items[].qty`.
    pub path: String,
    /// What it has held.
    pub kinds: Vec<FieldKind>,
    /// In how many events.
    pub count: u64,
    /// When it was first seen.
    pub first_at: Timestamp,
    /// When it was last seen.
    pub last_at: Timestamp,
}

/// How events of a type have looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct InferredSchemaView {
    /// The type.
    pub event_type: String,
    /// From how many events it is known.
    pub events: u64,
    /// Whether it is still being learned, so that nothing is told yet.
    pub learning: bool,
    /// Whether there are more fields than are kept.
    pub full: bool,
    /// The fields, by path.
    pub fields: Vec<FieldView>,
}

impl Workbench {
    /// What is odd about an event that is kept.
    pub(crate) async fn findings(
        &self,
        summary: &EventSummary,
        event: &StoredEvent,
    ) -> Result<Vec<Finding>, WorkbenchError> {
        let (checked, event_type) = (event.clone(), summary.event_type.clone());
        let checking = self.at_length(move |_| {
            let findings = check_payload(&checked.body, &event_type, checked.received_at);
            (findings, conversion_id(&checked.body))
        });
        let (mut findings, conversion) = checking.await?;
        if let Some(conversion) = conversion
            && !event.test
        {
            let others = self.store.same_conversion(&conversion, &summary.event_type, summary.seq()).await?;
            findings.extend(duplicate_conversion(&conversion, &others));
        }
        Ok(findings)
    }

    /// What the schema of the event's platform says of its data; `None` where no platform claims it,
    /// and of data too large or too deep to be gone through.
    pub(crate) fn schema_check(&self, event: &StoredEvent) -> Option<SchemaCheck> {
        let platform = self.platform_of(event)?;
        let kind = platform.event(event.event_type.as_str())?;
        let data = platform.data_of(&event.body)?;
        let document = Document::read(data.as_str().as_bytes()).ok()?;
        if document.values() > MAX_VALUES {
            return None;
        }
        let data = document.root().value();
        let validator = jsonschema::options().should_validate_formats(true).build(&kind.schema).ok()?;
        let told = |error: jsonschema::ValidationError<'_>| SchemaError {
            path: error.instance_path().to_string().trim_start_matches('/').replace('/', "."),
            message: shortened(&error.to_string()).into_owned(),
        };
        let errors: Vec<SchemaError> = validator.iter_errors(&data).take(TOLD).map(told).collect();
        Some(SchemaCheck { platform: platform.name.clone(), valid: errors.is_empty(), errors })
    }

    /// The platform that an event came from: its brand's, or the only one that has its type.
    fn platform_of(&self, event: &StoredEvent) -> Option<&'static Profile> {
        let registry = self.store.registry().borrow().clone();
        let brand = match &event.scope {
            Scope::Local => None,
            Scope::Brand(_) | Scope::Source(_) => registry.brand_of(&event.scope),
        };
        let connected = brand.and_then(|b| self.registered_brand(b).ok());
        if let Some(brand) = connected {
            return profile(&brand.brand.definition.platform);
        }
        if let Scope::Source(id) = &event.scope {
            let source = registry.sources().find(|s| s.source.id == *id)?;
            return profile(&source.source.definition.scheme);
        }
        // One that is published here may have any shape: it is a platform's only if it looks like it.
        let mut knowing = profiles().into_iter().filter(|p| p.knows(event.event_type.as_str()));
        match (knowing.next(), knowing.next()) {
            (Some(only), None) if looks_like(only, event) => Some(only),
            _ => None,
        }
    }

    async fn has_seen(&self, event_type: &str) -> Result<bool, WorkbenchError> {
        let seen = self.store.seen_types().await?;
        Ok(seen.iter().any(|seen| seen.event_type.as_str() == event_type))
    }
}

impl Events {
    /// What is odd about data that were not published: the `data` object of an event, or a whole body.
    ///
    /// # Errors
    /// [`WorkbenchError`] when they are not a JSON object.
    pub fn check_data(&self, event_type: &str, data: &[u8]) -> Result<Vec<Finding>, WorkbenchError> {
        event_type.parse::<EventType>()?;
        let document =
            Document::read_any(data).map_err(|error| WorkbenchError::field("data", error.to_string()))?;
        if document.root().kind() != RawKind::Object {
            return Err(WorkbenchError::field("data", "must be a JSON object: {…}"));
        }
        Ok(check_payload(data, event_type, self.0.clock.now()))
    }

    /// How events of a type have looked, from the events that were looked at so far: none yet where
    /// they have only just come. `None` for a type of which no event is kept.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn schema(&self, event_type: &str) -> Result<Option<InferredSchemaView>, WorkbenchError> {
        event_type.parse::<EventType>()?;
        let mut shapes = self.0.store.shapes(Some(&[event_type.to_owned()])).await?;
        let shape: InferredSchema = match shapes.remove(event_type) {
            Some(kept) => serde_json::from_value(kept.shape).unwrap_or_default(),
            // The follower comes after the log, and large events take it a while.
            None if self.0.has_seen(event_type).await? => InferredSchema::default(),
            None => return Ok(None),
        };
        let field = |(path, field): (String, hookbench_diagnosis::SchemaField)| FieldView {
            path,
            kinds: field.kinds.into_iter().collect(),
            count: field.count,
            first_at: field.first_at,
            last_at: field.last_at,
        };
        Ok(Some(InferredSchemaView {
            event_type: event_type.to_owned(),
            events: shape.events,
            learning: shape.events < hookbench_diagnosis::LEARNING,
            full: shape.full,
            fields: shape.fields.into_iter().map(field).collect(),
        }))
    }
}

/// Whether an event's data have at least half of the fields that a platform's always have.
fn looks_like(profile: &Profile, event: &StoredEvent) -> bool {
    let Some((data, kind)) = profile.data_of(&event.body).zip(profile.event(event.event_type.as_str()))
    else {
        return false;
    };
    let Ok(document) = Document::read_any(data.as_str().as_bytes()) else { return false };
    let data = document.root().by_name();
    let required = kind.schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let there = required.iter().filter_map(|name| name.as_str()).filter(|name| data.contains_key(*name));
    there.count() * 2 >= required.len()
}

#[cfg(test)]
mod tests {
    use hookbench_platform::{Data, EnvelopeInput};

    use super::*;

    #[test]
    fn what_the_platforms_show_as_samples_is_not_odd() {
        let at = Timestamp::parse("2026-12-31T00:00:00Z").unwrap();
        for profile in profiles() {
            for kind in &profile.catalogue {
                let data = Data::from(&kind.sample);
                let body = profile.envelope(&EnvelopeInput {
                    id: "evt_1",
                    event_type: kind.name.as_str(),
                    created_at: at,
                    brand: Some("acme"),
                    data: &data,
                });
                let found = check_payload(&body, kind.name.as_str(), at);
                assert_eq!(found, [], "{} {}", profile.name, kind.name);
            }
        }
    }

    #[test]
    fn lifelike_traffic_is_not_odd_and_tells_of_rare_fields_once() {
        let start = Timestamp::parse("2026-05-08T04:51:35Z").unwrap();
        for profile in profiles() {
            let mut traffic = hookbench_emulator::Traffic::new(profile, 7);
            let mut shapes: std::collections::BTreeMap<String, InferredSchema> =
                std::collections::BTreeMap::new();
            let mut told = Vec::new();
            for n in 0..3000u64 {
                let at = start.plus_ms(n * 7919);
                let emitted = traffic.next(at);
                let name = emitted.event_type.as_str().to_owned();
                assert_eq!(check_payload(&emitted.body, &name, at), [], "{} {name}", profile.name);
                let drifts = shapes.entry(name.clone()).or_default().learn(&emitted.body, at);
                told.extend(drifts.into_iter().map(|d| format!("{name}: {}", d.told)));
            }
            // A field that few events have is new when it first comes; nothing else is told.
            assert!(
                told.iter().all(|t| t.contains("is new")) && told.len() <= 2,
                "{}: {told:?}",
                profile.name
            );
        }
    }
}
