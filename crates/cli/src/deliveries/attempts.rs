//! One line per finished attempt, for people and for programs.

use hookbench_domain::{DeliveryId, DeliveryState, Outcome, SubscriptionId, Timestamp, Trigger};
use hookbench_workbench::{AttemptFinished, Workbench};
use serde::Serialize;

use crate::output::out::FAINT;
use crate::output::words::{clock, duration, short, state_mark, state_style, took};

/// A finished attempt as a line of a JSON stream.
#[derive(Debug, Serialize)]
pub(crate) struct AttemptJson<'a> {
    event: &'static str,
    delivery: DeliveryId,
    subscription: SubscriptionId,
    event_id: &'a str,
    event_type: &'a str,
    number: u32,
    trigger: Trigger,
    outcome: Outcome,
    status: Option<u16>,
    total_ms: u64,
    state: &'static str,
    next_attempt_at: Option<Timestamp>,
    test: bool,
}

fn next_attempt_at(told: &AttemptFinished) -> Option<Timestamp> {
    match &told.after.state {
        DeliveryState::Pending(pending) => Some(pending.next_attempt_at),
        DeliveryState::InFlight { .. }
        | DeliveryState::Delivered { .. }
        | DeliveryState::Failed { .. }
        | DeliveryState::Cancelled { .. }
        | DeliveryState::Skipped { .. } => None,
    }
}

/// For programs.
#[must_use]
pub(crate) fn as_json(told: &AttemptFinished) -> AttemptJson<'_> {
    AttemptJson {
        event: "attempt",
        delivery: told.delivery,
        subscription: told.subscription,
        event_id: &told.event,
        event_type: &told.event_type,
        number: told.attempt.number,
        trigger: told.attempt.trigger,
        outcome: told.attempt.outcome,
        status: told.attempt.status(),
        total_ms: told.attempt.timings.total_us / 1000,
        state: told.after.state.name(),
        next_attempt_at: next_attempt_at(told),
        test: told.test,
    }
}

/// For people: when, what became of it, which event, where to, what came back, how long it took.
#[must_use]
pub(crate) fn as_text(told: &AttemptFinished, workbench: &Workbench) -> String {
    let state = told.after.state.name();
    let style = state_style(state);
    let target = workbench
        .subscriptions()
        .get(told.subscription)
        .map(|s| if s.name.is_empty() { s.url } else { s.name })
        .unwrap_or_else(|_| told.subscription.to_string());
    let answer = match told.attempt.status() {
        Some(status) => status.to_string(),
        None => told.attempt.outcome.as_str().to_owned(),
    };
    let ended = told.attempt.finished_at();
    let then = match &told.after.state {
        DeliveryState::Pending(pending) => {
            format!("again in {}", duration(pending.next_attempt_at.since(ended)))
        }
        DeliveryState::Failed { failure, .. } => failure.as_str().to_owned(),
        DeliveryState::Delivered { .. } if told.attempt.number > 1 => {
            format!("at attempt {}", told.attempt.number)
        }
        DeliveryState::Delivered { .. }
        | DeliveryState::InFlight { .. }
        | DeliveryState::Cancelled { .. }
        | DeliveryState::Skipped { .. } => String::new(),
    };
    let test = if told.test { "test " } else { "" };
    format!(
        "{FAINT}{}{FAINT:#}  {style}{} {state:<9}{style:#}  {:<28}  {:<24}  {answer:>7}  {:>8}  {FAINT}{test}{then}{FAINT:#}",
        clock(ended),
        state_mark(state),
        short(&told.event_type, 28),
        short(&target, 24),
        took(told.attempt.timings.total_us),
    )
}
