//! What goes out and what waits: pauses, breakers, filters.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]

use hookbench_journeys::{Program, Sink, Workplace};
use serde_json::{Value, json};

/// Asks again until it is so: another process noticed, or an attempt was recorded.
async fn until(program: &Program, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let asking = async {
        loop {
            let found = program.get(path).await;
            if wanted(&found) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), asking).await.expect(path)
}

async fn publish(program: &Program, data: Value) -> Vec<String> {
    let (status, answer) =
        program.call("POST", "/v1/events", json!({"event": "order.placed", "data": data})).await;
    assert_eq!(status, 202, "{answer}");
    answer["deliveries"].as_array().unwrap().iter().map(|d| d.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_pause_by_the_command_holds_the_running_program_and_outlives_it() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let id = program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let paused = place.run(&["pause"]).await;
    assert_eq!((paused.code, paused.json()["paused"].clone()), (0, json!(true)), "{paused:?}");
    until(&program, "/v1/health", |h| h["paused"] == true && h["paused_since"].is_string()).await;
    let delivery = publish(&program, json!({})).await.remove(0);
    let (retried, _) = program.call("POST", &format!("/v1/deliveries/{delivery}/retry"), Value::Null).await;
    assert_eq!(retried, 202, "it may be asked for, and waits");
    let (tested, problem) = program.call("POST", &format!("/v1/subscriptions/{id}/test"), Value::Null).await;
    assert_eq!((tested, problem["code"].clone()), (409, json!("wrong_state")));
    assert!(program.terminate().await.success());

    let program = place.start().await;
    let stats = program.get("/v1/stats").await;
    assert_eq!((stats["paused"].clone(), stats["queue"]["pending"].clone()), (json!(true), json!(1)));
    let (_, one) = program.call("POST", &format!("/v1/subscriptions/{id}/pause"), Value::Null).await;
    assert!(one["paused"] == true && one["paused_since"].is_string(), "{one}");
    let (_, all) = program.call("POST", "/v1/resume", Value::Null).await;
    assert_eq!(all, json!({"paused": false, "paused_since": null}));
    assert!(sink.hits().is_empty(), "its own pause still holds");
    let resumed = place.run(&["resume", &id]).await;
    assert_eq!((resumed.code, resumed.json()["paused"].clone()), (0, json!(false)), "{resumed:?}");
    sink.wait("what waited arrives", |hits| hits.len() == 1).await;
    let nobody = place.run(&["pause", "sub_00000000000000000000000000"]).await;
    assert_eq!(nobody.code, 1, "{nobody:?}");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_host_that_is_not_well_is_left_alone_and_shown_so() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let body = json!({"url": sink.url("/status/503"), "events": ["*"], "auto_disable_after_ms": 86_400_000});
    let id = program.subscribe(body).await;
    let path = format!("/v1/subscriptions/{id}");
    assert_eq!(program.get(&path).await["breaker"]["state"], "closed");
    for _ in 0..10 {
        publish(&program, json!({})).await;
    }
    let open = until(&program, &path, |s| s["breaker"]["state"] == "open").await;
    assert!(open["breaker"]["since"].is_string() && open["breaker"]["next_probe_at"].is_string(), "{open}");
    assert_eq!(
        (open["auto_disable_after_ms"].clone(), open["warning"].clone()),
        (json!(86_400_000), Value::Null)
    );
    let sent = sink.hits().len();
    let held = publish(&program, json!({})).await.remove(0);
    program.kill().await;

    let program = place.start().await;
    assert_eq!(program.get(&path).await["breaker"]["state"], "open", "it outlives a crash");
    let detail = program.get(&format!("/v1/deliveries/{held}")).await;
    assert_eq!((detail["state"].clone(), detail["attempt_count"].clone()), (json!("pending"), json!(0)));
    let (status, _) = program.call("POST", &format!("/v1/deliveries/{held}/retry"), Value::Null).await;
    assert_eq!(status, 202);
    sink.wait("a manual retry passes", |hits| hits.len() == sent + 1).await;
    let (_, edited) = program.call("PATCH", &path, json!({"url": sink.url("/ok")})).await;
    assert_eq!(edited["breaker"]["state"], "closed", "another URL may be well");
    sink.wait("what waited goes there", |hits| hits.iter().any(|h| h.path == "/ok")).await;
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_forwarded_event_keeps_its_bytes_and_its_original_signature() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let (status, source) = program
        .call(
            "POST",
            "/v1/sources",
            json!({"name": "shop", "scheme": "trcker", "secret": "0123456789abcdef0123456789abcdef"}),
        )
        .await;
    assert_eq!(status, 201, "{source}");
    let body = json!({"url": sink.url("/status/503"), "events": ["*"], "mode": "forward",
        "policy": {"preset": "none", "delays_ms": [1]}});
    let id = program.subscribe(body).await;
    let raw = "{\n \"id\": \"e1\", \"event\": \"order.placed\" }";
    let file = place.file("body.json", raw);
    let secret = place.file("secret.txt", "0123456789abcdef0123456789abcdef");
    let signed = place.run(&["sign", "--scheme", "trcker", "--body", &file, "--secret-file", &secret]).await;
    let from = &signed.out[signed.out.find("t=").unwrap()..];
    let signature = from[..from.find(['"', '\n']).unwrap()].to_owned();
    let receiver = program.ready["receiver"].as_str().unwrap().to_owned();
    let request = program.client.post(format!("{receiver}/in/shop")).header("X-Trcker-Signature", &signature);
    let answer = request.header("Content-Type", "application/json; v=2").body(raw).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    sink.wait("it is sent, and sent again from the database", |hits| hits.len() == 2).await;
    for hit in sink.hits() {
        assert_eq!(
            (hit.body.as_slice(), hit.header("x-trcker-signature")),
            (raw.as_bytes(), signature.as_str())
        );
        assert_eq!(hit.header("content-type"), "application/json; v=2");
    }
    let delivery = publish(&program, json!({})).await.remove(0);
    program.attempt(|line| line["outcome"] == "blocked").await;
    let detail = program.get(&format!("/v1/deliveries/{delivery}")).await;
    assert_eq!((detail["state"].clone(), detail["failure"].clone()), (json!("failed"), json!("blocked")));
    assert!(detail["attempts"][0]["error"].as_str().unwrap().contains("source"), "{detail}");
    assert_eq!(program.get(&format!("/v1/subscriptions/{id}")).await["mode"], "forward");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_filter_decides_which_events_are_sent_and_can_be_tried_before() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let (url, filter) = (sink.url("/big"), "data.amount > 100");
    let created = place
        .run(&["subscriptions", "create", "--url", &url, "--event", "order.*", "--filter", filter])
        .await;
    assert_eq!((created.code, created.json()["filter"].clone()), (0, json!(filter)), "{created:?}");
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/subscriptions/{id}");
    until(&program, "/v1/subscriptions", |s| s["items"].as_array().unwrap().len() == 1).await;
    assert_eq!(publish(&program, json!({"amount": 500})).await.len(), 1);
    assert!(publish(&program, json!({"amount": 5})).await.is_empty());
    assert!(publish(&program, json!({})).await.is_empty(), "without the field it does not match");
    sink.wait("the big one arrives", |hits| hits.len() == 1).await;

    let tried = place.run(&["subscriptions", "filter-test", "--filter", filter, "--last", "2"]).await;
    assert_eq!(tried.code, 0, "{tried:?}");
    let tried = tried.json();
    assert_eq!(
        (tried["tried"].clone(), tried["matched"].clone(), tried["failed"].clone()),
        (json!(2), json!(0), json!(1))
    );
    assert!(tried["items"][0]["why"].as_str().unwrap().contains("amount"), "{tried}");
    let (status, all) = program.call("POST", "/v1/filters/test", json!({"filter": filter})).await;
    assert_eq!((status, all["tried"].clone(), all["matched"].clone()), (200, json!(3), json!(1)));

    let (status, problem) = program.call("PATCH", &path, json!({"filter": "data.amount >"})).await;
    assert_eq!(status, 422);
    assert!(problem["detail"].as_str().unwrap().contains("line 1, column 14"), "{problem}");
    let wrong = place.run(&["subscriptions", "edit", &id, "--filter", "nope == 1"]).await;
    assert!(wrong.code == 1 && wrong.err.contains("column 1"), "{wrong:?}");

    let (_, other) = program.call("PATCH", &path, json!({"filter": "type == 'order.placed'"})).await;
    assert_eq!(other["filter"], "type == 'order.placed'");
    let cleared = place.run(&["subscriptions", "edit", &id, "--clear", "filter"]).await;
    assert_eq!((cleared.code, cleared.json()["filter"].clone()), (0, Value::Null), "{cleared:?}");
    until(&program, &path, |s| s["filter"].is_null()).await;
    assert_eq!(publish(&program, json!({})).await.len(), 1);
    assert!(program.terminate().await.success());
}
