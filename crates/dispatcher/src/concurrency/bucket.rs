//! Tokens of a rate limit; a tenth of a second may come at once.

use hookbench_domain::Timestamp;

#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    pub(super) tokens: f64,
    at: Timestamp,
}

/// The bucket as it is now; a new one is full.
#[expect(clippy::cast_precision_loss, reason = "at most one second, in milliseconds")]
pub(super) fn refill(bucket: Option<Bucket>, rate: f64, now: Timestamp) -> Bucket {
    let burst = (rate / 10.0).max(1.0);
    let tokens = match bucket {
        None => burst,
        Some(b) => b.tokens + now.since(b.at).min(1000) as f64 * rate / 1000.0,
    };
    Bucket { tokens: tokens.min(burst), at: now }
}

impl Bucket {
    /// How many whole tokens there are.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of tokens, never negative"
    )]
    pub(super) fn whole(&self) -> u32 {
        self.tokens.max(0.0) as u32
    }
}
