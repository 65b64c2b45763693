use bytes::Bytes;
use hookbench_signature::{Message, sign};
use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_767_225_600;
const BODY: &[u8] = br#"{"id":"evt_1","event":"conversion.created","data":{}}"#;
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn secret(text: &str) -> Secret {
    Secret::new(text.into()).unwrap()
}

fn rules(scheme: Scheme) -> Rules {
    Rules { scheme, secrets: vec![secret(SECRET)], allow_ips: vec![], token: None, postback: None }
}

fn request(headers: &[(&str, &str)], body: &[u8]) -> InboundRequest {
    InboundRequest {
        peer: "127.0.0.1".parse().unwrap(),
        method: "POST".into(),
        path: "/in/x".into(),
        query: None,
        headers: headers.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect(),
        body: InboundBody::Whole(Bytes::copy_from_slice(body)),
    }
}

fn signed(scheme: Scheme, at: i64, body: &[u8]) -> InboundRequest {
    let message = Message { id: "evt_1", timestamp: at, event_type: "conversion.created", body };
    let headers = sign(scheme, &[secret(SECRET)], &message).unwrap();
    let pairs: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    request(&pairs, body)
}

fn refused(decision: IntakeDecision) -> (u16, &'static str, &'static str) {
    match decision {
        IntakeDecision::Refuse(r) | IntakeDecision::Hide(r) => (r.status, r.code, r.check),
        IntakeDecision::Accept(brought) => panic!("accepted {brought:?}"),
    }
}

#[test]
fn what_every_scheme_signs_is_accepted_with_its_id_and_type() {
    for scheme in Scheme::ALL {
        let decision = decide(&rules(scheme), None, &signed(scheme, NOW, BODY), NOW);
        let IntakeDecision::Accept(brought) = decision else { panic!("{scheme}: {decision:?}") };
        assert_eq!(brought.id.as_str(), "evt_1", "{scheme}");
        assert_eq!(brought.event_type.as_str(), "conversion.created", "{scheme}");
    }
}

#[test]
fn a_signature_that_does_not_hold_is_told_which_check_failed() {
    let trcker = |at, body| signed(Scheme::Trcker, at, body);
    let mut tampered = trcker(NOW, BODY);
    tampered.body = InboundBody::Whole([BODY, b" "].concat().into());
    let mut twice = trcker(NOW, BODY);
    twice.headers.push(twice.headers[0].clone());
    let name = Scheme::Trcker.signature_header().unwrap();
    for (request, code, check) in [
        (request(&[], BODY), "missing_signature", "header"),
        (request(&[(name, "")], BODY), "malformed_signature", "format"),
        (request(&[(name, "v1=00")], BODY), "malformed_signature", "format"),
        (twice, "duplicate_header", "header"),
        (tampered, "mismatch", "digest"),
        (trcker(NOW - 301, BODY), "stale_timestamp", "age"),
        (trcker(NOW + 301, BODY), "future_timestamp", "age"),
    ] {
        assert_eq!(refused(decide(&rules(Scheme::Trcker), None, &request, NOW)), (401, code, check));
    }
    let other = Rules { secrets: vec![secret("another")], ..rules(Scheme::Trcker) };
    assert_eq!(refused(decide(&other, None, &trcker(NOW, BODY), NOW)), (401, "mismatch", "digest"));
    let both = Rules { secrets: vec![secret("another"), secret(SECRET)], ..rules(Scheme::Trcker) };
    assert!(matches!(decide(&both, None, &trcker(NOW, BODY), NOW), IntakeDecision::Accept(_)));
    let none = Rules { secrets: vec![], ..rules(Scheme::Trcker) };
    assert_eq!(refused(decide(&none, None, &trcker(NOW, BODY), NOW)), (401, "mismatch", "secret"));
}

