//! What listens: the receiver for inbound webhooks, the connections of it and of the local API, and scripted targets, local endpoints that
//! answer deliveries as a script tells them. Relays, which are pulled from. And what the receiver
//! check sends to an endpoint of the user's, and makes of its answers.

mod check;
mod inbound;
mod listening;
mod relay;
mod target;

pub use check::{
    Case, CaseName, CheckFinding, CheckResult, Planned, PlannedRequest, Seen, Suite, judge, not_tried, suite,
};
pub use inbound::{
    AcceptedEvent, InboundAnswer, InboundBody, InboundLimits, InboundPath, InboundRequest, Intake,
    IntakeDecision, MASKED_KEY, REFUSED_BURST, REFUSED_PER_SECOND, RETRY_AFTER_S, Refusal, RefusedRate,
    Rules, decide, read_path, serve_inbound, without_key,
};
pub use listening::{Answers, ConnectionLimits, Visit, serve_connections};
pub use relay::{
    EventStream, MAX_PAUSE_MS, MAX_SSE_BYTES, Pulled, RelayError, RelayListing, RequestList, RequestPage,
    SseEvent, SseParser, StreamClient, pause_ms, read_message,
};
pub use target::{
    Chance, MAX_REPEAT, MAX_SCRIPT_STEPS, MAX_WAIT_MS, Script, ScriptError, ScriptStep, ScriptedAnswer,
    TARGET_BODY_LIMIT, Target, TargetArrival, TargetCheck, TargetError, TargetOptions, parse_script,
};
