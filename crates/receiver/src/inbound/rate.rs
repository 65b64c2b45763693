//! How many refused requests a source answers in full and keeps.

use hookbench_domain::{Timestamp, TokenBucket};

/// So many refused requests a second are kept, of each source.
pub const REFUSED_PER_SECOND: u32 = 50;
/// So many at once after a pause.
pub const REFUSED_BURST: u32 = 200;

/// What refused requests draw from. What is accepted draws nothing, so that a flood of forgeries does
/// not keep honest requests out.
#[derive(Debug, Clone)]
pub struct RefusedRate(TokenBucket);

impl RefusedRate {
    /// The whole burst.
    #[must_use]
    pub fn full(now: Timestamp) -> Self {
        Self(TokenBucket::full(f64::from(REFUSED_BURST), now))
    }

    /// Takes one out; `false` when there is none left.
    pub fn take(&mut self, now: Timestamp) -> bool {
        self.0.refill(f64::from(REFUSED_PER_SECOND), f64::from(REFUSED_BURST), now);
        self.0.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_gets_the_burst_and_then_so_many_a_second() {
        let at = Timestamp::from_ms;
        let mut rate = RefusedRate::full(at(0));
        let mut taken = |now: i64, tries: u32| (0..tries).filter(|_| rate.take(at(now))).count();
        assert_eq!(taken(0, 1000), 200);
        assert_eq!(taken(1000, 1000), 50);
        assert_eq!(taken(1010, 1000), 0);
        assert_eq!(taken(1100, 1000), 5);
        assert_eq!(taken(1_000_000, 1000), 200, "a pause fills it, and not beyond");
        assert_eq!(taken(900_000, 1000), 0, "a clock that goes back gives nothing");
    }
}
