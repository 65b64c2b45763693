//! Credentials in URLs and headers that were kept before they were sealed: found, sealed with their
//! subscription, and masked wherever else they stand, from behind and a few rows at a time.

use hookbench_domain::{
    CustomHeader, Definition, MASK, SubscriptionId, is_credential_header, mask_header, mask_url,
};
use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::error::corrupt;
use crate::registry::{Registry, SealedSecret, values_owner};
use crate::sql::set_meta;
use crate::subscriptions::{move_version, put_secrets};
use crate::{Store, StoreError};

/// How many rows one batch looks at.
const BATCH: i64 = 200;

/// A table with rows from before credentials were masked.
struct Place {
    /// Its number in `meta`.
    key: &'static str,
    /// Reads a batch: the row's number, what is to be masked.
    read: &'static str,
    /// Writes what was masked.
    write: &'static str,
    /// Masks one text; `None` where nothing has to be.
    mask: fn(&str) -> Option<String>,
}

const PLACES: [Place; 4] = [
    Place {
        key: "unmasked_attempts",
        read: "select seq, request from attempts where seq <= ?1 and seq > ?2 and request is not null",
        write: "update attempts set request = ?2 where seq = ?1",
        mask: mask_object,
    },
    Place {
        key: "unmasked_received",
        read: "select seq, headers from received where seq <= ?1 and seq > ?2",
        write: "update received set headers = ?2 where seq = ?1",
        mask: mask_headers,
    },
    // One that lives is masked when its credentials are sealed.
    Place {
        key: "unmasked_deleted",
        read: "select seq, definition from subscriptions where seq <= ?1 and seq > ?2 and deleted_at is not null",
        write: "update subscriptions set definition = ?2 where seq = ?1",
        mask: mask_object,
    },
    Place {
        key: "unmasked_versions",
        read: "select rowid, definition from subscription_versions where rowid <= ?1 and rowid > ?2",
        write: "update subscription_versions set definition = ?2 where rowid = ?1",
        mask: mask_object,
    },
];

/// A subscription whose credentials lie in clear.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsealed {
    /// Which one.
    pub id: SubscriptionId,
    /// As it is kept.
    pub definition: Definition,
}

impl Registry {
    /// The subscriptions whose credentials are not sealed yet, oldest first.
    #[must_use]
    pub fn unsealed(&self) -> Vec<Unsealed> {
        let clear = |header: &CustomHeader| is_credential_header(&header.0) && header.1 != MASK;
        let unsealed = self.iter().map(|r| &r.subscription).filter(|s| {
            let definition = &s.definition;
            definition.headers.iter().any(clear) || mask_url(&definition.url) != definition.url
        });
        unsealed.map(|s| Unsealed { id: s.id, definition: s.definition.clone() }).collect()
    }
}

impl Store {
    /// Seals the credentials of a subscription: `sealed` in `secrets`, `masked` in the definition and in
    /// what it was before. `false` where its URL or headers were changed meanwhile; then nothing was
    /// done.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was written.
    pub async fn seal_values(
        &self,
        before: Unsealed,
        masked: Definition,
        sealed: SealedSecret,
    ) -> Result<bool, StoreError> {
        let done = self
            .writer
            .write(move |connection| {
                Box::pin(async move {
                    let id = before.id.to_string();
                    let kept: Option<String> = sqlx::query_scalar(
                        "select definition from subscriptions where id = ? and deleted_at is null",
                    )
                    .bind(&id)
                    .fetch_optional(&mut *connection)
                    .await?;
                    let kept = kept.map(|text| serde_json::from_str::<Definition>(&text)).transpose();
                    let kept = kept.map_err(|error| corrupt("subscription", error))?;
                    let same = |kept: &Definition| {
                        kept.url == before.definition.url && kept.headers == before.definition.headers
                    };
                    if !kept.as_ref().is_some_and(same) {
                        return Ok(false);
                    }
                    let headers = serde_json::to_string(&masked.headers)
                        .map_err(|error| corrupt("subscription", error))?;
                    sqlx::query(
                        "update subscriptions set
                           definition = json_set(definition, '$.url', ?2, '$.headers', json(?3)) where id = ?1",
                    )
                    .bind(&id)
                    .bind(&masked.url)
                    .bind(headers)
                    .execute(&mut *connection)
                    .await?;
                    put_secrets(connection, &values_owner(before.id), &[sealed]).await?;
                    mask_definitions(connection, before.id).await?;
                    move_version(connection).await?;
                    Ok(true)
                })
            })
            .await?;
        // What was written over still stands in the file, and in the WAL.
        self.empty_wal().await?;
        Ok(done)
    }

