//! The figures that are promised and take longer than a test: a million random retry inputs and a
//! million random signature inputs without a panic, and ten thousand acknowledged events of which
//! none is missing after kills.
#![expect(clippy::unwrap_used, reason = "a figure that cannot be taken is not reached")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to the terminal it runs in")]

mod chaos;
mod retries;
mod signatures;

use std::collections::HashSet;
use std::process::ExitCode;
use std::sync::Once;

use hookbench_journeys::{Load, Publishing, Sink, Workplace};
use serde_json::json;

/// How many events must be acknowledged.
const ACKNOWLEDGED: usize = 10_000;
/// In how many rounds, each ended by a kill.
const ROUNDS: usize = 5;
const CONNECTIONS: usize = 16;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (inputs, events) = match args.as_slice() {
        [] => (1_000_000, ACKNOWLEDGED),
        [flag, n] if flag == "--inputs" => match n.parse() {
            Ok(n) => (n, 0),
            Err(_) => return usage(),
        },
        _ => return usage(),
    };
    // What panics is counted, and the first one shown.
    static SHOWN: Once = Once::new();
    std::panic::set_hook(Box::new(|panic| SHOWN.call_once(|| eprintln!("the first panic: {panic}"))));
    let panics = retries::panics(inputs);
    println!("{inputs} random retry inputs: {panics} panics");
    let (broken, accepted) = signatures::broken(inputs);
    println!("{inputs} random signature inputs: {broken} panics, {accepted} false accepts");
    let _own = std::panic::take_hook();
    let mut reached = panics + broken + accepted == 0;
    if events > 0 {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let (acknowledged, missing) = runtime.block_on(missing(events));
        println!("{acknowledged} acknowledged events, {ROUNDS} kills: {missing} missing");
        reached &= missing == 0;
    }
    if reached { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage() -> ExitCode {
    eprintln!("figures takes --inputs N, which leaves out the kills");
    ExitCode::from(2)
}

/// Publishes and kills, then counts how many acknowledged events never arrive.
async fn missing(wanted: usize) -> (usize, usize) {
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
    (load.acknowledged.len(), missing)
}
