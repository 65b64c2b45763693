//! A delivery as a line for spreadsheets.

use crate::deliveries::views::DeliveryDetail;

pub(super) const HEAD: &str = "delivery,created_at,event,event_type,brand,subscription,subscription_name,url,state,failure,reason,attempts,status,outcome,duration_ms,next_attempt_at,finished_at,test,verdict,why\r\n";

/// What a formula begins with.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A field: quoted where it must be, and never taken for a formula.
fn field(text: &str) -> String {
    // Spreadsheets run what begins so, also behind a quote, behind white space, and with the wide signs
    // of East Asian keyboards.
    let formula = text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(SIGNS);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n', ';']) || formula {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

pub(super) fn line(detail: &DeliveryDetail) -> String {
    let d = &detail.delivery;
    let last = detail.attempts.last();
    let text = |value: Option<String>| value.unwrap_or_default();
    let verdict = last.and_then(|a| a.verdict.as_ref());
    let fields = [
        d.id.to_string(),
        d.created_at.to_string(),
        d.event.clone(),
        d.event_type.clone(),
        text(d.brand.clone()),
        d.subscription.to_string(),
        d.subscription_name.clone(),
        d.url.clone(),
        d.state.to_owned(),
        text(d.failure.map(str::to_owned)),
        text(d.reason.map(str::to_owned)),
        d.attempt_count.to_string(),
        text(d.status.map(|s| s.to_string())),
        text(d.outcome.map(|o| o.as_str().to_owned())),
        text(last.map(|a| a.timings.total_ms.to_string())),
        text(d.next_attempt_at.map(|t| t.to_string())),
        text(d.finished_at.map(|t| t.to_string())),
        d.test.to_string(),
        text(verdict.and_then(|v| serde_json::to_value(v.code).ok()?.as_str().map(str::to_owned))),
        text(verdict.map(|v| v.summary.clone())),
    ];
    let mut line = fields.iter().map(|f| field(f)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_a_formula_or_breaks_out_of_its_field() {
        assert_eq!(field("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
        for start in [
            "+1",
            "-1",
            "@a",
            "\tx",
            "\rx",
            " =1",
            "\n =1",
            "＝1",
            "＋1",
            "－1",
            "＠a",
            " \t＝1",
            "\u{3000}＝1",
        ] {
            assert!(field(start).starts_with("\"'"), "{start:?}");
        }
        assert_eq!(field("a,b"), "\"a,b\"");
        assert_eq!(field("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(field("two\nlines"), "\"two\nlines\"");
        assert_eq!(field("plain"), "plain");
        assert_eq!(field("a＝b"), "a＝b");
    }

    #[test]
    fn every_column_has_a_head() {
        assert_eq!(HEAD.trim_end().split(',').count(), 20);
    }
}
