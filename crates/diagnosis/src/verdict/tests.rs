//! A table of failed attempts, each with the verdict it must get.

use hookbench_domain::{Connection, RequestRecord, Timestamp, Timings, Trigger};
use proptest::prelude::*;

use super::*;

fn attempt(outcome: Outcome, error: Option<&str>, response: Option<ResponseRecordParts>) -> AttemptRecord {
    AttemptRecord {
        number: 1,
        trigger: Trigger::Scheduled,
        started_at: Timestamp::from_ms(0),
        outcome,
        error: error.map(str::to_owned),
        timings: Timings { total_us: 10_000_000, ..Timings::default() },
        request: Some(RequestRecord {
            method: "POST".into(),
            url: "https://hooks.example.com/in?token=secret".into(),
            headers: vec![],
            body: None,
        }),
        response: response.map(|(status, headers, body)| hookbench_domain::ResponseRecord {
            status,
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: body.as_bytes().to_vec(),
            truncated: false,
        }),
        connection: Connection::default(),
    }
}

type ResponseRecordParts<'a> = (u16, &'a [(&'a str, &'a str)], &'a str);

fn failed(outcome: Outcome, error: &str) -> &'static str {
    verdict(&attempt(outcome, Some(error), None)).unwrap().code.as_str()
}

fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> Verdict {
    verdict(&attempt(Outcome::HttpStatus, None, Some((status, headers, body)))).unwrap()
}

#[test]
fn a_success_needs_no_verdict() {
    assert_eq!(verdict(&attempt(Outcome::Success, None, Some((204, &[], "")))), None);
}

#[test]
fn failures_below_http_are_told_apart_by_what_the_layer_says() {
    for (outcome, error, want) in [
        (Outcome::Dns, "failed to lookup address information: Name or service not known", "dns_not_found"),
        (Outcome::Dns, "nodename nor servname provided, or not known", "dns_not_found"),
        (Outcome::Dns, "Temporary failure in name resolution", "dns_unavailable"),
        (Outcome::Connect, "Connection refused (os error 111)", "connect_refused"),
        (Outcome::Connect, "No route to host (os error 113)", "connect_unreachable"),
        (Outcome::Connect, "Network is unreachable (os error 101)", "connect_unreachable"),
        (Outcome::Connect, "no connection within 5 s: timed out", "connect_timeout"),
        (Outcome::Connect, "192.0.2.1:443: no connection within 5000 ms", "connect_timeout"),
        (Outcome::Connect, "Permission denied", "connect_failed"),
        (Outcome::Connect, "10.0.0.1:443: Too many open files (os error 24)", "overloaded"),
        (Outcome::Connect, "10.0.0.1:443: Cannot assign requested address (os error 99)", "overloaded"),
        (Outcome::Dns, "`a.example` does not resolve: Too many open files", "overloaded"),
        (
            Outcome::Dns,
            "`a.example` does not resolve: this machine is short of file handles, ports or memory: x",
            "overloaded",
        ),
        (Outcome::Tls, "TLS cannot be set up: this machine is short of file handles: x", "overloaded"),
        (
            Outcome::Connect,
            "[::1]:443: unreachable: this machine has no address of that kind to send from",
            "connect_unreachable",
        ),
        (Outcome::Tls, "invalid peer certificate: Expired", "tls_expired"),
        (
            Outcome::Tls,
            "invalid peer certificate: certificate expired: verification time 1 (UNIX)",
            "tls_expired",
        ),
        (Outcome::Tls, "invalid peer certificate: NotValidYet", "tls_not_yet_valid"),
        (Outcome::Tls, "invalid peer certificate: certificate not valid for name \"x\"", "tls_wrong_host"),
        (Outcome::Tls, "invalid peer certificate: NotValidForName", "tls_wrong_host"),
        (Outcome::Tls, "invalid peer certificate: UnknownIssuer", "tls_unknown_issuer"),
        (
            Outcome::Tls,
            "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
            "tls_unknown_issuer",
        ),
        (Outcome::Tls, "invalid peer certificate: Revoked", "tls_revoked"),
        (Outcome::Tls, "received fatal alert: ProtocolVersion", "tls_old_protocol"),
        (Outcome::Tls, "peer is incompatible: ServerDoesNotSupportTls12Or13", "tls_old_protocol"),
        (Outcome::Tls, "received corrupt message of type InvalidContentType", "tls_not_tls"),
        (Outcome::Tls, "received fatal alert: CertificateRequired", "tls_client_certificate"),
        (
            Outcome::Tls,
            "the server asked for a client certificate and got none: received fatal alert: HandshakeFailure",
            "tls_client_certificate",
        ),
        (Outcome::Tls, "received fatal alert: HandshakeFailure", "tls_old_protocol"),
        (Outcome::Tls, "unexpected end of file", "tls_failed"),
        (Outcome::Reset, "Connection reset by peer (os error 104)", "reset"),
        (Outcome::Protocol, "invalid HTTP version parsed", "protocol"),
        (
            Outcome::Protocol,
            "the answer is not valid HTTP/2, or its headers are over 64 KiB: frame with invalid size",
            "protocol",
        ),
        (Outcome::Protocol, "the response headers are over 64 KiB or 100 lines", "headers_too_large"),
        (Outcome::Blocked, "169.254.169.254 is link-local", "blocked"),
        (Outcome::Blocked, "this event has gone round 8 times: it was sent out", "delivery_loop"),
        (Outcome::Interrupted, "", "interrupted"),
    ] {
        assert_eq!(failed(outcome, error), want, "{error}");
    }
}

