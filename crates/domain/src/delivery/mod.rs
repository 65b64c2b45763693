//! The delivery state machine. Transitions consume a delivery and return the next one, or an
//! error that names state and event.

pub(crate) mod attempt;
pub(crate) mod policy;
pub(crate) mod retry_after;
pub(crate) mod status_class;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Class, Next, Outcome, RetryPolicy, Timestamp, Trigger};

/// Why a delivery has no more automatic attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The schedule is used up.
    Exhausted,
    /// The receiver refused it in a way the policy calls final.
    Rejected,
    /// The receiver said it is gone; the subscription was disabled.
    Gone,
    /// Our own rules refuse the address.
    Blocked,
}

/// Why a delivery was never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The subscription was disabled when the event came.
    Disabled,
    /// Its filter left the event out when it was replayed.
    Filtered,
    /// It was over the cap of what may wait.
    OverCap,
}

/// Why a delivery that waits is not sent, although its time may have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// The vault cannot open what it is signed or sent with. It goes out once the vault can.
    Vault,
    /// Its last [`INTERRUPTIONS_HELD`] attempts all ended with the program: it may be what ends it.
    /// It goes out when a person retries it.
    Interrupted,
    /// What is stored of it cannot be read, or what is to be written of it is refused. It goes out when a
    /// person retries it.
    SetAside,
}

impl Held {
    /// What holds it, and what releases it, as a sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Vault => {
                "held: the vault cannot open its secret now; it goes out as soon as the vault's key is there"
            }
            Self::Interrupted => {
                "set aside: Hookbench ended during each of its last three attempts; retry it to send it, or cancel it"
            }
            Self::SetAside => {
                "set aside: what is stored of it cannot be read, or the database refused its record (hookbench doctor says which); retry it to send it, or cancel it"
            }
        }
    }
}

/// So many attempts in a row that ended with the program set their delivery aside.
pub const INTERRUPTIONS_HELD: u32 = 3;

macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// The name used in JSON and SQL.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
            /// The variant of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
named!(Failure { Exhausted = "exhausted", Rejected = "rejected", Gone = "gone", Blocked = "blocked" });
named!(Held { Vault = "vault", Interrupted = "interrupted", SetAside = "set_aside" });
named!(SkipReason { Disabled = "disabled", Filtered = "filtered", OverCap = "over_cap" });

/// Who may send a delivery, and until when: another dispatcher may take over after `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The dispatcher that holds it.
    pub owner: String,
    /// When it ends.
    pub until: Timestamp,
}

/// What a delivery goes back to when a manual attempt fails: a manual retry never alters the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// Waiting for its scheduled attempt.
    Scheduled {
        /// When that falls.
        at: Timestamp,
    },
    /// Delivered before.
    Delivered {
        /// When it was.
        at: Timestamp,
    },
    /// Failed before.
    Failed {
        /// When it did.
        at: Timestamp,
        /// Why.
        failure: Failure,
    },
    /// Cancelled before.
    Cancelled {
        /// When it was.
        at: Timestamp,
    },
}

/// Waiting for an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// When the attempt falls due.
    pub next_attempt_at: Timestamp,
    /// What asked for it.
    pub trigger: Trigger,
    /// Where a failed manual attempt leads back to; `None` where the schedule just goes on.
    pub resume: Option<Resume>,
    /// Why it is not sent for now; `None` where it goes out when it is due.
    pub held: Option<Held>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waits for its first or next attempt.
    Pending(Pending),
    /// An attempt is under way.
    InFlight {
        /// Who sends it.
        lease: Lease,
        /// What asked for the attempt.
        trigger: Trigger,
        /// See [`Pending::resume`].
        resume: Option<Resume>,
    },
    /// The receiver took it.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// No more automatic attempts.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Why.
        failure: Failure,
    },
    /// A person stopped it.
    Cancelled {
        /// When.
        at: Timestamp,
    },
    /// Never sent.
    Skipped {
        /// Why.
        reason: SkipReason,
    },
}

