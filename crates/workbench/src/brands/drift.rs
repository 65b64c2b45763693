//! What a platform has, and how it differs from what was set up here.

use hookbench_domain::{EventType, Listed, Pattern, RemoteState, SubscriptionId};
use hookbench_platform::{ApiClient, ApiError};
use hookbench_store::{BrandEventType, RegisteredBrand, RegisteredRemote};
use serde::Serialize;

use crate::WorkbenchError;

/// A subscription that the platform no longer has as it is kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Drift {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// What is different.
    pub problem: DriftProblem,
    /// What the platform has, if anything.
    pub found: Option<Listed>,
    /// Whether the platform has it again as it is kept.
    pub repaired: bool,
    /// Why it could not be repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum DriftProblem {
    /// The platform has no such webhook any more.
    Removed,
    /// It goes elsewhere, or sends other event types.
    Changed,
    /// Its patterns mean other event types now that the catalogue is another.
    Outdated,
}

/// What a platform has instead of a subscription that is kept here.
pub(crate) struct Differs {
    pub(crate) problem: DriftProblem,
    pub(crate) found: Option<Listed>,
}

/// What a platform had instead of a subscription when it was last read; `None`: nothing differs, or
/// it is not known.
pub(crate) fn drift_of(registered: &RegisteredRemote, brand: &RegisteredBrand) -> Option<Differs> {
    let RemoteState::On { webhook } = &registered.remote.state else { return None };
    let seen = brand.webhooks.iter().find(|w| w.listed.id == *webhook)?;
    let found = seen.gone_at.is_none().then_some(&seen.listed);
    differs(registered, found, &brand.catalogue)
}

pub(crate) fn differs(
    registered: &RegisteredRemote,
    found: Option<&Listed>,
    catalogue: &[EventType],
) -> Option<Differs> {
    let definition = &registered.remote.definition;
    let meant = expand(&definition.patterns, catalogue);
    let problem = match found {
        None => DriftProblem::Removed,
        Some(found) if !found.does(definition) => DriftProblem::Changed,
        Some(_) if meant.is_ok_and(|meant| meant != definition.events) => DriftProblem::Outdated,
        Some(_) => return None,
    };
    Some(Differs { problem, found: found.cloned() })
}

/// What patterns mean in a catalogue, in its order. A platform takes no patterns, and no name that
/// it does not know.
pub(crate) fn expand(
    patterns: &[Pattern],
    catalogue: &[EventType],
) -> Result<Vec<EventType>, WorkbenchError> {
    for pattern in patterns {
        if !catalogue.iter().any(|event_type| pattern.matches(event_type)) {
            let why = format!(
                "the platform has no event type `{pattern}`: sync the brand, then look at its event types"
            );
            return Err(WorkbenchError::field("events", why));
        }
    }
    let wanted = |event_type: &&EventType| patterns.iter().any(|p| p.matches(event_type));
    Ok(catalogue.iter().filter(wanted).cloned().collect())
}

/// The webhooks at the platform.
pub(crate) async fn listed(client: &ApiClient) -> Result<Vec<Listed>, ApiError> {
    let webhooks = client.webhooks().await?.into_iter();
    Ok(webhooks.map(|w| Listed { id: w.id, url: w.url, events: w.events }).collect())
}

/// The names of a catalogue.
pub(crate) fn names(event_types: &[BrandEventType]) -> Vec<EventType> {
    event_types.iter().filter_map(|kind| kind.name.parse().ok()).collect()
}
