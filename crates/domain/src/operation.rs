//! Operations: work on many deliveries that goes on by itself until it is done, stopped or
//! cancelled. One delivery goes first, the canary; the rest follows at a pace, and stops when
//! failures pile up. What is next is decided here, from counts alone.

use serde::{Deserialize, Serialize};

/// How many may be under way at a time.
pub const OPERATION_UNDER_WAY: u32 = 32;
/// After so many failures in a row an operation stops.
pub const OPERATION_IN_A_ROW: u32 = 5;
/// From so many ended ones on, more than one failure in ten stops an operation.
pub const OPERATION_SAMPLE: u32 = 20;
/// How many a second an operation sends if nobody says otherwise.
pub const OPERATION_RATE: f64 = 10.0;

macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$of:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        pub enum $type { $($(#[$of])* $variant),+ }

        impl $type {
            /// The name used in JSON and SQL.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
            /// The variant of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named!(
    /// What an operation does.
    OperationKind {
        /// Tries again what a filter names.
        Retry = "retry",
        /// Resends what failed of one subscription.
        Recover = "recover",
        /// Sends events to one subscription that were not sent to it, or all of them again.
        Replay = "replay",
        /// Stops what waits.
        Cancel = "cancel",
    }
);
named!(
    /// Where an operation stands.
    OperationState {
        /// What it is about is being put together.
        Preparing = "preparing",
        /// Waits for a dispatcher.
        Queued = "queued",
        /// The first one is on its way; the others wait for its end.
        Canary = "canary",
        /// Goes on at its pace.
        Running = "running",
        /// All ended.
        Done = "done",
        /// It stopped by itself.
        Stopped = "stopped",
        /// A person stopped it.
        Cancelled = "cancelled",
    }
);

impl OperationState {
    /// Whether nothing more will be sent.
    #[must_use]
    pub const fn ended(self) -> bool {
        match self {
            Self::Preparing | Self::Queued | Self::Canary | Self::Running => false,
            Self::Done | Self::Stopped | Self::Cancelled => true,
        }
    }
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OperationCounts {
    /// How many it is about.
    pub total: u32,
    /// Under way.
    pub sent: u32,
    /// Got through; of a cancelling one, cancelled.
    pub delivered: u32,
    /// Did not get through.
    pub failed: u32,
    /// There was nothing to do any more when their turn came.
    pub left_out: u32,
    /// How many of the last ended ones failed without a success between.
    pub failed_in_a_row: u32,
}

impl OperationCounts {
    /// Those that wait for their turn.
    #[must_use]
    pub const fn waiting(&self) -> u32 {
        self.total.saturating_sub(self.sent).saturating_sub(self.ended())
    }

    /// Those that ended.
    #[must_use]
    pub const fn ended(&self) -> u32 {
        self.delivered.saturating_add(self.failed).saturating_add(self.left_out)
    }

    /// Why an operation should not go on, if so.
    fn too_many_failures(&self) -> Option<String> {
        let tried = self.delivered.saturating_add(self.failed);
        if self.failed_in_a_row >= OPERATION_IN_A_ROW {
            Some(format!("{} deliveries in a row failed", self.failed_in_a_row))
        } else if tried >= OPERATION_SAMPLE && u64::from(self.failed) * 10 > u64::from(tried) {
            Some(format!("{} of {tried} deliveries failed, more than one in ten", self.failed))
        } else {
            None
        }
    }
}

/// What an operation does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Nothing now.
    Wait,
    /// Goes on in this state, sending so many.
    Send(OperationState, u32),
    /// Ends.
    End(OperationState, Option<String>),
}

/// Decides what an operation does next. `allowance` is how many its pace lets through now;
/// `last_failure` says how the last failed one ended.
#[must_use]
pub fn next_move(
    state: OperationState,
    tally: &OperationCounts,
    canary: bool,
    allowance: u32,
    last_failure: Option<&str>,
) -> Move {
    let because = last_failure.map_or_else(String::new, |why| format!(" (the last one: {why})"));
    match state {
        OperationState::Preparing
        | OperationState::Done
        | OperationState::Stopped
        | OperationState::Cancelled => Move::Wait,
        OperationState::Queued if tally.waiting() == 0 && tally.sent == 0 => {
            Move::End(OperationState::Done, None)
        }
        OperationState::Queued if canary && tally.waiting() > 0 => Move::Send(OperationState::Canary, 1),
        OperationState::Queued => Move::Send(OperationState::Running, 0),
        OperationState::Canary if tally.sent > 0 => Move::Wait,
        OperationState::Canary if tally.failed > 0 => {
            let why = format!(
                "the first delivery, sent alone to see whether it gets through, failed{because}; \
                 the other {} were not sent: remove the cause, then start again",
                tally.waiting()
            );
            Move::End(OperationState::Stopped, Some(why))
        }
        OperationState::Canary if tally.delivered > 0 => Move::Send(OperationState::Running, 0),
        // The one that was to go first had nothing to send: the next one goes.
        OperationState::Canary if tally.waiting() > 0 => Move::Send(OperationState::Canary, 1),
        OperationState::Canary => Move::End(OperationState::Done, None),
        OperationState::Running => {
            if let (Some(why), true) = (tally.too_many_failures(), tally.waiting() > 0) {
                let left = tally.waiting();
                let why = format!(
                    "{why}{because}; the other {left} were not sent: remove the cause, then start again"
                );
                return Move::End(OperationState::Stopped, Some(why));
            }
            let room = OPERATION_UNDER_WAY.saturating_sub(tally.sent);
            match allowance.min(room).min(tally.waiting()) {
                0 if tally.waiting() == 0 && tally.sent == 0 => Move::End(OperationState::Done, None),
                0 => Move::Wait,
                n => Move::Send(OperationState::Running, n),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tally(total: u32, sent: u32, delivered: u32, failed: u32, failed_in_a_row: u32) -> OperationCounts {
        OperationCounts { total, sent, delivered, failed, left_out: 0, failed_in_a_row }
    }

    fn next(state: OperationState, tally: OperationCounts) -> Move {
        next_move(state, &tally, true, 3, Some("HTTP 503"))
    }

    #[test]
    fn one_goes_first_and_the_others_follow_when_it_got_through() {
        use OperationState::{Canary, Done, Queued, Running};
        assert_eq!(next(Queued, tally(10, 0, 0, 0, 0)), Move::Send(Canary, 1));
        assert_eq!(next(Canary, tally(10, 1, 0, 0, 0)), Move::Wait);
        assert_eq!(next(Canary, tally(10, 0, 1, 0, 0)), Move::Send(Running, 0));
        assert_eq!(next(Running, tally(10, 2, 1, 0, 0)), Move::Send(Running, 3));
        assert_eq!(next(Running, tally(10, 0, 10, 0, 0)), Move::End(Done, None));
        assert_eq!(next(Queued, tally(0, 0, 0, 0, 0)), Move::End(Done, None));
    }

    #[test]
    fn a_first_one_that_fails_stops_it_with_a_sentence() {
        let Move::End(OperationState::Stopped, Some(why)) =
            next(OperationState::Canary, tally(10, 0, 0, 1, 1))
        else {
            panic!("it goes on")
        };
        assert!(why.contains("HTTP 503") && why.contains("other 9"), "{why}");
    }

    #[test]
    fn failures_that_pile_up_stop_it() {
        let stops = |t| matches!(next(OperationState::Running, t), Move::End(OperationState::Stopped, _));
        assert!(stops(tally(100, 0, 3, 5, 5)));
        assert!(!stops(tally(100, 0, 3, 4, 4)));
        assert!(stops(tally(100, 0, 27, 4, 1)));
        assert!(!stops(tally(100, 0, 36, 4, 1)));
        assert!(!stops(tally(100, 0, 16, 3, 1)), "too few to judge");
        assert!(!stops(tally(8, 0, 3, 5, 5)), "nothing is left to stop");
    }

    #[test]
    fn without_a_canary_it_goes_on_at_once() {
        let queued = next_move(OperationState::Queued, &tally(10, 0, 0, 0, 0), false, 0, None);
        assert_eq!(queued, Move::Send(OperationState::Running, 0));
    }

    proptest! {
        #[test]
        fn never_more_is_sent_than_waits_or_has_room(
            total in 0u32..100, sent in 0u32..50, delivered in 0u32..50, failed in 0u32..50,
            allowance in any::<u32>(), row in 0u32..10,
        ) {
            let t = tally(total, sent, delivered, failed, row);
            for state in [OperationState::Queued, OperationState::Canary, OperationState::Running] {
                if let Move::Send(_, n) = next_move(state, &t, true, allowance, None) {
                    prop_assert!(n <= t.waiting() && n <= OPERATION_UNDER_WAY);
                }
            }
        }
    }
}
