//! An incident as a report for people, to paste into a ticket.

use std::fmt::Write as _;

use serde_json::Value;

/// How much of a body is shown, in characters.
const EXCERPT: usize = 4000;

/// Writes the report of a bundle.
pub(super) fn report(bundle: &Value) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => other.to_string(),
    };
    let d = &bundle["delivery"];
    let mut out = String::new();
    let mut line = |text: String| {
        let _infallible = writeln!(out, "{text}");
    };
    line(format!(
        "# {} to {}: {}\n",
        inline(&text(&d["event_type"])),
        inline(&text(&d["subscription_name"])),
        text(&d["state"])
    ));
    for (name, value) in [
        ("Delivery", &d["id"]),
        ("Event", &d["event"]),
        ("URL", &d["url"]),
        ("Made", &d["created_at"]),
        ("Ended", &d["finished_at"]),
        ("Attempts", &d["attempt_count"]),
        ("Why", &bundle["why"]["sentence"]),
    ] {
        line(format!("- **{name}:** {}", inline(&text(value))));
    }
    for attempt in d["attempts"].as_array().into_iter().flatten() {
        let answer =
            if attempt["status"].is_null() { text(&attempt["outcome"]) } else { text(&attempt["status"]) };
        line(format!(
            "\n## Attempt {}: {answer}, {} ms\n",
            text(&attempt["number"]),
            text(&attempt["timings"]["total_ms"])
        ));
        line(format!("Started {}.\n", text(&attempt["started_at"])));
        let verdict = &attempt["verdict"];
        if verdict.is_object() {
            line(format!(
                "> {}\n>\n> {}\n>\n> **Next:** {}\n",
                inline(&text(&verdict["summary"])),
                inline(&text(&verdict["detail"])),
                inline(&text(&verdict["next_step"]))
            ));
        }
        for (title, message) in [("Request", &attempt["request"]), ("Response", &attempt["response"])] {
            if !message.is_object() {
                continue;
            }
            let first = if title == "Request" {
                format!("{} {}", text(&message["method"]), text(&message["url"]))
            } else {
                text(&message["status"])
            };
            let mut block = first;
            for pair in message["headers"].as_array().into_iter().flatten() {
                let _infallible = write!(block, "\n{}: {}", text(&pair[0]), text(&pair[1]));
            }
            let body = message["body"]
                .as_str()
                .map(str::to_owned)
                .or_else(|| message["body_base64"].as_str().map(|b| format!("(base64) {b}")));
            if let Some(body) = body.filter(|b| !b.is_empty()) {
                let cut: String = body.chars().take(EXCERPT).collect();
                let more = if cut.len() < body.len() { "\n…" } else { "" };
                let _infallible = write!(block, "\n\n{cut}{more}");
            }
            line(format!("{title}:\n\n{}", fenced(&block)));
        }
    }
    let findings = bundle["event"]["findings"].as_array().filter(|f| !f.is_empty());
    if let Some(findings) = findings {
        line("\n## What is odd about the event's data\n".to_owned());
        for finding in findings {
            line(format!("- {} {}", inline(&text(&finding["what"])), inline(&text(&finding["fix"]))));
        }
    }
    line(format!("\n---\nMade by Hookbench {} at {}.", text(&bundle["version"]), text(&bundle["made_at"])));
    out
}

/// Text of strangers on one line, in which nothing is markup.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A block of text; its fence is longer than any in it.
fn fenced(text: &str) -> String {
    let mut longest = 2;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence}http\n{text}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_strangers_cannot_become_markup() {
        assert_eq!(inline("a`b*\n<i>"), "a\\`b\\* \\<i\\>");
        assert!(fenced("x ```` y").starts_with("`````http"));
    }
}
