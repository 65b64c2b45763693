//! How each subscription has done lately, and what moves now.

use std::collections::HashMap;

use hookbench_domain::{DeliveryId, SubscriptionId, Timestamp};
use sqlx::Row;

use crate::error::corrupt;
use crate::log::time_index::Log;
use crate::sql::rows::delivery_id;
use crate::{Store, StoreError};

/// From how many of the latest attempts of a window durations are taken.
const DURATIONS: i64 = 20_000;

/// Attempts of a window, counted by subscription, stretch and end.
pub(crate) const TRIES: &str = "select d.subscription_seq as s, (a.started_at - ?1) / ?2 as n, a.outcome = 'success' as good, count(*) as tries,
  max(iif(d.state = 'delivered', d.finished_at, null)) as last_at
  from attempts a cross join deliveries d on d.seq = a.delivery_seq
  where a.seq >= ?3 and a.started_at >= ?1 group by s, n, good";
/// What failed since the last success of each subscription.
pub(crate) const FAILING: &str = "select s, since, f.seq, for_good, m.created_at from (
  select d.subscription_seq as s, min(a.started_at) as since, max(a.delivery_seq) as seq,
  max(d.state = 'failed') as for_good
  from attempts a cross join deliveries d on d.seq = a.delivery_seq
  cross join json_each(?2) v on v.value ->> 0 = d.subscription_seq
  where a.seq >= ?1 and a.outcome <> 'success' and a.started_at > v.value ->> 1 group by 1
  ) f join deliveries m on m.seq = f.seq";

/// Attempts of one subscription in one stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttemptCounts {
    /// Those that got a 2xx.
    pub good: i64,
    /// The others.
    pub bad: i64,
}

/// How a subscription has done lately.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Activity {
    /// Its attempts, stretch by stretch, oldest first.
    pub tries: Vec<AttemptCounts>,
    /// When it last succeeded, also before the window.
    pub last_success_at: Option<Timestamp>,
    /// The first attempt that failed since then, within the window.
    pub failing_since: Option<Timestamp>,
    /// Its last delivery that an attempt of the window failed for, if it fails now.
    pub last_failed_delivery: Option<DeliveryId>,
    /// Whether a delivery failed for good since then.
    pub failed_since_success: bool,
    /// Deliveries that wait, the retried ones included.
    pub waiting: i64,
    /// When the next of them is due.
    pub next_at: Option<Timestamp>,
    /// Deliveries that failed for good within the window.
    pub failed: i64,
    /// Deliveries that arrived within the window.
    pub delivered: i64,
    /// Deliveries that were skipped within the window.
    pub skipped: i64,
}

/// What moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Events kept within the window, at most 10,000.
    pub events: i64,
    /// Attempts started within the window.
    pub attempts: i64,
    /// Attempts under way.
    pub in_flight: i64,
    /// Whether any event is kept.
    pub any_event: bool,
}

