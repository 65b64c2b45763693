//! Scripts: what a target answers to the first request, the second, and so on.
//!
//! Steps are separated by commas; `xN` after a step repeats it N times; the last step repeats for
//! ever. `500x3,200` fails three times, then succeeds.
//!
//! | step | answer |
//! |---|---|
//! | `200`, `404`, … | this status, 200 to 599 |
//! | `429:120`, `503:60` | this status with `Retry-After: 120` |
//! | `slow:3s`, `slow:3s:500` | after three seconds 200, or the given status |
//! | `timeout`, `hang` | none: holds the connection until the client leaves |
//! | `reset` | none: resets the connection |
//! | `redirect:/x` | 302 with `Location: /x`; takes no `xN` |
//! | `drip`, `drip:5s` | 200, the body byte by byte over that time (5 s if not given) |
//! | `huge` | 200 with a body of 64 MiB |
//! | `bomb` | 200 with `Content-Encoding: gzip`: a megabyte that unpacks to a gigabyte |
//! | `flaky:0.3` | 500 with that probability, else 200 |
//! | `verify` | 200 where the signature is valid, else 401; 405 where it is no `POST` |
//!
//! A script may also be a JSON list (see `answer.rs`), for answers with headers and a body of
//! their own.

use std::fmt;
use std::str::FromStr;

use hookbench_domain::parse_duration_ms;

use super::answer::{ScriptedAnswer, read_list, write_list};

/// The most steps a script may list.
pub const MAX_SCRIPT_STEPS: usize = 1000;
/// The most repetitions of a step.
pub const MAX_REPEAT: u32 = 1_000_000;
/// The longest wait of a step, in milliseconds (1 hour).
pub const MAX_WAIT_MS: u64 = 3_600_000;
const DRIP_MS: u64 = 5000;

/// What a target does with one request.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptStep {
    /// Answers with this status.
    Status(u16),
    /// Answers with this status and `Retry-After`.
    RetryAfter {
        /// The status.
        status: u16,
        /// What the header says, in seconds.
        seconds: u64,
    },
    /// Waits, then answers.
    Slow {
        /// The wait, in milliseconds.
        wait_ms: u64,
        /// The status.
        status: u16,
    },
    /// Never answers; the connection stays open until the client leaves.
    Hang,
    /// Resets the connection without an answer.
    Reset,
    /// Answers 302.
    Redirect {
        /// Where to.
        location: String,
    },
    /// Answers 200 at once and sends the body byte by byte.
    Drip {
        /// How long the body takes, in milliseconds.
        over_ms: u64,
    },
    /// Answers 200 with a body of 64 MiB.
    Huge,
    /// Answers 200 with a body that unpacks to 1 GiB.
    Bomb,
    /// Answers 500 with this probability, else 200.
    Flaky {
        /// The probability, 0 to 1.
        share: f64,
    },
    /// Answers 200 where the signature is valid, else 401.
    Verify,
    /// Answers with headers and a body of its own.
    Answer(Box<ScriptedAnswer>),
}

/// The steps of a target in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Script(pub(super) Vec<(ScriptStep, u32)>);

/// Why a script cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// No step at all, or an empty one between commas.
    #[error("a script has steps separated by commas, such as 500x3,200; one is empty")]
    Empty,
    /// More than [`MAX_SCRIPT_STEPS`].
    #[error("a script has at most {MAX_SCRIPT_STEPS} steps; repeat one with xN")]
    TooLong,
    /// A step that is none.
    #[error(
        "`{0}` is no step: write a status (200), a status with Retry-After in seconds (429:120), slow:3s, slow:3s:500, timeout, hang, reset, redirect:/x, drip, drip:5s, huge, bomb, flaky:0.3 or verify; xN after it repeats it"
    )]
    Unknown(String),
    /// A part of a step outside its range.
    #[error("`{step}`: {want}")]
    Part {
        /// The step as it was written.
        step: String,
        /// What the part may be.
        want: &'static str,
    },
    /// A JSON list that cannot be read.
    #[error("the script begins as a JSON list and cannot be read as one: {0}")]
    List(String),
}

