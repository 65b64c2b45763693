//! What an outage costs: which of the deliveries that wait are still delivered when the receiver is
//! back, and which are lost.
//!
//! The forecast plays the dispatcher's own rules: every attempt before the end fails as one that
//! cannot connect, the breaker opens after some of them and holds the rest, which uses up nothing of
//! their schedules. Jitter is left out: chance only adds.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hookbench_domain::{Breaker, BreakerRules, Class, Next, Outcome, RetryPolicy, Sign, Timestamp};
use serde::Serialize;

use crate::plan::survives;

/// A delivery that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// When it was made.
    pub created_at: Timestamp,
    /// Retries of its schedule that are used up.
    pub step: u32,
    /// When its next attempt falls.
    pub next_at: Timestamp,
    /// Whether a person asked for that attempt: it uses up nothing of the schedule. With it, when
    /// the schedule goes on after it, if it does.
    pub asked: Option<Option<Timestamp>>,
}

/// What becomes of a delivery that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "fate")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ForecastOutcome {
    /// It is sent once the receiver is back.
    Survives {
        /// When, at the earliest.
        at: Timestamp,
    },
    /// Its last attempt falls into the outage.
    Lost {
        /// When that is.
        at: Timestamp,
    },
}

impl ForecastOutcome {
    /// Whether it is lost.
    #[must_use]
    pub fn lost(&self) -> bool {
        match self {
            Self::Survives { .. } => false,
            Self::Lost { .. } => true,
        }
    }
}

/// A forecast for the deliveries of one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// What becomes of each, in the order given.
    pub fates: Vec<ForecastOutcome>,
    /// How many would be lost by their schedules alone, and are not because the breaker holds them.
    pub spared: usize,
    /// When the breaker opens, if it does or is open already.
    pub breaker_opens_at: Option<Timestamp>,
}

/// How a subscription stands when the forecast begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// The moment now.
    pub now: Timestamp,
    /// When the receiver is back.
    pub down_until: Timestamp,
    /// The breaker.
    pub breaker: Breaker,
    /// Whether nothing is sent for now: disabled or paused. Then nothing is used up either.
    pub held: bool,
}

/// Plays the outage.
#[must_use]
pub fn forecast(policy: &RetryPolicy, outage: &Outage, waiting: &[Waits]) -> Forecast {
    let Outage { now, down_until: end, .. } = *outage;
    let after = |at: Timestamp| ForecastOutcome::Survives { at: at.max(end).max(now) };
    if outage.held || end <= now {
        let fates = waiting.iter().map(|w| after(w.next_at)).collect();
        return Forecast { fates, spared: 0, breaker_opens_at: None };
    }
    let rules = BreakerRules::default();
    let mut breaker = outage.breaker.withdraw(now);
    let mut opened = since(breaker);
    let mut state: Vec<Waits> = waiting.to_vec();
    let mut fates: Vec<Option<ForecastOutcome>> = vec![None; waiting.len()];
    let mut queue: BinaryHeap<Reverse<(Timestamp, usize)>> =
        waiting.iter().enumerate().map(|(n, w)| Reverse((w.next_at, n))).collect();
    while let Some(Reverse((due, n))) = queue.pop() {
        // What a person asked for passes an open breaker.
        let asked = state[n].asked.is_some();
        let may = match breaker {
            Breaker::Open { next_probe_at, .. } if !asked => next_probe_at,
            Breaker::Open { .. } | Breaker::Closed { .. } | Breaker::Probing { .. } => now,
        };
        let at = due.max(now).max(may);
        if at >= end {
            // Nothing more is tried before the end: what is left goes out after it.
            fates[n] = Some(after(due));
            continue;
        }
        let probe = !breaker.closed() && !asked;
        if probe {
            breaker = breaker.probe();
        }
        breaker = breaker.after(Sign::Unwell, probe, at, &rules);
        opened = opened.or(since(breaker));
        match next(policy, &mut state[n], at) {
            Some(later) => queue.push(Reverse((later, n))),
            None => fates[n] = Some(ForecastOutcome::Lost { at }),
        }
    }
    let fates: Vec<ForecastOutcome> =
        fates.into_iter().zip(waiting).map(|(f, w)| f.unwrap_or(after(w.next_at))).collect();
    let alone =
        |w: &Waits| w.asked.is_some() || survives(policy, w.created_at, w.step, w.next_at.max(now), end);
    let spared = waiting.iter().zip(&fates).filter(|(w, fate)| !fate.lost() && !alone(w)).count();
    Forecast { fates, spared, breaker_opens_at: opened }
}

