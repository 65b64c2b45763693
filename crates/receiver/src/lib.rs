//! What listens: scripted targets, local endpoints that answer deliveries as a script tells them.

mod target;

pub use target::{
    Arrival, Chance, MAX_REPEAT, MAX_SCRIPT_STEPS, MAX_WAIT_MS, Script, ScriptError, Step, TARGET_BODY_LIMIT,
    Target, TargetError, TargetOptions, parse_script,
};
