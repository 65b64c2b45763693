//! How long to wait before a relay is tried again. Pure.

use std::time::Duration;

/// The longest wait (5 minutes).
pub const MAX_PAUSE_MS: u64 = 300_000;
const FIRST_PAUSE_MS: u64 = 1000;

/// The wait after so many failures in a row: a second, then twice as long each time; at least what
/// the relay asks for; at most [`MAX_PAUSE_MS`]. `chance` (0 to 1) adds up to a tenth, so that
/// many clients do not come back at once.
#[must_use]
pub fn pause_ms(failures: u32, asked_ms: Option<u64>, chance: f64) -> u64 {
    let doubled = FIRST_PAUSE_MS.saturating_mul(1 << failures.saturating_sub(1).min(20));
    let pause = doubled.max(asked_ms.unwrap_or(0)).min(MAX_PAUSE_MS);
    let spread = Duration::from_millis(pause).mul_f64(1.0 + chance.clamp(0.0, 1.0) / 10.0);
    u64::try_from(spread.as_millis()).unwrap_or(MAX_PAUSE_MS).min(MAX_PAUSE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes_and_heed_the_relay() {
        let waits: Vec<u64> = (1..=11).map(|n| pause_ms(n, None, 0.0)).collect();
        assert_eq!(waits[..5], [1000, 2000, 4000, 8000, 16_000]);
        assert_eq!(waits[10], MAX_PAUSE_MS);
        assert_eq!(pause_ms(u32::MAX, None, 1.0), MAX_PAUSE_MS);
        assert_eq!(pause_ms(1, Some(30_000), 0.0), 30_000);
        assert_eq!(pause_ms(1, Some(u64::MAX), 0.0), MAX_PAUSE_MS);
        assert_eq!(pause_ms(1, None, 1.0), 1100);
    }
}
