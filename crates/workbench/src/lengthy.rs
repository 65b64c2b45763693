//! Work that takes a core for a while: diagnosing, comparing, trying filters, checking data. It runs
//! away from the threads that everything else runs on, a few at a time, and ends when nobody waits
//! for its answer any more, or when it takes too long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookbench_ambient::Stopwatch;
use tokio::sync::Semaphore;

use crate::{Workbench, WorkbenchError};

/// How long one answer may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(3);
/// How long a thorough search may take.
pub(crate) const THOROUGH_LIMIT: Duration = Duration::from_secs(24);
/// How many searches for a mistake are made at a time, each of which may take all of its time.
pub(crate) const SEARCHES: usize = 2;
/// How many other works are under way at a time; few take long.
pub(crate) const WORKS: usize = 4;

/// The places of lengthy work of one kind.
#[derive(Clone)]
pub(crate) struct Lengthy(Arc<Semaphore>);

/// Says, once dropped, that nobody waits any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Lengthy {
    /// So many places.
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// Runs work once there is a place for it. The work is handed a question that it asks now and
    /// then: whether to stop, because it took longer than `limit`, or because this future was dropped.
    ///
    /// # Errors
    /// [`WorkbenchError::State`] when the work ended in the middle, which is a fault of ours.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce(&dyn Fn() -> bool) -> T + Send + 'static,
    ) -> Result<T, WorkbenchError> {
        let ended = || WorkbenchError::State("the work ended early: try again".to_owned());
        let place = self.0.clone().acquire_owned().await.map_err(|_| ended())?;
        let gone = Arc::new(AtomicBool::new(false));
        let waiting = Waiting(gone.clone());
        let running = tokio::task::spawn_blocking(move || {
            let (_place, started) = (place, Stopwatch::start());
            work(&|| gone.load(Ordering::Relaxed) || started.elapsed() > limit)
        });
        let done = running.await.map_err(|_| ended());
        drop(waiting);
        done
    }
}

impl Workbench {
    /// As [`Lengthy::run`], within [`LIMIT`].
    pub(crate) async fn at_length<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Fn() -> bool) -> T + Send + 'static,
    ) -> Result<T, WorkbenchError> {
        self.lengthy.run(LIMIT, work).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: usize = 2;

    #[tokio::test]
    async fn work_ends_when_nobody_waits_for_it_and_frees_its_place() {
        let lengthy = Lengthy::new(AT_ONCE);
        let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
        let (ended, mut has_ended) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..AT_ONCE {
            let (started, ended) = (started.clone(), ended.clone());
            let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
            let endless = lengthy.run(Duration::MAX, move |stop| {
                started.send(stop()).unwrap();
                let _the_caller_went = goes_on.recv();
                ended.send(stop()).unwrap();
            });
            tokio::select! {
                _ = endless => panic!("it ended by itself"),
                told = has_started.recv() => assert_eq!(told, Some(false), "somebody waits"),
            }
            drop(go_on);
        }
        for _ in 0..AT_ONCE {
            assert_eq!(has_ended.recv().await, Some(true), "nobody waits any more");
        }
        assert_eq!(lengthy.run(LIMIT, |_| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn no_more_are_worked_on_at_a_time_than_there_are_places() {
        let lengthy = Lengthy::new(AT_ONCE);
        let counts = Arc::new(std::sync::Mutex::new((0usize, 0usize)));
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (lengthy, counts) = (lengthy.clone(), counts.clone());
            all.spawn(async move {
                let work = lengthy.run(LIMIT, move |_| {
                    {
                        let mut counts = counts.lock().unwrap();
                        counts.0 += 1;
                        counts.1 = counts.1.max(counts.0);
                    }
                    std::thread::yield_now();
                    counts.lock().unwrap().0 -= 1;
                });
                work.await.unwrap();
            });
        }
        while let Some(done) = all.join_next().await {
            done.unwrap();
        }
        let most = counts.lock().unwrap().1;
        assert!((1..=AT_ONCE).contains(&most), "{most}");
    }
}