#[test]
fn a_timeout_names_the_phase_that_had_no_end() {
    let mut a = attempt(Outcome::Timeout, None, None);
    let code = |a: &AttemptRecord| verdict(a).unwrap().code.as_str();
    assert_eq!(code(&a), "timeout_dns");
    a.timings.dns_us = Some(2000);
    assert_eq!(code(&a), "timeout_connect");
    a.timings.connect_us = Some(3000);
    assert_eq!(code(&a), "timeout_tls");
    a.timings.tls_us = Some(4000);
    assert_eq!(code(&a), "timeout_response");
    assert!(verdict(&a).unwrap().detail.contains("10000 ms"));
    // The step that was under way has a duration as well: the wire says which one it was.
    for (words, want) in [
        ("no status within 1000 ms: the time ran out while resolving the name", "timeout_dns"),
        ("no status within 1000 ms: the time ran out while connecting", "timeout_connect"),
        ("no status within 1000 ms: the time ran out during the TLS handshake", "timeout_tls"),
        ("no status within 1000 ms: the time ran out while waiting for the answer", "timeout_response"),
    ] {
        a.error = Some(words.to_owned());
        assert_eq!(code(&a), want, "{words}");
    }
    let mut a = attempt(Outcome::Timeout, None, None);
    a.connection.reused = true;
    assert_eq!(code(&a), "timeout_response");
    a.connection.reused = false;
    a.request.as_mut().unwrap().url = "http://127.0.0.1:9/".into();
    assert_eq!(code(&a), "timeout_connect");
    a.timings.connect_us = Some(1);
    assert_eq!(code(&a), "timeout_response");
}

#[test]
fn an_answer_that_never_becomes_final_is_told_from_one_that_is_not_http() {
    for (words, want) in [
        ("more than 32 informational (1xx) responses came and no final one", "sent without end"),
        ("the peer sent more than any response needs before its final status", "sent without end"),
        ("the peer sent far more HTTP/2 frames than its responses need", "sent without end"),
        ("the answer is not HTTP: invalid HTTP version parsed", "not a web server's"),
    ] {
        let verdict = verdict(&attempt(Outcome::Protocol, Some(words), None)).unwrap();
        assert_eq!(verdict.code.as_str(), "protocol");
        assert!(verdict.summary.contains(want), "{verdict:?}");
    }
}

