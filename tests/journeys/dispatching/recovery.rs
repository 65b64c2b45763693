//! Sending again: recover, replay, the canary, and what survives a kill.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]

use std::time::Duration;

use hookbench_journeys::{Program, Sink, Workplace};
use serde_json::{Value, json};

/// Asks again until it is so.
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
    tokio::time::timeout(Duration::from_secs(60), asking).await.expect(path)
}

async fn publish(program: &Program, n: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for i in 0..n {
        let body = json!({"event": "order.placed", "data": {"n": i}});
        let (status, answer) = program.call("POST", "/v1/events", body).await;
        assert_eq!(status, 202, "{answer}");
        ids.push(answer["id"].as_str().unwrap().to_owned());
    }
    ids
}

async fn count(program: &Program, filter: &str) -> usize {
    program.get(&format!("/v1/deliveries?{filter}&limit=500")).await["items"].as_array().unwrap().len()
}

/// A subscription to an endpoint that refuses, `n` events that failed there, and the endpoint then
/// moved to `path`.
async fn outage(program: &Program, sink: &Sink, n: usize, path: &str) -> String {
    let id = program
        .subscribe(
            json!({"url": sink.url("/status/400"), "events": ["*"], "policy": "none", "platform": "trcker"}),
        )
        .await;
    publish(program, n).await;
    let path_of = format!("/v1/deliveries?state=failed&subscription={id}&limit=500");
    until(program, &path_of, |page| page["items"].as_array().unwrap().len() == n).await;
    let (status, _) =
        program.call("PATCH", &format!("/v1/subscriptions/{id}"), json!({"url": sink.url(path)})).await;
    assert_eq!(status, 200);
    id
}