#[test]
fn an_api_key_is_compared_and_no_scheme_takes_anything() {
    let key = |value| request(&[("x-api-key", value)], BODY);
    let rules_of = rules(Scheme::ApiKey);
    assert!(matches!(decide(&rules_of, None, &key(SECRET), NOW), IntakeDecision::Accept(_)));
    assert_eq!(refused(decide(&rules_of, None, &key("nope"), NOW)), (401, "mismatch", "digest"));
    let open = Rules { secrets: vec![], ..rules(Scheme::None) };
    let IntakeDecision::Accept(brought) = decide(&open, None, &request(&[], b"\xff\x00"), NOW) else {
        panic!()
    };
    assert_eq!((brought.id.as_str().len(), brought.event_type.as_str()), (64, "unknown"));
    let odd = br#"{"id":"e 1","event":"not a name"}"#;
    let IntakeDecision::Accept(brought) = decide(&open, None, &request(&[], odd), NOW) else { panic!() };
    assert_eq!((brought.id.as_str().len(), brought.event_type.as_str()), (64, "unknown"));
}

#[test]
fn a_path_token_must_fit_exactly() {
    let guarded = Rules { token: Some(secret("t0k3n-of-the-path")), ..rules(Scheme::Trcker) };
    let request = signed(Scheme::Trcker, NOW, BODY);
    assert!(matches!(decide(&guarded, Some("t0k3n-of-the-path"), &request, NOW), IntakeDecision::Accept(_)));
    for wrong in
        [None, Some(""), Some("t0k3n-of-the-pat"), Some("t0k3n-of-the-path/"), Some("T0k3n-of-the-path")]
    {
        let decision = decide(&guarded, wrong, &request, NOW);
        assert!(matches!(decision, IntakeDecision::Hide(_)), "{wrong:?}");
    }
    assert!(matches!(decide(&rules(Scheme::Trcker), Some("x"), &request, NOW), IntakeDecision::Hide(_)));
}

#[test]
fn what_cannot_be_a_webhook_is_refused_before_its_signature_is_looked_at() {
    let listed = Rules { allow_ips: vec!["10.0.0.0/8".parse().unwrap()], ..rules(Scheme::Trcker) };
    let plain = || signed(Scheme::Trcker, NOW, BODY);
    assert_eq!(refused(decide(&listed, None, &plain(), NOW)), (403, "address_not_allowed", "address"));
    let inside = InboundRequest { peer: "::ffff:10.1.2.3".parse().unwrap(), ..plain() };
    assert!(matches!(decide(&listed, None, &inside, NOW), IntakeDecision::Accept(_)));

    let rules = rules(Scheme::Trcker);
    for method in ["GET", "PUT", "post", "HEAD"] {
        let request = InboundRequest { method: method.into(), ..plain() };
        assert_eq!(refused(decide(&rules, None, &request, NOW)), (405, "method_not_allowed", "method"));
    }
    for body in [
        InboundBody::TooLarge { start: Bytes::new(), seen: 0 },
        InboundBody::Whole(vec![b'x'; MAX_BODY_BYTES + 1].into()),
    ] {
        let request = InboundRequest { body, ..plain() };
        assert_eq!(refused(decide(&rules, None, &request, NOW)), (413, "body_too_large", "body"));
    }
    for (body, status) in [
        (InboundBody::Late { start: Bytes::new(), seen: 0 }, 408),
        (InboundBody::Broken { start: Bytes::new(), seen: 0 }, 400),
    ] {
        let request = InboundRequest { body, ..plain() };
        assert_eq!(refused(decide(&rules, None, &request, NOW)).0, status);
    }
}

#[test]
fn only_types_that_clearly_are_something_else_are_refused() {
    for (kind, ok) in [
        ("application/json", true),
        ("Application/JSON; charset=utf-8", true),
        ("application/cloudevents+json", true),
        ("text/plain", true),
        ("application/octet-stream", true),
        ("", true),
        ("application/x-www-form-urlencoded", false),
        ("multipart/form-data; boundary=x", false),
        ("image/png", false),
        ("text/html", false),
        ("application/xml", false),
    ] {
        let mut request = signed(Scheme::Trcker, NOW, BODY);
        request.headers.push(("Content-Type".into(), kind.into()));
        let decision = decide(&rules(Scheme::Trcker), None, &request, NOW);
        match decision {
            IntakeDecision::Accept(_) => assert!(ok, "{kind}"),
            IntakeDecision::Refuse(r) => assert_eq!((r.status, ok), (415, false), "{kind}"),
            IntakeDecision::Hide(r) => panic!("{r:?}"),
        }
    }
}

