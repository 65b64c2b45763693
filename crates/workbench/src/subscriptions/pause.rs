//! Pausing everything or one subscription, and going on.

use hookbench_domain::Timestamp;
use serde::Serialize;

use crate::handles::Subscriptions;
use crate::subscriptions::view::SubscriptionView;
use crate::{SubscriptionRef, Workbench, WorkbenchError};

/// Whether everything is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PauseView {
    /// Whether it is.
    pub paused: bool,
    /// Since when.
    pub paused_since: Option<Timestamp>,
}

impl From<Option<Timestamp>> for PauseView {
    fn from(paused_since: Option<Timestamp>) -> Self {
        Self { paused: paused_since.is_some(), paused_since }
    }
}

impl Workbench {
    /// Whether everything is paused.
    #[must_use]
    pub fn paused(&self) -> PauseView {
        self.store.registry().borrow().paused_since().into()
    }

    /// Pauses everything: nothing new is sent, not even a manual retry, until [`Workbench::resume`];
    /// what is under way ends, and events are kept as ever. Holds across restarts; a dispatcher in
    /// another process notices within a second. Pausing twice keeps the first time.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be written.
    pub async fn pause(&self) -> Result<PauseView, WorkbenchError> {
        self.store.pause(Some(self.clock.now())).await?;
        Ok(self.paused())
    }

    /// Sends again, what waited first. A subscription that is paused by itself stays so.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be written.
    pub async fn resume(&self) -> Result<PauseView, WorkbenchError> {
        self.store.pause(None).await?;
        Ok(self.paused())
    }
}

impl Subscriptions {
    /// Pauses one subscription, as [`Workbench::pause`] does all: what is new waits, where a
    /// disabled one would skip it.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or it is not at the revision that the caller names.
    pub async fn pause(&self, which: impl Into<SubscriptionRef>) -> Result<SubscriptionView, WorkbenchError> {
        let SubscriptionRef { id, revision } = which.into();
        self.0.store.pause_subscription(id, revision, Some(self.0.clock.now())).await?;
        self.get(id)
    }

    /// Sends to it again, what waited first.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or it is not at the revision that the caller names.
    pub async fn resume(
        &self,
        which: impl Into<SubscriptionRef>,
    ) -> Result<SubscriptionView, WorkbenchError> {
        let SubscriptionRef { id, revision } = which.into();
        self.0.store.pause_subscription(id, revision, None).await?;
        self.get(id)
    }
}
