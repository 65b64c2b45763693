//! Sending again what did not get through: by filter, or of one subscription since a moment. Each
//! can be looked at before it is done; what is more than a handful becomes an operation.

use std::collections::BTreeMap;

use hookbench_domain::{
    DeliveryId, OPERATION_RATE, OperationId, OperationKind, SubscriptionId, Timestamp, parse_when,
};
use hookbench_filter::Facts;
use hookbench_store::{NewOperation, OperationItem, Registered, ReplayCandidate};
use serde::{Deserialize, Serialize};

use crate::handles::Operations;
use crate::operations::OperationView;
use crate::{DeliveryQuery, Workbench, WorkbenchError};

/// Up to so many deliveries are retried or cancelled at once, without an operation.
const HANDFUL: usize = 5;
/// Up to so many are found before a cancel is answered.
const AT_ONCE: usize = 10_000;
/// How many pages of what is to be cancelled are taken between two looks at other operations.
const PAGES_AT_A_TIME: usize = 10;
/// Marks what is asked of an operation that finds what it is about as it goes on.
const AS_IT_GOES: &str = "as_it_goes";
/// How many deliveries an answer names.
const NAMED: usize = 500;

/// How to go about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// How many a second at most: 0.1 to 1000, 10 if not said.
    pub rate_per_second: Option<f64>,
    /// Whether one goes first, alone, to see whether it gets through; true if not said.
    pub canary: Option<bool>,
}

/// What to resend.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RecoverInput {
    /// What failed at or after: RFC 3339, or an age such as `2h`.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub since: String,
    /// How many a second at most: 0.1 to 1000, 10 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_per_second: Option<f64>,
    /// Whether one goes first, alone, to see whether it gets through; true if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<bool>,
    /// Only say what would be sent.
    #[serde(skip_serializing)]
    pub dry_run: bool,
}

/// By which rules events are chosen that are replayed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ReplayRules {
    /// What the subscription would be sent today: its event types, brand and filter as they are now.
    #[default]
    Today,
    /// What it was to be sent when the events came, skipped ones included.
    AsItWas,
}

/// What to send once more, or at last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ReplayInput {
    /// Events that were kept at or after: RFC 3339, or an age such as `2h`.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub since: String,
    /// Only what was never sent: without a delivery, or skipped.
    pub missing: bool,
    /// By which rules.
    pub rules: ReplayRules,
    /// How many a second at most: 0.1 to 1000, 10 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_per_second: Option<f64>,
    /// Whether one goes first, alone, to see whether it gets through; true if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<bool>,
    /// Only say what would be sent.
    #[serde(skip_serializing)]
    pub dry_run: bool,
}

/// What an operation is, or would be, about.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OperationPlan {
    /// How many deliveries.
    pub matched: usize,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// How many of which sort: states and failures, `never_sent`, and what is left out: `filtered`,
    /// `not_wanted`, `body_pruned`, `under_way`.
    pub counts: BTreeMap<String, usize>,
    /// Deliveries that exist already, at most 500 of them.
    pub deliveries: Vec<DeliveryId>,
    /// Events that have no delivery yet, at most 500 of them.
    pub events: Vec<String>,
    /// The operation that was started.
    pub operation: Option<OperationView>,
}

/// What a retry by filter did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BulkRetry {
    /// How many deliveries the filter names that can be retried.
    pub matched: usize,
    /// How many were queued; 0 in a dry run.
    pub retried: usize,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The deliveries, at most 500 of them.
    pub deliveries: Vec<DeliveryId>,
    /// The operation that sends them, where they are more than a handful.
    pub operation: Option<OperationView>,
}

/// What a cancel by filter did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BulkCancel {
    /// How many deliveries the filter names that wait.
    pub matched: usize,
    /// How many were cancelled or are about to be; 0 in a dry run.
    pub cancelled: usize,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The deliveries, at most 500 of them.
    pub deliveries: Vec<DeliveryId>,
    /// The operation that cancels them, where they are more than a handful.
    pub operation: Option<OperationView>,
}

/// What is asked of an operation that cancels very many.
fn cancelling(query: &DeliveryQuery) -> String {
    let mut asked = serde_json::to_value(query).unwrap_or_default();
    if let Some(fields) = asked.as_object_mut() {
        fields.insert(AS_IT_GOES.to_owned(), true.into());
    }
    asked.to_string()
}

