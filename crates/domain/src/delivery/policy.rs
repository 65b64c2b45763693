//! Retry policies as data, and the rule that applies one.

use serde::{Deserialize, Serialize};

use crate::{Class, Matcher, Outcome, RETRY_AFTER_CAP_MS, Timestamp};

/// How long "until successful" goes on, in milliseconds (30 days).
pub const UNTIL_SUCCESSFUL_MS: u64 = 30 * 86_400_000;
/// The longest single delay, in milliseconds (30 days).
pub const MAX_DELAY_MS: u64 = UNTIL_SUCCESSFUL_MS;
/// The shortest wait that is repeated for ever, in milliseconds.
const MIN_REPEAT_MS: u64 = 1000;
/// The most delays a policy may list.
pub const MAX_DELAYS: usize = 100;
const TIMEOUT_RANGE_MS: std::ops::RangeInclusive<u64> = 100..=300_000;

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No preset of that name.
    #[error("there is no policy preset `{0}`: choose trackdesk, trcker, track360, generic or none")]
    Preset(String),
    /// An entry of `final`, `retry` or `gone` that names nothing.
    #[error(
        "`{0}` names no class of failures: write a status (429), a hundred (3xx, 4xx, 5xx), or timeout, dns, connect, tls, reset, protocol"
    )]
    Matcher(String),
    /// The same entry in two of the lists.
    #[error("`{0}` stands in more than one of `final`, `retry` and `gone`: keep it in one")]
    Twice(String),
    /// A number outside its range.
    #[error("`{field}` must be {range}")]
    Range {
        /// The field's name.
        field: &'static str,
        /// What it may hold, in words.
        range: &'static str,
    },
    /// `repeat_last` without a delay to repeat.
    #[error("`repeat_last` needs at least one delay to repeat in `delays_ms`")]
    NothingToRepeat,
}

/// When and whether a failed delivery is tried again. Build one with [`PolicySpec::resolve`],
/// which checks it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetryPolicy {
    /// The wait before each retry, in milliseconds; the first send is not a retry.
    pub delays_ms: Vec<u64>,
    /// After the last delay: repeat it (but not oftener than once a second) until `max_age_ms`, or
    /// stop.
    pub repeat_last: bool,
    /// No attempt is scheduled later than this after the delivery was made, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_ms: Option<u64>,
    /// The share of a delay that chance may add, 0 to 0.2.
    pub jitter: f64,
    /// The deadline of a whole attempt, body included, in milliseconds.
    pub timeout_ms: u64,
    /// Failures that are never retried.
    #[serde(rename = "final")]
    pub final_on: Vec<Matcher>,
    /// Failures that are retried although a wider entry of `final` holds them.
    #[serde(rename = "retry")]
    pub retry_on: Vec<Matcher>,
    /// Failures that are final and disable the subscription.
    #[serde(rename = "gone")]
    pub gone_on: Vec<Matcher>,
    /// Whether `Retry-After` on 429 and 503 lengthens the wait.
    pub honour_retry_after: bool,
}

/// A policy as a person writes it: what is left out comes from the preset.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicySpec {
    /// The preset that fills what is left out; the platform's own if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// See [`RetryPolicy::delays_ms`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delays_ms: Option<Vec<u64>>,
    /// See [`RetryPolicy::repeat_last`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_last: Option<bool>,
    /// See [`RetryPolicy::max_age_ms`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_ms: Option<u64>,
    /// See [`RetryPolicy::jitter`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter: Option<f64>,
    /// See [`RetryPolicy::timeout_ms`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// See [`RetryPolicy::final_on`].
    #[serde(rename = "final", skip_serializing_if = "Option::is_none")]
    pub final_on: Option<Vec<Matcher>>,
    /// See [`RetryPolicy::retry_on`].
    #[serde(rename = "retry", skip_serializing_if = "Option::is_none")]
    pub retry_on: Option<Vec<Matcher>>,
    /// See [`RetryPolicy::gone_on`].
    #[serde(rename = "gone", skip_serializing_if = "Option::is_none")]
    pub gone_on: Option<Vec<Matcher>>,
    /// See [`RetryPolicy::honour_retry_after`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honour_retry_after: Option<bool>,
}

