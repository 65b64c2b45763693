use hookbench_domain::FieldRule;
use proptest::prelude::*;

use super::*;

fn mapping() -> PostbackMapping {
    let rule =
        |param: &str, field: &str, optional| FieldRule { param: param.into(), field: field.into(), optional };
    PostbackMapping {
        type_param: Some("goal".into()),
        types: [("2".to_owned(), "payout.sent".parse().unwrap())].into(),
        fields: vec![
            rule("click_id", "click.id", false),
            rule("payout", "payout", false),
            rule("sub1", "sub1", true),
        ],
        constants: [("network".to_owned(), "acme".into())].into_iter().collect(),
        dedupe: vec!["click_id".into(), "goal".into()],
        key_param: Some("key".into()),
        ..PostbackMapping::of_type("conversion.created".parse().unwrap())
    }
}

fn mapped(mapping: &PostbackMapping, query: &str) -> Result<Mapped, Refusal> {
    map(mapping, &params(Some(query), b""), || query.as_bytes().to_vec())
}

#[test]
fn parameters_become_the_fields_that_the_mapping_says() {
    let got = mapped(&mapping(), "click_id=c%2D1&payout=1%2C50+EUR&goal=2&key=s3cret&other=x").unwrap();
    assert_eq!((got.id.as_str(), got.event_type.as_str()), ("c-1:2", "payout.sent"));
    assert_eq!(
        String::from_utf8(got.body).unwrap(),
        r#"{"id":"c-1:2","event":"payout.sent","data":{"network":"acme","click":{"id":"c-1"},"payout":"1,50 EUR"}}"#
    );
    assert_eq!(got.warnings, Vec::<String>::new());
}

#[test]
fn without_fields_every_parameter_is_one_but_the_key() {
    let all =
        PostbackMapping { key_param: Some("key".into()), ..PostbackMapping::of_type("a.b".parse().unwrap()) };
    let got = mapped(&all, "b=2&a=1&key=s3cret").unwrap();
    let body = String::from_utf8(got.body).unwrap();
    assert!(body.ends_with(r#""data":{"b":"2","a":"1"}}"#), "{body}");
    assert_eq!(got.id.as_str(), sha256_hex(b"b=2&a=1&key=s3cret"));
    assert_ne!(mapped(&all, "b=2&a=2&key=s3cret").unwrap().id, got.id);
}

#[test]
fn what_is_missing_empty_doubled_or_not_expanded_is_named() {
    for (query, code, names) in [
        ("payout=1&goal=2", "missing_parameter", &["click_id"][..]),
        ("click_id=&payout=1&goal=2", "missing_parameter", &["click_id"]),
        ("click_id={click_id}&goal=2", "unexpanded_macro", &["click_id", "payout"]),
        ("click_id=a&click_id=b&payout=1&goal=2", "duplicate_parameter", &["click_id"]),
        ("", "missing_parameter", &["click_id", "goal", "payout"]),
    ] {
        let refusal = mapped(&mapping(), query).unwrap_err();
        assert_eq!((refusal.status, refusal.code, refusal.check), (400, code, "parameters"), "{query}");
        assert_eq!(refusal.parameters, names, "{query}");
        assert!(names.iter().all(|name| refusal.detail.contains(&format!("`{name}`"))), "{}", refusal.detail);
    }
}

#[test]
fn every_form_of_a_macro_is_recognised_and_nothing_else() {
    for text in [
        "{click_id}",
        "%7Bclick_id%7D",
        "%7bclick_id%7d",
        "[[x]]",
        "${x}",
        "#x#",
        "{{ click.id }}",
        "[x]",
        "%x%",
        "pre-{sub1}-post",
        "%5B%5Bx%5D%5D",
        "%24%7Bx%7D",
        "{conversion.id}",
    ] {
        assert!(unexpanded(text).is_some(), "{text}");
        // As it comes over the wire, percent-encoded once more.
        let wire: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let query = format!("click_id={wire}&payout=1&goal=2");
        assert_eq!(mapped(&mapping(), &query).unwrap_err().code, "unexpanded_macro", "{text}");
    }
    for text in [
        "abc",
        "",
        "{}",
        "{\"a\":1}",
        "{1}",
        "[1]",
        "#1",
        "100%",
        "50% of 20%",
        "a#b#c",
        "{a b}",
        "a+b",
        "%zz",
        "$x",
        "C#",
        "{5}",
        "#12#",
    ] {
        assert_eq!(unexpanded(text), None, "{text}");
    }
}

#[test]
fn what_is_optional_is_left_out_and_said() {
    let got = mapped(&mapping(), "click_id=1&payout=1&goal=9&sub1={sub1}&sub2=[[y]]").unwrap();
    assert_eq!(got.event_type.as_str(), "conversion.created");
    assert!(!String::from_utf8(got.body).unwrap().contains("sub1"));
    let warnings = got.warnings.join("\n");
    for word in
        ["`sub1` holds the macro `{sub1}`", "`sub2` holds the macro `[[y]]`", "`goal` has the value `9`"]
    {
        assert!(warnings.contains(word), "{warnings}");
    }
}

#[test]
fn the_key_is_hidden_and_every_other_byte_stays() {
    let hide = |text| without_key(text, Some("key"));
    assert_eq!(hide("a=%7B1&key=s%33cret&b=+&&=x"), "a=%7B1&key=••••&b=+&&=x");
    assert_eq!(hide("k%65y=s3cret"), "k%65y=••••");
    assert_eq!(hide("key=a&key=b"), "key=••••&key=••••");
    assert_eq!(without_key("key=a", None), "key=a");
}

#[test]
fn a_key_that_is_no_id_is_known_by_its_digest() {
    let one = PostbackMapping {
        dedupe: vec!["a".into(), "b".into()],
        ..PostbackMapping::of_type("a.b".parse().unwrap())
    };
    let id = |query| mapped(&one, query).unwrap().id.as_str().to_owned();
    assert_eq!(id("a=1&b=2"), "1:2");
    assert_ne!(id("a=1%3A2&b=3"), id("a=1&b=2%3A3"));
    assert_eq!(id("a=%C3%A9&b=1").len(), 64);
}

proptest! {
    #[test]
    fn no_query_panics(query in ".{0,200}", form in proptest::collection::vec(any::<u8>(), 0..200)) {
        let parsed = params(Some(&query), &form);
        let _ = map(&mapping(), &parsed, Vec::new);
        let _ = without_key(&query, Some("key"));
    }
}