/// Reads a script.
///
/// # Errors
/// [`ScriptError`], naming the step and what is allowed.
pub fn parse_script(text: &str) -> Result<Script, ScriptError> {
    if text.trim_start().starts_with('[') {
        return read_list(text);
    }
    let steps: Vec<&str> = text.split(',').map(str::trim).collect();
    if steps.len() > MAX_SCRIPT_STEPS {
        return Err(ScriptError::TooLong);
    }
    steps.into_iter().map(parse_repeated).collect::<Result<_, _>>().map(Script)
}

pub(super) fn parse_repeated(text: &str) -> Result<(ScriptStep, u32), ScriptError> {
    if text.is_empty() {
        return Err(ScriptError::Empty);
    }
    let is_count = |count: &str| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    match text.rsplit_once('x') {
        Some((step, count)) if is_count(count) && !text.starts_with("redirect:") => {
            let times = count.parse().ok().filter(|n| (1..=MAX_REPEAT).contains(n));
            let times = times.ok_or_else(|| part(text, "xN repeats a step 1 to 1000000 times"))?;
            Ok((step.parse()?, times))
        }
        Some(_) | None => Ok((text.parse()?, 1)),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

pub(super) fn part(step: &str, want: &'static str) -> ScriptError {
    ScriptError::Part { step: shortened(step), want }
}

fn status(step: &str, text: &str) -> Result<u16, ScriptError> {
    let code = text.parse().ok().filter(|code| text.len() == 3 && (200..600).contains(code));
    code.ok_or_else(|| part(step, "a status has three digits, 200 to 599"))
}

fn wait(step: &str, text: &str) -> Result<u64, ScriptError> {
    let ms = parse_duration_ms(text).ok().filter(|ms| *ms <= MAX_WAIT_MS);
    ms.ok_or_else(|| part(step, "a wait is a number with ms, s, m or h, at most 1h"))
}

impl FromStr for ScriptStep {
    type Err = ScriptError;
    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let (word, rest) = match text.split_once(':') {
            Some((word, rest)) => (word, Some(rest)),
            None => (text, None),
        };
        match (word, rest) {
            ("timeout" | "hang", None) => Ok(Self::Hang),
            ("reset", None) => Ok(Self::Reset),
            ("huge", None) => Ok(Self::Huge),
            ("bomb", None) => Ok(Self::Bomb),
            ("verify", None) => Ok(Self::Verify),
            ("drip", None) => Ok(Self::Drip { over_ms: DRIP_MS }),
            ("drip", Some(time)) => Ok(Self::Drip { over_ms: wait(text, time)? }),
            ("slow", Some(rest)) => match rest.split_once(':') {
                Some((time, code)) => {
                    Ok(Self::Slow { wait_ms: wait(text, time)?, status: status(text, code)? })
                }
                None => Ok(Self::Slow { wait_ms: wait(text, rest)?, status: 200 }),
            },
            ("redirect", Some(location)) => {
                if location.is_empty() || !location.bytes().all(|b| b.is_ascii_graphic()) {
                    return Err(part(
                        text,
                        "a redirect names a path or URL in visible ASCII, without commas",
                    ));
                }
                Ok(Self::Redirect { location: location.to_owned() })
            }
            ("flaky", Some(share)) => {
                let share = share.parse().ok().filter(|s| (0.0..=1.0).contains(s));
                let share =
                    share.ok_or_else(|| part(text, "the share of failures is a number from 0 to 1"))?;
                Ok(Self::Flaky { share })
            }
            (code, rest) if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) => {
                let status = status(text, code)?;
                let Some(seconds) = rest else { return Ok(Self::Status(status)) };
                let digits = seconds.bytes().all(|b| b.is_ascii_digit());
                let seconds = seconds.parse().ok().filter(|_| digits);
                let seconds =
                    seconds.ok_or_else(|| part(text, "Retry-After is a whole number of seconds"))?;
                Ok(Self::RetryAfter { status, seconds })
            }
            _ => Err(ScriptError::Unknown(shortened(text))),
        }
    }
}

