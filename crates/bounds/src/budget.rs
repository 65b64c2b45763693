//! How much a search or a walk may cost. Counted, not timed: the same input always ends at the
//! same place. Who has a clock, or a caller who may go away, hands in a question that is asked now
//! and then.

use std::cell::Cell;
use std::fmt;

/// After so many steps the caller is asked whether to go on.
const STEPS_PER_QUESTION: u64 = 1 << 18;

/// Why something ended before it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It took all the steps that it may take.
    Steps,
    /// It needed more memory than it may have.
    Memory,
    /// The caller wants no answer any more, or not this late.
    Stopped,
}

/// What is left of what a search may cost. A step is about a byte that is looked at or written.
///
/// Memory is counted as it is held: [`Budget::hold`] takes it, [`Budget::release`] gives it back.
/// A request that does not fit is refused and noted, and the work goes on with what it has. Steps
/// and the caller's word end everything: from then on each [`Budget::spend`] answers `false`.
pub struct Budget<'a> {
    steps: Cell<u64>,
    until_question: Cell<u64>,
    bytes: Cell<usize>,
    most_held: Cell<usize>,
    limit: usize,
    over: Cell<Option<Ended>>,
    refused: Cell<bool>,
    stop: &'a dyn Fn() -> bool,
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("steps_left", &self.steps.get())
            .field("bytes_left", &self.bytes.get())
            .field("ended", &self.ended())
            .finish_non_exhaustive()
    }
}

impl<'a> Budget<'a> {
    /// So many steps, and so many bytes of memory at a time. `stop` is asked now and then, and ends
    /// the work when it answers `true`.
    #[must_use]
    pub fn new(steps: u64, bytes: usize, stop: &'a dyn Fn() -> bool) -> Self {
        Self {
            steps: Cell::new(steps),
            until_question: Cell::new(0),
            bytes: Cell::new(bytes),
            most_held: Cell::new(0),
            limit: bytes,
            over: Cell::new(None),
            refused: Cell::new(false),
            stop,
        }
    }

    /// Takes so many steps. `false` when the work has ended: then there is nothing left to do but to
    /// return with what was found.
    pub fn spend(&self, steps: u64) -> bool {
        if self.over.get().is_some() {
            return false;
        }
        let Some(left) = self.steps.get().checked_sub(steps) else {
            self.over.set(Some(Ended::Steps));
            return false;
        };
        self.steps.set(left);
        match self.until_question.get().checked_sub(steps) {
            Some(until) => self.until_question.set(until),
            None => {
                self.until_question.set(STEPS_PER_QUESTION);
                if (self.stop)() {
                    self.over.set(Some(Ended::Stopped));
                    return false;
                }
            }
        }
        true
    }

    /// Takes as many steps as there are bytes.
    pub fn spend_on(&self, bytes: usize) -> bool {
        self.spend(u64::try_from(bytes).unwrap_or(u64::MAX))
    }

    /// Takes so many bytes of memory; `false`, and none is taken, when they are not left.
    pub fn hold(&self, bytes: usize) -> bool {
        match self.bytes.get().checked_sub(bytes) {
            Some(left) => {
                self.bytes.set(left);
                self.most_held.set(self.most_held.get().max(self.limit.saturating_sub(left)));
                true
            }
            None => {
                self.refused.set(true);
                false
            }
        }
    }

    /// Gives so many bytes of memory back.
    pub fn release(&self, bytes: usize) {
        self.bytes.set(self.bytes.get().saturating_add(bytes).min(self.limit));
    }

    /// Whether the work has ended early.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.get().is_some()
    }

    /// Why not everything was done; `None` when it was.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        self.over.get().or_else(|| self.refused.get().then_some(Ended::Memory))
    }

    /// Steps that are left.
    #[must_use]
    pub fn steps_left(&self) -> u64 {
        self.steps.get()
    }

    /// The most memory that was held at a time, in bytes.
    #[must_use]
    pub fn most_held(&self) -> usize {
        self.most_held.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end_the_work_and_memory_only_what_needs_it() {
        let budget = Budget::new(10, 100, &|| false);
        assert!(budget.spend(4) && budget.hold(60));
        assert!(!budget.hold(41), "60 of 100 are held");
        assert_eq!((budget.ended(), budget.is_over()), (Some(Ended::Memory), false));
        budget.release(60);
        assert!(budget.hold(100) && budget.spend(6));
        assert!(!budget.spend(1) && !budget.spend(0), "it has ended");
        assert_eq!((budget.ended(), budget.steps_left(), budget.most_held()), (Some(Ended::Steps), 0, 100));
    }

    #[test]
    fn the_caller_ends_it() {
        let asked = Cell::new(0);
        let stop = || {
            asked.set(asked.get() + 1);
            asked.get() > 2
        };
        let budget = Budget::new(u64::MAX, 0, &stop);
        let steps = std::iter::from_fn(|| budget.spend(1 << 16).then_some(())).take(1000).count();
        assert_eq!(budget.ended(), Some(Ended::Stopped));
        assert!(steps < 12, "asked every 2^18 steps, taken {steps} times 2^16");
    }
}
