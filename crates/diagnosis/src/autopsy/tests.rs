//! Planted faults: each names the cause that must be found, for every scheme it can happen to.

use hookbench_signature::{Algorithm, MacKey, SignedText, to_base64, to_hex};
use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_767_225_600;
const TEXT: &str = "0123456789abcdef0123456789abcdef";
const BODY: &str = r#"{"id":"evt_1","event":"conversion.approved","createdAt":"2025-11-30T08:00:00Z","data":{"url":"https://a.example/x","amount":12.50,"name":"Zoë","ok":true}}"#;

type Headers = Vec<(String, Vec<u8>)>;

/// What a sender does; every field can hold a mistake.
#[derive(Clone)]
struct Sender {
    scheme: Scheme,
    key: Vec<u8>,
    algorithm: Algorithm,
    /// The time in the signed text.
    signed_time: String,
    /// The time in the header.
    sent_time: String,
    /// The signed text, if it is not the scheme's.
    text: Option<fn(&str, &str, &[u8]) -> Vec<u8>>,
    /// How the digest is written, if not as the scheme does.
    written: Option<fn(&[u8]) -> String>,
    body: Vec<u8>,
}

impl Sender {
    fn of(scheme: Scheme) -> Self {
        Self {
            scheme,
            key: TEXT.into(),
            algorithm: Algorithm::Sha256,
            signed_time: NOW.to_string(),
            sent_time: NOW.to_string(),
            text: None,
            written: None,
            body: BODY.into(),
        }
    }

    fn headers(&self) -> Headers {
        let (id, t) = ("msg_1", self.signed_time.as_str());
        let dotted = |parts: &[&[u8]]| parts.join(&b'.');
        let text = match (self.text, self.scheme.text()) {
            (Some(text), _) => text(id, t, &self.body),
            (None, Some(SignedText::TimestampBody)) => dotted(&[t.as_bytes(), &self.body]),
            (None, Some(SignedText::IdTimestampBody)) => dotted(&[id.as_bytes(), t.as_bytes(), &self.body]),
            (None, Some(SignedText::Body) | None) => self.body.clone(),
        };
        let digest = MacKey::new(self.algorithm, &self.key).digest(&[&text]);
        let own = if base64ed(self.scheme) { to_base64(&digest) } else { to_hex(&digest) };
        let digest = self.written.map_or(own, |write| write(&digest));
        let value = match self.scheme {
            Scheme::Trcker | Scheme::Stripe => format!("t={},v1={digest}", self.sent_time),
            Scheme::Standard | Scheme::Svix => format!("v1,{digest}"),
            Scheme::Github => format!("sha256={digest}"),
            _ => digest,
        };
        let mut headers = vec![
            ("Content-Type".to_owned(), b"application/json".to_vec()),
            (self.scheme.signature_header().unwrap().to_lowercase(), value.into_bytes()),
        ];
        headers.extend(self.scheme.id_header().map(|n| (n.to_owned(), id.into())));
        headers.extend(self.scheme.timestamp_header().map(|n| (n.to_owned(), self.sent_time.clone().into())));
        headers
    }
}

fn base64ed(scheme: Scheme) -> bool {
    matches!(scheme, Scheme::Standard | Scheme::Svix | Scheme::Shopify | Scheme::Base64Body)
}

fn timed(scheme: Scheme) -> bool {
    !matches!(scheme.text(), Some(SignedText::Body) | None)
}

fn given(text: &str, role: Role) -> GivenSecret {
    GivenSecret { name: role_name(role).to_owned(), secret: Secret::new(text.into()).unwrap(), role }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Configured => "configured",
        Role::Rotated => "rotated",
        Role::Candidate => "candidate",
    }
}

fn ask(scheme: Option<Scheme>, secrets: &[GivenSecret], headers: &Headers, body: &[u8]) -> Autopsy {
    diagnose(&Input { scheme, secrets, headers, body, now_unix_s: NOW, tolerance_s: 300 })
}

