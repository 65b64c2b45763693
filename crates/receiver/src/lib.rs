//! What listens: the receiver for inbound webhooks, and scripted targets, local endpoints that
//! answer deliveries as a script tells them.

mod inbound;
mod target;

pub use inbound::{
    Brought, Decision, InboundAnswer, InboundBody, InboundLimits, InboundPath, InboundRequest, Intake,
    REFUSED_BURST, REFUSED_PER_SECOND, RETRY_AFTER_S, Refusal, RefusedRate, Rules, decide, read_path,
    serve_inbound,
};
pub use target::{
    Arrival, Chance, MAX_REPEAT, MAX_SCRIPT_STEPS, MAX_WAIT_MS, Script, ScriptError, Step, TARGET_BODY_LIMIT,
    Target, TargetError, TargetOptions, parse_script,
};
