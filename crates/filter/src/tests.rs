//! What filters promise.

use super::*;

const BODY: &str = r#"{"id":"e1","event":"conversion.created","createdAt":"2026-01-01T00:00:00.000Z",
    "data":{"payout":12,"rate":2.5,"whole":10.0,"big":18446744073709551615,"country":"DE","none":null,"ok":true,
    "tags":["a","b"],"items":[{"qty":1},{"qty":5}]}}"#;

fn facts() -> Facts {
    Facts::of("conversion.created", Some("acme"), BODY.as_bytes())
}

fn decide(text: &str) -> Decision {
    Filter::compile(text).unwrap_or_else(|e| panic!("{text}: {e}")).decide(&facts())
}

#[test]
fn conditions_over_type_brand_data_and_the_whole_event() {
    for text in [
        "data.payout > 10",
        "data.payout >= 12 && data.payout < 12.5",
        "data.payout == 12.0",
        "data.rate > 2",
        "data.whole == 10",
        "data.big > 10",
        "data.country == 'DE' || data.country == 'AT'",
        "data.country in ['DE', 'AT']",
        "'a' in data.tags",
        "data.ok",
        "!has(data.missing)",
        "has(data.payout)",
        "data.none == null",
        "type == 'conversion.created'",
        "type.startsWith('conversion.')",
        "brand == 'acme'",
        "event.data.payout == data.payout && event.id == 'e1'",
        "data.items.exists(i, i.qty > 3)",
        "data.items.all(i, i.qty > 0) && size(data.tags) == 2",
        "data['payout'] == 12",
        "data.payout > 100 ? false : true",
        "has(data.missing) && data.missing > 1 || data.payout == 12",
    ] {
        assert_eq!(decide(text), Decision::Matches, "{text}");
    }
    for text in ["data.payout > 12", "brand == 'other'", "data.items.all(i, i.qty > 1)", "has(data.x)"] {
        assert_eq!(decide(text), Decision::LeavesOut, "{text}");
    }
}

#[test]
fn an_expression_that_fails_leaves_the_event_out_and_says_why() {
    for (text, word) in [
        ("data.missing == 1", "missing"),
        ("data.country > 5", "overload"),
        ("data.payout", "true or false"),
        ("data.payout + 'x' == ''", "`add`"),
        ("nonsense(data)", "nonsense"),
        ("data.tags[7] == 'a'", "element"),
        ("data.payout / 0 == 1", "zero"),
        ("data.payout * 9223372036854775807 == 1", "verflow"),
    ] {
        let Decision::Fails(why) = decide(text) else { panic!("{text}: {:?}", decide(text)) };
        assert!(why.contains(word) && why.len() < 300, "{text}: {why}");
    }
}

#[test]
fn bodies_that_are_not_json_objects_are_left_out() {
    let filter = Filter::compile("data.a == 1").unwrap();
    for body in ["", "[1]", "7", "{\"data\":7}", "not json"] {
        assert!(!filter.decide(&Facts::of("a.b", None, body.as_bytes())).matches(), "{body}");
    }
    assert!(filter.decide(&Facts::of("a.b", None, b"{\"a\":1}")).matches(), "a body without an envelope");
}

#[test]
fn what_cannot_be_read_is_refused_with_its_position() {
    for (text, line, column, word) in [
        ("data.payout >", 1, 14, "too early"),
        ("data.payout > 10 &&\n  data.country = 'DE'", 2, 16, "write `==`"),
        ("data.a == 'x", 1, 11, "quotation mark"),
        ("data.a == 1 && foo.b == 2", 1, 16, "no `foo`"),
        ("data.items.map(i, i.qty) == []", 1, 0, "exists"),
        ("data.items.filter(i, i.qty > 1).size() > 0", 1, 0, "exists"),
        ("data.a.all(x, data.b.all(y, x == y))", 1, 0, "within"),
        ("   ", 1, 1, "empty"),
    ] {
        let error = Filter::compile(text).unwrap_err();
        let column_holds = column == 0 || error.column == column;
        assert!(error.line == line && column_holds && error.message.contains(word), "{text}: {error}");
    }
}