impl DeliveryState {
    /// The name used in JSON, SQL and on the command line.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pending(_) => "pending",
            Self::InFlight { .. } => "in_flight",
            Self::Delivered { .. } => "delivered",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
            Self::Skipped { .. } => "skipped",
        }
    }

    /// Every state's name.
    pub const NAMES: [&'static str; 6] =
        ["pending", "in_flight", "delivered", "failed", "cancelled", "skipped"];
}

/// The wait after a shortage on this machine that `before` attempts without a step came before, in
/// milliseconds. `chance` in 0..1 says how much longer it is, up to twice: what was short for many at
/// once must not be asked for by all of them at once again.
fn shortage_wait_ms(before: u32, chance: f64) -> u64 {
    let least = Duration::from_millis(SHORTAGE_WAIT_MS << before.min(SHORTAGE_DOUBLINGS));
    let wait = least.mul_f64(1.0 + chance.clamp(0.0, 1.0));
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

/// How an attempt ended, as far as the state machine cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Its outcome.
    pub outcome: Outcome,
    /// Its status, if a status line came.
    pub status: Option<u16>,
    /// What `Retry-After` asked for on a 429 or 503, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// Whether nothing was sent because this machine had no file handle, port or buffer left to
    /// give. That says nothing of the endpoint.
    pub local_shortage: bool,
    /// Whether it was lost with a connection that its server had closed while it was unused, and no
    /// attempt before it was. This tells nothing of the server's health, so the next attempt is made
    /// at once, on a new connection.
    pub idle_closed: bool,
}

/// The wait after the first shortage on this machine, in milliseconds; each further one doubles it.
const SHORTAGE_WAIT_MS: u64 = 1000;
/// How often it doubles: up to 64 s.
const SHORTAGE_DOUBLINGS: u32 = 6;

/// What a transition asks the rest of the program to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The receiver is gone: disable the subscription.
    DisableSubscription,
}

/// A transition that the state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a delivery that is {state} cannot be {event}: {hint}")]
pub struct TransitionError {
    /// The state it is in.
    pub state: &'static str,
    /// What was asked.
    pub event: &'static str,
    /// What to do instead.
    pub hint: &'static str,
}

/// One event on its way to one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When it was made.
    pub created_at: Timestamp,
    /// Attempts counted so far, at the claim: also the fence that a late writer fails on.
    pub attempts: u32,
    /// Retries of the schedule that are used up.
    pub step: u32,
    /// Where it stands.
    pub state: DeliveryState,
}

impl Delivery {
    /// A delivery that is due at once.
    #[must_use]
    pub fn due(now: Timestamp) -> Self {
        let state = DeliveryState::Pending(Pending {
            next_attempt_at: now,
            trigger: Trigger::Scheduled,
            resume: None,
            held: None,
        });
        Self { created_at: now, attempts: 0, step: 0, state }
    }

    /// A delivery that a person asked for, due at once.
    #[must_use]
    pub fn asked(now: Timestamp) -> Self {
        let state = DeliveryState::Pending(Pending {
            next_attempt_at: now,
            trigger: Trigger::Manual,
            resume: None,
            held: None,
        });
        Self { created_at: now, attempts: 0, step: 0, state }
    }

    /// A delivery that is not sent.
    #[must_use]
    pub fn skipped(now: Timestamp, reason: SkipReason) -> Self {
        Self { created_at: now, attempts: 0, step: 0, state: DeliveryState::Skipped { reason } }
    }

    fn refuse<T>(&self, event: &'static str, hint: &'static str) -> Result<T, TransitionError> {
        Err(TransitionError { state: self.state.name(), event, hint })
    }

    /// Takes a waiting delivery for an attempt, which is counted here, before anything is sent.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is pending and not held.
    pub fn claim(self, lease: Lease) -> Result<Self, TransitionError> {
        match self.state {
            DeliveryState::Pending(Pending { held: Some(_), .. }) => {
                self.refuse("sent", "it is held; a retry by hand releases it")
            }
            DeliveryState::Pending(Pending { trigger, resume, held: None, .. }) => Ok(Self {
                attempts: self.attempts.saturating_add(1),
                state: DeliveryState::InFlight { lease, trigger, resume },
                ..self
            }),
            DeliveryState::InFlight { .. }
            | DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Cancelled { .. }
            | DeliveryState::Skipped { .. } => self.refuse("sent", "only a pending one is sent"),
        }
    }

