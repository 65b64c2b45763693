//! How well the endpoint of a subscription is: the breaker that stops sending to a host that is
//! not well, and since when nothing got through.

use serde::{Deserialize, Serialize};

use crate::{Outcome, Timestamp};

/// When a breaker opens, and how often it asks whether the host is well again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerRules {
    /// It opens after so many attempts in a row that found the host unwell.
    pub failures: u32,
    /// How long it waits before the first probe, in milliseconds; twice as long before each next.
    pub first_wait_ms: u64,
    /// The longest it waits, in milliseconds.
    pub longest_wait_ms: u64,
}

impl Default for BreakerRules {
    fn default() -> Self {
        Self { failures: 10, first_wait_ms: 30_000, longest_wait_ms: 600_000 }
    }
}

/// What the end of an attempt says about the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It took the event.
    Success,
    /// It refused the event, but it answers: it is well.
    Answers,
    /// It is not well: no address, no connection, no answer in time, or a 5xx.
    Unwell,
    /// Nothing is learned of it: our own rules stopped the attempt, or what came is not HTTP.
    Unclear,
    /// It was not even tried: this machine had nothing left to try it with. No failure of the
    /// endpoint's, so it counts nowhere.
    Untried,
}

impl Sign {
    /// The sign of an attempt that ended so. `status` is that of the status line, if one came.
    #[must_use]
    pub const fn of(outcome: Outcome, status: Option<u16>) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::HttpStatus => match status {
                Some(500..) => Self::Unwell,
                Some(_) | None => Self::Answers,
            },
            Outcome::Timeout | Outcome::Dns | Outcome::Connect | Outcome::Tls | Outcome::Reset => {
                Self::Unwell
            }
            Outcome::Protocol | Outcome::Blocked | Outcome::Interrupted => Self::Unclear,
        }
    }
}

/// Whether deliveries go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Breaker {
    /// They do.
    Closed {
        /// Attempts in a row that found the host unwell.
        failures: u32,
    },
    /// They are held until a probe.
    Open {
        /// Since when.
        since: Timestamp,
        /// How long it waits after the next probe if that fails, in milliseconds.
        wait_ms: u64,
        /// When one delivery is sent to see whether the host is well again.
        next_probe_at: Timestamp,
    },
    /// They are held; one is under way to see whether the host is well again.
    Probing {
        /// Since when they are held.
        since: Timestamp,
        /// How long it waits if the probe fails, in milliseconds.
        wait_ms: u64,
    },
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// Whether it is closed: deliveries go out.
    #[must_use]
    pub const fn closed(&self) -> bool {
        match self {
            Self::Closed { .. } => true,
            Self::Open { .. } | Self::Probing { .. } => false,
        }
    }

    /// Whether a probe may go now. One that is further away than any wait was planned before the
    /// clock was set back.
    #[must_use]
    pub fn probe_due(&self, now: Timestamp) -> bool {
        match self {
            Self::Open { next_probe_at, wait_ms, .. } => {
                *next_probe_at <= now || next_probe_at.since(now) > *wait_ms
            }
            Self::Closed { .. } | Self::Probing { .. } => false,
        }
    }

    /// One delivery is taken as a probe.
    #[must_use]
    pub fn probe(self) -> Self {
        match self {
            Self::Open { since, wait_ms, .. } => Self::Probing { since, wait_ms },
            Self::Closed { .. } | Self::Probing { .. } => self,
        }
    }

    /// The probe was not sent, or its end is unknown: another may go at once.
    #[must_use]
    pub fn withdraw(self, now: Timestamp) -> Self {
        match self {
            Self::Probing { since, wait_ms } => Self::Open { since, wait_ms, next_probe_at: now },
            Self::Closed { .. } | Self::Open { .. } => self,
        }
    }

    /// The probe could not be tried: another may go after the first wait, and what is waited after
    /// it stays as it was.
    fn put_off(self, now: Timestamp, rules: &BreakerRules) -> Self {
        match self {
            Self::Probing { since, wait_ms } => {
                let soon = rules.first_wait_ms.min(wait_ms);
                Self::Open { since, wait_ms, next_probe_at: now.plus_ms(soon) }
            }
            Self::Closed { .. } | Self::Open { .. } => self,
        }
    }

    /// An attempt ended with this sign; `probe` if it was the probe. What was under way when the
    /// breaker opened changes it only by finding the host well.
    #[must_use]
    pub fn after(self, sign: Sign, probe: bool, now: Timestamp, rules: &BreakerRules) -> Self {
        let unwell = match sign {
            Sign::Success | Sign::Answers => return Self::default(),
            Sign::Unwell => true,
            Sign::Unclear => false,
            Sign::Untried if probe => return self.put_off(now, rules),
            Sign::Untried => return self,
        };
        match self {
            Self::Closed { failures } => {
                let failures = failures.saturating_add(u32::from(unwell));
                if failures < rules.failures {
                    return Self::Closed { failures };
                }
                let wait_ms = rules.first_wait_ms.saturating_mul(2).min(rules.longest_wait_ms);
                Self::Open { since: now, wait_ms, next_probe_at: now.plus_ms(rules.first_wait_ms) }
            }
            Self::Probing { since, wait_ms } if probe => {
                let longer =
                    if unwell { wait_ms.saturating_mul(2).min(rules.longest_wait_ms) } else { wait_ms };
                Self::Open { since, wait_ms: longer, next_probe_at: now.plus_ms(wait_ms) }
            }
            Self::Probing { .. } | Self::Open { .. } => self,
        }
    }
}