struct Tally {
    named: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn see(&mut self, what: &str, scheme: Scheme, got: &Autopsy, want: Cause) {
        if got.cause == want && got.valid == (want == Cause::Ok) {
            self.named += 1;
        } else {
            self.wrong.push(format!("{scheme}: {what}: {want:?}, got {:?} {:?}", got.cause, got.candidates));
        }
    }

    fn done(self, at_least: usize) {
        assert!(self.wrong.is_empty(), "{} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert!(self.named >= at_least, "only {} faults planted", self.named);
    }
}

fn schemes() -> impl Iterator<Item = Scheme> {
    Scheme::ALL.into_iter().filter(|s| s.text().is_some())
}

fn pretty(body: &str, indent: &[u8]) -> String {
    use serde::Serialize;
    let value: serde_json::Value = serde_json::from_str(body).unwrap();
    let mut out = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(indent);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, format)).unwrap();
    String::from_utf8(out).unwrap()
}

/// Bodies as they were signed and as they came, and the cause.
fn body_faults() -> Vec<(&'static str, Vec<u8>, Vec<u8>, Cause)> {
    let b = BODY.as_bytes().to_vec();
    let lines = pretty(BODY, b"  ");
    let crlf = lines.replace('\n', "\r\n");
    let with = |tail: &str| [b.clone(), tail.as_bytes().to_vec()].concat();
    let latin: Vec<u8> = BODY.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let twice: String = BODY.bytes().map(char::from).collect();
    let sorted = r#"{"createdAt":"2025-11-30T08:00:00Z","data":{"amount":12.50,"name":"Zoë","ok":true,"url":"https://a.example/x"},"event":"conversion.approved","id":"evt_1"}"#;
    let escaped = BODY.replace('ë', "\\u00eb");
    let deflated = miniz_oxide::deflate::compress_to_vec(BODY.as_bytes(), 6);
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], deflated.as_slice(), &[0; 8]].concat();
    let zlib = miniz_oxide::deflate::compress_to_vec_zlib(BODY.as_bytes(), 6);
    let form = format!("payload={}", percent::encode(BODY.as_bytes(), percent::STYLES[0]));
    let s = |text: &str| text.as_bytes().to_vec();
    vec![
        ("LF added", b.clone(), with("\n"), Cause::BodyTrailingNewline),
        ("CRLF added", b.clone(), with("\r\n"), Cause::BodyTrailingNewline),
        ("two LF added", b.clone(), with("\n\n"), Cause::BodyTrailingNewline),
        ("LF removed", with("\n"), b.clone(), Cause::BodyTrailingNewline),
        ("CRLF to LF", s(&crlf), s(&lines), Cause::BodyCrlf),
        ("LF to CRLF", s(&lines), s(&crlf), Cause::BodyCrlf),
        ("mark added", b.clone(), [b"\xef\xbb\xbf".to_vec(), b.clone()].concat(), Cause::BodyBom),
        ("mark removed", [b"\xef\xbb\xbf".to_vec(), b.clone()].concat(), b.clone(), Cause::BodyBom),
        ("compact to pretty", b.clone(), s(&lines.replace("12.5,", "12.50,")), Cause::BodyReserialized),
        ("pretty to compact", s(&lines), s(&BODY.replace("12.50", "12.5")), Cause::BodyReserialized),
        (
            "indented by 4",
            s(&pretty(BODY, b"    ")),
            s(&BODY.replace("12.50", "12.5")),
            Cause::BodyReserialized,
        ),
        ("tabs", s(&pretty(BODY, b"\t")), s(&BODY.replace("12.50", "12.5")), Cause::BodyReserialized),
        (
            "spaced",
            s(&BODY.replace("\":", "\": ").replace(",\"", ", \"")),
            b.clone(),
            Cause::BodyReserialized,
        ),
        ("keys sorted on arrival", b.clone(), s(sorted), Cause::BodyReserialized),
        ("keys sorted when signed", s(sorted), b.clone(), Cause::BodyReserialized),
        ("characters escaped", s(&escaped), b.clone(), Cause::BodyReserialized),
        ("escapes undone", b.clone(), s(&escaped), Cause::BodyReserialized),
        ("upper-case escapes", s(&escaped.replace("eb\"", "EB\"")), b.clone(), Cause::BodyReserialized),
        ("slashes escaped", s(&BODY.replace('/', "\\/")), b.clone(), Cause::BodyReserialized),
        ("slashes bare", b.clone(), s(&BODY.replace('/', "\\/")), Cause::BodyReserialized),
        ("PHP", s(&escaped.replace('/', "\\/")), b.clone(), Cause::BodyReserialized),
        (
            "Python",
            s(&escaped.replace("\":", "\": ").replace(",\"", ", \"")),
            b.clone(),
            Cause::BodyReserialized,
        ),
        ("numbers shortened", s(&BODY.replace("12.50", "12.5")), b.clone(), Cause::BodyReserialized),
        ("string in string", b.clone(), s(&serde_json::to_string(BODY).unwrap()), Cause::BodyReserialized),
        ("cut when signed", b[..128].to_vec(), b.clone(), Cause::BodyTruncated),
        ("last bracket lost", b.clone(), b[..b.len() - 1].to_vec(), Cause::BodyTruncated),
        ("both brackets lost", b.clone(), b[..b.len() - 2].to_vec(), Cause::BodyTruncated),
        ("cut in the middle", b.clone(), b[..60].to_vec(), Cause::BodyTruncated),
        ("gzip", b.clone(), gzip, Cause::BodyCompressed),
        ("zlib", b.clone(), zlib, Cause::BodyCompressed),
        ("base64", b.clone(), s(&to_base64(&b)), Cause::BodyCompressed),
        ("form decoded", s(&form), b.clone(), Cause::BodyFormEncoded),
        ("form encoded", b.clone(), s(&form), Cause::BodyFormEncoded),
        ("read as a form", b.clone(), with("="), Cause::BodyFormEncoded),
        ("Latin-1 when signed", latin.clone(), b.clone(), Cause::BodyCharset),
        ("Latin-1 on arrival", b.clone(), latin.clone(), Cause::BodyCharset),
        ("encoded twice", b.clone(), s(&twice), Cause::BodyCharset),
        ("UTF-16", b.clone(), BODY.encode_utf16().flat_map(u16::to_le_bytes).collect(), Cause::BodyCharset),
        ("a lost character", latin, s(&BODY.replace('ë', "\u{fffd}")), Cause::BodyCharset),
    ]
}

