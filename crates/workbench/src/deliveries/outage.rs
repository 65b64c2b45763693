//! What an outage costs: which of the deliveries that wait are lost if an endpoint is down until then.

use hookbench_diagnosis::{ForecastOutcome, Outage, Waits, forecast};
use hookbench_domain::{
    DeliveryId, DeliveryState, Pending, Resume, SubscriptionId, Timestamp, Trigger, parse_duration_ms,
    parse_when,
};
use hookbench_store::{Registered, WaitingDelivery};
use serde::{Deserialize, Serialize};

use crate::WorkbenchError;
use crate::handles::Deliveries;

/// How many deliveries of a subscription are listed, the lost ones first.
const LISTED: usize = 200;

/// What to foretell.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct OutageQuery {
    /// For this subscription only.
    pub subscription: Option<SubscriptionId>,
    /// When the endpoint is back: RFC 3339, or `+2h` from now.
    pub down_until: String,
}

/// What becomes of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OutageDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// Its event.
    pub event: String,
    /// Its event's type.
    pub event_type: String,
    /// When its next attempt falls.
    pub next_attempt_at: Option<Timestamp>,
    /// How many attempts were made.
    pub attempt_count: u32,
    /// What becomes of it.
    #[serde(flatten)]
    pub fate: ForecastOutcome,
}

/// What an outage costs one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OutageLine {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Its name.
    pub subscription_name: String,
    /// How many deliveries wait or are under way.
    pub waiting: i64,
    /// How many of them are lost.
    pub lost: usize,
    /// How many are sent once the endpoint is back.
    pub survive: usize,
    /// How many would be lost by their schedules alone, but are held by the breaker meanwhile.
    pub spared: usize,
    /// When the breaker opens, or since when it is open.
    pub breaker_opens_at: Option<Timestamp>,
    /// Whether nothing is sent now anyway: it is disabled or paused.
    pub held: bool,
    /// It in a sentence.
    pub sentence: String,
    /// The deliveries, the lost ones first; at most 200.
    pub deliveries: Vec<OutageDelivery>,
}

/// What an outage costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OutageView {
    /// The moment it is foretold from.
    pub now: Timestamp,
    /// When the endpoint is back.
    pub down_until: Timestamp,
    /// How many deliveries wait, of all subscriptions asked for.
    pub waiting: i64,
    /// How many of them are lost.
    pub lost: usize,
    /// It in a sentence.
    pub sentence: String,
    /// Each subscription that has something waiting, and the one that was asked for.
    pub items: Vec<OutageLine>,
}

/// Reads a moment that may lie ahead: RFC 3339, or `+2h` from now.
///
/// # Errors
/// [`WorkbenchError`], naming the field.
pub(crate) fn ahead(text: &str, now: Timestamp) -> Result<Timestamp, WorkbenchError> {
    // A plus sign in a query arrives as a space.
    let from_now = text.strip_prefix('+').or_else(|| text.strip_prefix(' '));
    match from_now {
        Some(duration) => parse_duration_ms(duration.trim()).map(|ms| now.plus_ms(ms)).ok(),
        None => parse_when(text, now).ok().filter(|_| parse_duration_ms(text).is_err()),
    }
    .ok_or_else(|| {
        let why = format!(
            "`{text}` is not a time ahead: write RFC 3339 (2026-05-08T14:00:00Z) or +30m, +2h, +3d from now"
        );
        WorkbenchError::field("down_until", why)
    })
}

impl Deliveries {
    /// Says which deliveries that wait survive an outage and which are lost.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the moment cannot be read, or the subscription does not exist.
    pub async fn outage(&self, query: &OutageQuery) -> Result<OutageView, WorkbenchError> {
        let now = self.0.clock.now();
        let down_until = ahead(&query.down_until, now)?;
        if let Some(id) = query.subscription {
            if self.0.is_remote(id) {
                let why = format!("{id} runs at the platform: what waits there is not known here");
                return Err(WorkbenchError::State(why));
            }
            self.0.registered(id)?;
        }
        let registry = self.0.store.registry().borrow().clone();
        let mut items = Vec::new();
        for registered in registry.iter() {
            let id = registered.subscription.id;
            let once = registered.subscription.definition.once;
            if once || query.subscription.is_some_and(|wanted| wanted != id) {
                continue;
            }
            let (waiting, total) = self.0.store.waiting(id).await?;
            if total > 0 || query.subscription.is_some() {
                let held = !registry.sends(registered);
                items.push(line(registered, &waiting, total, held, now, down_until));
            }
        }
        let (waiting, lost) = items.iter().fold((0, 0), |(w, l), i| (w + i.waiting, l + i.lost));
        let sentence = match items.as_slice() {
            [only] => only.sentence.clone(),
            _ => sentence("the endpoints are", down_until, waiting, lost),
        };
        Ok(OutageView { now, down_until, waiting, lost, sentence, items })
    }
}

