//! Why: what a failed attempt means, what a schedule survives, and what is wrong with a signature.
//!
//! Everything here is pure and works on what was recorded: [`Plan`] draws a retry schedule,
//! [`verdict`] reads one failed attempt, [`diagnose`] takes a signature apart, [`why`] explains what
//! became of an event, [`compare`] finds what differs, [`forecast`] says what an outage costs,
//! [`InferredSchema`] learns how events look, [`check_payload`] finds what is odd about their data.

mod autopsy;
mod compare;
mod drift;
mod forecast;
mod payload;
mod plan;
mod verdict;
mod why;

pub use autopsy::{
    Autopsy, Candidate, Cause, Confidence, Difference, GivenSecret, Input, Language, Role, diagnose,
    diagnose_within, diagnosis_budget, snippet,
};
pub use compare::{
    BodyDifference, ComparedMessage, Comparison, FactDifference, FirstDifference, HeaderChange,
    HeaderDifference, MessageDifference, PathChange, PathDifference, Side, TimingDifference, compare,
    compare_bodies, compare_bodies_within, compare_headers, compare_within, comparison_budget,
};
pub use drift::{
    DriftKind, FieldDrift, FieldKind, InferredSchema, LEARNING, MAX_DEPTH, MAX_PATHS, SchemaField, fields_of,
};
pub use forecast::{Forecast, ForecastOutcome, Outage, Waits, forecast};
pub use payload::{
    Finding, FindingCode, MAX_FINDINGS, Severity, check_payload, conversion_id, duplicate_conversion,
};
pub use plan::{MAX_LISTED, Plan, PlannedAttempt, survives};
pub use verdict::{Actor, Verdict, VerdictCode, verdict};
pub use why::{Became, Clause, ClauseCode, Known, Piece, Question, Said, Standing, Why, WhyCode, why};
