//! What cannot be gone on with is put aside, loudly: it stops nothing else. A record that the database
//! refuses would be refused again and again, and a row that cannot be read would stop whoever reads it
//! among others.

use hookbench_domain::{Held, Timestamp};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

use crate::deliveries::record::Record;
use crate::error::corrupt;
use crate::sql::rows::{delivery_id, seq_of};
use crate::{Recorded, Store, StoreError};

/// How many are remembered; the oldest make room.
const REMEMBERED: i64 = 1000;

/// Something that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// When.
    pub at: Timestamp,
    /// `attempt`: its record was refused. `delivery`: it cannot be read.
    pub what: String,
    /// The delivery's id.
    pub key: String,
    /// Why.
    pub why: String,
}

impl Store {
    /// Puts aside an attempt whose record the database refuses: it counts as interrupted, and its
    /// delivery waits until a person retries or cancels it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was written; it may be tried again.
    pub async fn set_record_aside(
        &self,
        record: Record,
        why: String,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let seq = seq_of(record.delivery);
                    let leased: bool = sqlx::query_scalar(
                        "select exists (select 1 from deliveries where seq = ? and state = 'in_flight'
                           and attempts = ? and lease_owner = ?)",
                    )
                    .bind(seq)
                    .bind(i64::from(record.attempt.number))
                    .bind(&record.lease.owner)
                    .fetch_one(&mut *connection)
                    .await?;
                    if !leased {
                        return Ok(Recorded::LeaseLost);
                    }
                    // What was refused may be this, too: then the delivery goes on without.
                    let mut attempt = connection.begin().await?;
                    match interrupted(&mut attempt, seq, &why).await {
                        Ok(()) => attempt.commit().await?,
                        Err(error) if error.is_unavailable() => return Err(error),
                        Err(_) => attempt.rollback().await?,
                    }
                    hold(connection, seq, now).await?;
                    remember(connection, "attempt", seq, &record.delivery.to_string(), &why, now).await?;
                    Ok(Recorded::Kept)
                })
            })
            .await
    }

    /// What was put aside and still waits for a person, the latest first; at most 1000.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn set_aside(&self) -> Result<Vec<SetAside>, StoreError> {
        let rows = sqlx::query(
            "select a.at, a.what, a.key, a.why from set_aside a join deliveries d on d.seq = a.delivery_seq
             where d.state = 'pending' and d.held is not null order by a.seq desc",
        );
        let read = |row: sqlx::sqlite::SqliteRow| {
            Ok(SetAside {
                at: Timestamp::from_ms(row.try_get("at")?),
                what: row.try_get("what")?,
                key: row.try_get("key")?,
                why: row.try_get("why")?,
            })
        };
        rows.fetch_all(&self.readers).await?.into_iter().map(read).collect()
    }
}

async fn interrupted(connection: &mut SqliteConnection, seq: i64, why: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into attempts (seq, delivery_seq, number, trigger, started_at, outcome, error, total_us, connection)
         select (select coalesce(max(seq), 0) + 1 from attempts), seq, attempts, trigger, claimed_at, 'interrupted',
           ?, 0, '{\"reused\":false}' from deliveries where seq = ?",
    )
    .bind(format!("the attempt was made, but its record was refused, so whether it arrived is unknown: {why}"))
    .bind(seq)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the lease of a delivery, or its waiting for its time, until a person decides.
async fn hold(connection: &mut SqliteConnection, seq: i64, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "update deliveries set last_outcome = iif(state = 'in_flight', 'interrupted', last_outcome),
           last_status = iif(state = 'in_flight', null, last_status),
           state = 'pending', held = ?, next_attempt_at = ?, lease_owner = null, lease_until = null, claimed_at = null
         where seq = ? and state in ('pending', 'in_flight')",
    )
    .bind(Held::SetAside.as_str())
    .bind(now.ms())
    .bind(seq)
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts aside a delivery that waits and cannot be read, in the transaction that wanted to claim it.
pub(crate) async fn set_delivery_aside(
    connection: &mut SqliteConnection,
    seq: i64,
    why: &StoreError,
    now: Timestamp,
) -> Result<(), StoreError> {
    let created_at: i64 = sqlx::query_scalar("select created_at from deliveries where seq = ?")
        .bind(seq)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or_else(|| corrupt("delivery", format!("row {seq} is gone")))?;
    let id = delivery_id(seq, created_at);
    tracing::error!(delivery = %id, %why, "a delivery cannot be read; it is put aside, the others are sent");
    hold(&mut *connection, seq, now).await?;
    remember(connection, "delivery", seq, &id.to_string(), &why.to_string(), now).await
}

async fn remember(
    connection: &mut SqliteConnection,
    what: &'static str,
    delivery_seq: i64,
    key: &str,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    for sql in [
        "delete from set_aside where delivery_seq = ?",
        "delete from set_aside where seq <= (select max(seq) from set_aside) - ?",
    ]
    .into_iter()
    .zip([delivery_seq, REMEMBERED - 1])
    {
        sqlx::query(sql.0).bind(sql.1).execute(&mut *connection).await?;
    }
    sqlx::query("insert into set_aside (at, what, delivery_seq, key, why) values (?, ?, ?, ?, ?)")
        .bind(now.ms())
        .bind(what)
        .bind(delivery_seq)
        .bind(key)
        .bind(why)
        .execute(connection)
        .await?;
    Ok(())
}
