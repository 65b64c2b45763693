//! What is known of the machine's clock, from one look to the next and across restarts.

use hookbench_domain::{ClockTrust, Leap, Passed, Timestamp};
use sqlx::sqlite::SqliteConnection;

use crate::sql::rows::{signed, unsigned};
use crate::sql::set_meta;
use crate::{Store, StoreError};

const BELIEVED: &str = "clock_believed";
const SEEN: &str = "clock_seen";
const LEAP_AT: &str = "clock_leap_at";
const LEAP_BY: &str = "clock_leap_by";
const EVEN: &str = "clock_even";

impl Store {
    /// Looks at the clock: see [`ClockTrust::look`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn look_at_clock(
        &self,
        now: Timestamp,
        passed: Option<Passed>,
    ) -> Result<ClockTrust, StoreError> {
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let clock = match read(&mut *connection).await? {
                        Some(known) => known.look(now, passed),
                        None => {
                            let latest: Option<i64> = sqlx::query_scalar(
                                "select received_at from events order by seq desc limit 1",
                            )
                            .fetch_optional(&mut *connection)
                            .await?;
                            ClockTrust::begin(now, latest.map(Timestamp::from_ms))
                        }
                    };
                    write(connection, clock).await?;
                    Ok(clock)
                })
            })
            .await
    }

    /// Believes the clock from now on: a person says that it is right.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn believe_clock(&self, now: Timestamp) -> Result<ClockTrust, StoreError> {
        let clock = ClockTrust::confirmed(now);
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    write(connection, clock).await?;
                    Ok(clock)
                })
            })
            .await
    }

    /// What the last look has shown; `None` before the first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn clock_trust(&self) -> Result<Option<ClockTrust>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        read(&mut connection).await
    }
}

async fn read(connection: &mut SqliteConnection) -> Result<Option<ClockTrust>, StoreError> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("select key, value from meta where key >= 'clock_' and key < 'clock`'")
            .fetch_all(connection)
            .await?;
    let value = |wanted: &str| rows.iter().find(|(key, _)| key == wanted).map(|(_, value)| *value);
    let time = |wanted: &str| value(wanted).map(Timestamp::from_ms);
    let (Some(believed), Some(seen)) = (time(BELIEVED), time(SEEN)) else { return Ok(None) };
    let leap = match (time(LEAP_AT), value(LEAP_BY)) {
        (Some(at), Some(by_ms)) => Some(Leap { at, by_ms, even_ms: unsigned(value(EVEN).unwrap_or(0)) }),
        (Some(_) | None, Some(_) | None) => None,
    };
    Ok(Some(ClockTrust { believed, seen, leap }))
}

async fn write(connection: &mut SqliteConnection, clock: ClockTrust) -> Result<(), StoreError> {
    set_meta(&mut *connection, BELIEVED, clock.believed.ms()).await?;
    set_meta(&mut *connection, SEEN, clock.seen.ms()).await?;
    match clock.leap {
        Some(leap) => {
            set_meta(&mut *connection, LEAP_AT, leap.at.ms()).await?;
            set_meta(&mut *connection, LEAP_BY, leap.by_ms).await?;
            set_meta(connection, EVEN, signed(leap.even_ms)).await
        }
        None => {
            sqlx::query("delete from meta where key in (?, ?, ?)")
                .bind(LEAP_AT)
                .bind(LEAP_BY)
                .bind(EVEN)
                .execute(connection)
                .await?;
            Ok(())
        }
    }
}