impl PolicySpec {
    /// Fills what is left out from `base` (the preset it names, or the platform's) and checks it.
    ///
    /// # Errors
    /// [`PolicyError`], naming the field and its range.
    pub fn resolve(&self, base: &RetryPolicy) -> Result<RetryPolicy, PolicyError> {
        let policy = RetryPolicy {
            delays_ms: self.delays_ms.clone().unwrap_or_else(|| base.delays_ms.clone()),
            // Who lists no delays wants no retries, whatever the preset repeats.
            repeat_last: self
                .repeat_last
                .unwrap_or(base.repeat_last && self.delays_ms.as_deref() != Some(&[])),
            max_age_ms: self.max_age_ms.or(base.max_age_ms),
            jitter: self.jitter.unwrap_or(base.jitter),
            timeout_ms: self.timeout_ms.unwrap_or(base.timeout_ms),
            final_on: self.final_on.clone().unwrap_or_else(|| base.final_on.clone()),
            retry_on: self.retry_on.clone().unwrap_or_else(|| base.retry_on.clone()),
            gone_on: self.gone_on.clone().unwrap_or_else(|| base.gone_on.clone()),
            honour_retry_after: self.honour_retry_after.unwrap_or(base.honour_retry_after),
        };
        policy.check()?;
        Ok(policy)
    }
}

/// What follows a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Try again at this moment.
    At(Timestamp),
    /// The schedule is used up.
    Exhausted,
}

