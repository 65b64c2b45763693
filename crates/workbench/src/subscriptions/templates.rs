//! What a subscription sends: checked when it is saved, and tried on the catalogue's samples.

use hookbench_dispatcher::wire::ExtraCa;
use hookbench_domain::{
    Definition, EventDraft, EventType, Kind, Method, Mode, Scope, StoredEvent, is_loopback_url,
    parse_target_url,
};
use hookbench_platform::{EventKind, Profile, profile, profiles};
use hookbench_template::{EventInput, FILTERS, PRESETS, PostbackUrl, Template, check_content_type, preset};
use serde::Serialize;

use crate::{Workbench, WorkbenchError};

/// The longest PEM text of certificates, in bytes.
const MAX_CA_BYTES: usize = 64 * 1024;
/// On how many samples a shape is tried when it is saved.
const MOST_SAMPLES: usize = 20;
/// Of how many samples it is told that they lack a value.
const MOST_WARNINGS: usize = 3;

/// A template to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TemplatePreset {
    /// What it is called.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is for.
    pub summary: String,
    /// What it is sent as.
    pub content_type: String,
    /// The template.
    pub template: String,
}

/// A filter that a template may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TemplateFilter {
    /// What it is called.
    pub name: String,
    /// What it does.
    pub meaning: String,
    /// How it is written.
    pub example: String,
}

/// What there is to write templates with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TemplatesView {
    /// Templates to begin with.
    pub presets: Vec<TemplatePreset>,
    /// What can be done with a value.
    pub filters: Vec<TemplateFilter>,
}

/// What there is to write templates with.
#[must_use]
pub fn templates() -> TemplatesView {
    let preset = |p: hookbench_template::Preset| TemplatePreset {
        name: p.name.to_owned(),
        title: p.title.to_owned(),
        summary: p.summary.to_owned(),
        content_type: p.content_type.to_owned(),
        template: p.text.to_owned(),
    };
    let filter = |(name, meaning, example): (&str, &str, &str)| TemplateFilter {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
        example: example.to_owned(),
    };
    TemplatesView {
        presets: PRESETS.into_iter().map(preset).collect(),
        filters: FILTERS.into_iter().map(filter).collect(),
    }
}

/// The template that comes with Hookbench under this name.
#[must_use]
pub fn template_preset(name: &str) -> Option<&'static str> {
    preset(name).map(|preset| preset.text)
}

fn refuse<T>(field: &'static str, why: impl Into<String>) -> Result<T, WorkbenchError> {
    Err(WorkbenchError::field(field, why))
}

/// Checks what a subscription sends: kind, method, URL of a postback, template and its type.
pub(crate) fn check_shape(definition: &Definition) -> Result<(), WorkbenchError> {
    let forwards = definition.mode == Mode::Forward;
    match definition.kind {
        Kind::Webhook => {
            if definition.method() == Method::Get {
                return refuse("method", "a webhook is always posted: for GET make it a postback");
            }
        }
        Kind::Postback => {
            PostbackUrl::parse(&definition.url)
                .map_err(|error| WorkbenchError::field("url", error.to_string()))?;
            if forwards {
                return refuse(
                    "mode",
                    "a postback has a URL of its own and forwards nothing: set it to sign",
                );
            }
        }
    }
    match &definition.template {
        Some(_) if definition.method() == Method::Get => {
            return refuse("template", "a GET has no body: set the method to POST, or clear the template");
        }
        Some(_) if forwards => {
            let why = "a forwarded signature is that of the body as it came: set the mode to sign, or clear the template";
            return refuse("template", why);
        }
        Some(text) => {
            if let Some(content_type) = &definition.content_type {
                check_content_type(content_type)
                    .map_err(|error| WorkbenchError::field("content_type", error.to_string()))?;
            }
            Template::compile(text, definition.content_type.as_deref())
                .map_err(|error| WorkbenchError::field("template", error.to_string()))?;
        }
        None if definition.content_type.is_some() => {
            return refuse("content_type", "is a template's: an event is sent as it is, so leave it out");
        }
        None => {}
    }
    Ok(())
}

