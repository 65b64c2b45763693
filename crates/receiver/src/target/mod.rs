//! Scripted targets: endpoints on this machine that behave as badly as a receiver can.

mod answer;
mod body;
mod script;
mod server;

pub use answer::ScriptedAnswer;
pub use script::{MAX_REPEAT, MAX_SCRIPT_STEPS, MAX_WAIT_MS, Script, ScriptError, ScriptStep, parse_script};
pub use server::{Chance, TARGET_BODY_LIMIT, Target, TargetArrival, TargetCheck, TargetError, TargetOptions};
