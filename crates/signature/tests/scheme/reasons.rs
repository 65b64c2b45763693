//! Every reason, for every scheme that can give it.

use hookbench_signature::{Reason, Scheme, verify};

use crate::{BODY, Headers, NOW, check, digesting, headers, secret, signed, usual};

const OTHER: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

fn sent(scheme: Scheme) -> Headers {
    signed(scheme, &[usual()], BODY, NOW)
}

fn expect(scheme: Scheme, headers: &[(String, Vec<u8>)], want: Reason, what: &str) {
    let v = check(scheme, headers, BODY);
    assert_eq!(v.reason, want, "{scheme}: {what}: {v:?}");
    assert_eq!(v.valid, want == Reason::Ok, "{scheme}: {what}");
    let (last, before) = v.steps.split_last().unwrap();
    assert_eq!(last.ok, v.valid, "{scheme}: {what}");
    assert!(before.iter().all(|s| s.ok), "{scheme}: {what}: {v:?}");
    assert!(!last.detail.is_empty());
}

/// The same headers with the signature header's value (or another header's) changed.
fn with(scheme: Scheme, name: &str, change: impl Fn(&str) -> String) -> Headers {
    let mut headers = sent(scheme);
    for (n, value) in &mut headers {
        if n.eq_ignore_ascii_case(name) {
            *value = change(std::str::from_utf8(value).unwrap()).into_bytes();
        }
    }
    headers
}

fn with_signature(scheme: Scheme, change: impl Fn(&str) -> String) -> Headers {
    with(scheme, scheme.signature_header().unwrap(), change)
}

fn without(scheme: Scheme, name: &str) -> Headers {
    sent(scheme).into_iter().filter(|(n, _)| !n.eq_ignore_ascii_case(name)).collect()
}

#[test]
fn codes_are_those_of_the_documentation() {
    let codes = Reason::ALL.map(Reason::code);
    let want = [
        "ok",
        "missing_signature",
        "malformed_signature",
        "missing_timestamp",
        "malformed_timestamp",
        "stale_timestamp",
        "future_timestamp",
        "duplicate_header",
        "unsupported_version",
        "mismatch",
    ];
    assert_eq!(codes, want);
}

#[test]
fn what_was_signed_is_valid_whatever_the_case_and_space_of_its_headers() {
    for scheme in Scheme::ALL {
        expect(scheme, &sent(scheme), Reason::Ok, "as signed");
        let mut odd = headers(&[("Content-Type", "application/json"), ("X-Other", "\u{e9}")]);
        odd.extend(
            sent(scheme)
                .into_iter()
                .map(|(n, v)| (n.to_uppercase(), [b" \t".as_slice(), v.as_slice(), b"\t "].concat())),
        );
        expect(scheme, &odd, Reason::Ok, "spelt oddly");
    }
}

#[test]
fn nothing_is_verified_under_none_and_a_step_says_so() {
    let v = verify(Scheme::None, &[], &[], b"anything", 0, 0);
    assert!(v.valid && v.steps[0].detail.contains("nothing"));
}

#[test]
fn an_absent_signature_id_or_time_is_missing() {
    for scheme in Scheme::ALL.into_iter().filter(|s| s.needs_secret()) {
        let signature = scheme.signature_header().unwrap();
        expect(scheme, &without(scheme, signature), Reason::MissingSignature, "no signature");
        expect(scheme, &[], Reason::MissingSignature, "no header at all");
    }
    for scheme in [Scheme::Standard, Scheme::Svix] {
        let (id, time) = (scheme.id_header().unwrap(), scheme.timestamp_header().unwrap());
        expect(scheme, &without(scheme, id), Reason::MissingSignature, "no id");
        expect(scheme, &without(scheme, time), Reason::MissingTimestamp, "no time");
    }
    for scheme in [Scheme::Trcker, Scheme::Stripe] {
        let cut = with_signature(scheme, |v| v.split_once(',').unwrap().1.to_owned());
        expect(scheme, &cut, Reason::MissingTimestamp, "no t");
    }
    for scheme in [Scheme::Github, Scheme::Shopify] {
        let cut = without(scheme, scheme.id_header().unwrap());
        expect(scheme, &cut, Reason::Ok, "an id that is not signed may be missing");
    }
}

