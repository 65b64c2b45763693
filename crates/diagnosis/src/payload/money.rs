//! Money: its currency, its unit, its sign.

use serde_json::Value;

use super::{Finding, FindingCode, Leaf, Severity, currency, shown};

/// How names of amounts end.
const AMOUNTS: [&str; 13] = [
    "payout",
    "amount",
    "revenue",
    "commission",
    "price",
    "payment",
    "earnings",
    "saleamount",
    "ordervalue",
    "turnover",
    "ngr",
    "ggr",
    "deposit",
];
/// How names of amounts in the smallest unit end.
const CENTS: [&str; 4] = ["cents", "minor", "minorunits", "pennies"];
/// Amounts that are paid, which are never below zero.
const PAID: [&str; 4] = ["payout", "commission", "payment", "earnings"];
/// Events for which money goes back.
const BACK: [&str; 6] = ["refund", "reversed", "chargeback", "adjust", "clawback", "rejected"];
/// An order that pays more than this many times its own amount has one of the two in cents.
const TOO_MUCH: f64 = 20.0;

struct Amount<'l> {
    leaf: &'l Leaf,
    number: f64,
    cents: bool,
    /// Its name without what says cents.
    stem: String,
    /// What it stands in.
    parent: &'l str,
}

pub(super) fn check(leaves: &[Leaf], event_type: &str, findings: &mut Vec<Finding>) {
    let amounts: Vec<Amount<'_>> = leaves.iter().filter_map(amount).collect();
    currencies(leaves, &amounts, findings);
    units(leaves, &amounts, findings);
    let back = BACK.iter().any(|word| event_type.to_lowercase().contains(word));
    for a in amounts.iter().filter(|a| a.number < 0.0 && !back) {
        if PAID.iter().any(|paid| a.stem.ends_with(paid)) {
            findings.push(Finding {
                code: FindingCode::NegativePayout,
                severity: Severity::Problem,
                path: a.leaf.path.clone(),
                what: format!("`{}` is below zero: {}.", a.leaf.path, shown(&a.leaf.value)),
                why: "A receiver that adds payouts up takes money away with it.".to_owned(),
                fix: "Ask the sender whether this is a reversal; those should come as an event type of their own.".to_owned(),
            });
        }
    }
}

fn amount<'l>(leaf: &'l Leaf) -> Option<Amount<'l>> {
    let number = match &leaf.value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite())?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let ending =
        CENTS.iter().find_map(|cents| leaf.name.strip_suffix(cents).map(|stem| stem.trim_end_matches("in")));
    let stem = ending.unwrap_or(&leaf.name);
    let is_amount = AMOUNTS.iter().any(|a| stem.ends_with(a)) || ending.is_some();
    let parent = leaf.path.rsplit_once('.').map_or("", |(parent, _)| parent);
    is_amount.then(|| Amount { leaf, number, cents: ending.is_some(), stem: stem.to_owned(), parent })
}

fn currencies(leaves: &[Leaf], amounts: &[Amount<'_>], findings: &mut Vec<Finding>) {
    let of: Vec<&Leaf> =
        leaves.iter().filter(|l| l.name.ends_with("currency") || l.name.ends_with("currencycode")).collect();
    let missing = |path: &str, what: String| Finding {
        code: FindingCode::MissingCurrency,
        severity: Severity::Warning,
        path: path.to_owned(),
        what,
        why: "The receiver has to guess in which currency the amount is.".to_owned(),
        fix: "Have the sender name the currency (ISO 4217, such as EUR) beside the amount.".to_owned(),
    };
    if of.is_empty() {
        if let Some(a) = amounts.iter().find(|a| a.number != 0.0) {
            let what = format!("`{}` is an amount, and no field says in which currency.", a.leaf.path);
            findings.push(missing(&a.leaf.path, what));
        }
        return;
    }
    for leaf in of {
        let text = match &leaf.value {
            Value::String(text) => text.trim(),
            Value::Null => "",
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => "?",
        };
        if text.is_empty() {
            findings.push(missing(&leaf.path, format!("`{}` is empty.", leaf.path)));
        } else if !currency::known(text) && super::text::macro_like(text).is_none() {
            let upper = text.to_uppercase();
            let (severity, fix) = if currency::known(&upper) {
                (
                    Severity::Warning,
                    format!("Have the sender write `{upper}`: ISO 4217 codes are in upper case."),
                )
            } else {
                (Severity::Problem, "Have the sender use a code of ISO 4217, such as EUR or USD.".to_owned())
            };
            findings.push(Finding {
                code: FindingCode::UnknownCurrency,
                severity,
                path: leaf.path.clone(),
                what: format!("`{}` is {}, which is no currency code.", leaf.path, shown(&leaf.value)),
                why: "A receiver that converts or sums amounts refuses it, or takes it for its own currency."
                    .to_owned(),
                fix,
            });
        }
    }
}

fn units(leaves: &[Leaf], amounts: &[Amount<'_>], findings: &mut Vec<Finding>) {
    let mut tell = |code: FindingCode, severity: Severity, path: &str, what: String| {
        let (why, fix) = if code == FindingCode::CentsAsUnits {
            (
                "Read as whole units it is a hundred times too much.",
                "Divide by 100 where it is read, or have the sender put cents into a field that says so.",
            )
        } else {
            (
                "Read as cents it is a hundred times too little.",
                "Multiply by 100 where it is read, or have the sender put whole cents into this field.",
            )
        };
        findings.push(Finding {
            code,
            severity,
            path: path.to_owned(),
            what,
            why: why.to_owned(),
            fix: fix.to_owned(),
        });
    };
    let whole_currency = leaves.iter().any(|l| {
        l.name.ends_with("currency") && matches!(&l.value, Value::String(code) if currency::whole(code))
    });
    for a in amounts.iter().filter(|a| a.cents) {
        if a.number.fract() != 0.0 {
            let what =
                format!("`{}` should be cents, but has decimals: {}.", a.leaf.path, shown(&a.leaf.value));
            tell(FindingCode::UnitsAsCents, Severity::Problem, &a.leaf.path, what);
        }
        let Some(units) = amounts.iter().find(|u| !u.cents && u.stem == a.stem && u.parent == a.parent)
        else {
            continue;
        };
        if a.number == 0.0 || units.number == 0.0 || whole_currency {
            continue;
        }
        if same(units.number, a.number) {
            let what = format!(
                "`{}` and `{}` are both {}: one of them is in the wrong unit.",
                units.leaf.path,
                a.leaf.path,
                shown(&a.leaf.value)
            );
            tell(FindingCode::CentsAsUnits, Severity::Problem, &units.leaf.path, what);
        }
    }
    // A payout beyond the order it is for.
    let order = amounts.iter().find(|a| {
        !a.cents
            && a.number > 0.0
            && ["saleamount", "ordervalue", "revenue"].iter().any(|o| a.stem.ends_with(o))
    });
    let payout = amounts
        .iter()
        .find(|a| !a.cents && a.number > 0.0 && ["payout", "commission"].iter().any(|p| a.stem.ends_with(p)));
    if let (Some(order), Some(payout)) = (order, payout)
        && payout.number > order.number * TOO_MUCH
        && payout.number.fract() == 0.0
    {
        let what = format!(
            "`{}` is {} for an order of {}: it looks like cents.",
            payout.leaf.path,
            shown(&payout.leaf.value),
            shown(&order.leaf.value)
        );
        tell(FindingCode::CentsAsUnits, Severity::Warning, &payout.leaf.path, what);
    }
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.000_001
}
