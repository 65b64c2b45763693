//! Operations as people see them, and the loop that drives them in the process that dispatches.

pub(crate) mod recovery;

use std::collections::HashMap;
use std::time::Duration;

use hookbench_ambient::Stopwatch;
use hookbench_domain::{
    DeliveryId, Move, OperationId, OperationKind, OperationState, SubscriptionId, Timestamp, next_move,
};
use hookbench_store::{Page, StoredOperation};
use serde::Serialize;
use tokio::task::JoinHandle;

use crate::handles::Operations;
use crate::operations::recovery::as_it_goes;
use crate::{Workbench, WorkbenchError};

/// How often an open operation is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often is looked for one that another process queued.
const IDLE_LOOK: Duration = Duration::from_millis(500);
/// After so long, what is still being put together is left by a process that is gone.
const ABANDONED_MS: u64 = 10 * 60 * 1000;

/// An operation and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OperationView {
    /// Its id.
    pub id: OperationId,
    /// What it does: `retry`, `recover`, `replay` or `cancel`.
    pub kind: OperationKind,
    /// Where it stands.
    pub state: OperationState,
    /// Whether it is over.
    pub ended: bool,
    /// The subscription, if it is about one.
    pub subscription: Option<SubscriptionId>,
    /// The subscription's name.
    pub subscription_name: Option<String>,
    /// What was asked.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, unknown>"))]
    pub asked: serde_json::Value,
    /// How many deliveries it is about.
    pub total: u32,
    /// How many wait for their turn.
    pub waiting: u32,
    /// How many are under way.
    pub in_flight: u32,
    /// How many got through; of a cancelling one, were cancelled.
    pub delivered: u32,
    /// How many did not get through.
    pub failed: u32,
    /// How many had nothing to do any more when their turn came.
    pub left_out: u32,
    /// How many a second it sends at most.
    pub rate_per_second: f64,
    /// Whether one goes first, alone.
    pub canary: bool,
    /// Why it stopped.
    pub why: Option<String>,
    /// What it waits for, if something holds it.
    pub held: Option<String>,
    /// How the last failed one ended.
    pub last_failure: Option<String>,
    /// The first deliveries that failed, at most 20; only where one operation is shown.
    pub failures: Vec<DeliveryId>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the first one was sent.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Workbench {
    fn operation_view(&self, kept: StoredOperation, failures: Vec<DeliveryId>) -> OperationView {
        let registry = self.store.registry().borrow().clone();
        let registered = kept.subscription.and_then(|id| registry.get(id).cloned());
        let held = (!kept.state.ended() && kept.state != OperationState::Preparing)
            .then(|| self.held(&kept))
            .flatten();
        OperationView {
            id: kept.id,
            kind: kept.kind,
            state: kept.state,
            ended: kept.state.ended(),
            subscription: kept.subscription,
            subscription_name: registered.map(|r| r.subscription.definition.name.clone()),
            asked: serde_json::from_str(&kept.asked).unwrap_or_default(),
            total: kept.tally.total,
            waiting: kept.tally.waiting(),
            in_flight: kept.tally.sent,
            delivered: kept.tally.delivered,
            failed: kept.tally.failed,
            left_out: kept.tally.left_out,
            rate_per_second: kept.rate,
            canary: kept.canary,
            why: kept.why,
            held,
            last_failure: kept.last_failure,
            failures,
            created_at: kept.created_at,
            started_at: kept.started_at,
            finished_at: kept.finished_at,
        }
    }

    /// What an operation waits for besides its pace.
    fn held(&self, kept: &StoredOperation) -> Option<String> {
        if kept.kind == OperationKind::Cancel {
            return None;
        }
        if self.dispatching().is_none() {
            return Some(
                "nothing dispatches from this folder now: it goes on with hookbench run, or the window"
                    .to_owned(),
            );
        }
        let registry = self.store.registry().borrow().clone();
        if registry.paused_since().is_some() {
            return Some("everything is paused: it goes on after hookbench resume".to_owned());
        }
        let subscription = kept.subscription.and_then(|id| registry.get(id).cloned())?;
        let id = subscription.subscription.id;
        subscription
            .subscription
            .paused_since
            .map(|_| format!("the subscription is paused: it goes on after hookbench resume {id}"))
    }

    /// Drives operations until it is aborted. Only in the process that dispatches.
    pub(crate) fn operations_worker(&self) -> JoinHandle<()> {
        let workbench = self.clone();
        tokio::spawn(async move {
            let now = workbench.clock.now();
            if let Err(error) = workbench.store.abandon_operations(now.minus_ms(ABANDONED_MS), now).await {
                tracing::warn!(%error, "operations left unfinished cannot be ended");
            }
            let mut paces = HashMap::new();
            loop {
                let sleep = match workbench.step_operations(&mut paces, false).await {
                    Ok(0) => IDLE_LOOK,
                    Ok(_) => LOOK_EVERY,
                    Err(error) => {
                        tracing::warn!(%error, "operations cannot be driven now");
                        IDLE_LOOK
                    }
                };
                tokio::time::sleep(sleep).await;
            }
        })
    }

    /// Drives what only cancels, where nobody dispatches: that needs no dispatcher.
    pub(crate) async fn drive_cancelling(&self, id: OperationId) -> Result<(), WorkbenchError> {
        let mut paces = HashMap::new();
        while !self.store.operation(id).await?.state.ended() {
            self.step_operations(&mut paces, true).await?;
        }
        Ok(())
    }

    /// Moves every open operation on by one step. Says how many there are.
    async fn step_operations(
        &self,
        paces: &mut HashMap<OperationId, Pace>,
        only_cancelling: bool,
    ) -> Result<usize, WorkbenchError> {
        let open = self.store.open_operations().await?;
        paces.retain(|id, _| open.iter().any(|kept| kept.id == *id));
        let mine = |kept: &&StoredOperation| !only_cancelling || kept.kind == OperationKind::Cancel;
        for kept in open.iter().filter(mine) {
            let pace = paces.entry(kept.id).or_insert_with(Pace::start);
            self.step(kept, pace).await?;
        }
        Ok(open.len())
    }

    async fn step(&self, kept: &StoredOperation, pace: &mut Pace) -> Result<(), WorkbenchError> {
        if kept.kind == OperationKind::Cancel
            && let Some(query) = as_it_goes(&kept.asked)
        {
            return self.cancel_some(kept.id, query).await;
        }
        let kept = if kept.tally.sent > 0 {
            self.store.settle_operation(kept).await?;
            self.store.operation(kept.id).await?
        } else {
            kept.clone()
        };
        let now = self.clock.now();
        if let Some(why) = self.obstacle(&kept) {
            self.store.end_operation(kept.id, OperationState::Stopped, Some(why), now).await?;
            return Ok(());
        }
        if kept.kind != OperationKind::Cancel && self.held(&kept).is_some() {
            return Ok(());
        }
        let allowance = if kept.kind == OperationKind::Cancel { 32 } else { pace.allowance(kept.rate) };
        let last = kept.last_failure.as_deref();
        match next_move(kept.state, &kept.tally, kept.canary, allowance, last) {
            Move::Wait => {}
            Move::Send(to, count) => {
                self.store.send_operation_items(&kept, to, count, now).await?;
                if to == OperationState::Running {
                    pace.spend(count);
                }
            }
            Move::End(state, why) => {
                self.store.end_operation(kept.id, state, why, now).await?;
            }
        }
        Ok(())
    }

    /// Why an operation cannot go on at all.
    fn obstacle(&self, kept: &StoredOperation) -> Option<String> {
        if kept.state.ended() || kept.kind == OperationKind::Cancel {
            return None;
        }
        let id = kept.subscription?;
        let left = kept.tally.waiting();
        let registry = self.store.registry().borrow().clone();
        match registry.get(id) {
            None => Some(format!("the subscription was deleted; the other {left} were not sent")),
            Some(known) if !known.subscription.definition.enabled => Some(format!(
                "the subscription is disabled; the other {left} were not sent: enable it, then start again"
            )),
            Some(_) => None,
        }
    }
}

