//! The limit: a bare HTTP client that keeps nothing, posting the same signed bodies to the same
//! sink.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::ensure;
use hookbench_ambient::{Clock, Stopwatch, random_bytes};
use hookbench_signature::Secret;
use tokio::task::JoinSet;

use super::rate::{Rate, median};
use super::sample::{SCHEME, Sample};
use super::sink::Sink;

/// Requests under way at a time.
pub(super) const IN_FLIGHT: usize = 64;
const WARM_UP: Duration = Duration::from_millis(500);

/// Posts, one request after another where only one is wanted.
#[derive(Clone)]
struct Poster {
    client: reqwest::Client,
    url: String,
    sample: Sample,
    secret: Arc<Secret>,
    clock: Clock,
    next: Arc<AtomicU64>,
}

/// A client that goes straight to this machine. It never speaks TLS, but wants to know by what it
/// would where another crate of the build leaves that open.
pub(super) fn client() -> reqwest::ClientBuilder {
    let _once_is_enough = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

impl Poster {
    fn new(sink: &Sink, sample: Sample) -> anyhow::Result<Self> {
        let client = client().retry(reqwest::retry::never()).pool_max_idle_per_host(IN_FLIGHT).build()?;
        Ok(Self {
            client,
            url: sink.url(),
            sample,
            secret: Arc::new(Secret::generate(SCHEME, random_bytes())),
            clock: Clock::system(),
            next: Arc::default(),
        })
    }

    async fn post(&self) -> anyhow::Result<()> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let body = self.sample.body(n);
        let headers = self.sample.headers(n, &body, &self.secret, self.clock.now())?;
        let mut request = self.client.post(&self.url).header("Content-Type", "application/json").body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        let status = response.status();
        let _empty = response.bytes().await?;
        ensure!(status.is_success(), "the sink answered {status}");
        Ok(())
    }

    async fn post_for(&self, time: Duration) -> anyhow::Result<u64> {
        let watch = Stopwatch::start();
        let mut tasks = JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let poster = self.clone();
            tasks.spawn(async move {
                let mut posted = 0;
                while watch.elapsed() < time {
                    poster.post().await?;
                    posted += 1;
                }
                anyhow::Ok(posted)
            });
        }
        let mut posted = 0;
        while let Some(one) = tasks.join_next().await {
            posted += one??;
        }
        Ok(posted)
    }
}

/// Posts bodies of so many bytes for a while with [`IN_FLIGHT`] requests under way.
///
/// # Errors
/// When a request fails.
pub(super) async fn rate(sink: &Sink, time: Duration, bytes: usize) -> anyhow::Result<Rate> {
    let poster = Poster::new(sink, Sample::sized("evt_bare", bytes)?)?;
    poster.post_for(WARM_UP).await?;
    let watch = Stopwatch::start();
    let count = poster.post_for(time).await?;
    let took = watch.elapsed();
    Ok(Rate { count, accepted: took, took })
}

/// The median time of one POST with nothing else under way, in microseconds.
///
/// # Errors
/// When a request fails.
pub(super) async fn idle_post(sink: &Sink, times: usize) -> anyhow::Result<u64> {
    let poster = Poster::new(sink, Sample::new("evt_bare")?)?;
    poster.post().await?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let watch = Stopwatch::start();
        poster.post().await?;
        took.push(watch.us());
    }
    median(took)
}
