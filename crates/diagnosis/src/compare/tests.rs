//! What a comparison promises.

use hookbench_bounds::Budget;
use proptest::prelude::*;

use super::*;

fn headers(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn the_first_differing_byte_and_the_differing_fields_are_named() {
    let left = br#"{"a":1,"b":{"c":[1,2]},"gone":true}"#;
    let right = br#"{"a":1,"b":{"c":[1,3,4]},"new":null}"#;
    let body = compare_bodies(left, right);
    let first = body.first.unwrap();
    assert_eq!((first.offset, left[first.offset], right[first.offset]), (19, b'2', b'3'));
    assert!(first.left_hex.split(' ').nth(first.before) == Some("32"));
    let paths: Vec<_> = body.paths.iter().map(|p| (p.path.as_str(), p.change)).collect();
    assert_eq!(
        paths,
        [
            ("b.c[1]", PathChange::Changed),
            ("b.c[2]", PathChange::Added),
            ("gone", PathChange::Removed),
            ("new", PathChange::Added)
        ]
    );
}

#[test]
fn bodies_that_say_the_same_in_other_bytes_differ_in_no_field() {
    let body = compare_bodies(br#"{"a":1,"b":2}"#, br#"{ "b":2, "a":1 }"#);
    assert_eq!((body.same, body.json, body.paths.len()), (false, true, 0));
    assert!(body::sentence(&body, "body").unwrap().contains("spacing, order"));
    assert!(compare_bodies(b"x", b"x").same);
    let cut = compare_bodies(b"abc", b"ab");
    assert_eq!(cut.first.unwrap().offset, 2);
}

#[test]
fn headers_are_compared_without_case_and_signatures_are_expected_to_differ() {
    let left = headers(&[
        ("Content-Type", "application/json"),
        ("X-Sig-Signature", "a"),
        ("X-Old", "1"),
        ("A", "1"),
        ("a", "2"),
    ]);
    let right =
        headers(&[("content-type", "text/plain"), ("x-sig-signature", "b"), ("X-New", "1"), ("A", "1\n2")]);
    let all: Vec<_> =
        compare_headers(&left, &right).into_iter().map(|d| (d.name, d.change, d.expected)).collect();
    assert_eq!(
        all,
        [
            ("Content-Type".to_owned(), HeaderChange::Changed, false),
            ("X-Old".to_owned(), HeaderChange::Removed, false),
            ("X-New".to_owned(), HeaderChange::Added, false),
            ("X-Sig-Signature".to_owned(), HeaderChange::Changed, true),
        ]
    );
}

#[test]
fn what_matters_is_said_in_sentences() {
    let connection = |certificate: &str| Connection {
        peer: Some("192.0.2.1:443".to_owned()),
        certificate_sha256: Some(certificate.to_owned()),
        ..Connection::default()
    };
    let (old, new) = (connection("aa"), connection("bb"));
    let side = |status: &str, connection| Side {
        facts: vec![("status", Some(status.to_owned()))],
        request: None,
        response: None,
        timings: None,
        connection: Some(connection),
    };
    let found = compare(&side("200", &old), &side("401", &new));
    assert_eq!(found.summary[0], "The status was 200, now 401.");
    assert!(found.summary[1].contains("certificate"), "{:?}", found.summary);
    let same = compare(&side("200", &old), &side("200", &old));
    assert_eq!(same.summary, ["Nothing that matters differs."]);
}

proptest! {
    #[test]
    fn any_two_bodies_are_compared_and_equal_ones_are_the_same(left: Vec<u8>, right: Vec<u8>) {
        let body = compare_bodies(&left, &right);
        prop_assert_eq!(body.same, left == right);
        prop_assert_eq!(body.first.is_none(), body.same);
        if let Some(first) = body.first {
            prop_assert_eq!(&left[..first.offset], &right[..first.offset]);
            prop_assert_ne!(left.get(first.offset), right.get(first.offset));
        }
    }
}

#[test]
fn bodies_of_any_shape_are_compared_within_bounds() {
    let list = |first: &str, last: &str| format!("[{first}{}{last}]", "1,".repeat(500_000));
    let object = |value: &str| {
        let fields: Vec<String> = (0..60_000).map(|n| format!("\"f{n}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    };
    let deep = |levels: usize, value: &str| format!("{}{value}{}", "[".repeat(levels), "]".repeat(levels));
    let pairs = [
        (list("", "1"), list("", "2")),
        (list("0,", "1"), list("", "1")),
        (list("", "1"), list("\"x\",", "[]")),
        (object("1"), object("2")),
        (object("1"), format!("{{{}\"b\":1}}", "\"a\":1,".repeat(150_000))),
        (deep(128, "1"), deep(128, "2")),
        (deep(5000, "1"), deep(5000, "2")),
        (deep(500_000, "1"), deep(500_000, "2")),
        (format!("{{\"{}\":1}}", "k".repeat(1_000_000)), format!("{{\"{}\":[2]}}", "k".repeat(1_000_000))),
    ];
    let compared = std::thread::Builder::new().stack_size(512 * 1024).spawn(move || {
        for (number, (left, right)) in pairs.iter().enumerate() {
            let budget = Budget::new(400_000_000, 14 * 1024 * 1024, &|| false);
            let found = compare_bodies_within(left.as_bytes(), right.as_bytes(), &budget);
            assert!(!found.same && found.paths.len() <= 200, "{number}");
            assert_eq!(found.json, !(6..8).contains(&number), "{number}");
            assert!(found.more || !found.paths.is_empty() || !found.json, "{number}");
            assert!(found.paths.iter().all(|p| p.path.chars().count() <= 201), "{number}");
            assert_ne!(budget.ended(), Some(hookbench_bounds::Ended::Steps), "{number}");
        }
    });
    compared.unwrap().join().unwrap();
    let none = Budget::new(10, 0, &|| false);
    let found = compare_bodies_within(b"[1,2,3]", b"[1,2,4]", &none);
    assert!(found.json && found.more && found.paths.is_empty(), "it says that more may differ");
}

#[test]
fn the_last_of_several_fields_of_one_name_counts() {
    let body = compare_bodies(br#"{"a":1,"a":2,"b":1.0}"#, br#"{"a":2,"b":1.00}"#);
    assert_eq!((body.paths.len(), body.more), (0, false));
}
