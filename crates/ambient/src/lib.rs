//! The one place that reads the machine's clock and randomness. Everything else takes them as
//! arguments, so that it can be tested with any clock and any chance.
#![expect(clippy::disallowed_methods, reason = "this crate is where the ban sends people")]

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hookbench_domain::Timestamp;

/// Tells the time of day.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<Manual>>);

/// A clock that is moved by hand.
#[derive(Debug)]
struct Manual {
    now: AtomicI64,
    steady_ms: AtomicU64,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`Clock::set`] moves it, for tests.
    #[must_use]
    pub fn manual(at: Timestamp) -> Self {
        Self(Some(Arc::new(Manual { now: AtomicI64::new(at.ms()), steady_ms: AtomicU64::new(0) })))
    }

    /// Sets a manual clock and all its clones, as a person sets a clock: no time passes by that. The
    /// machine's clock is not moved.
    pub fn set(&self, at: Timestamp) {
        if let Some(manual) = &self.0 {
            manual.now.store(at.ms(), Ordering::SeqCst);
        }
    }

    /// Lets time pass on a manual clock and all its clones. The machine's clock is not moved.
    pub fn pass(&self, ms: u64) {
        if let Some(manual) = &self.0 {
            manual.now.store(self.now().plus_ms(ms).ms(), Ordering::SeqCst);
            manual.steady_ms.fetch_add(ms, Ordering::SeqCst);
        }
    }

    /// Milliseconds on a clock that nobody sets; it may stand still while the machine sleeps.
    #[must_use]
    pub fn steady_ms(&self) -> u64 {
        match &self.0 {
            Some(manual) => manual.steady_ms.load(Ordering::SeqCst),
            None => u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(manual) => Timestamp::from_ms(manual.now.load(Ordering::SeqCst)),
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
        }
    }
}

/// Where the steady clock starts to count.
static START: OnceLock<Instant> = OnceLock::new();

/// Measures how long something takes, unmoved by changes of the time of day.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Microseconds since the start.
    #[must_use]
    pub fn us(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Random bytes of the operating system.
///
/// # Panics
/// When the operating system has none to give: nothing safe can be done without.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no random bytes: {error}");
    }
    bytes
}

/// A random number for the low part of an identifier.
#[must_use]
pub fn random_low() -> u128 {
    u128::from_le_bytes(random_bytes())
}

/// A random share in 0..1, for jitter.
#[must_use]
pub fn chance() -> f64 {
    f64::from(u32::from_le_bytes(random_bytes())) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_with_its_clones_only_when_told() {
        let clock = Clock::manual(Timestamp::from_ms(5));
        let clone = clock.clone();
        clone.set(Timestamp::from_ms(9));
        assert_eq!((clock.now().ms(), clock.steady_ms()), (9, 0));
        clone.pass(4);
        assert_eq!((clock.now().ms(), clock.steady_ms()), (13, 4));
    }

    #[test]
    fn chance_stays_below_one() {
        assert!((0..1000).map(|_| chance()).all(|c| (0.0..1.0).contains(&c)));
    }
}