#[test]
fn a_doubled_signature_id_or_time_header_is_refused_even_if_both_are_right() {
    for scheme in Scheme::ALL.into_iter().filter(|s| s.needs_secret()) {
        let names = [scheme.signature_header(), scheme.id_header(), scheme.timestamp_header()];
        for name in names.into_iter().flatten() {
            let mut twice = sent(scheme);
            let (name, value) = twice.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).unwrap().clone();
            twice.push((name.to_uppercase(), value));
            expect(scheme, &twice, Reason::DuplicateHeader, &name);
        }
    }
}

#[test]
fn a_value_that_is_not_of_the_schemes_form_is_malformed() {
    for scheme in digesting() {
        for bad in
            ["", " ", "\t", "x", "=", ",", "v1", "v1,", "v1=", "t=1", "sha256=", "sha256=00", "====", "é"]
        {
            let changed = with_signature(scheme, |_| bad.to_owned());
            expect(scheme, &changed, Reason::MalformedSignature, &format!("{bad:?}"));
        }
        let changed = with_signature(scheme, |v| format!("{v}\u{7f}"));
        expect(scheme, &changed, Reason::MalformedSignature, "control character");
        let changed = with_signature(scheme, |v| v[..v.len() - 1].to_owned());
        expect(scheme, &changed, Reason::MalformedSignature, "cut short");
        let changed = with_signature(scheme, |v| format!("{v}00"));
        expect(scheme, &changed, Reason::MalformedSignature, "too long");
    }
    expect(
        Scheme::ApiKey,
        &with_signature(Scheme::ApiKey, |_| String::new()),
        Reason::MalformedSignature,
        "empty",
    );
    for scheme in [Scheme::Trcker, Scheme::Stripe] {
        let twice = with_signature(scheme, |v| format!("{v},t={NOW}"));
        expect(scheme, &twice, Reason::MalformedSignature, "two t");
        let spaced = with_signature(scheme, |v| v.replace(",v1", ", v1"));
        expect(scheme, &spaced, Reason::MalformedSignature, "a space inside");
    }
    for scheme in [Scheme::Standard, Scheme::Svix] {
        let id = scheme.id_header().unwrap();
        expect(scheme, &with(scheme, id, |_| String::new()), Reason::MalformedSignature, "empty id");
        let url_safe = with_signature(scheme, |v| v.replace(['+', '/'], "_").replace('=', ""));
        expect(scheme, &url_safe, Reason::MalformedSignature, "URL-safe, unpadded");
    }
}

#[test]
fn only_unknown_versions_are_unsupported_and_beside_a_known_one_they_are_passed_over() {
    for scheme in [Scheme::Trcker, Scheme::Stripe] {
        let old = with_signature(scheme, |v| v.replace("v1=", "v0="));
        expect(scheme, &old, Reason::UnsupportedVersion, "v0");
        let beside = with_signature(scheme, |v| format!("{v},v0={OTHER},scheme=x"));
        expect(scheme, &beside, Reason::Ok, "v0 beside v1");
    }
    for scheme in [Scheme::Standard, Scheme::Svix] {
        let new = with_signature(scheme, |v| v.replace("v1,", "v2,"));
        expect(scheme, &new, Reason::UnsupportedVersion, "v2");
        let key = with_signature(scheme, |v| v.replace("v1,", "v1a,"));
        expect(scheme, &key, Reason::UnsupportedVersion, "v1a");
        let beside = with_signature(scheme, |v| format!("v1a,x {v}"));
        expect(scheme, &beside, Reason::Ok, "v1a beside v1");
    }
    let sha1 = with_signature(Scheme::Github, |v| v.replace("sha256=", "sha1="));
    expect(Scheme::Github, &sha1, Reason::UnsupportedVersion, "sha1");
}

#[test]
fn a_time_that_is_not_whole_seconds_is_malformed() {
    for bad in
        ["", "-1", "+1", "1.5", "1e9", "0x10", "2026-01-01T00:00:00Z", "99999999999999999999", "９", "1 2"]
    {
        for scheme in [Scheme::Trcker, Scheme::Stripe] {
            let changed = with_signature(scheme, |v| v.replace(&NOW.to_string(), bad));
            let want = if bad.is_ascii() { Reason::MalformedTimestamp } else { Reason::MalformedSignature };
            expect(scheme, &changed, want, bad);
        }
        for scheme in [Scheme::Standard, Scheme::Svix] {
            let changed = with(scheme, scheme.timestamp_header().unwrap(), |_| bad.to_owned());
            expect(scheme, &changed, Reason::MalformedTimestamp, bad);
        }
    }
}

