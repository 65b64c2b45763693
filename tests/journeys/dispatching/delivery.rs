//! An event goes in, signed deliveries come out.

use std::collections::HashSet;

use hookbench_journeys::{Signed, Sink, Workplace, client, forged};
use serde_json::{Value, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn an_event_is_delivered_signed_and_logged_with_the_answer() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let subscription = program
        .subscribe(json!({"url": sink.url("/ok"), "events": ["conversion.*"], "platform": "trcker", "secret": SECRET}))
        .await;
    let event =
        json!({"id": "evt_1", "event": "conversion.created", "data": {"payoutCents": 1260, "note": "é ✓"}});
    let (status, accepted) = program.call("POST", "/v1/events", event.clone()).await;
    assert_eq!((status, accepted["deliveries"].as_array().unwrap().len()), (202, 1), "{accepted}");
    let line = program.attempt(|_| true).await;
    assert_eq!((&line["outcome"], &line["state"]), (&json!("success"), &json!("delivered")));

    let hit = sink.at("/ok").remove(0);
    let kept = hit.json();
    let keys: Vec<&String> = kept.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "event", "createdAt", "data"]);
    assert_eq!(hit.header("x-trcker-event"), "conversion.created");
    assert!(hit.header("x-trcker-webhook-id").starts_with("wh_"));
    let signed = Signed {
        scheme: "trcker",
        secret: SECRET,
        id: "evt_1",
        signature: hit.header("x-trcker-signature"),
        timestamp: "",
        body: &hit.body,
    };
    assert_eq!(forged(&[signed]), Vec::<usize>::new());

    let delivery = accepted["deliveries"][0].as_str().unwrap();
    let detail = program.get(&format!("/v1/deliveries/{delivery}")).await;
    assert_eq!((&detail["state"], &detail["subscription"]), (&json!("delivered"), &json!(subscription)));
    let attempt = &detail["attempts"][0];
    assert_eq!((&attempt["status"], &attempt["trigger"]), (&json!(200), &json!("scheduled")));
    assert_eq!(attempt["response"]["body"], "answered");
    assert_eq!(attempt["request"]["body"].as_str().unwrap().as_bytes(), hit.body);
    let sent: HashSet<String> = attempt["request"]["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| pair[0].as_str().unwrap().to_lowercase())
        .collect();
    let came: HashSet<String> = hit.headers.iter().map(|(n, _)| n.clone()).collect();
    assert_eq!(sent, came, "what is logged is what was sent");

    let (status, again) = program.call("POST", "/v1/events", event).await;
    assert_eq!((status, &again["duplicate"]), (200, &json!(true)));
    let other = json!({"id": "evt_1", "event": "conversion.created", "data": {}});
    assert_eq!(program.call("POST", "/v1/events", other).await.0, 409);
    assert_eq!(sink.hits().len(), 1);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn failures_are_retried_by_the_policy_and_a_manual_retry_leaves_the_past() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let policy = json!({"preset": "trcker", "delays_ms": [50, 50]});
    program.subscribe(json!({"url": sink.url("/status/500"), "events": ["*"], "policy": policy})).await;
    let (_, accepted) = program.call("POST", "/v1/events", json!({"event": "x.y", "data": {}})).await;
    assert!(accepted["warnings"][0].as_str().unwrap().contains("x.y"), "{accepted}");
    let delivery = format!("/v1/deliveries/{}", accepted["deliveries"][0].as_str().unwrap());
    program.attempt(|line| line["state"] == "failed").await;
    let detail = program.get(&delivery).await;
    assert_eq!((&detail["failure"], detail["attempts"].as_array().unwrap().len()), (&json!("exhausted"), 3));
    assert!(detail["attempts"][0]["verdict"]["summary"].is_string(), "{detail}");

    let (status, _) = program.call("POST", &format!("{delivery}/retry"), Value::Null).await;
    assert_eq!(status, 202);
    program.attempt(|line| line["trigger"] == "manual").await;
    let after = program.get(&delivery).await;
    assert_eq!((&after["state"], &after["failure"]), (&json!("failed"), &json!("exhausted")));
    assert_eq!(after["finished_at"], detail["finished_at"]);
    assert_eq!(after["attempts"][3]["trigger"], "manual");
}

