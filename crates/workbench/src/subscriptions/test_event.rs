//! Testing a subscription: a sample event, marked as a test, to that subscription alone.

use std::sync::Arc;
use std::time::Duration;

use hookbench_domain::{DeliveryId, EventDraft, EventId, EventType, Pattern, SubscriptionId};
use hookbench_platform::{Profile, profile, profiles};
use hookbench_store::Publication;
use serde::Serialize;

use crate::deliveries::views::DeliveryDetail;
use crate::handles::Subscriptions;
use crate::{RunOptions, WorkbenchError};

/// A test that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TestResponse {
    /// The test event's id.
    pub id: EventId,
    /// Its type.
    pub event: String,
    /// Its delivery.
    pub delivery: DeliveryId,
}

impl Subscriptions {
    /// Sends a sample of the first event type that the subscription listens to. It carries
    /// `X-Hookbench-Test: true`, and is tried once.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or the subscription is disabled or paused.
    pub async fn test(&self, id: SubscriptionId) -> Result<TestResponse, WorkbenchError> {
        if self.0.is_remote(id) {
            let why =
                format!("{id} runs at the platform, which sends its events: it cannot be tested from here");
            return Err(WorkbenchError::State(why));
        }
        let registered = self.0.registered(id)?;
        let definition = &registered.subscription.definition;
        if !definition.enabled {
            return Err(WorkbenchError::State(format!("{id} is disabled: enable it, then test it")));
        }
        if registered.subscription.paused_since.is_some() {
            return Err(WorkbenchError::State(format!("{id} is paused: resume it, then test it")));
        }
        if self.0.paused().paused {
            return Err(WorkbenchError::State("everything is paused: resume, then test it".to_owned()));
        }
        let (event_type, data) = sample(&definition.platform, &definition.events);
        let draft = EventDraft::new(&event_type, &data, None, definition.brand.as_deref(), None)?;
        let draft = EventDraft { test: true, ..draft };
        let event = self.0.put_together(draft)?;
        let answer = &self
            .0
            .store
            .publish(vec![Publication { event: Arc::new(event), only: Some(id), arrival: None }])
            .await?;
        let made = answer.first().and_then(|p| Some((p.id.clone(), *p.deliveries.first()?)));
        let (event_id, delivery) =
            made.ok_or_else(|| WorkbenchError::State(format!("{id} was deleted meanwhile")))?;
        Ok(TestResponse { id: event_id, event: event_type, delivery })
    }

    /// Sends a test and waits for its end. Where nobody dispatches from this folder, this process
    /// makes the one attempt itself. `None` when it has not ended within `patience`.
    ///
    /// # Errors
    /// As [`Subscriptions::test`].
    pub async fn test_and_wait(
        &self,
        id: SubscriptionId,
        patience: Duration,
    ) -> Result<Option<DeliveryDetail>, WorkbenchError> {
        let mut changes = self.0.store.changes();
        self.0.opens_here(id).await?;
        let test = self.test(id).await?;
        let options = RunOptions { what: "hookbench subscriptions test".to_owned(), ..RunOptions::default() };
        if self.0.dispatching().is_none()
            && let Ok(alone) = self.0.prepare(options).await
        {
            alone.dispatcher().send_one(test.delivery).await?;
        }
        let ended = async {
            loop {
                let detail = self.0.deliveries().get(test.delivery).await?;
                let waits = matches!(detail.delivery.state, "pending" | "in_flight");
                if !waits || detail.delivery.held.is_some() {
                    return Ok(detail);
                }
                if changes.changed().await.is_err() {
                    return Err(hookbench_store::StoreError::Closed.into());
                }
            }
        };
        tokio::time::timeout(patience, ended).await.ok().transpose()
    }
}

/// A type that the patterns want, and data of it: a catalogue's sample where there is one, the
/// subscription's own platform first.
fn sample(platform: &str, patterns: &[Pattern]) -> (String, String) {
    let wanted = |event_type: &EventType| patterns.iter().any(|p| p.matches(event_type));
    let in_catalogue = |p: &Profile| {
        let kind = p.catalogue.iter().find(|kind| wanted(&kind.name))?;
        Some((kind.name.to_string(), serde_json::to_string(&kind.sample).ok()?))
    };
    profile(platform)
        .into_iter()
        .chain(profiles())
        .find_map(in_catalogue)
        .unwrap_or_else(|| (named_by(patterns), r#"{"note":"a test event from Hookbench"}"#.to_owned()))
}

fn named_by(patterns: &[Pattern]) -> String {
    match patterns.first() {
        Some(Pattern::Exact(event_type)) => event_type.to_string(),
        Some(Pattern::Prefix(prefix)) => format!("{prefix}test"),
        Some(Pattern::Any) | None => "hookbench.test".to_owned(),
    }
}
