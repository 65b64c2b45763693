//! Brands, their sealed API keys, and what was read from their platforms.

pub(crate) mod remotes;

use hookbench_domain::{BrandDefinition, BrandId, EventType, Listed, Timestamp};
use serde::Serialize;
use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::error::corrupt;
use crate::registry::{PlatformReadError, SealedSecret, SeenWebhook};
use crate::subscriptions::{move_version, put_secrets};
use crate::{Store, StoreError};

/// An event type as a brand's platform named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BrandEventType {
    /// Its dotted name.
    pub name: String,
    /// What it means; empty if the platform does not say.
    pub meaning: String,
    /// The JSON Schema of its data, if the platform serves one.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, unknown> | null"))]
    pub schema: Option<Value>,
}

/// What was read from a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its event types, in its order.
    pub event_types: Vec<BrandEventType>,
    /// Its webhooks.
    pub webhooks: Vec<Listed>,
}

fn missing(id: BrandId) -> StoreError {
    StoreError::NotFound { what: "brand", id: id.to_string() }
}

async fn seq_of(connection: &mut SqliteConnection, id: BrandId) -> Result<i64, StoreError> {
    let seq = sqlx::query_scalar("select seq from brands where id = ? and deleted_at is null");
    seq.bind(id.to_string()).fetch_optional(connection).await?.ok_or_else(|| missing(id))
}

impl Store {
    /// Keeps a new brand with its sealed API key and what was read from its platform.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] when a brand has its name.
    pub async fn create_brand(
        &self,
        id: BrandId,
        definition: BrandDefinition,
        key: SealedSecret,
        reading: Reading,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(&definition).map_err(|error| corrupt("brand", error))?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let taken: bool = sqlx::query_scalar(
                        "select exists (select 1 from brands where name = ? and deleted_at is null)",
                    )
                    .bind(&definition.name)
                    .fetch_one(&mut *connection)
                    .await?;
                    if taken {
                        return Err(StoreError::NameTaken { what: "brand", name: definition.name });
                    }
                    sqlx::query("insert into brands (id, name, definition, created_at) values (?, ?, ?, ?)")
                        .bind(id.to_string())
                        .bind(&definition.name)
                        .bind(text)
                        .bind(now.ms())
                        .execute(&mut *connection)
                        .await?;
                    put_secrets(connection, &id.to_string(), &[key]).await?;
                    store_reading(connection, id, &reading, now).await?;
                    move_version(connection).await
                })
            })
            .await
    }

    /// Keeps what was read from a brand's platform.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn store_reading(
        &self,
        id: BrandId,
        reading: Reading,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    store_reading(connection, id, &reading, now).await?;
                    move_version(connection).await
                })
            })
            .await
    }

    /// Changes a brand: what it is, and with `key` its sealed API key. What was in its way is
    /// forgotten then.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id; [`StoreError::NameTaken`] when another
    /// has its name.
    pub async fn edit_brand(
        &self,
        id: BrandId,
        definition: BrandDefinition,
        key: Option<SealedSecret>,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(&definition).map_err(|error| corrupt("brand", error))?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let seq = seq_of(connection, id).await?;
                    let taken: bool = sqlx::query_scalar(
                        "select exists (select 1 from brands where name = ? and seq <> ? and deleted_at is null)",
                    )
                    .bind(&definition.name)
                    .bind(seq)
                    .fetch_one(&mut *connection)
                    .await?;
                    if taken {
                        return Err(StoreError::NameTaken { what: "brand", name: definition.name });
                    }
                    sqlx::query(
                        "update brands set name = ?, definition = ?, trouble = iif(?, null, trouble) where seq = ?",
                    )
                    .bind(&definition.name)
                    .bind(text)
                    .bind(key.is_some())
                    .bind(seq)
                    .execute(&mut *connection)
                    .await?;
                    if let Some(key) = key {
                        put_secrets(connection, &id.to_string(), &[key]).await?;
                    }
                    move_version(connection).await
                })
            })
            .await
    }

    /// Keeps why a brand's platform could not be read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn brand_in_trouble(&self, id: BrandId, trouble: PlatformReadError) -> Result<(), StoreError> {
        let text = serde_json::to_string(&trouble).map_err(|error| corrupt("brand", error))?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let seq = seq_of(connection, id).await?;
                    sqlx::query("update brands set trouble = ? where seq = ?")
                        .bind(text)
                        .bind(seq)
                        .execute(&mut *connection)
                        .await?;
                    move_version(connection).await
                })
            })
            .await
    }

    /// Removes a brand with its key, and forgets the subscriptions at its platform with their
    /// secrets. Its name is free again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn delete_brand(&self, id: BrandId, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let seq = seq_of(connection, id).await?;
                    sqlx::query("update brands set deleted_at = ? where seq = ?")
                        .bind(now.ms())
                        .bind(seq)
                        .execute(&mut *connection)
                        .await?;
                    put_secrets(connection, &id.to_string(), &[]).await?;
                    sqlx::query(
                        "delete from secrets where owner in
                           (select id from remote_subscriptions where brand_seq = ?1 union all
                            select id || '/next' from remote_subscriptions where brand_seq = ?1)",
                    )
                    .bind(seq)
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query(
                        "update remote_subscriptions set deleted_at = ? where brand_seq = ? and deleted_at is null",
                    )
                    .bind(now.ms())
                    .bind(seq)
                    .execute(&mut *connection)
                    .await?;
                    move_version(connection).await
                })
            })
            .await
    }

    /// The event types that a brand's platform named when it was last read, in its order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn brand_event_types(&self, id: BrandId) -> Result<Vec<BrandEventType>, StoreError> {
        let rows = sqlx::query(
            "select t.* from brand_event_types t join brands b on b.seq = t.brand_seq
             where b.id = ? order by t.position",
        );
        let rows = rows.bind(id.to_string()).fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| {
                let schema: Option<String> = row.try_get("schema")?;
                let schema = schema.map(|text| serde_json::from_str(&text)).transpose();
                Ok(BrandEventType {
                    name: row.try_get("name")?,
                    meaning: row.try_get("meaning")?,
                    schema: schema.map_err(|error| corrupt("event type of a brand", error))?,
                })
            })
            .collect()
    }

    /// The webhooks that were seen at a brand's platform, the longest known first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn brand_webhooks(&self, id: BrandId) -> Result<Vec<SeenWebhook>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        seen_webhooks(&mut connection, id).await
    }

    /// Keeps what became of single webhooks at a brand's platform: these are there, those are gone.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no brand of that id.
    pub async fn see_webhooks(
        &self,
        id: BrandId,
        there: Vec<Listed>,
        gone: Vec<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let seq = seq_of(connection, id).await?;
                    for webhook in &gone {
                        sqlx::query(
                            "update remote_webhooks set gone_at = ? where brand_seq = ? and webhook = ?",
                        )
                        .bind(now.ms())
                        .bind(seq)
                        .bind(webhook)
                        .execute(&mut *connection)
                        .await?;
                    }
                    for listed in &there {
                        see(connection, seq, listed, now).await?;
                    }
                    move_version(connection).await
                })
            })
            .await
    }
}