/// The filter of an operation that cancels very many.
pub(crate) fn as_it_goes(asked: &str) -> Option<DeliveryQuery> {
    let mut asked: serde_json::Value = serde_json::from_str(asked).ok()?;
    asked.as_object_mut()?.remove(AS_IT_GOES)?;
    serde_json::from_value(asked).ok()
}

#[derive(Default)]
struct Draft {
    items: Vec<OperationItem>,
    counts: BTreeMap<String, usize>,
    events: Vec<String>,
}

impl Draft {
    fn count(&mut self, what: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
    }

    fn deliveries(&self) -> Vec<DeliveryId> {
        let known = self.items.iter().filter_map(|item| match item {
            OperationItem::Delivery(id) => Some(*id),
            OperationItem::Event(_) => None,
        });
        known.take(NAMED).collect()
    }
}

impl Course {
    fn checked(&self) -> Result<(f64, bool), WorkbenchError> {
        let rate = self.rate_per_second.unwrap_or(OPERATION_RATE);
        if !(0.1..=1000.0).contains(&rate) {
            return Err(WorkbenchError::field("rate_per_second", "a number from 0.1 to 1000"));
        }
        Ok((rate, self.canary.unwrap_or(true)))
    }
}

impl Workbench {
    /// The same of more than are looked at before it is answered: how many is counted, and they are found
    /// and cancelled by whoever dispatches, or here where nobody does.
    async fn cancel_very_many(
        &self,
        query: &DeliveryQuery,
        first: Vec<DeliveryId>,
        dry_run: bool,
    ) -> Result<BulkCancel, WorkbenchError> {
        let states = self.deliveries().facets(query).await?.states;
        let chosen: Vec<&str> = query.state.as_deref().unwrap_or("pending").split(',').collect();
        let waits = |value: &str| {
            let all = chosen.contains(&"pending") && matches!(value, "waiting" | "retrying" | "held");
            all || chosen.contains(&value)
        };
        let counted: i64 = states.iter().filter(|state| waits(&state.value)).map(|state| state.count).sum();
        let matched = usize::try_from(counted).unwrap_or(0).max(first.len());
        let mut answer = BulkCancel {
            matched,
            cancelled: if dry_run { 0 } else { matched },
            dry_run,
            deliveries: first.into_iter().take(NAMED).collect(),
            operation: None,
        };
        if !dry_run {
            let expected = u32::try_from(matched).unwrap_or(u32::MAX);
            let asked = cancelling(query);
            let id = self.store.begin_cancelling(asked, expected, self.clock.now()).await?;
            if self.dispatching().is_none() {
                self.drive_cancelling(id).await?;
            }
            answer.operation = Some(self.operations().get(id).await?);
        }
        Ok(answer)
    }

    /// Finds and cancels the next of an operation that cancels very many.
    pub(crate) async fn cancel_some(
        &self,
        id: OperationId,
        query: DeliveryQuery,
    ) -> Result<(), WorkbenchError> {
        let mut query = DeliveryQuery { limit: Some(hookbench_store::MAX_PAGE), ..query };
        query.cursor = self.store.last_cancelled(id).await?.map(|last| last.to_string());
        for _ in 0..PAGES_AT_A_TIME {
            let page = self.deliveries().list(&query).await?;
            let waiting = page.items.iter().filter(|delivery| delivery.state == "pending");
            let ids: Vec<DeliveryId> = waiting.map(|delivery| delivery.id).collect();
            if !ids.is_empty() && !self.store.cancel_piece(id, ids, self.clock.now()).await? {
                return Ok(());
            }
            match page.next_cursor {
                Some(next) => query.cursor = Some(next),
                None => return Ok(self.store.finish_cancelling(id, self.clock.now()).await?),
            }
        }
        Ok(())
    }

