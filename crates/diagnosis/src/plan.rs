//! Retry preview: when each attempt falls, and what an outage would cost.

use hookbench_domain::{Class, Next, Outcome, RetryPolicy, Timestamp};
use serde::Serialize;

/// How many attempts a plan lists; the answer is computed to the end all the same.
pub const MAX_LISTED: usize = 40;

/// One attempt of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PlannedAttempt {
    /// 1 for the first send.
    pub number: u64,
    /// When it falls if chance adds nothing.
    pub at: Timestamp,
    /// When it falls if chance adds all the jitter, to this wait and to all before it.
    pub latest_at: Timestamp,
    /// The wait since the attempt before, without jitter.
    pub wait_ms: u64,
    /// The time since the first send, without jitter.
    pub since_first_ms: u64,
    /// Whether it falls into the outage.
    pub in_outage: bool,
}

/// A drawn schedule. It assumes that every attempt fails at once in a way that the policy retries
/// (a receiver that cannot be reached), and leaves jitter out of the answers: chance only adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Plan {
    /// The first send.
    pub from: Timestamp,
    /// When the outage ends, if there is one; it begins at or before `from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub down_until: Option<Timestamp>,
    /// The attempts, at most [`MAX_LISTED`].
    pub attempts: Vec<PlannedAttempt>,
    /// How many there are in all.
    pub total_attempts: u64,
    /// When the last one falls.
    pub last_at: Timestamp,
    /// From the first send to the last attempt: the longest outage that is survived.
    pub covers_ms: u64,
    /// The first attempt after the outage, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub delivered_by: Option<u64>,
    /// When that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub delivered_at: Option<Timestamp>,
    /// Whether an event first sent at `from` is never delivered because of the outage.
    pub lost: bool,
}

impl Plan {
    /// Draws the schedule of an event first sent at `from`.
    #[must_use]
    pub fn draw(policy: &RetryPolicy, from: Timestamp, down_until: Option<Timestamp>) -> Self {
        let course = Course::from(policy, from, 0, from);
        let latest = Course::from(policy, from, 0, from).with_chance(1.0);
        let in_outage = |at| down_until.is_some_and(|end| at < end);
        let mut before = from;
        let mut latest_before = from;
        let mut latest = latest.take(MAX_LISTED);
        let attempts = (1..)
            .zip(course.take(MAX_LISTED))
            .map(|(number, at)| {
                // With all the jitter the last attempts may fall past the age limit and be left out.
                let latest_at = latest.next().unwrap_or(latest_before).max(at);
                let planned = PlannedAttempt {
                    number,
                    at,
                    latest_at,
                    wait_ms: at.since(before),
                    since_first_ms: at.since(from),
                    in_outage: in_outage(at),
                };
                before = at;
                latest_before = latest_at;
                planned
            })
            .collect();
        let end = End::of(policy, from, 0, from);
        let delivered = down_until
            .map_or(Some((1, from)), |down| reach(policy, from, 0, from, down))
            .filter(|_| down_until.is_some());
        Self {
            from,
            down_until,
            attempts,
            total_attempts: end.attempts,
            last_at: end.last_at,
            covers_ms: end.last_at.since(from),
            delivered_by: delivered.map(|(number, _)| number),
            delivered_at: delivered.map(|(_, at)| at),
            lost: down_until.is_some() && delivered.is_none(),
        }
    }
}

/// Whether a delivery that waits is delivered although the receiver is down until `down_until`:
/// made at `created_at`, with `step` retries used up and its next attempt at `next_attempt_at`.
#[must_use]
pub fn survives(
    policy: &RetryPolicy,
    created_at: Timestamp,
    step: u32,
    next_attempt_at: Timestamp,
    down_until: Timestamp,
) -> bool {
    reach(policy, created_at, step, next_attempt_at, down_until).is_some()
}

/// The attempts of a schedule that fails throughout, one by one.
struct Course<'a> {
    policy: &'a RetryPolicy,
    created_at: Timestamp,
    step: u32,
    next: Option<Timestamp>,
    chance: f64,
}

impl<'a> Course<'a> {
    fn from(policy: &'a RetryPolicy, created_at: Timestamp, step: u32, first: Timestamp) -> Self {
        Self { policy, created_at, step, next: Some(first), chance: 0.0 }
    }

    fn with_chance(self, chance: f64) -> Self {
        Self { chance, ..self }
    }
}

impl Iterator for Course<'_> {
    type Item = Timestamp;

    fn next(&mut self) -> Option<Timestamp> {
        let at = self.next.take()?;
        if retried(self.policy)
            && let Next::At(next) = self.policy.next(self.step, self.created_at, at, None, self.chance)
        {
            self.next = Some(next);
            self.step = self.step.saturating_add(1);
        }
        Some(at)
    }
}