impl Operations {
    /// Lists operations, newest first. At most 500 at a time.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the cursor or limit is wrong.
    pub async fn list(
        &self,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> Result<Page<OperationView>, WorkbenchError> {
        let limit = limit.unwrap_or(50);
        if !(1..=hookbench_store::MAX_PAGE).contains(&limit) {
            return Err(WorkbenchError::field("limit", "1 to 500"));
        }
        let page = self.0.store.operations(limit, cursor).await?;
        Ok(page.map(|kept| self.0.operation_view(kept, Vec::new())))
    }

    /// One operation.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub async fn get(&self, id: OperationId) -> Result<OperationView, WorkbenchError> {
        let kept = self.0.store.operation(id).await?;
        let failures = self.0.store.operation_failures(id).await?;
        Ok(self.0.operation_view(kept, failures))
    }

    /// Stops an operation: what waits is not sent, what is under way ends.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or the operation is over.
    pub async fn cancel(&self, id: OperationId) -> Result<OperationView, WorkbenchError> {
        let kept = self.0.store.operation(id).await?;
        if !self.0.store.end_operation(id, OperationState::Cancelled, None, self.0.clock.now()).await? {
            let why = format!("{id} is {} already: there is nothing to stop", kept.state.as_str());
            return Err(WorkbenchError::State(why));
        }
        self.get(id).await
    }
}

/// Lets so many a second through, and not in bursts.
struct Pace {
    watch: Stopwatch,
    saved: f64,
}

impl Pace {
    fn start() -> Self {
        Self { watch: Stopwatch::start(), saved: 0.0 }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    fn allowance(&mut self, rate: f64) -> u32 {
        self.saved = (self.saved + self.watch.elapsed().as_secs_f64() * rate).min((rate / 4.0).max(1.0));
        self.watch = Stopwatch::start();
        self.saved.floor() as u32
    }

    fn spend(&mut self, count: u32) {
        self.saved = (self.saved - f64::from(count)).max(0.0);
    }
}
