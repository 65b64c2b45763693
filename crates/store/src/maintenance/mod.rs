//! Looking after what is stored: retention, erasing, what is known of the clock.

pub(crate) mod clock;
pub(crate) mod erase;
pub(crate) mod prune;
pub(crate) mod retention;
