//! The properties that deliveries are counted and chosen by.

use crate::log::filter::{DeliveryFilter, DimensionKey, Names};

/// A property that deliveries are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facet {
    /// The state; pending ones as `waiting`, `retrying` or `held`.
    State,
    /// The subscription's id.
    Subscription,
    /// The event's type.
    EventType,
    /// How the last attempt ended, where it got no status.
    Outcome,
    /// The status of the last attempt.
    Status,
    /// How many attempts: `0`, `1`, `2-3`, `4-6`, `7-`.
    Attempts,
    /// What the subscription sends: `webhook` or `postback`.
    Kind,
}

impl Facet {
    /// Every property.
    pub const ALL: [Self; 7] = [
        Self::State,
        Self::Subscription,
        Self::EventType,
        Self::Outcome,
        Self::Status,
        Self::Attempts,
        Self::Kind,
    ];

    /// The value of this property, if it has one.
    pub(crate) fn of(self, row: &DimensionKey, subscriptions: &Names) -> Option<String> {
        match self {
            Self::State => Some(row.state.clone()),
            Self::Subscription => subscriptions.get(&row.subscription).map(|s| s.id.clone()),
            Self::EventType => Some(row.event_type.clone()),
            Self::Outcome => row.outcome.clone().filter(|_| row.status.is_none()),
            Self::Status => row.status.map(|status| status.to_string()),
            Self::Attempts => Some(match row.attempts {
                ..2 => row.attempts.to_string(),
                2..4 => "2-3".to_owned(),
                4..7 => "4-6".to_owned(),
                7.. => "7-".to_owned(),
            }),
            Self::Kind => subscriptions.get(&row.subscription).map(|s| s.kind.clone()),
        }
    }

    /// Whether the filter says something about this property.
    pub(crate) fn chosen(self, filter: &DeliveryFilter) -> bool {
        match self {
            Self::State => !filter.states.is_empty(),
            Self::Subscription => !filter.subscriptions.is_empty(),
            Self::EventType => !filter.event_types.is_empty(),
            Self::Outcome => !filter.outcomes.is_empty() || !filter.answers.is_empty(),
            Self::Status => !filter.statuses.is_empty() || !filter.answers.is_empty(),
            Self::Attempts => filter.attempts.is_some(),
            Self::Kind => !filter.kinds.is_empty(),
        }
    }

    /// The filter without what it says about this property, so that other choices can be counted.
    pub(crate) fn loosen(self, filter: &DeliveryFilter) -> DeliveryFilter {
        let mut filter = DeliveryFilter { cursor: None, ..filter.clone() };
        match self {
            Self::State => filter.states.clear(),
            Self::Subscription => filter.subscriptions.clear(),
            Self::EventType => filter.event_types.clear(),
            Self::Outcome => {
                filter.outcomes.clear();
                filter.answers.clear();
            }
            Self::Status => {
                filter.statuses.clear();
                filter.answers.clear();
            }
            Self::Attempts => filter.attempts = None,
            Self::Kind => filter.kinds.clear(),
        }
        filter
    }
}
