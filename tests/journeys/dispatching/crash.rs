//! Killed at any point, nothing acknowledged is lost.

use std::collections::{HashMap, HashSet};

use hookbench_journeys::{Publishing, Sink, Workplace};
use serde_json::json;

#[tokio::test]
async fn kill_nine_under_load_loses_nothing_that_was_acknowledged() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut acknowledged = HashSet::new();
    for round in 0..3 {
        let program = place.start().await;
        if round == 0 {
            program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
        }
        let mut publishing = Publishing::start(&program, 16, &round.to_string());
        publishing.acknowledged(500).await;
        program.kill().await;
        acknowledged.extend(publishing.end().await.acknowledged);
    }
    let program = place.start().await;
    let arrived = |hits: &[hookbench_journeys::Hit]| -> HashSet<String> {
        hits.iter().map(|h| h.json()["id"].as_str().unwrap().to_owned()).collect()
    };
    sink.wait("all that was acknowledged arrives", |hits| arrived(hits).is_superset(&acknowledged)).await;
    let mut times: HashMap<String, usize> = HashMap::new();
    for hit in sink.hits() {
        *times.entry(hit.json()["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let more_than_once = times.values().filter(|n| **n > 1).count();
    assert!(more_than_once <= 3 * 128, "{more_than_once} came twice; at most what was in flight may");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn an_attempt_cut_off_by_a_crash_is_logged_as_interrupted_and_sent_again() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let id = program.subscribe(json!({"url": sink.url("/hold"), "events": ["*"]})).await;
    let (_, accepted) = program.call("POST", "/v1/events", json!({"event": "x.y", "data": {}})).await;
    let delivery = format!("/v1/deliveries/{}", accepted["deliveries"][0].as_str().unwrap());
    sink.wait("the attempt is under way", |hits| hits.len() == 1).await;
    assert_eq!(program.get(&delivery).await["state"], "in_flight");
    program.kill().await;

    let edited = place.run(&["subscriptions", "edit", &id, "--url", &sink.url("/ok")]).await;
    assert_eq!(edited.code, 0, "{edited:?}");
    let mut program = place.start().await;
    program.attempt(|line| line["state"] == "delivered").await;
    let detail = program.get(&delivery).await;
    let outcomes: Vec<_> =
        detail["attempts"].as_array().unwrap().iter().map(|a| a["outcome"].clone()).collect();
    assert_eq!(outcomes, ["interrupted", "success"]);
    let hits = sink.hits();
    assert_eq!(hits[0].body, hits[1].body, "the same event, the same bytes");
}

#[tokio::test]
async fn a_delivery_that_was_under_way_at_three_crashes_is_set_aside_and_named() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut ended = 0;
    let mut delivery = String::new();
    while ended < 3 {
        let program = place.start().await;
        if ended == 0 {
            program.subscribe(json!({"url": sink.url("/hold"), "events": ["*"]})).await;
            let (_, accepted) = program.call("POST", "/v1/events", json!({"event": "x.y", "data": {}})).await;
            delivery = accepted["deliveries"][0].as_str().unwrap().to_owned();
        }
        ended += 1;
        sink.wait("the attempt is under way", |hits| hits.len() == ended).await;
        program.kill().await;
    }
    let program = place.start().await;
    let detail = program.get(&format!("/v1/deliveries/{delivery}")).await;
    assert_eq!((&detail["state"], &detail["held"]), (&json!("pending"), &json!("interrupted")));
    let doctor = place.run(&["doctor"]).await;
    assert_eq!(doctor.code, 1, "{doctor:?}");
    assert!(format!("{doctor:?}").contains(&delivery), "{doctor:?}");
    let listed = program.get("/v1/deliveries?state=held").await;
    assert_eq!(listed["items"][0]["id"], json!(delivery));
    let (status, _) = program.call("POST", &format!("/v1/deliveries/{delivery}/retry"), json!({})).await;
    assert_eq!(status, 202);
    sink.wait("it is sent again once a person asks for it", |hits| hits.len() == 4).await;
}

#[tokio::test]
async fn a_log_that_cannot_be_written_stops_no_delivery() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut program = place.start_logging_to(full).await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let (status, _) = program.call("POST", "/v1/events", json!({"event": "x.y", "data": {}})).await;
    assert_eq!(status, 202);
    program.attempt(|line| line["state"] == "delivered").await;
    assert!(program.terminate().await.success());
}
