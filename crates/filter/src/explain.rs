//! A filter taken apart: each condition between `&&` and `||` with what it says of an event, and the
//! values that it looked at.

use cel::Value;
use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};
use cel::objects::Key;

use crate::{Compiled, Decision, Facts, Filter, VARIABLES, compile};

/// How much of a value is shown, in characters.
const SHOWN: usize = 80;
/// How many values of one condition are shown.
const VALUES: usize = 8;

/// One condition of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The condition as it was written.
    pub text: String,
    /// Which alternative it belongs to: those between two `||` have the same number, from 0. The
    /// filter matches if all conditions of any one alternative hold.
    pub alternative: usize,
    /// What it says of the event.
    pub decision: Decision,
    /// The fields it names, each with its value in the event; `None` where the event lacks it.
    pub values: Vec<(String, Option<String>)>,
}

impl Filter {
    /// What each condition says of an event. A filter with `? :` at its top is one condition.
    #[must_use]
    pub fn explain(&self, facts: &Facts) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (alternative, text) in split(self.text(), "||").into_iter().enumerate() {
            for text in split(text, "&&") {
                let part = Self::kept(text);
                let values = part.program.as_ref().map_or_else(|_| Vec::new(), |p| p.values(facts));
                conditions.push(Condition {
                    text: text.to_owned(),
                    alternative,
                    decision: part.decide(facts),
                    values,
                });
            }
        }
        // Parts that cannot stand alone explain nothing: then the whole is one condition.
        if conditions.len() > 1 && conditions.iter().any(|c| compile(&c.text).is_err()) {
            let values = self.program.as_ref().map_or_else(|_| Vec::new(), |p| p.values(facts));
            let text = self.text().trim().to_owned();
            return vec![Condition { text, alternative: 0, decision: self.decide(facts), values }];
        }
        conditions
    }
}

impl Compiled {
    fn values(&self, facts: &Facts) -> Vec<(String, Option<String>)> {
        let mut paths = Vec::new();
        collect(self.program.expression(), &mut paths);
        let mut values: Vec<(String, Option<String>)> = Vec::new();
        for path in paths {
            let name = path.join(".");
            if values.len() < VALUES && !values.iter().any(|(known, _)| *known == name) {
                let found = facts.at(&path).map(shown);
                values.push((name, found));
            }
        }
        values
    }
}

/// The parts between a top-level operator, outer brackets taken off.
fn split<'t>(text: &'t str, operator: &str) -> Vec<&'t str> {
    let text = unwrapped(text);
    let (mut parts, mut from, mut depth) = (Vec::new(), 0usize, 0usize);
    let mut scan = Scan::new(text);
    while let Some((at, c)) = scan.next() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '?' if depth == 0 => return vec![text],
            _ if depth == 0 && text[at..].starts_with(operator) => {
                parts.push(unwrapped(&text[from..at]));
                from = at + operator.len();
                scan.skip_to(from);
            }
            _ => {}
        }
    }
    parts.push(unwrapped(&text[from..]));
    parts
}

/// Without white space and without a pair of brackets around all of it.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    if !(text.starts_with('(') && text.ends_with(')')) {
        return text;
    }
    let mut depth = 0usize;
    let mut scan = Scan::new(text);
    while let Some((at, c)) = scan.next() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if at + 1 == text.len() { unwrapped(&text[1..at]) } else { text };
        }
    }
    text
}

/// The characters outside of quoted text.
struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn skip_to(&mut self, at: usize) {
        self.at = at;
    }

    fn next(&mut self) -> Option<(usize, char)> {
        let at = self.at;
        let c = self.text.get(at..)?.chars().next()?;
        self.at += c.len_utf8();
        if matches!(c, '\'' | '"') {
            let rest = &self.text[self.at..];
            let mut escaped = false;
            let end = rest.char_indices().find(|(_, each)| {
                let ends = !escaped && *each == c;
                escaped = !escaped && *each == '\\';
                ends
            });
            self.at = end.map_or(self.text.len(), |(end, _)| self.at + end + 1);
        }
        Some((at, c))
    }
}

/// Every field that an expression names, as a path from one of the variables.
fn collect(node: &IdedExpr, paths: &mut Vec<Vec<String>>) {
    if let Some(path) = path_of(node) {
        if path.len() > 1 || path[0] == "type" || path[0] == "brand" {
            paths.push(path);
        }
        return;
    }
    match &node.expr {
        Expr::Unspecified | Expr::Literal(_) | Expr::Ident(_) | Expr::Struct(_) | Expr::Map(_) => {}
        Expr::Select(select) => collect(&select.operand, paths),
        Expr::Call(call) => {
            call.target.iter().for_each(|target| collect(target, paths));
            call.args.iter().for_each(|arg| collect(arg, paths));
        }
        Expr::List(list) => list.elements.iter().for_each(|element| collect(element, paths)),
        Expr::Comprehension(all) => collect(&all.iter_range, paths),
    }
}