    /// Masks a few rows from before credentials were masked. `false` once there is none left: then
    /// nothing of them is in the file or beside it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was written.
    pub async fn mask_older(&self) -> Result<bool, StoreError> {
        let left = self.unmasked().await?;
        let Some((place, to)) = PLACES.iter().zip(left).find(|(_, to)| *to > 0) else { return Ok(false) };
        let after = (to - BATCH).max(0);
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let rows =
                        sqlx::query(place.read).bind(to).bind(after).fetch_all(&mut *connection).await?;
                    for row in rows {
                        let (at, text): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
                        if let Some(masked) = (place.mask)(&text) {
                            sqlx::query(place.write).bind(at).bind(masked).execute(&mut *connection).await?;
                        }
                    }
                    set_meta(connection, place.key, after).await
                })
            })
            .await?;
        if self.unmasked().await?.iter().all(|to| *to == 0) {
            // What was written over still stands in the file, and in the WAL.
            self.empty_wal().await?;
        }
        Ok(true)
    }

    /// The last rows of each place that may hold credentials in clear.
    async fn unmasked(&self) -> Result<[i64; PLACES.len()], StoreError> {
        let mut left = [0; PLACES.len()];
        for (place, to) in PLACES.iter().zip(&mut left) {
            let value = sqlx::query_scalar("select value from meta where key = ?").bind(place.key);
            *to = value.fetch_optional(&self.readers).await?.unwrap_or(0);
        }
        Ok(left)
    }

    /// Masks the credentials in headers that were given for one delivery alone, of those that have ended.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing was written.
    pub async fn mask_own_headers(&self) -> Result<(), StoreError> {
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let rows = sqlx::query(
                        "select seq, headers from deliveries where headers is not null and state not in ('pending', 'in_flight')",
                    );
                    for row in rows.fetch_all(&mut *connection).await? {
                        let (seq, text): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
                        if let Some(masked) = mask_headers(&text) {
                            sqlx::query("update deliveries set headers = ?2 where seq = ?1")
                                .bind(seq)
                                .bind(masked)
                                .execute(&mut *connection)
                                .await?;
                        }
                    }
                    Ok(())
                })
            })
            .await
    }

    /// How many rows there are at most that may still hold credentials in clear.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn rows_to_mask(&self) -> Result<i64, StoreError> {
        Ok(self.unmasked().await?.iter().sum())
    }
}

/// Masks a subscription's definition and what it was before, where credentials stand in clear.
pub(crate) async fn mask_definitions(
    connection: &mut SqliteConnection,
    id: SubscriptionId,
) -> Result<(), StoreError> {
    for (read, write) in [
        (
            "select seq, definition from subscriptions where id = ? and deleted_at is not null",
            "update subscriptions set definition = ?2 where seq = ?1",
        ),
        (
            "select v.rowid, v.definition from subscription_versions v
             join subscriptions s on s.seq = v.subscription_seq where s.id = ?",
            "update subscription_versions set definition = ?2 where rowid = ?1",
        ),
    ] {
        for row in sqlx::query(read).bind(id.to_string()).fetch_all(&mut *connection).await? {
            let (at, text): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
            if let Some(masked) = mask_object(&text) {
                sqlx::query(write).bind(at).bind(masked).execute(&mut *connection).await?;
            }
        }
    }
    Ok(())
}

/// Masks a JSON list of headers; whether anything was masked.
fn mask_pairs(headers: &mut Value) -> bool {
    let mut changed = false;
    for pair in headers.as_array_mut().into_iter().flatten() {
        let (Some(name), Some(value)) = (pair[0].as_str(), pair[1].as_str()) else { continue };
        let (_, masked) = mask_header((name.to_owned(), value.to_owned()));
        if masked != value {
            pair[1] = masked.into();
            changed = true;
        }
    }
    changed
}

/// Masks the URL and the headers of a JSON object.
fn mask_object(text: &str) -> Option<String> {
    let mut object: Value = serde_json::from_str(text).ok()?;
    let mut changed = object.get_mut("headers").is_some_and(mask_pairs);
    if let Some(url) = object.get("url").and_then(Value::as_str) {
        let masked = mask_url(url);
        if masked != url {
            object["url"] = masked.into();
            changed = true;
        }
    }
    changed.then(|| object.to_string())
}

fn mask_headers(text: &str) -> Option<String> {
    let mut headers: Value = serde_json::from_str(text).ok()?;
    mask_pairs(&mut headers).then(|| headers.to_string())
}

#[cfg(test)]
mod tests {
    use hookbench_ambient::Clock;
    use hookbench_domain::{RetryPolicy, Timestamp};
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::Secrets;

