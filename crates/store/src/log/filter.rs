//! Which deliveries to list or count: the filter, as SQL and as a question to what is counted.

use std::collections::{HashMap, HashSet};

use hookbench_domain::{DeliveryId, Kind, Outcome, SubscriptionId, Timestamp};
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite};

use crate::log::dimension::Facet;
use crate::projections::aggregates::{LIVE, few_live};
use crate::projections::segments::SEGMENT;
use crate::sql::rows::seq_of;
use crate::{Store, StoreError};

/// The most rows of one page.
pub const MAX_PAGE: u32 = 500;

/// What the last attempt got: a status, or an end without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseFilter {
    /// A status in this range, both ends included.
    Status(u16, u16),
    /// This end.
    Outcome(Outcome),
}

/// Which deliveries to list. Everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// In one of these states; `waiting` and `retrying` are the pending ones before and after
    /// their first attempt, `held` those that are held. Empty for any.
    pub states: Vec<String>,
    /// Of one of these subscriptions; empty for any.
    pub subscriptions: Vec<SubscriptionId>,
    /// Of subscriptions of one of these kinds; empty for any.
    pub kinds: Vec<Kind>,
    /// Of the event of this id.
    pub event: Option<String>,
    /// Of events of one of these types; empty for any.
    pub event_types: Vec<String>,
    /// Of events of one of these brands, each by any word that it goes by; empty for any.
    pub brands: Vec<String>,
    /// Made at or after.
    pub since: Option<Timestamp>,
    /// Made before.
    pub until: Option<Timestamp>,
    /// Whose last attempt got a status in one of these ranges, both ends included; empty for any.
    pub statuses: Vec<(u16, u16)>,
    /// Whose last attempt ended in one of these ways; empty for any.
    pub outcomes: Vec<Outcome>,
    /// Whose last attempt got any of these answers; empty for any.
    pub answers: Vec<ResponseFilter>,
    /// With so many attempts, both ends included.
    pub attempts: Option<(u32, u32)>,
    /// Whose event id, payload, URL or response bodies contain this, in any case of ASCII letters.
    pub search: Option<String>,
    /// At most so many.
    pub limit: u32,
    /// Where the page before ended: the id of its last delivery.
    pub cursor: Option<String>,
}

/// What deliveries have in common, and how many have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DimensionKey {
    pub(crate) subscription: i64,
    pub(crate) event_type: String,
    pub(crate) brand: Option<String>,
    /// Pending ones as `waiting`, `retrying` or `held`.
    pub(crate) state: String,
    pub(crate) status: Option<i64>,
    pub(crate) outcome: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) n: i64,
}

/// What the counts say of a subscription.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) kind: String,
}

/// Every subscription by its row, deleted ones included.
pub(crate) type Names = HashMap<i64, Named>;

/// What a filter says about properties, in rows and words.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    filter: DeliveryFilter,
    subscriptions: Option<HashSet<i64>>,
    kinds: Option<HashSet<i64>>,
    brands: Option<HashSet<String>>,
}

