//! How a subscription stands at its platform, as the doors show it.

use hookbench_domain::{BrandId, Putting, RemoteDefinition, RemoteState, Rest, Timestamp};
use hookbench_store::{RegisteredBrand, RegisteredRemote};
use serde::Serialize;

use crate::brands::drift::expand;
use crate::brands::drift::{Differs, DriftProblem, drift_of};

/// How a subscription stands at its platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RemoteView {
    /// The brand.
    pub brand: BrandId,
    /// Its name.
    pub brand_name: String,
    /// The platform's id of the webhook.
    pub webhook: Option<String>,
    /// What its patterns are in the platform's catalogue.
    pub event_types: Vec<String>,
    /// `on`, `off`, `creating`, `editing`, `undoing` or `removing`.
    pub state: &'static str,
    /// Whether a change of it is unfinished: it is taken up again by itself.
    pub changing: bool,
    /// What it becomes when the change comes about, in words; of an edit under way.
    pub becoming: Option<String>,
    /// Whether it was made elsewhere and taken over.
    pub adopted: bool,
    /// What the platform had instead of it when it was last read.
    pub drift: Option<DriftView>,
    /// When the platform was last read.
    pub synced_at: Option<Timestamp>,
}

/// What a platform has instead of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DriftView {
    /// What is different.
    pub problem: DriftProblem,
    /// The URL that the platform sends to instead, if it is another.
    pub url: Option<String>,
    /// Event types that the platform sends and the subscription does not want.
    pub added: Vec<String>,
    /// Event types that the subscription wants and the platform does not send.
    pub missing: Vec<String>,
}

impl DriftView {
    fn new(differs: Differs, registered: &RegisteredRemote, brand: &RegisteredBrand) -> Self {
        let definition = &registered.remote.definition;
        let wants = match differs.problem {
            DriftProblem::Outdated => expand(&definition.patterns, &brand.catalogue).unwrap_or_default(),
            DriftProblem::Removed | DriftProblem::Changed => definition.events.clone(),
        };
        let has = differs.found.as_ref().map(|found| found.events.clone()).unwrap_or_default();
        let url = differs.found.map(|found| found.url).filter(|url| *url != definition.url);
        let wanted = |name: &String| wants.iter().any(|w| w.as_str() == name);
        let gone = differs.problem == DriftProblem::Removed;
        Self {
            problem: differs.problem,
            url,
            added: has.iter().filter(|name| !wanted(name)).cloned().collect(),
            missing: wants
                .iter()
                .map(ToString::to_string)
                .filter(|name| !gone && !has.contains(name))
                .collect(),
        }
    }
}

impl RemoteView {
    pub(crate) fn new(registered: &RegisteredRemote, brand: Option<&RegisteredBrand>) -> Self {
        let (remote, d) = (&registered.remote, &registered.remote.definition);
        Self {
            brand: remote.brand,
            brand_name: brand.map(|b| b.brand.definition.name.clone()).unwrap_or_default(),
            webhook: remote.state.webhook().map(str::to_owned),
            event_types: d.events.iter().map(ToString::to_string).collect(),
            state: Self::state(&remote.state),
            changing: remote.state.is_changing(),
            becoming: becoming(&remote.state, d),
            adopted: d.adopted,
            drift: brand.and_then(|b| Some(DriftView::new(drift_of(registered, b)?, registered, b))),
            synced_at: brand.and_then(|b| b.brand.synced_at),
        }
    }

    fn state(state: &RemoteState) -> &'static str {
        match state {
            RemoteState::Resting { rest: Rest::Off | Rest::Deleted } => "off",
            RemoteState::On { .. } => "on",
            RemoteState::Removing { .. } => "removing",
            RemoteState::Creating { putting: Putting::Undo { .. } | Putting::UndoDelete { .. }, .. }
            | RemoteState::Replacing { putting: Putting::Undo { .. } | Putting::UndoDelete { .. }, .. } => {
                "undoing"
            }
            RemoteState::Creating { .. } => "creating",
            RemoteState::Replacing { .. } => "editing",
        }
    }
}

/// What an edit under way leads to, in words.
fn becoming(state: &RemoteState, now: &RemoteDefinition) -> Option<String> {
    match state {
        RemoteState::Replacing { next, .. } if next.url != now.url => Some(next.url.clone()),
        RemoteState::Replacing { next, .. } if next.events != now.events => {
            Some(next.events.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        RemoteState::Replacing { .. } => Some("a new secret".to_owned()),
        RemoteState::Resting { .. }
        | RemoteState::On { .. }
        | RemoteState::Creating { .. }
        | RemoteState::Removing { .. } => None,
    }
}
