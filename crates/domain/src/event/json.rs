//! JSON text as text: bytes are kept as they came, numbers included.

use hookbench_bounds::{Document, Raw, RawKind, Unread};

/// Removes the white space between the tokens of valid JSON and changes nothing else: key order,
/// number spelling and escapes stay as they were.
#[must_use]
pub fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            out.push(c);
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == '"' {
                in_string = false;
            }
        } else if !matches!(c, ' ' | '\t' | '\n' | '\r') {
            in_string = c == '"';
            out.push(c);
        }
    }
    out
}

/// Whether two JSON texts say the same: key order, spacing and escapes do not matter, the
/// spelling of numbers does (`1.0` and `1.00` may be different money to whoever reads them).
/// Text that is not JSON equals nothing but itself; text that nests deeper than
/// [`MAX_DEPTH`](hookbench_bounds::MAX_DEPTH) equals what differs in its spacing alone.
#[must_use]
pub fn same_json(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim_ascii(), right.trim_ascii());
    if left == right {
        return true;
    }
    match (Document::read(left.as_bytes()), Document::read(right.as_bytes())) {
        (Ok(l), Ok(r)) => same(l.root(), r.root()),
        (Err(Unread::TooDeep), Err(Unread::TooDeep)) => compact(left) == compact(right),
        (_, Err(Unread::TooDeep | Unread::NotJson(_))) | (Err(Unread::TooDeep | Unread::NotJson(_)), _) => {
            false
        }
    }
}

/// Calls itself for each level, of which there are few: it is given [`Document`]s.
fn same(left: Raw<'_>, right: Raw<'_>) -> bool {
    if left.as_str() == right.as_str() {
        return true;
    }
    match (left.kind(), right.kind()) {
        (RawKind::Object, RawKind::Object) => {
            let (l, r) = (left.by_name(), right.by_name());
            l.len() == r.len()
                && l.into_iter().all(|(name, value)| r.get(&name).is_some_and(|other| same(value, *other)))
        }
        (RawKind::Array, RawKind::Array) => {
            let (mut l, mut r) = (left.items(), right.items());
            loop {
                match (l.next(), r.next()) {
                    (Some(l), Some(r)) if same(l, r) => {}
                    (None, None) => return true,
                    (Some(_) | None, _) => return false,
                }
            }
        }
        (RawKind::Text, RawKind::Text) => {
            let read = |raw: Raw<'_>| serde_json::from_str::<String>(raw.as_str()).ok();
            matches!((read(left), read(right)), (Some(l), Some(r)) if l == r)
        }
        (RawKind::Object | RawKind::Array | RawKind::Text | RawKind::Plain, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn compacting_touches_nothing_but_space_between_tokens() {
        let text = "{ \"b\" : 1.00 ,\n\t\"a\" : \"x \\\" { } \\u00e9 é\" , \"c\":[ ] }";
        assert_eq!(compact(text), "{\"b\":1.00,\"a\":\"x \\\" { } \\u00e9 é\",\"c\":[]}");
    }

    #[test]
    fn sameness_ignores_spelling_but_not_numbers() {
        assert!(same_json(r#"{"a":1,"b":"é"}"#, r#" {"b": "\u00e9", "a":1} "#));
        assert!(same_json("[1, {\"x\":null}]", "[1,{\"x\":null}]"));
        assert!(!same_json(r#"{"a":1.0}"#, r#"{"a":1.00}"#));
        assert!(!same_json("123456789012345678901234567890", "123456789012345678901234567891"));
        assert!(!same_json("[1,2]", "[2,1]"));
        assert!(!same_json(r#"{"a":1}"#, r#"{"a":1,"b":2}"#));
        assert!(same_json(r#"{"a":0,"a":1}"#, r#"{ "a":0,"a":1}"#));
        assert!(!same_json(r#"{"a":1,"b":1}"#, r#"{"a":1,"a":1}"#));
        assert!(!same_json("[1,2", "[1, 2"));
    }

    #[test]
    fn what_nests_thousands_deep_is_compared_without_its_stack() {
        let deep = |value: &str| "[{\"a\":".repeat(5000) + value + &"}]".repeat(5000);
        let compared = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || {
            let spaced = deep("1").replace("{\"a\":", "{ \"a\" : ");
            (same_json(&deep("1"), &spaced), same_json(&deep("1"), &deep("2")), same_json(&deep("1"), "[]"))
        });
        assert_eq!(compared.unwrap().join().unwrap(), (true, false, false));
    }

    proptest! {
        #[test]
        fn compacting_is_idempotent_and_keeps_meaning(v in "[a-z \\t\"{}:,\\\\é]{0,40}", n: i64) {
            let pretty = serde_json::to_string_pretty(&serde_json::json!({"k": v, "n": [n, {"x": true}]})).unwrap();
            let once = compact(&pretty);
            prop_assert_eq!(compact(&once), once.clone());
            prop_assert!(same_json(&once, &pretty));
        }
    }
}
