//! Sources, their sealed secrets and path tokens.

pub(crate) mod arrival;
pub(crate) mod public_endpoint;
pub(crate) mod received;
pub(crate) mod relays;

use hookbench_domain::{SourceDefinition, SourceId, Timestamp};

use crate::error::corrupt;
use crate::registry::{SealedSecret, relay_owner, token_owner};
use crate::subscriptions::{move_version, put_secrets};
use crate::{Store, StoreError};

/// What a source checks requests with, sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceSecrets {
    /// The signing secrets, newest first.
    pub signing: Vec<SealedSecret>,
    /// The path token, if the path has one.
    pub token: Option<SealedSecret>,
    /// The key to its relay, if that asks for one.
    pub relay_key: Option<SealedSecret>,
}

impl Store {
    /// Keeps a new source.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] when a living source has its name.
    pub async fn create_source(
        &self,
        id: SourceId,
        definition: SourceDefinition,
        secrets: SourceSecrets,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(&definition).map_err(|error| corrupt("source", error))?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let taken: bool = sqlx::query_scalar(
                        "select exists (select 1 from sources where name = ? and deleted_at is null)",
                    )
                    .bind(&definition.name)
                    .fetch_one(&mut *connection)
                    .await?;
                    if taken {
                        return Err(StoreError::NameTaken { what: "source", name: definition.name });
                    }
                    sqlx::query("insert into sources (id, name, definition, created_at) values (?, ?, ?, ?)")
                        .bind(id.to_string())
                        .bind(&definition.name)
                        .bind(text)
                        .bind(now.ms())
                        .execute(&mut *connection)
                        .await?;
                    put_secrets(connection, &id.to_string(), &secrets.signing).await?;
                    put_secrets(connection, &token_owner(id), secrets.token.as_slice()).await?;
                    put_secrets(connection, &relay_owner(id), secrets.relay_key.as_slice()).await?;
                    move_version(connection).await
                })
            })
            .await
    }

    /// Deletes a source and its secrets. What it received stays; its name is free again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn delete_source(&self, id: SourceId, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let deleted =
                        sqlx::query("update sources set deleted_at = ? where id = ? and deleted_at is null")
                            .bind(now.ms())
                            .bind(id.to_string())
                            .execute(&mut *connection)
                            .await?
                            .rows_affected();
                    if deleted != 1 {
                        return Err(StoreError::NotFound { what: "source", id: id.to_string() });
                    }
                    put_secrets(connection, &id.to_string(), &[]).await?;
                    put_secrets(connection, &token_owner(id), &[]).await?;
                    put_secrets(connection, &relay_owner(id), &[]).await?;
                    move_version(connection).await
                })
            })
            .await
    }
}