impl Store {
    /// How each subscription has done in `count` stretches of `width_ms` from `from` on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn activity(
        &self,
        from: Timestamp,
        width_ms: i64,
        count: usize,
    ) -> Result<HashMap<SubscriptionId, Activity>, StoreError> {
        let mut by_seq: HashMap<i64, Activity> = HashMap::new();
        let ids = self.subscription_seqs().await?;
        for seq in ids.keys() {
            let activity = Activity { tries: vec![AttemptCounts::default(); count], ..Activity::default() };
            by_seq.insert(*seq, activity);
        }
        self.add_tries(&mut by_seq, from, width_ms.max(1)).await?;
        self.add_states(&mut by_seq, from).await?;
        Ok(by_seq.into_iter().filter_map(|(seq, activity)| Some((*ids.get(&seq)?, activity))).collect())
    }

    /// Durations of the attempts that got a status since `from`, with their start, oldest first:
    /// of at most the 20,000 latest; with `brands`, only those of their events. In microseconds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn durations(
        &self,
        from: Timestamp,
        brands: &[String],
    ) -> Result<Vec<(Timestamp, i64)>, StoreError> {
        let first = self.first_since(Log::Attempts, from).await?;
        let brands = serde_json::to_string(brands).map_err(|error| corrupt("brand", error))?;
        let found: String = sqlx::query_scalar(
            "select json_group_array(json_array(started_at, total_us)) from (select started_at, total_us from attempts
             where seq >= max(?1, (select max(seq) from attempts) - ?2) and started_at >= ?3 and status is not null
             and (?4 = '[]' or exists (select 1 from deliveries d join events e on e.seq = d.event_seq
                  where d.seq = delivery_seq and e.brand in (select value from json_each(?4))))
             order by seq)",
        )
        .bind(first)
        .bind(DURATIONS)
        .bind(from.ms())
        .bind(brands)
        .fetch_one(&self.readers)
        .await?;
        let found: Vec<(i64, i64)> =
            serde_json::from_str(&found).map_err(|error| corrupt("attempt", error))?;
        Ok(found.into_iter().map(|(at, us)| (Timestamp::from_ms(at), us)).collect())
    }

    /// What moved since `from`, and what is under way.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn pace(&self, from: Timestamp) -> Result<Pace, StoreError> {
        let first = self.first_since(Log::Attempts, from).await?;
        // Events are read backwards from their end: there are few in a window of seconds.
        let row = sqlx::query(
            "select (select count(*) from (select received_at from events order by seq desc limit 10000)
                where received_at >= ?1),
               (select count(*) from attempts where seq >= ?2 and started_at >= ?1),
               (select count(*) from deliveries where state = 'in_flight'),
               exists (select 1 from events)",
        )
        .bind(from.ms())
        .bind(first)
        .fetch_one(&self.readers)
        .await?;
        Ok(Pace {
            events: row.try_get(0)?,
            attempts: row.try_get(1)?,
            in_flight: row.try_get(2)?,
            any_event: row.try_get(3)?,
        })
    }

    async fn subscription_seqs(&self) -> Result<HashMap<i64, SubscriptionId>, StoreError> {
        let rows = sqlx::query("select seq, id from subscriptions where deleted_at is null")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("id")?;
                Ok((row.try_get("seq")?, id.parse().map_err(|error| corrupt("subscription", error))?))
            })
            .collect()
    }

    /// Attempts of the window, stretch by stretch, and what failed since the last success.
    async fn add_tries(
        &self,
        by_seq: &mut HashMap<i64, Activity>,
        from: Timestamp,
        width: i64,
    ) -> Result<(), StoreError> {
        let first = self.first_since(Log::Attempts, from).await?;
        let rows =
            sqlx::query(TRIES).bind(from.ms()).bind(width).bind(first).fetch_all(&self.readers).await?;
        for row in rows {
            let Some(activity) = by_seq.get_mut(&row.try_get("s")?) else { continue };
            let (n, tries): (i64, i64) = (row.try_get("n")?, row.try_get("tries")?);
            let good: bool = row.try_get("good")?;
            if let Some(stretch) = usize::try_from(n).ok().and_then(|n| activity.tries.get_mut(n)) {
                *(if good { &mut stretch.good } else { &mut stretch.bad }) = tries;
            }
            let last: Option<i64> = row.try_get("last_at")?;
            activity.last_success_at = activity.last_success_at.max(last.map(Timestamp::from_ms));
        }
        for (seq, activity) in &mut *by_seq {
            if activity.last_success_at.is_none() {
                activity.last_success_at = self.success_long_ago(*seq).await?;
            }
        }
        self.add_failing(by_seq, from, first).await
    }

    /// When a subscription last succeeded that has not within the window: of its newest deliveries.
    async fn success_long_ago(&self, seq: i64) -> Result<Option<Timestamp>, StoreError> {
        let last: Option<i64> = sqlx::query_scalar(
            "select max(finished_at) from (select finished_at from (select state, finished_at from deliveries
               where subscription_seq = ? order by seq desc limit 5000) where state = 'delivered' limit 50)",
        )
        .bind(seq)
        .fetch_one(&self.readers)
        .await?;
        Ok(last.map(Timestamp::from_ms))
    }

    /// What failed since the last success of each.
    async fn add_failing(
        &self,
        by_seq: &mut HashMap<i64, Activity>,
        from: Timestamp,
        first: i64,
    ) -> Result<(), StoreError> {
        let since: Vec<(i64, i64)> = by_seq
            .iter()
            .map(|(seq, activity)| {
                (*seq, activity.last_success_at.map_or(i64::MIN, Timestamp::ms).max(from.ms()))
            })
            .collect();
        let since = serde_json::to_string(&since).map_err(|error| corrupt("subscription", error))?;
        let rows = sqlx::query(FAILING).bind(first).bind(since).fetch_all(&self.readers).await?;
        for row in rows {
            let Some(activity) = by_seq.get_mut(&row.try_get("s")?) else { continue };
            activity.failing_since = Some(Timestamp::from_ms(row.try_get("since")?));
            activity.failed_since_success = row.try_get("for_good")?;
            activity.last_failed_delivery =
                Some(delivery_id(row.try_get("seq")?, row.try_get("created_at")?));
        }
        Ok(())
    }

    async fn add_states(
        &self,
        by_seq: &mut HashMap<i64, Activity>,
        from: Timestamp,
    ) -> Result<(), StoreError> {
        let waiting = sqlx::query(
            "select subscription_seq as s, count(*) as n, min(case when held is null then next_attempt_at end) as next_at from deliveries
             where state = 'pending' group by subscription_seq",
        )
        .fetch_all(&self.readers)
        .await?;
        for row in waiting {
            if let Some(activity) = by_seq.get_mut(&row.try_get("s")?) {
                activity.waiting = row.try_get("n")?;
                activity.next_at = row.try_get::<Option<i64>, _>("next_at")?.map(Timestamp::from_ms);
            }
        }
        let first = self.first_since(Log::Deliveries, from).await?;
        let ended = sqlx::query(
            "select subscription_seq as s, sum(state = 'failed') as failed, sum(state = 'delivered') as delivered,
               sum(state = 'skipped') as skipped
             from deliveries where seq >= ? and created_at >= ? group by subscription_seq",
        )
        .bind(first)
        .bind(from.ms())
        .fetch_all(&self.readers)
        .await?;
        for row in ended {
            if let Some(activity) = by_seq.get_mut(&row.try_get("s")?) {
                activity.failed = row.try_get("failed")?;
                activity.delivered = row.try_get("delivered")?;
                activity.skipped = row.try_get("skipped")?;
            }
        }
        Ok(())
    }
}
