//! What a filter names, by when it was made.

use hookbench_domain::Timestamp;
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::log::counts::{DimensionKeys, counted};
use crate::log::filter::Wanted;
use crate::log::search::LOOKS;
use crate::log::search::Text;
use crate::projections::aggregates::LIVE;
use crate::projections::segments::{ByNumber, read_counts, read_places};
use crate::{DeliveryFilter, Store, StoreError};

/// The strips of a time; with their places where one lies in several bars.
pub(crate) const BARS: &str =
    "select first_at, counts, case when first_at < ?1 or (first_at - ?1) / ?2 <> (last_at - ?1) / ?2
  then places end from log_strips where last_at >= ?1 and first_at < ?3";

/// What a stretch of time held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// Deliveries made then that are delivered.
    pub delivered: i64,
    /// Deliveries made then that failed.
    pub failed: i64,
    /// Deliveries made then that are neither.
    pub other: i64,
}

/// Deliveries by when they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The stretches, oldest first.
    pub stretches: Vec<TimeRange>,
    /// Whether only the newest were counted, because a text was looked for in too many.
    pub capped: bool,
}

/// As what a delivery counts in a bar.
#[derive(Debug, Clone, Copy)]
enum End {
    Delivered,
    Failed,
    Other,
}

impl End {
    fn of(state: &str) -> Self {
        match state {
            "delivered" => Self::Delivered,
            "failed" => Self::Failed,
            _ => Self::Other,
        }
    }
}

/// Stretches that are being filled.
#[derive(Debug, Clone)]
struct Bars {
    from: i64,
    width: i64,
    stretches: Vec<TimeRange>,
}

impl Bars {
    /// Which stretch a time falls into.
    fn of(&self, at: i64) -> i64 {
        at.saturating_sub(self.from).div_euclid(self.width)
    }

    fn add(&mut self, bar: i64, end: End, n: i64) {
        if let Some(stretch) = usize::try_from(bar).ok().and_then(|n| self.stretches.get_mut(n)) {
            match end {
                End::Delivered => stretch.delivered += n,
                End::Failed => stretch.failed += n,
                End::Other => stretch.other += n,
            }
        }
    }

    /// Adds what a statement finds: stretch, state, number.
    async fn add_rows(
        &mut self,
        connection: &mut SqliteConnection,
        mut sql: QueryBuilder<Sqlite>,
    ) -> Result<(), StoreError> {
        sql.push(" group by 1, 2");
        for row in sql.build().fetch_all(connection).await? {
            self.add(row.try_get(0)?, End::of(row.try_get(1)?), row.try_get(2)?);
        }
        Ok(())
    }

    /// The beginning of such a statement: `d` are the deliveries.
    fn select(&self, from: &str) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::new("select (d.created_at - ");
        sql.push_bind(self.from).push(") / ").push_bind(self.width);
        sql.push(format!(", d.state, count(*) from {from}"));
        sql
    }

    /// Adds what is counted, of combinations that are wanted.
    async fn add_counted(
        &mut self,
        connection: &mut SqliteConnection,
        known: &DimensionKeys,
        wanted: &Wanted,
    ) -> Result<(), StoreError> {
        let taken = known.iter().filter(|(_, c)| wanted.takes(c, None));
        let ends: ByNumber<End> = taken.map(|(id, c)| (*id, End::of(&c.state))).collect();
        if ends.is_empty() {
            return Ok(());
        }
        let end = i64::try_from(self.stretches.len()).unwrap_or(i64::MAX);
        let end = self.from.saturating_add(self.width.saturating_mul(end));
        let rows = sqlx::query(BARS).bind(self.from).bind(self.width).bind(end).fetch_all(connection).await?;
        for row in rows {
            let first_at: i64 = row.try_get(0)?;
            match row.try_get::<Option<Vec<u8>>, _>(2)? {
                Some(places) => {
                    for (id, at) in read_places(first_at, &places)?.flatten() {
                        if let Some(state) = ends.get(id) {
                            self.add(self.of(at), state, 1);
                        }
                    }
                }
                None => {
                    for (id, n) in read_counts(&row.try_get::<Vec<u8>, _>(1)?) {
                        if let Some(state) = ends.get(id) {
                            self.add(self.of(first_at), state, n);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

impl Store {
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
    /// With a text that the index cannot narrow down, of the newest [`crate::FACET_CAP`] that may
    /// hold it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn histogram(
        &self,
        filter: &DeliveryFilter,
        from: Timestamp,
        width_ms: i64,
        count: usize,
    ) -> Result<Histogram, StoreError> {
        let filter = DeliveryFilter { cursor: None, since: Some(from), until: None, ..filter.clone() };
        let names = self.names().await?;
        let text = self.text_of(&filter).await?;
        let (bounds, wanted) = (self.bounds(&filter).await?, self.wanted(&filter, &names));
        let looked = self.looked(&filter, &names, bounds, Vec::new());
        let mut bars =
            Bars { from: from.ms(), width: width_ms.max(1), stretches: vec![TimeRange::default(); count] };
        let live = format!("({LIVE}) l cross join deliveries d on d.seq = l.seq");
        self.at_one_moment(move |connection| {
            Box::pin(async move {
                let Text::None = text else {
                    let found = looked.holding(connection, &text, i64::MAX, LOOKS).await?;
                    let mut sql = bars.select("deliveries d where d.seq in (select value from json_each(");
                    sql.push_bind(crate::sql::list(&found.seqs)?).push("))");
                    bars.add_rows(connection, sql).await?;
                    return Ok(Histogram { stretches: bars.stretches, capped: found.looked_to.is_some() });
                };
                // However many must be counted themselves: they are fewer than the whole log.
                let known = match &filter.event {
                    Some(_) => None,
                    None => counted(connection).await?,
                };
                let mut sql = bars.select(if known.is_some() { &live } else { "deliveries d" });
                // What is not asked about is not looked up.
                if filter.of_events() {
                    sql.push(" cross join events e on e.seq = d.event_seq");
                }
                filter.push_to(&mut sql, &bounds)?;
                if known.is_some() {
                    bounds.push_to(&mut sql, "l.seq");
                }
                bars.add_rows(connection, sql).await?;
                if let Some(known) = known {
                    bars.add_counted(connection, &known, &wanted).await?;
                }
                Ok(Histogram { stretches: bars.stretches, capped: false })
            })
        })
        .await
    }
}
