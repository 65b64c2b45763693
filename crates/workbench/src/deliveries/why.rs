//! Why an event was, or was not, sent: then and now, for one subscription or all.

use hookbench_diagnosis::{Became, Known, Question, Standing, Why};
use hookbench_domain::{DeliveryState, Pending, Scope, SourceId, StoredEvent, SubscriptionId, Timestamp};
use hookbench_filter::{Facts, Filter};
use hookbench_platform::profile;
use hookbench_store::{DeliverySummary, EventSummary, StoreError, SubscriptionAt, SubscriptionVersions};
use serde::{Deserialize, Serialize};

use crate::deliveries::views::DeliveryView;
use crate::handles::Deliveries;
use crate::{Workbench, WorkbenchError};

/// What is said where the filters of all subscriptions take too long.
const TOO_LONG: &str = "the filters take longer than three seconds for this event: ask for one subscription";

/// Which event; brand or source where the id alone does not say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct WhyQuery {
    /// The event's id.
    pub event: String,
    /// Its brand.
    pub brand: Option<String>,
    /// Its source.
    pub source: Option<SourceId>,
    /// For this subscription only.
    pub subscription: Option<SubscriptionId>,
}

/// The answer for one subscription.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WhyView {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Its name.
    pub subscription_name: String,
    /// Whether it is deleted now.
    pub deleted: bool,
    /// The answer.
    #[serde(flatten)]
    pub why: Why,
    /// The last delivery of the event to it.
    pub delivery: Option<DeliveryView>,
    /// How many deliveries of the event to it there are.
    pub deliveries: usize,
}

/// The answers for an event.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WhyResult {
    /// The event's id.
    pub event: String,
    /// Its type.
    pub event_type: String,
    /// Its brand.
    pub brand: Option<String>,
    /// When it was kept.
    pub received_at: Timestamp,
    /// How often the same event came again.
    pub repeats: u64,
    /// The answer for each subscription; those it was sent to come first.
    pub items: Vec<WhyView>,
}

/// What an answer needs of the event.
struct Asked {
    summary: EventSummary,
    event: StoredEvent,
    facts: Facts,
    repeats: u64,
    paused_then: Option<Timestamp>,
    paused_now: Option<Timestamp>,
    at: Timestamp,
}

impl Deliveries {
    /// Says for each subscription, or the one that is named, why an event was or was not sent.
    ///
    /// # Errors
    /// [`WorkbenchError`] when event or subscription do not exist.
    pub async fn why(&self, query: &WhyQuery) -> Result<WhyResult, WorkbenchError> {
        let scope = match (&query.brand, query.source) {
            (Some(brand), _) => Some(Scope::Brand(brand.clone())),
            (None, Some(source)) => Some(Scope::Source(source)),
            (None, None) => None,
        };
        let (summary, event) = self.0.store.event(&query.event, scope.as_ref()).await?;
        let seq = summary.seq();
        let registry = self.0.store.registry().borrow().clone();
        let asked = Asked {
            facts: self.0.facts_of(&event, summary.brand.as_deref()).await?,
            repeats: self.0.store.repeats(seq).await?,
            paused_then: self.0.store.all_paused_at(seq).await?,
            paused_now: registry.paused_since(),
            at: self.0.clock.now(),
            summary,
            event,
        };
        let made = self.0.store.deliveries_of(seq).await?;
        let mut questions = Vec::new();
        for history in self.0.store.histories(seq, query.subscription).await? {
            let own: Vec<DeliverySummary> =
                made.iter().filter(|d| d.subscription == history.id).cloned().collect();
            // What was gone before the event came has nothing to say to it, unless it is asked for.
            let once = history.now.definition.once;
            let gone = once
                || history.then.as_ref().is_some_and(|t| t.deleted)
                || (history.then.is_none() && history.deleted_at.is_some());
            if query.subscription.is_none() && own.is_empty() && gone {
                continue;
            }
            let ahead = match own.first() {
                Some(delivery) => self.0.store.ahead_of(delivery.id).await?,
                None => 0,
            };
            questions.push((history, own, ahead));
        }
        // Filters are asked here, each condition on its own.
        let answering = self.0.at_length(move |stop| {
            let mut items = Vec::with_capacity(questions.len());
            for (history, own, ahead) in &questions {
                if stop() {
                    return Err(WorkbenchError::State(TOO_LONG.to_owned()));
                }
                items.push(view(&asked, history, own, *ahead));
            }
            Ok((asked, items))
        });
        let (asked, mut items) = answering.await??;
        for remote in registry.remotes() {
            let remote = &remote.remote;
            if query.subscription.is_some_and(|id| id != remote.id) {
                continue;
            }
            let brand = registry.brands().find(|b| b.brand.id == remote.brand).map(|b| &b.brand.definition);
            let platform =
                brand.and_then(|b| profile(&b.platform)).map_or("the platform", |p| p.title.as_str());
            let question = Question {
                at_platform: Some(platform),
                created_at: remote.created_at,
                ..asked.question(Known::Unrecorded, Known::Unrecorded, remote.created_at, None, None)
            };
            items.push(WhyView {
                subscription: remote.id,
                subscription_name: remote.definition.name.clone(),
                deleted: false,
                why: hookbench_diagnosis::why(&question),
                delivery: None,
                deliveries: 0,
            });
        }
        if let (Some(id), true) = (query.subscription, items.is_empty()) {
            return Err(StoreError::NotFound { what: "subscription", id: id.to_string() }.into());
        }
        items.sort_by_key(|item| (item.delivery.is_none(), item.deleted));
        Ok(WhyResult {
            event: asked.summary.id,
            event_type: asked.summary.event_type,
            brand: asked.summary.brand,
            received_at: asked.summary.received_at,
            repeats: asked.repeats,
            items,
        })
    }
}

