//! Whether the time of day may be believed where something is thrown away by it. A clock that leaps makes
//! everything old at once; what was taken away by it does not come back when it is set right.

use crate::Timestamp;

const HOUR_MS: u64 = 60 * 60 * 1000;
/// How far back the time of day may step without being doubted (5 min): clocks are corrected.
const BACK_MS: i64 = 5 * 60 * 1000;
/// How far ahead it may be of what is known to have passed (a day): machines sleep, programs are not
/// always running.
const AHEAD_MS: i64 = 24 * 60 * 60 * 1000;
/// After a leap the time must go on evenly for a twenty-fourth of it, and for no less and no more than
/// this (an hour, a week).
const EVEN_MS: std::ops::RangeInclusive<u64> = HOUR_MS..=7 * 24 * HOUR_MS;

/// What the looks at the clock have shown so far. It is kept across restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockTrust {
    /// The last time that was believed, and since then only what a clock that nobody sets has counted.
    pub believed: Timestamp,
    /// The time of day at the last look.
    pub seen: Timestamp,
    /// The leap because of which the time of day is not believed.
    pub leap: Option<Leap>,
}

/// A leap of the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leap {
    /// The time of day right after it.
    pub at: Timestamp,
    /// How far it went, in milliseconds; below 0 backwards.
    pub by_ms: i64,
    /// For how long the time has gone on evenly since, in milliseconds.
    pub even_ms: u64,
}

/// What this process has seen itself since it last looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// The time of day then.
    pub since: Timestamp,
    /// How much has passed on a clock that nobody sets, in milliseconds.
    pub steady_ms: u64,
}

impl ClockTrust {
    /// The first look: `latest` is the latest time that anything was written with.
    #[must_use]
    pub fn begin(now: Timestamp, latest: Option<Timestamp>) -> Self {
        let seen = latest.unwrap_or(now);
        Self { believed: seen, seen, leap: None }.look(now, None)
    }

    /// The next look. `passed` is what this process knows itself; at its first look it knows nothing.
    #[must_use]
    pub fn look(self, now: Timestamp, passed: Option<Passed>) -> Self {
        let steady_ms = passed.map_or(0, |p| p.steady_ms);
        let (from, counted) = passed.map_or((self.seen, 0), |p| (p.since, p.steady_ms));
        let unexplained = apart(from.plus_ms(counted), now);
        let believed = self.believed.plus_ms(steady_ms);
        let trusted = Self { believed: now, seen: now, leap: None };
        let doubted = |leap| Self { believed, seen: now, leap: Some(leap) };
        match self.leap {
            None if ordinary(unexplained) => trusted,
            None => doubted(Leap { at: now, by_ms: unexplained, even_ms: 0 }),
            // It was set right again.
            Some(_) if ordinary(apart(believed, now)) => trusted,
            Some(_) if !ordinary(unexplained) => {
                doubted(Leap { at: now, by_ms: apart(believed, now), even_ms: 0 })
            }
            Some(leap) => {
                let leap = Leap { even_ms: leap.even_ms.saturating_add(steady_ms), ..leap };
                if leap.even_ms >= leap.needs_ms() { trusted } else { doubted(leap) }
            }
        }
    }

    /// A person says that the time of day is right.
    #[must_use]
    pub fn confirmed(now: Timestamp) -> Self {
        Self { believed: now, seen: now, leap: None }
    }

    /// The time by which something may be thrown away: never later than is believed.
    #[must_use]
    pub fn safe(&self, now: Timestamp) -> Timestamp {
        if self.leap.is_some() { now.min(self.believed) } else { now }
    }
}

impl Leap {
    /// For how long the time must go on evenly until it is believed, in milliseconds.
    #[must_use]
    pub fn needs_ms(&self) -> u64 {
        (self.by_ms.unsigned_abs() / 24).clamp(*EVEN_MS.start(), *EVEN_MS.end())
    }
}

fn apart(earlier: Timestamp, later: Timestamp) -> i64 {
    later.ms().saturating_sub(earlier.ms())
}