#[test]
fn a_timeout_says_what_it_interrupted_in_plain_words() {
    let mut a = attempt(Outcome::Timeout, None, None);
    for (words, want) in [
        ("the time ran out while resolving the host name", "ms while resolving the name"),
        ("the time ran out while connecting", "ms while connecting"),
        ("the time ran out during the TLS handshake", "ms during the TLS handshake"),
        ("the time ran out while waiting for the status", "ms while waiting for the answer"),
    ] {
        a.error = Some(words.to_owned());
        let detail = verdict(&a).unwrap().detail;
        assert!(detail.contains(want), "{detail}");
    }
}

#[test]
fn a_reset_on_a_reused_connection_names_the_idle_connection_and_blames_no_crash_first() {
    let mut a = attempt(Outcome::Reset, Some("the peer closed the connection before a status"), None);
    let new = verdict(&a).unwrap();
    assert!(new.summary.contains("hung up") && new.next_step.contains("crash"), "{new:?}");
    a.connection.reused = true;
    let kept = verdict(&a).unwrap();
    assert_eq!(kept.code.as_str(), "reset");
    assert!(kept.summary.contains("had closed the idle connection"), "{kept:?}");
    assert!(kept.next_step.starts_with("Nothing, if it is rare"), "{kept:?}");
}

#[test]
fn redirects_are_told_apart_by_where_they_lead() {
    for (from, to, want) in [
        ("http://a.example/in", "https://a.example/in", "redirect_https"),
        ("http://a.example/in", "https://www.a.example/in/", "redirect_https"),
        ("https://a.example/in", "https://www.a.example/in", "redirect_www"),
        ("https://www.a.example/in", "https://a.example/in", "redirect_www"),
        ("https://a.example/in", "/in/", "redirect_slash"),
        ("https://a.example/in", "/login?next=%2Fin", "redirect_login"),
        ("https://a.example/in", "https://accounts.idp.example/x", "redirect_login"),
        ("https://a.example/in", "/users/sign_in", "redirect_login"),
        ("https://a.example/in", "https://a.example/v2/in", "redirect"),
        ("https://a.example/in", "https://b.example/in", "redirect"),
        ("https://a.example/in", "http://[broken", "redirect"),
        ("https://a.example/author/in", "/author/in/", "redirect_slash"),
    ] {
        let mut a = attempt(Outcome::HttpStatus, None, Some((302, &[("Location", to)], "")));
        a.request.as_mut().unwrap().url = from.into();
        assert_eq!(verdict(&a).unwrap().code.as_str(), want, "{from} to {to}");
    }
}

