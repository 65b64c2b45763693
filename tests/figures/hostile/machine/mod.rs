//! What the machine does: clock, disk, files, keyring.

pub(super) mod clocks;
pub(super) mod database;
pub(super) mod files;
pub(super) mod keyrings;
