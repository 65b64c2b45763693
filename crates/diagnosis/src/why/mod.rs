//! Why an event was, or was not, sent to a subscription: each rule in turn, as it was when the event
//! came and as it is now.

mod clauses;
#[cfg(test)]
mod tests;

use hookbench_domain::{Breaker, Definition, StoredEvent, Timestamp};
use hookbench_filter::{Facts, Filter};
use serde::Serialize;

/// A subscription as it stood at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// What it wanted and how it was set up.
    pub definition: &'a Definition,
    /// Why the program had disabled it.
    pub disabled_because: Option<&'a str>,
    /// Since when it was paused by itself.
    pub paused_since: Option<Timestamp>,
    /// Since when everything was paused.
    pub all_paused_since: Option<Timestamp>,
    /// Whether its deliveries were held because the host was not well.
    pub breaker: Breaker,
    /// Its filter, compiled.
    pub filter: Option<&'a Filter>,
}

/// What is known of a subscription at a moment.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// How it stood.
    At(Standing<'a>),
    /// It did not exist yet.
    NotYet,
    /// It was deleted by then.
    Deleted,
    /// It existed, but what it was like was not recorded.
    Unrecorded,
}

/// What became of the event at the subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// The delivery's state.
    pub state: String,
    /// Why there are no more automatic attempts.
    pub failure: Option<String>,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// Attempts made or under way.
    pub attempts: u32,
    /// The last attempt's status or outcome, in a word.
    pub answer: Option<String>,
    /// When the next attempt falls.
    pub next_attempt_at: Option<Timestamp>,
    /// When the delivery was made.
    pub made_at: Timestamp,
    /// How many deliveries of the same subscription are due before it.
    pub ahead: i64,
}

/// Everything the answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The event.
    pub event: &'a StoredEvent,
    /// The brand that subscriptions match it by.
    pub brand: Option<&'a str>,
    /// What filters see of it.
    pub facts: &'a Facts,
    /// How often the same event came again.
    pub repeats: u64,
    /// When the subscription was made.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The platform where it runs, if it does not run here.
    pub at_platform: Option<&'a str>,
    /// How it stood when the event came.
    pub then: Known<'a>,
    /// How it stands now.
    pub now: Known<'a>,
    /// The last delivery of the event to it.
    pub became: Option<&'a Became>,
    /// The moment now.
    pub at: Timestamp,
}

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ClauseCode {
    /// The subscription exists.
    Exists,
    /// It runs here, not at a platform.
    RunsHere,
    /// Tests go to one subscription only.
    Test,
    /// The same event is sent once.
    Duplicate,
    /// One of its patterns takes the event's type.
    EventType,
    /// The event is of the brand it is limited to.
    Brand,
    /// Its filter lets the event through.
    Filter,
    /// It is enabled.
    Enabled,
    /// Neither it nor everything is paused.
    Paused,
    /// Its host is well.
    Breaker,
    /// Rate, places and order.
    Limits,
}

/// A piece of a rule: one pattern, one condition of the filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Piece {
    /// As it was written.
    pub text: String,
    /// Whether it holds.
    pub holds: bool,
    /// The value that decided.
    pub because: String,
    /// Which alternative it belongs to; any one alternative that holds is enough.
    pub alternative: usize,
}

/// What a rule says at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Said {
    /// Whether it lets the event through; null where that is not known.
    pub holds: Option<bool>,
    /// Why, in a sentence.
    pub because: String,
    /// The pieces it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Piece>>"))]
    pub pieces: Vec<Piece>,
}

/// One rule, then and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Clause {
    /// Which rule.
    pub clause: ClauseCode,
    /// When the event came.
    pub then: Said,
    /// Now.
    pub now: Said,
}

/// What became of the event, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum WhyCode {
    /// It arrived.
    Delivered,
    /// It is under way, or waits for its next attempt.
    Waiting,
    /// It waits because something holds it: a pause, a breaker, a disabled subscription.
    Held,
    /// It was sent and failed for good.
    Failed,
    /// A person stopped it.
    Cancelled,
    /// It was kept back: the subscription was disabled.
    Skipped,
    /// The subscription did not want it: type, brand or filter.
    NotWanted,
    /// The subscription did not exist when it came.
    NotYet,
    /// The subscription was deleted before it came.
    Deleted,
    /// The platform sends to it, not this machine.
    AtPlatform,
    /// It was a test of another subscription.
    OtherTest,
    /// What the subscription was like then is not known.
    Unknown,
}

