//! Counts that follow behind. What has settled is counted once, in a few rows; what has not, or has
//! moved since, is counted itself, so that both together are exact at any time.

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use crate::retention::{list, set_meta};
use crate::{Store, StoreError};

/// How many deliveries one batch takes.
const BATCH: i64 = 1000;
/// With more that must be counted themselves, the counts are not used.
const LIVE_MOST: i64 = 20_000;

/// The rows of `deliveries` that are counted themselves.
pub(crate) const LIVE: &str = "select delivery_seq from rolled_open union all
  select seq from deliveries where seq > coalesce((select value from meta where key = 'rolled_to'), 0)";

impl Store {
    /// Whether the counts help: few enough deliveries must be counted themselves.
    pub(crate) async fn rolled(&self) -> Result<bool, StoreError> {
        let sql = format!("select count(*) from (select 1 from ({LIVE}) limit {LIVE_MOST})");
        let live: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.readers).await?;
        Ok(live < LIVE_MOST)
    }

    /// Counts the next batch. Says whether there may be more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was written.
    pub async fn follow_rollup(&self) -> Result<bool, StoreError> {
        let ahead: i64 = sqlx::query_scalar(
            "select coalesce((select max(seq) from deliveries), 0)
               - coalesce((select value from meta where key = 'rolled_to'), 0)",
        )
        .fetch_one(&self.readers)
        .await?;
        let settled = self.settled_open().await?;
        if ahead <= 0 && settled.is_empty() {
            return Ok(false);
        }
        self.writer.write_quietly(move |connection| Box::pin(follow(connection, settled))).await
    }

    /// Those that are counted themselves although they have settled, or are gone.
    async fn settled_open(&self) -> Result<Vec<i64>, StoreError> {
        Ok(sqlx::query_scalar(
            "select o.delivery_seq from rolled_open o left join deliveries d on d.seq = o.delivery_seq
             where d.seq is null or d.state not in ('pending', 'in_flight') limit ?",
        )
        .bind(BATCH)
        .fetch_all(&self.readers)
        .await?)
    }
}

async fn follow(connection: &mut SqliteConnection, settled: Vec<i64>) -> Result<bool, StoreError> {
    // They may have moved since they were read.
    let settled: Vec<i64> = sqlx::query_scalar(
        "select o.delivery_seq from rolled_open o left join deliveries d on d.seq = o.delivery_seq
         where o.delivery_seq in (select value from json_each(?))
           and (d.seq is null or d.state not in ('pending', 'in_flight'))",
    )
    .bind(list(&settled)?)
    .fetch_all(&mut *connection)
    .await?;
    count(connection, &settled, "+").await?;
    sqlx::query("delete from rolled_open where delivery_seq in (select value from json_each(?))")
        .bind(list(&settled)?)
        .execute(&mut *connection)
        .await?;
    let next: Vec<(i64, bool)> = sqlx::query_as(
        "select seq, state in ('pending', 'in_flight') from deliveries
         where seq > coalesce((select value from meta where key = 'rolled_to'), 0) order by seq limit ?",
    )
    .bind(BATCH)
    .fetch_all(&mut *connection)
    .await?;
    let Some((last, _)) = next.last() else { return Ok(false) };
    let of = |open: bool| next.iter().filter(|(_, o)| *o == open).map(|(seq, _)| *seq).collect::<Vec<_>>();
    count(connection, &of(false), "+").await?;
    sqlx::query("insert or ignore into rolled_open select value from json_each(?)")
        .bind(list(&of(true))?)
        .execute(&mut *connection)
        .await?;
    set_meta(connection, "rolled_to", *last).await?;
    Ok(i64::try_from(next.len()).unwrap_or(0) == BATCH)
}

/// Adds these deliveries to the counts as they are now, or takes them out.
async fn count(
    connection: &mut SqliteConnection,
    seqs: &[i64],
    sign: &'static str,
) -> Result<(), StoreError> {
    if seqs.is_empty() {
        return Ok(());
    }
    let seqs = list(seqs)?;
    for sql in [
        format!(
            "insert into rollup select d.subscription_seq, e.event_type, d.state, coalesce(d.last_status, -1),
               coalesce(d.last_outcome, ''), d.attempts, {sign}count(*)
             from deliveries d join events e on e.seq = d.event_seq
             where d.seq in (select value from json_each(?)) group by 1, 2, 3, 4, 5, 6
             on conflict do update set n = n + excluded.n"
        ),
        format!(
            "insert into rollup_minutes select d.created_at / 60000, d.state, {sign}count(*) from deliveries d
             where d.seq in (select value from json_each(?)) group by 1, 2
             on conflict do update set n = n + excluded.n"
        ),
    ] {
        sqlx::query(AssertSqlSafe(sql)).bind(&seqs).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes settled deliveries out of the counts before they move or go; from now on they are counted
/// themselves.
pub(crate) async fn unroll(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<(), StoreError> {
    let counted: Vec<i64> = sqlx::query_scalar(
        "insert into rolled_open select d.seq from deliveries d where d.seq in (select value from json_each(?))
         and d.seq <= coalesce((select value from meta where key = 'rolled_to'), 0)
         on conflict do nothing returning delivery_seq",
    )
    .bind(list(seqs)?)
    .fetch_all(&mut *connection)
    .await?;
    count(connection, &counted, "-").await
}
