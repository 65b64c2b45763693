//! Retention: the loop that takes away what is old or too much, and the rules it goes by.

use std::sync::PoisonError;
use std::time::Duration;

use hookbench_domain::{ClockTrust, Passed, Timestamp};
use hookbench_store::{PrunedBatch, RetentionRules};
use serde::{Deserialize, Deserializer, Serialize};
use tokio::task::JoinHandle;

use crate::handles::Maintenance;
use crate::{Workbench, WorkbenchError};

/// How long after the start the first look is, and how often one follows.
const FIRST_LOOK: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// How long others get between two batches.
const BREATH: Duration = Duration::from_millis(20);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const SMALLEST_BYTES: i64 = 1024 * 1024;
/// How much a look that nobody asked for takes away of a kind at most: a twentieth of the rows, and of
/// a small log no less than this is allowed. What is wrong then is noticed before it is all gone.
const SHARE: u64 = 20;
const ALLOWED_ROWS: u64 = 1000;

/// What is to change; what is left out stays, null keeps for ever.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RetentionInput {
    /// Days for payloads and response bodies.
    #[serde(alias = "bodies", deserialize_with = "given")]
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    pub bodies_days: Option<Option<u32>>,
    /// Days for rows of the log.
    #[serde(alias = "rows", deserialize_with = "given")]
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    pub rows_days: Option<Option<u32>>,
    /// Bytes for the database.
    #[serde(deserialize_with = "given")]
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    pub max_bytes: Option<Option<i64>>,
}

fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// How to go by the rules now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RetentionRun {
    /// The clock is right, although it has leapt: go by it from now on.
    pub trust_clock: bool,
}

/// The rules, and how much is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RetentionView {
    /// The rules.
    #[serde(flatten)]
    pub rules: RetentionRules,
    /// How many bytes the database uses.
    pub used_bytes: i64,
    /// For how many days at least the id of an event is known, so that it is not taken in twice.
    pub dedupe_days: u32,
    /// Why nothing is taken away by its age for now, and what to do; null while it is.
    pub on_hold: Option<String>,
}

/// What a round of retention took away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RetentionDone {
    /// Events whose bodies were taken away.
    pub bodies: u64,
    /// Deliveries that were taken away.
    pub deliveries: u64,
    /// Events that were taken away.
    pub events: u64,
    /// Received requests that were emptied or taken away.
    pub received: u64,
    /// How many bytes the database used before.
    pub used_bytes_before: i64,
    /// How many it uses now.
    pub used_bytes: i64,
    /// Why nothing was taken away by its age, and what to do; null where it was.
    pub on_hold: Option<String>,
}

/// How much may still be taken away of each kind.
struct Allowed {
    bodies: u64,
    deliveries: u64,
    events: u64,
    received: u64,
}

impl Allowed {
    const fn rows(rows: u64) -> Self {
        Self { bodies: rows, deliveries: rows, events: rows, received: rows }
    }
}

/// Counts down what was taken away; false when nothing more may be.
fn spend(allowed: &mut u64, taken: u64) -> bool {
    *allowed = allowed.saturating_sub(taken);
    *allowed > 0
}

/// Why nothing is taken away by its age.
fn on_hold(clock: &ClockTrust) -> Option<String> {
    let leap = clock.leap?;
    let (hours, way) = (leap.by_ms.unsigned_abs().div_ceil(60 * 60 * 1000), leap.by_ms < 0);
    let distance = if hours < 48 { format!("{hours} hours") } else { format!("{} days", hours / 24) };
    let left = leap.needs_ms().saturating_sub(leap.even_ms).div_ceil(60 * 60 * 1000);
    let hours = if left == 1 { "hour" } else { "hours" };
    Some(format!(
        "the clock moved {distance} {} and says {}: nothing is deleted by its age until the clock has run evenly for {left} more {hours}. If it is wrong, set it right; if it is right, run hookbench retention run --trust-clock",
        if way { "back" } else { "ahead" },
        clock.seen,
    ))
}

impl Workbench {
    /// Compares the time of day with what is known of it.
    pub(crate) async fn look_at_clock(&self) -> Result<ClockTrust, WorkbenchError> {
        let (now, steady_ms) = (self.clock.now(), self.clock.steady_ms());
        let before = {
            let mut seen = self.clock_seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.replace((now, steady_ms))
        };
        let passed =
            before.map(|(since, steady)| Passed { since, steady_ms: steady_ms.saturating_sub(steady) });
        Ok(self.store.look_at_clock(now, passed).await?)
    }