impl Wanted {
    /// Whether a combination is wanted, but for what is said `without` one property.
    pub(crate) fn takes(&self, c: &DimensionKey, without: Option<Facet>) -> bool {
        let (f, asks) = (&self.filter, |facet: Facet| without != Some(facet));
        let status =
            |low: u16, high: u16| c.status.is_some_and(|s| (i64::from(low)..=i64::from(high)).contains(&s));
        let outcome = |o: &Outcome| c.outcome.as_deref() == Some(o.as_str());
        let answer = |a: &ResponseFilter| match a {
            ResponseFilter::Status(low, high) => status(*low, *high),
            ResponseFilter::Outcome(o) => outcome(o),
        };
        let state = |wanted: &String| match wanted.as_str() {
            "pending" => matches!(c.state.as_str(), "waiting" | "retrying" | "held"),
            other => c.state == other,
        };
        let any = |empty: bool, found: bool| empty || found;
        (!asks(Facet::State) || any(f.states.is_empty(), f.states.iter().any(state)))
            && (!asks(Facet::Subscription)
                || self.subscriptions.as_ref().is_none_or(|s| s.contains(&c.subscription)))
            && (!asks(Facet::Kind) || self.kinds.as_ref().is_none_or(|s| s.contains(&c.subscription)))
            && (!asks(Facet::EventType)
                || any(f.event_types.is_empty(), f.event_types.contains(&c.event_type)))
            && self.brands.as_ref().is_none_or(|b| c.brand.as_ref().is_some_and(|brand| b.contains(brand)))
            && (!asks(Facet::Status)
                || any(f.statuses.is_empty(), f.statuses.iter().any(|(low, high)| status(*low, *high))))
            && (!asks(Facet::Outcome) || any(f.outcomes.is_empty(), f.outcomes.iter().any(outcome)))
            && (!(asks(Facet::Status) && asks(Facet::Outcome))
                || any(f.answers.is_empty(), f.answers.iter().any(answer)))
            && (!asks(Facet::Attempts)
                || f.attempts
                    .is_none_or(|(low, high)| (i64::from(low)..=i64::from(high)).contains(&c.attempts)))
    }
}

/// A `like` pattern for text that contains this, with `\` as the escape.
pub(crate) fn contains_pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// Adds ` and (one or other or …)`, nothing for an empty list.
fn any_of<T>(
    sql: &mut QueryBuilder<Sqlite>,
    items: &[T],
    mut push: impl FnMut(&mut QueryBuilder<Sqlite>, &T),
) {
    for (index, item) in items.iter().enumerate() {
        sql.push(if index == 0 { " and (" } else { " or " });
        push(sql, item);
    }
    if !items.is_empty() {
        sql.push(")");
    }
}

/// The condition of one state. Literals, because they let SQLite use the partial index of a state.
fn push_state(sql: &mut QueryBuilder<Sqlite>, state: &str) {
    match state {
        "waiting" => sql.push("d.state = 'pending' and d.held is null and d.attempts = 0"),
        "retrying" => sql.push("d.state = 'pending' and d.held is null and d.attempts > 0"),
        "held" => sql.push("d.state = 'pending' and d.held is not null"),
        "pending" => sql.push("d.state = 'pending'"),
        "in_flight" => sql.push("d.state = 'in_flight'"),
        "failed" => sql.push("d.state = 'failed'"),
        "skipped" => sql.push("d.state = 'skipped'"),
        "cancelled" => sql.push("d.state = 'cancelled'"),
        other => sql.push("d.state = ").push_bind(other.to_owned()),
    };
}

/// The condition of one brand, by any word that it goes by: a connected one has several.
pub(crate) fn push_brand(sql: &mut QueryBuilder<Sqlite>, brand: &str) {
    sql.push("e.brand in (select ").push_bind(brand.to_owned());
    sql.push(
        " union select w.value from brands b,
           json_each(json_array(b.id, b.name, b.definition ->> '$.payload_id')) w
         where b.deleted_at is null and w.value is not null and ",
    );
    sql.push_bind(brand.to_owned()).push(" in (b.id, b.name, b.definition ->> '$.payload_id'))");
}

impl DeliveryFilter {
    /// Whether it says something about properties that are counted by.
    pub(crate) fn of_properties(&self) -> bool {
        !(self.states.is_empty()
            && self.subscriptions.is_empty()
            && self.event_types.is_empty()
            && self.brands.is_empty()
            && self.kinds.is_empty()
            && self.statuses.is_empty()
            && self.outcomes.is_empty()
            && self.answers.is_empty()
            && self.attempts.is_none())
    }

    /// Whether the conditions are about the event, too.
    pub(crate) fn of_events(&self) -> bool {
        !self.event_types.is_empty() || !self.brands.is_empty()
    }

