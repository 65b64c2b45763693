//! Marks without proof, keys sent as they are, what an answer shows, and properties.

use proptest::prelude::*;

use super::*;

#[test]
fn marks_speak_for_a_cut_or_unpacked_body_where_nothing_is_proven() {
    let secrets = [given(TEXT, Role::Configured)];
    for scheme in schemes() {
        let sender =
            Sender { body: format!("{BODY} and a part that never came").into(), ..Sender::of(scheme) };
        let mut headers = sender.headers();
        assert_eq!(ask(Some(scheme), &secrets, &headers, BODY.as_bytes()).cause, Cause::Unknown);
        headers.push(("Content-Length".into(), b"5000".to_vec()));
        let got = ask(Some(scheme), &secrets, &headers, BODY.as_bytes());
        assert_eq!(got.cause, Cause::BodyTruncated);
        assert_eq!(got.candidates[0].confidence, Confidence::Likely);
    }
}

#[test]
fn a_key_that_is_sent_as_it_is_is_compared_in_every_spelling() {
    let sent = |value: &str| vec![("x-api-key".to_owned(), value.as_bytes().to_vec())];
    let (right, wrong) = (given(TEXT, Role::Candidate), given("other", Role::Configured));
    let line = given(&format!("{TEXT}\n"), Role::Configured);
    for (value, secrets, want) in [
        (TEXT, vec![right.clone()], Cause::Ok),
        (TEXT, vec![wrong.clone(), right.clone()], Cause::WrongSecret),
        (TEXT, vec![wrong.clone(), given(TEXT, Role::Rotated)], Cause::OldSecret),
        (TEXT, vec![line], Cause::SecretEncoding),
        (TEXT, vec![wrong.clone()], Cause::Unknown),
        ("", vec![wrong], Cause::MalformedSignature),
        (&format!("Bearer {TEXT}"), vec![right], Cause::SignatureEncoding),
    ] {
        assert_eq!(ask(Some(Scheme::ApiKey), &secrets, &sent(value), b"").cause, want, "{value}");
    }
}

#[test]
fn the_answer_shows_the_difference_and_never_the_secret() {
    let secrets = [given(TEXT, Role::Configured)];
    let headers = Sender::of(Scheme::Trcker).headers();
    let got = ask(Some(Scheme::Trcker), &secrets, &headers, format!("{BODY}\n").as_bytes());
    let json = serde_json::to_value(&got).unwrap();
    assert_eq!((&json["valid"], &json["cause"]), (&false.into(), &"body_trailing_newline".into()));
    assert_eq!(json["scheme"], "trcker");
    assert_eq!(json["candidates"][0]["confidence"], "proven");
    assert_eq!(json["difference"]["offset"], BODY.len());
    assert_eq!((&json["difference"]["signed"], &json["difference"]["received"]), (&"".into(), &"0a".into()));
    assert!(!json.to_string().contains(TEXT));
    assert!(json["explanation"].is_string() && json["fix"].is_string());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_made_up_signature_is_unknown(digest in prop::array::uniform32(any::<u8>()), which: prop::sample::Index, body in "[{}\\[\\]\":,a-z0-9é\n]{0,80}") {
        let all: Vec<_> = schemes().collect();
        let scheme = all[which.index(all.len())];
        let mut headers = Sender::of(scheme).headers();
        let text = if base64ed(scheme) { to_base64(&digest) } else { to_hex(&digest) };
        let value = match scheme {
            Scheme::Trcker | Scheme::Stripe => format!("t={NOW},v1={text}"),
            Scheme::Standard | Scheme::Svix => format!("v1,{text}"),
            Scheme::Github => format!("sha256={text}"),
            Scheme::Track360 | Scheme::Shopify | Scheme::HexBody | Scheme::Base64Body | Scheme::None | Scheme::ApiKey => text,
        };
        headers[1].1 = value.into_bytes();
        let secrets = [given(TEXT, Role::Configured), given("other", Role::Candidate)];
        let got = ask(Some(scheme), &secrets, &headers, body.as_bytes());
        prop_assert!(got.candidates.iter().all(|c| c.confidence == Confidence::Likely));
        prop_assert!(matches!(got.cause, Cause::Unknown | Cause::BodyTruncated));
    }

    #[test]
    fn any_request_is_diagnosed_without_a_panic(headers in prop::collection::vec(("(x-trcker-signature|webhook-id|webhook-signature|webhook-timestamp|x-webhook-signature|content-length|x-api-key)", any::<Vec<u8>>()), 0..5), body: Vec<u8>, now: i64) {
        let secrets = [given(TEXT, Role::Configured)];
        let got = diagnose(&Input { scheme: None, secrets: &secrets, headers: &headers, body: &body, now_unix_s: now, tolerance_s: 300, thorough: false });
        prop_assert!(!got.valid);
    }
}
