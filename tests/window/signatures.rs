//! An integration engineer checks a signature, right and wrong.

use hookbench_journeys::{Sink, Window, Workplace};
use serde_json::json;

#[tokio::test]
async fn a_stored_request_is_proven_and_a_changed_body_is_named() {
    let place = Workplace::new();
    let sink = Sink::start().await;
    let program = place.start().await;
    program
        .subscribe(json!({ "url": sink.url("/hooks"), "events": ["*"], "name": "CRM", "platform": "trcker", "secret": "a-secret-of-the-crm" }))
        .await;
    let event = json!({ "id": "order-1", "event": "conversion.approved", "data": { "payoutCents": 1260 } });
    let (status, accepted) = program.call("POST", "/v1/events", event).await;
    assert_eq!(status, 202);
    sink.wait("the delivery", |hits| hits.len() == 1).await;
    program.terminate().await;

    let delivery = accepted["deliveries"][0].as_str().unwrap();
    let window = Window::open(&place, &[]).await;
    window.go(&format!("#/signature?delivery={delivery}")).await;
    window.sees("The signature is valid.").await;
    // A line end too many, as an editor leaves it.
    window.press("Add one").await;
    window.sees("A line end at the end of the body").await;
    window.sees("First difference").await;
    window.close().await;
}
