//! How well the endpoint of a subscription is, as the doors show it.

use hookbench_domain::{Breaker, Subscription, Timestamp};
use serde::Serialize;

/// Whether deliveries go out to a host, or wait until it is well again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BreakerView {
    /// `closed`: deliveries go out. `open`: they wait. `probing`: one is under way to see whether
    /// the host is well again, the others wait.
    pub state: &'static str,
    /// Since when they wait; null while it is closed.
    pub since: Option<Timestamp>,
    /// When the next probe goes; null unless it is open.
    pub next_probe_at: Option<Timestamp>,
}

impl From<Breaker> for BreakerView {
    fn from(breaker: Breaker) -> Self {
        match breaker {
            Breaker::Closed { .. } => Self { state: "closed", since: None, next_probe_at: None },
            Breaker::Open { since, next_probe_at, .. } => {
                Self { state: "open", since: Some(since), next_probe_at: Some(next_probe_at) }
            }
            Breaker::Probing { since, .. } => {
                Self { state: "probing", since: Some(since), next_probe_at: None }
            }
        }
    }
}

/// What to look at before the subscription is disabled by itself: half of its time is over.
pub(crate) fn warning(subscription: &Subscription, now: Timestamp) -> Option<String> {
    let after = subscription.definition.auto_disable_after_ms?;
    let since = subscription.health.failing_since?;
    let warned = subscription.definition.enabled && subscription.health.failed_for(after / 2, now);
    warned.then(|| {
        format!(
            "nothing got through since {since}: it is disabled at the first failure after {} unless one succeeds",
            since.plus_ms(after)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breaker_shows_since_when_and_until_when() {
        let (since, next) = (Timestamp::from_ms(1000), Timestamp::from_ms(31_000));
        for (breaker, state, wants) in [
            (Breaker::default(), "closed", (None, None)),
            (Breaker::Open { since, wait_ms: 1, next_probe_at: next }, "open", (Some(since), Some(next))),
            (Breaker::Probing { since, wait_ms: 1 }, "probing", (Some(since), None)),
        ] {
            let view = BreakerView::from(breaker);
            assert_eq!((view.state, (view.since, view.next_probe_at)), (state, wants));
        }
    }
}