    /// Adds every condition but the text's; `e` is there if [`Self::of_events`].
    pub(crate) fn push_to(&self, sql: &mut QueryBuilder<Sqlite>, bounds: &Bounds) -> Result<(), StoreError> {
        sql.push(" where 1 = 1");
        let mut bounds = *bounds;
        if let Some(cursor) = &self.cursor {
            let id: DeliveryId = cursor.parse().map_err(|_| StoreError::Cursor(cursor.clone()))?;
            bounds = bounds.within(i64::MIN, seq_of(id));
        }
        self.push_frame(sql, &bounds);
        self.push_properties(sql);
        Ok(())
    }

    /// Adds the conditions that are about no property: the event and the times.
    pub(crate) fn push_frame(&self, sql: &mut QueryBuilder<Sqlite>, bounds: &Bounds) {
        bounds.push_to(sql, "d.seq");
        if let Some(id) = &self.event {
            sql.push(" and d.event_seq in (select seq from events where event_id = ");
            sql.push_bind(id.clone()).push(")");
        }
        if let Some(since) = self.since {
            sql.push(" and d.created_at >= ").push_bind(since.ms());
        }
        if let Some(until) = self.until {
            sql.push(" and d.created_at < ").push_bind(until.ms());
        }
    }

    /// Adds the conditions that are about properties.
    pub(crate) fn push_properties(&self, sql: &mut QueryBuilder<Sqlite>) {
        any_of(sql, &self.states, |sql, state| push_state(sql, state));
        any_of(sql, &self.subscriptions, |sql, id| {
            sql.push("d.subscription_seq = (select seq from subscriptions where id = ");
            sql.push_bind(id.to_string()).push(")");
        });
        any_of(sql, &self.kinds, |sql, kind| {
            sql.push("d.subscription_seq in (select seq from subscriptions where coalesce(definition ->> '$.kind', 'webhook') = ");
            sql.push_bind(kind.as_str()).push(")");
        });
        any_of(sql, &self.event_types, |sql, event_type| {
            sql.push("e.event_type = ").push_bind(event_type.clone());
        });
        any_of(sql, &self.brands, |sql, brand| push_brand(sql, brand));
        any_of(sql, &self.statuses, |sql, (low, high)| {
            sql.push("d.last_status between ").push_bind(i64::from(*low));
            sql.push(" and ").push_bind(i64::from(*high));
        });
        any_of(sql, &self.outcomes, |sql, outcome| {
            sql.push("d.last_outcome = ").push_bind(outcome.as_str());
        });
        any_of(sql, &self.answers, |sql, answer| match answer {
            ResponseFilter::Status(low, high) => {
                sql.push("d.last_status between ").push_bind(i64::from(*low));
                sql.push(" and ").push_bind(i64::from(*high));
            }
            ResponseFilter::Outcome(outcome) => {
                sql.push("d.last_outcome = ").push_bind(outcome.as_str());
            }
        });
        if let Some((low, high)) = self.attempts {
            sql.push(" and d.attempts between ").push_bind(i64::from(low));
            sql.push(" and ").push_bind(i64::from(high));
        }
    }
}

/// What a filter's times mean in rows. Where very many are not counted yet, a clock that jumped may hide
/// some of those.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bounds {
    first: Option<i64>,
    end: Option<i64>,
    /// Whether rows of this time lie far from where it begins and ends, because a clock was set.
    pub(crate) jumped: bool,
}

impl Bounds {
    /// Of any time.
    #[cfg(test)]
    pub(crate) const ANY: Self = Self { first: None, end: None, jumped: false };

    /// The same, and no rows before `least` or from `below` on. SQLite goes by one limit on either
    /// side, whichever it likes, and reads everything within it: so there must be one only.
    pub(crate) fn within(self, least: i64, below: i64) -> Self {
        let first = self.first.map_or(least, |first| first.max(least));
        let end = self.end.map_or(below, |end| end.min(below));
        Self {
            first: (first > i64::MIN).then_some(first),
            end: (end < i64::MAX).then_some(end),
            jumped: self.jumped,
        }
    }

