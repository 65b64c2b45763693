//! When subscriptions have something due.

use hookbench_domain::{SubscriptionId, Timestamp};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::deliveries::ordering::firsts;
use crate::error::corrupt;
use crate::{Store, StoreError};

/// When a subscription has something due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub subscription: SubscriptionId,
    /// When the first of what waits falls due.
    pub at: Timestamp,
    /// When the first of what a person asked for does.
    pub asked_at: Option<Timestamp>,
}

impl Store {
    /// The earliest time at which each subscription that may be sent to has something due, for
    /// those that have; for an ordered one, the time of its oldest, or of the oldest of each value.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn due(&self) -> Result<Vec<Due>, StoreError> {
        let rows = sqlx::query(
            "select id, due, asked from (select s.id, case when s.definition ->> '$.ordered' then
               (select d.next_attempt_at from deliveries d where d.held is null and d.seq = (select min(o.seq) from deliveries o
                 where o.subscription_seq = s.seq and o.state = 'pending'))
               else (select min(d.next_attempt_at) from deliveries d
                 where d.subscription_seq = s.seq and d.state = 'pending' and d.held is null) end as due,
               case when s.definition ->> '$.ordered' then
               (select d.next_attempt_at from deliveries d where d.trigger = 'manual' and d.held is null and d.seq =
                 (select min(o.seq) from deliveries o where o.subscription_seq = s.seq and o.state = 'pending'))
               else (select min(d.next_attempt_at) from deliveries d
                 where d.subscription_seq = s.seq and d.state = 'pending' and d.held is null and d.trigger = 'manual') end as asked
             from subscriptions s where s.deleted_at is null and s.enabled = 1 and s.paused_at is null
               and s.definition ->> '$.ordered_by' is null
               and not exists (select 1 from meta where key = 'paused_at')) where due is not null",
        )
        .fetch_all(&self.readers)
        .await?;
        let by_value = due_by_value(&mut *self.readers.acquire().await?).await?;
        let each = rows.iter().map(|row| {
            let id: String = row.try_get("id")?;
            let id = id.parse().map_err(|error| corrupt("subscription", error))?;
            let asked: Option<i64> = row.try_get("asked")?;
            Ok(Due {
                subscription: id,
                at: Timestamp::from_ms(row.try_get("due")?),
                asked_at: asked.map(Timestamp::from_ms),
            })
        });
        each.chain(by_value.into_iter().map(Ok)).collect()
    }
}

/// When the subscriptions that may be sent to and are ordered by a value have something that may be
/// claimed.
async fn due_by_value(connection: &mut SqliteConnection) -> Result<Vec<Due>, StoreError> {
    let rows = sqlx::query(
        "select seq, id from subscriptions s where s.definition ->> '$.ordered_by' is not null
           and s.deleted_at is null and s.enabled = 1 and s.paused_at is null
           and not exists (select 1 from meta where key = 'paused_at')",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let (seq, id): (i64, String) = (row.try_get("seq")?, row.try_get("id")?);
        let sql = format!(
            "select min(next_attempt_at), min(case when trigger = 'manual' then next_attempt_at end)
             from deliveries where seq in ({}) and state = 'pending' and held is null",
            firsts()
        );
        let (at, asked): (Option<i64>, Option<i64>) =
            sqlx::query_as(AssertSqlSafe(sql)).bind(seq).fetch_one(&mut *connection).await?;
        let Some(at) = at else { continue };
        found.push(Due {
            subscription: id.parse().map_err(|error| corrupt("subscription", error))?,
            at: Timestamp::from_ms(at),
            asked_at: asked.map(Timestamp::from_ms),
        });
    }
    Ok(found)
}
