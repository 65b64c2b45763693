//! What goes wrong in bulk is mended in bulk: shown first, one goes first, the others follow, and
//! nothing is sent that was not asked for.

use hookbench_journeys::{Sink, Window, Workplace};
use serde_json::{Value, json};

/// How many deliveries fail: more than go without an operation.
const MANY: usize = 8;

/// A subscription whose deliveries have all failed, and whose endpoint is well again. Answers its id.
async fn failed(place: &Workplace, sink: &Sink) -> String {
    let mut program = place.start().await;
    let id = program
        .subscribe(
            json!({ "url": sink.url("/status/500"), "events": ["*"], "name": "CRM", "policy": "none" }),
        )
        .await;
    for n in 0..MANY {
        let event = json!({ "id": format!("order-{n}"), "event": "conversion.approved", "data": { "n": n } });
        program.call("POST", "/v1/events", event).await;
        program.attempt(|attempt| attempt["state"] == "failed").await;
    }
    let mended = json!({ "url": sink.url("/hooks") });
    program.call("PATCH", &format!("/v1/subscriptions/{id}"), mended).await;
    program.terminate().await;
    id
}

/// The ids of the events that came to a path, in order.
fn ids(sink: &Sink, path: &str) -> Vec<String> {
    let mut ids: Vec<String> =
        sink.at(path).iter().map(|hit| hit.json()["id"].as_str().unwrap_or_default().to_owned()).collect();
    ids.sort();
    ids
}

fn orders() -> Vec<String> {
    (0..MANY).map(|n| format!("order-{n}")).collect()
}

async fn publish(place: &Workplace, id: &str) {
    let args = ["events", "send", "--type", "conversion.created", "--id", id, "--data", "-"];
    let sent = place.run_with(&args, br#"{"n":1}"#).await;
    assert_eq!(sent.code, 0, "{sent:?}");
}

#[tokio::test]
async fn what_failed_is_retried_in_bulk_after_a_look_and_one_that_goes_first() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    failed(&place, &sink).await;
    let window = Window::open(&place, &[]).await;
    window.go("#/deliveries?state=failed").await;
    window.press("Retry 8 failed…").await;
    window.sees("Retry 8 failed deliveries?").await;
    window.sees("500 Server Error (8)").await;
    assert!(sink.at("/hooks").is_empty(), "a look sends nothing");
    window.press("Retry 8").await;
    window.sees("Retrying deliveries: done").await;
    window.sees("8 of 8, 8 delivered").await;
    assert_eq!(ids(&sink, "/hooks"), orders(), "each once, under its own id");
    window.press("Dismiss").await;
    window.sees("No deliveries match these filters").await;
    window.close().await;
}

#[tokio::test]
async fn a_bulk_retry_stops_at_the_first_when_the_endpoint_is_still_broken() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let id = failed(&place, &sink).await;
    let broken = place.run(&["subscriptions", "edit", &id, "--url", &sink.url("/status/503")]).await;
    assert_eq!(broken.code, 0, "{broken:?}");
    let window = Window::open(&place, &[]).await;
    window.go("#/deliveries?state=failed").await;
    window.press("Retry 8 failed…").await;
    window.press("Retry 8").await;
    window.sees("Retrying deliveries: stopped").await;
    window.sees("1 failed").await;
    assert_eq!(sink.at("/status/503").len(), 1, "one went first, and the others did not follow");
    window.close().await;
}

#[tokio::test]
async fn what_failed_since_a_moment_is_recovered_for_one_subscription() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let id = failed(&place, &sink).await;
    let window = Window::open(&place, &[]).await;
    window.go(&format!("#/subscriptions?id={id}")).await;
    window.press("More").await;
    window.press("Recover since…").await;
    window.press("1 hour").await;
    window.sees("Retries exhausted").await;
    window.press("Send 8").await;
    window.sees("Recovering failed deliveries to CRM: done").await;
    assert_eq!(ids(&sink, "/hooks"), orders());
    // Again there is nothing to do, and nothing is offered but to leave.
    window.press("More").await;
    window.press("Recover since…").await;
    window.sees("Nothing to send in this time range.").await;
    window.lacks("//*[@role='dialog']//button[normalize-space(.)='Cancel']").await;
    window.close().await;
}