fn sentence(who: &str, until: Timestamp, waiting: i64, lost: usize) -> String {
    match (waiting, lost) {
        (0, _) => format!("If {who} down until {until}, nothing is lost: nothing waits."),
        (1, 0) => format!("If {who} down until {until}, the delivery that waits survives."),
        (n, 0) => format!("If {who} down until {until}, all {n} deliveries that wait survive."),
        (_, 1) => format!("If {who} down until {until}, 1 of {waiting} deliveries that wait is lost."),
        (_, lost) => {
            format!("If {who} down until {until}, {lost} of {waiting} deliveries that wait are lost.")
        }
    }
}

fn line(
    registered: &Registered,
    waiting: &[WaitingDelivery],
    total: i64,
    held: bool,
    now: Timestamp,
    down_until: Timestamp,
) -> OutageLine {
    let definition = &registered.subscription.definition;
    let waits: Vec<Waits> = waiting.iter().map(|w| waits(w, now)).collect();
    let breaker = registered.subscription.health.breaker;
    let outage = Outage { now, down_until, breaker, held };
    let found = forecast(&definition.policy, &outage, &waits);
    let lost = found.fates.iter().filter(|f| f.lost()).count();
    let mut deliveries: Vec<OutageDelivery> = waiting
        .iter()
        .zip(&found.fates)
        .map(|(w, fate)| OutageDelivery {
            id: w.id,
            event: w.event.to_string(),
            event_type: w.event_type.clone(),
            next_attempt_at: match &w.delivery.state {
                DeliveryState::Pending(Pending { next_attempt_at, .. }) => Some(*next_attempt_at),
                DeliveryState::InFlight { .. }
                | DeliveryState::Delivered { .. }
                | DeliveryState::Failed { .. }
                | DeliveryState::Cancelled { .. }
                | DeliveryState::Skipped { .. } => None,
            },
            attempt_count: w.delivery.attempts,
            fate: *fate,
        })
        .collect();
    deliveries.sort_by_key(|d| !d.fate.lost());
    deliveries.truncate(LISTED);
    let name = if definition.name.is_empty() { "your endpoint".to_owned() } else { definition.name.clone() };
    let mut told = sentence(&format!("{name} is"), down_until, total, lost);
    if held && total > 0 {
        told.push_str(" Nothing is sent to it now, so nothing of their schedules is used up.");
    } else if found.spared > 0 {
        told.push_str(&format!(
            " {} more would be, but the breaker holds them until the host answers again.",
            found.spared
        ));
    }
    OutageLine {
        subscription: registered.subscription.id,
        subscription_name: definition.name.clone(),
        waiting: total,
        lost,
        survive: found.fates.len() - lost,
        spared: found.spared,
        breaker_opens_at: found.breaker_opens_at,
        held,
        sentence: told,
        deliveries,
    }
}

fn waits(waiting: &WaitingDelivery, now: Timestamp) -> Waits {
    let resumes = |resume: Option<Resume>| match resume {
        Some(Resume::Scheduled { at }) => Some(at),
        // It has ended before: if this attempt fails, it stays as it was.
        Some(Resume::Delivered { .. } | Resume::Failed { .. } | Resume::Cancelled { .. }) | None => None,
    };
    let (next_at, asked) = match &waiting.delivery.state {
        DeliveryState::Pending(Pending { next_attempt_at, trigger: Trigger::Manual, resume, .. }) => {
            (*next_attempt_at, resume.map(|r| resumes(Some(r))))
        }
        DeliveryState::Pending(Pending { next_attempt_at, .. }) => (*next_attempt_at, None),
        DeliveryState::InFlight { trigger: Trigger::Manual, resume, .. } => {
            (now, resume.map(|r| resumes(Some(r))))
        }
        DeliveryState::InFlight { .. }
        | DeliveryState::Delivered { .. }
        | DeliveryState::Failed { .. }
        | DeliveryState::Cancelled { .. }
        | DeliveryState::Skipped { .. } => (now, None),
    };
    Waits { created_at: waiting.delivery.created_at, step: waiting.delivery.step, next_at, asked }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_ahead_is_a_time_or_a_plus_and_a_duration() {
        let now = Timestamp::from_ms(1_700_000_000_000);
        assert_eq!(ahead("+2h", now).unwrap(), now.plus_ms(7_200_000));
        assert_eq!(ahead(" 30m", now).unwrap(), now.plus_ms(1_800_000));
        assert_eq!(ahead("2023-11-14T22:13:20Z", now).unwrap(), now);
        for bad in ["2h", "+", "+2", "tomorrow", ""] {
            assert!(ahead(bad, now).unwrap_err().to_string().contains("down_until"), "{bad}");
        }
    }

    #[test]
    fn the_sentence_counts_what_is_lost() {
        let until = Timestamp::from_ms(0);
        assert!(sentence("CRM is", until, 40, 37).contains("37 of 40 deliveries that wait are lost"));
        assert!(sentence("CRM is", until, 0, 0).contains("nothing waits"));
    }
}