    /// All that a filter names, newest first, with the filter as it was meant at this moment.
    async fn matching(
        &self,
        query: &DeliveryQuery,
        state: &str,
        wanted: &(dyn Fn(&str) -> bool + Send + Sync),
        at_most: usize,
    ) -> Result<(Vec<DeliveryId>, DeliveryQuery), WorkbenchError> {
        // Ages are measured once: pages that follow must not see a later `since`.
        let filter = query.filter(self.clock.now())?;
        let mut query = query.clone();
        query.since = filter.since.map(|at| at.to_string());
        query.until = filter.until.map(|at| at.to_string());
        query.state.get_or_insert_with(|| state.to_owned());
        let most = query.limit.take().map_or(at_most, |n| usize::try_from(n).unwrap_or(at_most).min(at_most));
        let asked = query.clone();
        query.limit = Some(hookbench_store::MAX_PAGE);
        let mut ids: Vec<DeliveryId> = Vec::new();
        loop {
            let page = self.deliveries().list(&query).await?;
            ids.extend(page.items.iter().filter(|d| wanted(d.state)).map(|d| d.id));
            ids.truncate(most);
            match page.next_cursor {
                Some(next) if ids.len() < most => query.cursor = Some(next),
                _ => return Ok((ids, asked)),
            }
        }
    }

    async fn start_on(
        &self,
        kind: OperationKind,
        query: &DeliveryQuery,
        course: &Course,
        ids: Vec<DeliveryId>,
    ) -> Result<OperationView, WorkbenchError> {
        // What was made first goes first.
        let items = ids.into_iter().rev().map(OperationItem::Delivery).collect();
        let asked = serde_json::to_string(query).unwrap_or_else(|_| "{}".to_owned());
        let id = self.start_operation(kind, None, asked, course, items).await?;
        self.operations().get(id).await
    }

    async fn start_operation(
        &self,
        kind: OperationKind,
        subscription: Option<SubscriptionId>,
        asked: String,
        course: &Course,
        items: Vec<OperationItem>,
    ) -> Result<OperationId, WorkbenchError> {
        let (rate, canary) = course.checked()?;
        let new = NewOperation { kind, asked, subscription, rate, canary };
        let id = self.store.create_operation(new, self.clock.now()).await?;
        self.store.add_operation_items(id, items).await?;
        self.store.queue_operation(id).await?;
        Ok(id)
    }

    async fn replayable(
        &self,
        registered: &Registered,
        since: Timestamp,
        input: &ReplayInput,
    ) -> Result<Draft, WorkbenchError> {
        let id = registered.subscription.id;
        let mut draft = Draft::default();
        let mut after = self.store.before_events_since(since).await?;
        loop {
            let events = self.store.events_for_replay(id, since, after).await?;
            let Some(last) = events.last() else { return Ok(draft) };
            after = last.seq;
            for found in events {
                let chosen = match input.rules {
                    ReplayRules::AsItWas => found.delivery.is_some(),
                    ReplayRules::Today => {
                        let wanted = registered
                            .subscription
                            .definition
                            .wants(&found.event.event_type, found.brand.as_deref());
                        let passes = wanted
                            && registered.filter.as_ref().is_none_or(|filter| {
                                let facts = Facts::of(
                                    found.event.event_type.as_str(),
                                    found.brand.as_deref(),
                                    &found.event.body,
                                );
                                filter.decide(&facts).matches()
                            });
                        if wanted && !passes {
                            draft.count("filtered");
                        }
                        passes
                    }
                };
                if !chosen {
                    continue;
                }
                if found.pruned {
                    draft.count("body_pruned");
                    continue;
                }
                match &found.delivery {
                    None => {
                        draft.count("never_sent");
                        draft.items.push(OperationItem::Event(found.seq));
                        if draft.events.len() < NAMED {
                            draft.events.push(found.event.id.to_string());
                        }
                    }
                    Some(known) => choose(&mut draft, known, input.missing),
                }
            }
        }
    }

    async fn carry_out(
        &self,
        kind: OperationKind,
        id: SubscriptionId,
        asked: String,
        course: &Course,
        draft: Draft,
        dry_run: bool,
    ) -> Result<OperationPlan, WorkbenchError> {
        let mut plan = OperationPlan {
            matched: draft.items.len(),
            dry_run,
            deliveries: draft.deliveries(),
            counts: draft.counts,
            events: draft.events,
            operation: None,
        };
        if !dry_run && !draft.items.is_empty() {
            let operation = self.start_operation(kind, Some(id), asked, course, draft.items).await?;
            plan.operation = Some(self.operations().get(operation).await?);
        }
        Ok(plan)
    }