    /// The row behind the last one.
    pub(crate) fn below(self) -> i64 {
        self.end.unwrap_or(i64::MAX)
    }

    /// Adds them as conditions on a row's number.
    pub(crate) fn push_to(&self, sql: &mut QueryBuilder<Sqlite>, seq: &str) {
        if let Some(first) = self.first {
            sql.push(format!(" and {seq} >= ")).push_bind(first);
        }
        if let Some(end) = self.end {
            sql.push(format!(" and {seq} < ")).push_bind(end);
        }
    }
}

/// The first row that was made at or after a time, where halving names a later one.
pub(crate) fn first_of_all() -> String {
    format!(
        "select min(?2, coalesce((select min(strip) * {SEGMENT} from log_strips where last_at >= ?1), ?2),
           coalesce((select min(l.seq) from ({LIVE}) l cross join deliveries d on d.seq = l.seq
             where {few} and l.seq < ?2 and d.created_at >= ?1), ?2))",
        few = few_live()
    )
}

/// The row after the last that was made before a time, where halving names an earlier one.
pub(crate) fn end_of_all() -> String {
    format!(
        "select max(?2, coalesce((select (max(strip) + 1) * {SEGMENT} from log_strips where last_at > -1 and first_at < ?1), ?2),
           coalesce((select max(l.seq) + 1 from ({LIVE}) l cross join deliveries d on d.seq = l.seq
             where {few} and l.seq >= ?2 and d.created_at < ?1), ?2))",
        few = few_live()
    )
}

impl Store {
    /// Finds out what a filter's times mean in rows: by halving, and by what is known of rows that lie
    /// elsewhere.
    pub(crate) async fn bounds(&self, filter: &DeliveryFilter) -> Result<Bounds, StoreError> {
        let mut bounds = Bounds::default();
        for (time, sql, bound) in
            [(filter.since, first_of_all(), &mut bounds.first), (filter.until, end_of_all(), &mut bounds.end)]
        {
            let Some(time) = time else { continue };
            let halved = self.first_delivery_since(time).await?;
            let widened: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(time.ms())
                .bind(halved)
                .fetch_one(&self.readers)
                .await?;
            *bound = Some(widened);
            bounds.jumped |= halved.abs_diff(widened) > 2 * SEGMENT.unsigned_abs();
        }
        Ok(bounds)
    }

    /// Every subscription by its row.
    pub(crate) async fn names(&self) -> Result<Names, StoreError> {
        let rows = sqlx::query(
            "select seq, id, coalesce(definition ->> '$.kind', 'webhook') as kind from subscriptions",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok((row.try_get("seq")?, Named { id: row.try_get("id")?, kind: row.try_get("kind")? }))
            })
            .collect()
    }

    /// What a filter says about properties.
    pub(crate) fn wanted(&self, filter: &DeliveryFilter, names: &Names) -> Wanted {
        let of = |holds: &dyn Fn(&Named) -> bool| {
            names.iter().filter(|(_, named)| holds(named)).map(|(seq, _)| *seq).collect::<HashSet<i64>>()
        };
        let ids: HashSet<String> = filter.subscriptions.iter().map(ToString::to_string).collect();
        let kinds: HashSet<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
        let registry = self.writer.registry.borrow();
        let words = filter.brands.iter().flat_map(|brand| registry.brand_aliases(brand));
        Wanted {
            filter: filter.clone(),
            subscriptions: (!ids.is_empty()).then(|| of(&|named| ids.contains(&named.id))),
            kinds: (!kinds.is_empty()).then(|| of(&|named| kinds.contains(named.kind.as_str()))),
            brands: (!filter.brands.is_empty()).then(|| words.map(std::borrow::Cow::into_owned).collect()),
        }
    }
}