fn path_of(node: &IdedExpr) -> Option<Vec<String>> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else names a field")]
    match &node.expr {
        Expr::Ident(name) if VARIABLES.contains(&name.as_str()) => Some(vec![name.clone()]),
        Expr::Select(select) => {
            let mut path = path_of(&select.operand)?;
            path.push(select.field.clone());
            Some(path)
        }
        Expr::Call(call) if call.func_name == operators::INDEX => {
            let Expr::Literal(LiteralValue::String(name)) = &call.args.get(1)?.expr else { return None };
            let mut path = path_of(call.args.first()?)?;
            path.push(name.to_string());
            Some(path)
        }
        _ => None,
    }
}

impl Facts {
    fn at(&self, path: &[String]) -> Option<&Value> {
        let (root, fields) = path.split_first()?;
        let mut value = self.variable(root)?;
        for field in fields {
            let Value::Map(map) = value else { return None };
            value = map.get(&Key::from(field.as_str()))?;
        }
        Some(value)
    }
}

fn shown(value: &Value) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "facts hold what JSON can hold")]
    let text = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::UInt(n) => n.to_string(),
        Value::Float(n) => n.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => format!("a list of {}", items.len()),
        Value::Map(map) => format!("an object of {} fields", map.map.len()),
        other => other.type_of().to_string(),
    };
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str =
        r#"{"id":"e1","data":{"payout":12,"country":"DE","tags":["a"],"x-y":1,"note":"a && b"}}"#;

    fn explain(text: &str) -> Vec<Condition> {
        Filter::compile(text).unwrap().explain(&Facts::of("conversion.created", None, BODY.as_bytes()))
    }

    fn brief(text: &str) -> Vec<(String, usize, bool)> {
        explain(text).into_iter().map(|c| (c.text, c.alternative, c.decision.matches())).collect()
    }

    #[test]
    fn conditions_are_told_apart_at_the_top_only() {
        assert_eq!(
            brief("data.payout > 10 && (data.country == 'AT' || data.country == 'CH')"),
            [
                ("data.payout > 10".to_owned(), 0, true),
                ("data.country == 'AT' || data.country == 'CH'".to_owned(), 0, false)
            ]
        );
        assert_eq!(
            brief("((type == 'a' && data.payout > 1) || data.country == 'DE')"),
            [
                ("type == 'a'".to_owned(), 0, false),
                ("data.payout > 1".to_owned(), 0, true),
                ("data.country == 'DE'".to_owned(), 1, true)
            ]
        );
        assert_eq!(brief("data.note == 'a && b' && \"||\" != ''").len(), 2);
        assert_eq!(brief("data.payout > 1 ? true : data.a && data.b").len(), 1);
        assert_eq!(brief("(data.payout) > (3)").len(), 1);
    }

    #[test]
    fn the_values_that_decided_are_shown() {
        let all = explain("data.payout > 20 && has(data.missing) && brand == 'a' && 'a' in data.tags");
        assert_eq!(all[0].values, [("data.payout".to_owned(), Some("12".to_owned()))]);
        assert_eq!(all[0].decision, Decision::LeavesOut);
        assert_eq!(all[1].values, [("data.missing".to_owned(), None)]);
        assert_eq!(all[2].values, [("brand".to_owned(), Some("null".to_owned()))]);
        assert_eq!(all[3].values, [("data.tags".to_owned(), Some("a list of 1".to_owned()))]);
        assert_eq!(explain("data['x-y'] == 1")[0].values[0].0, "data.x-y");
        let Decision::Fails(why) = &explain("data.missing > 1")[0].decision else { panic!() };
        assert!(why.contains("missing"));
    }

    #[test]
    fn the_conditions_together_say_what_the_filter_says() {
        for text in [
            "data.payout > 10 && data.country == 'DE'",
            "data.payout > 20 || data.country == 'DE' && type == 'conversion.created'",
            "data.payout > 20 || data.country == 'AT'",
            "!(data.payout > 20 && data.country == 'AT')",
        ] {
            let facts = Facts::of("conversion.created", None, BODY.as_bytes());
            let filter = Filter::compile(text).unwrap();
            let conditions = filter.explain(&facts);
            let last = conditions.iter().map(|c| c.alternative).max().unwrap();
            let any = (0..=last)
                .any(|n| conditions.iter().filter(|c| c.alternative == n).all(|c| c.decision.matches()));
            assert_eq!(any, filter.decide(&facts).matches(), "{text}");
        }
    }
}
