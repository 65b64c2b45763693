//! How times, durations and states read.

use hookbench_domain::Timestamp;

use crate::output::out::{BAD, FAINT, GOOD, PLAIN, Style, WAIT};
use crate::output::visible::visible;

/// At most `most` characters, on one line.
#[must_use]
pub(crate) fn short(text: &str, most: usize) -> String {
    let line = visible(text).replace(['\n', '\t'], " ");
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// `2026-05-08 04:51:35`, in UTC.
#[must_use]
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_string().chars().take(19).collect::<String>().replace('T', " ")
}

/// `04:51:35.080`, in UTC.
#[must_use]
pub(crate) fn clock(at: Timestamp) -> String {
    at.to_string().chars().skip(11).take(12).collect()
}

/// `0 ms`, `350 ms`, `1.5 s`, `5 min`, `1 h 30 min`, `3 d 4 h`.
#[must_use]
pub(crate) fn duration(ms: u64) -> String {
    let two = |n: u64, unit: &str, rest: u64, small: &str| {
        if rest == 0 { format!("{n} {unit}") } else { format!("{n} {unit} {rest} {small}") }
    };
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..60_000 if ms % 1000 < 100 => format!("{} s", ms / 1000),
        1000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        60_000..3_600_000 => two(ms / 60_000, "min", ms % 60_000 / 1000, "s"),
        3_600_000..86_400_000 => two(ms / 3_600_000, "h", ms % 3_600_000 / 60_000, "min"),
        86_400_000.. => two(ms / 86_400_000, "d", ms % 86_400_000 / 3_600_000, "h"),
    }
}

/// How long an attempt took: as [`duration`], with a digit more below 10 ms.
#[must_use]
pub(crate) fn took(us: u64) -> String {
    if us < 10_000 { format!("{}.{} ms", us / 1000, us % 1000 / 100) } else { duration(us / 1000) }
}

/// `1 delivery`, `2 deliveries`.
#[must_use]
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// The colour of a delivery's state.
#[must_use]
pub(crate) fn state_style(state: &str) -> Style {
    match state {
        "delivered" => GOOD,
        "pending" | "in_flight" => WAIT,
        "failed" => BAD,
        "cancelled" | "skipped" => FAINT,
        _ => PLAIN,
    }
}

/// A short mark of a delivery's state.
#[must_use]
pub(crate) fn state_mark(state: &str) -> &'static str {
    match state {
        "delivered" => "✓",
        "pending" => "↻",
        "in_flight" => "→",
        "failed" => "✗",
        "cancelled" => "⊘",
        "skipped" => "–",
        _ => "·",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        for (ms, want) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1000, "1 s"),
            (1500, "1.5 s"),
            (60_000, "1 min"),
            (90_000, "1 min 30 s"),
            (5_400_000, "1 h 30 min"),
            (86_400_000, "1 d"),
            (273_600_000, "3 d 4 h"),
        ] {
            assert_eq!(duration(ms), want);
        }
    }

    #[test]
    fn strangers_cannot_steer_the_terminal() {
        assert_eq!(short("one\ntwo\u{1b}three", 8), "one two…");
        assert_eq!(short("a\u{202e}b", 8), "a\\u202eb");
    }
}