    /// Ends the attempt that is under way. `chance` in 0..1 says how much of the policy's jitter
    /// is added to the next wait.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is in flight.
    pub fn finish(
        self,
        end: Finished,
        policy: &RetryPolicy,
        now: Timestamp,
        chance: f64,
    ) -> Result<(Self, Option<Effect>), TransitionError> {
        let (trigger, resume) = match self.state {
            DeliveryState::InFlight { trigger, resume, .. } => (trigger, resume),
            DeliveryState::Pending(_)
            | DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Cancelled { .. }
            | DeliveryState::Skipped { .. } => {
                return self.refuse("finished", "no attempt of it is under way");
            }
        };
        let to = |state, step| Self { state, step, ..self };
        if end.outcome == Outcome::Interrupted {
            // Its end is unknown: send it again at once, without consuming the schedule.
            return Ok((
                to(
                    DeliveryState::Pending(Pending { next_attempt_at: now, trigger, resume, held: None }),
                    self.step,
                ),
                None,
            ));
        }
        if end.local_shortage {
            // The fault is this machine's: the schedule is not consumed, whoever asked for the attempt
            // still waits for it, and what was short gets time to become free.
            let beyond = self.attempts.saturating_sub(self.step).saturating_sub(1);
            let at = now.plus_ms(shortage_wait_ms(beyond, chance));
            return Ok((
                to(
                    DeliveryState::Pending(Pending { next_attempt_at: at, trigger, resume, held: None }),
                    self.step,
                ),
                None,
            ));
        }
        let class = policy.classify(end.outcome, end.status);
        let effect = (class == Class::Gone).then_some(Effect::DisableSubscription);
        let failed = |failure| DeliveryState::Failed { at: now, failure };
        let waits = |at| {
            DeliveryState::Pending(Pending {
                next_attempt_at: at,
                trigger: Trigger::Scheduled,
                resume: None,
                held: None,
            })
        };
        let (state, step) = match (class, resume) {
            (Class::Success, _) => (DeliveryState::Delivered { at: now }, self.step),
            (Class::Gone, None | Some(Resume::Scheduled { .. })) => (failed(Failure::Gone), self.step),
            (Class::Retry | Class::Final, Some(Resume::Scheduled { at })) => (waits(at), self.step),
            (Class::Retry | Class::Final | Class::Gone, Some(Resume::Delivered { at })) => {
                (DeliveryState::Delivered { at }, self.step)
            }
            (Class::Retry | Class::Final | Class::Gone, Some(Resume::Failed { at, failure })) => {
                (DeliveryState::Failed { at, failure }, self.step)
            }
            (Class::Retry | Class::Final | Class::Gone, Some(Resume::Cancelled { at })) => {
                (DeliveryState::Cancelled { at }, self.step)
            }
            (Class::Final, None) if end.outcome == Outcome::Blocked => (failed(Failure::Blocked), self.step),
            (Class::Final, None) => (failed(Failure::Rejected), self.step),
            // Beside the schedule, which it does not use up.
            (Class::Retry, None) if end.idle_closed && policy.retries(self.created_at, now) => {
                (waits(now), self.step)
            }
            (Class::Retry, None) => {
                let used = u32::from(trigger == Trigger::Scheduled);
                match policy.next(self.step, self.created_at, now, end.retry_after_ms, chance) {
                    Next::At(at) => (waits(at), self.step.saturating_add(used)),
                    Next::Exhausted => (failed(Failure::Exhausted), self.step),
                }
            }
        };
        Ok((to(state, step), effect))
    }

