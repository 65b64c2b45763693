//! What a search may cost, whatever the body looks like.

use hookbench_bounds::{Budget, Ended};
use proptest::prelude::*;

use super::*;
use crate::autopsy::{diagnose_within, diagnosis_budget};

/// Counted memory is what the search holds on to; beside it one body at a time is being made.
const MOST_HELD: usize = 14 * 1024 * 1024;

fn unsigned_headers() -> Headers {
    vec![("x-hub-signature-256".to_owned(), format!("sha256={}", "0".repeat(64)).into_bytes())]
}

fn searched(body: &[u8], budget: &Budget<'_>) -> Autopsy {
    let secrets = [given(TEXT, Role::Configured), given("another secret of ours", Role::Candidate)];
    let headers = unsigned_headers();
    let scheme = Some(Scheme::Github);
    let input = Input {
        scheme,
        secrets: &secrets,
        headers: &headers,
        body,
        now_unix_s: NOW,
        tolerance_s: 300,
        thorough: false,
    };
    diagnose_within(&input, budget)
}

fn repeated(piece: &str, bytes: usize) -> Vec<u8> {
    piece.repeat(bytes / piece.len()).into_bytes()
}

#[test]
fn a_body_of_open_brackets_takes_a_few_times_its_bytes() {
    for piece in ["[", "{\"a\":", "[{\"a\":"] {
        let body = repeated(piece, 65_536);
        let budget = Budget::new(u64::MAX, MOST_HELD, &|| false);
        let got = searched(&body, &budget);
        assert_eq!(got.cause, Cause::BodyTruncated, "{piece}");
        let steps = u64::MAX - budget.steps_left();
        assert!(steps < 30_000 * 65_536, "{piece}: {steps} steps");
        assert!(budget.most_held() <= MOST_HELD);
    }
}

#[test]
fn a_large_body_of_any_shape_ends_within_its_budget_and_says_so() {
    let deep = |open: &str, close: &str, levels: usize| {
        [open.repeat(levels), "1".to_owned(), close.repeat(levels)].concat().into_bytes()
    };
    let wide = |first: &str, piece: &str, last: &str, bytes: usize| {
        [first.as_bytes(), &repeated(piece, bytes), last.as_bytes()].concat()
    };
    const MIB: usize = 1024 * 1024 - 100;
    let bodies = [
        repeated("[", MIB),
        deep("[", "]", 5000),
        deep("{\"a\":", "}", 5000),
        deep("[", "]", MIB / 2),
        wide("[", "1,", "1]", MIB),
        wide("[", "1.50,", "1]", MIB),
        wide("{\"t\":[", "{\"at\":100000001},", "1]}", MIB),
        wide("{", "\"at\":100000001,", "\"b\":1}", MIB),
        wide("[", "\"\\u00e9\",", "1]", MIB),
        wide(&"[".repeat(120), "1,", &format!("1{}", "]".repeat(120)), MIB),
        wide("", "a%5B=+&", "", MIB),
        wide("", "[", "=1", MIB),
        wide("{\"", "k", "\":[1,2,3,4,5,6]}", MIB),
        repeated("?", 65_000),
        repeated("\u{fffd}x", 65_000),
        repeated("é/<", MIB),
        vec![0xff; MIB],
        vec![0; MIB],
    ];
    let run = move || {
        for (number, body) in bodies.iter().enumerate() {
            // A tenth of the steps: the memory is that of the whole.
            let budget = Budget::new(300_000_000, MOST_HELD, &|| false);
            let got = searched(body, &budget);
            assert!(!got.valid && budget.most_held() <= MOST_HELD, "{number}: {}", budget.most_held());
            if budget.ended().is_some() {
                assert!(!got.complete, "{number}");
            }
            assert!(got.explanation.len() < 1000, "{number}: {}", got.explanation.len());
        }
    };
    std::thread::Builder::new().stack_size(1024 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_search_that_its_caller_ends_says_that_not_everything_was_tried() {
    let body = repeated("{\"a\":1}", 1 << 20);
    let budget = diagnosis_budget(false, &|| true);
    let got = searched(&body, &budget);
    assert_eq!((got.cause, got.complete, budget.ended()), (Cause::Unknown, false, Some(Ended::Stopped)));
    assert!(got.explanation.contains("The search was ended after"), "{}", got.explanation);
}

#[test]
fn thousands_of_headers_and_of_digests_in_one_are_read_in_part() {
    let mut headers = unsigned_headers();
    headers[0].1 = "v1=aa,".repeat(100_000).into_bytes();
    headers.extend((0..20_000).map(|n| (format!("x-{n}"), format!("{}", 100_000_000 + n).into_bytes())));
    let budget = Budget::new(5_000_000, MOST_HELD, &|| false);
    let secrets = [given(TEXT, Role::Configured)];
    let got = diagnose_within(
        &Input {
            scheme: Some(Scheme::Github),
            secrets: &secrets,
            headers: &headers,
            body: BODY.as_bytes(),
            now_unix_s: NOW,
            tolerance_s: 300,
            thorough: false,
        },
        &budget,
    );
    assert!(!got.valid && got.explanation.len() < 1000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_search_takes_more_than_its_budget(
        pieces in proptest::collection::vec(prop_oneof![
            Just("["), Just("]"), Just("{\"at\":"), Just("}"), Just(","), Just("1.50"), Just("\"x\\u00e9\""),
            Just("é"), Just("&a[b]="), Just("\u{fffd}"), Just(" "), Just("\n"),
        ], 1..40),
        times in 1usize..2000,
        steps in 0u64..20_000_000,
        bytes in 0usize..2_000_000,
    ) {
        let body = pieces.concat().repeat(times);
        let body = body.get(..body.len().min(1 << 20)).unwrap_or(&body);
        let budget = Budget::new(steps, bytes, &|| false);
        let got = searched(body.as_bytes(), &budget);
        prop_assert!(budget.most_held() <= bytes);
        prop_assert!(budget.ended().is_none() || !got.complete);
    }
}