/// What is known of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Health {
    /// Whether deliveries go out.
    pub breaker: Breaker,
    /// Since when every attempt failed; `None` after a success.
    pub failing_since: Option<Timestamp>,
}

/// A failure that is younger than this is not worth a write of its own, in milliseconds.
const WORTH_KEEPING_MS: u64 = 30_000;

impl Health {
    /// An attempt ended with this sign; `probe` if it was the breaker's.
    #[must_use]
    pub fn after(self, sign: Sign, probe: bool, now: Timestamp, rules: &BreakerRules) -> Self {
        let failing_since = match sign {
            Sign::Success => None,
            Sign::Answers | Sign::Unwell | Sign::Unclear => Some(self.failing_since.unwrap_or(now)),
            Sign::Untried => self.failing_since,
        };
        Self { breaker: self.breaker.after(sign, probe, now, rules), failing_since }
    }

    /// What a new start knows: a probe that was under way is sent again.
    #[must_use]
    pub fn restored(self, now: Timestamp) -> Self {
        Self { breaker: self.breaker.withdraw(now), ..self }
    }

    /// Whether it failed without a success for as long as this.
    #[must_use]
    pub fn failed_for(&self, ms: u64, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now.since(since) >= ms)
    }

    /// Whether it says something that `kept` does not and that must survive a restart. A host that
    /// fails now and then is not worth a write at every change.
    #[must_use]
    pub fn worth_keeping(&self, kept: &Self, now: Timestamp) -> bool {
        let breaker_moved = match (self.breaker, kept.breaker) {
            (Breaker::Closed { .. }, Breaker::Closed { .. }) => false,
            (ours, theirs) => ours != theirs,
        };
        let failing_moved = match (self.failing_since, kept.failing_since) {
            (Some(_), None) => self.failed_for(WORTH_KEEPING_MS, now),
            (ours, theirs) => ours != theirs,
        };
        breaker_moved || failing_moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1000;
    const RULES: BreakerRules = BreakerRules { failures: 3, first_wait_ms: 30_000, longest_wait_ms: 100_000 };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    /// What happens: an attempt or the probe ends, or a probe is taken.
    enum Event {
        Ends(Sign),
        ProbeEnds(Sign),
        Probe,
        Restart,
    }

    fn name(breaker: &Breaker) -> String {
        match breaker {
            Breaker::Closed { failures } => format!("closed {failures}"),
            Breaker::Open { since, next_probe_at, .. } => {
                format!("open since {} probe {}", since.ms() / S, next_probe_at.ms() / S)
            }
            Breaker::Probing { since, .. } => format!("probing since {}", since.ms() / S),
        }
    }

    #[test]
    fn a_breaker_over_time() {
        use Event::{Ends, Probe, ProbeEnds, Restart};
        use Sign::{Answers, Success, Unclear, Untried, Unwell};
        let table = [
            (0, Ends(Unwell), "closed 1"),
            (1, Ends(Unwell), "closed 2"),
            (2, Ends(Answers), "closed 0"), // a refusal shows that the host is well
            (3, Ends(Unwell), "closed 1"),
            (4, Ends(Unclear), "closed 1"),
            (4, Ends(Untried), "closed 1"),
            (5, Ends(Unwell), "closed 2"),
            (6, Ends(Unwell), "open since 6 probe 36"),
            (7, Ends(Unwell), "open since 6 probe 36"), // was under way when it opened
            (35, Probe, "open since 6 probe 36"),
            (36, Probe, "probing since 6"),
            (37, Probe, "probing since 6"), // one at a time
            (38, Ends(Unwell), "probing since 6"),
            (40, ProbeEnds(Unwell), "open since 6 probe 100"), // 60 s later
            (100, Probe, "probing since 6"),
            (101, ProbeEnds(Unwell), "open since 6 probe 201"), // 100 s is the longest
            (201, Probe, "probing since 6"),
            (202, ProbeEnds(Unclear), "open since 6 probe 302"),
            (302, Ends(Untried), "open since 6 probe 302"),
            (302, Probe, "probing since 6"),
            (302, ProbeEnds(Untried), "open since 6 probe 332"), // the first wait again
            (332, Probe, "probing since 6"),
            (333, Restart, "open since 6 probe 333"),
            (333, Probe, "probing since 6"),
            (334, ProbeEnds(Success), "closed 0"),
            (335, Ends(Unwell), "closed 1"),
            (336, Ends(Unwell), "closed 2"),
            (337, Ends(Unwell), "open since 337 probe 367"), // and starts from the shortest wait
            (338, Ends(Success), "closed 0"),                // what was under way got through
        ];
        let mut health = Health::default();
        for (second, event, want) in table {
            let now = at(second * S);
            health = match event {
                Ends(sign) => health.after(sign, false, now, &RULES),
                ProbeEnds(sign) => health.after(sign, true, now, &RULES),
                Probe if health.breaker.probe_due(now) => {
                    Health { breaker: health.breaker.probe(), ..health }
                }
                Probe => health,
                Restart => {
                    let text = serde_json::to_string(&health).unwrap();
                    serde_json::from_str::<Health>(&text).unwrap().restored(now)
                }
            };
            assert_eq!(name(&health.breaker), want, "at {second} s");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_hold_the_probe() {
        let open = Breaker::Open { since: at(86_400_000), wait_ms: 60_000, next_probe_at: at(86_430_000) };
        assert!(!open.probe_due(at(86_400_000)) && open.probe_due(at(86_430_000)));
        assert!(open.probe_due(at(0)), "a day earlier");
    }

    #[test]
    fn signs_follow_outcome_and_status() {
        for (outcome, status, want) in [
            (Outcome::Success, Some(204), Sign::Success),
            (Outcome::HttpStatus, Some(404), Sign::Answers),
            (Outcome::HttpStatus, Some(302), Sign::Answers),
            (Outcome::HttpStatus, Some(503), Sign::Unwell),
            (Outcome::Timeout, None, Sign::Unwell),
            (Outcome::Dns, None, Sign::Unwell),
            (Outcome::Connect, None, Sign::Unwell),
            (Outcome::Tls, None, Sign::Unwell),
            (Outcome::Reset, None, Sign::Unwell),
            (Outcome::Protocol, None, Sign::Unclear),
            (Outcome::Blocked, None, Sign::Unclear),
            (Outcome::Interrupted, None, Sign::Unclear),
        ] {
            assert_eq!(Sign::of(outcome, status), want, "{outcome:?} {status:?}");
        }
    }

    #[test]
    fn failing_counts_from_the_first_failure_after_a_success() {
        let rules = BreakerRules::default();
        let mut health = Health::default();
        for (ms, sign, since) in [
            (10, Sign::Answers, Some(10)),
            (20, Sign::Unwell, Some(10)),
            (30, Sign::Success, None),
            (40, Sign::Untried, None),
            (40, Sign::Unclear, Some(40)),
            (50, Sign::Untried, Some(40)),
        ] {
            health = health.after(sign, false, at(ms), &rules);
            assert_eq!(health.failing_since.map(Timestamp::ms), since);
        }
        assert!(!health.failed_for(100, at(139)) && health.failed_for(100, at(140)));
    }

    #[test]
    fn a_host_that_fails_now_and_then_costs_no_write() {
        let rules = BreakerRules::default();
        let kept = Health::default();
        let now_and_then = kept.after(Sign::Unwell, false, at(0), &rules);
        assert!(!now_and_then.worth_keeping(&kept, at(0)));
        assert!(now_and_then.worth_keeping(&kept, at(30_000)));
        let opened = (0..10).fold(kept, |h, n| h.after(Sign::Unwell, false, at(n), &rules));
        assert!(opened.worth_keeping(&kept, at(10)));
        let well = opened.after(Sign::Success, false, at(11), &rules);
        assert!(well.worth_keeping(&opened, at(11)) && !well.worth_keeping(&kept, at(11)));
    }
}