/// A policy may call an unreachable receiver final.
fn retried(policy: &RetryPolicy) -> bool {
    match policy.classify(Outcome::Connect, None) {
        Class::Retry => true,
        Class::Success | Class::Final | Class::Gone => false,
    }
}

/// The listed part of a schedule: as many attempts as it has delays of its own.
fn listed(policy: &RetryPolicy, step: u32) -> usize {
    policy.delays_ms.len().saturating_sub(usize::try_from(step).unwrap_or(usize::MAX)) + 1
}

/// The repeated part: its delay and the last moment it may reach. Counted, not walked: 30 days of
/// seconds would be millions of steps.
fn repeated(policy: &RetryPolicy, created_at: Timestamp) -> Option<(u64, Timestamp)> {
    let delay =
        policy.delays_ms.last().copied().filter(|d| *d > 0 && policy.repeat_last && retried(policy))?;
    Some((delay, created_at.plus_ms(policy.give_up_age_ms()?)))
}

/// The number (counted from the next attempt as 1) and time of the first attempt at or after `down`.
fn reach(
    policy: &RetryPolicy,
    created_at: Timestamp,
    step: u32,
    first: Timestamp,
    down: Timestamp,
) -> Option<(u64, Timestamp)> {
    let (mut number, mut last) = (0, first);
    let mut course = Course::from(policy, created_at, step, first);
    for at in course.by_ref().take(listed(policy, step)) {
        (number, last) = (number + 1, at);
        if at >= down {
            return Some((number, at));
        }
    }
    // A delay of the list may reach past the age limit: then nothing is repeated after it.
    course.next?;
    let (delay, limit) = repeated(policy, created_at)?;
    let more = down.since(last).div_ceil(delay);
    let at = last.plus_ms(delay.saturating_mul(more));
    (at >= down && at <= limit).then_some((number + more, at))
}

struct End {
    attempts: u64,
    last_at: Timestamp,
}

