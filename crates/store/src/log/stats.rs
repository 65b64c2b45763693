//! Counts over the log.

use std::collections::BTreeMap;

use hookbench_domain::{SubscriptionId, Timestamp};
use sqlx::{AssertSqlSafe, Row};

use crate::error::corrupt;
use crate::projections::aggregates::LIVE;
use crate::{Store, StoreError};

/// How many of the latest attempts the latency percentiles are taken from.
pub const LATENCY_SAMPLE: u32 = 10_000;

/// Counts of one subscription, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Deliveries by state.
    pub by_state: BTreeMap<String, i64>,
}

impl Counts {
    /// Deliveries in this state.
    #[must_use]
    pub fn of(&self, state: &str) -> i64 {
        self.by_state.get(state).copied().unwrap_or(0)
    }

    /// Delivered over delivered and failed; `None` before any has ended.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of counts far below 2^53")]
    pub fn success_rate(&self) -> Option<f64> {
        let (good, bad) = (self.of("delivered"), self.of("failed"));
        (good + bad > 0).then(|| good as f64 / (good + bad) as f64)
    }
}

/// What the log holds now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// Events kept.
    pub events: i64,
    /// Attempts made.
    pub attempts: i64,
    /// Deliveries of all subscriptions, deleted ones included.
    pub total: Counts,
    /// Deliveries of each subscription that has any.
    pub by_subscription: Vec<(SubscriptionId, Counts)>,
    /// Deliveries due now that wait for a place.
    pub due: i64,
    /// When the next waiting delivery falls due.
    pub next_due_at: Option<Timestamp>,
    /// Duration of attempts that got a status, in microseconds, sorted: the latest
    /// [`LATENCY_SAMPLE`].
    pub latencies_us: Vec<i64>,
}

/// The statement that counts states: one, so that what it adds up is of one moment.
pub(crate) fn states() -> String {
    format!(
        "select s.id, t.state, sum(t.n) as n from (
           select subscription_seq, state, sum(n) as n from log_combinations group by 1, 2
           union all select d.subscription_seq, d.state, count(*) from ({LIVE}) l cross join deliveries d on d.seq = l.seq
             group by 1, 2
         ) t cross join subscriptions s on s.seq = t.subscription_seq where t.n > 0 group by s.seq, t.state order by s.seq"
    )
}

impl Stats {
    /// The latency that `percent` of the sample does not exceed, in microseconds.
    #[must_use]
    pub fn percentile_us(&self, percent: usize) -> Option<i64> {
        let last = self.latencies_us.len().checked_sub(1)?;
        self.latencies_us.get((last * percent.min(100)).div_ceil(100)).copied()
    }
}

impl Store {
    /// Counts what the log holds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn stats(&self, now: Timestamp) -> Result<Stats, StoreError> {
        let mut stats = Stats::default();
        for (id, state, n) in self.states().await? {
            let id: SubscriptionId = id.parse().map_err(|error| corrupt("subscription", error))?;
            *stats.total.by_state.entry(state.clone()).or_default() += n;
            match stats.by_subscription.last_mut() {
                Some((last, counts)) if *last == id => drop(counts.by_state.insert(state, n)),
                _ => {
                    let by_state = BTreeMap::from([(state, n)]);
                    stats.by_subscription.push((id, Counts { by_state }));
                }
            }
        }
        let row = sqlx::query(
            "select (select coalesce(sum(n), 0) from log_event_types) + (select count(*) from events
                 where seq > coalesce((select value from meta where key = 'types_counted_to'), 0)) as events, (select coalesce(max(seq), 0) from attempts) as attempts,
               (select count(*) from deliveries where state = 'pending' and held is null and next_attempt_at <= ?) as due,
               (select min(next_attempt_at) from deliveries where state = 'pending' and held is null) as next_due",
        )
        .bind(now.ms())
        .fetch_one(&self.readers)
        .await?;
        stats.events = row.try_get("events")?;
        stats.attempts = row.try_get("attempts")?;
        stats.due = row.try_get("due")?;
        stats.next_due_at = row.try_get::<Option<i64>, _>("next_due")?.map(Timestamp::from_ms);
        stats.latencies_us = sqlx::query_scalar(
            "select total_us from (select total_us, status from attempts order by seq desc limit ?)
             where status is not null order by total_us",
        )
        .bind(LATENCY_SAMPLE)
        .fetch_all(&self.readers)
        .await?;
        Ok(stats)
    }

    /// How many deliveries each subscription has in each state, one subscription after another.
    async fn states(&self) -> Result<Vec<(String, String, i64)>, StoreError> {
        Ok(sqlx::query_as(AssertSqlSafe(states())).fetch_all(&self.readers).await?)
    }

    /// How many deliveries were attempted more than once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn count_retried(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("select count(*) from deliveries where attempts > 1")
            .fetch_one(&self.readers)
            .await?)
    }

    /// The last event and the last attempt that were kept: where a stream of new ones starts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn ends(&self) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query(
            "select (select coalesce(max(seq), 0) from events), (select coalesce(max(seq), 0) from attempts)",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }
}
