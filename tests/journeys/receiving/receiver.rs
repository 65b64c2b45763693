//! Webhooks come in: verified on their bytes, kept, fanned out; and refused ones are kept, too.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]

use hookbench_journeys::{Program, Sink, Workplace};
use serde_json::{Value, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const BODY: &str = r#"{"id":"evt_in1", "event":"conversion.created","data":{"note":"é ✓","n":1.50}}"#;

/// A signature of `trcker` at `at`, made by the command.
async fn signature(place: &Workplace, body: &str, at: &str) -> String {
    let (body, secret) = (place.file("signed-body", body), place.file("secret", SECRET));
    let args = ["sign", "--scheme", "trcker", "--body", &body, "--secret-file", &secret, "--at", at];
    let answer = place.run(&args).await;
    assert_eq!(answer.code, 0, "{answer:?}");
    let start = answer.out.find("t=").unwrap();
    let value = &answer.out[start..];
    value[..value.find(['"', '\n']).unwrap()].to_owned()
}

async fn source(program: &Program, body: Value) -> Value {
    let (status, saved) = program.call("POST", "/v1/sources", body).await;
    assert_eq!(status, 201, "{saved}");
    saved
}

async fn send(program: &Program, path: &str, body: &str, signature: Option<&str>) -> (u16, Value) {
    let url = format!("{}{path}", program.ready["receiver"].as_str().unwrap());
    let mut request = program.client.post(url).body(body.to_owned());
    if let Some(signature) = signature {
        request = request.header("x-trcker-signature", signature);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    if status != 200 {
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    (status, response.json().await.unwrap())
}

fn shop() -> Value {
    json!({"name": "shop", "scheme": "trcker", "secret": SECRET, "brand": "b1"})
}

#[tokio::test]
async fn a_verified_webhook_is_kept_fanned_out_and_delivered_byte_for_byte() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let saved = source(&program, shop()).await;
    assert!(saved.get("secret").is_none() && saved["has_secret"] == true, "{saved}");
    let wants = json!({"url": sink.url("/ok"), "events": ["conversion.*"], "brand": "b1"});
    program.subscribe(wants).await;
    program.subscribe(json!({"url": sink.url("/no"), "events": ["*"], "brand": "b2"})).await;
    let good = signature(&place, BODY, "0m").await;

    let (status, first) = send(&program, "/in/shop", BODY, Some(&good)).await;
    assert_eq!(
        (status, &first["id"], &first["event"]),
        (200, &json!("evt_in1"), &json!("conversion.created"))
    );
    assert!(
        first.get("duplicate").is_none() && first["deliveries"].as_array().unwrap().len() == 1,
        "{first}"
    );
    program.attempt(|line| line["outcome"] == "success").await;
    assert_eq!(sink.at("/ok")[0].body, BODY.as_bytes());

    let (status, again) = send(&program, "/in/shop", BODY, Some(&good)).await;
    assert_eq!((status, &again["duplicate"]), (200, &json!(true)));
    assert_eq!(again["deliveries"], first["deliveries"]);
    let event = program.get(&format!("/v1/events/evt_in1?source={}", saved["id"].as_str().unwrap())).await;
    assert_eq!((event["body"].as_str().unwrap(), &event["brand"]), (BODY, &json!("b1")));
    assert_eq!(sink.hits().len(), 1);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn what_does_not_verify_is_refused_with_the_check_that_failed_and_kept() {
    let place = Workplace::new();
    let program = place.start().await;
    source(&program, shop()).await;
    let (good, stale) = (signature(&place, BODY, "0m").await, signature(&place, BODY, "1h").await);
    let tampered = format!("{BODY} ");
    for (body, signature, code, check) in [
        (tampered.as_str(), Some(good.as_str()), "mismatch", "digest"),
        (BODY, None, "missing_signature", "header"),
        (BODY, Some("t=1"), "malformed_signature", "format"),
        (BODY, Some(stale.as_str()), "stale_timestamp", "age"),
    ] {
        let (status, problem) = send(&program, "/in/shop", body, signature).await;
        assert_eq!((status, &problem["code"], &problem["check"]), (401, &json!(code), &json!(check)));
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{problem}");
    }
    assert_eq!(send(&program, "/in/nobody", BODY, Some(&good)).await.0, 404);
    assert_eq!(send(&program, "/in/shop/token", BODY, Some(&good)).await.0, 404);
    assert_eq!(send(&program, "/elsewhere", BODY, Some(&good)).await.0, 404);

    let shown = program.get("/v1/sources/shop").await;
    let kept = shown["requests"].as_array().unwrap();
    let codes: Vec<&Value> = kept.iter().map(|r| &r["code"]).filter(|c| **c != "wrong_token").collect();
    assert_eq!(codes, ["stale_timestamp", "malformed_signature", "missing_signature", "mismatch"]);
    let mismatch = kept.last().unwrap();
    assert_eq!((&mismatch["status"], &mismatch["body"]), (&json!(401), &json!(tampered)));
    assert!(mismatch["headers"].to_string().contains(&good));
    assert_eq!(program.get("/v1/events").await["items"], json!([]));
}

#[tokio::test]
async fn the_same_id_with_other_bytes_is_a_conflict_and_kept_as_one() {
    let place = Workplace::new();
    let program = place.start().await;
    source(&program, shop()).await;
    let good = signature(&place, BODY, "0m").await;
    assert_eq!(send(&program, "/in/shop", BODY, Some(&good)).await.0, 200);
    let other = BODY.replace(r#", "event""#, r#","event""#);
    let signed = signature(&place, &other, "0m").await;
    let (status, problem) = send(&program, "/in/shop", &other, Some(&signed)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("event_conflict")));
    let shown = program.get("/v1/sources/shop").await;
    assert_eq!(
        (&shown["requests"][0]["status"], &shown["requests"][0]["body"]),
        (&json!(409), &json!(other))
    );
    assert_eq!(program.get("/v1/events/evt_in1").await["body"], BODY);
}

#[tokio::test]
async fn the_same_webhook_a_hundred_times_at_once_is_one_event_and_a_hundred_200() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    source(&program, shop()).await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let good = signature(&place, BODY, "0m").await;
    let url = format!("{}/in/shop", program.ready["receiver"].as_str().unwrap());
    let sent: Vec<_> = (0..100)
        .map(|_| {
            let request = program.client.post(&url).header("x-trcker-signature", &good).body(BODY);
            tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
        })
        .collect();
    for answer in sent {
        assert_eq!(answer.await.unwrap(), 200);
    }
    program.attempt(|line| line["outcome"] == "success").await;
    assert_eq!(program.get("/v1/events").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(sink.hits().len(), 1);
}

#[tokio::test]
async fn sources_are_made_listed_and_deleted_beside_a_running_dispatcher() {
    let place = Workplace::new();
    let program = place.start().await;
    let args = [
        "sources",
        "create",
        "--name",
        "lan",
        "--scheme",
        "api-key",
        "--generate-secret",
        "--generate-token",
    ];
    let made = place.run(&args).await.json();
    let (key, token) = (made["secret"].as_str().unwrap(), made["token"].as_str().unwrap());
    let url = |token: &str| format!("{}/in/lan/{token}", program.ready["receiver"].as_str().unwrap());
    // The running process notices what another one made.
    let mut status = 404;
    let noticed = async {
        while status == 404 {
            let request = program.client.post(url(token)).header("x-api-key", key).body(BODY);
            status = request.send().await.unwrap().status().as_u16();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), noticed).await.unwrap();
    assert_eq!(status, 200);
    let wrong = program.client.post(url("wrong")).header("x-api-key", key).body(BODY).send().await.unwrap();
    let nobody = program.client.post(url(token).replace("lan", "nobody")).body(BODY).send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), nobody.status().as_u16()), (404, 404));
    assert_eq!(wrong.text().await.unwrap(), nobody.text().await.unwrap(), "nothing tells them apart");

    let got = program.client.get(url(token)).send().await.unwrap();
    assert_eq!((got.status().as_u16(), &got.headers()["allow"]), (405, &"POST".parse().unwrap()));
    let form = program.client.post(url(token)).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(form.body("a=1").send().await.unwrap().status().as_u16(), 415);
    let big = program.client.post(url(token)).header("x-api-key", key).body(vec![b'x'; 1024 * 1024 + 1]);
    assert_eq!(big.send().await.unwrap().status().as_u16(), 413);

    let shown = place.run(&["sources", "show", "lan"]).await;
    assert!(!shown.out.contains(key) && !shown.out.contains(token), "no secret is shown again");
    for file in std::fs::read_dir(place.data()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [key, token] {
            assert!(
                !bytes.windows(secret.len()).any(|w| w == secret.as_bytes()),
                "a secret lies in the clear"
            );
        }
    }
    assert_eq!(place.run(&["sources", "list"]).await.json()["items"].as_array().unwrap().len(), 1);
    let again = place.run(&args).await;
    assert!(again.code == 1 && again.err.contains("name_taken"), "{again:?}");
    assert_eq!(place.run(&["sources", "delete", "lan"]).await.code, 0);
    assert_eq!(place.run(&["sources", "show", "lan"]).await.code, 1);
}

