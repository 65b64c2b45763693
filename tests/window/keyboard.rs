//! The log and Live by keyboard alone, and saved views of the log.

use hookbench_journeys::{Sink, Window, Workplace};
use serde_json::json;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const SELECTED: &str = "//*[@role='row' and @aria-selected='true']";

/// A log with one failure after two attempts and one success before it.
async fn log(place: &Workplace, sink: &Sink) {
    let mut program = place.start().await;
    let policy = json!({ "delays_ms": [10], "repeat_last": false });
    let id = program
        .subscribe(json!({ "url": sink.url("/hooks"), "events": ["*"], "name": "CRM", "policy": policy }))
        .await;
    program.call("POST", "/v1/events", json!({ "event": "conversion.created", "data": { "n": 1 } })).await;
    program.attempt(|attempt| attempt["state"] == "delivered").await;
    let broken = json!({ "url": sink.url("/status/500") });
    program.call("PATCH", &format!("/v1/subscriptions/{id}"), broken).await;
    program.call("POST", "/v1/events", json!({ "event": "conversion.approved", "data": { "n": 2 } })).await;
    program.attempt(|attempt| attempt["state"] == "failed").await;
    program.terminate().await;
}

#[tokio::test]
async fn the_log_is_read_and_worked_on_by_keyboard_alone() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    log(&place, &sink).await;
    let window = Window::open(&place, &[]).await;
    window.go("#/deliveries").await;
    window.row().await;
    window.keys("j").await;
    window.find(&format!("{SELECTED}[@aria-rowindex='2']")).await;
    window.sees("Attempts 2").await;
    window.keys("j").await;
    window.find(&format!("{SELECTED}[@aria-rowindex='3']")).await;
    window.keys("k").await;
    window.find(&format!("{SELECTED}[@aria-rowindex='2']")).await;
    window.sees("Attempts 2").await;
    window.keys("[").await;
    window.find("//button[@aria-current and contains(., 'first')]").await;
    window.keys("]").await;
    window.lacks("//button[@aria-current and contains(., 'first')]").await;
    window.keys("d").await;
    window.sees("The status was 200, now 500.").await;
    window.keys("c").await;
    window.sees("Copied as cURL.").await;
    window.keys("e").await;
    window.find("//*[@role='menu']").await;
    window.keys(ESCAPE).await;
    window.lacks("//*[@role='menu']").await;
    let before = sink.at("/status/500").len();
    window.keys("r").await;
    sink.wait("the retry", |hits| hits.iter().filter(|hit| hit.path == "/status/500").count() > before).await;
    window.keys("?").await;
    window.sees("Retry the delivery").await;
    window.keys(ESCAPE).await;
    window.lacks("//*[@role='dialog']").await;
    window.keys(ESCAPE).await;
    window.lacks("//section[@aria-label='Delivery']").await;
    window.keys("/").await;
    let searching = "return document.activeElement.hasAttribute('data-page-search')";
    assert_eq!(window.script(searching).await, true);
    window.close().await;
}

#[tokio::test]
async fn live_is_paused_with_space_walked_and_opened_with_enter() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    log(&place, &sink).await;
    let window = Window::open(&place, &[]).await;
    window.go("#/live").await;
    window.row().await;
    window.keys(" ").await;
    window.sees("Paused · 0 new").await;
    let args = ["events", "send", "--type", "cap.reached", "--data", "-"];
    assert_eq!(place.run_with(&args, b"{}").await.code, 0);
    window.sees("Paused · 1 new").await;
    window.keys(" ").await;
    window.sees("Cap reached").await;
    window.keys("j").await;
    window.find(SELECTED).await;
    window.keys(ENTER).await;
    window.find("//section[@aria-label='Event']").await;
    window.keys(ESCAPE).await;
    window.lacks("//section[@aria-label='Event']").await;
    window.close().await;
}

#[tokio::test]
async fn a_view_of_the_log_is_saved_found_in_the_palette_renamed_and_kept() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    log(&place, &sink).await;
    let window = Window::open(&place, &[]).await;
    window.go("#/deliveries?state=failed&range=all").await;
    window.sees("1 delivery").await;
    window.press("Saved views").await;
    window.press("Save this view…").await;
    window.fill("Name", "Refused by the CRM").await;
    window.press("Save").await;
    window.find("//button[@aria-label='Saved views, Refused by the CRM']").await;
    window.go("#/settings").await;
    window.keys("\u{e009}k").await;
    window.fill("Find anything", "refused").await;
    window.press_like("Refused by the CRM").await;
    window.sees("1 delivery").await;
    assert!(window.script("return location.hash").await.as_str().unwrap().contains("failed"));
    window.press("Saved views").await;
    window.press("Rename or delete…").await;
    window.fill("Name of Refused by the CRM", "Refused").await;
    window.keys(ENTER).await;
    window.find("//input[@aria-label='Name of Refused']").await;
    window.press("Delete Refused").await;
    window.lacks("//*[@role='dialog']").await;
    window.find("//button[@aria-label='Saved views']").await;
    window.close().await;
}
