//! What a filter finds, counted by every property.

use std::collections::HashMap;

use crate::log::counts::{LogQuery, among, among_newest, helps, tally};
use crate::log::dimension::Facet;
use crate::log::filter::{DimensionKey, Names, Wanted};
use crate::log::search::{LOOKS, Text};
use crate::{DeliveryFilter, Store, StoreError};

/// Up to how many matches a facet counts exactly; of more, the newest are counted.
pub const FACET_CAP: i64 = 10_000;
/// How many values of one property are told apart.
const FACET_VALUES: usize = 50;

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

/// Deliveries by combination, and whether there are more than were counted.
#[derive(Debug, Default)]
struct Sample {
    rows: Vec<DimensionKey>,
    capped: bool,
}

impl Sample {
    fn by(&self, facet: Facet, wanted: &Wanted, names: &Names) -> FacetCounts {
        let mut counts: HashMap<String, i64> = HashMap::new();
        for row in self.rows.iter().filter(|row| wanted.takes(row, Some(facet))) {
            if let Some(value) = facet.of(row, names) {
                *counts.entry(value).or_default() += row.n;
            }
        }
        let mut values: Vec<(String, i64)> = counts.into_iter().collect();
        values.sort_by(|(left, n), (right, m)| m.cmp(n).then_with(|| left.cmp(right)));
        values.truncate(FACET_VALUES);
        FacetCounts { values, capped: self.capped }
    }

    fn total(&self, wanted: &Wanted) -> i64 {
        self.rows.iter().filter(|row| wanted.takes(row, None)).map(|row| row.n).sum()
    }
}

impl Store {
    /// Counts by every property what the filter names; what it says of a property is left out where
    /// that one is counted, so that other choices can be seen. Where the counts that follow behind do
    /// not know, the newest [`FACET_CAP`] are counted, and with a text of at most so many looked at.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn facets(&self, filter: &DeliveryFilter) -> Result<Facets, StoreError> {
        let filter = DeliveryFilter { cursor: None, ..filter.clone() };
        let names = self.names().await?;
        let wanted = self.wanted(&filter, &names);
        let chosen: Vec<Facet> = Facet::ALL.into_iter().filter(|facet| facet.chosen(&filter)).collect();
        let (whole, rest) = match self.counted_sample(&filter).await? {
            Some(sample) => (sample, None),
            None => self.looked_at(&filter, &names, &chosen).await?,
        };
        let mut facets =
            Facets { total: whole.total(&wanted), total_capped: whole.capped, by: HashMap::new() };
        for facet in Facet::ALL {
            let sample = match &rest {
                Some(samples) if chosen.contains(&facet) => samples.get(&facet).unwrap_or(&whole),
                Some(_) | None => &whole,
            };
            facets.by.insert(facet, sample.by(facet, &wanted, &names));
        }
        Ok(facets)
    }

    /// Everything in the filter's time, if counts know it.
    async fn counted_sample(&self, filter: &DeliveryFilter) -> Result<Option<Sample>, StoreError> {
        if filter.event.is_some() || filter.search.is_some() {
            return Ok(None);
        }
        let (since, until) = (filter.since, filter.until);
        self.at_one_moment(move |connection| {
            Box::pin(async move {
                if !helps(connection).await? {
                    return Ok(None);
                }
                let rows = tally(connection, since, until).await?;
                Ok(rows.map(|rows| Sample { rows, capped: false }))
            })
        })
        .await
    }

    /// What is counted row by row: the whole filter, and each chosen property where it needs a
    /// sample of its own.
    async fn looked_at(
        &self,
        filter: &DeliveryFilter,
        names: &Names,
        chosen: &[Facet],
    ) -> Result<(Sample, Option<HashMap<Facet, Sample>>), StoreError> {
        let bounds = self.bounds(filter).await?;
        let text = self.text_of(filter).await?;
        if let Text::None = text
            && filter.event.is_none()
        {
            return self.newest_samples(filter.clone(), bounds, chosen.to_vec()).await;
        }
        let few = match &text {
            Text::None | Text::Id(_) => true,
            Text::Search(plan) => plan.narrows(),
        };
        // Of few, all are taken at once, and each property is counted among them.
        let framed = if few { framed(filter) } else { filter.clone() };
        let whole = self.looked(&framed, names, bounds, Vec::new());
        let loosened = (!few && !chosen.is_empty()).then(|| LogQuery {
            known: whole.known.clone(),
            ..self.looked(filter, names, bounds, chosen.to_vec())
        });
        let chosen = chosen.to_vec();
        self.at_one_moment(move |connection| {
            Box::pin(async move {
                let found = whole.holding(connection, &text, i64::MAX, LOOKS).await?;
                let whole =
                    Sample { rows: among(connection, &found.seqs).await?, capped: found.looked_to.is_some() };
                let Some(loosened) = loosened else { return Ok((whole, None)) };
                let found = loosened.holding(connection, &text, i64::MAX, LOOKS).await?;
                let (rows, capped) = (among(connection, &found.seqs).await?, found.looked_to.is_some());
                let same = |facet| (facet, Sample { rows: rows.clone(), capped });
                Ok((whole, Some(chosen.into_iter().map(same).collect())))
            })
        })
        .await
    }

    /// The newest that the filter names, and that it names without each chosen property.
    async fn newest_samples(
        &self,
        filter: DeliveryFilter,
        bounds: crate::log::filter::Bounds,
        chosen: Vec<Facet>,
    ) -> Result<(Sample, Option<HashMap<Facet, Sample>>), StoreError> {
        self.at_one_moment(move |connection| {
            Box::pin(async move {
                let mut samples = HashMap::new();
                let mut whole = Sample::default();
                for facet in std::iter::once(None).chain(chosen.into_iter().map(Some)) {
                    let filter = facet.map_or_else(|| filter.clone(), |facet| facet.loosen(&filter));
                    let rows = among_newest(connection, &filter, &bounds, FACET_CAP + 1).await?;
                    let capped = rows.iter().map(|row| row.n).sum::<i64>() > FACET_CAP;
                    let sample = Sample { rows, capped };
                    match facet {
                        None => whole = sample,
                        Some(facet) => drop(samples.insert(facet, sample)),
                    }
                }
                Ok((whole, Some(samples)))
            })
        })
        .await
    }

    /// How many deliveries the filter names, counted up to [`FACET_CAP`]; one more says that there
    /// are more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn count_up_to_cap(&self, filter: &DeliveryFilter) -> Result<i64, StoreError> {
        let names = self.names().await?;
        let wanted = self.wanted(filter, &names);
        let whole = match self.counted_sample(filter).await? {
            Some(sample) => sample,
            None => self.looked_at(filter, &names, &[]).await?.0,
        };
        Ok(if whole.capped { FACET_CAP + 1 } else { whole.total(&wanted).min(FACET_CAP + 1) })
    }
}

/// The filter without what it says about properties.
fn framed(filter: &DeliveryFilter) -> DeliveryFilter {
    DeliveryFilter {
        event: filter.event.clone(),
        since: filter.since,
        until: filter.until,
        search: filter.search.clone(),
        ..DeliveryFilter::default()
    }
}