    async fn retain(&self, mut allowed: Allowed) -> Result<RetentionDone, WorkbenchError> {
        let rules = self.store.retention().await?;
        let clock = self.look_at_clock().await?;
        let now = clock.safe(self.clock.now());
        let mut done = RetentionDone {
            used_bytes_before: self.store.used_bytes().await?,
            on_hold: on_hold(&clock),
            ..RetentionDone::default()
        };
        let by_age = |days: Option<u32>| days.filter(|_| done.on_hold.is_none());
        let before = |days: Option<u32>| by_age(days).map(|days| now.minus_ms(u64::from(days) * DAY_MS));
        let (bodies, rows) = (before(rules.bodies_days), before(rules.rows_days));
        // Whatever its age where there is too much: the oldest first, bodies before rows.
        let any = Timestamp::from_ms(i64::MAX);
        let too_much = rules.max_bytes.is_some() && !self.enough(rules.max_bytes).await?;
        let mut after = 0;
        while let Some(before) = if too_much { Some(any) } else { bodies.max(rows) } {
            let PrunedBatch { next, pruned } = self.store.prune_held(after, before, now).await?;
            done.bodies += pruned;
            let more = spend(&mut allowed.bodies, pruned);
            match next {
                Some(next) if more => after = next,
                Some(_) | None => break,
            }
            tokio::time::sleep(BREATH).await;
        }
        if let Some(before) = bodies.max(rows) {
            self.take_bodies(before, None, now, &mut allowed, &mut done).await?;
        }
        if let Some(before) = rows {
            self.take_rows(before, None, now, &mut allowed, &mut done).await?;
            while self.store.prune_operations(before).await? > 0 {
                tokio::time::sleep(BREATH).await;
            }
        }
        loop {
            let received = self.store.prune_received(bodies.max(rows), rows, now).await?;
            done.received += received;
            if received == 0 || !spend(&mut allowed.received, received) {
                break;
            }
            tokio::time::sleep(BREATH).await;
        }
        if let Some(most) = rules.max_bytes {
            self.take_bodies(any, Some(most), now, &mut allowed, &mut done).await?;
            self.take_rows(any, Some(most), now, &mut allowed, &mut done).await?;
        }
        done.used_bytes = self.store.used_bytes().await?;
        Ok(done)
    }

    async fn enough(&self, most: Option<i64>) -> Result<bool, WorkbenchError> {
        match most {
            Some(most) => Ok(self.store.used_bytes().await? <= most),
            None => Ok(false),
        }
    }

