//! What a profile must keep to beyond its shape.

use hookbench_domain::ReadError;
use hookbench_domain::{CustomHeader, PolicyError};
use serde_json::Value;

use crate::envelope::FieldSource;
use crate::profile::Profile;

/// Why a profile file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Not JSON, a field of the wrong kind, one that profiles do not have, or one that is missing.
    /// The text names the line.
    #[error("the profile cannot be read: {0}")]
    Json(#[from] ReadError),
    /// A rule that is not kept.
    #[error("line {line}: {reason}")]
    Rule {
        /// The line in the file, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
}

impl ProfileError {
    /// On the last line that holds `value` as a JSON text: of two that clash, the later is at fault.
    pub(crate) fn at(text: &str, value: &str, reason: String) -> Self {
        let quoted = Value::from(value).to_string();
        let line = text.lines().enumerate().filter(|(_, l)| l.contains(&quoted)).last();
        Self::Rule { line: line.map_or(1, |(index, _)| index + 1), reason }
    }

    /// On the first line that holds the field `key`: the profile's own fields come first.
    fn of_field(text: &str, key: &str, reason: &str) -> Self {
        let key = format!("\"{key}\":");
        let line = text.lines().position(|l| l.contains(&key));
        Self::Rule { line: line.map_or(1, |index| index + 1), reason: reason.to_owned() }
    }
}

/// Checks names, policy, envelope, headers and catalogue.
pub(crate) fn check(profile: &Profile, text: &str) -> Result<(), ProfileError> {
    let wrong = |needle: &str, reason: &str| Err(ProfileError::at(text, needle, reason.to_owned()));
    let name = &profile.name;
    let in_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.len() > 32 || !name.bytes().all(in_name) {
        return wrong(name, "a platform's name has 1 to 32 lower-case letters, digits and -, a letter first");
    }
    if name == "none" {
        return wrong(name, "`none` is the preset without retries and cannot name a platform");
    }
    for (field, value) in [
        ("title", &profile.title),
        ("document", &profile.document),
        ("summary", &profile.summary),
        ("schema_version", &profile.schema_version),
        ("dedupe", &profile.dedupe),
        ("scheme", &profile.signature.scheme),
    ] {
        if value.trim().is_empty() {
            return Err(ProfileError::of_field(text, field, &format!("`{field}` is empty")));
        }
    }
    if profile.signature.required && profile.signature.scheme == "none" {
        let reason = "a signature cannot be required of the scheme `none`";
        return Err(ProfileError::of_field(text, "scheme", reason));
    }
    profile.policy.check().map_err(|error| {
        let field = match &error {
            PolicyError::Range { field, .. } => field,
            PolicyError::NothingToRepeat => "repeat_last",
            PolicyError::Preset(_) | PolicyError::Matcher(_) | PolicyError::Twice(_) => "policy",
        };
        ProfileError::of_field(text, field, &error.to_string())
    })?;
    if let Some(api) = &profile.api {
        api.check().map_err(|(field, why)| ProfileError::of_field(text, field, &format!("`api`: {why}")))?;
    }
    check_envelope(profile, text)?;
    for header in &profile.headers {
        let filled = header.fill("a", "a", "a");
        if filled.contains(['{', '}']) {
            return wrong(
                &header.value,
                "a header may hold {event}, {webhook_id} and {id}; other braces stand for nothing",
            );
        }
        CustomHeader(header.name.clone(), filled)
            .check()
            .map_err(|e| ProfileError::at(text, &header.name, e.to_string()))?;
    }
    check_catalogue(profile, text)
}

fn check_envelope(profile: &Profile, text: &str) -> Result<(), ProfileError> {
    let misshapen = |reason: &str| Err(ProfileError::of_field(text, "envelope", reason));
    let wrong = |needle: &str, reason: &str| Err(ProfileError::at(text, needle, reason.to_owned()));
    let count =
        |wanted: &[FieldSource]| profile.envelope.iter().filter(|f| wanted.contains(&f.source)).count();
    if count(&[FieldSource::Id]) != 1 || count(&[FieldSource::EventType]) != 1 {
        return misshapen("an envelope has one field with the event's id and one with its type");
    }
    if count(&[FieldSource::Data, FieldSource::DataFields]) != 1 {
        return misshapen("an envelope holds the data once: nested (data) or spread (data_fields)");
    }
    for (index, slot) in profile.envelope.iter().enumerate() {
        match (&slot.field, slot.source == FieldSource::DataFields) {
            (Some(_), true) => {
                return wrong("data_fields", "`data_fields` spreads the data's own fields and takes no name");
            }
            (None, false) => {
                return misshapen("every field of the envelope but `data_fields` needs a name");
            }
            (Some(field), false) if field.is_empty() => {
                return misshapen("a field of the envelope has no name");
            }
            (Some(field), false)
                if profile.envelope[..index].iter().any(|s| s.field.as_ref() == Some(field)) =>
            {
                return wrong(field, "this field stands in the envelope twice");
            }
            (Some(_), false) | (None, true) => {}
        }
    }
    Ok(())
}

fn check_catalogue(profile: &Profile, text: &str) -> Result<(), ProfileError> {
    let wrong = |needle: &str, reason: &str| Err(ProfileError::at(text, needle, reason.to_owned()));
    if profile.catalogue.is_empty() {
        return Err(ProfileError::of_field(text, "catalogue", "a platform has at least one event type"));
    }
    for (index, kind) in profile.catalogue.iter().enumerate() {
        let name = kind.name.as_str();
        let twice = |other: &crate::EventKind| other.name == kind.name && other.version == kind.version;
        if profile.catalogue[..index].iter().any(twice) {
            return wrong(name, "this event type stands twice in the same version");
        }
        if kind.title.trim().is_empty() || kind.meaning.trim().is_empty() {
            return wrong(name, "an event type needs a title and a meaning");
        }
        if kind.schema.get("type").and_then(Value::as_str) != Some("object") {
            return wrong(name, "the schema of an event type describes an object: \"type\": \"object\"");
        }
    }
    Ok(())
}