#[test]
fn what_happened_to_a_body_is_named_under_every_scheme() {
    let mut tally = Tally { named: 0, wrong: vec![] };
    let secrets = [given(TEXT, Role::Configured)];
    for scheme in schemes() {
        for (what, signed, received, want) in body_faults() {
            let headers = Sender { body: signed, ..Sender::of(scheme) }.headers();
            let got = ask(Some(scheme), &secrets, &headers, &received);
            tally.see(what, scheme, &got, want);
        }
    }
    tally.done(39 * 9);
}

#[test]
fn the_secret_at_fault_is_named_with_the_one_that_matches() {
    let mut tally = Tally { named: 0, wrong: vec![] };
    let right = given(TEXT, Role::Candidate);
    let wrong = given("another secret, of 32 bytes or more", Role::Configured);
    for scheme in schemes() {
        let headers = Sender::of(scheme).headers();
        let one =
            |secret: &GivenSecret| ask(Some(scheme), std::slice::from_ref(secret), &headers, BODY.as_bytes());
        tally.see("right", scheme, &one(&right), Cause::Ok);
        tally.see("alone", scheme, &one(&wrong), Cause::Unknown);
        let got = ask(Some(scheme), &[wrong.clone(), right.clone()], &headers, BODY.as_bytes());
        assert_eq!(got.matching_secret.as_deref(), Some("candidate"));
        tally.see("other", scheme, &got, Cause::WrongSecret);
        let old = given(TEXT, Role::Rotated);
        let got = ask(Some(scheme), &[wrong.clone(), old], &headers, BODY.as_bytes());
        tally.see("rotated", scheme, &got, Cause::OldSecret);
        let got =
            ask(Some(scheme), &[wrong.clone(), right.clone()], &headers, format!("{BODY}\n").as_bytes());
        tally.see("other and newline", scheme, &got, Cause::WrongSecret);
        assert_eq!(got.candidates[0].changes, [Cause::WrongSecret, Cause::BodyTrailingNewline]);
        for (what, text) in [
            ("LF", format!("{TEXT}\n")),
            ("space", format!(" {TEXT} ")),
            ("quotes", format!("\"{TEXT}\"")),
            ("base64", to_base64(TEXT.as_bytes())),
            ("hex", to_hex(TEXT.as_bytes())),
            ("upper case", TEXT.to_uppercase()),
        ] {
            tally.see(what, scheme, &one(&given(&text, Role::Configured)), Cause::SecretEncoding);
        }
        let decoded = Sender { key: hookbench_signature::from_hex(TEXT).unwrap(), ..Sender::of(scheme) };
        let got = ask(Some(scheme), std::slice::from_ref(&right), &decoded.headers(), BODY.as_bytes());
        tally.see("decoded from hex", scheme, &got, Cause::SecretEncoding);
        let kept = Sender { key: format!("{TEXT}\n").into(), ..Sender::of(scheme) };
        let got = ask(Some(scheme), std::slice::from_ref(&right), &kept.headers(), BODY.as_bytes());
        tally.see("signed with LF", scheme, &got, Cause::SecretEncoding);
    }
    for scheme in [Scheme::Standard, Scheme::Svix] {
        let prefixed = format!("whsec_{}", to_base64(TEXT.as_bytes()));
        let secret = [given(&prefixed, Role::Configured)];
        let keys = [prefixed.as_bytes(), prefixed[6..].as_bytes()];
        for key in keys {
            let headers = Sender { key: key.to_vec(), ..Sender::of(scheme) }.headers();
            let got = ask(Some(scheme), &secret, &headers, BODY.as_bytes());
            tally.see("prefix not undone", scheme, &got, Cause::SecretEncoding);
        }
        let bare = given(&prefixed[6..], Role::Configured);
        let got = ask(Some(scheme), &[bare], &Sender::of(scheme).headers(), BODY.as_bytes());
        tally.see("prefix left out", scheme, &got, Cause::SecretEncoding);
    }
    tally.done(13 * 9 + 6);
}

