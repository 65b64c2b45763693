//! How the receiver is reached from outside: the public URL that a person set, and the one-time
//! tokens that show whether a request through it arrives here.

use hookbench_domain::Timestamp;

use crate::{Store, StoreError};

const PUBLIC_URL: &str = "public_url";

impl Store {
    /// The public URL of the receiver, if one is set.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn public_url(&self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("select value from receiver_settings where key = ?")
            .bind(PUBLIC_URL)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Sets the public URL, or clears it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn set_public_url(&self, url: Option<String>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let query = match url {
                        Some(url) => sqlx::query(
                            "insert into receiver_settings (key, value) values (?, ?)
                             on conflict (key) do update set value = excluded.value",
                        )
                        .bind(PUBLIC_URL)
                        .bind(url),
                        None => sqlx::query("delete from receiver_settings where key = ?").bind(PUBLIC_URL),
                    };
                    query.execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Expects a self-check's token, given as its digest, until then. Older ones are forgotten.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was kept.
    pub async fn expect_self_check(
        &self,
        token: String,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("delete from self_checks where expires_at < ?")
                        .bind(now.ms())
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query("insert into self_checks (token, expires_at) values (?, ?)")
                        .bind(token)
                        .bind(until.ms())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Notes that a token arrived. False for one that nobody expects, that arrived before, or came
    /// too late.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was noted.
    pub async fn self_check_came(&self, token: String, now: Timestamp) -> Result<bool, StoreError> {
        // Read first: whoever guesses costs no write.
        let expected: Option<i64> = sqlx::query_scalar(
            "select 1 from self_checks where token = ? and arrived_at is null and expires_at >= ?",
        )
        .bind(&token)
        .bind(now.ms())
        .fetch_optional(&self.readers)
        .await?;
        if expected.is_none() {
            return Ok(false);
        }
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let noted = sqlx::query(
                        "update self_checks set arrived_at = ?1 where token = ?2 and arrived_at is null
                         and expires_at >= ?1",
                    )
                    .bind(now.ms())
                    .bind(token)
                    .execute(connection)
                    .await?;
                    Ok(noted.rows_affected() == 1)
                })
            })
            .await
    }

    /// When a token arrived, if it did.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn self_check_arrived(&self, token: &str) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<Option<i64>> =
            sqlx::query_scalar("select arrived_at from self_checks where token = ?")
                .bind(token)
                .fetch_optional(&self.readers)
                .await?;
        Ok(at.flatten().map(Timestamp::from_ms))
    }
}
