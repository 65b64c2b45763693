//! Planted faults: each names the cause that must be found, for every scheme it can happen to.

mod answers;
mod bodies;
mod bounds;

use hookbench_signature::{Algorithm, MacKey, SignedText, to_base64, to_hex};

use super::*;

const NOW: i64 = 1_767_225_600;
const TEXT: &str = "0123456789abcdef0123456789abcdef";
const BODY: &str = r#"{"id":"evt_1","event":"conversion.approved","createdAt":"2025-11-30T08:00:00Z","data":{"url":"https://a.example/x","amount":12.50,"name":"Zoë","ok":true}}"#;

type Headers = Vec<(String, Vec<u8>)>;
/// Makes a signed text of id, time and body.
type TextOf = fn(&str, &str, &[u8]) -> Vec<u8>;

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
    text: Option<TextOf>,
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
            Scheme::Track360
            | Scheme::Shopify
            | Scheme::HexBody
            | Scheme::Base64Body
            | Scheme::None
            | Scheme::ApiKey => digest,
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
    diagnose(&Input { scheme, secrets, headers, body, now_unix_s: NOW, tolerance_s: 300, thorough: false })
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
        let keys = [prefixed.as_bytes(), &prefixed.as_bytes()[6..]];
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
        let text: TextOf = |id, _, b| [id.as_bytes(), b".", b].concat();
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
