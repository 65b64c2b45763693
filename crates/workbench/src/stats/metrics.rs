//! What `stats` knows, in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hookbench_store::AttemptCount;

use crate::WorkbenchError;
use crate::handles::Statistics;
use crate::stats::StatsView;

impl Statistics {
    /// The metrics, in the text format 0.0.4.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn metrics(&self) -> Result<String, WorkbenchError> {
        self.0.store.count_attempts().await?;
        let counts = self.0.store.attempt_counts().await?;
        let open = self.0.store.open_alerts().await?;
        Ok(text(&self.summary().await?, &counts, open))
    }
}

struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _infallible = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _infallible = writeln!(self.0, "{name}{labels} {value}");
    }
}

/// A label's value: backslash, quote and line feed are escaped.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn text(stats: &StatsView, counts: &[AttemptCount], open_alerts: i64) -> String {
    let mut page = Page(String::new());
    let bool = i32::from;
    page.head("hookbench_events", "gauge", "Events in the log.");
    page.line("hookbench_events", &[], stats.events);
    page.head("hookbench_deliveries", "gauge", "Deliveries in the log, by state.");
    for (state, count) in &stats.deliveries {
        page.line("hookbench_deliveries", &[("state", state)], count);
    }
    page.head(
        "hookbench_subscription_deliveries",
        "gauge",
        "Deliveries in the log, by subscription and state.",
    );
    for subscription in &stats.subscriptions {
        let id = subscription.id.to_string();
        for (state, count) in &subscription.deliveries {
            let labels = [("subscription", id.as_str()), ("name", &subscription.name), ("state", state)];
            page.line("hookbench_subscription_deliveries", &labels, count);
        }
    }
    let gauges = [
        ("hookbench_queue_due", "Deliveries that are due and wait for a place.", stats.queue.due),
        ("hookbench_queue_pending", "Deliveries that wait for an attempt.", stats.queue.pending),
        ("hookbench_queue_in_flight", "Attempts under way.", stats.queue.in_flight),
        ("hookbench_alerts_open", "Alerts that nobody has acknowledged.", open_alerts),
    ];
    for (name, help, value) in gauges {
        page.head(name, "gauge", help);
        page.line(name, &[], value);
    }
    let switches = [
        ("hookbench_dispatching", "Whether a dispatcher works on this data folder.", stats.dispatching),
        ("hookbench_paused", "Whether everything is paused.", stats.paused),
    ];
    for (name, help, on) in switches {
        page.head(name, "gauge", help);
        page.line(name, &[], bool(on));
    }
    attempts(&mut page, counts);
    page.0
}

fn attempts(page: &mut Page, counts: &[AttemptCount]) {
    page.head("hookbench_attempts_total", "counter", "Attempts made, by how they ended.");
    let mut by_outcome: BTreeMap<&str, i64> = BTreeMap::new();
    counts.iter().for_each(|c| *by_outcome.entry(&c.outcome).or_default() += c.count);
    for (outcome, count) in by_outcome {
        page.line("hookbench_attempts_total", &[("outcome", outcome)], count);
    }
    let name = "hookbench_attempt_duration_seconds";
    page.head(name, "histogram", "How long attempts took.");
    let mut by_bucket: BTreeMap<i64, i64> = BTreeMap::new();
    counts.iter().for_each(|c| *by_bucket.entry(c.le_us).or_default() += c.count);
    let (mut below, mut sum_us) = (0, 0);
    counts.iter().for_each(|c| sum_us += c.sum_us);
    for le_us in hookbench_store::BUCKETS_US {
        below += by_bucket.get(&le_us).copied().unwrap_or(0);
        let le = if le_us == i64::MAX { "+Inf".to_owned() } else { seconds(le_us) };
        page.line(&format!("{name}_bucket"), &[("le", &le)], below);
    }
    page.line(&format!("{name}_sum"), &[], seconds(sum_us));
    page.line(&format!("{name}_count"), &[], below);
}

/// Microseconds as seconds, without what floating point would add.
fn seconds(us: i64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_upwards_and_ends_with_everything() {
        let count = |outcome: &str, le_us, count| AttemptCount {
            outcome: outcome.to_owned(),
            le_us,
            count,
            sum_us: 1500 * count,
        };
        let mut page = Page(String::new());
        attempts(
            &mut page,
            &[count("success", 5000, 3), count("timeout", i64::MAX, 1), count("success", 1000, 1)],
        );
        let lines: Vec<&str> = page.0.lines().collect();
        assert!(lines.contains(&"hookbench_attempts_total{outcome=\"success\"} 4"));
        assert!(lines.contains(&"hookbench_attempt_duration_seconds_bucket{le=\"0.001\"} 1"));
        assert!(lines.contains(&"hookbench_attempt_duration_seconds_bucket{le=\"10\"} 4"));
        assert!(lines.contains(&"hookbench_attempt_duration_seconds_bucket{le=\"+Inf\"} 5"));
        assert!(lines.contains(&"hookbench_attempt_duration_seconds_sum 0.0075"));
        assert!(lines.contains(&"hookbench_attempt_duration_seconds_count 5"));
    }

    #[test]
    fn labels_cannot_end_early() {
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
        assert_eq!(seconds(1_250_000), "1.25");
        assert_eq!(seconds(0), "0");
    }
}
