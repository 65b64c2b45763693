//! The platforms as a person chooses among them: goals, event types with samples, how they sign and
//! when they try again.

use hookbench_domain::Timestamp;
use hookbench_platform::{Data, EnvelopeInput, EventKind, Goal, Profile, goals, profiles};
use serde::Serialize;

use crate::handles::Platforms;

/// An event type of a platform.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CatalogueEvent {
    /// Its dotted name.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What happened, in a plain sentence.
    pub meaning: String,
    /// A body as the platform sends it, compact.
    pub sample: String,
    /// A JSON Schema of its `data`, indented.
    pub schema: String,
}

/// A platform to choose.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PlatformView {
    /// What a subscription calls it.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Its webhooks in a sentence or two.
    pub summary: String,
    /// The document its facts come from.
    pub document: String,
    /// Where its API is, if that is documented.
    pub base_url: Option<String>,
    /// Whether Hookbench can speak with its API.
    pub has_api: bool,
    /// What keys of its API begin with; empty if nothing is known.
    pub key_prefix: String,
    /// What is documented of its API, and what is assumed.
    pub api_note: String,
    /// The signature scheme it uses.
    pub scheme: String,
    /// Whether a subscription needs a secret.
    pub secret_required: bool,
    /// How it signs, in words.
    pub signature_note: String,
    /// Whether it delivers to `https` only, loopback excepted.
    pub https_only: bool,
    /// The wait before each retry, in milliseconds.
    pub delays_ms: Vec<u64>,
    /// Whether the last wait is repeated until the delivery is too old.
    pub repeat_last: bool,
    /// What it tells of, in people's words.
    pub goals: Vec<Goal>,
    /// Its event types; of several versions the newest.
    pub events: Vec<CatalogueEvent>,
}

/// A signature scheme to choose.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SchemeView {
    /// Its name.
    pub name: String,
    /// The header that carries the signature, if one does.
    pub header: Option<String>,
}

fn event(profile: &Profile, kind: &EventKind, at: Timestamp) -> CatalogueEvent {
    let data = serde_json::to_string(&kind.sample).unwrap_or_default();
    let sample = match Data::parse(&data) {
        Ok(data) => profile.envelope(&EnvelopeInput {
            id: "evt_2a4f8c1b9e7d3f2a",
            event_type: kind.name.as_str(),
            created_at: at,
            brand: Some("b29e7d3f"),
            data: &data,
        }),
        Err(_) => Vec::new(),
    };
    CatalogueEvent {
        name: kind.name.to_string(),
        title: kind.title.clone(),
        meaning: kind.meaning.clone(),
        sample: String::from_utf8(sample).unwrap_or_default(),
        schema: serde_json::to_string_pretty(&kind.schema).unwrap_or_default(),
    }
}

impl Platforms {
    /// The platforms, by name.
    #[must_use]
    pub fn list(&self) -> Vec<PlatformView> {
        self.0.refresh_profiles();
        let at = self.0.clock.now();
        let newest = |p: &Profile, kind: &EventKind| p.event(kind.name.as_str()) == Some(kind);
        let view = |p: &Profile| PlatformView {
            name: p.name.clone(),
            title: p.title.clone(),
            summary: p.summary.clone(),
            document: p.document.clone(),
            base_url: p.api.as_ref().and_then(|api| api.base_url.clone()),
            has_api: p.api.is_some(),
            key_prefix: p.api.as_ref().map(|api| api.auth.key_prefix.clone()).unwrap_or_default(),
            api_note: p.api.as_ref().map(|api| api.note.clone()).unwrap_or_default(),
            scheme: p.signature.scheme.clone(),
            secret_required: p.signature.required,
            signature_note: p.signature.note.clone(),
            https_only: p.https_only,
            delays_ms: p.policy.delays_ms.clone(),
            repeat_last: p.policy.repeat_last,
            goals: goals(p),
            events: p.catalogue.iter().filter(|k| newest(p, k)).map(|k| event(p, k, at)).collect(),
        };
        profiles().into_iter().map(view).collect()
    }

    /// The signature schemes.
    #[must_use]
    pub fn schemes(&self) -> Vec<SchemeView> {
        let view = |scheme: hookbench_signature::Scheme| SchemeView {
            name: scheme.as_str().to_owned(),
            header: scheme.signature_header().map(str::to_owned),
        };
        hookbench_signature::Scheme::ALL.into_iter().map(view).collect()
    }
}
