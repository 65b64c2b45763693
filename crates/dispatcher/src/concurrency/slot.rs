//! One subscription's part of the places: what is under way, what is due, and how well its
//! endpoint is.

use std::sync::Arc;

use hookbench_domain::{Breaker, Definition, DeliveryId, Health, SubscriptionId, Timestamp, TokenBucket};
use hookbench_store::Registered;

use super::slow_start::SlowStart;

/// What the places need to know of a subscription.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'r> {
    pub(super) id: SubscriptionId,
    pub(super) definition: &'r Definition,
    pub(super) host: &'r Arc<str>,
    pub(super) epoch: i64,
    pub(super) health: Health,
}

impl<'r> From<&'r Registered> for Terms<'r> {
    fn from(registered: &'r Registered) -> Self {
        Self {
            id: registered.subscription.id,
            definition: &registered.subscription.definition,
            host: &registered.host,
            epoch: registered.epoch,
            health: registered.subscription.health,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) under_way: u32,
    /// When it last took places, as a number that grows.
    pub(super) turn: u64,
    /// When the first of what waits falls due.
    pub(super) due: Option<Timestamp>,
    /// When the first of what a person asked for does.
    pub(super) asked: Option<Timestamp>,
    pub(super) bucket: Option<TokenBucket>,
    /// Whom it reaches; its attempts are counted there.
    pub(super) host: Option<Arc<str>>,
    /// To which epoch `health` belongs; `None` before anything is known.
    pub(super) epoch: Option<i64>,
    pub(super) health: Health,
    /// The health that the store knows.
    pub(super) kept: Health,
    /// The delivery that probes for the breaker.
    pub(super) probe: Option<DeliveryId>,
    /// While it works its way up after it was held back.
    pub(super) slow_start: Option<SlowStart>,
    /// When an attempt began or ended last.
    pub(super) active: Option<Timestamp>,
}

/// What of a subscription may be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Whatever is due.
    Due,
    /// What a person asked for.
    Asked,
    /// One, to see whether the host is well again.
    Probe,
}

impl Slot {
    pub(super) fn due_now(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// How many attempts may be under way, where `limit` may at full speed.
    pub(super) fn allowed(&self, limit: u32) -> u32 {
        self.slow_start.map_or(limit, |slow_start| limit.min(slow_start.most()))
    }

    /// Whether something is due for more than so many milliseconds and nothing was sent for as
    /// long: a pause, a sleep or the program's absence held it back.
    pub(super) fn was_held(&self, now: Timestamp, ms: u64) -> bool {
        let longer = |at: Timestamp| now.since(at) > ms;
        self.under_way == 0 && self.due.is_some_and(longer) && self.active.is_none_or(longer)
    }

    /// Whether it has something to send, may, and has no place at all.
    pub(super) fn starves(&self, now: Timestamp) -> bool {
        let over_its_rate = self.bucket.is_some_and(|bucket| bucket.whole() == 0);
        self.under_way == 0 && self.due_now(now) && self.health.breaker.closed() && !over_its_rate
    }

    /// What may be taken now, in this order.
    pub(super) fn takes(&self, now: Timestamp) -> impl Iterator<Item = Takes> + use<> {
        let closed = self.health.breaker.closed();
        let due = self.due_now(now);
        let all = (closed && due).then_some(Takes::Due);
        let probe = (due && self.health.breaker.probe_due(now)).then_some(Takes::Probe);
        let asked = (!closed && self.asked.is_some_and(|at| at <= now)).then_some(Takes::Asked);
        all.into_iter().chain(probe).chain(asked)
    }

    /// When something of it may be taken next, as far as only time is in the way.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let held = match self.health.breaker {
            Breaker::Closed { .. } => return self.due,
            Breaker::Open { next_probe_at, .. } => self.due.map(|due| due.max(next_probe_at)),
            Breaker::Probing { .. } => None,
        };
        held.into_iter().chain(self.asked).min()
    }
}