#[tokio::test]
async fn only_listed_addresses_may_send_and_bad_sources_are_refused() {
    let place = Workplace::new();
    let program = place.start().await;
    source(&program, json!({"name": "far", "scheme": "none", "allow_ips": ["203.0.113.0/24"]})).await;
    source(&program, json!({"name": "near", "scheme": "none", "allow_ips": ["127.0.0.0/8", "::1"]})).await;
    assert_eq!(send(&program, "/in/far", BODY, None).await.0, 403);
    assert_eq!(send(&program, "/in/near", BODY, None).await.0, 200);
    for (body, status, code) in [
        (json!({"name": "near", "scheme": "none"}), 409, "name_taken"),
        (json!({"name": "Not A Name", "scheme": "none"}), 422, "invalid_field"),
        (json!({"name": "a", "scheme": "nope"}), 422, "unknown_scheme"),
        (json!({"name": "a"}), 422, "invalid_field"),
        (json!({"name": "a", "scheme": "trcker"}), 422, "invalid_field"),
        (json!({"name": "a", "scheme": "none", "allow_ips": ["here"]}), 422, "invalid_field"),
        (json!({"name": "a", "scheme": "none", "token": "short"}), 422, "invalid_field"),
        (json!({"name": "a", "scheme": "none", "path": "/x"}), 422, "invalid_field"),
    ] {
        let (got, problem) = program.call("POST", "/v1/sources", body).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{problem}");
    }
    assert_eq!(program.call("DELETE", "/v1/sources/near", Value::Null).await.0, 200);
    assert_eq!(send(&program, "/in/near", BODY, None).await.0, 404);
    assert_eq!(program.call("GET", "/v1/sources/near", Value::Null).await.0, 404);
}