#[test]
fn how_the_sender_departs_from_the_scheme_is_named() {
    let mut tally = Tally { named: 0, wrong: vec![] };
    let secrets = [given(TEXT, Role::Configured)];
    for scheme in schemes() {
        let mut see = |what: &str, sender: Sender, want: Cause| {
            let got = ask(Some(scheme), &secrets, &sender.headers(), BODY.as_bytes());
            tally.see(what, scheme, &got, want);
        };
        let own = Sender::of(scheme);
        for algorithm in [Algorithm::Sha1, Algorithm::Sha512] {
            see("algorithm", Sender { algorithm, ..own.clone() }, Cause::WrongAlgorithm);
        }
        let other: fn(&[u8]) -> String = if base64ed(scheme) { to_hex } else { to_base64 };
        see(
            "hex for base64 or back",
            Sender { written: Some(other), ..own.clone() },
            Cause::SignatureEncoding,
        );
        let loose: fn(&[u8]) -> String =
            |d| to_base64(d).replace('+', "-").replace('/', "_").replace('=', "");
        see("URL-safe", Sender { written: Some(loose), ..own.clone() }, Cause::SignatureEncoding);
        let upper: fn(&[u8]) -> String = |d| to_hex(d).to_uppercase();
        let want = if base64ed(scheme) { Cause::SignatureEncoding } else { Cause::Ok };
        see("upper-case hex", Sender { written: Some(upper), ..own.clone() }, want);
        let text: fn(&str, &str, &[u8]) -> Vec<u8> = |id, _, b| [id.as_bytes(), b".", b].concat();
        if scheme.id_header().is_some() {
            see("id.body", Sender { text: Some(text), ..own.clone() }, Cause::WrongSignedText);
        }
        if !timed(scheme) {
            continue;
        }
        see("body only", Sender { text: Some(|_, _, b| b.to_vec()), ..own.clone() }, Cause::WrongSignedText);
        see(
            "t,body",
            Sender { text: Some(|_, t, b| [t.as_bytes(), b",", b].concat()), ..own.clone() },
            Cause::WrongSignedText,
        );
        see(
            "tbody",
            Sender { text: Some(|_, t, b| [t.as_bytes(), b].concat()), ..own.clone() },
            Cause::WrongSignedText,
        );
        if scheme.id_header().is_some() {
            see(
                "t.body",
                Sender { text: Some(|_, t, b| [t.as_bytes(), b".", b].concat()), ..own.clone() },
                Cause::WrongSignedText,
            );
        }
        let at =
            |signed: String, sent: String| Sender { signed_time: signed, sent_time: sent, ..own.clone() };
        let ms = (NOW * 1000).to_string();
        see("both in ms", at(ms.clone(), ms.clone()), Cause::TimestampUnit);
        see("sent in ms", at(NOW.to_string(), ms.clone()), Cause::TimestampUnit);
        see("signed in ms", at(ms, NOW.to_string()), Cause::TimestampUnit);
        see(
            "signed in ms, fraction",
            at((NOW * 1000 + 437).to_string(), NOW.to_string()),
            Cause::TimestampUnit,
        );
        see("one second off", at((NOW - 1).to_string(), NOW.to_string()), Cause::TimestampAltered);
        see("an hour off", at((NOW - 3600).to_string(), NOW.to_string()), Cause::TimestampAltered);
        see("minutes off", at((NOW + 1234).to_string(), NOW.to_string()), Cause::TimestampAltered);
        see("a digit", at("1467225600".into(), NOW.to_string()), Cause::TimestampAltered);
        see("of the body", at("1764489600".into(), NOW.to_string()), Cause::TimestampAltered);
        see("stale", at((NOW - 301).to_string(), (NOW - 301).to_string()), Cause::StaleTimestamp);
        see("future", at((NOW + 301).to_string(), (NOW + 301).to_string()), Cause::FutureTimestamp);
        see("a date sent", at("soon".into(), "soon".into()), Cause::MalformedTimestamp);
    }
    tally.done(9 * 5 + 4 + 4 * 15);
}