    const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);
    const CANARY: &str = "c4nary-0f-b3fore";

    fn policy() -> RetryPolicy {
        RetryPolicy {
            delays_ms: vec![1000],
            repeat_last: false,
            max_age_ms: None,
            jitter: 0.0,
            timeout_ms: 10_000,
            final_on: vec![],
            retry_on: vec![],
            gone_on: vec![],
            honour_retry_after: true,
        }
    }

    /// Rows as an earlier format wrote them, with a canary wherever a credential may stand.
    async fn write_older(store: &Store, id: SubscriptionId) {
        let rows = format!(
            r#"insert into events values (1, '', 'e-1', 'a.b', 1, 0, 1, 0, x'7b7d', null, null, null);
               insert into deliveries (seq, subscription_seq, event_seq, created_at, attempts, state, finished_at, headers)
                 values (1, (select seq from subscriptions where id = '{id}'), 1, 1, 1, 'delivered', 2, '[["X-Auth-Token","{CANARY}"]]');
               insert into attempts (seq, delivery_seq, number, trigger, started_at, outcome, total_us, request, connection)
                 values (1, 1, 1, 'scheduled', 1, 'timeout', 0,
                   '{{"method":"POST","url":"https://a.example/in?token={CANARY}&x=1","headers":[["Host","a"],["x-api-key","{CANARY}"]]}}',
                   '{{"reused":false}}');
               insert into sources values (1, 'src_1', 'in', '{{}}', 1, 2);
               insert into received (seq, source_seq, at, peer, method, headers, status, code, body_bytes)
                 values (1, 1, 1, '', 'POST', '[["X-Functions-Key","{CANARY}"],["X-A","b"]]', 401, 'mismatch', 0);
               update meta set value = 1 where key like 'unmasked_%'"#
        );
        let written = store.writer.write(move |connection| {
            Box::pin(async move {
                sqlx::raw_sql(AssertSqlSafe(rows)).execute(connection).await?;
                Ok(())
            })
        });
        written.await.unwrap();
    }

    /// Where the canary stands in the files of the folder.
    fn found(folder: &std::path::Path) -> Vec<String> {
        let holds = |path: &std::path::PathBuf| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
        };
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(holds).map(|path| path.display().to_string()).collect()
    }

    #[tokio::test]
    async fn what_was_kept_in_clear_is_masked_and_sealed_and_nothing_of_it_is_left_in_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
        let id = SubscriptionId::new(NOW, 1);
        let headers = vec![CustomHeader("X-Webhook-Pass".to_owned(), CANARY.to_owned())];
        let url = format!("https://a.example/in?token={CANARY}");
        let plain = Definition::new(url, vec!["*".parse().unwrap()], policy());
        let clear = Definition { headers, ..plain };
        store.create_subscription(id, clear.clone(), Vec::new(), NOW).await.unwrap();
        store
            .update_subscription(
                id,
                1,
                Definition { name: "n".to_owned(), ..clear.clone() },
                Secrets::Keep,
                NOW,
            )
            .await
            .unwrap();
        write_older(&store, id).await;
        assert!(!found(dir.path()).is_empty(), "the test looks in the right place");

        let unsealed = store.registry().borrow().unsealed();
        assert_eq!(unsealed.len(), 1);
        let mut masked = unsealed[0].definition.clone();
        masked.url = mask_url(&masked.url);
        masked.headers[0].1 = MASK.to_owned();
        let blob = SealedSecret { sealed: b"blob".to_vec(), valid_until: None };
        let other = Unsealed { definition: clear.clone(), ..unsealed[0].clone() };
        let other = Unsealed {
            definition: Definition { url: "https://b.example/".to_owned(), ..other.definition },
            ..other
        };
        assert!(!store.seal_values(other, masked.clone(), blob.clone()).await.unwrap(), "changed meanwhile");
        assert!(store.seal_values(unsealed[0].clone(), masked.clone(), blob.clone()).await.unwrap());
        store.mask_own_headers().await.unwrap();
        while store.mask_older().await.unwrap() {}
        assert_eq!(store.rows_to_mask().await.unwrap(), 0);
        assert_eq!(store.registry().borrow().get(id).unwrap().values, Some(blob));
        assert_eq!(store.registry().borrow().get(id).unwrap().subscription.definition, masked);
        assert!(store.registry().borrow().unsealed().is_empty());
        assert_eq!(found(dir.path()), Vec::<String>::new(), "while it is open");
        store.delete_subscription(id, None, NOW).await.unwrap();
        let left = store.stored_secrets().await.unwrap();
        assert_eq!(left, [], "they go with their owner");
        store.close().await;
        assert_eq!(found(dir.path()), Vec::<String>::new(), "once it is closed");
    }

    #[tokio::test]
    async fn a_subscription_that_could_not_be_sealed_leaves_no_credential_when_it_goes() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
        let id = SubscriptionId::new(NOW, 1);
        let url = format!("https://a.example/in?token={CANARY}");
        let clear = Definition::new(url, vec!["*".parse().unwrap()], policy());
        store.create_subscription(id, clear, Vec::new(), NOW).await.unwrap();
        store.delete_subscription(id, None, NOW).await.unwrap();
        store.close().await;
        assert_eq!(found(dir.path()), Vec::<String>::new());
    }
}