#[test]
fn a_matching_signature_of_the_wrong_time_is_stale_or_future_up_to_the_last_second() {
    for scheme in digesting() {
        let timed = !matches!(scheme.text(), Some(hookbench_signature::SignedText::Body));
        for (at, want) in [
            (NOW, Reason::Ok),
            (NOW - 300, Reason::Ok),
            (NOW + 300, Reason::Ok),
            (NOW - 301, Reason::StaleTimestamp),
            (NOW + 301, Reason::FutureTimestamp),
            (0, Reason::StaleTimestamp),
            (NOW * 1000, Reason::FutureTimestamp),
            (i64::MAX, Reason::FutureTimestamp),
        ] {
            let want = if timed { want } else { Reason::Ok };
            expect(scheme, &signed(scheme, &[usual()], BODY, at), want, &at.to_string());
        }
        let at = |now, tolerance| verify(scheme, &[usual()], &sent(scheme), BODY, now, tolerance).reason;
        assert_eq!(at(i64::MIN, i64::MAX), Reason::Ok);
        assert_eq!(at(i64::MIN, 0), if timed { Reason::FutureTimestamp } else { Reason::Ok });
        assert_eq!(at(NOW, -5), Reason::Ok);
    }
}

#[test]
fn a_wrong_secret_is_a_mismatch_even_if_the_time_is_wrong_too() {
    for scheme in Scheme::ALL.into_iter().filter(|s| s.needs_secret()) {
        for at in [NOW, NOW - 301, NOW + 301] {
            let forged = signed(scheme, &[secret("another secret, of 32 bytes or more")], BODY, at);
            expect(scheme, &forged, Reason::Mismatch, "wrong secret");
        }
    }
    for scheme in digesting() {
        let v = check(scheme, &sent(scheme), b"another body");
        assert_eq!(v.reason, Reason::Mismatch, "{scheme}");
    }
}

#[test]
fn without_a_usable_secret_nothing_matches() {
    for scheme in Scheme::ALL.into_iter().filter(|s| s.needs_secret()) {
        let v = verify(scheme, &[], &sent(scheme), BODY, NOW, 300);
        assert_eq!((v.valid, v.reason), (false, Reason::Mismatch));
        assert_eq!(v.steps.last().unwrap().name, "secret", "{scheme}");
    }
    let v = verify(Scheme::Standard, &[secret("whsec_*")], &sent(Scheme::Standard), BODY, NOW, 300);
    assert!(v.steps.last().unwrap().detail.contains("base64"));
}

#[test]
fn the_sixteenth_signature_is_tried_and_the_seventeenth_is_not() {
    for (scheme, item) in [(Scheme::Trcker, "v1="), (Scheme::Standard, "v1,")] {
        let other = if scheme == Scheme::Trcker {
            OTHER.to_owned()
        } else {
            "//////////////////////////////////////////8=".to_owned()
        };
        for (before, want) in [(15, Reason::Ok), (16, Reason::Mismatch)] {
            let many = with_signature(scheme, |v| {
                let separator = if scheme == Scheme::Trcker { "," } else { " " };
                let (head, right) = v.split_at(v.find(item).unwrap());
                format!("{head}{}{right}", format!("{item}{other}{separator}").repeat(before))
            });
            expect(scheme, &many, want, &before.to_string());
        }
    }
}

#[test]
fn the_expected_digest_is_never_shown_in_full() {
    for scheme in Scheme::ALL.into_iter().filter(|s| s.needs_secret()) {
        let right = sent(scheme);
        let forged = signed(scheme, &[secret("another secret, of 32 bytes or more")], BODY, NOW);
        let shown = serde_json::to_string(&check(scheme, &forged, BODY)).unwrap();
        let signature = scheme.signature_header().unwrap();
        let value = &right.iter().find(|(n, _)| n == signature).unwrap().1;
        let value = std::str::from_utf8(value).unwrap();
        let digest = &value[value.len() - 30..value.len() - 8];
        assert!(!shown.contains(digest), "{scheme}: {shown}");
    }
}

#[test]
fn the_answer_is_written_with_the_codes_of_the_documentation() {
    let v = check(Scheme::Trcker, &[], BODY);
    let json = serde_json::to_value(&v).unwrap();
    assert_eq!(json["valid"], false);
    assert_eq!(json["reason"], "missing_signature");
    assert_eq!(json["steps"][0]["name"], "header");
    assert_eq!(json["steps"][0]["ok"], false);
}
