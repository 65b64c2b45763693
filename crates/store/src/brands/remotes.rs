//! Subscriptions that run at a brand's platform.

use hookbench_domain::{RemoteState, RemoteSubscription, Rest};

use crate::error::corrupt;
use crate::registry::{SealedSecret, next_secret_owner};
use crate::subscriptions::{move_version, put_secrets};
use crate::{Store, StoreError};

/// What happens to the secrets of a remote subscription when it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteSecret {
    /// They stay.
    Keep,
    /// This is the one of the edit that begins; `None`: the edit takes the secret away, or leaves
    /// it, as its state says.
    Next(Option<SealedSecret>),
    /// The edit is done: this is the one from now on.
    Current(Option<SealedSecret>),
}

impl Store {
    /// Keeps a remote subscription as it stands, new or known, before the next request is made. One
    /// that rests as deleted is gone, with its secrets.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if its brand is removed.
    pub async fn save_remote(
        &self,
        remote: RemoteSubscription,
        secret: RemoteSecret,
    ) -> Result<(), StoreError> {
        let definition = serde_json::to_string(&remote.definition);
        let definition = definition.map_err(|error| corrupt("subscription", error))?;
        let state = serde_json::to_string(&remote.state).map_err(|error| corrupt("subscription", error))?;
        let deleted = remote.state == RemoteState::Resting { rest: Rest::Deleted };
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let id = remote.id.to_string();
                    let kept = sqlx::query(
                        "insert into remote_subscriptions
                           (id, brand_seq, definition, state, created_at, updated_at, deleted_at)
                         select ?1, seq, ?2, ?3, ?4, ?5, case when ?6 then ?5 end
                           from brands where id = ?7 and deleted_at is null
                         on conflict (id) do update set definition = ?2, state = ?3, updated_at = ?5,
                           revision = revision + 1,
                           deleted_at = case when ?6 then ?5 end",
                    )
                    .bind(&id)
                    .bind(definition)
                    .bind(state)
                    .bind(remote.created_at.ms())
                    .bind(remote.updated_at.ms())
                    .bind(deleted)
                    .bind(remote.brand.to_string())
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                    if kept != 1 {
                        return Err(StoreError::NotFound { what: "brand", id: remote.brand.to_string() });
                    }
                    let next = next_secret_owner(remote.id);
                    match &secret {
                        RemoteSecret::Keep => {}
                        RemoteSecret::Next(sealed) => {
                            put_secrets(connection, &next, sealed.as_slice()).await?;
                        }
                        RemoteSecret::Current(sealed) => {
                            put_secrets(connection, &id, sealed.as_slice()).await?;
                            put_secrets(connection, &next, &[]).await?;
                        }
                    }
                    if deleted {
                        put_secrets(connection, &id, &[]).await?;
                        put_secrets(connection, &next, &[]).await?;
                    }
                    move_version(connection).await
                })
            })
            .await
    }
}
