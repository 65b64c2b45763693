//! Retention: the loop that takes away what is old or too much, and the rules it goes by.

use std::time::Duration;

use hookbench_domain::Timestamp;
use hookbench_store::{PrunedBatch, RetentionRules};
use serde::{Deserialize, Deserializer, Serialize};
use tokio::task::JoinHandle;

use crate::{Workbench, WorkbenchError};

/// How long after the start the first look is, and how often one follows.
const FIRST_LOOK: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// How long others get between two batches.
const BREATH: Duration = Duration::from_millis(20);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const SMALLEST_BYTES: i64 = 1024 * 1024;

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

/// The rules, and how much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RetentionView {
    /// The rules.
    #[serde(flatten)]
    pub rules: RetentionRules,
    /// How many bytes the database uses.
    pub used_bytes: i64,
    /// For how many days at least the id of an event is known, so that it is not taken in twice.
    pub dedupe_days: u32,
}

/// What a round of retention took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
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
}

impl Workbench {
    /// The rules of retention, and how much is kept.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn retention(&self) -> Result<RetentionView, WorkbenchError> {
        Ok(RetentionView {
            rules: self.store.retention().await?,
            used_bytes: self.store.used_bytes().await?,
            dedupe_days: hookbench_store::DEDUPE_DAYS,
        })
    }

    /// Changes the rules.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the rule that cannot be.
    pub async fn set_retention(&self, input: RetentionInput) -> Result<RetentionView, WorkbenchError> {
        let mut rules = self.store.retention().await?;
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
        self.store.set_retention(rules).await?;
        self.retention().await
    }

    /// Takes away what the rules say, now, in small batches.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be written; what was done so far stays done.
    pub async fn run_retention(&self) -> Result<RetentionDone, WorkbenchError> {
        let rules = self.store.retention().await?;
        let now = self.clock.now();
        let before = |days: Option<u32>| days.map(|days| now.minus_ms(u64::from(days) * DAY_MS));
        let (bodies, rows) = (before(rules.bodies_days), before(rules.rows_days));
        let mut done =
            RetentionDone { used_bytes_before: self.store.used_bytes().await?, ..RetentionDone::default() };
        // Whatever its age where there is too much: the oldest first, bodies before rows.
        let any = Timestamp::from_ms(i64::MAX);
        let too_much = rules.max_bytes.is_some() && !self.enough(rules.max_bytes).await?;
        let mut after = 0;
        while let Some(before) = if too_much { Some(any) } else { bodies.max(rows) } {
            let PrunedBatch { next, pruned } = self.store.prune_held(after, before, now).await?;
            done.bodies += pruned;
            match next {
                Some(next) => after = next,
                None => break,
            }
            tokio::time::sleep(BREATH).await;
        }
        if let Some(before) = bodies.max(rows) {
            self.take_bodies(before, None, &mut done).await?;
        }
        if let Some(before) = rows {
            self.take_rows(before, None, &mut done).await?;
            while self.store.prune_operations(before).await? > 0 {
                tokio::time::sleep(BREATH).await;
            }
        }
        loop {
            let received = self.store.prune_received(bodies.max(rows), rows, now).await?;
            done.received += received;
            if received == 0 {
                break;
            }
            tokio::time::sleep(BREATH).await;
        }
        if let Some(most) = rules.max_bytes {
            self.take_bodies(any, Some(most), &mut done).await?;
            self.take_rows(any, Some(most), &mut done).await?;
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
        done: &mut RetentionDone,
    ) -> Result<(), WorkbenchError> {
        while !self.enough(most).await? {
            let batch = self.store.prune_bodies(before, self.clock.now()).await?;
            done.bodies += batch.pruned;
            if batch.next.is_none() {
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
        done: &mut RetentionDone,
    ) -> Result<(), WorkbenchError> {
        let (mut delivery, mut event) = (0, 0);
        while !self.enough(most).await? {
            let deliveries = self.store.prune_deliveries(before, delivery).await?;
            let events = self.store.prune_events(before, event, self.clock.now()).await?;
            done.deliveries += deliveries.pruned;
            done.events += events.pruned;
            (delivery, event) = (deliveries.next.unwrap_or(delivery), events.next.unwrap_or(event));
            if deliveries.next.is_none() && events.next.is_none() {
                break;
            }
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }

    /// Goes by the rules again and again until it is aborted.
    pub(crate) fn keep_retaining(&self) -> JoinHandle<()> {
        let workbench = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(FIRST_LOOK).await;
            loop {
                if let Err(error) = workbench.run_retention().await {
                    tracing::warn!(%error, "retention cannot go on now");
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hookbench_ambient::Clock;
    use hookbench_domain::{EventDraft, EventId, Timestamp};
    use hookbench_store::{Publication, RetentionRules};

    use super::DAY_MS;
    use crate::{VaultKeySource, Workbench};

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
        let done = workbench.run_retention().await.unwrap();
        assert!(done.bodies > 0 && done.used_bytes <= 1024 * 1024, "{done:?}");
    }
}
