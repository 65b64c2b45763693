//! Why: what a failed attempt means, what a schedule survives, and what is wrong with a signature.
//!
//! Everything here is pure and works on what was recorded: [`Plan`] draws a retry schedule,
//! [`verdict`] reads one failed attempt, [`diagnose`] takes a signature apart.

mod autopsy;
mod plan;
mod verdict;

pub use autopsy::{
    Autopsy, Candidate, Cause, Confidence, Difference, GivenSecret, Input, Language, Role, diagnose, snippet,
};
pub use plan::{MAX_LISTED, Plan, PlannedAttempt, survives};
pub use verdict::{Actor, Verdict, VerdictCode, verdict};