    fn since(&self, text: &str) -> Result<Timestamp, WorkbenchError> {
        if text.is_empty() {
            return Err(WorkbenchError::field("since", "since when? RFC 3339, or an age such as 2h or 3d"));
        }
        Ok(parse_when(text, self.clock.now())?)
    }

    /// The subscription, if it is sent to from here.
    fn to_send_to(
        &self,
        id: SubscriptionId,
        dry_run: bool,
    ) -> Result<std::sync::Arc<Registered>, WorkbenchError> {
        if self.is_remote(id) {
            let why = format!("{id} runs at the platform, which sends its events: nothing is sent from here");
            return Err(WorkbenchError::State(why));
        }
        let registered = self.registered(id)?;
        if !registered.subscription.definition.enabled && !dry_run {
            return Err(WorkbenchError::State(format!("{id} is disabled: enable it, then try again")));
        }
        Ok(registered)
    }
}

impl Operations {
    /// Retries what the filter names, of all pages; what is under way is left out. Without a
    /// state in the filter, what failed is meant. More than a handful become an operation.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn retry_matching(
        &self,
        query: &DeliveryQuery,
        course: &Course,
        dry_run: bool,
    ) -> Result<BulkRetry, WorkbenchError> {
        course.checked()?;
        let (ids, query) =
            self.0.matching(query, "failed", &|state| state != "in_flight", usize::MAX).await?;
        let mut answer = BulkRetry {
            matched: ids.len(),
            retried: if dry_run { 0 } else { ids.len() },
            dry_run,
            deliveries: ids.iter().take(NAMED).copied().collect(),
            operation: None,
        };
        if dry_run || ids.is_empty() {
            return Ok(answer);
        }
        if ids.len() <= HANDFUL {
            self.0.store.retry(ids, self.0.clock.now()).await?;
        } else {
            answer.operation = Some(self.0.start_on(OperationKind::Retry, &query, course, ids).await?);
        }
        Ok(answer)
    }

    /// Stops what waits and the filter names, of all pages. Without a state in the filter, what is
    /// pending is meant.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn cancel_matching(
        &self,
        query: &DeliveryQuery,
        dry_run: bool,
    ) -> Result<BulkCancel, WorkbenchError> {
        let (ids, query) =
            self.0.matching(query, "pending", &|state| state == "pending", AT_ONCE + 1).await?;
        if ids.len() > AT_ONCE {
            return self.0.cancel_very_many(&query, ids, dry_run).await;
        }
        let mut answer = BulkCancel {
            matched: ids.len(),
            cancelled: if dry_run { 0 } else { ids.len() },
            dry_run,
            deliveries: ids.iter().take(NAMED).copied().collect(),
            operation: None,
        };
        if dry_run || ids.is_empty() {
            return Ok(answer);
        }
        let course = Course { rate_per_second: None, canary: Some(false) };
        let started = self.0.start_on(OperationKind::Cancel, &query, &course, ids).await?;
        if self.0.dispatching().is_none() || answer.matched <= HANDFUL {
            self.0.drive_cancelling(started.id).await?;
        }
        answer.operation = Some(self.get(started.id).await?);
        Ok(answer)
    }

    /// Resends what failed of a subscription since a moment: one attempt each, now.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or the subscription cannot be sent to.
    pub async fn recover(
        &self,
        id: SubscriptionId,
        input: &RecoverInput,
    ) -> Result<OperationPlan, WorkbenchError> {
        let course = Course { rate_per_second: input.rate_per_second, canary: input.canary };
        course.checked()?;
        let since = self.0.since(&input.since)?;
        self.0.to_send_to(id, input.dry_run)?;
        let mut draft = Draft::default();
        let mut after = 0;
        loop {
            let (candidates, next) = self.0.store.candidates(id, since, false, after).await?;
            for candidate in candidates {
                if candidate.pruned {
                    draft.count("body_pruned");
                } else {
                    draft.count(candidate.reason.unwrap_or(candidate.state));
                    draft.items.push(OperationItem::Delivery(candidate.id));
                }
            }
            match next {
                Some(next) => after = next,
                None => break,
            }
        }
        let asked = RecoverInput { since: since.to_string(), ..input.clone() };
        let asked = serde_json::to_string(&asked).unwrap_or_else(|_| "{}".to_owned());
        self.0.carry_out(OperationKind::Recover, id, asked, &course, draft, input.dry_run).await
    }

    /// Sends events to a subscription once more, or, with `missing`, those that were never sent to
    /// it. An event that has a delivery gets a manual attempt there; one without gets a delivery.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or the subscription cannot be sent to.
    pub async fn replay(
        &self,
        id: SubscriptionId,
        input: &ReplayInput,
    ) -> Result<OperationPlan, WorkbenchError> {
        let course = Course { rate_per_second: input.rate_per_second, canary: input.canary };
        course.checked()?;
        let since = self.0.since(&input.since)?;
        let registered = self.0.to_send_to(id, input.dry_run)?;
        let draft = self.0.replayable(&registered, since, input).await?;
        let asked = ReplayInput { since: since.to_string(), ..input.clone() };
        let asked = serde_json::to_string(&asked).unwrap_or_else(|_| "{}".to_owned());
        self.0.carry_out(OperationKind::Replay, id, asked, &course, draft, input.dry_run).await
    }
}

