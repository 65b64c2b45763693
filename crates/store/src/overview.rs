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
const FACET_VALUES: usize = 50;
/// A minute: the grain of counts over time.
const MINUTE_MS: i64 = 60_000;
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

    /// The value of this property, if it has one.
    fn of(self, row: &Combination, subscriptions: &HashMap<i64, Named>) -> Option<String> {
        match self {
            Self::State => Some(row.state.clone()),
            Self::Subscription => subscriptions.get(&row.subscription).map(|s| s.id.clone()),
            Self::EventType => Some(row.event_type.clone()),
            Self::Outcome => row.outcome.clone().filter(|_| row.status.is_none()),
            Self::Status => row.status.map(|status| status.to_string()),
            Self::Attempts => Some(match row.attempts {
                ..2 => row.attempts.to_string(),
                2..4 => "2-3".to_owned(),
                4..7 => "4-6".to_owned(),
                7.. => "7-".to_owned(),
            }),
            Self::Kind => subscriptions.get(&row.subscription).map(|s| s.kind.clone()),
        }
    }

    /// Whether the filter says something about this property.
    fn chosen(self, filter: &DeliveryFilter) -> bool {
        match self {
            Self::State => !filter.states.is_empty(),
            Self::Subscription => !filter.subscriptions.is_empty(),
            Self::EventType => !filter.event_types.is_empty(),
            Self::Outcome => !filter.outcomes.is_empty() || !filter.answers.is_empty(),
            Self::Status => !filter.statuses.is_empty() || !filter.answers.is_empty(),
            Self::Attempts => filter.attempts.is_some(),
            Self::Kind => !filter.kinds.is_empty(),
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

/// What a filter finds, counted by every property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// How many deliveries the whole filter names, as far as they were counted.
    pub total: i64,
    /// Whether there are more.
    pub total_capped: bool,
    /// The counts of each property.
    pub by: HashMap<Facet, FacetCounts>,
}

/// What the counts say of a subscription.
struct Named {
    id: String,
    kind: String,
}

/// Deliveries that are alike in every property.
struct Combination {
    state: String,
    subscription: i64,
    event_type: String,
    status: Option<i64>,
    outcome: Option<String>,
    attempts: i64,
    n: i64,
}

struct Combinations {
    rows: Vec<Combination>,
    total: i64,
    capped: bool,
}

impl Combinations {
    fn by(&self, facet: Facet, subscriptions: &HashMap<i64, Named>) -> FacetCounts {
        let mut counts: HashMap<String, i64> = HashMap::new();
        for row in &self.rows {
            if let Some(value) = facet.of(row, subscriptions) {
                *counts.entry(value).or_default() += row.n;
            }
        }
        // A combination that moved away leaves a zero behind.
        let mut values: Vec<(String, i64)> = counts.into_iter().filter(|(_, n)| *n > 0).collect();
        values.sort_by(|(left, n), (right, m)| m.cmp(n).then_with(|| left.cmp(right)));
        values.truncate(FACET_VALUES);
        FacetCounts { values, capped: self.capped }
    }
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
    Events,
}

impl Store {
    /// Counts by every property what the filter names; what it says of a property is left out where
    /// that one is counted, so that other choices can be seen.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn facets(&self, filter: &DeliveryFilter) -> Result<Facets, StoreError> {
        let filter = DeliveryFilter { cursor: None, ..filter.clone() };
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("select seq, id, coalesce(definition ->> '$.kind', 'webhook') from subscriptions")
                .fetch_all(&self.readers)
                .await?;
        let named: HashMap<i64, Named> =
            rows.into_iter().map(|(seq, id, kind)| (seq, Named { id, kind })).collect();
        let whole = self.combinations(&filter).await?;
        let mut facets = Facets { total: whole.total, total_capped: whole.capped, by: HashMap::new() };
        for facet in Facet::ALL {
            let counts = if facet.chosen(&filter) {
                self.combinations(&facet.loosen(&filter)).await?.by(facet, &named)
            } else {
                whole.by(facet, &named)
            };
            facets.by.insert(facet, counts);
        }
        Ok(facets)
    }

    /// How often each combination of properties occurs: of all where counts that follow behind know
    /// it, else of the newest [`FACET_CAP`] and one.
    async fn combinations(&self, filter: &DeliveryFilter) -> Result<Combinations, StoreError> {
        let bounds = self.bounds(filter).await?;
        let rolled = filter.of_properties_alone() && self.rolled().await?;
        let mut sql = QueryBuilder::<Sqlite>::new(
            "select state, sub, event_type, status, outcome, attempts, sum(n) as n from (",
        );
        if rolled {
            // A row of the counts is both the delivery and its event.
            sql.push(
                "select d.state, d.subscription_seq as sub, d.event_type, nullif(d.last_status, -1) as status,
                   nullif(d.last_outcome, '') as outcome, d.attempts, d.n from rollup d join rollup e on e.rowid = d.rowid",
            );
            filter.push_to(&mut sql, &bounds)?;
            sql.push(" union all ");
        }
        sql.push(
            "select * from (select case when d.state <> 'pending' then d.state when d.attempts = 0 then 'waiting'
               else 'retrying' end as state, d.subscription_seq as sub, e.event_type, d.last_status as status,
               d.last_outcome as outcome, d.attempts, 1 as n from deliveries d cross join events e on e.seq = d.event_seq",
        );
        if filter.search.is_some() {
            sql.push(" cross join subscriptions s on s.seq = d.subscription_seq");
        }
        filter.push_to(&mut sql, &bounds)?;
        if rolled {
            sql.push(format!(" and d.seq in ({})", crate::rollup::LIVE));
        } else {
            sql.push(" order by d.seq desc limit ").push_bind(FACET_CAP + 1);
        }
        sql.push(")) group by 1, 2, 3, 4, 5, 6");
        let mut found = Combinations { rows: Vec::new(), total: 0, capped: false };
        for row in sql.build().fetch_all(&self.readers).await? {
            let n: i64 = row.try_get("n")?;
            found.total += n;
            found.rows.push(Combination {
                state: row.try_get("state")?,
                subscription: row.try_get("sub")?,
                event_type: row.try_get("event_type")?,
                status: row.try_get("status")?,
                outcome: row.try_get("outcome")?,
                attempts: row.try_get("attempts")?,
                n,
            });
        }
        found.capped = !rolled && found.total > FACET_CAP;
        Ok(found)
    }

    /// How many deliveries the filter names, counted up to [`FACET_CAP`]; one more says that there
    /// are more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn count_up_to_cap(&self, filter: &DeliveryFilter) -> Result<i64, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "select count(*) from (select 1 from deliveries d cross join events e on e.seq = d.event_seq
             cross join subscriptions s on s.seq = d.subscription_seq",
        );
        let bounds = self.bounds(filter).await?;
        DeliveryFilter { cursor: None, ..filter.clone() }.push_to(&mut sql, &bounds)?;
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
        let by_the_minute = from.ms() % MINUTE_MS == 0 && width % MINUTE_MS == 0;
        if by_the_minute && filter.says_nothing() && self.rolled().await? {
            return self.rolled_histogram(from, width, count).await;
        }
        let first = self.first_since(Log::Deliveries, from).await?;
        let mut sql = QueryBuilder::<Sqlite>::new("select (d.created_at - ");
        sql.push_bind(from.ms()).push(") / ").push_bind(width);
        sql.push(
            " as n, sum(d.state = 'delivered') as delivered, sum(d.state = 'failed') as failed, count(*) as total
              from deliveries d",
        );
        // What is not asked about is not looked up.
        if !filter.event_types.is_empty() || !filter.brands.is_empty() || filter.search.is_some() {
            sql.push(" cross join events e on e.seq = d.event_seq");
        }
        if filter.search.is_some() {
            sql.push(" cross join subscriptions s on s.seq = d.subscription_seq");
        }
        let filter = DeliveryFilter { cursor: None, since: Some(from), until: None, ..filter.clone() };
        filter.push_to(&mut sql, &self.bounds(&filter).await?)?;
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

    async fn rolled_histogram(
        &self,
        from: Timestamp,
        width: i64,
        count: usize,
    ) -> Result<Vec<Stretch>, StoreError> {
        let sql = format!(
            "select (at - ?1) / ?2 as stretch, sum(iif(state = 'delivered', n, 0)) as delivered,
               sum(iif(state = 'failed', n, 0)) as failed, sum(n) as total from
             (select minute * {MINUTE_MS} as at, state, n from rollup_minutes where minute >= ?1 / {MINUTE_MS}
              union all select d.created_at, d.state, 1 from deliveries d
                where d.created_at >= ?1 and d.seq in ({})) group by 1",
            crate::rollup::LIVE
        );
        let rows =
            sqlx::query(AssertSqlSafe(sql)).bind(from.ms()).bind(width).fetch_all(&self.readers).await?;
        let mut stretches = vec![Stretch::default(); count];
        for row in rows {
            let n: i64 = row.try_get("stretch")?;
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

    /// The first event that was kept at or after this time.
    pub(crate) async fn first_event_since(&self, from: Timestamp) -> Result<i64, StoreError> {
        self.first_since(Log::Events, from).await
    }

    /// The first delivery that was made at or after this time.
    pub(crate) async fn first_delivery_since(&self, from: Timestamp) -> Result<i64, StoreError> {
        self.first_since(Log::Deliveries, from).await
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
            Log::Events => (
                "select coalesce(min(seq), 0), coalesce(max(seq), -1) from events",
                "select received_at from events where seq >= ? order by seq limit 1",
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