#[tokio::test]
async fn an_event_that_goes_in_circles_is_stopped_and_told_of() {
    let place = Workplace::new();
    let mut program = place.start().await;
    source(&program, json!({"name": "circle", "scheme": "none"})).await;
    let round = json!({
        "url": format!("{}/in/circle", program.ready["receiver"].as_str().unwrap()),
        "events": ["round.*"],
        // Each time with another id, so that it is another event.
        "template": r#"{"id":"{{ id }}x","event":"round.trip","data":{}}"#,
    });
    let (status, saved) = program.call("POST", "/v1/subscriptions", round).await;
    assert_eq!(status, 201, "{saved}");
    assert!(saved["warnings"].to_string().contains("comes in again"), "{saved}");
    let (status, answer) =
        program.call("POST", "/v1/events", json!({"id": "r", "event": "round.trip", "data": {}})).await;
    assert_eq!(status, 202, "{answer}");

    let rounds = std::cell::Cell::new(0);
    let last = program
        .attempt(|line| {
            rounds.set(rounds.get() + u32::from(line["outcome"] == "success"));
            line["outcome"] != "success"
        })
        .await;
    assert_eq!((rounds.get(), &last["outcome"]), (8, &json!("blocked")), "{last}");
    let delivery = program.get(&format!("/v1/deliveries/{}", last["delivery"].as_str().unwrap())).await;
    assert!(delivery.to_string().contains("failed"), "{delivery}");
    assert!(delivery.to_string().contains("delivery_loop"), "{delivery}");
    // Another one is stopped as well, and nobody is told twice of the same circle.
    program.call("POST", "/v1/events", json!({"id": "s", "event": "round.trip", "data": {}})).await;
    program.attempt(|line| line["outcome"] == "blocked").await;
    let alerts = program.get("/v1/alerts").await;
    let kinds: Vec<&Value> = alerts["items"].as_array().unwrap().iter().map(|a| &a["kind"]).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "delivery_loop").count(), 1, "{alerts}");
}

#[tokio::test]
async fn a_name_under_localhost_is_this_machine_and_what_it_counts_cannot_be_set() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let url = sink.url("/ok").replace("127.0.0.1", "app.localhost");
    program.subscribe(json!({"url": url, "events": ["*"]})).await;
    program.call("POST", "/v1/events", json!({"event": "a.b", "data": {}})).await;
    program.attempt(|line| line["outcome"] == "success").await;
    assert_eq!(sink.at("/ok")[0].header("x-hookbench-hops"), "1");
    for name in ["X-Hookbench-Hops", "Trailer", "HTTP2-Settings", "TE"] {
        let body = json!({"url": sink.url("/ok"), "events": ["*"], "headers": [[name, "0"]]});
        let (status, problem) = program.call("POST", "/v1/subscriptions", body).await;
        assert_eq!(status, 422, "{name}: {problem}");
    }
    for url in ["http:/{id}/x", "http:///{id}", "http:\\\\{id}\\x"] {
        let body = json!({"url": url, "events": ["*"], "kind": "postback"});
        let (status, problem) = program.call("POST", "/v1/subscriptions", body).await;
        assert_eq!(
            (status, problem["detail"].to_string().contains("macro cannot choose")),
            (422, true),
            "{url}: {problem}"
        );
    }
}