    async fn take_bodies(
        &self,
        before: Timestamp,
        most: Option<i64>,
        now: Timestamp,
        allowed: &mut Allowed,
        done: &mut RetentionDone,
    ) -> Result<(), WorkbenchError> {
        while allowed.bodies > 0 && !self.enough(most).await? {
            let batch = self.store.prune_bodies(before, now).await?;
            done.bodies += batch.pruned;
            if !spend(&mut allowed.bodies, batch.pruned) || batch.next.is_none() {
                break;
            }
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }

    async fn take_rows(
        &self,
        before: Timestamp,
        most: Option<i64>,
        now: Timestamp,
        allowed: &mut Allowed,
        done: &mut RetentionDone,
    ) -> Result<(), WorkbenchError> {
        let (mut delivery, mut event) = (0, 0);
        while allowed.deliveries > 0 && allowed.events > 0 && !self.enough(most).await? {
            let deliveries = self.store.prune_deliveries(before, delivery).await?;
            let events = self.store.prune_events(before, event, now).await?;
            done.deliveries += deliveries.pruned;
            done.events += events.pruned;
            let more = spend(&mut allowed.deliveries, deliveries.pruned)
                && spend(&mut allowed.events, events.pruned);
            (delivery, event) = (deliveries.next.unwrap_or(delivery), events.next.unwrap_or(event));
            if !more || deliveries.next.is_none() && events.next.is_none() {
                break;
            }
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }

    /// Goes by the rules again and again until it is aborted, a share of what there is at a time.
    pub(crate) fn retention_worker(&self) -> JoinHandle<()> {
        let workbench = self.clone();
        tokio::spawn(async move {
            // What the clock says now is compared with what it says later.
            if let Err(error) = workbench.look_at_clock().await {
                tracing::warn!(%error, "the clock cannot be looked at now");
            }
            tokio::time::sleep(FIRST_LOOK).await;
            let mut held = false;
            loop {
                match workbench.retain_a_share().await {
                    Ok(RetentionDone { on_hold: Some(why), .. }) => {
                        if !held {
                            tracing::warn!(%why, "retention is on hold");
                        }
                        held = true;
                    }
                    Ok(RetentionDone { on_hold: None, .. }) => held = false,
                    Err(error) => tracing::warn!(%error, "retention cannot go on now"),
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        })
    }

    async fn retain_a_share(&self) -> Result<RetentionDone, WorkbenchError> {
        let rows = self.store.rows().await?;
        self.retain(Allowed::rows((rows / SHARE).max(ALLOWED_ROWS))).await
    }
}

impl Maintenance {
    /// The rules of retention, and how much is kept.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn retention(&self) -> Result<RetentionView, WorkbenchError> {
        Ok(RetentionView {
            rules: self.0.store.retention().await?,
            used_bytes: self.0.store.used_bytes().await?,
            dedupe_days: hookbench_store::DEDUPE_DAYS,
            on_hold: self.retention_on_hold().await?,
        })
    }

    /// Changes the rules.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the rule that cannot be.
    pub async fn set_retention(&self, input: RetentionInput) -> Result<RetentionView, WorkbenchError> {
        let mut rules = self.0.store.retention().await?;
        let days = |field: &'static str, value: Option<u32>| match value {
            Some(0) | Some(3651..) => Err(WorkbenchError::field(field, "1 to 3650 days, or null for ever")),
            Some(_) | None => Ok(value),
        };
        if let Some(value) = input.bodies_days {
            rules.bodies_days = days("bodies_days", value)?;
        }
        if let Some(value) = input.rows_days {
            rules.rows_days = days("rows_days", value)?;
        }
        if let Some(value) = input.max_bytes {
            if value.is_some_and(|bytes| bytes < SMALLEST_BYTES) {
                return Err(WorkbenchError::field("max_bytes", "at least 1048576 (1 MiB), or null for any"));
            }
            rules.max_bytes = value;
        }
        self.0.store.set_retention(rules).await?;
        self.retention().await
    }

    /// Why nothing is taken away by its age for now, if so.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn retention_on_hold(&self) -> Result<Option<String>, WorkbenchError> {
        Ok(self.0.store.clock_trust().await?.and_then(|clock| on_hold(&clock)))
    }

    /// Takes away what the rules say, now, in small batches. While the clock has leapt nothing is taken
    /// away by its age; what is too much still is, and no event's id is forgotten by that clock.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be written; what was done so far stays done.
    pub async fn run_retention(&self, run: RetentionRun) -> Result<RetentionDone, WorkbenchError> {
        if run.trust_clock {
            self.0.store.believe_clock(self.0.clock.now()).await?;
        }
        self.0.retain(Allowed::rows(u64::MAX)).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hookbench_ambient::Clock;
    use hookbench_domain::{EventDraft, EventId, Timestamp};
    use hookbench_store::{Publication, RetentionRules};

    use super::{ALLOWED_ROWS, DAY_MS, RetentionRun};
    use crate::{VaultKeySource, Workbench};

    const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

    async fn open(folder: &std::path::Path, clock: &Clock) -> Workbench {
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        Workbench::open_with(folder, key, clock.clone()).await.unwrap()
    }

    async fn publish(workbench: &Workbench, ids: std::ops::Range<u64>) {
        let now = workbench.clock.now();
        let item = |n| {
            let draft = EventDraft::new("lead.new", "{}", Some(&format!("e{n}")), None, None).unwrap();
            let event = Arc::new(draft.keep(|| EventId::new(now, 1), now).unwrap());
            Publication { event, only: None, arrival: None }
        };
        workbench.store.publish(ids.map(item).collect()).await.unwrap();
    }

    #[tokio::test]
    async fn nothing_goes_by_its_age_while_the_clock_has_leapt_also_after_a_restart() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(NOW));
        let workbench = open(folder.path(), &clock).await;
        publish(&workbench, 0..5).await;
        workbench.look_at_clock().await.unwrap();
        clock.pass(60_000);
        clock.set(clock.now().plus_ms(400 * DAY_MS));
        publish(&workbench, 5..8).await;
        let done = workbench.maintenance().run_retention(RetentionRun::default()).await.unwrap();
        let why = done.on_hold.unwrap();
        assert!(why.contains("400 days ahead") && why.contains("--trust-clock"), "{why}");
        assert_eq!((done.bodies, done.events, done.deliveries), (0, 0, 0));
        workbench.close().await;

        // A program that is started while the clock is wrong knows it, too.
        let workbench = open(folder.path(), &clock).await;
        clock.pass(60_000);
        let done = workbench.maintenance().run_retention(RetentionRun::default()).await.unwrap();
        assert_eq!((done.on_hold.is_some(), done.bodies, done.events), (true, 0, 0));
        assert!(workbench.maintenance().retention().await.unwrap().on_hold.is_some());
        let twice = {
            publish(&workbench, 0..1).await;
            workbench.store.event("e0", None).await.is_ok()
        };
        assert!(twice, "the id is known still");

        // Set right again, it is believed at once; whatever is young stays.
        clock.set(NOW.plus_ms(180_000));
        let done = workbench.maintenance().run_retention(RetentionRun::default()).await.unwrap();
        assert_eq!((done.on_hold, done.bodies, done.events), (None, 0, 0));
    }

