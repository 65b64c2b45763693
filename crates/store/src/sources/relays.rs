//! Relays: where pulling goes on, how it stands, and which of their requests are kept already.

use std::collections::{HashMap, HashSet};

use hookbench_domain::{SourceId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::Row;

use crate::error::corrupt;
use crate::{Store, StoreError};

/// How pulling from a relay stands, as whoever pulls wrote it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RelayStatus {
    /// What it does.
    pub state: RelayState,
    /// Since when.
    pub since: Timestamp,
    /// When the relay last answered.
    pub answered_at: Option<Timestamp>,
    /// How many requests were pulled from it.
    pub pulled: u64,
    /// Tries in a row that failed.
    pub failures: u32,
    /// Why the last one failed, for people.
    pub error: Option<String>,
    /// When it is tried again, after a failure.
    pub next_try_at: Option<Timestamp>,
}

/// What pulling from a relay does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum RelayState {
    /// It makes its first connection.
    Connecting,
    /// It answers: what comes is pulled.
    Pulling,
    /// It failed and is tried again.
    Waiting,
    /// It refused for good: a person has to do something.
    Stopped,
}

/// What is kept of a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRelay {
    /// Where pulling goes on.
    pub cursor: Option<String>,
    /// How it stands.
    pub standing: RelayStatus,
}

impl Store {
    /// Keeps how a relay stands and where it goes on. What belongs to a source that is gone is
    /// dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn store_relay(
        &self,
        source: SourceId,
        kept: StoredRelay,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let state = serde_json::to_string(&kept.standing).map_err(|error| corrupt("relay", error))?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "insert into relays (source_seq, cursor, state, updated_at)
                         select seq, ?, ?, ? from sources where id = ? and deleted_at is null
                         on conflict (source_seq) do update set cursor = excluded.cursor, state = excluded.state,
                         updated_at = excluded.updated_at",
                    )
                    .bind(kept.cursor)
                    .bind(state)
                    .bind(now.ms())
                    .bind(source.to_string())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// What is kept of every relay that was ever pulled from.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn relays(&self) -> Result<HashMap<SourceId, StoredRelay>, StoreError> {
        let rows = sqlx::query(
            "select s.id, r.cursor, r.state from relays r join sources s on s.seq = r.source_seq",
        )
        .fetch_all(&self.readers)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let (id, state): (String, String) = (row.try_get("id")?, row.try_get("state")?);
            let kept = StoredRelay {
                cursor: row.try_get("cursor")?,
                standing: serde_json::from_str(&state).map_err(|error| corrupt("relay", error))?,
            };
            Ok((id.parse().map_err(|error| corrupt("relay", error))?, kept))
        };
        rows.iter().map(read).collect()
    }

    /// Which of these requests of a relay are kept already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn relayed(&self, source: SourceId, ids: &[String]) -> Result<HashSet<String>, StoreError> {
        let ids = serde_json::to_string(ids).map_err(|error| corrupt("relay", error))?;
        let found: Vec<String> = sqlx::query_scalar(
            "select r.relay_id from received r where r.source_seq = (select seq from sources where id = ?)
             and r.relay_id in (select value from json_each(?))",
        )
        .bind(source.to_string())
        .bind(ids)
        .fetch_all(&self.readers)
        .await?;
        Ok(found.into_iter().collect())
    }
}
