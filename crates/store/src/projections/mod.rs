//! What follows behind by a consumer offset: aggregates of the log, and what events teach.

pub(crate) mod aggregates;
pub(crate) mod learning;
pub(crate) mod segments;
