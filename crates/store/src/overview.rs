//! The log from above: what a filter finds by each property and over time, and how each
//! subscription has done lately.

use std::collections::HashMap;

use hookbench_domain::{DeliveryId, SubscriptionId, Timestamp};
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite};

use crate::error::corrupt;
use crate::rows::delivery_id;
use crate::{DeliveryFilter, Store, StoreError};

/// Up to how many matches a facet counts exactly; of more, the newest are counted.
pub const FACET_CAP: i64 = 10_000;
/// How many values of one property are told apart.
const FACET_VALUES: i64 = 50;
/// From how many of the latest attempts of a window durations are taken.
const DURATIONS: i64 = 20_000;

/// A property that deliveries are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facet {
    /// The state; pending ones as `waiting` or `retrying`.
    State,
    /// The subscription's id.
    Subscription,
    /// The event's type.
    EventType,
    /// How the last attempt ended, where it got no status.
    Outcome,
    /// The status of the last attempt.
    Status,
    /// How many attempts: `0`, `1`, `2-3`, `4-6`, `7-`.
    Attempts,
    /// What the subscription sends: `webhook` or `postback`.
    Kind,
}

impl Facet {
    /// Every property.
    pub const ALL: [Self; 7] = [
        Self::State,
        Self::Subscription,
        Self::EventType,
        Self::Outcome,
        Self::Status,
        Self::Attempts,
        Self::Kind,
    ];

    const fn expression(self) -> &'static str {
        match self {
            Self::State => {
                "case when d.state <> 'pending' then d.state when d.attempts = 0 then 'waiting' else 'retrying' end"
            }
            Self::Subscription => "s.id",
            Self::EventType => "e.event_type",
            Self::Outcome => "case when d.last_status is null then d.last_outcome end",
            Self::Status => "cast(d.last_status as text)",
            Self::Attempts => {
                "case when d.attempts < 2 then cast(d.attempts as text) when d.attempts < 4 then '2-3'
                 when d.attempts < 7 then '4-6' else '7-' end"
            }
            Self::Kind => "s.definition ->> '$.kind'",
        }
    }

    /// The filter without what it says about this property, so that other choices can be counted.
    fn loosen(self, filter: &DeliveryFilter) -> DeliveryFilter {
        let mut filter = DeliveryFilter { cursor: None, ..filter.clone() };
        match self {
            Self::State => filter.states.clear(),
            Self::Subscription => filter.subscriptions.clear(),
            Self::EventType => filter.event_types.clear(),
            Self::Outcome => {
                filter.outcomes.clear();
                filter.answers.clear();
            }
            Self::Status => {
                filter.statuses.clear();
                filter.answers.clear();
            }
            Self::Attempts => filter.attempts = None,
            Self::Kind => filter.kinds.clear(),
        }
        filter
    }
}

/// How often each value of a property occurs, most frequent first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FacetCounts {
    /// The values with their counts.
    pub values: Vec<(String, i64)>,
    /// Whether there are more matches than were counted.
    pub capped: bool,
}

/// What a stretch of time held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Deliveries made then that are delivered.
    pub delivered: i64,
    /// Deliveries made then that failed.
    pub failed: i64,
    /// Deliveries made then that are neither.
    pub other: i64,
}

/// Attempts of one subscription in one stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// Those that got a 2xx.
    pub good: i64,
    /// The others.
    pub bad: i64,
}

/// How a subscription has done lately.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Activity {
    /// Its attempts, stretch by stretch, oldest first.
    pub tries: Vec<Tries>,
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

/// A table whose rows are kept in the order of a time.
#[derive(Debug, Clone, Copy)]
enum Log {
    Attempts,
    Deliveries,
}

