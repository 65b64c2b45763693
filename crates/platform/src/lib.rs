//! The affiliate platforms as data.
//!
//! A profile holds everything that is particular to a platform: what a body looks like, how it is
//! signed, which headers it carries, when a failed delivery is tried again, and which event types
//! there are, each with a JSON Schema and a sample. The files lie in `profiles/`; a new platform
//! is a new file there (`profiles/profile.schema.json` says what it holds), not new code.

mod about;
mod check;
mod envelope;
mod goals;
mod profile;
mod schema;

use std::sync::LazyLock;

use hookbench_domain::RetryPolicy;

pub use about::{About, Money, about};
pub use check::ProfileError;
pub use envelope::{Data, DataError, EnvelopeField, EnvelopeInput, FieldSource};
pub use goals::{Goal, goals, in_words};
pub use profile::{EventKind, Facts, HeaderTemplate, Profile, SignatureFacts, parse_profile};

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

/// All platforms, by name.
#[must_use]
pub fn profiles() -> &'static [Profile] {
    &PROFILES
}

/// The platform of that name.
#[must_use]
pub fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|p| p.name == name)
}

/// The policy preset of that name: a platform's own, or `none`, which sends once and never again.
/// [`PRESET_NAMES`] lists them.
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
    PROFILES.iter().any(|p| p.knows(event_type))
}