#[test]
fn answers_are_told_apart_by_status_headers_and_body() {
    let html = [("Content-Type", "text/html")];
    let cloudflare = [("Server", "cloudflare"), ("CF-RAY", "1"), ("Content-Type", "text/html")];
    for (status, headers, body, want) in [
        (403, &cloudflare[..], "<title>Just a moment...</title>", "firewall"),
        (503, &cloudflare[..], "<title>Attention Required! | Cloudflare</title>", "firewall"),
        (502, &cloudflare[..], "<title>502: Bad gateway</title>", "gateway_error"),
        (403, &[("x-amzn-waf-action", "challenge")][..], "", "firewall"),
        (403, &html[..], "<html>Incapsula incident ID: 1</html>", "firewall"),
        (406, &html[..], "<h1>Not Acceptable!</h1> generated by Mod_Security", "firewall"),
        (403, &html[..], "<form><div class=g-recaptcha></div></form>", "firewall"),
        (401, &html[..], "<html><input type=\"password\"></html>", "login_page"),
        (401, &[][..], r#"{"error":"Invalid signature"}"#, "signature_refused"),
        (
            400,
            &[][..],
            "Webhook Error: No signatures found matching the expected signature, verification failed",
            "signature_refused",
        ),
        (403, &[][..], "HMAC mismatch", "signature_refused"),
        (
            400,
            &html[..],
            "<html>\r\n<head><title>400 No required SSL certificate was sent</title></head>\r\n<body>",
            "tls_client_certificate",
        ),
        (400, &html[..], "<title>400 The SSL certificate error</title>", "tls_client_certificate"),
        (
            403,
            &html[..],
            "<h3>403.7 - Forbidden: SSL client certificate is required.</h3>",
            "tls_client_certificate",
        ),
        (496, &[][..], "", "tls_client_certificate"),
        (500, &html[..], "<title>400 The SSL certificate error</title>", "server_error"),
        (400, &[][..], r#"{"error":"the certificate field is required"}"#, "rejected"),
        (400, &[][..], r#"{"error":"amount missing"}"#, "rejected"),
        (401, &[][..], "who are you", "unauthorized"),
        (403, &[][..], "", "unauthorized"),
        (404, &html[..], "<title>Not Found</title>", "not_found"),
        (405, &[][..], "", "method_not_allowed"),
        (410, &[][..], "", "gone"),
        (413, &[][..], "", "payload_too_large"),
        (415, &[][..], "", "unsupported_media_type"),
        (422, &[][..], "", "rejected"),
        (429, &[("Retry-After", "7")][..], "", "rate_limited"),
        (500, &html[..], "<h1>Oops</h1>", "server_error"),
        (500, &[][..], r#"{"message":"boom"}"#, "server_error"),
        (502, &[][..], "", "gateway_error"),
        (503, &[][..], "", "gateway_error"),
        (504, &[][..], "", "gateway_error"),
        (522, &[][..], "", "gateway_error"),
        (304, &[][..], "", "unexpected_status"),
        (302, &[][..], "", "unexpected_status"),
        (999, &[][..], "", "unexpected_status"),
    ] {
        assert_eq!(answered(status, headers, body).code.as_str(), want, "{status} {body}");
    }
}

#[test]
fn the_message_of_an_error_is_taken_out_of_its_document() {
    for (body, want) in [
        (r#"{"error":{"message":"no such order"}}"#, "no such order"),
        (r#"{"type":"x","title":"Bad","detail":"field amount is missing"}"#, "field amount is missing"),
        (r#"{"errors":[{"msg":"too late"}]}"#, "too late"),
        (r#"{"errors":{"amount":["must be positive"]}}"#, "amount: must be positive"),
        ("plain\r\n text\u{202e}", "plain text"),
        ("\"just a string\"", "just a string"),
        (r#"{"code":17}"#, r#"{"code":17}"#),
    ] {
        assert_eq!(
            answered(400, &[], body).detail,
            format!("Status 400; {}: {want}", if body.starts_with("plain") { "text" } else { "JSON" })
        );
    }
    let page = answered(500, &[("Content-Type", "text/html")], "<html><TITLE> Whoops\n here </TITLE>");
    assert_eq!(page.detail, "Status 500; page titled: Whoops here");
}

#[test]
fn a_verdict_is_written_for_both_readers_and_shows_no_query() {
    let v = answered(429, &[("Retry-After", "7")], "");
    assert_eq!(v.summary, "hooks.example.com takes no more requests for now and asks to wait 7 s.");
    let json = serde_json::to_value(&v).unwrap();
    assert_eq!((&json["code"], &json["who"]), (&"rate_limited".into(), &"receiver".into()));
    assert!(!json.to_string().contains("token"));
    for code in VerdictCode::ALL {
        assert!(
            !code.next_step().is_empty()
                && code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn any_answer_gets_a_verdict_in_one_line(status in 0u16..1000, body: Vec<u8>, location: String, kind in prop::option::of("[ -~]{0,20}"), error: Option<String>, o in 0usize..10, url: String) {
        let mut a = attempt(Outcome::ALL[o], error.as_deref(), Some((status, &[("Location", location.as_str())], "")));
        let r = a.response.as_mut().unwrap();
        r.body = body;
        r.headers.extend(kind.map(|k| ("Content-Type".to_owned(), k)));
        a.request.as_mut().unwrap().url = url;
        if let Some(v) = verdict(&a) {
            prop_assert!(v.summary.ends_with(['.', '!', '?', '…']));
            prop_assert!(!v.detail.contains('\n') && !v.summary.contains('\n'));
        }
    }
}
