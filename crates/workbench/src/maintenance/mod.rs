//! Looking after the data folder: the doctor, retention, what follows the log at a distance.

pub(crate) mod doctor;
pub(crate) mod indexing;
pub(crate) mod learning;
pub(crate) mod retention;
