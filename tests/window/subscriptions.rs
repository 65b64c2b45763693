//! An affiliate manager tells the CRM about approved conversions, and mends what failed.

use hookbench_journeys::{Sink, Window, Workplace};
use serde_json::json;

#[tokio::test]
async fn a_subscription_is_made_in_three_steps_and_an_event_is_seen_delivered() {
    let place = Workplace::new();
    let sink = Sink::start().await;
    let window = Window::open(&place, &[]).await;
    window.press("Create a subscription").await;
    window
        .find("//main//*[self::button or @role='checkbox'][starts-with(normalize-space(.), 'All events')]")
        .await
        .click()
        .await
        .unwrap();
    window.press("Next").await;
    // A mistake is said at its field, and nothing is lost by it.
    window.fill("Endpoint URL", "crm.example").await;
    window.press("Create and test").await;
    window.find("//*[contains(@class, 'mantine-InputWrapper-error') or @role='alert']").await;
    window.fill("Endpoint URL", &sink.url("/hooks")).await;
    window.press("Create and test").await;
    window.sees("is ready").await;
    sink.wait("the test", |hits| hits.iter().any(|hit| hit.header("x-hookbench-test") == "true")).await;
    window.press("Done").await;
    // An event published by hand arrives, and its delivery shows the answer's body.
    window.go("#/live").await;
    window.press("Send test event").await;
    window.find("//*[@role='dialog']").await;
    window.press("Send").await;
    sink.wait("the event", |hits| hits.len() >= 2).await;
    window.sees("1 delivery").await;
    window.go("#/deliveries?state=delivered").await;
    window.press_row().await;
    window.press("Response").await;
    window.sees("200").await;
    window.close().await;
}

#[tokio::test]
async fn a_failed_delivery_is_sent_again_once_its_endpoint_is_mended() {
    let place = Workplace::new();
    let sink = Sink::start().await;
    let program = place.start().await;
    let id = program
        .subscribe(
            json!({ "url": "http://127.0.0.1:9/hooks", "events": ["*"], "name": "CRM", "policy": "none" }),
        )
        .await;
    let event = json!({ "event": "conversion.approved", "data": { "payoutCents": 1260 } });
    let (status, accepted) = program.call("POST", "/v1/events", event).await;
    assert_eq!(status, 202);
    let delivery = accepted["deliveries"][0].as_str().unwrap().to_owned();
    let mut program = program;
    program.attempt(|attempt| attempt["delivery"] == delivery.as_str()).await;
    let (status, _) =
        program.call("PATCH", &format!("/v1/subscriptions/{id}"), json!({ "url": sink.url("/hooks") })).await;
    assert_eq!(status, 200);
    program.terminate().await;

    let window = Window::open(&place, &[]).await;
    window.go(&format!("#/deliveries?open={delivery}")).await;
    window.sees("Start the endpoint").await;
    window.press("Retry").await;
    sink.wait("the retry", |hits| hits.len() == 1).await;
    window.sees("Delivered").await;
    window.close().await;
}
