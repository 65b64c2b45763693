//! The routes, by what they are about: each parses, calls one function, and shows its answer.

pub(crate) mod brands;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod filters;
pub(crate) mod investigate;
pub(crate) mod maintenance;
pub(crate) mod operations;
pub(crate) mod signatures;
pub(crate) mod sources;
pub(crate) mod subscriptions;
pub(crate) mod system;
pub(crate) mod targets;