fn since(breaker: Breaker) -> Option<Timestamp> {
    match breaker {
        Breaker::Closed { .. } => None,
        Breaker::Open { since, .. } | Breaker::Probing { since, .. } => Some(since),
    }
}

/// When it is tried again after a failure at `at`.
fn next(policy: &RetryPolicy, waits: &mut Waits, at: Timestamp) -> Option<Timestamp> {
    if let Some(resumes) = waits.asked.take() {
        return resumes;
    }
    match policy.classify(Outcome::Connect, None) {
        Class::Retry => {}
        Class::Success | Class::Final | Class::Gone => return None,
    }
    match policy.next(waits.step, waits.created_at, at, None, 0.0) {
        Next::At(later) => {
            waits.step = waits.step.saturating_add(1);
            Some(later)
        }
        Next::Exhausted => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policy(delays_ms: Vec<u64>) -> RetryPolicy {
        RetryPolicy {
            delays_ms,
            repeat_last: false,
            max_age_ms: None,
            jitter: 0.0,
            timeout_ms: 10_000,
            final_on: vec![],
            retry_on: vec![],
            gone_on: vec![],
            honour_retry_after: true,
        }
    }

    fn at(s: u64) -> Timestamp {
        Timestamp::from_ms(1_700_000_000_000).plus_ms(s * 1000)
    }

    fn waits(next: u64, step: u32) -> Waits {
        Waits { created_at: at(0), step, next_at: at(next), asked: None }
    }

    fn outage(until: u64) -> Outage {
        Outage { now: at(0), down_until: at(until), breaker: Breaker::default(), held: false }
    }

    #[test]
    fn what_has_a_retry_after_the_end_survives_and_the_rest_is_lost() {
        let p = policy(vec![60_000, 600_000]);
        let found = forecast(&p, &outage(300), &[waits(10, 0), waits(20, 1), waits(30, 2), waits(400, 2)]);
        let lost: Vec<bool> = found.fates.iter().map(ForecastOutcome::lost).collect();
        assert_eq!(lost, [false, false, true, false]);
        assert_eq!(found.fates[2], ForecastOutcome::Lost { at: at(30) });
        assert_eq!(found.fates[3], ForecastOutcome::Survives { at: at(400) });
        assert_eq!((found.spared, found.breaker_opens_at), (0, None));
    }

    #[test]
    fn the_breaker_opens_after_ten_failures_and_spares_what_it_holds() {
        let all: Vec<Waits> = (0..37).map(|n| waits(n, 5)).collect();
        let found = forecast(&policy(vec![1000]), &outage(20), &all);
        assert_eq!(found.fates.iter().filter(|f| f.lost()).count(), 10);
        assert_eq!((found.spared, found.breaker_opens_at), (10, Some(at(9))));
        // A longer outage costs one more at each probe: after 30 s, then 60, 120 …
        let longer = forecast(&policy(vec![1000]), &outage(300), &all);
        assert_eq!(longer.fates.iter().filter(|f| f.lost()).count(), 13);
    }

    #[test]
    fn what_is_held_or_asked_for_uses_up_nothing() {
        let p = policy(vec![]);
        let held = Outage { held: true, ..outage(100) };
        assert!(!forecast(&p, &held, &[waits(1, 9)]).fates[0].lost());
        let again = Waits { asked: Some(Some(at(200))), ..waits(1, 0) };
        assert_eq!(forecast(&p, &outage(100), &[again]).fates, [ForecastOutcome::Survives { at: at(200) }]);
        let failed_before = Waits { asked: Some(None), ..waits(1, 0) };
        assert!(forecast(&p, &outage(100), &[failed_before]).fates[0].lost());
        assert!(!forecast(&p, &outage(0), &[waits(1, 9)]).fates[0].lost(), "no outage, no loss");
    }

    proptest! {
        #[test]
        fn a_breaker_never_costs_a_delivery(delays in prop::collection::vec(1000u64..500_000, 0..4), nexts in prop::collection::vec((0u64..500, 0u32..5), 0..60), until in 0u64..2000) {
            let p = policy(delays);
            let all: Vec<Waits> = nexts.into_iter().map(|(next, step)| waits(next, step)).collect();
            let found = forecast(&p, &outage(until), &all);
            for (w, fate) in all.iter().zip(&found.fates) {
                // One that its schedule alone carries over the end is not always carried by it: a
                // probe moves its attempts later, never earlier.
                if survives(&p, w.created_at, w.step, w.next_at.max(at(0)), at(until)) {
                    prop_assert!(!fate.lost());
                }
            }
        }
    }
}
