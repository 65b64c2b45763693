//! What a profile file holds, as types.

use hookbench_domain::{EventType, PolicySpec, RetryPolicy};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use crate::api::ApiDialect;
use crate::envelope::EnvelopeField;

/// Everything that is particular to one platform. Read one with [`parse_profile`], which checks
/// it; the built-in ones come from [`crate::profiles`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    #[serde(rename = "$schema", default, skip_serializing)]
    editor_schema: Option<String>,
    /// What the command line calls it: lower-case letters, digits and `-`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Which document of the platform the facts come from.
    pub document: String,
    /// Its webhooks in a sentence or two.
    pub summary: String,
    /// Whether deliveries go to `https` only, loopback excepted.
    pub https_only: bool,
    /// The version of payloads whose event type names none of its own.
    pub schema_version: String,
    /// The fields of a body, in order.
    pub envelope: Vec<EnvelopeField>,
    /// How deliveries are signed.
    pub signature: SignatureFacts,
    /// Headers of every delivery besides the signature's.
    pub headers: Vec<HeaderTemplate>,
    /// When a failed delivery is tried again; the preset of the platform's name.
    #[serde(deserialize_with = "whole_policy")]
    pub policy: RetryPolicy,
    /// By what a receiver recognises an event that comes twice.
    pub dedupe: String,
    /// What the document says, for people to compare.
    pub facts: PlatformFacts,
    /// The platform's own API; `None` where it has none that Hookbench could speak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiDialect>,
    /// What was decided where the document is silent or contradicts itself.
    pub decisions: Vec<String>,
    #[serde(default, skip_serializing)]
    pub(crate) definitions: Map<String, Value>,
    /// The event types. Where a name stands twice, the later entry is the newer version.
    pub catalogue: Vec<EventKind>,
}

/// How a platform signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureFacts {
    /// The scheme that is used unless a subscription chooses another.
    pub scheme: String,
    /// Whether a subscription without a secret is refused.
    pub required: bool,
    /// How it is signed, in words.
    pub note: String,
}

/// A header whose value may hold `{event}` (the event's type), `{webhook_id}` (the subscription's
/// id without its prefix) and `{id}` (the event's id).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderTemplate {
    /// The header's name.
    pub name: String,
    /// The value with its placeholders.
    pub value: String,
}

/// What a platform's document says about its webhooks, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformFacts {
    /// How it is sent.
    pub transport: String,
    /// Which answers count as received.
    pub success: String,
    /// Which failures are tried again.
    pub retried: String,
    /// When they are tried again.
    pub schedule: String,
    /// How long an answer may take.
    pub timeout: String,
    /// Whether an old signature is refused.
    pub freshness: String,
    /// What can be done with webhooks at the platform.
    pub management: String,
    /// Whether one URL may serve many brands.
    pub brands: String,
    /// What the platform shows of past deliveries.
    pub delivery_log: String,
}

/// One event type of a platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventKind {
    /// The dotted name.
    pub name: EventType,
    /// The version of its payload; the profile's `schema_version` where a file names none.
    #[serde(default)]
    pub version: String,
    /// Its name for people.
    pub title: String,
    /// What happened, in one plain sentence.
    pub meaning: String,
    /// A JSON Schema (2020-12) of `data`; stands on its own.
    pub schema: Value,
    /// A realistic `data` object.
    pub sample: Map<String, Value>,
}

/// A preset must say everything, since others are filled from it.
fn whole_policy<'de, D: Deserializer<'de>>(d: D) -> Result<RetryPolicy, D::Error> {
    let spec = PolicySpec::deserialize(d)?;
    let missing = |field| de::Error::custom(format!("the policy of a profile must say `{field}`"));
    if spec.preset.is_some() {
        return Err(de::Error::custom("the policy of a profile is a preset itself and cannot name one"));
    }
    Ok(RetryPolicy {
        delays_ms: spec.delays_ms.ok_or_else(|| missing("delays_ms"))?,
        repeat_last: spec.repeat_last.ok_or_else(|| missing("repeat_last"))?,
        max_age_ms: spec.max_age_ms,
        jitter: spec.jitter.ok_or_else(|| missing("jitter"))?,
        timeout_ms: spec.timeout_ms.ok_or_else(|| missing("timeout_ms"))?,
        final_on: spec.final_on.ok_or_else(|| missing("final"))?,
        retry_on: spec.retry_on.ok_or_else(|| missing("retry"))?,
        gone_on: spec.gone_on.ok_or_else(|| missing("gone"))?,
        honour_retry_after: spec.honour_retry_after.ok_or_else(|| missing("honour_retry_after"))?,
    })
}

impl Profile {
    /// Whether the catalogue has an event type of this name.
    #[must_use]
    pub fn knows(&self, event_type: &str) -> bool {
        self.event(event_type).is_some()
    }

    /// The newest version of an event type.
    #[must_use]
    pub fn event(&self, event_type: &str) -> Option<&EventKind> {
        self.catalogue.iter().rev().find(|k| k.name.as_str() == event_type)
    }

    /// The platform's own headers of a delivery, without the signature's. `webhook_id` is the
    /// subscription's id without its prefix.
    #[must_use]
    pub fn headers_for(&self, event_type: &str, webhook_id: &str, event_id: &str) -> Vec<(String, String)> {
        let fill = |t: &HeaderTemplate| (t.name.clone(), t.fill(event_type, webhook_id, event_id));
        self.headers.iter().map(fill).collect()
    }
}

impl HeaderTemplate {
    /// An event id may hold braces, the other two cannot: it is filled in last.
    pub(crate) fn fill(&self, event_type: &str, webhook_id: &str, event_id: &str) -> String {
        self.value
            .replace("{event}", event_type)
            .replace("{webhook_id}", webhook_id)
            .replace("{id}", event_id)
    }
}
