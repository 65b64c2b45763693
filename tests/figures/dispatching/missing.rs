//! Acknowledged events through a few kills: none is missing.

use std::collections::HashSet;

use hookbench_journeys::{Load, Publishing, Sink, Workplace};
use serde_json::json;

use crate::table::{Figure, counted};

/// In how many rounds, each ended by a kill.
const ROUNDS: usize = 5;
const CONNECTIONS: usize = 16;

/// Publishes and kills, then counts how many acknowledged events never arrive.
pub(super) async fn figure(wanted: usize) -> Figure {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut load = Load::default();
    for round in 0..ROUNDS {
        let program = place.start().await;
        if round == 0 {
            program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
        }
        let mut publishing = Publishing::start(&program, CONNECTIONS, &round.to_string());
        publishing.acknowledged(wanted.div_ceil(ROUNDS)).await;
        program.kill().await;
        load.add(publishing.end().await);
    }
    let program = place.start().await;
    // What is missing never comes: what waits must have gone out first.
    loop {
        let queue = program.get("/v1/stats").await;
        let waits = |state: &str| queue["deliveries"][state].as_i64().unwrap_or(0);
        if waits("pending") + waits("in_flight") == 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let arrived: HashSet<String> =
        sink.hits().iter().map(|hit| hit.json()["id"].as_str().unwrap().to_owned()).collect();
    let missing = load.acknowledged.difference(&arrived).count();
    assert!(program.terminate().await.success());
    Figure::new(
        format!("acknowledged events, {ROUNDS} kills"),
        format!("0 of {} missing", counted(wanted)),
        format!("{missing} of {} missing", counted(load.acknowledged.len())),
        missing == 0 && load.acknowledged.len() >= wanted,
    )
}