proptest! {
    #[test]
    fn any_request_is_decided_and_nothing_unsigned_is_accepted(
        value in proptest::collection::vec(any::<u8>(), 0..80),
        body in proptest::collection::vec(any::<u8>(), 0..200),
        which in 0..Scheme::ALL.len(),
    ) {
        let scheme = Scheme::ALL[which];
        let mut request = request(&[], &body);
        if let Some(name) = scheme.signature_header() {
            request.headers.push((name.to_owned(), value));
            prop_assert_eq!(refused(decide(&rules(scheme), None, &request, NOW)).0, 401);
        }
    }
}

fn postback(method: &str, query: &str, form: Option<&str>) -> InboundRequest {
    let kind: &[(&str, &str)] = if form.is_some() {
        &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
    } else {
        &[]
    };
    InboundRequest {
        method: method.into(),
        query: (!query.is_empty()).then(|| query.to_owned()),
        ..request(kind, form.unwrap_or_default().as_bytes())
    }
}

fn postback_rules(scheme: Scheme, key_param: Option<&str>) -> Rules {
    let mapping = PostbackMapping {
        dedupe: vec!["tx".into()],
        key_param: key_param.map(Into::into),
        ..PostbackMapping::of_type("conversion.created".parse().unwrap())
    };
    Rules { postback: Some(mapping), ..rules(scheme) }
}

#[test]
fn a_postback_comes_by_get_or_as_a_form_and_is_the_same_event() {
    let rules = postback_rules(Scheme::None, None);
    let mut bodies = Vec::new();
    for sent in [
        postback("GET", "tx=7&a=b", None),
        postback("POST", "tx=7&a=b", None),
        postback("POST", "", Some("tx=7&a=b")),
        postback("POST", "tx=7", Some("a=b")),
    ] {
        let IntakeDecision::Accept(brought) = decide(&rules, None, &sent, NOW) else { panic!("{sent:?}") };
        assert_eq!(brought.id.as_str(), "7");
        bodies.push(brought.body.unwrap());
    }
    bodies.dedup();
    assert_eq!(bodies, [br#"{"id":"7","event":"conversion.created","data":{"tx":"7","a":"b"}}"#.to_vec()]);
    assert_eq!(refused(decide(&rules, None, &postback("PUT", "tx=7", None), NOW)).0, 405);
    let json = InboundRequest {
        query: Some("tx=7".into()),
        ..request(&[("content-type", "application/json")], b"{}")
    };
    assert_eq!(refused(decide(&rules, None, &json, NOW)).0, 415);
    assert_eq!(refused(decide(&rules, None, &postback("GET", "a=b", None), NOW)).1, "missing_parameter");
}

#[test]
fn the_key_of_a_postback_stands_in_a_parameter_or_a_header() {
    let rules = postback_rules(Scheme::ApiKey, Some("key"));
    let with = |query: &str| refused(decide(&rules, None, &postback("GET", query, None), NOW));
    let good = postback("GET", &format!("tx=1&key={SECRET}"), None);
    let IntakeDecision::Accept(brought) = decide(&rules, None, &good, NOW) else { panic!("refused") };
    assert!(!String::from_utf8(brought.body.unwrap()).unwrap().contains(SECRET), "the key is no field");
    assert_eq!(with("tx=1&key=wrong"), (401, "mismatch", "digest"));
    assert_eq!(with("tx=1"), (401, "missing_signature", "header"));
    assert_eq!(with(&format!("tx=1&key={SECRET}&key=wrong")).0, 401);
    let mut header = postback("GET", "tx=1", None);
    header.headers.push(("x-api-key".into(), SECRET.into()));
    assert!(matches!(decide(&rules, None, &header, NOW), IntakeDecision::Accept(_)));
}
