//! Scripts as JSON, for answers with headers and a body of their own:
//!
//! ```json
//! ["500x2", {"status": 200, "headers": {"X-Request": "7"}, "body": "ok", "delay_ms": 300, "times": 3}]
//! ```
//!
//! An entry is a step as text, or an answer. Everything but `status` may be left out.

use std::collections::BTreeMap;
use std::fmt;

use hookbench_domain::{read_json, read_value};
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use serde::{Deserialize, Serialize};

use super::script::{
    MAX_REPEAT, MAX_SCRIPT_STEPS, MAX_WAIT_MS, Script, ScriptError, ScriptStep, parse_repeated, part,
};

/// An answer with headers and a body of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedAnswer {
    /// The status, 200 to 599.
    pub status: u16,
    /// The headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body; the usual one of the status if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How long to wait before, in milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_ms: u64,
}

fn is_zero(ms: &u64) -> bool {
    *ms == 0
}

impl fmt::Display for ScriptedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if self.delay_ms > 0 {
            write!(f, " after {} ms", self.delay_ms)?;
        }
        Ok(())
    }
}

/// An entry of the list.
#[derive(Serialize)]
#[serde(untagged)]
enum Entry {
    Step(String),
    Answer(Repeated),
}

#[derive(Serialize)]
struct Repeated {
    #[serde(flatten)]
    answer: ScriptedAnswer,
    times: u32,
}

/// Reads a JSON list.
pub(super) fn read_list(text: &str) -> Result<Script, ScriptError> {
    let entries: Vec<serde_json::Value> =
        read_json(text.as_bytes()).map_err(|error| ScriptError::List(error.to_string()))?;
    if entries.is_empty() {
        return Err(ScriptError::Empty);
    }
    if entries.len() > MAX_SCRIPT_STEPS {
        return Err(ScriptError::TooLong);
    }
    entries.into_iter().map(read_entry).collect::<Result<_, _>>().map(Script)
}

fn read_entry(entry: serde_json::Value) -> Result<(ScriptStep, u32), ScriptError> {
    let shown = entry.to_string();
    if let Some(step) = entry.as_str() {
        return parse_repeated(step);
    }
    let mut entry = entry;
    let times = entry.as_object_mut().and_then(|object| object.remove("times"));
    let times = match times {
        None => 1,
        Some(times) => {
            let times = times.as_u64().and_then(|n| u32::try_from(n).ok());
            let fits = times.filter(|n| (1..=MAX_REPEAT).contains(n));
            fits.ok_or_else(|| part(&shown, "`times` is a number from 1 to 1000000"))?
        }
    };
    let answer: ScriptedAnswer = read_value(&entry).map_err(|error| {
        ScriptError::List(format!("{error} in {}", shown.chars().take(60).collect::<String>()))
    })?;
    if !(200..600).contains(&answer.status) {
        return Err(part(&shown, "a status has three digits, 200 to 599"));
    }
    if answer.delay_ms > MAX_WAIT_MS {
        return Err(part(&shown, "a wait has at most 3600000 ms"));
    }
    for (name, value) in &answer.headers {
        let name = HeaderName::try_from(name)
            .map_err(|_| part(&shown, "a header has a name that cannot be sent"))?;
        HeaderValue::try_from(value).map_err(|_| part(&shown, "a header has a value that cannot be sent"))?;
        if [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION].contains(&name) {
            return Err(part(&shown, "framing headers are set by the target itself"));
        }
    }
    Ok((ScriptStep::Answer(Box::new(answer)), times))
}

/// Writes steps as a JSON list.
pub(super) fn write_list(steps: &[(ScriptStep, u32)]) -> String {
    let entry = |(step, times): &(ScriptStep, u32)| -> Vec<Entry> {
        match step {
            ScriptStep::Answer(answer) => {
                vec![Entry::Answer(Repeated { answer: (**answer).clone(), times: *times })]
            }
            // `x3` at its end would belong to the location.
            ScriptStep::Redirect { .. } => (0..*times).map(|_| Entry::Step(step.to_string())).collect(),
            ScriptStep::Status(_)
            | ScriptStep::RetryAfter { .. }
            | ScriptStep::Slow { .. }
            | ScriptStep::Hang
            | ScriptStep::Reset
            | ScriptStep::Drip { .. }
            | ScriptStep::Huge
            | ScriptStep::Bomb
            | ScriptStep::Flaky { .. }
            | ScriptStep::Verify => {
                let times = if *times > 1 { format!("x{times}") } else { String::new() };
                vec![Entry::Step(format!("{step}{times}"))]
            }
        }
    };
    let entries: Vec<Entry> = steps.iter().flat_map(entry).collect();
    serde_json::to_string(&entries).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_steps_and_answers() {
        let script = super::super::parse_script(
            r#" ["500x2", {"status": 201, "headers": {"X-A": "b"}, "body": "", "delay_ms": 5, "times": 2}, "timeout"]"#,
        )
        .unwrap();
        let steps: Vec<String> = (0..6).map(|n| script.step(n).to_string()).collect();
        assert_eq!(steps, ["500", "500", "201 after 5 ms", "201 after 5 ms", "timeout", "timeout"]);
        let ScriptStep::Answer(answer) = script.step(2) else { panic!("no answer") };
        assert_eq!((answer.body.as_deref(), answer.headers["X-A"].as_str()), (Some(""), "b"));
    }

    #[test]
    fn what_cannot_be_answered_is_named() {
        for (text, word) in [
            ("[]", "empty"),
            ("[1]", "cannot be read"),
            ("[{}]", "status"),
            (r#"[{"status":99}]"#, "200 to 599"),
            (r#"[{"status":200,"times":0}]"#, "times"),
            (r#"[{"status":200,"delay_ms":9999999}]"#, "3600000"),
            (r#"[{"status":200,"headers":{"a b":"c"}}]"#, "name"),
            (r#"[{"status":200,"headers":{"a":"b\nc"}}]"#, "value"),
            (r#"[{"status":200,"headers":{"Content-Length":"1"}}]"#, "framing"),
            (r#"[{"status":200,"colour":1}]"#, "colour"),
            (r#"["nonsense"]"#, "no step"),
            ("[", "JSON"),
        ] {
            let error = read_list(text).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
