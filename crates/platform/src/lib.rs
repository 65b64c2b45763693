//! The affiliate platforms as data.
//!
//! A profile holds everything that is particular to a platform: what a body looks like, how it is
//! signed, which headers it carries, when a failed delivery is tried again, and which event types
//! there are, each with a JSON Schema and a sample. The files lie in `profiles/`; a new platform
//! is a new file there (`profiles/profile.schema.json` says what it holds), not new code; the user's
//! own are read by [`load_profiles`]. [`ApiClient`] speaks with a platform's own API in the dialect
//! that its profile describes.

mod about;
mod api;
mod check;
mod envelope;
mod goals;
mod http;
mod own;
mod parse;
mod profile;
mod schema;

use std::sync::LazyLock;

use hookbench_domain::RetryPolicy;

pub use about::{About, Money, about};
pub use api::{
    ApiClient, ApiDialect, ApiError, AuthHeader, ClientOptions, CursorPaging, DeliveryFields,
    EventTypeFields, Fields, MAX_ANSWER_BYTES, MAX_PAGES, NumberPaging, Paging, RemoteDelivery,
    RemoteEventType, RemoteWebhook, Route, RouteError, Routes, TRIES, WebhookDraft, WebhookFields, field_of,
    parse_base_url, set_field,
};
pub use check::ProfileError;
pub use envelope::{Data, DataError, EnvelopeField, EnvelopeInput, FieldSource};
pub use goals::{Goal, goals, in_words};
pub use http::{HttpTime, http_client, why_http};
pub use own::{BrokenProfile, load_profiles, refresh_profiles};
pub use parse::parse_profile;
pub use profile::{EventKind, HeaderTemplate, PlatformFacts, Profile, SignatureFacts};

include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| match parse_profile(text) {
        Ok(profile) if profile.name == *name => profile,
        Ok(profile) => panic!("profiles/{name}.json calls itself `{}`", profile.name),
        // The files are part of the program and a test reads each.
        Err(error) => panic!("profiles/{name}.json: {error}"),
    };
    FILES.iter().map(read).collect()
});

/// All platforms, by name: the built-in ones and the user's own.
#[must_use]
pub fn profiles() -> Vec<&'static Profile> {
    let own = own::own_profiles();
    let built_in = PROFILES.iter().filter(|p| own.iter().all(|o| o.name != p.name));
    let mut all: Vec<&'static Profile> = built_in.chain(own.iter().copied()).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The platform of that name; the user's own file takes the place of a built-in one.
#[must_use]
pub fn profile(name: &str) -> Option<&'static Profile> {
    own::own_profile(name).or_else(|| PROFILES.iter().find(|p| p.name == name))
}

/// The names of the policy presets: one per platform, and `none`.
#[must_use]
pub fn preset_names() -> Vec<&'static str> {
    profiles().into_iter().map(|p| p.name.as_str()).chain(["none"]).collect()
}

/// The policy preset of that name: a platform's own, or `none`, which sends once and never again.
/// [`preset_names`] lists them.
#[must_use]
pub fn preset(name: &str) -> Option<RetryPolicy> {
    if name == "none" {
        return Some(RetryPolicy {
            delays_ms: Vec::new(),
            repeat_last: false,
            max_age_ms: None,
            jitter: 0.0,
            timeout_ms: 10_000,
            final_on: Vec::new(),
            retry_on: Vec::new(),
            gone_on: Vec::new(),
            honour_retry_after: true,
        });
    }
    profile(name).map(|p| p.policy.clone())
}

/// Whether any platform has an event type of this name.
#[must_use]
pub fn known_anywhere(event_type: &str) -> bool {
    profiles().iter().any(|p| p.knows(event_type))
}