#[test]
fn expressions_that_would_go_too_deep_are_refused_and_never_end_the_program() {
    let long = "data.a == 1 || ".repeat(68) + "data.a == 1";
    for text in [
        "(".repeat(1000),
        "[".repeat(500) + &"]".repeat(500),
        "a?b:".repeat(250) + "c",
        "x".repeat(2000),
        format!("data{}", ".a".repeat(500)),
        format!("{}1 == 1", "1+".repeat(500)),
        "((((((((((((((((((((((((((true))))))))))))))))))))))))))".to_owned(),
    ] {
        assert!(Filter::compile(&text).is_err(), "{}", text.chars().take(20).collect::<String>());
    }
    for text in [
        "!".repeat(1000) + "true",
        "-".repeat(1000) + "1 == 1",
        long,
        "data.a.exists(x, x == 1) || ".repeat(35) + "true",
        format!("data.a in [{}]", vec!["1"; 300].join(",")),
    ] {
        // Whether it is refused or kept, it ends.
        if let Ok(filter) = Filter::compile(&text) {
            let _decided = filter.decide(&facts());
        }
    }
}

#[test]
fn an_event_that_a_loop_would_take_too_long_for_is_left_out() {
    let body = format!("{{\"data\":{{\"list\":[{}1],\"n\":1}}}}", "1,".repeat(100_000));
    let facts = Facts::of("a.b", None, body.as_bytes());
    let loops = Filter::compile("data.list.all(x, x in data.list)").unwrap();
    let Decision::Fails(why) = loops.decide(&facts) else { panic!() };
    assert!(why.contains("too large"), "{why}");
    assert!(Filter::compile("data.n == 1").unwrap().decide(&facts).matches(), "naming fields is cheap");
}

#[test]
fn one_that_another_version_kept_matches_nothing_and_says_so() {
    let Decision::Fails(why) = Filter::kept("data.a ==").decide(&facts()) else { panic!() };
    assert!(why.contains("cannot be read"), "{why}");
}

#[test]
fn what_nests_too_deep_is_null_and_the_fields_beside_it_decide() {
    // What a worker has.
    let decided = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(|| {
        let nested = |levels: usize| {
            format!("{{\"data\":{{\"n\":1,\"x\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels))
        };
        let decide = |filter: &str, levels| {
            let facts = Facts::of("a.b", None, nested(levels).as_bytes());
            (Filter::kept(filter).decide(&facts), Filter::kept(filter).explain(&facts).len())
        };
        for levels in [126, 127, 130, 5000, 100_000] {
            for filter in ["data.n == 1", "has(data.n)", "event.data.n == 1", "size(data.x) == 1"] {
                assert_eq!(decide(filter, levels).0, Decision::Matches, "{filter} beside {levels} levels");
            }
            assert_eq!(decide("data.n == 2", levels).0, Decision::LeavesOut);
            assert_eq!(decide("type == 'a.b' || data.n == 2", levels), (Decision::Matches, 2));
            assert_eq!(decide("type == 'c.d'", levels), (Decision::LeavesOut, 1));
            let (Decision::Fails(why), _) = decide("data.missing == 1", levels) else { panic!() };
            assert_eq!(why.contains("a part of the event is nested deeper than 128"), levels > 126, "{why}");
            assert!(why.contains("`missing`"), "{why}");
        }
    });
    decided.unwrap().join().unwrap();
}

#[test]
fn odd_values_beside_the_field_that_is_asked_for_change_nothing() {
    for odd in [r#""\ud83d""#, "1e400", "-1e400", &"9".repeat(400), r#""\u0000""#, r#"{"\ud83d":1}"#] {
        let body = format!(r#"{{"data":{{"payout":12.5,"note":{odd}}}}}"#);
        let facts = Facts::of("a.b", None, body.as_bytes());
        for filter in ["data.payout > 10.0", "has(data.note)", "event.data.payout == 12.5"] {
            assert_eq!(Filter::compile(filter).unwrap().decide(&facts), Decision::Matches, "{filter}: {odd}");
        }
    }
}

#[test]
fn numbers_and_texts_are_read_as_json_means_them() {
    for text in [
        "data.n == 1",
        "data.big > 9223372036854775807",
        "data.e == 1500.0",
        "data.t == 'a\"é'",
        "data.z == 0",
    ] {
        let body = r#"{"data":{"n":1,"big":18446744073709551615,"e":1.5e3,"t":"a\"\u00e9","z":-0,"n":1}}"#;
        let decided = Filter::compile(text).unwrap().decide(&Facts::of("a.b", None, body.as_bytes()));
        assert_eq!(decided, Decision::Matches, "{text}");
    }
}
