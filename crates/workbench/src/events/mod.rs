//! Events: publish, list, show.

pub(crate) mod erase;
pub(crate) mod findings;
pub(crate) mod lines;
pub(crate) mod live;
pub(crate) mod stream;

use std::sync::Arc;

use hookbench_diagnosis::Finding;
use hookbench_domain::{
    DeliveryId, EventDraft, EventError, EventId, MAX_BODY_BYTES, Scope, SourceId, StoredEvent, Timestamp,
    parse_draft,
};
use hookbench_platform::{Data, EnvelopeInput, known_anywhere, profile};
use hookbench_store::{EventFilter, EventSummary, Page, Publication, PublishOutcome};
use serde::Serialize;

use crate::body::BodyView;
use crate::events::findings::SchemaCheck;
use crate::handles::Events;
use crate::{Workbench, WorkbenchError};

/// An event with its bytes.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EventDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// The exact bytes that are delivered.
    #[serde(flatten)]
    pub body: BodyView,
    /// What is odd about its data.
    pub findings: Vec<Finding>,
    /// What its platform's schema says of its data; null where no platform claims it.
    pub schema: Option<SchemaCheck>,
}

/// An event that is durable now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Accepted {
    /// Its id.
    pub id: EventId,
    /// Its deliveries.
    pub deliveries: Vec<DeliveryId>,
    /// Whether it was kept before, with the same content.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
    pub duplicate: bool,
    /// What is allowed but may not be meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub warnings: Vec<String>,
}

/// Which events to list.
pub type EventQuery = EventFilter;

impl Workbench {
    /// The event with the bytes that will be delivered: in the envelope of its brand's platform, if
    /// its brand is connected.
    pub(crate) fn put_together(&self, draft: EventDraft) -> Result<StoredEvent, EventError> {
        let platform = draft.brand.as_deref().and_then(|brand| {
            let registry = self.store.registry().borrow().clone();
            let words = registry.brand_aliases(brand);
            let registered = registry.brands().find(|b| words.contains(&b.brand.id.to_string().into()))?;
            let definition = &registered.brand.definition;
            let called = definition.payload_id.clone().or_else(|| draft.brand.clone());
            Some((profile(&definition.platform)?, called))
        });
        let enveloped = platform.map(|(profile, called)| (profile, called, draft.data.clone()));
        let mut event = draft.keep(|| self.new_event_id(), self.clock.now())?;
        if let Some((profile, brand, data)) = enveloped {
            event.body = profile.envelope(&EnvelopeInput {
                id: event.id.as_str(),
                event_type: event.event_type.as_str(),
                created_at: event.created_at,
                brand: brand.as_deref(),
                data: &Data::parse(&data).map_err(|_| EventError::Data)?,
            });
            if event.body.len() > MAX_BODY_BYTES {
                return Err(EventError::TooLarge(event.body.len()));
            }
        }
        Ok(event)
    }

    /// An event with its bytes and what is odd about it.
    pub(crate) async fn event_detail(
        &self,
        summary: EventSummary,
        event: &StoredEvent,
    ) -> Result<EventDetail, WorkbenchError> {
        let findings = self.findings(&summary, event).await?;
        let (workbench, checked) = (self.clone(), event.clone());
        let schema = self.at_length(move |_| workbench.schema_check(&checked)).await?;
        Ok(EventDetail { summary, body: BodyView::of(&event.body), findings, schema })
    }

    /// The moment now, for doors that must say `when` in their own words.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Events {
    /// Publishes one event, as JSON (`{"event":T,"data":{…},"id"?,"brandId"?,"createdAt"?}`).
    /// Answers once it and its deliveries are durable.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong; [`WorkbenchError::EventConflict`] when
    /// another event has its id.
    pub async fn publish_json(&self, json: &[u8]) -> Result<Accepted, WorkbenchError> {
        self.publish(parse_draft(json)?).await
    }

    /// Publishes one event.
    ///
    /// # Errors
    /// As [`Events::publish_json`].
    pub async fn publish(&self, draft: EventDraft) -> Result<Accepted, WorkbenchError> {
        let event = self.0.put_together(draft)?;
        self.store(event).await
    }

    /// Keeps an event whose bytes are given, such as one in a platform's own envelope.
    ///
    /// # Errors
    /// As [`Events::publish_json`].
    pub async fn store(&self, event: StoredEvent) -> Result<Accepted, WorkbenchError> {
        let warnings = unknown_type(&event).into_iter().collect();
        let item = Publication { event: Arc::new(event), only: None, arrival: None };
        let mut answers = self.0.store.publish(vec![item]).await?;
        let Some(answer) = answers.pop() else { return Err(hookbench_store::StoreError::Closed.into()) };
        match answer.fate {
            PublishOutcome::New | PublishOutcome::Duplicate => Ok(Accepted {
                id: answer.id,
                deliveries: answer.deliveries,
                duplicate: answer.fate == PublishOutcome::Duplicate,
                warnings,
            }),
            PublishOutcome::Conflict => Err(WorkbenchError::EventConflict(answer.id.to_string())),
        }
    }

    /// Lists events, newest first.
    ///
    /// # Errors
    /// [`WorkbenchError`] for a cursor of another listing, and for a limit that no page has.
    pub async fn list(&self, query: &EventQuery) -> Result<Page<EventSummary>, WorkbenchError> {
        if !(1..=hookbench_store::MAX_PAGE).contains(&query.limit) {
            return Err(WorkbenchError::field("limit", "1 to 500"));
        }
        Ok(self.0.store.events(query).await?)
    }

    /// One event with its bytes. `brand` or `source` says which, where several use the id.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names none, or more than one.
    pub async fn get(
        &self,
        id: &str,
        brand: Option<&str>,
        source: Option<SourceId>,
    ) -> Result<EventDetail, WorkbenchError> {
        let scope = match (brand, source) {
            (Some(brand), _) => Some(Scope::Brand(brand.to_owned())),
            (None, Some(source)) => Some(Scope::Source(source)),
            (None, None) => None,
        };
        let (summary, event) = self.0.store.event(id, scope.as_ref()).await?;
        self.0.event_detail(summary, &event).await
    }
}

fn unknown_type(event: &StoredEvent) -> Option<String> {
    let name = event.event_type.as_str();
    (!known_anywhere(name)).then(|| {
        format!("no platform's catalogue has an event type `{name}`: it is kept and sent, check its spelling")
    })
}
