//! An integration engineer says what is sent and when: postbacks, templates, conditions, schedules.
//! Each is seen for real events before anything goes out.

use hookbench_journeys::{Program, Sink, Window, Workplace};
use serde_json::json;

/// Opens the window over two conversions that were kept.
async fn opened(place: &Workplace) -> Window {
    let program: Program = place.start().await;
    for (id, cents, click) in [("order-1", 900, "c 1&é"), ("order-2", 12_600, "c-2")] {
        let data = json!({ "conversionId": id, "payoutCents": cents, "currency": "EUR", "clickId": click });
        let event = json!({ "id": id, "event": "conversion.approved", "data": data });
        assert_eq!(program.call("POST", "/v1/events", event).await.0, 202);
    }
    program.terminate().await;
    Window::open(place, &[]).await
}

/// The first step of the wizard, with everything chosen.
async fn begin(window: &Window) {
    window.go("#/subscriptions?do=new").await;
    window.press_like("All events").await;
}

#[tokio::test]
async fn a_postback_names_what_is_missing_before_anything_is_sent_and_then_carries_the_values() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let window = opened(&place).await;
    begin(&window).await;
    window.press("Next").await;
    window.press("Postback URL").await;
    window.fill("URL with macros", &sink.url("/pb?cid={data.clickId}&goal={data.goal}")).await;
    window.sees("has no value for `{data.goal}`").await;
    assert!(sink.hits().is_empty());
    // The value of a real event stands in the preview, percent-encoded; another event has another.
    window.fill("URL with macros", &sink.url("/pb?cid={data.clickId}&c={data.currency}")).await;
    window.sees("/pb?cid=c-2&c=EUR").await;
    window.choose("Preview event", "conversion.approved · order-1").await;
    window.sees("/pb?cid=c%201%26%C3%A9&c=EUR").await;
    assert!(sink.hits().is_empty(), "a preview sends nothing");
    window.press("Create and test").await;
    window.sees("is ready").await;
    sink.wait("the test", |hits| !hits.is_empty()).await;
    window.press("Done").await;
    window.go("#/live").await;
    window.press("Send test event").await;
    window.find("//*[@role='dialog']").await;
    window.press("Send").await;
    sink.wait("the event", |hits| hits.len() >= 2).await;
    let hit = sink.hits().pop().unwrap();
    assert_eq!((hit.method.as_str(), hit.path.as_str(), hit.body.len()), ("GET", "/pb", 0));
    assert!(hit.query.starts_with("cid=") && hit.query.ends_with("&c=USD"), "{}", hit.query);
    window.close().await;
}

#[tokio::test]
async fn a_slack_message_is_seen_as_it_will_be_sent_and_a_broken_template_is_not_saved() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let window = opened(&place).await;
    begin(&window).await;
    window.press("Next").await;
    window.fill("Endpoint URL", &sink.url("/slack")).await;
    window.press("Template").await;
    window.press("Slack message").await;
    window.sees("126.00 EUR").await;
    window.press("Create and test").await;
    window.sees("is ready").await;
    sink.wait("the test", |hits| !hits.is_empty()).await;
    let hit = sink.hits().remove(0);
    assert_eq!(hit.header("content-type"), "application/json");
    assert!(hit.json()["text"].as_str().unwrap().contains("conversion."), "{}", hit.json());
    assert!(!hit.header("x-trcker-signature").is_empty(), "what is rendered is what is signed");
    window.press("Done").await;
    window.sees("Template, sent as application/json").await;
    window.close().await;
}

#[tokio::test]
async fn a_condition_is_tried_on_real_events_and_then_decides() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let window = opened(&place).await;
    begin(&window).await;
    window.press("Add filter").await;
    let label = "Filter";
    window.fill(label, "data.payoutCents >").await;
    window.find("//*[contains(@class, 'InputWrapper-error') and contains(., 'line 1')]").await;
    window.fill(label, "data.goal == 'sale'").await;
    window.sees("2 could not be evaluated").await;
    window.fill(label, "data.payoutCents >= 5000").await;
    window.sees("Of the last 2 events, 1 would be sent, 1 would not").await;
    window.press("Next").await;
    window.fill("Endpoint URL", &sink.url("/hooks")).await;
    window.press("Create and test").await;
    window.sees("is ready").await;
    window.press("Done").await;
    window.sees("data.payoutCents >= 5000").await;
    for (id, cents) in [("small", "100"), ("large", "9900")] {
        let args = ["events", "send", "--type", "conversion.approved", "--id", id, "--data", "-"];
        let data = format!(r#"{{"payoutCents":{cents}}}"#);
        assert_eq!(place.run_with(&args, data.as_bytes()).await.code, 0);
    }
    let came = |id: &str, hits: &[hookbench_journeys::Hit]| hits.iter().any(|hit| hit.json()["id"] == id);
    sink.wait("the large one", |hits| came("large", hits)).await;
    assert!(!came("small", &sink.hits()), "the small one was kept before it, and is not sent");
    window.close().await;
}

#[tokio::test]
async fn a_schedule_of_its_own_begins_as_a_platform_has_it_is_drawn_and_kept_to() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let subscription = json!({ "url": sink.url("/status/500"), "events": ["*"], "name": "CRM", "platform": "trcker",
        "policy": "none" });
    let id = program.subscribe(subscription).await;
    program.terminate().await;
    let window = Window::open(&place, &[]).await;
    window.go(&format!("#/subscriptions?do=edit&id={id}")).await;
    window.press("Advanced settings").await;
    window.choose("Retry schedule", "Trcker (default)").await;
    window.sees("7 attempts over 2 h 35 min").await;
    window.choose("Retry schedule", "Custom").await;
    let waits = window.find("//input[@id=//label[starts-with(., 'Retry delays')]/@for]").await;
    assert_eq!(waits.prop("value").await.unwrap().unwrap(), "1 s, 5 s, 30 s, 5 min, 30 min, 2 h");
    window.fill("Retry delays", "20 ms, soon").await;
    window.press("Save").await;
    window.sees("separated by commas").await;
    window.fill("Retry delays", "20 ms, 30 ms").await;
    window.sees("3 attempts over 50 ms").await;
    window.fill("Auto-disable after", "3 days").await;
    window.press("Save").await;
    window.sees("After 20 ms and 30 ms").await;
    window.sees("After failing for 3 days").await;
    let args = ["events", "send", "--type", "conversion.created", "--data", "-"];
    assert_eq!(place.run_with(&args, b"{}").await.code, 0);
    window.go("#/deliveries?state=failed").await;
    window.press_row().await;
    window.sees("Attempts 3").await;
    assert_eq!(sink.at("/status/500").len(), 3);
    window.close().await;
}

#[tokio::test]
async fn order_is_kept_by_the_field_that_is_named_and_what_is_no_field_is_said_there() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let subscription = json!({ "url": sink.url("/ok"), "events": ["*"], "name": "CRM" });
    let id = program.subscribe(subscription).await;
    program.terminate().await;
    let window = Window::open(&place, &[]).await;
    window.go(&format!("#/subscriptions?do=edit&id={id}")).await;
    window.press("Advanced settings").await;
    window.press_like("Ordered (FIFO)").await;
    window.fill("Ordering key", "data[0]").await;
    window.press("Save").await;
    window.sees("Must be the path of a field, such as data.customerId").await;
    window.fill("Ordering key", "data.customerId").await;
    window.press("Save").await;
    window.sees("FIFO per data.customerId").await;
    window.close().await;
}
