//! Signatures published by others, and the exact spelling of ours.

use hookbench_signature::{Message, Reason, Scheme, Secret, SignError, sign, verify};

use crate::{BODY, NOW, headers, secret, usual};

#[test]
fn the_vector_of_standard_webhooks_is_met() {
    let key = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let body = br#"{"test": 2432232314}"#;
    let message =
        Message { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, event_type: "test", body };
    let want = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let got = sign(Scheme::Standard, std::slice::from_ref(&key), &message).unwrap();
    assert_eq!(got, want.map(|(n, v)| (n.to_owned(), v.to_owned())));
    let v = verify(Scheme::Standard, std::slice::from_ref(&key), &headers(&want), body, 1_614_265_330, 300);
    assert!(v.valid, "{v:?}");

    let svix = want.map(|(n, v)| (n.replace("webhook-", "svix-"), v.to_owned()));
    assert_eq!(sign(Scheme::Svix, &[key], &message).unwrap(), svix);
}

#[test]
fn the_vector_of_github_is_met() {
    let key = secret("It's a Secret to Everybody");
    let hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    for hex in [hex.to_owned(), hex.to_uppercase()] {
        let sent = headers(&[("x-hub-signature-256", &format!("sha256={hex}"))]);
        let v = verify(Scheme::Github, std::slice::from_ref(&key), &sent, b"Hello, World!", 0, 0);
        assert_eq!((v.valid, v.reason), (true, Reason::Ok));
    }
}

/// The digests were computed by another implementation (Python's `hmac`).
#[test]
fn every_scheme_is_spelt_as_its_platform_spells_it() {
    let message = Message { id: "evt_1", timestamp: NOW, event_type: "conversion.approved", body: BODY };
    let body_hex = "c498eba78413ebb67107f64d7dbdd59a272fee9201e789121fe8982e35675207";
    let body_base64 = "xJjrp4QT67ZxB/ZNfb3Vmicv7pIB54kSH+iYLjVnUgc=";
    let time_hex = "02ea95b21d943327dd1d17da3acc26e86e267e9499cb4cf0b5221ad45979aadf";
    let id_base64 = "oVCC52863YNGEhkIQQ9Y+1IHWxjE1AYzOc0dZrIqlJ0=";
    let in_header = format!("t={NOW},v1={time_hex}");
    let github = format!("sha256={body_hex}");
    let versioned = format!("v1,{id_base64}");
    let now = NOW.to_string();
    let cases: [(Scheme, Vec<(&str, &str)>); 11] = [
        (Scheme::Trcker, vec![("X-Trcker-Signature", &in_header)]),
        (Scheme::Track360, vec![("X-Track360-Signature", body_hex)]),
        (
            Scheme::Standard,
            vec![("webhook-id", "evt_1"), ("webhook-timestamp", &now), ("webhook-signature", &versioned)],
        ),
        (Scheme::Stripe, vec![("Stripe-Signature", &in_header)]),
        (
            Scheme::Github,
            vec![
                ("X-GitHub-Delivery", "evt_1"),
                ("X-Hub-Signature-256", &github),
                ("X-GitHub-Event", "conversion.approved"),
            ],
        ),
        (
            Scheme::Shopify,
            vec![
                ("X-Shopify-Webhook-Id", "evt_1"),
                ("X-Shopify-Hmac-Sha256", body_base64),
                ("X-Shopify-Topic", "conversion.approved"),
            ],
        ),
        (Scheme::Svix, vec![("svix-id", "evt_1"), ("svix-timestamp", &now), ("svix-signature", &versioned)]),
        (Scheme::HexBody, vec![("X-Webhook-Signature", body_hex)]),
        (Scheme::Base64Body, vec![("X-Webhook-Signature", body_base64)]),
        (Scheme::None, vec![]),
        (Scheme::ApiKey, vec![("X-Api-Key", "0123456789abcdef0123456789abcdef")]),
    ];
    for (scheme, want) in cases {
        let got = sign(scheme, &[usual()], &message).unwrap();
        let got: Vec<_> = got.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(got, want, "{scheme}");
    }
}

#[test]
fn during_a_rotation_headers_that_can_carry_both_signatures_do() {
    let (new, old) = (usual(), secret("fedcba9876543210fedcba9876543210"));
    let both = [new.clone(), old.clone()];
    for scheme in Scheme::ALL.into_iter().filter(|s| s.needs_secret()) {
        let sent = crate::signed(scheme, &both, BODY, NOW);
        let with = |key: &Secret| verify(scheme, std::slice::from_ref(key), &sent, BODY, NOW, 300).valid;
        assert!(with(&new), "{scheme}");
        let several = matches!(scheme, Scheme::Trcker | Scheme::Stripe | Scheme::Standard | Scheme::Svix);
        assert_eq!(with(&old), several, "{scheme}");
        let by_old = crate::signed(scheme, std::slice::from_ref(&old), BODY, NOW);
        let v = verify(scheme, &both, &by_old, BODY, NOW, 300);
        assert_eq!((v.valid, v.matched_secret), (true, Some(1)), "{scheme}");
    }
}

#[test]
fn what_cannot_be_signed_is_refused_with_the_reason() {
    let message = Message { id: "evt_1", timestamp: NOW, event_type: "a.b", body: BODY };
    for scheme in Scheme::ALL {
        let got = sign(scheme, &[], &message);
        if scheme == Scheme::None {
            assert_eq!(got, Ok(vec![]));
        } else {
            assert_eq!(got, Err(SignError::NoSecret { scheme }));
        }
    }
    let key = [usual()];
    let error = |scheme, message| sign(scheme, &key, &message).unwrap_err();
    assert_eq!(error(Scheme::Trcker, Message { timestamp: -1, ..message }), SignError::Timestamp);
    assert_eq!(error(Scheme::Svix, Message { id: "a\r\nb", ..message }), SignError::Id);
    assert_eq!(error(Scheme::Github, Message { id: "", ..message }), SignError::Id);
    assert_eq!(error(Scheme::Shopify, Message { event_type: "a b", ..message }), SignError::EventType);
    assert!(matches!(sign(Scheme::Standard, &[secret("whsec_?")], &message), Err(SignError::Secret(_))));
    assert!(matches!(sign(Scheme::ApiKey, &[secret("a\nb")], &message), Err(SignError::Secret(_))));
}
