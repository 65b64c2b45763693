//! Properties over any input: what is signed verifies, what is changed or made up does not.

use hookbench_signature::{Scheme, Secret, from_base64, from_hex, identify, to_hex, verify};
use proptest::prelude::*;

use crate::{Headers, NOW, signed};

fn schemes() -> impl Strategy<Value = Scheme> {
    prop::sample::select(crate::digesting().collect::<Vec<_>>())
}

fn secrets() -> impl Strategy<Value = Secret> {
    prop::collection::vec(any::<u8>(), 1..200)
        .prop_filter("a prefix that is not base64", |s| !s.starts_with(b"whsec_"))
        .prop_map(|bytes| Secret::new(bytes).unwrap())
}

/// Values that come near to a signature.
fn values() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "[ -~]{0,80}".prop_map(String::into_bytes),
        "(t=[0-9]{0,20}|v[01]=[0-9a-f]{62,66}|v1|,|=| |){0,6}".prop_map(String::into_bytes),
        "t=17672256[0-9]{2},v1=[0-9a-f]{64}".prop_map(String::into_bytes),
        "(sha256=)?[0-9a-fA-F]{64}".prop_map(String::into_bytes),
        "v1,[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=( v1,[A-Za-z0-9+/]{42}A=)?".prop_map(String::into_bytes),
        "17672256[0-9]{2}".prop_map(String::into_bytes),
    ]
}

fn names() -> impl Strategy<Value = String> {
    let known: Vec<_> = Scheme::ALL.iter().flat_map(|s| s.headers()).map(|n| (*n).to_owned()).collect();
    prop_oneof![prop::sample::select(known), "[a-zA-Z-]{0,20}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_signed_verifies_whatever_its_bytes(scheme in schemes(), key in secrets(), body: Vec<u8>, at in 0i64..4_000_000_000, off in -300i64..=300) {
        let sent = signed(scheme, std::slice::from_ref(&key), &body, at);
        let v = verify(scheme, &[key], &sent, &body, at + off, 300);
        prop_assert!(v.valid, "{:?}", v);
        prop_assert!(v.steps.iter().all(|s| s.ok));
    }

    #[test]
    fn one_flipped_bit_of_the_body_is_a_mismatch(scheme in schemes(), key in secrets(), body in prop::collection::vec(any::<u8>(), 1..300), at: prop::sample::Index, bit in 0u8..8) {
        let sent = signed(scheme, std::slice::from_ref(&key), &body, NOW);
        let mut changed = body.clone();
        changed[at.index(body.len())] ^= 1 << bit;
        let v = verify(scheme, &[key], &sent, &changed, NOW, 300);
        prop_assert_eq!(v.reason.code(), "mismatch");
    }

    #[test]
    fn one_changed_character_of_a_signed_header_is_not_valid(scheme in schemes(), key in secrets(), body: Vec<u8>, which: prop::sample::Index, at: prop::sample::Index, to in 0x21u8..0x7f) {
        let mut sent = signed(scheme, std::slice::from_ref(&key), &body, NOW);
        // The id of GitHub and Shopify and the types are not part of what is signed.
        let unsigned: Vec<_> = match scheme.text() {
            Some(hookbench_signature::SignedText::Body) => [scheme.id_header(), scheme.type_header()].into_iter().flatten().collect(),
            _ => vec![],
        };
        sent.retain(|(n, _)| !unsigned.contains(&n.as_str()));
        let i = which.index(sent.len());
        let value = &mut sent[i].1;
        let at = at.index(value.len());
        prop_assume!(!value[at].eq_ignore_ascii_case(&to));
        value[at] = to;
        let v = verify(scheme, &[key], &sent, &body, NOW, i64::MAX);
        prop_assert!(!v.valid, "{:?} {:?}", sent, v);
    }

    #[test]
    fn made_up_requests_neither_panic_nor_verify(scheme in schemes(), key in secrets(), sent in prop::collection::vec((names(), values()), 0..6), own in values(), id in values(), time in values(), body: Vec<u8>, now: i64, tolerance: i64) {
        let mut sent: Headers = sent;
        for (name, value) in [(scheme.signature_header(), own), (scheme.id_header(), id), (scheme.timestamp_header(), time)] {
            sent.extend(name.map(|n| (n.to_owned(), value)));
        }
        let v = verify(scheme, &[key], &sent, &body, now, tolerance);
        prop_assert!(!v.valid && v.matched_secret.is_none());
        for scheme in Scheme::ALL {
            let found = identify(scheme, &sent, &body);
            prop_assert!(!found.id.is_empty() && found.id.len() <= 255 && !found.event_type.is_empty());
        }
    }

    #[test]
    fn any_text_is_decoded_or_refused(text: String) {
        if let Some(bytes) = from_hex(&text) {
            prop_assert_eq!(to_hex(&bytes), text.to_lowercase());
        }
        let _ = from_base64(&text);
    }
}
