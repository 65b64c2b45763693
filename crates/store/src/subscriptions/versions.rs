//! What subscriptions were like when an event came: each change is kept with the number of the last
//! event before it, in the transaction that makes it. So which version an event met is exact.

use hookbench_domain::{Definition, Health, SubscriptionId, Timestamp};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::error::corrupt;
use crate::{Store, StoreError};

/// How many versions of a subscription are kept; the oldest make room.
const KEPT_VERSIONS: i64 = 500;
/// How many pauses and resumptions of everything are kept.
const KEPT_PAUSES: i64 = 2000;

/// A subscription as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscriptionAt {
    /// What it wanted and how it was set up.
    pub definition: Definition,
    /// Why the program had disabled it.
    pub disabled_because: Option<String>,
    /// Since when it was paused by itself.
    pub paused_since: Option<Timestamp>,
    /// What was known of its endpoint.
    pub health: Health,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// A subscription then and now.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscriptionVersions {
    /// Which one.
    pub id: SubscriptionId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// As it was when the event came; `None` where that is not recorded, or it did not exist yet.
    pub then: Option<SubscriptionAt>,
    /// Whether its first version is that of its making: then an event without a version came before.
    pub whole: bool,
    /// As it is now.
    pub now: SubscriptionAt,
}

/// Keeps how a subscription is after a change, unless nothing changed.
pub(crate) async fn store_version(
    connection: &mut SqliteConnection,
    id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let added = sqlx::query(
        "insert into subscription_versions
         select s.seq, (select coalesce(max(seq), 0) from events), ?2, s.definition, s.disabled_because, s.paused_at,
           s.health, s.deleted_at is not null
         from subscriptions s where s.id = ?1 and not exists (
           select 1 from (select * from subscription_versions v where v.subscription_seq = s.seq order by v.rowid desc limit 1) v
           where v.definition = s.definition and v.disabled_because is s.disabled_because
             and v.paused_at is s.paused_at and v.health is s.health and v.deleted = (s.deleted_at is not null))",
    )
    .bind(id)
    .bind(now.ms())
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if added > 0 {
        sqlx::query(
            "delete from subscription_versions where subscription_seq = (select seq from subscriptions where id = ?1)
             and rowid <= (select v.rowid from subscription_versions v
               where v.subscription_seq = (select seq from subscriptions where id = ?1)
               order by v.rowid desc limit 1 offset ?2)",
        )
        .bind(id)
        .bind(KEPT_VERSIONS)
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// Keeps that everything was paused or resumed.
pub(crate) async fn store_pause(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "insert into pause_versions
         select (select coalesce(max(seq), 0) from events), ?, (select value from meta where key = 'paused_at')",
    )
    .bind(now.ms())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "delete from pause_versions where rowid <= (select rowid from pause_versions order by rowid desc limit 1 offset ?)",
    )
    .bind(KEPT_PAUSES)
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts that an event came again.
pub(crate) async fn count_repeat(
    connection: &mut SqliteConnection,
    event_seq: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into event_repeats (event_seq, count, last_at) values (?1, 1, ?2)
         on conflict (event_seq) do update set count = count + 1, last_at = ?2",
    )
    .bind(event_seq)
    .bind(now.ms())
    .execute(connection)
    .await?;
    Ok(())
}

impl Store {
    /// Every subscription of this machine, deleted ones included, as it was when an event was kept
    /// and as it is now; only the one that is named, if one is.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a definition that cannot be read.
    pub async fn histories(
        &self,
        event_seq: i64,
        only: Option<SubscriptionId>,
    ) -> Result<Vec<SubscriptionVersions>, StoreError> {
        let rows = sqlx::query(
            "select s.id, s.created_at, s.deleted_at, s.definition, s.disabled_because, s.paused_at, s.health,
               v.definition as v_definition, v.disabled_because as v_disabled_because, v.paused_at as v_paused_at,
               v.health as v_health, v.deleted as v_deleted,
               (select f.at from subscription_versions f where f.subscription_seq = s.seq order by f.rowid limit 1)
                 = s.created_at as whole
             from subscriptions s left join subscription_versions v on v.rowid = (
               select w.rowid from subscription_versions w
               where w.subscription_seq = s.seq and w.after_event < ?1
               order by w.after_event desc, w.rowid desc limit 1)
             where ?2 is null or s.id = ?2 order by s.seq",
        )
        .bind(event_seq)
        .bind(only.map(|id| id.to_string()))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(history).collect()
    }

    /// Since when everything was paused as an event was kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn all_paused_at(&self, event_seq: i64) -> Result<Option<Timestamp>, StoreError> {
        let paused: Option<Option<i64>> = sqlx::query_scalar(
            "select paused_at from pause_versions where after_event < ? order by after_event desc, rowid desc limit 1",
        )
        .bind(event_seq)
        .fetch_optional(&self.readers)
        .await?;
        Ok(paused.flatten().map(Timestamp::from_ms))
    }

    /// How often an event came again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn repeats(&self, event_seq: i64) -> Result<u64, StoreError> {
        let count: Option<i64> = sqlx::query_scalar("select count from event_repeats where event_seq = ?")
            .bind(event_seq)
            .fetch_optional(&self.readers)
            .await?;
        Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
    }
}

fn history(row: &SqliteRow) -> Result<SubscriptionVersions, StoreError> {
    let bad = |error: &dyn std::fmt::Display| corrupt("subscription", error);
    let id: String = row.try_get("id")?;
    let time = |column: &str| -> Result<Option<Timestamp>, StoreError> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_ms))
    };
    let deleted_at = time("deleted_at")?;
    let standing = |prefix: &str, deleted: bool| -> Result<Option<SubscriptionAt>, StoreError> {
        let column = |name: &str| format!("{prefix}{name}");
        let definition: Option<String> = row.try_get(column("definition").as_str())?;
        let Some(definition) = definition else { return Ok(None) };
        let health: Option<String> = row.try_get(column("health").as_str())?;
        Ok(Some(SubscriptionAt {
            definition: serde_json::from_str(&definition).map_err(|error| bad(&error))?,
            disabled_because: row.try_get(column("disabled_because").as_str())?,
            paused_since: time(&column("paused_at"))?,
            health: health
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|error| bad(&error))?
                .unwrap_or_default(),
            deleted,
        }))
    };
    let whole: Option<bool> = row.try_get("whole")?;
    let then_deleted: Option<bool> = row.try_get("v_deleted")?;
    Ok(SubscriptionVersions {
        id: id.parse().map_err(|error| bad(&error))?,
        created_at: time("created_at")?.ok_or_else(|| corrupt("subscription", "created_at is missing"))?,
        deleted_at,
        then: standing("v_", then_deleted.unwrap_or(false))?,
        whole: whole.unwrap_or(false),
        now: standing("", deleted_at.is_some())?
            .ok_or_else(|| corrupt("subscription", "its definition is missing"))?,
    })
}
