//! A rate limit as a token bucket.

use std::time::Duration;

use crate::Timestamp;

/// Tokens that come back with time, up to a burst. A clock that goes back gives none, and one that leaps
/// ahead no more than the burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenBucket {
    tokens: f64,
    at: Timestamp,
}

impl TokenBucket {
    /// A bucket that holds its whole burst.
    #[must_use]
    pub const fn full(burst: f64, now: Timestamp) -> Self {
        Self { tokens: burst, at: now }
    }

    /// Adds what came back until `now`, at `per_second` tokens a second, up to `burst`.
    pub fn refill(&mut self, per_second: f64, burst: f64, now: Timestamp) {
        let passed = Duration::from_millis(now.since(self.at)).as_secs_f64();
        self.tokens = passed.mul_add(per_second, self.tokens).min(burst);
        self.at = now;
    }

    /// How many whole tokens there are.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of tokens, never negative"
    )]
    pub fn whole(&self) -> u32 {
        self.tokens.max(0.0) as u32
    }

    /// Takes `n` tokens out, which may leave fewer than none: the next ones pay for it.
    pub fn spend(&mut self, n: u32) {
        self.tokens -= f64::from(n);
    }

    /// Takes one token out; `false` when there is none.
    pub fn take(&mut self) -> bool {
        let free = self.tokens >= 1.0;
        if free {
            self.spend(1);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_so_many_a_second() {
        let at = Timestamp::from_ms;
        let mut bucket = TokenBucket::full(200.0, at(0));
        let mut taken = |now: i64, wanted: u32| {
            bucket.refill(50.0, 200.0, at(now));
            (0..wanted).filter(|_| bucket.take()).count()
        };
        assert_eq!(taken(0, 1000), 200);
        assert_eq!(taken(1000, 1000), 50);
        assert_eq!(taken(1010, 1000), 0);
        assert_eq!(taken(1100, 1000), 5);
        assert_eq!(taken(1_000_000, 1000), 200, "a pause fills it, and not beyond");
        assert_eq!(taken(900_000, 1000), 0, "a clock that goes back gives nothing");
    }

    #[test]
    fn what_was_spent_beyond_the_tokens_is_paid_back_first() {
        let mut bucket = TokenBucket::full(1.0, Timestamp::from_ms(0));
        bucket.spend(3);
        assert_eq!((bucket.whole(), bucket.take()), (0, false));
        bucket.refill(1.0, 1.0, Timestamp::from_ms(2500));
        assert_eq!((bucket.whole(), bucket.take()), (0, false));
        bucket.refill(1.0, 1.0, Timestamp::from_ms(3000));
        assert_eq!((bucket.whole(), bucket.take()), (1, true));
    }
}
