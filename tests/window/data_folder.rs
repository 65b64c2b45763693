//! Looking after what is kept: retention, one customer's data, and whether everything is well.

use hookbench_journeys::{Sink, Window, Workplace};
use serde_json::json;

/// Whether a file of the data folder holds a text.
#[expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]
fn held(place: &Workplace, text: &str) -> bool {
    std::fs::read_dir(place.data()).unwrap().any(|entry| {
        std::fs::read(entry.unwrap().path()).unwrap().windows(text.len()).any(|w| w == text.as_bytes())
    })
}

#[tokio::test]
async fn what_is_kept_is_changed_and_remembered() {
    let place = Workplace::new();
    let window = Window::open(&place, &[]).await;
    window.go("#/settings?section=retention").await;
    window.fill("Payloads and responses", "7").await;
    window.fill("Log", "").await;
    window.press("Save").await;
    window.sees("Saved. Data beyond the limits").await;
    window.press("Clean up now").await;
    window.sees("Nothing exceeds the limits.").await;
    window.close().await;
    let kept = place.run(&["retention", "show"]).await.json();
    assert_eq!((&kept["bodies_days"], &kept["rows_days"]), (&json!(7), &json!(null)), "{kept}");
}

#[tokio::test]
async fn one_customers_data_are_looked_for_and_erased_from_the_files() {
    const WHO: &str = "jane.canary@example.com";
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    program.subscribe(json!({ "url": sink.url("/hooks"), "events": ["*"], "name": "CRM" })).await;
    for (id, who) in [("hers", WHO), ("his", "john@example.com")] {
        let event = json!({ "id": id, "event": "lead.new", "data": { "email": who } });
        program.call("POST", "/v1/events", event).await;
        program.attempt(|attempt| attempt["state"] == "delivered").await;
    }
    program.terminate().await;
    assert!(held(&place, WHO), "the test can fail");
    let window = Window::open(&place, &[]).await;
    window.go("#/settings?section=retention").await;
    window.fill("Value", "nobody@example.com").await;
    window.press("Find events…").await;
    window.sees("No events have this value").await;
    window.press("Close").await;
    window.fill("Value", WHO).await;
    window.press("Find events…").await;
    window.sees("Erase 1 event?").await;
    assert!(held(&place, WHO), "a look erases nothing");
    window.press("Erase").await;
    window.sees("1 event erased.").await;
    window.go("#/deliveries").await;
    window.sees("Lead new").await;
    window.close().await;
    assert!(!held(&place, WHO));
    assert!(held(&place, "john@example.com"));
}

#[tokio::test]
async fn the_doctor_looks_at_everything_and_says_how_it_is() {
    let place = Workplace::new();
    let window = Window::open(&place, &[]).await;
    window.go("#/settings?section=diagnostics").await;
    // What stands above it is there: it moves no more.
    window.sees("in use.").await;
    window.sees("A shorter outage loses no events").await;
    window.press("Run diagnostics").await;
    for what in ["Data folder", "Database", "Vault", "Receiver port", "Trust store"] {
        let line = format!("//ul[@aria-label='Diagnostics results']/li[b='{what}']");
        assert!(!window.find(&line).await.text().await.unwrap().is_empty());
    }
    window.press("Run again").await;
    window.close().await;
}