#[tokio::test]
async fn recover_previews_sends_one_first_then_the_others_and_shows_its_progress() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let id = outage(&program, &sink, 12, "/ok").await;
    let dry = place.run(&["recover", "--subscription", &id, "--since", "1h", "--dry-run"]).await;
    assert_eq!((dry.code, dry.json()["matched"].clone()), (0, json!(12)), "{dry:?}");
    let counts = dry.json()["counts"].clone();
    assert_eq!(counts.as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>(), 12, "{counts}");
    assert!(sink.at("/ok").is_empty(), "a dry run sends nothing");

    let done = place.run(&["recover", "--subscription", &id, "--since", "1h", "--rate", "500"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let operation = &done.json()["operation"];
    assert_eq!((operation["state"].clone(), operation["delivered"].clone()), (json!("done"), json!(12)));
    assert_eq!(sink.at("/ok").len(), 12);
    assert_eq!(count(&program, &format!("state=failed&subscription={id}")).await, 0);
    let delivery = program.get(&format!("/v1/deliveries?subscription={id}")).await["items"][0]["id"].clone();
    let detail = program.get(&format!("/v1/deliveries/{}", delivery.as_str().unwrap())).await;
    let triggers: Vec<_> =
        detail["attempts"].as_array().unwrap().iter().map(|a| a["trigger"].clone()).collect();
    assert_eq!(triggers, ["scheduled", "manual"], "the past stays");
    let list = place.run(&["operations", "list"]).await;
    assert_eq!(list.json()["items"][0]["id"], operation["id"]);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_canary_that_fails_stops_the_rest() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let id = outage(&program, &sink, 10, "/status/503").await;
    let stopped = place.run(&["recover", "--subscription", &id, "--since", "1h"]).await;
    assert_eq!(stopped.code, 6, "{stopped:?}");
    let operation = &stopped.json()["operation"];
    assert_eq!(operation["state"], "stopped");
    assert!(operation["why"].as_str().unwrap().contains("HTTP 503"), "{operation}");
    assert_eq!(sink.at("/status/503").len(), 1, "one was sent, and no other");
    // A filter that names more than a handful goes the same way.
    let retried = place.run(&["deliveries", "retry", "--state", "failed"]).await;
    assert_eq!(
        (retried.code, retried.json()["operation"]["state"].clone()),
        (6, json!("stopped")),
        "{retried:?}"
    );
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn replay_missing_sends_what_was_never_sent_and_nothing_else() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let before = publish(&program, 3).await;
    let id = program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"], "enabled": false})).await;
    let skipped = publish(&program, 2).await;
    let path = format!("/v1/subscriptions/{id}");
    let refused = place.run(&["replay", "--subscription", &id, "--since", "1h", "--missing"]).await;
    assert!(refused.code == 1 && refused.err.contains("disabled"), "{refused:?}");
    program.call("PATCH", &path, json!({"enabled": true})).await;
    publish(&program, 1).await;
    sink.wait("the new one arrives", |hits| hits.len() == 1).await;

    let (status, plan) = program
        .call("POST", &format!("{path}/replay"), json!({"since": "1h", "missing": true, "dry_run": true}))
        .await;
    assert_eq!((status, plan["matched"].clone()), (200, json!(5)), "{plan}");
    assert_eq!(
        (plan["counts"]["never_sent"].clone(), plan["counts"]["skipped"].clone()),
        (json!(3), json!(2))
    );
    let (status, plan) = program
        .call(
            "POST",
            &format!("{path}/replay"),
            json!({"since": "1h", "missing": true, "rate_per_second": 500}),
        )
        .await;
    assert_eq!(status, 202, "{plan}");
    let operation = format!("/v1/operations/{}", plan["operation"]["id"].as_str().unwrap());
    until(&program, &operation, |o| o["state"] == "done").await;
    let mut arrived: Vec<String> =
        sink.hits().iter().map(|h| h.json()["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(arrived.len(), 6);
    arrived.retain(|id| before.contains(id) || skipped.contains(id));
    assert_eq!(arrived.len(), 5);
    let released = program.get(&format!("/v1/deliveries?event={}", skipped[0])).await;
    assert_eq!(released["items"][0]["was_skipped"], "disabled", "why it was skipped stays known");
    let again =
        place.run(&["replay", "--subscription", &id, "--since", "1h", "--missing", "--dry-run"]).await;
    assert_eq!(again.json()["matched"], 0);
    let all = place.run(&["replay", "--subscription", &id, "--since", "1h", "--dry-run"]).await;
    assert_eq!(all.json()["matched"], 6);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn an_operation_goes_on_after_a_kill_and_can_be_cancelled() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let id = outage(&program, &sink, 30, "/ok").await;
    let queued =
        place.run(&["recover", "--subscription", &id, "--since", "1h", "--rate", "20", "--no-wait"]).await;
    assert_eq!(queued.code, 0, "{queued:?}");
    let operation = format!("/v1/operations/{}", queued.json()["operation"]["id"].as_str().unwrap());
    until(&program, &operation, |o| o["delivered"].as_u64().unwrap() >= 3).await;
    program.kill().await;
    let before = sink.at("/ok").len();
    assert!(before < 30, "it was not over");
    let held = place.run(&["operations", "list"]).await;
    assert!(held.json()["items"][0]["held"].as_str().unwrap().contains("hookbench run"), "{held:?}");

    let program = place.start().await;
    let done = until(&program, &operation, |o| o["ended"] == true).await;
    assert_eq!((done["state"].clone(), done["delivered"].clone()), (json!("done"), json!(30)), "{done}");
    assert_eq!(count(&program, &format!("state=delivered&subscription={id}")).await, 30);

    let slow = program
        .call("POST", &format!("/v1/subscriptions/{id}/replay"), json!({"since": "1h", "rate_per_second": 1}))
        .await;
    let operation = format!("/v1/operations/{}", slow.1["operation"]["id"].as_str().unwrap());
    until(&program, &operation, |o| o["state"] == "running").await;
    let (status, cancelled) = program.call("POST", &format!("{operation}/cancel"), Value::Null).await;
    assert_eq!((status, cancelled["state"].clone()), (200, json!("cancelled")));
    assert!(cancelled["waiting"].as_u64().unwrap() > 0);
    let (status, _) = program.call("POST", &format!("{operation}/cancel"), Value::Null).await;
    assert_eq!(status, 409);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn what_waits_is_cancelled_by_filter_with_and_without_a_dispatcher() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let id = program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    program.call("POST", &format!("/v1/subscriptions/{id}/pause"), Value::Null).await;
    publish(&program, 8).await;
    let (status, dry) =
        program.call("POST", "/v1/deliveries/cancel", json!({"subscription": id, "dry_run": true})).await;
    assert_eq!((status, dry["matched"].clone(), dry["cancelled"].clone()), (200, json!(8), json!(0)));
    let done = place.run(&["deliveries", "cancel", "--subscription", &id]).await;
    assert_eq!((done.code, done.json()["cancelled"].clone()), (0, json!(8)), "{done:?}");
    assert_eq!(count(&program, "state=cancelled").await, 8);
    publish(&program, 7).await;
    assert!(program.terminate().await.success());
    let done = place.run(&["deliveries", "cancel", "--state", "pending"]).await;
    assert_eq!((done.code, done.json()["operation"]["state"].clone()), (0, json!("done")), "{done:?}");
    let left = place.run(&["deliveries", "list", "--state", "cancelled"]).await;
    assert_eq!(left.json()["items"].as_array().unwrap().len(), 15);
}
