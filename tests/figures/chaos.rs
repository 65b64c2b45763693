//! Random inputs that are the same in every run, so that what breaks can be found again.

/// A splitmix64 sequence.
pub(crate) struct Chaos(u64);

impl Chaos {
    /// Starts a sequence.
    pub(crate) fn from(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number that is often small, often huge, often at an edge.
    pub(crate) fn extreme(&mut self) -> u64 {
        match self.below(6) {
            0 => 0,
            1 => u64::MAX - self.below(3),
            2 => self.below(100),
            3 => u64::try_from(i64::MAX).unwrap_or(0).wrapping_add(self.below(3)).wrapping_sub(1),
            4 => self.below(100_000_000_000),
            _ => self.next(),
        }
    }

    /// The same with a sign.
    pub(crate) fn signed(&mut self) -> i64 {
        i64::from_ne_bytes(self.extreme().to_ne_bytes())
    }

    /// One of these.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(of.len() as u64)).unwrap_or(0);
        &of[index]
    }

    /// Some bytes, mostly readable.
    pub(crate) fn bytes(&mut self, most: u64) -> Vec<u8> {
        let readable = self.below(3) > 0;
        (0..self.below(most + 1))
            .map(|_| {
                let byte = u8::try_from(self.below(256)).unwrap_or(0);
                if readable { b' ' + byte % 95 } else { byte }
            })
            .collect()
    }

    /// So many bytes of any kind.
    pub(crate) fn exactly(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// The same as text.
    pub(crate) fn text(&mut self, most: u64) -> String {
        String::from_utf8_lossy(&self.bytes(most)).into_owned()
    }
}