/// Takes up a delivery that exists, or counts why not.
fn choose(draft: &mut Draft, known: &ReplayCandidate, missing: bool) {
    match known.state {
        "skipped" => {
            draft.count("skipped");
            draft.items.push(OperationItem::Delivery(known.id));
        }
        "pending" | "in_flight" => draft.count("under_way"),
        _ if missing => {}
        state => {
            draft.count(state);
            draft.items.push(OperationItem::Delivery(known.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hookbench_ambient::Clock;
    use hookbench_domain::{EventDraft, EventId, OperationState, Timestamp};
    use hookbench_store::Publication;

    use super::{AT_ONCE, as_it_goes, cancelling};
    use crate::{DeliveryQuery, SubscriptionInput, VaultKeySource, Workbench};

    const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

    async fn open(folder: &std::path::Path) -> Workbench {
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        Workbench::open_with(folder, key, Clock::manual(NOW)).await.unwrap()
    }

    async fn waiting(workbench: &Workbench) -> usize {
        let query = DeliveryQuery { state: Some("pending".into()), ..DeliveryQuery::default() };
        let (ids, _) = workbench.matching(&query, "pending", &|_| true, usize::MAX).await.unwrap();
        ids.len()
    }

    #[tokio::test]
    async fn very_many_are_cancelled_as_they_are_found_also_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let workbench = open(folder.path()).await;
        let input = SubscriptionInput {
            url: Some("http://127.0.0.1:9/hooks".into()),
            events: Some(vec!["lead.new".into()]),
            ..SubscriptionInput::default()
        };
        workbench.subscriptions().create(input).await.unwrap();
        let many = u32::try_from(AT_ONCE).unwrap() + 50;
        let item = |n: u32| {
            let draft = EventDraft::new("lead.new", "{}", Some(&format!("e{n}")), None, None).unwrap();
            let event = Arc::new(draft.keep(|| EventId::new(NOW, 1), NOW).unwrap());
            Publication { event, only: None, arrival: None }
        };
        for first in (0..many).step_by(500) {
            let items = (first..many.min(first + 500)).map(item).collect();
            workbench.store.publish(items).await.unwrap();
        }
        let all = DeliveryQuery::default();
        let dry = workbench.operations().cancel_matching(&all, true).await.unwrap();
        assert_eq!((dry.matched, dry.cancelled, dry.operation.is_none()), (many as usize, 0, true));
        // As a dispatcher does: some at a time, and then it ends.
        let query = DeliveryQuery { state: Some("pending".into()), ..DeliveryQuery::default() };
        let asked = cancelling(&query);
        let id = workbench.store.begin_cancelling(asked, many, NOW).await.unwrap();
        workbench.cancel_some(id, query).await.unwrap();
        assert_eq!(waiting(&workbench).await, many as usize - 5000);
        workbench.close().await;

        let workbench = open(folder.path()).await;
        let kept = workbench.store.operation(id).await.unwrap();
        assert!(as_it_goes(&kept.asked).is_some());
        assert_eq!((kept.tally.delivered, kept.tally.total), (5000, many));
        workbench.drive_cancelling(id).await.unwrap();
        let kept = workbench.store.operation(id).await.unwrap();
        assert_eq!((kept.state, kept.tally.delivered, kept.tally.total), (OperationState::Done, many, many));
        assert_eq!(waiting(&workbench).await, 0);
    }
}