/// Checks whom the endpoint's certificate may be vouched for by.
pub(crate) fn check_trust(definition: &Definition, warnings: &mut Vec<String>) -> Result<(), WorkbenchError> {
    let url = parse_target_url(&definition.url)?;
    let https = url.scheme() == "https";
    if let Some(pem) = &definition.ca_pem {
        if pem.len() > MAX_CA_BYTES {
            return refuse("ca_pem", "is longer than 64 KiB: give the authority's certificates only");
        }
        if pem.contains("PRIVATE KEY") {
            return refuse(
                "ca_pem",
                "holds a private key, which belongs on the server alone: give the authority's certificate",
            );
        }
        ExtraCa::parse(pem.as_bytes()).map_err(|error| WorkbenchError::field("ca_pem", error.to_string()))?;
        if definition.skip_tls_verify {
            return refuse(
                "skip_tls_verify",
                "leaves certificates unchecked, so `ca_pem` would mean nothing: choose one",
            );
        }
        if !https {
            warnings.push("`ca_pem` is kept but not used: the URL is http://".to_owned());
        }
    }
    if definition.skip_tls_verify {
        if !is_loopback_url(&url) {
            let why = "is possible on this machine only (localhost, 127.0.0.1, ::1): for another host give its authority as `ca_pem`";
            return refuse("skip_tls_verify", why);
        }
        if https {
            warnings.push("the certificate of this endpoint is not checked".to_owned());
        } else {
            warnings.push("`skip_tls_verify` does nothing: the URL is http://".to_owned());
        }
    }
    Ok(())
}

/// Whether an event of these parts can be sent; why not.
fn try_on(definition: &Definition, event: &StoredEvent) -> Result<(), String> {
    let created_at = event.created_at.to_string();
    let brand = match &event.scope {
        Scope::Brand(brand) => Some(brand.as_str()),
        Scope::Local | Scope::Source(_) => definition.brand.as_deref(),
    };
    let input = EventInput {
        id: event.id.as_str(),
        event: event.event_type.as_str(),
        created_at: &created_at,
        brand,
        body: &event.body,
    };
    if definition.kind == Kind::Postback {
        let url = PostbackUrl::parse(&definition.url).map_err(|error| error.to_string())?;
        url.expand(&input).map_err(|error| error.to_string())?;
    }
    if let Some(text) = definition.template.as_deref() {
        let template = Template::compile(text, definition.content_type.as_deref());
        template.and_then(|template| template.render(&input)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

impl Workbench {
    /// A sample of a catalogue as it would be kept for this subscription.
    pub(crate) fn sample_of(&self, definition: &Definition, kind: &EventKind) -> Option<StoredEvent> {
        let data = serde_json::to_string(&kind.sample).ok()?;
        let draft =
            EventDraft::new(kind.name.as_str(), &data, None, definition.brand.as_deref(), None).ok()?;
        self.put_together(draft).ok()
    }

    /// The samples of the types that a subscription listens to: its platform's, else anybody's.
    pub(crate) fn samples(&self, definition: &Definition) -> Vec<StoredEvent> {
        let wanted = |event_type: &EventType| definition.events.iter().any(|p| p.matches(event_type));
        let of = |p: &Profile| -> Vec<StoredEvent> {
            let newest = p.catalogue.iter().filter(|kind| p.event(kind.name.as_str()) == Some(kind));
            newest
                .filter(|kind| wanted(&kind.name))
                .filter_map(|kind| self.sample_of(definition, kind))
                .collect()
        };
        let own = profile(&definition.platform).map(of).unwrap_or_default();
        if own.is_empty() {
            profiles().into_iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
        } else {
            own
        }
    }

    /// What a template or macros lack in the samples of the types that the subscription listens to.
    pub(crate) fn sample_warnings(&self, definition: &Definition) -> Vec<String> {
        if definition.kind == Kind::Webhook && definition.template.is_none() {
            return Vec::new();
        }
        let mut lacking = Vec::new();
        for event in self.samples(definition).into_iter().take(MOST_SAMPLES) {
            if let Err(why) = try_on(definition, &event) {
                lacking.push(format!("the sample of {} cannot be sent: {why}", event.event_type));
            }
        }
        let more = lacking.len().saturating_sub(MOST_WARNINGS);
        lacking.truncate(MOST_WARNINGS);
        if more > 0 {
            lacking.push(format!("nor can the samples of {more} more types"));
        }
        lacking
    }
}
