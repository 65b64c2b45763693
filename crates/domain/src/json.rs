//! JSON text as text: bytes are kept as they came, numbers included.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

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
/// Text that is not JSON equals nothing but itself.
#[must_use]
pub fn same_json(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim_ascii(), right.trim_ascii());
    if left == right {
        return true;
    }
    match (left.as_bytes().first(), right.as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => {
            let read = |t| serde_json::from_str::<BTreeMap<String, &RawValue>>(t).ok();
            match (read(left), read(right)) {
                (Some(l), Some(r)) => {
                    l.len() == r.len()
                        && l.iter()
                            .zip(&r)
                            .all(|((lk, lv), (rk, rv))| lk == rk && same_json(lv.get(), rv.get()))
                }
                _ => false,
            }
        }
        (Some(b'['), Some(b'[')) => {
            let read = |t| serde_json::from_str::<Vec<&RawValue>>(t).ok();
            match (read(left), read(right)) {
                (Some(l), Some(r)) => {
                    l.len() == r.len() && l.iter().zip(&r).all(|(lv, rv)| same_json(lv.get(), rv.get()))
                }
                _ => false,
            }
        }
        (Some(b'"'), Some(b'"')) => {
            let read = |t| serde_json::from_str::<String>(t).ok();
            matches!((read(left), read(right)), (Some(l), Some(r)) if l == r)
        }
        _ => false,
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