impl fmt::Display for ScriptStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::RetryAfter { status, seconds } => write!(f, "{status}:{seconds}"),
            Self::Slow { wait_ms, status } => write!(f, "slow:{wait_ms}ms:{status}"),
            Self::Hang => f.write_str("timeout"),
            Self::Reset => f.write_str("reset"),
            Self::Redirect { location } => write!(f, "redirect:{location}"),
            Self::Drip { over_ms } => write!(f, "drip:{over_ms}ms"),
            Self::Huge => f.write_str("huge"),
            Self::Bomb => f.write_str("bomb"),
            Self::Verify => f.write_str("verify"),
            Self::Answer(answer) => write!(f, "{answer}"),
            Self::Flaky { share } => write!(f, "flaky:{share}"),
        }
    }
}

impl Script {
    /// What is done with request number `number`, counted from 0.
    #[must_use]
    pub fn step(&self, number: u64) -> &ScriptStep {
        let mut before = 0;
        for (step, times) in &self.0 {
            before += u64::from(*times);
            if number < before {
                return step;
            }
        }
        // A script has at least one step: `parse_script` is the only way to one.
        self.0.last().map_or(&ScriptStep::Status(200), |(step, _)| step)
    }
}

impl FromStr for Script {
    type Err = ScriptError;
    fn from_str(text: &str) -> Result<Self, ScriptError> {
        parse_script(text)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.iter().any(|(step, _)| matches!(step, ScriptStep::Answer(_))) {
            return f.write_str(&write_list(&self.0));
        }
        for (index, (step, times)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{step}")?;
            if *times > 1 {
                match step {
                    // `x3` at its end would belong to the location.
                    ScriptStep::Redirect { location } => {
                        (1..*times).try_for_each(|_| write!(f, ",redirect:{location}"))?;
                    }
                    ScriptStep::Status(_)
                    | ScriptStep::RetryAfter { .. }
                    | ScriptStep::Slow { .. }
                    | ScriptStep::Hang
                    | ScriptStep::Reset
                    | ScriptStep::Drip { .. }
                    | ScriptStep::Huge
                    | ScriptStep::Bomb
                    | ScriptStep::Verify
                    | ScriptStep::Answer(_)
                    | ScriptStep::Flaky { .. } => write!(f, "x{times}")?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps(text: &str, count: u64) -> Vec<String> {
        let script = parse_script(text).unwrap();
        (0..count).map(|n| script.step(n).to_string()).collect()
    }

    #[test]
    fn steps_come_in_order_and_the_last_one_stays() {
        assert_eq!(steps("500x3,200", 6), ["500", "500", "500", "200", "200", "200"]);
        assert_eq!(steps(" 204 , 410 ", 3), ["204", "410", "410"]);
        assert_eq!(steps("timeoutx2,reset", 4), ["timeout", "timeout", "reset", "reset"]);
    }

    #[test]
    fn every_step_of_the_table_is_read() {
        for (text, want) in [
            ("200", ScriptStep::Status(200)),
            ("429:120", ScriptStep::RetryAfter { status: 429, seconds: 120 }),
            ("503:60", ScriptStep::RetryAfter { status: 503, seconds: 60 }),
            ("slow:3s", ScriptStep::Slow { wait_ms: 3000, status: 200 }),
            ("slow:3s:500", ScriptStep::Slow { wait_ms: 3000, status: 500 }),
            ("timeout", ScriptStep::Hang),
            ("hang", ScriptStep::Hang),
            ("reset", ScriptStep::Reset),
            ("redirect:/x", ScriptStep::Redirect { location: "/x".into() }),
            ("redirect:/x3", ScriptStep::Redirect { location: "/x3".into() }),
            (
                "redirect:https://login.example/?a=b",
                ScriptStep::Redirect { location: "https://login.example/?a=b".into() },
            ),
            ("drip", ScriptStep::Drip { over_ms: 5000 }),
            ("drip:250ms", ScriptStep::Drip { over_ms: 250 }),
            ("huge", ScriptStep::Huge),
            ("bomb", ScriptStep::Bomb),
            ("verify", ScriptStep::Verify),
            ("flaky:0.3", ScriptStep::Flaky { share: 0.3 }),
        ] {
            assert_eq!(parse_script(text).unwrap().step(0), &want, "{text}");
        }
    }

    #[test]
    fn what_is_no_step_is_refused_with_what_is_allowed() {
        for (text, word) in [
            ("", "empty"),
            ("200,", "empty"),
            ("ok", "no step"),
            ("Timeout", "no step"),
            ("slow", "no step"),
            ("timeout:3s", "no step"),
            ("x3", "no step"),
            ("99", "200 to 599"),
            ("600", "200 to 599"),
            ("100", "200 to 599"),
            ("0200", "200 to 599"),
            ("200x0", "1 to 1000000"),
            ("200x99999999999", "1 to 1000000"),
            ("429:", "whole number"),
            ("429:+5", "whole number"),
            ("429:soon", "whole number"),
            ("slow:3", "a wait"),
            ("slow:2h", "at most 1h"),
            ("slow:3s:700", "200 to 599"),
            ("flaky:1.1", "0 to 1"),
            ("flaky:NaN", "0 to 1"),
            ("redirect:", "path"),
            ("redirect:/a b", "path"),
        ] {
            let error = parse_script(text).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
        assert_eq!(parse_script(&"200,".repeat(1001)), Err(ScriptError::TooLong));
    }

    fn any_answer() -> impl Strategy<Value = ScriptedAnswer> {
        let headers = proptest::collection::vec(("[a-z]{1,5}", "[ -~]{0,6}"), 0..3);
        let headers = headers.prop_map(|all| {
            let trimmed = all.into_iter().map(|(n, v)| (format!("x-{n}"), v.trim().to_owned()));
            trimmed.collect::<std::collections::BTreeMap<String, String>>()
        });
        let body = proptest::option::of(".{0,10}");
        (200u16..600, headers, body, 0..=MAX_WAIT_MS)
            .prop_map(|(status, headers, body, delay_ms)| ScriptedAnswer { status, headers, body, delay_ms })
    }

    fn any_step() -> impl Strategy<Value = ScriptStep> {
        prop_oneof![
            (200u16..600).prop_map(ScriptStep::Status),
            (200u16..600, any::<u64>())
                .prop_map(|(status, seconds)| ScriptStep::RetryAfter { status, seconds }),
            (0..=MAX_WAIT_MS, 200u16..600).prop_map(|(wait_ms, status)| ScriptStep::Slow { wait_ms, status }),
            Just(ScriptStep::Hang),
            Just(ScriptStep::Reset),
            "[/a-z0-9?=x]{1,8}".prop_map(|location| ScriptStep::Redirect { location }),
            (0..=MAX_WAIT_MS).prop_map(|over_ms| ScriptStep::Drip { over_ms }),
            Just(ScriptStep::Huge),
            Just(ScriptStep::Bomb),
            Just(ScriptStep::Verify),
            any_answer().prop_map(|answer| ScriptStep::Answer(Box::new(answer))),
            (0.0f64..=1.0).prop_map(|share| ScriptStep::Flaky { share }),
        ]
    }

    proptest! {
        #[test]
        fn a_script_reads_back_what_it_writes(steps in proptest::collection::vec((any_step(), 1u32..5), 1..6)) {
            let steps = steps.into_iter().map(|(s, n)| if matches!(s, ScriptStep::Redirect { .. }) { (s, 1) } else { (s, n) });
            let script = Script(steps.collect());
            prop_assert_eq!(parse_script(&script.to_string()).unwrap(), script);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-z:,.x/ ]{0,20}", number: u64) {
            if let Ok(script) = parse_script(&text) {
                let _ = script.step(number);
            }
        }
    }
}