#[tokio::test]
async fn a_disabled_subscription_is_skipped_and_one_that_says_gone_is_disabled() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let off = program.subscribe(json!({"url": sink.url("/off"), "events": ["*"], "enabled": false})).await;
    let gone = program.subscribe(json!({"url": sink.url("/status/410"), "events": ["*"]})).await;
    program.call("POST", "/v1/events", json!({"event": "x.y", "data": {}})).await;
    program.attempt(|line| line["state"] == "failed").await;
    let list = program.get(&format!("/v1/deliveries?subscription={off}")).await;
    assert_eq!(
        (&list["items"][0]["state"], &list["items"][0]["reason"]),
        (&json!("skipped"), &json!("disabled"))
    );
    let subscription = program.get(&format!("/v1/subscriptions/{gone}")).await;
    assert_eq!(subscription["enabled"], false);
    assert!(subscription["disabled_because"].as_str().unwrap().contains("410"));

    // Released by hand, a skipped delivery is sent, once its subscription is enabled again.
    let skipped = list["items"][0]["id"].as_str().unwrap().to_owned();
    program.call("PATCH", &format!("/v1/subscriptions/{off}"), json!({"enabled": true})).await;
    program.call("POST", &format!("/v1/deliveries/{skipped}/retry"), Value::Null).await;
    program.attempt(|line| line["delivery"] == json!(skipped)).await;
    assert_eq!(sink.at("/off").len(), 1);
}

#[tokio::test]
async fn what_waits_is_held_while_disabled_uses_the_edit_and_is_cancelled_by_deletion() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let policy = json!({"delays_ms": [100], "jitter": 0});
    let id =
        program.subscribe(json!({"url": sink.url("/status/503"), "events": ["*"], "policy": policy})).await;
    let path = format!("/v1/subscriptions/{id}");
    program.call("POST", "/v1/events", json!({"event": "x.y", "data": {}})).await;
    program.call("PATCH", &path, json!({"enabled": false})).await;
    program.call("PATCH", &path, json!({"url": sink.url("/better")})).await;
    program.call("PATCH", &path, json!({"enabled": true})).await;
    sink.wait("the retry goes to the new address", |hits| hits.iter().any(|h| h.path == "/better")).await;
    program.attempt(|line| line["state"] == "delivered").await;

    let policy = json!({"delays_ms": [3_600_000]});
    program.call("PATCH", &path, json!({"url": sink.url("/status/503"), "policy": policy})).await;
    let (_, accepted) = program.call("POST", "/v1/events", json!({"event": "x.y", "data": {}})).await;
    program.attempt(|line| line["delivery"] == accepted["deliveries"][0]).await;
    let (status, deleted) = program.call("DELETE", &path, Value::Null).await;
    assert_eq!((status, &deleted["cancelled_deliveries"]), (200, &json!(1)));
    let delivery =
        program.get(&format!("/v1/deliveries/{}", accepted["deliveries"][0].as_str().unwrap())).await;
    assert_eq!(delivery["state"], "cancelled");
}

