//! Who dispatches, as a row: it stands where the deliveries are, and cannot be removed beside them as the lock
//! file can.

use crate::database::lock::{DispatchLock, Holder};
use crate::error::corrupt;
use crate::{Store, StoreError};

/// What tells a running process from every other, also from a later one of the same number; `None` where
/// there is no such process, or the system does not tell.
fn process(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    // The name before it, in brackets, may hold anything. The start is the 22nd field (proc(5)).
    let (_, fields) = stat.rsplit_once(')')?;
    let started = fields.split_whitespace().nth(19)?;
    Some(format!("{}:{started}", boot.trim()))
}

impl Store {
    /// Writes down that `owner` dispatches from now on, for who holds the folder's lock. `Some`: another
    /// process that is still running does, whose lock file was removed; then nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn begin_dispatching(
        &self,
        owner: String,
        lock: &DispatchLock,
    ) -> Result<Option<Holder>, StoreError> {
        let (holder, lock_file) = (lock.holder().clone(), lock.identity());
        let text = serde_json::to_string(&holder).map_err(|error| corrupt("dispatcher", error))?;
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    let before: Option<(String, String, String)> =
                        sqlx::query_as("select holder, process, lock_file from dispatcher")
                            .fetch_optional(&mut *connection)
                            .await?;
                    if let Some((other, known, file)) = before
                        && let Ok(other) = serde_json::from_str::<Holder>(&other)
                        // Of the same file the lock was given back.
                        && file != lock_file
                        && other.pid != holder.pid
                        && process(other.pid).is_some_and(|running| running == known)
                    {
                        return Ok(Some(other));
                    }
                    sqlx::query("insert or replace into dispatcher values (1, ?, ?, ?, ?)")
                        .bind(owner)
                        .bind(text)
                        .bind(process(holder.pid).unwrap_or_default())
                        .bind(lock_file)
                        .execute(connection)
                        .await?;
                    Ok(None)
                })
            })
            .await
    }

    /// Notes that the lock of `owner` lies in another file from now on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be written.
    pub async fn renew_dispatching(&self, owner: String, lock_file: String) -> Result<(), StoreError> {
        self.writer
            .write_quietly(move |connection| {
                Box::pin(async move {
                    sqlx::query("update dispatcher set lock_file = ? where owner = ?")
                        .bind(lock_file)
                        .bind(owner)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Who dispatches, by the name that leases carry.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing can be read.
    pub async fn dispatching_owner(&self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("select owner from dispatcher").fetch_optional(&self.readers).await?)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use hookbench_ambient::Clock;
    use hookbench_domain::Timestamp;

    use super::*;

    #[test]
    fn a_process_is_told_from_one_that_is_not_there() {
        assert!(process(std::process::id()).is_some_and(|mark| mark == process(std::process::id()).unwrap()));
        assert_eq!(process(u32::MAX), None);
    }

    #[tokio::test]
    async fn who_removes_the_lock_file_of_a_running_dispatcher_is_told_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Clock::manual(Timestamp::from_ms(0))).await.unwrap();
        let holder = |pid| Holder { pid, what: "run".into(), since: Timestamp::from_ms(0), api: None };
        // One that runs for as long as the test does: its parent.
        let running = std::os::unix::process::parent_id();
        let first = DispatchLock::take(folder.path(), holder(running)).unwrap();
        assert_eq!(store.begin_dispatching("a".into(), &first).await.unwrap(), None);
        std::fs::remove_file(folder.path().join("lock")).unwrap();
        let second = DispatchLock::take(folder.path(), holder(std::process::id())).unwrap();
        let other = store.begin_dispatching("b".into(), &second).await.unwrap();
        assert_eq!(other.map(|other| other.pid), Some(running));
        assert_eq!(store.dispatching_owner().await.unwrap().as_deref(), Some("a"));
        drop((first, second));
        // One that gave the lock back, or ended, stands in nobody's way.
        let gone = DispatchLock::take(folder.path(), holder(u32::MAX)).unwrap();
        store.renew_dispatching("a".into(), gone.identity()).await.unwrap();
        assert_eq!(store.begin_dispatching("c".into(), &gone).await.unwrap(), None);
        std::fs::remove_file(folder.path().join("lock")).unwrap();
        let next = DispatchLock::take(folder.path(), holder(running)).unwrap();
        assert_eq!(store.begin_dispatching("d".into(), &next).await.unwrap(), None);
    }
}