#[test]
fn faults_of_the_headers_are_named_as_the_check_names_them() {
    let mut tally = Tally { named: 0, wrong: vec![] };
    let secrets = [given(TEXT, Role::Configured)];
    for scheme in schemes() {
        let headers = Sender::of(scheme).headers();
        let ask = |headers: &Headers| ask(Some(scheme), &secrets, headers, BODY.as_bytes());
        tally.see("absent", scheme, &ask(&headers[..1].to_vec()), Cause::MissingSignature);
        let twice = [headers.clone(), vec![headers[1].clone()]].concat();
        tally.see("doubled", scheme, &ask(&twice), Cause::DuplicateHeader);
        let mut empty = headers.clone();
        empty[1].1 = vec![];
        tally.see("empty", scheme, &ask(&empty), Cause::MalformedSignature);
        let mut cut = headers.clone();
        cut[1].1.truncate(30);
        tally.see("cut", scheme, &ask(&cut), Cause::MalformedSignature);
        let value = String::from_utf8(headers[1].1.clone()).unwrap();
        if timed(scheme) {
            let mut old = headers.clone();
            old[1].1 = value.replace("v1", "v2").into_bytes();
            tally.see("version", scheme, &ask(&old), Cause::UnsupportedVersion);
            let mut bare = headers.clone();
            bare[1].1 = value.split_once("v1").map(|(_, d)| format!("v1{d}")).unwrap().into_bytes();
            bare.retain(|(n, _)| !n.ends_with("timestamp"));
            tally.see("no time", scheme, &ask(&bare), Cause::MissingTimestamp);
        }
    }
    tally.done(9 * 4 + 4 * 2);
}

