//! Postbacks, relays, the self-check, requests again, scripted targets and the receiver check.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]

use std::process::Stdio;
use std::time::Duration;

use hookbench_journeys::{Program, RelayServer, Sink, Workplace, client};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const TIMEOUT: Duration = Duration::from_secs(60);

async fn source(program: &Program, body: Value) -> Value {
    let (status, saved) = program.call("POST", "/v1/sources", body).await;
    assert_eq!(status, 201, "{saved}");
    saved
}

fn at(program: &Program, path: &str) -> String {
    format!("{}{path}", program.ready["receiver"].as_str().unwrap())
}

async fn get(program: &Program, path: &str) -> (u16, Value) {
    let response = program.client.get(at(program, path)).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Asks again and again until something holds; a minute at most.
async fn until<F: Future<Output = Option<Value>>>(what: &str, ask: impl Fn() -> F) -> Value {
    let asked = async {
        loop {
            if let Some(value) = ask().await {
                return value;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, asked).await.unwrap_or_else(|_| panic!("{what}"))
}

#[tokio::test]
async fn a_postback_becomes_an_event_once_and_what_is_not_expanded_is_named() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let made = place.file("key", SECRET);
    let args = [
        "sources",
        "create",
        "--name",
        "s2s",
        "--scheme",
        "api-key",
        "--secret-file",
        &made,
        "--key-param",
        "key",
        "--postback",
        "conversion.created",
        "--param",
        "click_id=click.id",
        "--param",
        "payout=payout",
        "--param",
        "sub1?=sub1",
        "--constant",
        "network=acme",
        "--dedupe",
        "click_id",
    ];
    let saved = place.run(&args).await;
    assert_eq!(saved.code, 0, "{saved:?}");
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["conversion.*"]})).await;
    let good = format!("/in/s2s?click_id=c%2D1&payout=12.60&key={SECRET}");
    let first = until("the running process notices the source", async || {
        let (status, answer) = get(&program, &good).await;
        (status == 200).then_some(answer)
    })
    .await;
    assert_eq!((&first["id"], &first["event"]), (&json!("c-1"), &json!("conversion.created")));
    program.attempt(|line| line["outcome"] == "success").await;
    let body = r#"{"id":"c-1","event":"conversion.created","data":{"network":"acme","click":{"id":"c-1"},"payout":"12.60"}}"#;
    assert_eq!(String::from_utf8_lossy(&sink.at("/ok")[0].body), body);

    // The same postback as a form is the same event.
    let form = program
        .client
        .post(at(&program, "/in/s2s"))
        .header("content-type", "application/x-www-form-urlencoded");
    let again: Value = form
        .body(format!("payout=12.60&click_id=c-1&key={SECRET}"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(again["duplicate"], true, "{again}");
    let (status, other) = get(&program, &good.replace("12.60", "99")).await;
    assert_eq!((status, &other["code"]), (409, &json!("event_conflict")));

    for (macro_text, sent) in [
        ("{click_id}", "{click_id}"),
        ("{click_id}", "%7Bclick_id%7D"),
        ("[[x]]", "[[x]]"),
        ("${x}", "${x}"),
        ("#x#", "%23x%23"),
    ] {
        let (status, problem) =
            get(&program, &format!("/in/s2s?click_id={sent}&payout=1&key={SECRET}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!("unexpanded_macro")), "{problem}");
        assert_eq!(problem["parameters"], json!(["click_id"]));
        assert!(problem["detail"].as_str().unwrap().contains(macro_text), "{problem}");
    }
    let (status, problem) = get(&program, &format!("/in/s2s?payout=1&key={SECRET}")).await;
    assert_eq!(
        (status, &problem["code"], &problem["parameters"]),
        (400, &json!("missing_parameter"), &json!(["click_id"]))
    );
    let (status, problem) = get(&program, "/in/s2s?click_id=2&payout=1&key=wrong").await;
    assert_eq!((status, &problem["code"]), (401, &json!("mismatch")));
    let (status, taken) =
        get(&program, &format!("/in/s2s?click_id=3&payout=1&sub1={{sub1}}&key={SECRET}")).await;
    assert!(status == 200 && taken["warnings"][0].as_str().unwrap().contains("{sub1}"), "{taken}");
    let put = program.client.put(at(&program, "/in/s2s")).send().await.unwrap();
    assert_eq!((put.status().as_u16(), &put.headers()["allow"]), (405, &"GET, POST".parse().unwrap()));

    let shown = place.run(&["sources", "show", "s2s"]).await;
    assert!(!shown.out.contains(SECRET), "the key is kept nowhere");
    let requests = shown.json()["requests"].clone();
    let oldest = requests.as_array().unwrap().iter().rfind(|r| r["code"] == "ok").unwrap().clone();
    assert_eq!(oldest["query"], "click_id=c%2D1&payout=12.60&key=••••", "every other byte stays");
}

#[tokio::test]
async fn a_list_is_pulled_with_its_exact_bytes_once_and_goes_on_after_a_failure() {
    let (place, relay) = (Workplace::new(), RelayServer::start().await);
    let program = place.start().await;
    // Spaces that a parser would lose; the time that is signed is the relay's.
    let body = r#"{"id":"evt_far","event": "conversion.created", "data":{"n":1.50}}"#;
    let file = place.file("body", body);
    let secret = place.file("secret", SECRET);
    let args = ["sign", "--scheme", "trcker", "--body", &file, "--secret-file", &secret];
    let signed = place.run(&args).await.json()["headers"][0][1].as_str().unwrap().to_owned();
    let sign = [("X-Trcker-Signature", signed.as_str()), ("Content-Type", "application/json")];
    for _ in 0..25 {
        relay.take("POST", "", &[("Content-Type", "application/json")], b"{\"id\":\"forged\"}");
    }
    relay.take("POST", "", &sign, body.as_bytes());
    // No text: the list cannot hold it, so its bytes are asked for.
    relay.take("POST", "", &sign, b"\xff\xfe");
    relay.fail(503, 1);
    let definition = json!({"name": "far", "scheme": "trcker", "secret": SECRET,
        "relay": {"kind": "webhook-site", "url": relay.url()}});
    source(&program, definition).await;
    let shown = until("everything is pulled", async || {
        let shown = program.get("/v1/sources/far").await;
        (shown["relay"]["standing"]["pulled"] == 27).then_some(shown)
    })
    .await;
    assert_eq!(shown["relay"]["standing"]["state"], "pulling");
    let requests = shown["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 27);
    let of = |code: &str| requests.iter().filter(|r| r["code"] == code).count();
    assert_eq!((of("ok"), of("missing_signature"), of("mismatch")), (1, 25, 1));
    assert!(requests.iter().all(|r| r["relayed"] == true && r["peer"] == "203.0.113.7"));
    assert_eq!(requests[0]["body_base64"], "//4=");
    assert_eq!(program.get("/v1/events/evt_far").await["body"], body);

    // Another process goes on where this one was, and keeps nothing twice.
    assert!(program.terminate().await.success());
    relay.take("POST", "", &[], b"{}");
    let before = relay.asked().len();
    let program = place.start().await;
    until("the new one is pulled", async || {
        let shown = program.get("/v1/sources/far").await;
        (shown["relay"]["standing"]["pulled"] == 28).then_some(shown)
    })
    .await;
    assert!(relay.asked()[before].contains("date_from="), "{}", relay.asked()[before]);
    assert_eq!(program.get("/v1/sources/far").await["requests"].as_array().unwrap().len(), 28);

    // A relay that refuses for good is not asked again and again.
    let gone = json!({"name": "gone", "scheme": "none",
        "relay": {"kind": "webhook-site", "url": relay.url().replace("token-1", "token-2")}});
    source(&program, gone).await;
    let shown = until("it stops", async || {
        let shown = program.get("/v1/sources/gone").await;
        (shown["relay"]["standing"]["state"] == "stopped").then_some(shown)
    })
    .await;
    assert!(shown["relay"]["standing"]["error"].as_str().unwrap().contains("expired"), "{shown}");
}

#[tokio::test]
async fn a_stream_is_followed_marked_as_written_anew_and_opened_again() {
    let (place, relay) = (Workplace::new(), RelayServer::start().await);
    let program = place.start().await;
    let relayed = |name: &str, scheme: &str, secret: Value| json!({"name": name, "scheme": scheme, "secret": secret, "relay": {"kind": "smee", "url": relay.url()}});
    source(&program, relayed("open", "none", Value::Null)).await;
    let signed = source(&program, relayed("signed", "github", json!(SECRET))).await;
    assert!(signed["warnings"][0].as_str().unwrap().contains("cannot verify bytes"), "{signed}");
    relay.wait("both streams are open", |asked| asked.iter().filter(|a| *a == "/token-1").count() >= 2).await;
    relay.take(
        "POST",
        "",
        &[("x-github-event", "push"), ("x-hub-signature-256", &format!("sha256={}", "0".repeat(64)))],
        br#"{ "id": "one", "event": "a.b" }"#,
    );
    let of = async |name: &str, count: usize| {
        until("the message comes", async || {
            let shown = program.get(&format!("/v1/sources/{name}")).await;
            (shown["requests"].as_array().unwrap().len() == count).then_some(shown)
        })
        .await
    };
    let open = of("open", 1).await;
    let taken = &open["requests"][0];
    assert_eq!(
        (&taken["code"], &taken["note"]),
        (&json!("ok"), &json!("re-serialised: cannot verify bytes"))
    );
    assert_eq!(program.get("/v1/events/one").await["body"], r#"{"id":"one","event":"a.b"}"#);
    let signed = of("signed", 1).await;
    let refused = &signed["requests"][0];
    assert_eq!((&refused["code"], &refused["status"]), (&json!("reserialized"), &json!(401)));

    relay.hang_up();
    relay.wait("both are opened again", |asked| asked.iter().filter(|a| *a == "/token-1").count() >= 4).await;
    assert!(relay.last_ids()[2..].iter().all(|id| id.as_deref() == Some("1")), "{:?}", relay.last_ids());
    relay.take("POST", "", &[], br#"{"id":"two","event":"a.b"}"#);
    of("open", 2).await;
}

#[tokio::test]
async fn a_self_check_sees_whether_the_public_url_leads_here() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let here = program.ready["receiver"].as_str().unwrap().to_owned();
    let unset = program.call("POST", "/v1/receiver/self-check", json!({})).await;
    assert_eq!((unset.0, &unset.1["code"]), (422, &json!("invalid_field")));
    let bad = program.call("PUT", "/v1/receiver", json!({"public_url": "http://example.com"})).await;
    assert!(bad.0 == 422 && bad.1["detail"].as_str().unwrap().contains("https"), "{bad:?}");
    program.call("PUT", "/v1/receiver", json!({"public_url": here})).await;
    assert_eq!(program.get("/v1/receiver").await["public_url"], here);
    let (_, check) = program.call("POST", "/v1/receiver/self-check", json!({})).await;
    assert_eq!((&check["reached"], &check["code"]), (&json!(true), &json!("reached")), "{check}");
    // Another process asks, this one receives.
    assert_eq!(place.run(&["receiver", "self-check"]).await.code, 0);
    for (url, code) in [(sink.url(""), "elsewhere"), ("http://127.0.0.1:9".to_owned(), "no_answer")] {
        let answer = place.run(&["receiver", "self-check", "--url", &url]).await;
        assert_eq!((answer.code, &answer.json()["code"]), (5, &json!(code)), "{answer:?}");
    }
    let guessed = get(&program, &format!("/in/.self-check/{}", "0".repeat(48))).await;
    let nobody = get(&program, "/in/nobody").await;
    assert_eq!(guessed, nobody);
}

#[tokio::test]
async fn a_refused_request_is_taken_once_the_secret_is_right_and_goes_on_byte_for_byte() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    source(&program, json!({"name": "shop", "scheme": "trcker", "secret": "not-yet-the-right-one"})).await;
    let body = r#"{"id":"evt_1",  "event":"conversion.created","data":{}}"#;
    let (file, secret) = (place.file("body", body), place.file("secret", SECRET));
    let args = ["sign", "--scheme", "trcker", "--body", &file, "--secret-file", &secret];
    let signed = place.run(&args).await.json()["headers"][0][1].as_str().unwrap().to_owned();
    let post = program.client.post(at(&program, "/in/shop?from=here")).header("x-trcker-signature", &signed);
    assert_eq!(post.body(body).send().await.unwrap().status().as_u16(), 401);
    let id = program.get("/v1/sources/shop").await["requests"][0]["id"].as_str().unwrap().to_owned();
    let still = place.run(&["sources", "replay", &id]).await;
    assert_eq!((still.code, &still.json()["answer"]["code"]), (1, &json!("mismatch")));
    source(&program, json!({"name": "right", "scheme": "trcker", "secret": SECRET})).await;
    let right = json!({"source": "right"});
    let (status, taken) = program.call("POST", &format!("/v1/received/{id}/replay"), right).await;
    assert_eq!(
        (status, &taken["status"], &taken["answer"]["id"]),
        (200, &json!(200), &json!("evt_1")),
        "{taken}"
    );
    assert_eq!(program.get("/v1/events/evt_1").await["body"], body);

    let to = json!({"url": sink.url("/mine")});
    let (status, sent) = program.call("POST", &format!("/v1/received/{id}/forward"), to).await;
    assert_eq!((status, &sent["status"]), (200, &json!(200)), "{sent}");
    let hit = sink.at("/mine").pop().unwrap();
    assert_eq!((hit.body.as_slice(), hit.header("x-trcker-signature")), (body.as_bytes(), signed.as_str()));
    assert_eq!(program.call("POST", "/v1/received/999/replay", json!({})).await.0, 404);
}

#[tokio::test]
async fn a_target_verifies_what_reaches_it_and_the_check_finds_what_is_wrong_with_it() {
    let place = Workplace::new();
    let program = place.start().await;
    let start = async |script: &str| {
        let target = json!({"script": script, "scheme": "trcker", "secret": SECRET});
        let (status, target) = program.call("POST", "/v1/targets", target).await;
        assert_eq!(status, 201, "{target}");
        target
    };
    let (good, open) = (start("verify").await, start("200").await);
    let check = async |target: &Value| {
        let input = json!({"url": target["url"], "scheme": "trcker", "secret": SECRET, "old_secret": "the-old-secret"});
        let (status, card) = program.call("POST", "/v1/check-receiver", input).await;
        assert_eq!(status, 200, "{card}");
        card
    };
    let opinion = |card: &Value, name: &str| {
        let all = card["findings"].as_array().unwrap();
        all.iter().find(|f| f["check"] == name).unwrap()["opinion"].as_str().unwrap().to_owned()
    };
    let card = check(&good).await;
    for name in [
        "valid",
        "raw_bytes",
        "no_signature",
        "tampered",
        "stale",
        "future",
        "duplicate",
        "burst",
        "huge",
        "get",
    ] {
        assert_eq!(opinion(&card, name), "pass", "{name}: {card}");
    }
    // It answers 200 to whatever is signed right.
    assert_eq!((opinion(&card, "not_json").as_str(), &card["failed"]), ("warn", &json!(0)));
    assert_eq!(opinion(&card, "old_secret"), "warn");
    let requests = program.get(&format!("/v1/targets/{}", good["id"].as_str().unwrap())).await;
    let all = requests["items"].as_array().unwrap();
    let test = json!(["x-hookbench-test", "true"]);
    assert!(all.iter().all(|r| r["headers"].as_array().unwrap().contains(&test)));
    assert!(all.iter().any(|r| r["verified"]["reason"] == "stale_timestamp"));

    let card = check(&open).await;
    assert_eq!(opinion(&card, "tampered"), "fail");
    let tampered = card["findings"].as_array().unwrap().iter().find(|f| f["check"] == "tampered").unwrap();
    assert!(tampered["why"].as_str().unwrap().len() > 10 && tampered["fix"].as_str().unwrap().len() > 10);
    let far = json!({"url": "https://hooks.example.com/x", "scheme": "trcker", "secret": SECRET});
    let (status, refused) = program.call("POST", "/v1/check-receiver", far).await;
    assert!(status == 422 && refused["detail"].as_str().unwrap().contains("confirm"), "{refused}");

    let secret = place.file("secret", SECRET);
    let url = open["url"].as_str().unwrap();
    let answer =
        place.run(&["check-receiver", "--url", url, "--scheme", "trcker", "--secret-file", &secret]).await;
    assert!(answer.code == 1 && answer.json()["failed"].as_u64().unwrap() > 3, "{answer:?}");
    assert_eq!(
        program.call("DELETE", &format!("/v1/targets/{}", open["id"].as_str().unwrap()), Value::Null).await.0,
        200
    );
    assert_eq!(program.get("/v1/targets").await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_target_of_the_command_shows_each_request_with_its_proof() {
    let place = Workplace::new();
    let secret = place.file("secret", SECRET);
    let script =
        place.file("script.json", r#"[{"status": 202, "headers": {"X-A": "b"}, "body": "own"}, "bomb"]"#);
    let args = [
        "--json",
        "target",
        "run",
        "--script-file",
        &script,
        "--scheme",
        "api-key",
        "--secret-file",
        &secret,
    ];
    let mut child = place.command(&args).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = async || -> Value {
        let line = tokio::time::timeout(TIMEOUT, lines.next_line()).await.unwrap().unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    };
    let url = line().await["url"].as_str().unwrap().to_owned();
    let client = client().build().unwrap();
    let answer = client.post(&url).header("x-api-key", SECRET).body("one").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["x-a"]), (202, &"b".parse().unwrap()));
    assert_eq!(answer.text().await.unwrap(), "own");
    let shown = line().await;
    assert_eq!((&shown["body"], &shown["verified"]["valid"]), (&json!("one"), &json!(true)));
    let bomb = client.post(&url).body("two").send().await.unwrap();
    assert_eq!(bomb.headers()["content-encoding"], "gzip");
    assert!(bomb.bytes().await.unwrap().len() < 2 * 1024 * 1024, "a megabyte on the wire");
    assert_eq!(line().await["verified"]["reason"], "missing_signature");
}
