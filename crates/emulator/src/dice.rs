//! Chance from a seed: splitmix64, whose outputs do not repeat within a cycle of 2^64.

#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        let span = u128::from(high.saturating_sub(low)) + 1;
        low + u64::try_from((u128::from(self.draw()) * span) >> 64).unwrap_or(0)
    }

    /// True in `share` of 1000 cases.
    pub(crate) fn per_mille(&mut self, share: u64) -> bool {
        self.between(0, 999) < share
    }

    /// An index into something of `len` parts; 0 if it has none.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        let last = u64::try_from(len.saturating_sub(1)).unwrap_or(0);
        usize::try_from(self.between(0, last)).unwrap_or(0)
    }

    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, from: &[T; N]) -> T {
        from[self.index(N)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_draws_what_splitmix64_is_published_to_draw() {
        let mut dice = Dice::new(1_234_567);
        assert_eq!(
            [dice.draw(), dice.draw(), dice.draw()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn numbers_stay_between_their_ends_and_reach_both() {
        let mut dice = Dice::new(7);
        let drawn: std::collections::BTreeSet<u64> = (0..1000).map(|_| dice.between(3, 6)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert_eq!(dice.between(9, 9), 9);
    }
}