impl RetryPolicy {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`PolicyError`], naming the field and its range.
    pub fn check(&self) -> Result<(), PolicyError> {
        let range = |field, range| Err(PolicyError::Range { field, range });
        if self.delays_ms.len() > MAX_DELAYS {
            return range("delays_ms", "a list of at most 100 delays");
        }
        if self.delays_ms.iter().any(|d| *d > MAX_DELAY_MS) {
            return range("delays_ms", "delays of 0 to 2592000000 ms (30 days)");
        }
        if self.repeat_last && self.delays_ms.is_empty() {
            return Err(PolicyError::NothingToRepeat);
        }
        if self.max_age_ms.is_some_and(|a| a == 0 || a > 366 * 86_400_000) {
            return range("max_age_ms", "1 to 31622400000 ms (366 days)");
        }
        if !(0.0..=0.2).contains(&self.jitter) {
            return range("jitter", "a share from 0 to 0.2");
        }
        if !TIMEOUT_RANGE_MS.contains(&self.timeout_ms) {
            return range("timeout_ms", "100 to 300000 ms (5 minutes)");
        }
        let lists = [&self.final_on, &self.retry_on, &self.gone_on];
        for (i, list) in lists.iter().enumerate() {
            if let Some(twice) = list.iter().find(|m| lists[i + 1..].iter().any(|l| l.contains(m))) {
                return Err(PolicyError::Twice(twice.to_string()));
            }
        }
        Ok(())
    }

    /// What an attempt's end means under this policy. A 2xx is success; an address our own rules
    /// refused is final; of the entries that match, the more specific wins; what no entry names
    /// is retried.
    #[must_use]
    pub fn classify(&self, outcome: Outcome, status: Option<u16>) -> Class {
        match outcome {
            Outcome::Success => return Class::Success,
            Outcome::Blocked => return Class::Final,
            Outcome::Interrupted => return Class::Retry,
            Outcome::HttpStatus
            | Outcome::Timeout
            | Outcome::Dns
            | Outcome::Connect
            | Outcome::Tls
            | Outcome::Reset
            | Outcome::Protocol => {}
        }
        [(&self.gone_on, Class::Gone), (&self.final_on, Class::Final), (&self.retry_on, Class::Retry)]
            .into_iter()
            .flat_map(|(list, class)| {
                list.iter().filter_map(move |m| Some((m.rank(outcome, status)?, class)))
            })
            .max_by_key(|(rank, _)| *rank)
            .map_or(Class::Retry, |(_, class)| class)
    }

    /// The wait before retry number `step` (0 is the first retry), without jitter, in
    /// milliseconds; `None` when the schedule has no such retry.
    #[must_use]
    pub fn delay_ms(&self, step: u32) -> Option<u64> {
        let index = usize::try_from(step).unwrap_or(usize::MAX);
        match self.delays_ms.get(index) {
            Some(delay) => Some(*delay),
            None if self.repeat_last => self.delays_ms.last().map(|last| (*last).max(MIN_REPEAT_MS)),
            None => None,
        }
    }

    /// The age at which a delivery is given up, in milliseconds: `max_age_ms`, or 30 days for a
    /// schedule that repeats without saying how long.
    #[must_use]
    pub fn give_up_age_ms(&self) -> Option<u64> {
        self.max_age_ms.or(self.repeat_last.then_some(UNTIL_SUCCESSFUL_MS))
    }

    /// Whether there are retries at all, and a delivery made at `created_at` is not given up yet.
    #[must_use]
    pub fn retries(&self, created_at: Timestamp, now: Timestamp) -> bool {
        self.delay_ms(0).is_some() && self.give_up_age_ms().is_none_or(|age| now <= created_at.plus_ms(age))
    }

    /// When retry number `step` (0 is the first) of a delivery made at `created_at` falls, after
    /// a failure at `now`. `chance` in 0..1 says how much of the jitter is added. `retry_after_ms`
    /// is what the server asked for; it can lengthen the wait up to 24 hours, never shorten it.
    #[must_use]
    pub fn next(
        &self,
        step: u32,
        created_at: Timestamp,
        now: Timestamp,
        retry_after_ms: Option<u64>,
        chance: f64,
    ) -> Next {
        let Some(delay) = self.delay_ms(step) else { return Next::Exhausted };
        // At most 30 days and 20%: exact in an f64.
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded by check(): at most 30 days times 0.2, never negative"
        )]
        let jitter = (delay as f64 * self.jitter.clamp(0.0, 0.2) * chance.clamp(0.0, 1.0)) as u64;
        let asked = retry_after_ms.filter(|_| self.honour_retry_after).unwrap_or(0).min(RETRY_AFTER_CAP_MS);
        let at = now.plus_ms(delay.saturating_add(jitter).max(asked));
        match self.give_up_age_ms() {
            Some(age) if at > created_at.plus_ms(age) => Next::Exhausted,
            _ => Next::At(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn track360() -> RetryPolicy {
        RetryPolicy {
            delays_ms: vec![30_000, 120_000, 600_000, 3_600_000, 14_400_000],
            repeat_last: false,
            max_age_ms: None,
            jitter: 0.0,
            timeout_ms: 10_000,
            final_on: vec!["3xx".parse().unwrap(), "4xx".parse().unwrap()],
            retry_on: vec!["429".parse().unwrap()],
            gone_on: vec!["410".parse().unwrap()],
            honour_retry_after: true,
        }
    }

    #[test]
    fn the_more_specific_class_wins() {
        let p = track360();
        for (outcome, status, want) in [
            (Outcome::Success, Some(204), Class::Success),
            (Outcome::HttpStatus, Some(400), Class::Final),
            (Outcome::HttpStatus, Some(429), Class::Retry),
            (Outcome::HttpStatus, Some(410), Class::Gone),
            (Outcome::HttpStatus, Some(302), Class::Final),
            (Outcome::HttpStatus, Some(503), Class::Retry),
            (Outcome::Timeout, None, Class::Retry),
            (Outcome::Dns, None, Class::Retry),
            (Outcome::Blocked, None, Class::Final),
            (Outcome::Interrupted, None, Class::Retry),
        ] {
            assert_eq!(p.classify(outcome, status), want, "{outcome:?} {status:?}");
        }
    }

    #[test]
    fn retries_fall_on_the_listed_delays_then_stop() {
        let p = track360();
        let t0 = Timestamp::from_ms(0);
        let mut now = t0;
        for (step, delay) in p.delays_ms.iter().enumerate() {
            let Next::At(at) = p.next(u32::try_from(step).unwrap(), t0, now, None, 0.9) else {
                panic!("{step}")
            };
            assert_eq!(at.since(now), *delay);
            now = at;
        }
        assert_eq!(p.next(5, t0, now, None, 0.0), Next::Exhausted);
    }

    #[test]
    fn until_successful_repeats_the_last_delay_for_thirty_days() {
        let p = RetryPolicy { delays_ms: vec![300_000, 900_000, 3_600_000], repeat_last: true, ..track360() };
        let (t0, mut now, mut step) = (Timestamp::from_ms(0), Timestamp::from_ms(0), 0);
        while let Next::At(at) = p.next(step, t0, now, None, 0.0) {
            now = at;
            step += 1;
        }
        assert_eq!(step, 2 + (30 * 24 * 60 - 20) / 60);
        assert!(t0.plus_ms(UNTIL_SUCCESSFUL_MS).since(now) < 3_600_000);
    }

    #[test]
    fn retry_after_lengthens_a_wait_up_to_a_day_and_never_shortens_it() {
        let p = track360();
        let t0 = Timestamp::from_ms(0);
        let wait = |ms| match p.next(0, t0, t0, Some(ms), 0.0) {
            Next::At(at) => at.since(t0),
            Next::Exhausted => panic!(),
        };
        assert_eq!(wait(1), 30_000);
        assert_eq!(wait(60_000), 60_000);
        assert_eq!(wait(u64::MAX), RETRY_AFTER_CAP_MS);
    }

    #[test]
    fn what_is_left_out_comes_from_the_preset_and_nonsense_is_refused() {
        let read = |json: &str| -> Result<RetryPolicy, String> {
            let spec: PolicySpec = serde_json::from_str(json).map_err(|e| e.to_string())?;
            spec.resolve(&track360()).map_err(|e| e.to_string())
        };
        let p = read(r#"{"delays_ms":[100,100],"jitter":0}"#).unwrap();
        assert_eq!((p.delays_ms.len(), p.timeout_ms), (2, 10_000));
        for bad in [
            r#"{"delay_ms":[1]}"#,
            r#"{"jitter":0.5}"#,
            r#"{"jitter":-0.1}"#,
            r#"{"timeout_ms":0}"#,
            r#"{"delays_ms":[-1]}"#,
            r#"{"delays_ms":[2592000001]}"#,
            r#"{"delays_ms":[],"repeat_last":true}"#,
            r#"{"final":["2xx"]}"#,
            r#"{"final":["6xx"]}"#,
            r#"{"final":["429"]}"#,
            r#"{"retry":["blocked"]}"#,
            r#"{"max_age_ms":0}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_repeats_for_ever_leaves_a_second_between_and_no_delays_means_no_retries() {
        let base = RetryPolicy { repeat_last: true, ..track360() };
        let spec = |json: &str| serde_json::from_str::<PolicySpec>(json).unwrap().resolve(&base).unwrap();
        let quick = spec(r#"{"delays_ms":[50,50]}"#);
        assert_eq!(
            [quick.delay_ms(0), quick.delay_ms(1), quick.delay_ms(2)],
            [Some(50), Some(50), Some(1000)]
        );
        assert_eq!(spec(r#"{"delays_ms":[]}"#).delay_ms(0), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn jitter_only_adds_and_at_most_its_share(delay in 0u64..=MAX_DELAY_MS, jitter in 0.0f64..=0.2, chance in 0.0f64..1.0, now in -1_000_000_000i64..4_000_000_000_000) {
            let p = RetryPolicy { delays_ms: vec![delay], jitter, ..track360() };
            let now = Timestamp::from_ms(now);
            let Next::At(at) = p.next(0, now, now, None, chance) else { return Err(TestCaseError::fail("exhausted")) };
            let wait = at.since(now);
            prop_assert!(wait >= delay && wait <= delay + delay / 5 + 1);
        }

        #[test]
        fn no_input_panics(step: u32, created: i64, now: i64, asked: Option<u64>, chance: f64, status: Option<u16>, o in 0usize..10) {
            let p = RetryPolicy { repeat_last: true, ..track360() };
            let _ = p.next(step, Timestamp::from_ms(created), Timestamp::from_ms(now), asked, chance);
            let _ = p.classify(Outcome::ALL[o], status);
        }
    }
}
