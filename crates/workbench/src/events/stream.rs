//! What happens, as it happens: new events and finished attempts, in the order they were kept,
//! resumable at any point.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use hookbench_domain::{AttemptId, Outcome, Timestamp, Trigger};
use hookbench_store::{Changes, EventSummary, FinishedAttempt, Store};
use serde::Serialize;
use tokio::sync::watch;

use crate::WorkbenchError;
use crate::deliveries::views::DeliveryView;
use crate::handles::Events;

/// How far a reader has read: the last event and the last attempt it saw. Written `12-345`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedPosition {
    event: i64,
    attempt: i64,
}

impl fmt::Display for FeedPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.event, self.attempt)
    }
}

impl FromStr for FeedPosition {
    type Err = WorkbenchError;
    fn from_str(text: &str) -> Result<Self, WorkbenchError> {
        let number = |s: &str| s.parse::<i64>().ok().filter(|n| *n >= 0);
        text.split_once('-')
            .and_then(|(event, attempt)| Some(Self { event: number(event)?, attempt: number(attempt)? }))
            .ok_or_else(|| WorkbenchError::field("Last-Event-ID", "is not a position of this stream"))
    }
}

/// A finished attempt, without its bodies.
#[derive(Debug, Clone, Serialize)]
pub struct AttemptLine {
    /// The attempt's id.
    pub id: AttemptId,
    /// Its number within the delivery.
    pub number: u32,
    /// What started it.
    pub trigger: Trigger,
    /// When it started.
    pub started_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The status it got.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// How long it took.
    pub total_ms: u64,
    /// Its delivery as it stands now.
    pub delivery: DeliveryView,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FeedItem {
    /// An event was kept.
    Event(EventSummary),
    /// An attempt ended.
    Attempt(Box<AttemptLine>),
}

/// A reader of what happens.
pub struct Feed {
    store: Store,
    position: FeedPosition,
    changes: watch::Receiver<Changes>,
    ready: VecDeque<(FeedPosition, FeedItem)>,
}

impl Events {
    /// Reads what happens from `from` on, or from now on.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn feed(&self, from: Option<FeedPosition>) -> Result<Feed, WorkbenchError> {
        let mut changes = self.0.store.changes();
        changes.mark_changed();
        let position = match from {
            Some(position) => position,
            None => {
                let (event, attempt) = self.0.store.ends().await?;
                FeedPosition { event, attempt }
            }
        };
        Ok(Feed { store: self.0.store.clone(), position, changes, ready: VecDeque::new() })
    }
}

impl Feed {
    /// The next thing that happened, with the position after it; waits for it. `None` once the
    /// store is closed.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn next(&mut self) -> Result<Option<(FeedPosition, FeedItem)>, WorkbenchError> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(Some(item));
            }
            if self.changes.changed().await.is_err() {
                return Ok(None);
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<(), WorkbenchError> {
        let events = self.store.events_after(self.position.event).await?;
        let attempts = self.store.attempts_after(self.position.attempt).await?;
        if !events.is_empty() || !attempts.is_empty() {
            // There may be more than one page: look again before waiting.
            self.changes.mark_changed();
        }
        for (seq, event) in events {
            self.position.event = seq;
            self.ready.push_back((self.position, FeedItem::Event(event)));
        }
        for attempt in attempts {
            self.position.attempt = attempt.seq;
            self.ready.push_back((self.position, FeedItem::Attempt(Box::new(line(attempt)))));
        }
        Ok(())
    }
}

fn line(attempt: FinishedAttempt) -> AttemptLine {
    AttemptLine {
        id: attempt.id(),
        number: attempt.number,
        trigger: attempt.trigger,
        started_at: attempt.started_at,
        outcome: attempt.outcome,
        status: attempt.status,
        error: attempt.error,
        total_ms: attempt.total_us / 1000,
        delivery: attempt.delivery.into(),
    }
}