    #[tokio::test]
    async fn a_person_may_say_that_the_clock_is_right() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(NOW));
        let workbench = open(folder.path(), &clock).await;
        publish(&workbench, 0..5).await;
        clock.set(NOW.plus_ms(400 * DAY_MS));
        assert!(
            workbench.maintenance().run_retention(RetentionRun::default()).await.unwrap().on_hold.is_some()
        );
        let done = workbench.maintenance().run_retention(RetentionRun { trust_clock: true }).await.unwrap();
        assert_eq!((done.on_hold, done.bodies, done.events), (None, 5, 4), "the latest row stays");
    }

    #[tokio::test]
    async fn a_look_that_nobody_asked_for_takes_a_share() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(NOW));
        let workbench = open(folder.path(), &clock).await;
        publish(&workbench, 0..3000).await;
        workbench.look_at_clock().await.unwrap();
        clock.pass(400 * DAY_MS);
        let done = workbench.retain_a_share().await.unwrap();
        let most = ALLOWED_ROWS + 200;
        assert!((ALLOWED_ROWS..=most).contains(&done.bodies), "{done:?}");
        assert!((ALLOWED_ROWS..=most).contains(&done.events), "{done:?}");
        assert_eq!(done.on_hold, None);
        let rest = workbench.maintenance().run_retention(RetentionRun::default()).await.unwrap();
        assert_eq!(done.events + rest.events, 2999);
    }

    #[tokio::test]
    async fn a_database_that_is_too_large_is_made_smaller_whatever_the_clock_did() {
        let (folder, now) = (tempfile::tempdir().unwrap(), Timestamp::from_ms(1_780_000_000_000));
        let (key, clock) =
            (VaultKeySource { in_memory: true, ..VaultKeySource::default() }, Clock::manual(now));
        let workbench = Workbench::open_with(folder.path(), key, clock.clone()).await.unwrap();
        for (n, days) in [900, 0, 0].into_iter().enumerate() {
            clock.set(now.plus_ms(days * DAY_MS));
            let data = format!(r#"{{"filler":"{}"}}"#, "x".repeat(700_000));
            let draft = EventDraft::new("lead.new", &data, Some(&format!("e{n}")), None, None).unwrap();
            let event = Arc::new(draft.keep(|| EventId::new(now, 1), clock.now()).unwrap());
            workbench.store.publish(vec![Publication { event, only: None, arrival: None }]).await.unwrap();
        }
        let rules = RetentionRules { bodies_days: None, rows_days: None, max_bytes: Some(1024 * 1024) };
        workbench.store.set_retention(rules).await.unwrap();
        let done = workbench.maintenance().run_retention(RetentionRun::default()).await.unwrap();
        assert!(done.bodies > 0 && done.used_bytes <= 1024 * 1024, "{done:?}");
    }
}
