//! How many in what time.

use std::time::Duration;

use anyhow::Context;

/// What is compared is measured in turns: a machine that is slower for a while slows all of it.
pub(super) const ROUNDS: u32 = 3;

/// So many in such a time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rate {
    pub(super) count: u64,
    /// Until all were taken in; what is only posted is taken in as it is answered.
    pub(super) accepted: Duration,
    /// Until all was done.
    pub(super) took: Duration,
}

impl std::ops::AddAssign for Rate {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.accepted += other.accepted;
        self.took += other.took;
    }
}

impl Rate {
    pub(super) fn per_second(self) -> f64 {
        number(self.count) / self.took.as_secs_f64()
    }

    pub(super) fn accepted_per_second(self) -> f64 {
        number(self.count) / self.accepted.as_secs_f64()
    }
}

/// The middle one.
///
/// # Errors
/// When there is none.
pub(super) fn median(mut values: Vec<u64>) -> anyhow::Result<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied().context("nothing was measured")
}

#[expect(clippy::cast_precision_loss, reason = "counts, microseconds and bytes far below 2^53")]
pub(super) fn number(n: u64) -> f64 {
    n as f64
}
