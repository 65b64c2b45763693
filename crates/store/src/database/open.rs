//! Opening the database: nothing is touched before it is known to be ours and not newer.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqlitePool};

use crate::StoreError;
use crate::database::files::{FolderLock, open_own, read_regular};

/// Marks a database as Hookbench's (`HKBN`), in SQLite's `application_id`.
pub(crate) const APPLICATION_ID: i64 = 0x484B_424E;
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_initial.sql"),
    include_str!("../../migrations/0002_sources.sql"),
    include_str!("../../migrations/0003_pause_and_health.sql"),
    include_str!("../../migrations/0004_received_by_event.sql"),
    include_str!("../../migrations/0005_brands.sql"),
    include_str!("../../migrations/0006_request_bodies.sql"),
    include_str!("../../migrations/0007_recovery.sql"),
    include_str!("../../migrations/0008_rollup.sql"),
    include_str!("../../migrations/0009_brands_in_use.sql"),
    include_str!("../../migrations/0010_receiver.sql"),
    include_str!("../../migrations/0011_why.sql"),
    include_str!("../../migrations/0012_strips.sql"),
    include_str!("../../migrations/0013_order.sql"),
    include_str!("../../migrations/0014_held.sql"),
    include_str!("../../migrations/0015_revisions.sql"),
    include_str!("../../migrations/0016_aside_and_dispatcher.sql"),
    include_str!("../../migrations/0017_credentials.sql"),
];
/// SQLite versions before this one can lose a WAL that is reset while it is read.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// Above this size the file is not checked before it is used.
pub(crate) const QUICK_CHECK_BYTES: u64 = 256 * 1024 * 1024;
const READERS: u32 = 4;
/// A reader that nobody needed for so long is closed, and its memory given back.
const IDLE: Duration = Duration::from_secs(20);

/// The format since which credentials in URLs and headers are sealed or masked: copies of an older one
/// may hold them in clear.
pub(crate) fn sealed_since() -> i64 {
    let credentials = include_str!("../../migrations/0017_credentials.sql");
    let before = MIGRATIONS.iter().position(|sql| *sql == credentials).unwrap_or(MIGRATIONS.len());
    i64::try_from(before + 1).unwrap_or(i64::MAX)
}

/// The format that this program writes.
pub(crate) fn known_format() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .statement_cache_capacity(256)
        .disable_statement_logging()
}

/// Reads the file's own header, so that a foreign or newer file is refused without opening it as
/// a database, which could create files beside it.
pub(crate) fn check_header(path: &Path) -> Result<bool, StoreError> {
    let failed = |source| StoreError::File { path: path.to_owned(), source };
    let unusable = |why: &str| StoreError::Unusable { path: path.to_owned(), why: why.to_owned() };
    let mut file = match read_regular(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error)),
    };
    let mut header = Vec::new();
    file.by_ref().take(100).read_to_end(&mut header).map_err(failed)?;
    if header.is_empty() {
        return Ok(false);
    }
    if header.len() < 100 || !header.starts_with(b"SQLite format 3\0") {
        return Err(unusable("is not a database"));
    }
    if file.metadata().map_err(failed)?.len() <= 4096 {
        // One page holds no tables: a process ended between making the file and filling it.
        return Ok(false);
    }
    let at =
        |i: usize| i64::from(u32::from_be_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]));
    if at(68) != APPLICATION_ID {
        return Err(unusable("is a database of another program"));
    }
    refuse_newer(path, at(60))?;
    Ok(true)
}

/// Makes the file, for its owner alone; SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let made = open_own(&mut options, path);
    made.map(drop).map_err(|source| StoreError::File { path: path.to_owned(), source })
}

fn refuse_newer(path: &Path, found: i64) -> Result<(), StoreError> {
    let known = known_format();
    if found > known { Err(StoreError::Newer { path: path.to_owned(), found, known }) } else { Ok(()) }
}

fn writer_options(path: &Path) -> SqliteConnectOptions {
    options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", "67108864")
        .pragma("wal_autocheckpoint", "4000")
        // What is deleted is overwritten, so that what was erased is gone.
        .pragma("secure_delete", "on")
        .pragma("cache_size", "-4096")
}

/// Opens the writer's connection to a file that it had open before.
pub(crate) async fn reopen_writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    Ok(writer_options(path).connect().await?)
}

/// Opens the writer's connection, checks the file, and brings it up to date.
pub(crate) async fn open_writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // Several processes may start at once on a folder that is new, or of an earlier format: one after the
    // other.
    let making = if is_current(path) && unfinished(path).is_empty() {
        None
    } else {
        let folder = folder.to_owned();
        tokio::task::spawn_blocking(move || FolderLock::take(&folder)).await.ok()
    };
    let existed = check_header(path)?;
    if !existed {
        make_private(path)?;
    }
    if making.is_some() {
        for left in unfinished(path) {
            std::fs::remove_file(&left).map_err(|source| StoreError::File { path: left, source })?;
        }
    }
    let unusable = |why: String| StoreError::Unusable { path: path.to_owned(), why };
    let mut connection = writer_options(path)
        .create_if_missing(true)
        .connect()
        .await
        .map_err(|error| damaged(error, &unusable))?;
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(&mut connection).await?;
    if parse_version(&version) < OLDEST_SQLITE {
        return Err(unusable(format!("needs SQLite 3.51.3 or later, this is {version}")));
    }
    // A larger one is checked in the background, see `Store::check`.
    if existed && std::fs::metadata(path).is_ok_and(|m| m.len() <= QUICK_CHECK_BYTES) {
        let found: String = sqlx::query_scalar("pragma quick_check(1)")
            .fetch_one(&mut connection)
            .await
            .map_err(|error| damaged(error, &unusable))?;
        if found != "ok" {
            return Err(unusable(format!("is damaged ({found})")));
        }
    }
    migrate(path, &mut connection, existed).await?;
    drop(making);
    Ok(connection)
}

