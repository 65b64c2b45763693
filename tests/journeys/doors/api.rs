//! The local API's manners: who may ask, and what bad input gets.
use std::time::Duration;

use hookbench_journeys::{Sink, Workplace};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn strangers_are_refused_and_told_why() {
    let place = Workplace::new();
    let program = place.start().await;
    let url = format!("{}/v1/health", program.base);
    let plain = || program.client.get(&url);
    for (request, status) in [
        (plain(), 401),
        (plain().bearer_auth("no"), 401),
        (plain().bearer_auth(&program.token).header("host", "evil.example"), 403),
        (plain().bearer_auth(&program.token).header("origin", "https://evil.example"), 403),
        (plain().bearer_auth(&program.token), 200),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        if status != 200 {
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            let problem: Value = response.json().await.unwrap();
            assert!(problem["code"].is_string() && problem["detail"].is_string(), "{problem}");
        }
    }
}

#[tokio::test]
async fn bad_input_gets_a_status_a_code_and_a_reason() {
    let place = Workplace::new();
    let program = place.start().await;
    let post = |path: &'static str, body: &'static str, kind: &'static str| {
        program.request("POST", path).header("content-type", kind).body(body)
    };
    let json_type = "application/json";
    let big = format!(r#"{{"event":"a.b","data":{{"x":"{}"}}}}"#, "y".repeat(1024 * 1024));
    for (request, status, code) in [
        (post("/v1/events", "{", json_type), 400, "malformed_json"),
        (post("/v1/events", "{}", "text/plain"), 415, "not_json"),
        (post("/v1/events", r#"{"event":"a.b"}"#, json_type), 422, "invalid_event"),
        (post("/v1/events", r#"{"event":"a b","data":{}}"#, json_type), 422, "invalid_event"),
        (post("/v1/events", r#"{"event":"a.b","data":{},"typo":1}"#, json_type), 422, "invalid_event"),
        (
            program.request("POST", "/v1/events").header("content-type", json_type).body(big),
            413,
            "body_too_large",
        ),
        (post("/v1/subscriptions", r#"{"url":"ftp://x/","events":["*"]}"#, json_type), 422, "invalid_field"),
        (post("/v1/subscriptions", r#"{"url":"http://x/","events":[]}"#, json_type), 422, "invalid_field"),
        (
            post("/v1/subscriptions", r#"{"url":"http://x/","events":["*"],"uri":1}"#, json_type),
            422,
            "invalid_field",
        ),
        (
            post("/v1/subscriptions", r#"{"url":"http://x/","events":["*"],"platform":"x"}"#, json_type),
            422,
            "invalid_field",
        ),
        (
            post("/v1/subscriptions", r#"{"url":"http://x/","events":["*"],"scheme":"x"}"#, json_type),
            422,
            "unknown_scheme",
        ),
        (
            post("/v1/subscriptions", r#"{"url":"http://x/","events":["*"],"secret":""}"#, json_type),
            422,
            "invalid_field",
        ),
        (
            post(
                "/v1/subscriptions",
                r#"{"url":"https://x/","events":["*"],"platform":"track360"}"#,
                json_type,
            ),
            422,
            "invalid_field",
        ),
        (
            post(
                "/v1/subscriptions",
                r#"{"url":"http://x/","events":["*"],"platform":"track360","secret":"0123456789abcdef0123456789abcdef"}"#,
                json_type,
            ),
            422,
            "invalid_field",
        ),
        (program.request("GET", "/v1/subscriptions/sub_nope"), 404, "not_found"),
        (program.request("GET", "/v1/deliveries/dlv_00000000000000000000000009"), 404, "not_found"),
        (program.request("GET", "/v1/events/evt_nope"), 404, "not_found"),
        (program.request("GET", "/v1/deliveries?state=lost"), 422, "invalid_field"),
        (program.request("GET", "/v1/deliveries?limit=501"), 422, "invalid_field"),
        (program.request("GET", "/v1/deliveries?stat=failed"), 400, "bad_query"),
        (program.request("GET", "/v1/deliveries?since=yesterday"), 400, "invalid_time"),
        (program.request("GET", "/v1/deliveries?cursor=x"), 400, "bad_cursor"),
        (program.request("GET", "/v1/deliveries/export?cursor=x"), 400, "bad_cursor"),
        (program.request("GET", "/v1/health?deep=true"), 400, "bad_query"),
        (post("/v1/erase?dry_run=true", r#"{"field":"data.a","value":"b"}"#, json_type), 400, "bad_query"),
        (post("/v1/deliveries/cancel?dry_run=yes", "{}", json_type), 400, "bad_query"),
        (post("/v1/deliveries/cancel?dry_run=true", r#"{"state":"pending"}"#, json_type), 400, "said_twice"),
        (post("/v1/deliveries/cancel", r#"{"subscription":""}"#, json_type), 422, "invalid_field"),
        (post("/v1/subscriptions", r#"["http://x/",["*"]]"#, json_type), 422, "invalid_field"),
        (post("/v1/pause", r#"{"dry_run":true}"#, json_type), 422, "invalid_field"),
        (program.request("GET", "/v1/nothing"), 404, "no_such_route"),
        (program.request("DELETE", "/v1/events"), 405, "method_not_allowed"),
    ] {
        let response = request.send().await.unwrap();
        let got = response.status().as_u16();
        let problem: Value = response.json().await.unwrap();
        assert_eq!((got, problem["code"].as_str().unwrap()), (status, code), "{problem}");
    }
    let five = json!({"url": "http://x/", "events": ["*"], "headers": 5});
    let (_, problem) = program.call("POST", "/v1/subscriptions", five).await;
    assert_eq!(problem["field"], "headers");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("a list of pairs") && detail.contains("line 1"), "{detail}");
    let object = json!({"url": "http://x/", "events": ["*"], "headers": {"X-A": "b"}});
    let (status, saved) = program.call("POST", "/v1/subscriptions", object).await;
    assert_eq!((status, &saved["headers"]), (201, &json!([["X-A", "b"]])), "{saved}");
    let stats = program.get("/v1/stats").await;
    assert_eq!((&stats["events"], &stats["deliveries"]["pending"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn many_events_in_one_request_are_counted_and_bad_lines_named() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let line = |n: usize| format!(r#"{{"event":"a.b","id":"e{n}","data":{{}}}}"#);
    let mut lines: Vec<String> = (0..1000).map(line).collect();
    lines.insert(1, "{\"event\":".into());
    lines.insert(2, line(0));
    lines.insert(3, String::new());
    lines.push(r#"{"event":"a.b","id":"e5","data":{"other":1}}"#.into());
    let request = program.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
    let answer: Value = request.body(lines.join("\n")).send().await.unwrap().json().await.unwrap();
    let rejected: Vec<_> = answer["rejected"].as_array().unwrap().iter().map(|r| r["line"].clone()).collect();
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(1000), &json!(1)));
    assert_eq!(rejected, [json!(2), json!(1004)]);
    assert_eq!(answer["rejected_count"], 2);
    sink.wait("each is delivered", |hits| hits.len() >= 1000).await;
}

#[tokio::test]
async fn a_generated_secret_is_answered_once_and_a_given_one_never() {
    let place = Workplace::new();
    let program = place.start().await;
    let body = json!({"url": "http://127.0.0.1:9/", "events": ["*"], "generate_secret": true});
    let (_, saved) = program.call("POST", "/v1/subscriptions", body).await;
    let secret = saved["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let given = json!({"url": "http://127.0.0.1:9/", "events": ["*"], "secret": "a-given-secret"});
    let (_, given) = program.call("POST", "/v1/subscriptions", given).await;
    let list = program.get("/v1/subscriptions").await.to_string();
    assert!(!list.contains(&secret) && !list.contains("a-given-secret"));
    assert!(!given.to_string().contains("a-given-secret"));
}

#[tokio::test]
async fn the_stream_tells_what_happens_and_resumes_where_it_stopped() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let mut stream = program.request("GET", "/v1/stream").send().await.unwrap();
    program.call("POST", "/v1/events", json!({"event": "a.b", "id": "e1", "data": {}})).await;
    let mut text = String::new();
    while !text.contains("event: attempt") {
        text.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()));
    }
    assert!(text.contains("event: event") && text.contains("e1"), "{text}");
    let last = text.lines().rev().find_map(|l| l.strip_prefix("id: ")).unwrap().to_owned();
    drop(stream);
    program.call("POST", "/v1/events", json!({"event": "a.b", "id": "e2", "data": {}})).await;
    let mut stream = program.request("GET", "/v1/stream").header("last-event-id", last).send().await.unwrap();
    let mut text = String::new();
    while !text.contains("event: attempt") {
        text.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()));
    }
    assert!(text.contains("e2") && !text.contains("\"e1\""), "{text}");
}

#[tokio::test]
async fn the_api_names_the_mistake_behind_a_signature() {
    use base64::Engine;
    let place = Workplace::new();
    let program = place.start().await;
    let body = r#"{"id":"evt_1"}"#;
    let file = place.file("body", body);
    let secret = place.file("secret", "topsecret");
    let sign = ["sign", "--scheme", "github", "--body", &file, "--secret-file", &secret];
    let headers = place.run(&sign).await.json()["headers"].clone();
    let ask = |body: &str, secrets: Value| {
        let body = base64::engine::general_purpose::STANDARD.encode(body);
        json!({"body_base64": body, "headers": headers, "secrets": secrets})
    };
    for (request, cause) in [
        (ask(body, json!(["topsecret"])), "ok"),
        (ask(&format!("{body}\n"), json!(["topsecret"])), "body_trailing_newline"),
        (ask(body, json!(["other", "topsecret"])), "wrong_secret"),
        (ask(body, json!(["other"])), "unknown"),
    ] {
        let (status, answer) = program.call("POST", "/v1/diagnose", request).await;
        assert_eq!((status, &answer["cause"]), (200, &json!(cause)), "{answer}");
    }
}

#[tokio::test]
async fn connections_that_say_nothing_keep_nobody_from_an_answer() {
    let place = Workplace::new();
    let program = place.start().await;
    let addr = program.base.strip_prefix("http://").unwrap();
    // More than may be open at a time, some with half of a request.
    let mut silent = Vec::new();
    for n in 0..600 {
        let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(b"GET /v1/health HTTP/1.1\r\nHost: x").await.unwrap();
        }
        silent.push(stream);
    }
    let health = tokio::time::timeout(Duration::from_secs(60), program.get("/v1/health"));
    assert_eq!(health.await.expect("no answer")["status"], "ok");
    drop(silent);
}

#[tokio::test]
async fn who_closes_its_side_is_answered_by_the_api() {
    let place = Workplace::new();
    let program = place.start().await;
    let addr = program.base.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
    let request = format!(
        "GET /v1/doctor HTTP/1.1\r\nHost: {addr}\r\nAuthorization: Bearer {}\r\n\r\n",
        program.token.trim()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