/// Why an event was, or was not, sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Why {
    /// Whether at least one attempt was made.
    pub sent: bool,
    /// What became of it.
    pub code: WhyCode,
    /// The answer in a sentence.
    pub sentence: String,
    /// Whether the same event would be sent if it came now.
    pub would_be_sent_now: bool,
    /// That in a sentence.
    pub now_sentence: String,
    /// Each rule, in the order in which they decide.
    pub clauses: Vec<Clause>,
}

/// Answers why.
#[must_use]
pub fn why(question: &Question<'_>) -> Why {
    let clauses = clauses::all(question);
    let (code, sentence) = answer(question, &clauses);
    let stops = clauses.iter().find(|c| c.now.holds == Some(false));
    let would_be_sent_now = stops.is_none() && matches!(question.now, Known::At(_));
    Why {
        sent: question.became.is_some_and(|b| b.attempts > 0),
        code,
        sentence,
        would_be_sent_now,
        now_sentence: match stops {
            None if would_be_sent_now => "The same event would be sent now.".to_owned(),
            None => {
                "The same event would not be sent now: there is no such subscription any more.".to_owned()
            }
            Some(clause) => format!("The same event would not go out now: {}", clause.now.because),
        },
        clauses,
    }
}

fn answer(question: &Question<'_>, clauses: &[Clause]) -> (WhyCode, String) {
    if let Some(became) = question.became {
        return from_delivery(became, clauses, question.at);
    }
    let stopped = |code: ClauseCode| clauses.iter().find(|c| c.clause == code && c.then.holds == Some(false));
    for (clause, code) in [
        (ClauseCode::RunsHere, WhyCode::AtPlatform),
        (ClauseCode::Test, WhyCode::OtherTest),
        (
            ClauseCode::Exists,
            if matches!(question.then, Known::Deleted) { WhyCode::Deleted } else { WhyCode::NotYet },
        ),
        (ClauseCode::EventType, WhyCode::NotWanted),
        (ClauseCode::Brand, WhyCode::NotWanted),
        (ClauseCode::Filter, WhyCode::NotWanted),
    ] {
        if let Some(found) = stopped(clause) {
            return (code, format!("It was not sent: {}", found.then.because));
        }
    }
    let text = match question.then {
        Known::Unrecorded => {
            "It was not sent. What the subscription was like when the event came was not recorded."
        }
        Known::At(_) | Known::NotYet | Known::Deleted => {
            "It has no delivery here although every rule lets it through: its delivery was removed by the log's retention."
        }
    };
    (WhyCode::Unknown, text.to_owned())
}

fn from_delivery(became: &Became, clauses: &[Clause], at: Timestamp) -> (WhyCode, String) {
    let attempts = match became.attempts {
        1 => "1 attempt".to_owned(),
        n => format!("{n} attempts"),
    };
    let answered =
        became.answer.as_ref().map(|a| format!(", the last one ended with {a}")).unwrap_or_default();
    let because = |code: ClauseCode| {
        let clause = clauses.iter().find(|c| c.clause == code && c.now.holds == Some(false))?;
        Some(clause.now.because.clone())
    };
    let held =
        || [ClauseCode::Enabled, ClauseCode::Paused, ClauseCode::Breaker].into_iter().find_map(because);
    match became.state.as_str() {
        "delivered" => (WhyCode::Delivered, format!("It was sent and arrived, after {attempts}.")),
        "failed" => (WhyCode::Failed, format!("It was sent and failed for good: {attempts}{answered}.")),
        "cancelled" => (
            WhyCode::Cancelled,
            format!("It was stopped by hand or with its subscription, after {attempts}."),
        ),
        "skipped" => {
            let why = match became.reason.as_deref() {
                Some("disabled") => "the subscription was disabled when the event came",
                Some("filtered") => "the filter left it out when it was replayed",
                Some("over_cap") => "more was waiting than may wait",
                Some(_) | None => "its rules kept it back",
            };
            (WhyCode::Skipped, format!("It was not sent: {why}. It can be sent with a retry."))
        }
        "in_flight" => (WhyCode::Waiting, "It is being sent right now.".to_owned()),
        _ => match held() {
            Some(why) => (WhyCode::Held, format!("It waits: {why}")),
            None => {
                let text = match became.next_attempt_at {
                    Some(next) if next > at => {
                        format!("It waits for its next attempt at {next}, after {attempts}{answered}.")
                    }
                    Some(_) | None if became.ahead > 0 => {
                        format!(
                            "It is due and waits for a place: {} of the same subscription are before it.",
                            became.ahead
                        )
                    }
                    Some(_) | None => "It is due and waits for a dispatcher or a free place.".to_owned(),
                };
                (WhyCode::Waiting, text)
            }
        },
    }
}