    /// Gives a claimed delivery back without an attempt: nothing of it can be sent for now. The claim's
    /// count is taken back, so the schedule and the numbers of attempts stay as they were.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is in flight.
    pub fn hold(self, held: Held, now: Timestamp) -> Result<Self, TransitionError> {
        match self.state {
            DeliveryState::InFlight { trigger, resume, .. } => Ok(Self {
                attempts: self.attempts.saturating_sub(1),
                state: DeliveryState::Pending(Pending {
                    next_attempt_at: now,
                    trigger,
                    resume,
                    held: Some(held),
                }),
                ..self
            }),
            DeliveryState::Pending(_)
            | DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Cancelled { .. }
            | DeliveryState::Skipped { .. } => self.refuse("held", "no attempt of it is under way"),
        }
    }

    /// What becomes of a delivery whose attempt was under way when the program ended. `in_a_row` is the
    /// number of its last attempts that ended so, this one included: one that may be what ends the
    /// program is set aside, so that the others are sent.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is in flight.
    pub fn interrupted(self, in_a_row: u32, now: Timestamp) -> Result<Self, TransitionError> {
        match self.state {
            DeliveryState::InFlight { trigger, resume, .. } => {
                let held = (in_a_row >= INTERRUPTIONS_HELD).then_some(Held::Interrupted);
                let state = DeliveryState::Pending(Pending { next_attempt_at: now, trigger, resume, held });
                Ok(Self { state, ..self })
            }
            DeliveryState::Pending(_)
            | DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Cancelled { .. }
            | DeliveryState::Skipped { .. } => self.refuse("interrupted", "no attempt of it is under way"),
        }
    }

    /// Asks for one attempt now, whatever the schedule says. A skipped delivery is released by it, and
    /// so is one that is held.
    ///
    /// # Errors
    /// [`TransitionError`] while an attempt is under way.
    pub fn retry(self, now: Timestamp) -> Result<Self, TransitionError> {
        let resume = match self.state {
            DeliveryState::Pending(Pending { trigger: Trigger::Manual, resume, .. }) => resume,
            DeliveryState::Pending(Pending { next_attempt_at: at, trigger: Trigger::Scheduled, .. }) => {
                Some(Resume::Scheduled { at })
            }
            DeliveryState::Delivered { at } => Some(Resume::Delivered { at }),
            DeliveryState::Failed { at, failure } => Some(Resume::Failed { at, failure }),
            DeliveryState::Cancelled { at } => Some(Resume::Cancelled { at }),
            DeliveryState::Skipped { .. } => None,
            DeliveryState::InFlight { .. } => {
                return self.refuse("retried", "an attempt is under way; wait for its end");
            }
        };
        let state = DeliveryState::Pending(Pending {
            next_attempt_at: now,
            trigger: Trigger::Manual,
            resume,
            held: None,
        });
        Ok(Self { state, ..self })
    }

