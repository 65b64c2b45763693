//! The delivery log: list, show, retry, cancel.

use hookbench_domain::{DeliveryId, Outcome, SubscriptionId, Timestamp};
use hookbench_store::{DeliveryFilter, Page};
use serde::Serialize;

use crate::views::{AttemptView, DeliveryDetail, DeliveryView};
use crate::{Workbench, WorkbenchError};

/// Which deliveries; everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// In one of these states (`pending`, `in_flight`, …), separated by commas.
    pub state: Option<String>,
    /// Of this subscription.
    pub subscription: Option<SubscriptionId>,
    /// Of the event of this id.
    pub event: Option<String>,
    /// Of events of this type.
    pub event_type: Option<String>,
    /// `webhook` or `postback`.
    pub kind: Option<String>,
    /// Made at or after.
    pub since: Option<Timestamp>,
    /// Made before.
    pub until: Option<Timestamp>,
    /// Whose last attempt got this status.
    pub status: Option<u16>,
    /// Whose last attempt ended so.
    pub outcome: Option<String>,
    /// Whose ids, payload, URL or response bodies contain this.
    pub search: Option<String>,
    /// At most so many: 1 to 500, 50 if not said.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// What a retry by filter did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BulkRetry {
    /// How many deliveries the filter names that can be retried.
    pub matched: usize,
    /// How many were queued; 0 in a dry run.
    pub retried: usize,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The deliveries, at most 500 of them.
    pub deliveries: Vec<DeliveryId>,
}

impl DeliveryQuery {
    fn filter(&self) -> Result<DeliveryFilter, WorkbenchError> {
        let names = hookbench_domain::DeliveryState::NAMES;
        let states: Vec<String> = self
            .state
            .iter()
            .flat_map(|s| s.split(','))
            .map(|s| s.trim().to_owned())
            .filter(|s| !s.is_empty())
            .collect();
        if let Some(unknown) = states.iter().find(|s| !names.contains(&s.as_str())) {
            let why = format!("there is no state `{unknown}`: choose {}", names.join(", "));
            return Err(WorkbenchError::field("state", why));
        }
        let outcome = match &self.outcome {
            None => None,
            Some(name) => Some(Outcome::named(name).ok_or_else(|| {
                let known: Vec<&str> = Outcome::ALL.iter().map(|o| o.as_str()).collect();
                WorkbenchError::field(
                    "outcome",
                    format!("there is no outcome `{name}`: choose {}", known.join(", ")),
                )
            })?),
        };
        let limit = self.limit.unwrap_or(50);
        if !(1..=hookbench_store::MAX_PAGE).contains(&limit) {
            return Err(WorkbenchError::field("limit", "1 to 500"));
        }
        Ok(DeliveryFilter {
            states,
            subscription: self.subscription,
            event: self.event.clone(),
            event_type: self.event_type.clone(),
            since: self.since,
            until: self.until,
            status: self.status,
            outcome,
            search: self.search.clone(),
            limit,
            cursor: self.cursor.clone(),
        })
    }

    /// Whether nothing is deliverable by what is asked: no postbacks are kept by this version.
    fn only_postbacks(&self) -> Result<bool, WorkbenchError> {
        match self.kind.as_deref() {
            None | Some("webhook") => Ok(false),
            Some("postback") => Ok(true),
            Some(other) => Err(WorkbenchError::field(
                "kind",
                format!("there is no kind `{other}`: choose webhook or postback"),
            )),
        }
    }
}

impl Workbench {
    /// Lists deliveries, newest first.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<DeliveryView>, WorkbenchError> {
        let filter = query.filter()?;
        if query.only_postbacks()? {
            return Ok(Page { items: Vec::new(), next_cursor: None });
        }
        Ok(self.store.deliveries(&filter).await?.map(DeliveryView::from))
    }

    /// One delivery with its attempts, requests and responses.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub async fn delivery(&self, id: DeliveryId) -> Result<DeliveryDetail, WorkbenchError> {
        let summary = self.store.delivery(id).await?;
        let event = self.store.event_of(id).await?;
        let attempts = self.store.attempts(id).await?;
        let attempts =
            attempts.into_iter().map(|(id, record)| AttemptView::new(id, record, &event)).collect();
        Ok(DeliveryDetail { delivery: summary.into(), attempts })
    }

    /// Asks for one attempt now of each of these deliveries: all or none.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the first that does not exist or is under way.
    pub async fn retry(&self, ids: Vec<DeliveryId>) -> Result<(), WorkbenchError> {
        Ok(self.store.retry(ids, self.clock.now()).await?)
    }

    /// Stops what waits of each of these deliveries: all or none.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the first that does not exist or does not wait.
    pub async fn cancel(&self, ids: Vec<DeliveryId>) -> Result<(), WorkbenchError> {
        Ok(self.store.cancel(ids, self.clock.now()).await?)
    }

    /// Retries what the filter names, of all pages; what is under way is left out. Without a
    /// state in the filter, what failed is meant.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn retry_matching(
        &self,
        query: &DeliveryQuery,
        dry_run: bool,
    ) -> Result<BulkRetry, WorkbenchError> {
        let mut query = query.clone();
        query.state.get_or_insert_with(|| "failed".to_owned());
        let wanted = query.limit.take();
        query.limit = Some(hookbench_store::MAX_PAGE);
        let mut answer = BulkRetry { matched: 0, retried: 0, dry_run, deliveries: Vec::new() };
        loop {
            let page = self.deliveries(&query).await?;
            let mut ids: Vec<DeliveryId> =
                page.items.iter().filter(|d| d.state != "in_flight").map(|d| d.id).collect();
            if let Some(wanted) = wanted {
                ids.truncate(usize::try_from(wanted).unwrap_or(usize::MAX).saturating_sub(answer.matched));
            }
            answer.matched += ids.len();
            let room = 500usize.saturating_sub(answer.deliveries.len());
            answer.deliveries.extend(ids.iter().take(room));
            if !dry_run && !ids.is_empty() {
                answer.retried += ids.len();
                self.store.retry(ids, self.clock.now()).await?;
            }
            let full = wanted.is_some_and(|w| answer.matched >= usize::try_from(w).unwrap_or(usize::MAX));
            match page.next_cursor {
                Some(next) if !full => query.cursor = Some(next),
                _ => return Ok(answer),
            }
        }
    }
}