impl Store {
    /// Counts by one property what the filter names; what it says of that property is left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn facet(&self, facet: Facet, filter: &DeliveryFilter) -> Result<FacetCounts, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new("select v, count(*) as n from (select ");
        sql.push(facet.expression());
        sql.push(
            " as v from deliveries d join events e on e.seq = d.event_seq
              join subscriptions s on s.seq = d.subscription_seq",
        );
        facet.loosen(filter).push_to(&mut sql)?;
        sql.push(" order by d.seq desc limit ").push_bind(FACET_CAP + 1);
        sql.push(") group by v order by n desc, v limit ").push_bind(FACET_VALUES);
        let rows = sql.build().fetch_all(&self.readers).await?;
        let mut counts = FacetCounts::default();
        let mut sum = 0;
        for row in rows {
            let n: i64 = row.try_get("n")?;
            sum += n;
            if let Some(value) = row.try_get::<Option<String>, _>("v")? {
                counts.values.push((value, n));
            }
        }
        counts.capped = sum > FACET_CAP;
        Ok(counts)
    }

    /// How many deliveries the filter names, counted up to [`FACET_CAP`]; one more says that there
    /// are more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn count_up_to_cap(&self, filter: &DeliveryFilter) -> Result<i64, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "select count(*) from (select 1 from deliveries d join events e on e.seq = d.event_seq
             join subscriptions s on s.seq = d.subscription_seq",
        );
        DeliveryFilter { cursor: None, ..filter.clone() }.push_to(&mut sql)?;
        sql.push(" limit ").push_bind(FACET_CAP + 1).push(")");
        Ok(sql.build_query_scalar().fetch_one(&self.readers).await?)
    }

    /// When the oldest delivery that is kept was made.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn oldest_delivery_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar("select created_at from deliveries order by seq limit 1")
            .fetch_optional(&self.readers)
            .await?;
        Ok(at.map(Timestamp::from_ms))
    }

    /// What the filter names, by when it was made: `count` stretches of `width_ms` from `from` on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn histogram(
        &self,
        filter: &DeliveryFilter,
        from: Timestamp,
        width_ms: i64,
        count: usize,
    ) -> Result<Vec<Stretch>, StoreError> {
        let width = width_ms.max(1);
        let first = self.first_since(Log::Deliveries, from).await?;
        let mut sql = QueryBuilder::<Sqlite>::new("select (d.created_at - ");
        sql.push_bind(from.ms()).push(") / ").push_bind(width);
        sql.push(
            " as n, sum(d.state = 'delivered') as delivered, sum(d.state = 'failed') as failed, count(*) as total
              from deliveries d join events e on e.seq = d.event_seq
              join subscriptions s on s.seq = d.subscription_seq",
        );
        let filter = DeliveryFilter { cursor: None, since: Some(from), until: None, ..filter.clone() };
        filter.push_to(&mut sql)?;
        sql.push(" and d.seq >= ").push_bind(first).push(" group by n");
        let mut stretches = vec![Stretch::default(); count];
        for row in sql.build().fetch_all(&self.readers).await? {
            let n: i64 = row.try_get("n")?;
            let (delivered, failed): (i64, i64) = (row.try_get("delivered")?, row.try_get("failed")?);
            let total: i64 = row.try_get("total")?;
            if let Some(stretch) = usize::try_from(n).ok().and_then(|n| stretches.get_mut(n)) {
                *stretch = Stretch { delivered, failed, other: total - delivered - failed };
            }
        }
        Ok(stretches)
    }

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
            let activity = Activity { tries: vec![Tries::default(); count], ..Activity::default() };
            by_seq.insert(*seq, activity);
        }
        self.add_tries(&mut by_seq, from, width_ms.max(1)).await?;
        self.add_states(&mut by_seq, from).await?;
        self.add_streaks(&mut by_seq, from).await?;
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
        let rows = sqlx::query(
            "select started_at, total_us from attempts where seq >= max(?1, (select max(seq) from attempts) - ?2)
             and started_at >= ?3 and status is not null
             and (?4 = '[]' or exists (select 1 from deliveries d join events e on e.seq = d.event_seq
                  where d.seq = delivery_seq and e.brand in (select value from json_each(?4))))
             order by seq",
        )
        .bind(first)
        .bind(DURATIONS)
        .bind(from.ms())
        .bind(brands)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok((Timestamp::from_ms(row.try_get(0)?), row.try_get(1)?))).collect()
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

    async fn add_tries(
        &self,
        by_seq: &mut HashMap<i64, Activity>,
        from: Timestamp,
        width: i64,
    ) -> Result<(), StoreError> {
        let first = self.first_since(Log::Attempts, from).await?;
        let rows = sqlx::query(
            "select d.subscription_seq as s, (a.started_at - ?1) / ?2 as n,
               sum(a.outcome = 'success') as good, sum(a.outcome <> 'success') as bad
             from attempts a join deliveries d on d.seq = a.delivery_seq
             where a.seq >= ?3 and a.started_at >= ?1 group by s, n",
        )
        .bind(from.ms())
        .bind(width)
        .bind(first)
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            let n: i64 = row.try_get("n")?;
            let stretch = by_seq
                .get_mut(&row.try_get("s")?)
                .and_then(|a| a.tries.get_mut(usize::try_from(n).unwrap_or(usize::MAX)));
            if let Some(tries) = stretch {
                *tries = Tries { good: row.try_get("good")?, bad: row.try_get("bad")? };
            }
        }
        Ok(())
    }

    async fn add_states(
        &self,
        by_seq: &mut HashMap<i64, Activity>,
        from: Timestamp,
    ) -> Result<(), StoreError> {
        let waiting = sqlx::query(
            "select subscription_seq as s, count(*) as n, min(next_attempt_at) as next_at from deliveries
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

    /// The last success of each, and what failed since.
    async fn add_streaks(
        &self,
        by_seq: &mut HashMap<i64, Activity>,
        from: Timestamp,
    ) -> Result<(), StoreError> {
        let first = self.first_since(Log::Attempts, from).await?;
        for (seq, activity) in by_seq {
            let last: Option<i64> = sqlx::query_scalar(
                "select max(finished_at) from (select state, finished_at from deliveries
                 where subscription_seq = ? order by seq desc limit 5000) where state = 'delivered'",
            )
            .bind(*seq)
            .fetch_one(&self.readers)
            .await?;
            activity.last_success_at = last.map(Timestamp::from_ms);
            let failing = sqlx::query(
                "select min(a.started_at) as since, max(a.delivery_seq) as delivery,
                   coalesce(max(d.state = 'failed'), 0) as for_good from attempts a
                 join deliveries d on d.seq = a.delivery_seq
                 where a.seq >= ?1 and d.subscription_seq = ?2 and a.outcome <> 'success' and a.started_at > ?3",
            )
            .bind(first)
            .bind(*seq)
            .bind(last.unwrap_or(i64::MIN).max(from.ms()))
            .fetch_one(&self.readers)
            .await?;
            activity.failing_since = failing.try_get::<Option<i64>, _>("since")?.map(Timestamp::from_ms);
            activity.failed_since_success = failing.try_get("for_good")?;
            if let Some(delivery) = failing.try_get::<Option<i64>, _>("delivery")? {
                let made: i64 = sqlx::query_scalar("select created_at from deliveries where seq = ?")
                    .bind(delivery)
                    .fetch_one(&self.readers)
                    .await?;
                activity.last_failed_delivery = Some(delivery_id(delivery, made));
            }
        }
        Ok(())
    }

    /// The first row of a log from `from` on, found by halving: the times need no index, since
    /// rows are kept in their order. A clock that was set back may cost rows near that moment.
    async fn first_since(&self, log: Log, from: Timestamp) -> Result<i64, StoreError> {
        let (ends, probe) = match log {
            Log::Attempts => (
                "select coalesce(min(seq), 0), coalesce(max(seq), -1) from attempts",
                "select started_at from attempts where seq >= ? order by seq limit 1",
            ),
            Log::Deliveries => (
                "select coalesce(min(seq), 0), coalesce(max(seq), -1) from deliveries",
                "select created_at from deliveries where seq >= ? order by seq limit 1",
            ),
        };
        let row = sqlx::query(ends).fetch_one(&self.readers).await?;
        let (mut low, mut high): (i64, i64) = (row.try_get(0)?, row.try_get::<i64, _>(1)? + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let at: Option<i64> =
                sqlx::query_scalar(AssertSqlSafe(probe)).bind(middle).fetch_optional(&self.readers).await?;
            if at.is_some_and(|at| at < from.ms()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}
