//! Starting gently: what was held back goes out with few attempts at a time, and with more as they
//! are answered. A machine that slept, a pause that ends, a host that is well again: each may find
//! hundreds due at once, and the endpoint must not get them as one burst.

use hookbench_domain::{Sign, Timestamp};

/// How many attempts may be under way at the start.
pub(super) const FIRST: u32 = 4;
/// Something that is due for longer than this, while nothing is under way, was held back; and a
/// time of day that moved on so much further than time passed was moved, or the machine slept. In
/// milliseconds.
pub(super) const HELD_MS: u64 = 5_000;

/// The attempts that may be under way while a subscription works its way up. Each answer allows one
/// more: twice as many after each round, and all of 64 after four. Each sign that the host is not
/// well allows one fewer, so that one that mostly answers gets there, too; one that does not is its
/// breaker's concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SlowStart(u32);

impl SlowStart {
    /// The start.
    pub(super) const fn new() -> Self {
        Self(FIRST)
    }

    /// How many may be under way.
    pub(super) const fn most(self) -> u32 {
        self.0
    }

    /// After an attempt with this sign. `None` at the top: the subscription's own `limit` holds
    /// from then on.
    pub(super) fn after(self, sign: Sign, limit: u32) -> Option<Self> {
        let next = match sign {
            Sign::Success | Sign::Answers => self.0.saturating_add(1),
            Sign::Unwell => self.0.saturating_sub(1).max(FIRST),
            Sign::Unclear | Sign::Untried => self.0,
        };
        (next < limit).then_some(Self(next))
    }
}

/// The wall clock and the steady one at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) wall: Timestamp,
    /// Since some start, unmoved by changes of the time of day, in milliseconds. It may stand still
    /// while the machine sleeps.
    pub(super) steady_ms: u64,
}

impl Moment {
    /// Whether the time of day moved on since `before` much further than time passed; or so much
    /// time passed that nobody can have looked: where the steady clock goes on in sleep.
    pub(super) fn leapt_since(self, before: Self) -> bool {
        let passed = self.steady_ms.saturating_sub(before.steady_ms);
        let moved = self.wall.since(before.wall);
        moved > passed.saturating_add(HELD_MS) || passed > LOOKS_MS + HELD_MS
    }
}

/// The dispatcher looks at least this often, in milliseconds.
const LOOKS_MS: u64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: i64, steady_ms: u64) -> Moment {
        Moment { wall: Timestamp::from_ms(wall), steady_ms }
    }

    #[test]
    fn each_round_of_successes_doubles_it_up_to_the_limit() {
        let (mut slow_start, mut rounds) = (Some(SlowStart::new()), vec![]);
        while let Some(now) = slow_start {
            rounds.push(now.most());
            slow_start = (0..now.most()).try_fold(now, |r, _| r.after(Sign::Success, 64));
        }
        assert_eq!(rounds, [4, 8, 16, 32]);
    }

    #[test]
    fn a_host_that_mostly_answers_gets_there_and_one_that_mostly_fails_does_not() {
        // Of five attempts so many find the host unwell, 400 in all.
        let after = |unwell: u32| {
            (0..400).try_fold(SlowStart::new(), |r, n| {
                r.after(if n % 5 < unwell { Sign::Unwell } else { Sign::Answers }, 64)
            })
        };
        assert_eq!((after(0), after(1), after(2)), (None, None, None));
        assert!(after(3).unwrap().most() < 8 && after(5) == Some(SlowStart::new()));
        let grown = (0..20).fold(SlowStart::new(), |r, _| r.after(Sign::Success, 64).unwrap());
        assert_eq!(grown.after(Sign::Unclear, 64), Some(grown));
        assert_eq!(
            SlowStart::new().after(Sign::Unwell, 2),
            None,
            "where fewer are allowed anyway it has no say"
        );
    }

    #[test]
    fn sleep_and_a_clock_set_forward_are_leaps_and_slow_clocks_are_not() {
        let before = at(1_000_000, 500);
        for (now, leapt) in [
            (at(1_001_000, 1_500), false),
            (at(1_005_900, 1_500), false),           // a second with a correction
            (at(1_000_000 + 86_400_000, 700), true), // asleep, the steady clock with it
            (at(1_600_000, 600_500), true),          // asleep, the steady clock awake
            (at(1_000_000 - 86_400_000, 1_500), false), // set back: nothing falls due
            (at(0, 0), false),
        ] {
            assert_eq!(now.leapt_since(before), leapt, "{now:?}");
        }
    }
}