#[test]
fn another_scheme_is_named_only_if_the_expected_one_does_not_explain_it() {
    let mut tally = Tally { named: 0, wrong: vec![] };
    let secrets = [given(TEXT, Role::Configured)];
    for signed in schemes() {
        for expected in schemes().filter(|s| s.signature_header() != signed.signature_header()) {
            let headers = Sender::of(signed).headers();
            let got = ask(Some(expected), &secrets, &headers, BODY.as_bytes());
            tally.see("other", expected, &got, Cause::OtherScheme);
            let got = ask(Some(expected), &secrets, &headers, format!("{BODY}\n").as_bytes());
            tally.see("other and newline", expected, &got, Cause::OtherScheme);
        }
        let got = ask(None, &secrets, &Sender::of(signed).headers(), BODY.as_bytes());
        assert_eq!(got.scheme, Some(signed));
        tally.see("recognised", signed, &got, Cause::Ok);
        let got = ask(None, &secrets, &Sender::of(signed).headers(), format!("{BODY}\n").as_bytes());
        tally.see("recognised, newline", signed, &got, Cause::BodyTrailingNewline);
    }
    tally.done(140);
    let none = ask(None, &secrets, &vec![], b"");
    assert_eq!((none.cause, none.scheme), (Cause::MissingSignature, None));
}

#[test]
fn two_mistakes_at_once_are_found() {
    let mut tally = Tally { named: 0, wrong: vec![] };
    let secrets = [given(TEXT, Role::Configured)];
    let newline = format!("{BODY}\n");
    for scheme in schemes() {
        let mut see = |what: &str, sender: &Sender, secret: &[GivenSecret], body: &str, want: &[Cause]| {
            let got = ask(Some(scheme), secret, &sender.headers(), body.as_bytes());
            tally.see(what, scheme, &got, want[0]);
            assert_eq!(got.candidates.first().map(|c| c.changes.as_slice()), Some(want), "{scheme}: {what}");
        };
        let own = Sender::of(scheme);
        let other: fn(&[u8]) -> String = if base64ed(scheme) { to_hex } else { to_base64 };
        let coded = Sender { written: Some(other), ..own.clone() };
        see(
            "encoding, newline",
            &coded,
            &secrets,
            &newline,
            &[Cause::BodyTrailingNewline, Cause::SignatureEncoding],
        );
        let sha1 = Sender { algorithm: Algorithm::Sha1, ..own.clone() };
        see(
            "algorithm, newline",
            &sha1,
            &secrets,
            &newline,
            &[Cause::BodyTrailingNewline, Cause::WrongAlgorithm],
        );
        let spaced = [given(&format!("{TEXT}\n"), Role::Configured)];
        see("secret, newline", &own, &spaced, &newline, &[Cause::SecretEncoding, Cause::BodyTrailingNewline]);
        let lines = format!("{}\n", pretty(BODY, b"  "));
        let short = Sender { body: BODY.replace("12.50", "12.5").into(), ..own.clone() };
        see("pretty with newline", &short, &secrets, &lines, &[Cause::BodyReserialized]);
        let ended = Sender { body: newline.clone().into(), ..own.clone() };
        let spread = BODY.replace("\":", "\": ");
        see(
            "newline lost, spaced",
            &ended,
            &secrets,
            &spread,
            &[Cause::BodyTrailingNewline, Cause::BodyReserialized],
        );
        if timed(scheme) {
            let bare = Sender { text: Some(|_, _, b| b.to_vec()), ..own.clone() };
            see(
                "text, newline",
                &bare,
                &secrets,
                &newline,
                &[Cause::BodyTrailingNewline, Cause::WrongSignedText],
            );
        }
    }
    tally.done(9 * 5 + 4);
}

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
            _ => text,
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
        let got = diagnose(&Input { scheme: None, secrets: &secrets, headers: &headers, body: &body, now_unix_s: now, tolerance_s: 300 });
        prop_assert!(!got.valid);
    }
}
