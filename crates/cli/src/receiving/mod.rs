//! What comes in: sources, scripted targets, checking a receiver, sending a request again.

pub(crate) mod check_receiver;
pub(crate) mod resend;
pub(crate) mod sources;
pub(crate) mod target;
