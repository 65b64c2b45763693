//! The receiver check: what is sent to an endpoint of the user's to see whether it verifies,
//! answers and deduplicates as a receiver has to, and what its answers mean. Pure: somebody else
//! sends.

mod case;
mod judge;
mod suite;

pub use case::{Case, CaseName};
pub use judge::{CheckFinding, CheckResult, Seen, judge, not_tried};
pub use suite::{Planned, PlannedRequest, Suite, suite};
