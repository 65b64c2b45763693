//! An event to store, and what became of it.

use std::sync::Arc;

use hookbench_domain::{DeliveryId, EventId, StoredEvent, SubscriptionId};

use crate::sources::arrival::Arrival;

/// One event to keep.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The event.
    pub event: Arc<StoredEvent>,
    /// Only for this subscription, whatever it listens to: a test.
    pub only: Option<SubscriptionId>,
    /// The request that brought it, if one did: kept beside it.
    pub arrival: Option<Arrival>,
}

/// What became of a published event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its id.
    pub id: EventId,
    /// New, known, or in conflict.
    pub fate: PublishOutcome,
    /// Its deliveries: those just made, or those it had.
    pub deliveries: Vec<DeliveryId>,
}

/// Whether an event was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishOutcome {
    /// Kept now.
    New,
    /// Kept before, with the same content.
    Duplicate,
    /// Another event has this id; this one was not kept.
    Conflict,
}