#[tokio::test]
async fn two_thousand_events_over_32_connections_arrive_exactly_as_signed() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    for (path, platform, secret) in [
        ("/trcker", "trcker", SECRET),
        ("/track360", "track360", SECRET),
        ("/standard", "generic", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ] {
        program
            .subscribe(
                json!({"url": sink.url(path), "events": ["*"], "platform": platform, "secret": secret}),
            )
            .await;
    }
    let mut senders = tokio::task::JoinSet::new();
    for connection in 0..32 {
        let (base, token) = (program.base.clone(), program.token.clone());
        senders.spawn(async move {
            let client = client().pool_max_idle_per_host(1).build().unwrap();
            for n in (connection..2000).step_by(32) {
                let event = json!({"id": format!("evt_{n}"), "event": "click.tracked", "data": {"n": n, "note": "ü\"\\ "}});
                let request = client.post(format!("{base}/v1/events")).bearer_auth(&token).json(&event);
                assert_eq!(request.send().await.unwrap().status().as_u16(), 202);
            }
        });
    }
    while let Some(sender) = senders.join_next().await {
        sender.unwrap();
    }
    sink.wait("every event reaches every subscription", |hits| hits.len() >= 6000).await;
    let hits = sink.hits();
    assert_eq!(hits.len(), 6000);
    let seen: HashSet<(String, String)> =
        hits.iter().map(|h| (h.path.clone(), h.json()["id"].as_str().unwrap().to_owned())).collect();
    assert_eq!(seen.len(), 6000, "each once");
    let signed: Vec<Signed<'_>> = hits
        .iter()
        .map(|h| {
            let (scheme, secret, header) = match h.path.as_str() {
                "/trcker" => ("trcker", SECRET, "x-trcker-signature"),
                "/track360" => ("track360", SECRET, "x-track360-signature"),
                _ => ("standard", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "webhook-signature"),
            };
            let (id, timestamp) = (h.header("webhook-id"), h.header("webhook-timestamp"));
            Signed { scheme, secret, id, timestamp, signature: h.header(header), body: &h.body }
        })
        .collect();
    assert_eq!(forged(&signed), Vec::<usize>::new());
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn each_customers_events_keep_their_order_and_nobody_waits_for_another() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let in_an_hour = json!({"preset": "none", "delays_ms": [3_600_000]});
    let definition = json!({"url": sink.url("/status/503"), "events": ["*"], "ordered_by": "data.customer", "policy": in_an_hour});
    let (status, made) = program.call("POST", "/v1/subscriptions", definition).await;
    assert_eq!((status, &made["ordered"], &made["ordered_by"]), (201, &json!(true), &json!("data.customer")));
    let route = format!("/v1/subscriptions/{}", made["id"].as_str().unwrap());
    let mut first = String::new();
    for (id, customer) in [("first", 1), ("second", 1), ("other", 2)] {
        let event = json!({"id": id, "event": "a.b", "data": {"customer": customer}});
        let (status, accepted) = program.call("POST", "/v1/events", event).await;
        assert_eq!(status, 202, "{accepted}");
        if id == "first" {
            first = accepted["deliveries"][0].as_str().unwrap().to_owned();
        }
        if id != "second" {
            program.attempt(|line| line["event_id"] == id && line["outcome"] == "http_status").await;
        }
    }
    let came = |path| sink.at(path).iter().map(|hit| hit.json()["id"].clone()).collect::<Vec<_>>();
    assert_eq!(came("/status/503"), ["first", "other"], "the second waits for the first");

    // The endpoint is mended, and the first sent again by hand: the second follows by itself.
    assert_eq!(program.call("PATCH", &route, json!({"url": sink.url("/ok")})).await.0, 200);
    assert_eq!(program.call("POST", &format!("/v1/deliveries/{first}/retry"), json!({})).await.0, 202);
    program.attempt(|line| line["event_id"] == "second" && line["state"] == "delivered").await;
    assert_eq!(came("/ok"), ["first", "second"]);

    let (status, problem) = program.call("PATCH", &route, json!({"ordered_by": "data[0]"})).await;
    assert_eq!(status, 422, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("data.customerId"), "{problem}");
    let (_, plain) = program.call("PATCH", &route, json!({"ordered": false})).await;
    assert_eq!((&plain["ordered"], &plain["ordered_by"]), (&json!(false), &Value::Null));
}
