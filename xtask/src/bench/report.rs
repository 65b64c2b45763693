//! What was measured, for people and for programs.

use serde_json::{Value, json};

use super::bare::IN_FLIGHT;
use super::library::PUBLISHERS;
use super::loads::{FAN_OUT, LARGE_BYTES};
use super::log::LogReport;
use super::process::CONNECTIONS;
use super::rate::{Rate, number};
use super::sample::BODY_BYTES;

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
    pub(super) loads: Loads,
    pub(super) log: Option<LogReport>,
}

/// Other loads than many small events for one endpoint.
pub(super) struct Loads {
    pub(super) large_bare: Rate,
    pub(super) large: Rate,
    /// Deliveries, of events that go to [`FAN_OUT`] subscriptions each.
    pub(super) fan_out: Rate,
    /// Without, and beside, an endpoint that accepts connections and never answers.
    pub(super) alone: Rate,
    pub(super) beside_dead: Rate,
}

impl Loads {
    fn large_share(&self) -> f64 {
        self.large.per_second() / self.large_bare.per_second()
    }

    fn beside_share(&self) -> f64 {
        self.beside_dead.per_second() / self.alone.per_second()
    }

    fn print(&self, bare: Rate) {
        let kib = LARGE_BYTES / 1024;
        println!(
            "\n{kib} KiB bodies         {:>9.0} /s{:>8.1} % of the bare client with the same bodies ({:.0} /s)",
            self.large.per_second(),
            100.0 * self.large_share(),
            self.large_bare.per_second()
        );
        println!(
            "one event to {FAN_OUT}    {:>9.0} /s{:>8.1} % of the bare client with small bodies; deliveries",
            self.fan_out.per_second(),
            100.0 * self.fan_out.per_second() / bare.per_second()
        );
        println!(
            "beside a dead one   {:>9.0} /s{:>8.1} % of the rate without an endpoint that never answers ({:.0} /s)",
            self.beside_dead.per_second(),
            100.0 * self.beside_share(),
            self.alone.per_second()
        );
    }
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
            "large_bodies": {
                "body_bytes": LARGE_BYTES,
                "bare_client": rate(self.loads.large_bare),
                "library": rate(self.loads.large),
                "library_over_bare": self.loads.large_share(),
            },
            "fan_out": {
                "subscriptions": FAN_OUT,
                "deliveries": rate(self.loads.fan_out),
                "over_bare": self.share(self.loads.fan_out),
            },
            "beside_a_dead_endpoint": {
                "alone": rate(self.loads.alone),
                "beside": rate(self.loads.beside_dead),
                "beside_over_alone": self.loads.beside_share(),
            },
            "log": self.log.as_ref().map(LogReport::as_json),
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
        self.loads.print(self.bare);
        match self.memory_mib() {
            Some(mib) => println!("\nmemory of hookbench run after that: {mib:.1} MiB resident"),
            None => println!("\nmemory of hookbench run: not told by this system"),
        }
        self.log.iter().for_each(LogReport::print);
    }
}