/// The names of a brand's event types, in the platform's order; what is no name is left out.
pub(crate) async fn catalogue(
    connection: &mut SqliteConnection,
    id: BrandId,
) -> Result<Vec<EventType>, StoreError> {
    let names: Vec<String> = sqlx::query_scalar(
        "select t.name from brand_event_types t join brands b on b.seq = t.brand_seq
         where b.id = ? order by t.position",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// The webhooks that were seen at a brand's platform, the longest known first.
pub(crate) async fn seen_webhooks(
    connection: &mut SqliteConnection,
    id: BrandId,
) -> Result<Vec<SeenWebhook>, StoreError> {
    let rows = sqlx::query(
        "select w.* from remote_webhooks w join brands b on b.seq = w.brand_seq
         where b.id = ? order by w.first_seen_at, w.webhook",
    );
    let rows = rows.bind(id.to_string()).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let events: String = row.try_get("events")?;
            let gone_at: Option<i64> = row.try_get("gone_at")?;
            Ok(SeenWebhook {
                listed: Listed {
                    id: row.try_get("webhook")?,
                    url: row.try_get("url")?,
                    events: serde_json::from_str(&events).map_err(|error| corrupt("webhook", error))?,
                },
                first_seen_at: Timestamp::from_ms(row.try_get("first_seen_at")?),
                last_seen_at: Timestamp::from_ms(row.try_get("last_seen_at")?),
                gone_at: gone_at.map(Timestamp::from_ms),
            })
        })
        .collect()
}

async fn see(
    connection: &mut SqliteConnection,
    brand_seq: i64,
    listed: &Listed,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into remote_webhooks (brand_seq, webhook, url, events, first_seen_at, last_seen_at)
         values (?1, ?2, ?3, ?4, ?5, ?5)
         on conflict do update set url = ?3, events = ?4, last_seen_at = ?5, gone_at = null",
    )
    .bind(brand_seq)
    .bind(&listed.id)
    .bind(&listed.url)
    .bind(Value::from(listed.events.clone()).to_string())
    .bind(now.ms())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

async fn store_reading(
    connection: &mut SqliteConnection,
    id: BrandId,
    reading: &Reading,
    now: Timestamp,
) -> Result<(), StoreError> {
    let seq = seq_of(connection, id).await?;
    sqlx::query("update brands set synced_at = ?, trouble = null where seq = ?")
        .bind(now.ms())
        .bind(seq)
        .execute(&mut *connection)
        .await?;
    sqlx::query("delete from brand_event_types where brand_seq = ?")
        .bind(seq)
        .execute(&mut *connection)
        .await?;
    for (position, kind) in (0i64..).zip(&reading.event_types) {
        sqlx::query(
            "insert into brand_event_types (brand_seq, position, name, meaning, schema) values (?, ?, ?, ?, ?)
             on conflict do nothing",
        )
        .bind(seq)
        .bind(position)
        .bind(&kind.name)
        .bind(&kind.meaning)
        .bind(kind.schema.as_ref().map(Value::to_string))
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query("update remote_webhooks set gone_at = ? where brand_seq = ? and gone_at is null")
        .bind(now.ms())
        .bind(seq)
        .execute(&mut *connection)
        .await?;
    for listed in &reading.webhooks {
        see(connection, seq, listed, now).await?;
    }
    Ok(())
}
