//! What was measured, for people and for programs.

use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};

use super::bare::IN_FLIGHT;
use super::library::PUBLISHERS;
use super::log::LogReport;
use super::process::CONNECTIONS;
use super::sample::BODY_BYTES;

/// So many in such a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) count: u64,
    /// Until all were taken in; what is only posted is taken in as it is answered.
    pub(super) accepted: Duration,
    /// Until all was done.
    pub(super) took: Duration,
}

impl Rate {
    fn per_second(self) -> f64 {
        number(self.count) / self.took.as_secs_f64()
    }

    fn accepted_per_second(self) -> f64 {
        number(self.count) / self.accepted.as_secs_f64()
    }
}

/// The middle one.
///
/// # Errors
/// When there is none.
pub(super) fn median(mut values: Vec<u64>) -> anyhow::Result<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied().context("nothing was measured")
}

/// Everything that one run measures. Times are medians in microseconds.
pub(super) struct Report {
    pub(super) bare: Rate,
    pub(super) library: Rate,
    pub(super) process: Rate,
    pub(super) idle_event_us: u64,
    pub(super) idle_commit_us: u64,
    pub(super) idle_post_us: u64,
    pub(super) idle_times: usize,
    pub(super) memory: Option<u64>,
    pub(super) log: LogReport,
}

#[expect(clippy::cast_precision_loss, reason = "counts, microseconds and bytes far below 2^53")]
fn number(n: u64) -> f64 {
    n as f64
}

impl Report {
    fn share(&self, rate: Rate) -> f64 {
        rate.per_second() / self.bare.per_second()
    }

    fn idle_ratio(&self) -> f64 {
        number(self.idle_event_us) / number(self.idle_commit_us + self.idle_post_us)
    }

    fn memory_mib(&self) -> Option<f64> {
        self.memory.map(|bytes| number(bytes) / 1024.0 / 1024.0)
    }

    pub(super) fn as_json(&self) -> Value {
        let rate = |rate: Rate| {
            json!({
                "count": rate.count,
                "took_ms": rate.took.as_millis(),
                "per_second": rate.per_second().round(),
                "accepted_per_second": rate.accepted_per_second().round(),
            })
        };
        json!({
            "body_bytes": BODY_BYTES,
            "bare_client": rate(self.bare),
            "library": rate(self.library),
            "process": rate(self.process),
            "library_over_bare": self.share(self.library),
            "process_over_bare": self.share(self.process),
            "idle": {
                "times": self.idle_times,
                "event_us": self.idle_event_us,
                "commit_us": self.idle_commit_us,
                "post_us": self.idle_post_us,
                "event_over_commit_and_post": self.idle_ratio(),
            },
            "process_memory_bytes": self.memory,
            "log": self.log.as_json(),
        })
    }

    pub(super) fn print(&self) {
        let line = |name: &str, rate: Rate, what: &str| {
            let (per_second, count, share) = (rate.per_second(), rate.count, 100.0 * self.share(rate));
            println!("{name:<20}{per_second:>9.0} /s{share:>8.1} %   {count} {what}");
        };
        let accepted = |rate: Rate| {
            println!("{:<20}{:>9.0} /s              acknowledged, durably", "", rate.accepted_per_second());
        };
        let ms = |us: u64| number(us) / 1000.0;
        println!("{BODY_BYTES}-byte signed bodies to one sink on this machine\n");
        line("bare client", self.bare, &format!("posts, {IN_FLIGHT} in flight"));
        line(
            "hookbench library",
            self.library,
            &format!("events delivered and recorded, {PUBLISHERS} publishers"),
        );
        accepted(self.library);
        line(
            "hookbench run",
            self.process,
            &format!("events delivered and recorded, {CONNECTIONS} connections to its API"),
        );
        accepted(self.process);
        println!("\none event when idle, medians of {}", self.idle_times);
        println!(
            "publish to arrival  {:>9.3} ms{:>8.2} × (commit + POST)",
            ms(self.idle_event_us),
            self.idle_ratio()
        );
        println!("one durable commit  {:>9.3} ms", ms(self.idle_commit_us));
        println!("one bare POST       {:>9.3} ms", ms(self.idle_post_us));
        match self.memory_mib() {
            Some(mib) => println!("\nmemory of hookbench run after that: {mib:.1} MiB resident"),
            None => println!("\nmemory of hookbench run: not told by this system"),
        }
        self.log.print();
    }
}
