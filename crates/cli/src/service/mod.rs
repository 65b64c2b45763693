//! Commands that go on until they are stopped.

pub(crate) mod demo;
pub(crate) mod emulate;
pub(crate) mod receiver;
pub(crate) mod run;
pub(crate) mod signals;