#[tokio::test]
async fn what_was_never_sent_is_replayed_and_nothing_else() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    for n in 0..6 {
        let early = json!({ "id": format!("early-{n}"), "event": "conversion.created", "data": {} });
        assert_eq!(program.call("POST", "/v1/events", early).await.0, 202);
    }
    let id =
        program.subscribe(json!({ "url": sink.url("/hooks"), "events": ["*"], "name": "Warehouse" })).await;
    program.call("POST", "/v1/events", json!({ "id": "late", "event": "cap.reached", "data": {} })).await;
    program.attempt(|attempt| attempt["state"] == "delivered").await;
    program.terminate().await;

    let window = Window::open(&place, &[]).await;
    window.go(&format!("#/subscriptions?id={id}")).await;
    window.press("More").await;
    window.press("Replay missing…").await;
    window.sees("Only missing events").await;
    window.press("Send 6").await;
    window.sees("Replaying events to Warehouse: done").await;
    let mut all: Vec<String> = (0..6).map(|n| format!("early-{n}")).collect();
    all.push("late".to_owned());
    assert_eq!(ids(&sink, "/hooks"), all, "what had been sent is not sent again");
    window.close().await;
}

#[tokio::test]
async fn what_waits_is_cancelled_after_a_question_that_can_be_declined() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let policy = json!({ "delays_ms": [3_600_000] });
    program
        .subscribe(
            json!({ "url": sink.url("/status/500"), "events": ["*"], "name": "CRM", "policy": policy }),
        )
        .await;
    for n in 0..2 {
        program
            .call("POST", "/v1/events", json!({ "event": "conversion.created", "data": { "n": n } }))
            .await;
        program.attempt(|attempt| attempt["state"] == "pending").await;
    }
    program.terminate().await;
    let window = Window::open(&place, &[]).await;
    window.go("#/deliveries?state=retrying").await;
    window.press("Cancel 2 waiting…").await;
    window.press("Keep deliveries").await;
    window.press("Cancel 2 waiting…").await;
    window.press("Cancel 2").await;
    window.sees("No deliveries match these filters").await;
    window.go("#/deliveries?state=cancelled").await;
    window.press_row().await;
    window.sees("Send anyway").await;
    window.close().await;
    let listed = place.run(&["deliveries", "list", "--state", "cancelled"]).await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2), "{listed}");
}

#[tokio::test]
async fn dispatching_is_paused_and_resumed_for_all_and_for_one() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let first =
        program.subscribe(json!({ "url": sink.url("/first"), "events": ["*"], "name": "First" })).await;
    program.subscribe(json!({ "url": sink.url("/second"), "events": ["*"], "name": "Second" })).await;
    program.terminate().await;
    let window = Window::open(&place, &[]).await;
    window.go("#/").await;
    window.press("Pause dispatching").await;
    window.sees("Resume dispatching").await;
    publish(&place, "while-paused").await;
    window.go("#/deliveries?state=waiting").await;
    window.sees("2 deliveries").await;
    assert!(sink.hits().is_empty(), "nothing goes out");
    window.go("#/").await;
    window.press("Resume dispatching").await;
    sink.wait("what waited", |hits| hits.len() == 2).await;

    window.go(&format!("#/subscriptions?id={first}")).await;
    window.press("More").await;
    window.press("Pause").await;
    window.sees("Paused.").await;
    publish(&place, "for-one").await;
    sink.wait("the other one", |hits| hits.iter().filter(|hit| hit.path == "/second").count() == 2).await;
    window.go("#/deliveries?state=waiting").await;
    window.sees("1 delivery").await;
    assert_eq!(sink.at("/first").len(), 1);
    window.go(&format!("#/subscriptions?id={first}")).await;
    window.press("Resume").await;
    sink.wait("what it missed", |hits| hits.iter().filter(|hit| hit.path == "/first").count() == 2).await;
    assert_eq!(sink.at("/first")[1].json()["id"], Value::from("for-one"));
    window.close().await;
}
