//! What peers do: their connections, names and responses.

pub(super) mod handles;
pub(super) mod hosts;
pub(super) mod peers;
pub(super) mod wire;