fn ordinary(unexplained_ms: i64) -> bool {
    (-BACK_MS..=AHEAD_MS).contains(&unexplained_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * HOUR_MS;
    const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

    fn trusted() -> ClockTrust {
        ClockTrust::confirmed(NOW)
    }

    fn passed(steady_ms: u64) -> Option<Passed> {
        Some(Passed { since: NOW, steady_ms })
    }

    #[test]
    fn time_that_passes_is_believed_and_a_leap_is_not() {
        for (what, now, seen_itself, leaps) in [
            ("ten minutes", NOW.plus_ms(600_000), passed(600_000), false),
            ("a step of a minute back", NOW.minus_ms(60_000), passed(0), false),
            ("a night's sleep", NOW.plus_ms(12 * HOUR_MS), passed(600_000), false),
            ("off since yesterday", NOW.plus_ms(DAY), None, false),
            ("400 days in ten minutes", NOW.plus_ms(400 * DAY), passed(600_000), true),
            ("400 days while it was off", NOW.plus_ms(400 * DAY), None, true),
            ("two days in ten minutes", NOW.plus_ms(2 * DAY), passed(600_000), true),
            ("an hour back", NOW.minus_ms(HOUR_MS), passed(0), true),
            ("an hour back while it was off", NOW.minus_ms(HOUR_MS), None, true),
            ("the end of time", Timestamp::from_ms(i64::MAX), passed(0), true),
            ("its beginning", Timestamp::from_ms(i64::MIN), None, true),
        ] {
            let after = trusted().look(now, seen_itself);
            assert_eq!(after.leap.is_some(), leaps, "{what}");
            assert!(after.safe(now) <= now, "{what}");
            if leaps {
                assert!(after.safe(now) <= NOW.plus_ms(600_000), "{what}");
            } else {
                assert_eq!(after.safe(now), now, "{what}");
            }
        }
    }

    #[test]
    fn a_clock_that_is_set_right_again_is_believed_at_once() {
        let ahead = NOW.plus_ms(400 * DAY);
        let leapt = trusted().look(ahead, passed(60_000));
        let right = NOW.plus_ms(160_000);
        let back = leapt.look(right, Some(Passed { since: ahead, steady_ms: 100_000 }));
        assert_eq!(back, ClockTrust::confirmed(right));
        // A program that starts anew in between knows only what was kept.
        assert_eq!(leapt.look(right, None), ClockTrust::confirmed(right));
        assert!(leapt.look(ahead.plus_ms(60_000), None).leap.is_some());
    }

    #[test]
    fn a_leap_is_believed_once_the_time_went_on_evenly_for_long_enough() {
        for (days, needs) in [(2, 2 * HOUR_MS), (30, 30 * HOUR_MS), (400, 7 * DAY)] {
            let mut at = NOW.plus_ms(days * DAY);
            let mut clock = trusted().look(at, passed(0));
            let mut even = 0;
            while let Some(leap) = clock.leap {
                assert_eq!((leap.even_ms, leap.needs_ms()), (even, needs), "{days} days");
                let look = Passed { since: at, steady_ms: HOUR_MS };
                (at, even) = (at.plus_ms(HOUR_MS), even + HOUR_MS);
                // A restart in between adds nothing, and takes nothing away.
                clock = clock.look(at, Some(look)).look(at, None);
            }
            assert_eq!(even, needs, "{days} days");
        }
    }

    #[test]
    fn another_leap_starts_the_wait_anew() {
        let first = NOW.plus_ms(30 * DAY);
        let even = Passed { since: first, steady_ms: 29 * HOUR_MS };
        let at = first.plus_ms(29 * HOUR_MS);
        let nearly = trusted().look(first, passed(0)).look(at, Some(even));
        assert_eq!(nearly.leap.map(|leap| leap.even_ms), Some(29 * HOUR_MS));
        let further = nearly.look(at.plus_ms(30 * DAY), Some(Passed { since: at, steady_ms: 1000 }));
        assert_eq!(further.leap.map(|leap| leap.even_ms), Some(0));
        assert!(further.leap.is_some_and(|leap| leap.needs_ms() > 59 * HOUR_MS));
    }

    #[test]
    fn a_first_look_goes_by_the_latest_that_was_written() {
        assert_eq!(ClockTrust::begin(NOW, None).leap, None);
        assert_eq!(ClockTrust::begin(NOW, Some(NOW.minus_ms(HOUR_MS))).leap, None);
        assert!(ClockTrust::begin(NOW, Some(NOW.minus_ms(400 * DAY))).leap.is_some());
        assert!(ClockTrust::begin(NOW, Some(NOW.plus_ms(400 * DAY))).leap.is_some());
    }
}