impl Workbench {
    /// What filters know of an event.
    async fn facts_of(&self, event: &StoredEvent, brand: Option<&str>) -> Result<Facts, WorkbenchError> {
        let (event, brand) = (event.clone(), brand.map(str::to_owned));
        self.at_length(move |_| Facts::of(event.event_type.as_str(), brand.as_deref(), &event.body)).await
    }
}

impl Asked {
    fn question<'a>(
        &'a self,
        then: Known<'a>,
        now: Known<'a>,
        created_at: Timestamp,
        deleted_at: Option<Timestamp>,
        became: Option<&'a Became>,
    ) -> Question<'a> {
        Question {
            event: &self.event,
            brand: self.summary.brand.as_deref(),
            facts: &self.facts,
            repeats: self.repeats,
            created_at,
            deleted_at,
            at_platform: None,
            then,
            now,
            became,
            at: self.at,
        }
    }
}

fn view(asked: &Asked, history: &SubscriptionVersions, own: &[DeliverySummary], ahead: i64) -> WhyView {
    let filter = |at: &SubscriptionAt| at.definition.filter.as_deref().map(Filter::kept);
    let filter_then = history.then.as_ref().and_then(filter);
    let filter_now = filter(&history.now);
    let then = match &history.then {
        Some(at) if at.deleted => Known::Deleted,
        Some(at) => Known::At(standing(at, filter_then.as_ref(), asked.paused_then)),
        None if history.whole || history.created_at > asked.event.received_at => Known::NotYet,
        None => Known::Unrecorded,
    };
    let now = if history.now.deleted {
        Known::Deleted
    } else {
        Known::At(standing(&history.now, filter_now.as_ref(), asked.paused_now))
    };
    let became = own.first().map(|delivery| became(delivery, ahead));
    let question = asked.question(then, now, history.created_at, history.deleted_at, became.as_ref());
    WhyView {
        subscription: history.id,
        subscription_name: history.now.definition.name.clone(),
        deleted: history.now.deleted,
        why: hookbench_diagnosis::why(&question),
        delivery: own.first().map(|delivery| DeliveryView::from(delivery.clone())),
        deliveries: own.len(),
    }
}

fn standing<'a>(
    at: &'a SubscriptionAt,
    filter: Option<&'a Filter>,
    all_paused_since: Option<Timestamp>,
) -> Standing<'a> {
    Standing {
        definition: &at.definition,
        disabled_because: at.disabled_because.as_deref(),
        paused_since: at.paused_since,
        all_paused_since,
        breaker: at.health.breaker,
        filter,
    }
}

fn became(delivery: &DeliverySummary, ahead: i64) -> Became {
    let status = delivery.last_status.map(|s| s.to_string());
    let (mut failure, mut reason, mut next_attempt_at) = (None, None, None);
    match &delivery.delivery.state {
        DeliveryState::Pending(Pending { next_attempt_at: at, .. }) => next_attempt_at = Some(*at),
        DeliveryState::Failed { failure: why, .. } => failure = Some(why.as_str().to_owned()),
        DeliveryState::Skipped { reason: why } => reason = Some(why.as_str().to_owned()),
        DeliveryState::InFlight { .. }
        | DeliveryState::Delivered { .. }
        | DeliveryState::Cancelled { .. } => {}
    }
    Became {
        state: delivery.delivery.state.name().to_owned(),
        failure,
        reason,
        attempts: delivery.delivery.attempts,
        answer: status.or(delivery.last_outcome.map(|o| o.as_str().replace('_', " "))),
        next_attempt_at,
        made_at: delivery.delivery.created_at,
        ahead,
    }
}
