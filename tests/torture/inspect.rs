//! What the database holds after a kill: looked at in a copy, so that the program recovers alone.

use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

/// What was found.
pub(crate) struct Found {
    /// The answer of `integrity_check`.
    pub(crate) integrity: String,
    /// Deliveries whose attempt was under way.
    pub(crate) in_flight: usize,
}

/// Copies the database with its WAL and checks the copy.
pub(crate) async fn inspect(data: &Path) -> Found {
    let copy = tempfile::tempdir().unwrap();
    for name in ["hookbench.db", "hookbench.db-wal"] {
        let from = data.join(name);
        if from.exists() {
            std::fs::copy(from, copy.path().join(name)).unwrap();
        }
    }
    let options = SqliteConnectOptions::new().filename(copy.path().join("hookbench.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let integrity = sqlx::query_scalar("pragma integrity_check").fetch_one(&mut connection).await.unwrap();
    let in_flight: i64 = sqlx::query_scalar("select count(*) from deliveries where state = 'in_flight'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    Found { integrity, in_flight: usize::try_from(in_flight).unwrap() }
}
