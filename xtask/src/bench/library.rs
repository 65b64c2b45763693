//! The product as a library: a workbench in this process, over SQLite, with one subscription.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use hookbench_ambient::Stopwatch;
use hookbench_workbench::{Dispatching, RunOptions, StatsView, SubscriptionInput, VaultKeySource, Workbench};
use tokio::task::JoinSet;

use super::report::{Rate, median};
use super::sample::Sample;
use super::sink::Sink;

/// Tasks that publish, each one event at a time.
pub(super) const PUBLISHERS: usize = 64;
const LOOK_EVERY: Duration = Duration::from_millis(20);

async fn set_up(folder: &Path, sink: &Sink) -> anyhow::Result<(Workbench, Dispatching)> {
    let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
    let workbench = Workbench::open(folder, key).await?;
    let input = SubscriptionInput {
        url: Some(sink.url()),
        events: Some(vec!["*".to_owned()]),
        generate_secret: true,
        ..SubscriptionInput::default()
    };
    workbench.create_subscription(input).await?;
    let options = RunOptions { what: "cargo xtask bench".to_owned(), ..RunOptions::default() };
    let dispatching = workbench.start(options).await?;
    Ok((workbench, dispatching))
}

/// Publishes for a while, then waits until every event is delivered and recorded; the time counts
/// until then.
///
/// # Errors
/// When an event is lost, or recorded other than once.
pub(super) async fn rate(folder: &Path, sink: &Sink, time: Duration) -> anyhow::Result<Rate> {
    let (workbench, dispatching) = set_up(folder, sink).await?;
    let sample = Sample::new("evt_library")?;
    let (next, before) = (Arc::new(AtomicU64::new(0)), sink.arrived());
    let watch = Stopwatch::start();
    let mut tasks = JoinSet::new();
    for _ in 0..PUBLISHERS {
        let (workbench, sample, next) = (workbench.clone(), sample.clone(), next.clone());
        tasks.spawn(async move {
            while watch.elapsed() < time {
                workbench.publish_json(&sample.draft(next.fetch_add(1, Ordering::Relaxed))).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let (count, accepted) = (next.load(Ordering::Relaxed), watch.elapsed());
    sink.wait_for(before + count).await?;
    while finished(&workbench.stats().await?) < count {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let took = watch.elapsed();
    dispatching.stop().await;
    check(folder, count).await?;
    Ok(Rate { count, accepted, took })
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
    let stats = workbench.stats().await?;
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
    let (workbench, dispatching) = set_up(folder, sink).await?;
    let sample = Sample::new("evt_idle")?;
    let mut told = dispatching.told();
    let mut took = Vec::with_capacity(times);
    for n in 0..=u64::try_from(times)? {
        let (draft, start) = (sample.draft(n), sink.now_us());
        workbench.publish_json(&draft).await?;
        told.recv().await.context("the dispatcher ended")?;
        // The first one opens the connection.
        if n > 0 {
            took.push(sink.last_us() - start);
        }
    }
    dispatching.stop().await;
    median(took)
}
