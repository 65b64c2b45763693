//! The product as a library: a workbench in this process, over SQLite.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use hookbench_ambient::Stopwatch;
use hookbench_workbench::{Dispatching, RunOptions, StatsView, SubscriptionInput, VaultKeySource, Workbench};
use tokio::task::JoinSet;

use super::rate::{Rate, median};
use super::sample::Sample;
use super::sink::Sink;

/// Tasks that publish, each one event at a time.
pub(super) const PUBLISHERS: usize = 64;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A dispatching workbench in this process, with one subscription per URL and event type.
pub(super) struct Library {
    workbench: Workbench,
    dispatching: Dispatching,
}

impl Library {
    pub(super) async fn start(folder: &Path, subscriptions: &[(String, &str)]) -> anyhow::Result<Self> {
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open(folder, key).await?;
        for (url, events) in subscriptions {
            let input = SubscriptionInput {
                url: Some(url.clone()),
                events: Some(vec![(*events).to_owned()]),
                generate_secret: true,
                ..SubscriptionInput::default()
            };
            workbench.subscriptions().create(input).await?;
        }
        let options = RunOptions { what: "cargo xtask bench".to_owned(), ..RunOptions::default() };
        let dispatching = workbench.start(options).await?;
        Ok(Self { workbench, dispatching })
    }

    /// Publishes events `from` and on for a while with [`PUBLISHERS`] publishers. Says how many.
    pub(super) async fn publish_for(
        &self,
        sample: &Sample,
        from: u64,
        time: Duration,
    ) -> anyhow::Result<u64> {
        let next = Arc::new(AtomicU64::new(from));
        let watch = Stopwatch::start();
        let mut tasks = JoinSet::new();
        for _ in 0..PUBLISHERS {
            let (workbench, sample, next) = (self.workbench.clone(), sample.clone(), next.clone());
            tasks.spawn(async move {
                while watch.elapsed() < time {
                    workbench
                        .events()
                        .publish_json(&sample.draft(next.fetch_add(1, Ordering::Relaxed)))
                        .await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(next.load(Ordering::Relaxed) - from)
    }

    /// Waits until so many deliveries have ended.
    pub(super) async fn wait_for(&self, deliveries: u64) -> anyhow::Result<()> {
        while finished(&self.workbench.stats().summary().await?) < deliveries {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Publishes for a while, then waits until all is delivered to the sink `each` times and
    /// recorded; the time counts until then.
    pub(super) async fn rate(
        &self,
        sample: &Sample,
        sink: &Sink,
        time: Duration,
        each: u64,
    ) -> anyhow::Result<Rate> {
        let (arrived, watch) = (sink.arrived(), Stopwatch::start());
        let count = each * self.publish_for(sample, 0, time).await?;
        let accepted = watch.elapsed();
        sink.wait_for(arrived + count).await?;
        self.wait_for(count).await?;
        Ok(Rate { count, accepted, took: watch.elapsed() })
    }

    pub(super) async fn stop(self) {
        self.dispatching.stop().await;
    }
}

/// The rate with one subscription.
///
/// # Errors
/// When an event is lost, or recorded other than once.
pub(super) async fn rate(folder: &Path, sink: &Sink, time: Duration) -> anyhow::Result<Rate> {
    let library = Library::start(folder, &[(sink.url(), "*")]).await?;
    let rate = library.rate(&Sample::new("evt_library")?, sink, time, 1).await?;
    library.stop().await;
    check(folder, rate.count).await?;
    Ok(rate)
}

fn number(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn state(stats: &StatsView, name: &str) -> u64 {
    number(stats.deliveries.get(name).copied().unwrap_or(0))
}

fn finished(stats: &StatsView) -> u64 {
    state(stats, "delivered") + state(stats, "failed")
}

/// Opens the database anew and counts: every event once, delivered at the first attempt.
///
/// # Errors
/// When the counts are others.
pub(super) async fn check(folder: &Path, count: u64) -> anyhow::Result<()> {
    let workbench = Workbench::open(folder, VaultKeySource::default()).await?;
    let stats = workbench.stats().summary().await?;
    workbench.close().await;
    let (events, attempts, delivered) =
        (number(stats.events), number(stats.attempts), state(&stats, "delivered"));
    ensure!(
        (events, delivered, attempts) == (count, count, count),
        "{count} events were published; the database holds {events}, {delivered} of them delivered, in {attempts} attempts"
    );
    Ok(())
}

/// The median time from publishing one event to its arrival at the sink with nothing else under
/// way, in microseconds.
///
/// # Errors
/// When an event does not arrive.
pub(super) async fn idle_event(folder: &Path, sink: &Sink, times: usize) -> anyhow::Result<u64> {
    let library = Library::start(folder, &[(sink.url(), "*")]).await?;
    let sample = Sample::new("evt_idle")?;
    let mut told = library.dispatching.told();
    let mut took = Vec::with_capacity(times);
    for n in 0..=u64::try_from(times)? {
        let (draft, start) = (sample.draft(n), sink.now_us());
        library.workbench.events().publish_json(&draft).await?;
        told.recv().await.context("the dispatcher ended")?;
        // The first one opens the connection.
        if n > 0 {
            took.push(sink.last_us() - start);
        }
    }
    library.stop().await;
    median(took)
}