impl End {
    fn of(policy: &RetryPolicy, created_at: Timestamp, step: u32, first: Timestamp) -> Self {
        let (mut attempts, mut last_at) = (0, first);
        let mut course = Course::from(policy, created_at, step, first);
        for at in course.by_ref().take(listed(policy, step)) {
            (attempts, last_at) = (attempts + 1, at);
        }
        if course.next.is_some()
            && let Some((delay, limit)) = repeated(policy, created_at)
        {
            let more = limit.since(last_at) / delay;
            attempts += more;
            last_at = last_at.plus_ms(delay.saturating_mul(more));
        }
        Self { attempts, last_at }
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
            final_on: vec!["4xx".parse().unwrap()],
            retry_on: vec![],
            gone_on: vec![],
            honour_retry_after: true,
        }
    }

    fn trcker() -> RetryPolicy {
        policy(vec![1000, 5000, 30_000, 300_000, 1_800_000, 7_200_000])
    }

    fn generic() -> RetryPolicy {
        RetryPolicy { repeat_last: true, ..policy(vec![300_000, 900_000, 3_600_000]) }
    }

    fn t(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn the_whole_schedule_is_drawn_with_waits_and_sums() {
        let from = t("2026-01-01T00:00:00Z");
        let plan = Plan::draw(&trcker(), from, None);
        assert_eq!((plan.attempts.len(), plan.total_attempts), (7, 7));
        let waits: Vec<_> = plan.attempts.iter().map(|a| a.wait_ms).collect();
        assert_eq!(waits, [0, 1000, 5000, 30_000, 300_000, 1_800_000, 7_200_000]);
        assert_eq!(plan.attempts[6].since_first_ms, 9_336_000);
        assert_eq!((plan.last_at, plan.covers_ms), (plan.attempts[6].at, 9_336_000));
        assert_eq!((plan.lost, plan.delivered_by), (false, None));
        assert!(plan.attempts.iter().all(|a| !a.in_outage && a.latest_at == a.at));
    }

    #[test]
    fn an_outage_is_survived_if_an_attempt_falls_after_it() {
        let from = t("2026-01-01T00:00:00Z");
        let plan = Plan::draw(&trcker(), from, Some(t("2026-01-01T00:10:00Z")));
        assert_eq!((plan.lost, plan.delivered_by), (false, Some(6)));
        assert_eq!(plan.delivered_at, Some(plan.attempts[5].at));
        let down: Vec<_> = plan.attempts.iter().map(|a| a.in_outage).collect();
        assert_eq!(down, [true, true, true, true, true, false, false]);
        let last = plan.last_at;
        assert!(!Plan::draw(&trcker(), from, Some(last)).lost);
        assert!(Plan::draw(&trcker(), from, Some(last.plus_ms(1))).lost);
        assert_eq!(Plan::draw(&trcker(), from, Some(from)).delivered_by, Some(1));
    }

    #[test]
    fn a_repeating_schedule_is_listed_in_part_and_answered_to_the_end() {
        let from = t("2026-01-01T00:00:00Z");
        let plan = Plan::draw(&generic(), from, Some(t("2026-01-30T00:00:00Z")));
        assert_eq!(plan.attempts.len(), MAX_LISTED);
        assert_eq!(plan.total_attempts, 3 + (30 * 24 * 60 - 20) / 60);
        assert_eq!(plan.delivered_at, Some(t("2026-01-30T00:20:00Z")));
        assert!(!plan.lost);
        assert!(Plan::draw(&generic(), from, Some(t("2026-01-31T00:00:00Z"))).lost);
    }

    #[test]
    fn jitter_is_shown_as_the_latest_time() {
        let p = RetryPolicy { jitter: 0.1, ..trcker() };
        let plan = Plan::draw(&p, Timestamp::from_ms(0), None);
        let latest: Vec<_> = plan.attempts.iter().map(|a| a.latest_at.ms()).collect();
        assert_eq!(latest, [0, 1100, 6600, 39_600, 369_600, 2_349_600, 10_269_600]);
    }

    #[test]
    fn a_policy_that_calls_an_unreachable_receiver_final_tries_once() {
        let p = RetryPolicy { final_on: vec!["connect".parse().unwrap()], ..trcker() };
        let plan = Plan::draw(&p, Timestamp::from_ms(0), Some(Timestamp::from_ms(1)));
        assert_eq!((plan.total_attempts, plan.lost), (1, true));
        assert_eq!(Plan::draw(&policy(vec![]), Timestamp::from_ms(0), None).total_attempts, 1);
    }

    #[test]
    fn what_waits_survives_by_what_is_left_of_its_schedule() {
        let made = Timestamp::from_ms(0);
        let next = made.plus_ms(36_000);
        assert!(survives(&trcker(), made, 3, next, made.plus_ms(9_336_000)));
        assert!(!survives(&trcker(), made, 3, next, made.plus_ms(9_336_001)));
        assert!(!survives(&trcker(), made, 6, next, next.plus_ms(1)));
        assert!(survives(&trcker(), made, 6, next, next));
        assert!(survives(&generic(), made, 100, next, made.plus_ms(29 * 86_400_000)));
    }

    #[test]
    fn a_delay_that_reaches_past_the_age_limit_ends_the_schedule_though_shorter_ones_repeat() {
        let p =
            RetryPolicy { repeat_last: true, max_age_ms: Some(6000), ..policy(vec![1000, 4000, 5000, 1000]) };
        let from = Timestamp::from_ms(0);
        assert!(survives(&p, from, 1, from, Timestamp::from_ms(4000)));
        assert!(!survives(&p, from, 1, from, Timestamp::from_ms(4001)));
    }

    #[test]
    fn keys_are_those_of_the_documentation() {
        let plan = Plan::draw(&policy(vec![1000]), Timestamp::from_ms(0), None);
        let json = serde_json::to_value(&plan).unwrap();
        assert_eq!(json["attempts"][1]["wait_ms"], 1000);
        assert_eq!(json["attempts"][1]["at"], "1970-01-01T00:00:01.000Z");
        assert_eq!(json["covers_ms"], 1000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn counting_agrees_with_walking(delays in prop::collection::vec(1000u64..5_000_000, 0..6), repeat: bool, age in prop::option::of(1u64..40_000_000), down in 0u64..50_000_000, step in 0u32..8, made in 0i64..4_000_000_000_000) {
            let p = RetryPolicy { repeat_last: repeat && !delays.is_empty(), max_age_ms: age, ..policy(delays) };
            let made = Timestamp::from_ms(made);
            let down = made.plus_ms(down);
            let walked: Vec<_> = Course::from(&p, made, step, made).collect();
            let first = walked.iter().position(|at| *at >= down);
            prop_assert_eq!(survives(&p, made, step, made, down), first.is_some());
            let end = End::of(&p, made, step, made);
            prop_assert_eq!(end.attempts, walked.len() as u64);
            prop_assert_eq!(Some(&end.last_at), walked.last());
            let plan = Plan::draw(&p, made, Some(down));
            prop_assert!(plan.attempts.iter().all(|a| a.latest_at >= a.at));
        }

        #[test]
        fn no_schedule_panics_or_hangs(delays in prop::collection::vec(any::<u64>(), 0..6), repeat: bool, age: Option<u64>, from: i64, down: i64, step: u32) {
            let delays: Vec<u64> = delays.into_iter().map(|d| d % hookbench_domain::MAX_DELAY_MS).collect();
            let p = RetryPolicy { repeat_last: repeat, max_age_ms: age, ..policy(delays) };
            let (from, down) = (Timestamp::from_ms(from), Timestamp::from_ms(down));
            let _ = Plan::draw(&p, from, Some(down));
            let _ = survives(&p, from, step, from, down);
        }
    }
}
