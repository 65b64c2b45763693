//! What the check promises.

use proptest::prelude::*;

use super::*;

fn now() -> Timestamp {
    Timestamp::parse("2026-05-08T12:00:00Z").unwrap()
}

fn codes(data: &str) -> Vec<FindingCode> {
    of_type("conversion.approved", data)
}

fn of_type(event_type: &str, data: &str) -> Vec<FindingCode> {
    let body = format!("{{\"id\":\"1\",\"data\":{data}}}");
    let found = check_payload(body.as_bytes(), event_type, now());
    assert!(found.iter().all(|f| !f.what.is_empty() && !f.why.is_empty() && !f.fix.is_empty()));
    found.into_iter().map(|f| f.code).collect()
}

#[test]
fn macros_that_nobody_filled_in_are_found_in_every_spelling() {
    for value in [
        "{click_id}",
        "{{click.id}}",
        "[click_id]",
        "${CLICK_ID}",
        "#click_id#",
        "%7Bclick_id%7D",
        "%5Bclickid%5D",
        "https://a.example/?c={clickid}&x=1",
        "https://a.example/?c=[clickid]",
        "pre{aff_sub1}",
    ] {
        let data = serde_json::json!({ "click": value }).to_string();
        assert_eq!(codes(&data), [FindingCode::LiteralMacro], "{value}");
    }
    for value in [
        "click_1",
        "a{b",
        "{}",
        "{ }",
        "#1",
        "#fff",
        "page#top",
        "items[0]",
        "list [a] of",
        "{1}",
        "{\\\"a\\\":1}",
        "[]",
        "C# and F#",
    ] {
        assert_eq!(codes(&format!("{{\"click\":\"{value}\"}}")), [], "{value}");
    }
}

