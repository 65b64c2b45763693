//! An integration engineer takes a failure apart: beside the last success, edited, sent, answered.

use hookbench_journeys::{Sink, Window, Workplace};
use serde_json::json;

#[tokio::test]
async fn a_failure_is_compared_edited_and_sent_and_the_answer_is_seen() {
    let place = Workplace::new();
    let sink = Sink::start().await;
    let mut program = place.start().await;
    let id = program
        .subscribe(json!({ "url": sink.url("/hooks"), "events": ["*"], "name": "CRM", "policy": "none" }))
        .await;
    let event = |n: u32| json!({ "event": "conversion.approved", "data": { "payoutCents": n, "click": "{click_id}" } });
    program.call("POST", "/v1/events", event(1260)).await;
    program.attempt(|attempt| attempt["state"] == "delivered").await;
    let path = format!("/v1/subscriptions/{id}");
    program.call("PATCH", &path, json!({ "url": sink.url("/status/500") })).await;
    let (_, accepted) = program.call("POST", "/v1/events", event(9900)).await;
    program.attempt(|attempt| attempt["state"] == "failed").await;
    let delivery = accepted["deliveries"][0].as_str().unwrap().to_owned();
    let event_id = accepted["id"].as_str().unwrap().to_owned();
    program.call("PATCH", &path, json!({ "url": sink.url("/hooks") })).await;
    program.terminate().await;

    let window = Window::open(&place, &[]).await;
    window.go(&format!("#/deliveries?open={delivery}")).await;
    window.press("Compare").await;
    window.sees("The status was 200, now 500.").await;
    window.sees("data.payoutCents (changed)").await;
    window.press("Why").await;
    window.sees("It was sent and failed for good").await;
    window.press("Edit and send").await;
    window.find("//*[@role='dialog']").await;
    window.fill("Extra headers", "X-By-Hand: yes").await;
    window.press("Send").await;
    sink.wait("what was edited", |hits| hits.iter().any(|hit| hit.header("x-by-hand") == "yes")).await;
    window.sees("View delivery").await;
    let hit = sink.hits().into_iter().find(|hit| hit.header("x-by-hand") == "yes").unwrap();
    assert_eq!(hit.header("x-hookbench-test"), "true");
    window.press("Close").await;
    // The event itself says what is odd about it, and where it went.
    window.go(&format!("#/live?open={event_id}")).await;
    window.sees("holds the macro").await;
    window.sees("Why was this event sent or not sent?").await;
    window.close().await;
}