fn damaged(error: sqlx::Error, unusable: &dyn Fn(String) -> StoreError) -> StoreError {
    // SQLITE_CORRUPT and SQLITE_NOTADB
    let db = error.as_database_error().filter(|db| matches!(db.code().as_deref(), Some("11" | "26")));
    match db.map(|db| format!("is damaged ({})", db.message())) {
        Some(why) => unusable(why),
        None => error.into(),
    }
}

async fn migrate(path: &Path, connection: &mut SqliteConnection, existed: bool) -> Result<(), StoreError> {
    let format: i64 = sqlx::query_scalar("pragma user_version").fetch_one(&mut *connection).await?;
    refuse_newer(path, format)?;
    if format == known_format() {
        return Ok(());
    }
    if existed && format > 0 {
        back_up(path, connection, format).await?;
    }
    // Another process may be doing the same: look again once the write lock is ours.
    let mut transaction = connection.begin_with("begin immediate").await?;
    let format: i64 = sqlx::query_scalar("pragma user_version").fetch_one(&mut *transaction).await?;
    for sql in MIGRATIONS.iter().skip(usize::try_from(format).unwrap_or(0)) {
        sqlx::raw_sql(*sql).execute(&mut *transaction).await?;
    }
    let mark = format!("pragma application_id = {APPLICATION_ID}; pragma user_version = {}", known_format());
    sqlx::raw_sql(AssertSqlSafe(mark)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    // The header must say so in the file itself, which is where the next start looks.
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut *connection).await?;
    Ok(())
}

/// Copies the database beside itself. Whole or not at all: it gets its name when it is complete,
/// so what a process left that ended on the way is replaced.
async fn back_up(path: &Path, connection: &mut SqliteConnection, format: i64) -> Result<(), StoreError> {
    let backup = path.with_extension(format!("format-{format}.backup.db"));
    let unfinished = path.with_extension(format!("format-{format}.backup.{}.part", std::process::id()));
    let failed = |source| StoreError::File { path: unfinished.clone(), source };
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        Ok(()) | Err(_) => {}
    }
    // SQLite takes an empty file, and makes none of its own, which others could read.
    make_private(&unfinished)?;
    sqlx::query("vacuum into ?").bind(unfinished.display().to_string()).execute(connection).await?;
    File::open(&unfinished).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(&unfinished, &backup).map_err(failed)
}

/// Whether a file holds the format that this program writes.
fn is_current(path: &Path) -> bool {
    let mut header = [0; 64];
    let read = read_regular(path).and_then(|mut file| file.read_exact(&mut header));
    let format = i64::from(u32::from_be_bytes([header[60], header[61], header[62], header[63]]));
    read.is_ok() && format == known_format()
}

/// What copies left that were never finished: their processes ended on the way.
fn unfinished(path: &Path) -> Vec<PathBuf> {
    let Some(Ok(entries)) = path.parent().map(std::fs::read_dir) else { return Vec::new() };
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let left = |name: &str| {
        name.strip_prefix(&stem).is_some_and(|rest| rest.starts_with(".format-") && rest.ends_with(".part"))
    };
    let entries = entries.filter_map(Result::ok);
    entries.filter(|entry| left(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect()
}

fn parse_version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|p| p.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// Opens the readers.
pub(crate) async fn open_readers(path: &Path) -> Result<SqlitePool, StoreError> {
    // Not `read_only`: a reader that comes last must be able to fold the WAL back into the file.
    let connect = options(path).pragma("query_only", "1").pragma("cache_size", "-1024");
    Ok(SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(1)
        .idle_timeout(IDLE)
        .test_before_acquire(false)
        .connect_with(connect)
        .await?)
}

/// The number that changes when another connection has written.
pub(crate) async fn data_version(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query("pragma data_version").fetch_one(connection).await?.try_get(0)?)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A database as an earlier program left it.
    #[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
    async fn of_format(path: &Path, format: usize) {
        let connect = writer_options(path).create_if_missing(true);
        let mut connection = connect.connect().await.unwrap();
        for sql in MIGRATIONS.iter().take(format) {
            sqlx::raw_sql(*sql).execute(&mut connection).await.unwrap();
        }
        let mark = format!("pragma application_id = {APPLICATION_ID}; pragma user_version = {format}");
        sqlx::raw_sql(AssertSqlSafe(mark)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_database_that_is_a_pipe_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(crate::FILE_NAME);
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let error = open_writer(&path).await.unwrap_err().to_string();
        assert!(error.contains(crate::FILE_NAME) && error.contains("no regular file"), "{error}");
    }

    #[tokio::test]
    async fn the_copy_before_a_new_format_is_private_and_what_unfinished_ones_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(crate::FILE_NAME);
        of_format(&path, 13).await;
        let left = folder.path().join("hookbench.format-12.backup.4711.part");
        let theirs = folder.path().join("notes.part");
        std::fs::write(&left, "half").unwrap();
        std::fs::write(&theirs, "theirs").unwrap();
        let (a, b) = tokio::join!(open_writer(&path), open_writer(&path));
        a.unwrap();
        b.unwrap();
        let copy = folder.path().join("hookbench.format-13.backup.db");
        let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(std::fs::metadata(&copy).unwrap().len() > 4096);
        assert!(!left.exists() && theirs.exists());
        assert!(is_current(&path) && unfinished(&path).is_empty());
    }
}
