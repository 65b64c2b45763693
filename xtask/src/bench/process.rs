//! The product as it is run: the `hookbench` program, driven over its API.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use hookbench_ambient::Stopwatch;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::library;
use super::rate::Rate;
use super::sample::Sample;
use super::sink::Sink;
use crate::cargo::{Profile, built};

/// Connections that publish, each one event at a time.
pub(super) const CONNECTIONS: usize = 32;
const LOOK_EVERY: Duration = Duration::from_millis(20);
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// A key for secrets that are made here and thrown away: 32 zero bytes in base64.
const THROW_AWAY_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// What was measured.
pub(super) struct Measured {
    pub(super) rate: Rate,
    /// Resident memory after the run, in bytes, where the system tells.
    pub(super) memory: Option<u64>,
}

/// A running `hookbench run`.
struct Running {
    child: Child,
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Running {
    async fn start(folder: &Path) -> anyhow::Result<Self> {
        // The port may be taken again before the program listens; then the run fails and says so.
        let addr = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(built(Profile::Release, "hookbench")?)
            .arg("--quiet")
            .arg("--data-dir")
            .arg(folder)
            .args(["run", "--no-receiver", "--api", &addr.to_string()])
            .env("HOOKBENCH_VAULT_KEY", THROW_AWAY_KEY)
            .env_remove("HOOKBENCH_VAULT_KEY_FILE")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start hookbench")?;
        let client = super::bare::client().pool_max_idle_per_host(CONNECTIONS).build()?;
        let mut running = Self { child, client, base: format!("http://{addr}/v1"), token: String::new() };
        running.wait_until_ready(folder).await?;
        Ok(running)
    }

    async fn wait_until_ready(&mut self, folder: &Path) -> anyhow::Result<()> {
        let watch = Stopwatch::start();
        loop {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("hookbench run ended with {status}");
            }
            if let Ok(token) = std::fs::read_to_string(folder.join("api-token")) {
                self.token = token.trim().to_owned();
                if self.get("health").await.is_ok() {
                    return Ok(());
                }
            }
            ensure!(watch.elapsed() < START_TIMEOUT, "hookbench run does not answer");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn get(&self, route: &str) -> anyhow::Result<Value> {
        let request = self.client.get(format!("{}/{route}", self.base)).bearer_auth(&self.token);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn finished(&self) -> anyhow::Result<u64> {
        let stats = self.get("stats").await?;
        let count = |state: &str| stats["deliveries"][state].as_u64().unwrap_or(0);
        Ok(count("delivered") + count("failed"))
    }

    /// Resident memory as Linux counts it.
    fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
    }

    /// Asks it to stop, and waits until it did.
    fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.child.kill()?;
        }
        let status = self.child.wait()?;
        ensure!(status.success(), "hookbench run ended with {status}");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Resident memory of the program over a folder, after it has answered the log, in bytes.
///
/// # Errors
/// When the program does not start or answer.
pub(super) async fn memory_over(folder: &Path) -> anyhow::Result<Option<u64>> {
    let running = Running::start(folder).await?;
    for route in [
        "deliveries?limit=100",
        "deliveries?limit=100&state=failed",
        "deliveries?search=clk_00007777",
        "stats",
    ] {
        running.get(route).await?;
    }
    let memory = running.memory();
    running.stop()?;
    Ok(memory)
}

/// Publishes for a while over [`CONNECTIONS`] connections, then waits until every event is
/// delivered and recorded; the time counts until then.
///
/// # Errors
/// When the program does not start, or an event is refused, lost, or recorded other than once.
pub(super) async fn rate(folder: &Path, sink: &Sink, time: Duration) -> anyhow::Result<Measured> {
    let running = Running::start(folder).await?;
    let subscription = json!({ "url": sink.url(), "events": ["*"], "generate_secret": true });
    let created = running
        .client
        .post(format!("{}/subscriptions", running.base))
        .bearer_auth(&running.token)
        .json(&subscription)
        .send()
        .await?;
    ensure!(created.status() == StatusCode::CREATED, "a subscription was refused: {}", created.text().await?);
    let sample = Sample::new("evt_process")?;
    let (next, before) = (Arc::new(AtomicU64::new(0)), sink.arrived());
    let watch = Stopwatch::start();
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (client, url, token) =
            (running.client.clone(), format!("{}/events", running.base), running.token.clone());
        let (sample, next) = (sample.clone(), next.clone());
        tasks.spawn(async move {
            while watch.elapsed() < time {
                let draft = sample.draft(next.fetch_add(1, Ordering::Relaxed));
                let request =
                    client.post(&url).bearer_auth(&token).header("Content-Type", "application/json");
                let response = request.body(draft).send().await?;
                let (status, text) = (response.status(), response.text().await?);
                ensure!(status == StatusCode::ACCEPTED, "an event was refused: {text}");
            }
            Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let (count, accepted) = (next.load(Ordering::Relaxed), watch.elapsed());
    sink.wait_for(before + count).await?;
    while running.finished().await? < count {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let took = watch.elapsed();
    let memory = running.memory();
    running.stop()?;
    library::check(folder, count).await?;
    Ok(Measured { rate: Rate { count, accepted, took }, memory })
}
