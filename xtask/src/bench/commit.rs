//! What the disk asks for: one durable SQLite commit of one row, with the settings that Hookbench
//! keeps its own database with.

use std::path::Path;

use hookbench_ambient::Stopwatch;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::rate::median;
use super::sample::Sample;

/// The median time of one commit, in microseconds.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn idle_commit(folder: &Path, times: usize) -> anyhow::Result<u64> {
    let mut connection = SqliteConnectOptions::new()
        .filename(folder.join("commit.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await?;
    sqlx::query("create table rows (seq integer primary key, body blob not null) strict")
        .execute(&mut connection)
        .await?;
    let sample = Sample::new("evt_commit")?;
    let mut took = Vec::with_capacity(times);
    for n in 0..times {
        let body = sample.body(u64::try_from(n)?);
        let watch = Stopwatch::start();
        sqlx::query("insert into rows (body) values (?)").bind(body).execute(&mut connection).await?;
        took.push(watch.us());
    }
    connection.close().await?;
    median(took)
}
