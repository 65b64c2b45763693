//! What happens to bodies on the way.

use super::super::percent;
use super::*;

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
