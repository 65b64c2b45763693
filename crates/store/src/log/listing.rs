//! Pages of the delivery log.

use hookbench_domain::DeliveryId;
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Sqlite};

use crate::deliveries::{SUMMARY, summary};
use crate::error::readable;
use crate::log::counts::{Known, LogQuery};
use crate::log::dimension::Facet;
use crate::log::filter::{Bounds, MAX_PAGE, Names};
use crate::log::search::{Found, Text};
use crate::sql::list;
use crate::sql::rows::{delivery_id, seq_of};
use crate::{DeliveryFilter, DeliverySummary, Page, Store, StoreError};

impl LogQuery {
    /// What is looked for that holds the text, newest first before `below`, at most `most`.
    pub(crate) async fn holding(
        &self,
        connection: &mut SqliteConnection,
        text: &Text,
        below: i64,
        most: usize,
    ) -> Result<Found, StoreError> {
        match text {
            Text::Id(id) => {
                let seqs = self.of(connection, &[seq_of(*id)], below).await?;
                Ok(Found { seqs, looked_to: None })
            }
            Text::Search(plan) => plan.newest(connection, self, below, most).await,
            Text::None => {
                let mut seqs = self.newest(connection, below, most.saturating_add(1)).await?;
                let more = seqs.len() > most;
                seqs.truncate(most);
                let looked_to = seqs.last().copied().filter(|_| more);
                Ok(Found { seqs, looked_to })
            }
        }
    }
}

impl Store {
    /// How a filter's text is looked for.
    pub(crate) async fn text_of(&self, filter: &DeliveryFilter) -> Result<Text, StoreError> {
        let Some(text) = &filter.search else { return Ok(Text::None) };
        Ok(match text.trim().parse() {
            Ok(id) => Text::Id(id),
            Err(_) => Text::Search(Box::new(self.plan_search(text).await?)),
        })
    }

    /// What a filter looks for, but for its text and cursor; with `loosened`, what any of these
    /// properties leaves out as well.
    pub(crate) fn looked(
        &self,
        filter: &DeliveryFilter,
        names: &Names,
        bounds: Bounds,
        loosened: Vec<Facet>,
    ) -> LogQuery {
        let filter = DeliveryFilter { cursor: None, search: None, ..filter.clone() };
        let wanted = self.wanted(&filter, names);
        LogQuery { filter, wanted, bounds, loosened, known: Known::default() }
    }

    /// Lists deliveries, newest first. Where a text is looked for that the index cannot narrow down,
    /// a page may hold fewer than were asked for, or none, and still have a next one.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for a cursor of another listing.
    pub async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Page<DeliverySummary>, StoreError> {
        let below = match &filter.cursor {
            Some(cursor) => {
                let id: DeliveryId = cursor.parse().map_err(|_| StoreError::Cursor(cursor.clone()))?;
                seq_of(id)
            }
            None => i64::MAX,
        };
        let limit = usize::try_from(filter.limit.clamp(1, MAX_PAGE)).unwrap_or(1);
        let text = self.text_of(filter).await?;
        let names = self.names().await?;
        let looked = self.looked(filter, &names, self.bounds(filter).await?, Vec::new());
        self.at_one_moment(move |connection| {
            Box::pin(async move {
                let found = looked.holding(connection, &text, below, limit).await?;
                let mut sql = QueryBuilder::<Sqlite>::new(SUMMARY);
                sql.push(" where d.seq in (select value from json_each(").push_bind(list(&found.seqs)?);
                sql.push(")) order by d.seq desc");
                let rows = sql.build().fetch_all(connection).await?;
                let items = readable(&rows, summary)?;
                // Only the number in it counts.
                let next_cursor = found.looked_to.map(|seq| delivery_id(seq, 0).to_string());
                let next_cursor = match items.last() {
                    Some(last) if found.looked_to == Some(seq_of(last.id)) => Some(last.id.to_string()),
                    Some(_) | None => next_cursor,
                };
                Ok(Page { items, next_cursor })
            })
        })
        .await
    }
}
