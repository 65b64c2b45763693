//! What the database holds after a kill: looked at in a copy, so that the program recovers alone.

use std::net::SocketAddr;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};

/// What was found.
pub(super) struct Found {
    /// The answer of `integrity_check`.
    pub(super) integrity: String,
    /// Deliveries whose attempt was under way: the endpoint's number and the event's id.
    pub(super) orphans: Vec<(usize, String)>,
    /// Attempts that are recorded as interrupted.
    pub(super) interrupted: usize,
}

/// Copies the database with its WAL and checks the copy.
pub(super) async fn inspect(data: &Path, addrs: &[SocketAddr]) -> Found {
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
    let rows = sqlx::query(
        "select s.definition ->> 'url' as url, e.event_id as event from deliveries d
         join subscriptions s on s.seq = d.subscription_seq join events e on e.seq = d.event_seq
         where d.state = 'in_flight'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let orphan = |row: &sqlx::sqlite::SqliteRow| {
        let url: String = row.get("url");
        (addrs.iter().position(|addr| url.contains(&addr.to_string())).unwrap(), row.get("event"))
    };
    let interrupted: i64 = sqlx::query_scalar("select count(*) from attempts where outcome = 'interrupted'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let orphans = rows.iter().map(orphan).collect();
    Found { integrity, orphans, interrupted: usize::try_from(interrupted).unwrap() }
}
