//! The file itself: opening it, who uses it, whether it is whole and still there.

pub(crate) mod dispatcher;
pub(crate) mod examine;
pub(crate) mod files;
pub(crate) mod location;
pub(crate) mod lock;
pub(crate) mod open;