#[test]
fn placeholders_are_found_where_they_cannot_be_meant() {
    for value in ["test", "null", "undefined", "N/A", "[object Object]", "NaN"] {
        assert_eq!(codes(&format!("{{\"playerId\":\"{value}\"}}")), [FindingCode::Placeholder], "{value}");
    }
    assert_eq!(codes(r#"{"status":"test","country":"NA1","a":null}"#), []);
}

#[test]
fn money_has_a_currency_that_exists() {
    assert_eq!(codes(r#"{"payout":12.5,"currency":"EUR"}"#), []);
    assert_eq!(codes(r#"{"payout":12.5}"#), [FindingCode::MissingCurrency]);
    assert_eq!(codes(r#"{"payout":12.5,"currency":""}"#), [FindingCode::MissingCurrency]);
    assert_eq!(codes(r#"{"payout":12.5,"currency":"EURO"}"#), [FindingCode::UnknownCurrency]);
    assert_eq!(codes(r#"{"payout":12.5,"currency":"eur"}"#), [FindingCode::UnknownCurrency]);
    assert_eq!(codes(r#"{"payout":12.5,"currency":"{currency}"}"#), [FindingCode::LiteralMacro]);
    assert_eq!(codes(r#"{"payout":0}"#), []);
    assert_eq!(codes(r#"{"clicks":12}"#), []);
}

#[test]
fn cents_and_units_are_told_apart() {
    assert_eq!(codes(r#"{"payoutCents":1260,"payout":12.60,"currency":"EUR"}"#), []);
    assert_eq!(codes(r#"{"payoutCents":12.60,"currency":"EUR"}"#), [FindingCode::UnitsAsCents]);
    assert_eq!(codes(r#"{"payout_cents":1260,"payout":1260,"currency":"EUR"}"#), [FindingCode::CentsAsUnits]);
    assert_eq!(codes(r#"{"payout_cents":1260,"payout":1260,"currency":"JPY"}"#), []);
    assert_eq!(
        codes(r#"{"commission":1260,"saleAmount":60.5,"currency":"EUR"}"#),
        [FindingCode::CentsAsUnits]
    );
    assert_eq!(codes(r#"{"commission":60.5,"saleAmount":60.5,"currency":"EUR"}"#), []);
    assert_eq!(codes(r#"{"payout":-3,"currency":"EUR"}"#), [FindingCode::NegativePayout]);
    assert_eq!(of_type("conversion.refunded", r#"{"payout":-3,"currency":"EUR"}"#), []);
}

#[test]
fn times_that_cannot_be_are_found() {
    assert_eq!(codes(r#"{"createdAt":"2026-05-08T14:00:00Z"}"#), [FindingCode::FutureTime]);
    assert_eq!(codes(r#"{"event_timestamp":1893456000}"#), [FindingCode::FutureTime]);
    assert_eq!(codes(r#"{"expiresAt":"2027-01-01T00:00:00Z","validUntilDate":"2027-01-01"}"#), []);
    assert_eq!(codes(r#"{"createdAt":"2026-05-08T12:04:00Z"}"#), [], "clocks differ");
    assert_eq!(
        codes(r#"{"createdAt":"2026-05-02T00:00:00Z","approvedAt":"2026-05-01T00:00:00Z"}"#),
        [FindingCode::ApprovedBeforeCreated]
    );
    assert_eq!(codes(r#"{"created_at":"2026-05-02 10:00:00","approved_date":"2026-05-02"}"#), []);
    assert_eq!(
        codes(r#"{"paidAt":"2026-05-01T00:00:00Z","rejectedAt":"2026-05-02T00:00:00Z"}"#),
        [FindingCode::RejectedAfterPaid]
    );
    assert_eq!(codes(r#"{"status":"rejected","paid_at":"2026-05-01"}"#), [FindingCode::RejectedAfterPaid]);
    assert_eq!(codes(r#"{"status":"rejected","paid_at":null}"#), []);
}

#[test]
fn the_time_of_the_event_itself_is_not_taken_for_that_of_the_conversion() {
    let body =
        br#"{"id":"1","createdAt":"2026-05-08T11:00:00Z","data":{"approvedAt":"2026-05-08T10:00:00Z"}}"#;
    assert_eq!(check_payload(body, "conversion.approved", now()), []);
}

#[test]
fn empty_ids_are_found_unless_others_show_that_they_are_passed_on() {
    assert_eq!(codes(r#"{"clickId":" "}"#), [FindingCode::EmptySubId]);
    assert_eq!(codes(r#"{"sub1":"","sub2":"","aff_sub3":null}"#), [FindingCode::EmptySubId]);
    assert_eq!(codes(r#"{"sub1":"a","sub2":"","click_id":"c"}"#), []);
    assert_eq!(codes(r#"{"sub1":null,"sub2":null}"#), []);
}

#[test]
fn a_conversion_is_known_by_its_id() {
    assert_eq!(
        conversion_id(br#"{"id":"e","data":{"conversionId":"c-1","orderId":"o"}}"#).as_deref(),
        Some("c-1")
    );
    assert_eq!(conversion_id(br#"{"data":{"conversion":{"id":77}}}"#).as_deref(), Some("77"));
    assert_eq!(conversion_id(br#"{"data":{"click_id":"x"}}"#), None);
    assert_eq!(conversion_id(b"no json"), None);
    let found = duplicate_conversion("c-1", &["evt_1".to_owned(), "evt_2".to_owned()]).unwrap();
    assert!(found.what.contains("`evt_1` and 1 more"));
    assert_eq!(duplicate_conversion("c-1", &[]), None);
}

proptest! {
    #[test]
    fn any_text_is_checked(text in "\\PC{0,60}", name in "[a-z_]{1,12}") {
        let body = serde_json::json!({ name: text, "clickId": "{a}" }).to_string();
        prop_assert!(check_payload(body.as_bytes(), "a.b", now()).len() <= MAX_FINDINGS);
    }

    #[test]
    fn any_bytes_are_checked(body: Vec<u8>) {
        let _ = check_payload(&body, "a.b", now());
        let _ = conversion_id(&body);
    }
}