    /// Stops what waits. A manual retry that waits is taken back instead.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is pending.
    pub fn cancel(self, now: Timestamp) -> Result<Self, TransitionError> {
        let state = match self.state {
            DeliveryState::Pending(Pending { resume, .. }) => match resume {
                None | Some(Resume::Scheduled { .. }) => DeliveryState::Cancelled { at: now },
                Some(Resume::Delivered { at }) => DeliveryState::Delivered { at },
                Some(Resume::Failed { at, failure }) => DeliveryState::Failed { at, failure },
                Some(Resume::Cancelled { at }) => DeliveryState::Cancelled { at },
            },
            DeliveryState::InFlight { .. } => {
                return self.refuse("cancelled", "an attempt is under way; wait for its end");
            }
            DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Cancelled { .. }
            | DeliveryState::Skipped { .. } => {
                return self.refuse("cancelled", "nothing of it waits to be sent");
            }
        };
        Ok(Self { state, ..self })
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
            retry_on: vec!["429".parse().unwrap()],
            gone_on: vec!["410".parse().unwrap()],
            honour_retry_after: true,
        }
    }

    fn ended(outcome: Outcome, status: Option<u16>) -> Finished {
        Finished { outcome, status, retry_after_ms: None, local_shortage: false, idle_closed: false }
    }

    fn lease() -> Lease {
        Lease { owner: "me".into(), until: Timestamp::from_ms(60_000) }
    }

    fn attempt(d: Delivery, status: u16, p: &RetryPolicy, now: i64) -> (Delivery, Option<Effect>) {
        let end = ended(Outcome::of_status(status), Some(status));
        d.claim(lease()).unwrap().finish(end, p, Timestamp::from_ms(now), 0.0).unwrap()
    }

    #[test]
    fn a_delivery_is_retried_by_the_schedule_and_then_exhausted() {
        let p = policy(vec![1000, 5000]);
        let mut d = Delivery::due(Timestamp::from_ms(0));
        for want in [1000, 6000] {
            let now = want - if want == 1000 { 1000 } else { 5000 };
            d = attempt(d, 500, &p, now).0;
            let DeliveryState::Pending(Pending { next_attempt_at, .. }) = d.state else { panic!("{d:?}") };
            assert_eq!(next_attempt_at.ms(), want);
        }
        d = attempt(d, 500, &p, 6000).0;
        assert_eq!(
            d.state,
            DeliveryState::Failed { at: Timestamp::from_ms(6000), failure: Failure::Exhausted }
        );
        assert_eq!((d.attempts, d.step), (3, 2));
    }

    #[test]
    fn a_held_delivery_uses_up_nothing_and_waits_for_what_releases_it() {
        let at = Timestamp::from_ms(5);
        let due = Delivery::due(Timestamp::from_ms(0));
        assert!(due.clone().hold(Held::Vault, at).is_err(), "nothing of it is under way");
        let held = due.claim(lease()).unwrap().hold(Held::Vault, at).unwrap();
        assert_eq!((held.attempts, held.step), (0, 0));
        assert!(held.clone().claim(lease()).unwrap_err().to_string().contains("held"));
        let released = held.clone().retry(at).unwrap();
        assert!(matches!(released.state, DeliveryState::Pending(Pending { held: None, .. })));
        assert_eq!(released.claim(lease()).unwrap().attempts, 1);
        assert!(matches!(held.cancel(at).unwrap().state, DeliveryState::Cancelled { .. }));
    }

    #[test]
    fn the_third_attempt_in_a_row_that_ends_with_the_program_sets_its_delivery_aside() {
        let at = Timestamp::from_ms(5);
        for (in_a_row, want) in
            [(1, None), (2, None), (3, Some(Held::Interrupted)), (9, Some(Held::Interrupted))]
        {
            let d = Delivery::due(Timestamp::from_ms(0))
                .claim(lease())
                .unwrap()
                .interrupted(in_a_row, at)
                .unwrap();
            let DeliveryState::Pending(Pending { held, next_attempt_at, .. }) = d.state else {
                panic!("{d:?}")
            };
            assert_eq!((held, next_attempt_at), (want, at), "{in_a_row}");
            assert_eq!((d.attempts, d.step), (1, 0), "{in_a_row}");
        }
    }

    #[test]
    fn a_refusal_is_final_and_a_gone_receiver_stops_its_subscription() {
        let p = policy(vec![1000]);
        let (d, effect) = attempt(Delivery::due(Timestamp::from_ms(0)), 400, &p, 1);
        assert!(matches!(d.state, DeliveryState::Failed { failure: Failure::Rejected, .. }));
        assert_eq!(effect, None);
        let (d, effect) = attempt(Delivery::due(Timestamp::from_ms(0)), 410, &p, 1);
        assert!(matches!(d.state, DeliveryState::Failed { failure: Failure::Gone, .. }));
        assert_eq!(effect, Some(Effect::DisableSubscription));
    }

    #[test]
    fn an_interrupted_attempt_counts_but_does_not_consume_the_schedule() {
        let p = policy(vec![1000]);
        let d = Delivery::due(Timestamp::from_ms(0)).claim(lease()).unwrap();
        let (d, _) = d.finish(ended(Outcome::Interrupted, None), &p, Timestamp::from_ms(9), 0.0).unwrap();
        assert_eq!((d.attempts, d.step), (1, 0));
        let (d, _) = attempt(d, 500, &p, 10);
        assert!(
            matches!(d.state, DeliveryState::Pending(Pending { next_attempt_at, .. }) if next_attempt_at.ms() == 1010)
        );
    }

    #[test]
    fn what_was_lost_with_an_idle_connection_is_sent_again_at_once_where_the_policy_retries() {
        let retried = policy(vec![1000]);
        let never = policy(vec![]);
        let old = RetryPolicy { max_age_ms: Some(5), ..policy(vec![1000]) };
        let refuses = RetryPolicy { final_on: vec!["reset".parse().unwrap()], ..policy(vec![1000]) };
        let reset = ended(Outcome::Reset, None);
        for (name, policy, idle_closed, step, want) in [
            ("lost with an idle connection", &retried, true, 0, Some((10, 0))),
            ("reset otherwise", &retried, false, 0, Some((1010, 1))),
            ("the schedule is used up", &retried, true, 1, Some((10, 1))),
            ("used up, and reset otherwise", &retried, false, 1, None),
            ("a policy without retries", &never, true, 0, None),
            ("too old", &old, true, 0, None),
            ("a policy that calls it final", &refuses, true, 0, None),
        ] {
            let d = Delivery { step, ..Delivery::due(Timestamp::from_ms(0)) };
            let end = Finished { idle_closed, ..reset };
            let (d, _) = d.claim(lease()).unwrap().finish(end, policy, Timestamp::from_ms(10), 0.0).unwrap();
            let next = if let DeliveryState::Pending(Pending { next_attempt_at, .. }) = d.state {
                Some((next_attempt_at.ms(), d.step))
            } else {
                None
            };
            assert_eq!(next, want, "{name}");
        }
    }

    #[test]
    fn a_failed_manual_retry_leaves_the_past_as_it_was() {
        let p = policy(vec![1000]);
        for (before, status) in [(200, 500), (400, 503), (410, 400)] {
            let (d, _) = attempt(Delivery::due(Timestamp::from_ms(0)), before, &p, 1);
            let past = d.state.clone();
            let (d, _) = attempt(d.retry(Timestamp::from_ms(50)).unwrap(), status, &p, 60);
            assert_eq!(d.state, past);
            assert_eq!((d.attempts, d.step), (2, 0));
        }
    }

    #[test]
    fn a_failed_manual_retry_of_a_waiting_delivery_keeps_its_schedule() {
        let p = policy(vec![1000, 1000]);
        let (d, _) = attempt(Delivery::due(Timestamp::from_ms(0)), 500, &p, 0);
        let (d, _) = attempt(d.retry(Timestamp::from_ms(10)).unwrap(), 400, &p, 20);
        assert!(
            matches!(d.state, DeliveryState::Pending(Pending { next_attempt_at, trigger: Trigger::Scheduled, .. }) if next_attempt_at.ms() == 1000)
        );
        assert_eq!(d.step, 1);
    }

    #[test]
    fn a_skipped_delivery_can_be_released_and_then_follows_the_schedule() {
        let p = policy(vec![1000]);
        let d = Delivery::skipped(Timestamp::from_ms(0), SkipReason::Disabled);
        let (d, _) = attempt(d.retry(Timestamp::from_ms(5)).unwrap(), 500, &p, 10);
        assert!(
            matches!(d.state, DeliveryState::Pending(Pending { next_attempt_at, .. }) if next_attempt_at.ms() == 1010)
        );
        assert_eq!(d.step, 0);
    }

    #[test]
    fn a_shortage_on_this_machine_uses_up_no_schedule_and_waits_longer_each_time() {
        let p = policy(vec![]);
        let short = Finished { local_shortage: true, ..ended(Outcome::Connect, None) };
        let mut d = Delivery::due(Timestamp::from_ms(0));
        let mut now = 0;
        for (chance, waits) in [
            (0.0, 1000),
            (0.0, 2000),
            (0.5, 6000),
            (1.0, 16_000),
            (0.0, 16_000),
            (0.0, 32_000),
            (0.0, 64_000),
        ]
        .into_iter()
        .chain([(0.0, 64_000), (1.0, 128_000)])
        {
            let (next, effect) =
                d.claim(lease()).unwrap().finish(short, &p, Timestamp::from_ms(now), chance).unwrap();
            let DeliveryState::Pending(pending) = next.state else { panic!("{next:?}") };
            assert_eq!((pending.next_attempt_at.ms() - now, pending.trigger), (waits, Trigger::Scheduled));
            assert_eq!((next.step, effect), (0, None));
            now = pending.next_attempt_at.ms();
            d = next;
        }
        let (delivered, _) = attempt(d, 200, &p, now);
        assert!(matches!(delivered.state, DeliveryState::Delivered { .. }));
    }

    #[test]
    fn a_shortage_leaves_a_manual_retry_asked_for() {
        let p = policy(vec![]);
        let failed = attempt(Delivery::due(Timestamp::from_ms(0)), 500, &p, 5).0;
        let again = failed.retry(Timestamp::from_ms(10)).unwrap().claim(lease()).unwrap();
        let short = Finished { local_shortage: true, ..ended(Outcome::Dns, None) };
        let (after, _) = again.finish(short, &p, Timestamp::from_ms(20), 0.0).unwrap();
        let DeliveryState::Pending(pending) = after.state else { panic!("{after:?}") };
        let resume = Resume::Failed { at: Timestamp::from_ms(5), failure: Failure::Exhausted };
        assert_eq!((pending.trigger, pending.resume), (Trigger::Manual, Some(resume)));
        assert_eq!(pending.next_attempt_at.ms(), 2020, "one attempt without a step came before");
    }

    #[test]
    fn cancelling_stops_what_waits_and_takes_a_waiting_retry_back() {
        let d = Delivery::due(Timestamp::from_ms(0)).cancel(Timestamp::from_ms(1)).unwrap();
        assert_eq!(d.state, DeliveryState::Cancelled { at: Timestamp::from_ms(1) });
        assert!(d.clone().cancel(Timestamp::from_ms(2)).is_err());
        let (sent, _) = attempt(Delivery::due(Timestamp::from_ms(0)), 200, &policy(vec![]), 1);
        let back = sent.clone().retry(Timestamp::from_ms(5)).unwrap().cancel(Timestamp::from_ms(6)).unwrap();
        assert_eq!(back, sent);
    }

    #[test]
    fn what_is_under_way_is_neither_claimed_retried_nor_cancelled() {
        let d = Delivery::due(Timestamp::from_ms(0)).claim(lease()).unwrap();
        let e = d.clone().retry(Timestamp::from_ms(1)).unwrap_err();
        assert_eq!((e.state, e.event), ("in_flight", "retried"));
        assert!(d.clone().cancel(Timestamp::from_ms(1)).is_err());
        assert!(d.claim(lease()).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_history_keeps_the_machine_sound(steps in prop::collection::vec((0u8..5, 0usize..10, 300u16..600, any::<Option<u64>>(), any::<bool>()), 0..60)) {
            let p = policy(vec![1000, 2000, 3000]);
            let mut d = Delivery::due(Timestamp::from_ms(0));
            let mut now = 0i64;
            for (what, o, status, asked, short) in steps {
                now += 10;
                let at = Timestamp::from_ms(now);
                let before = d.clone();
                let outcome = Outcome::ALL[o];
                let status = (outcome == Outcome::HttpStatus).then_some(status).or((outcome == Outcome::Success).then_some(200));
                d = match what {
                    0 | 1 => d.claim(lease()).unwrap_or(before),
                    2 => {
                        let (local_shortage, idle_closed) = (short, o % 2 == 0);
                        let end = Finished { outcome, status, retry_after_ms: asked, local_shortage, idle_closed };
                        d.finish(end, &p, at, 0.5).map_or(before, |x| x.0)
                    }
                    3 => d.retry(at).unwrap_or(before),
                    _ => d.cancel(at).unwrap_or(before),
                };
                prop_assert!(d.step <= 3 && d.step <= d.attempts);
                if let DeliveryState::Pending(Pending { resume, trigger, .. }) = &d.state {
                    prop_assert!(resume.is_none() || *trigger == Trigger::Manual);
                }
            }
        }
    }
}
