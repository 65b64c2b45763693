//! Kills the running `hookbench` again and again under load, and counts afterwards: what was lost,
//! what was invented, what came twice, and whether the database is whole.
#![expect(clippy::unwrap_used, reason = "torture that cannot go on has failed")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to the terminal it runs in")]

mod inspect;
mod ledger;

use std::process::ExitCode;
use std::time::Duration;

use hookbench_journeys::{Load, Publishing, Workplace};
use serde_json::json;

use crate::inspect::inspect;
use crate::ledger::Ledger;

/// Endpoints, each with a subscription to everything.
const HOSTS: usize = 4;
/// How many requests the endpoints leave without an answer.
const HOLD: usize = 72;
/// How many attempts must be under way at a kill.
const IN_FLIGHT: usize = 50;
/// How many events must have been acknowledged in a round before the kill.
const ACKNOWLEDGED: usize = 100;
const CONNECTIONS: usize = 16;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let kills = match args.as_slice() {
        [] => Some(200),
        [flag, n] if flag == "--kills" => n.parse().ok().filter(|n| *n > 0),
        _ => None,
    };
    let Some(kills) = kills else {
        eprintln!("torture takes --kills N, a number from 1 on");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if runtime.block_on(torture(kills)) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn torture(kills: usize) -> bool {
    let (place, ledger) = (Workplace::new(), Ledger::start(HOSTS, HOLD).await);
    let (mut load, mut in_flight, mut fewest, mut damaged) = (Load::default(), 0, usize::MAX, 0);
    for round in 1..=kills {
        let program = place.start().await;
        if round == 1 {
            for addr in &ledger.addrs {
                program.subscribe(json!({"url": format!("http://{addr}/hooks"), "events": ["*"]})).await;
            }
        }
        let mut publishing = Publishing::start(&program, CONNECTIONS, &round.to_string());
        publishing.acknowledged(ACKNOWLEDGED).await;
        ledger.held(IN_FLIGHT).await;
        // Another moment each time, spread over some commits.
        tokio::time::sleep(Duration::from_millis((round * 7 % 40) as u64)).await;
        program.kill().await;
        let published = publishing.end().await;
        ledger.let_go();
        let found = inspect(&place.data()).await;
        println!(
            "kill {round:>3}: {:>4} acknowledged, {:>3} in flight, integrity {}",
            published.acknowledged.len(),
            found.in_flight,
            found.integrity
        );
        damaged += usize::from(found.integrity != "ok");
        in_flight += found.in_flight;
        fewest = fewest.min(found.in_flight);
        load.add(published);
    }

    ledger.drain();
    let program = place.start().await;
    let complete = ledger.complete(&load.acknowledged).await;
    // What was not acknowledged may have been kept all the same: let it arrive, too.
    let mut waits = true;
    while waits {
        let queue = program.get("/v1/stats").await["queue"].clone();
        waits = complete && (queue["pending"] != 0 || queue["in_flight"] != 0);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let stopped = program.terminate().await.success();
    let last = inspect(&place.data()).await;
    damaged += usize::from(last.integrity != "ok");

    let wanted = load.acknowledged.len() * HOSTS;
    let (lost, invented, duplicates, altered) = ledger.read(|entries| {
        let arrived = |id: &String, host| entries.contains_key(&(host, id.clone()));
        let arrivals = |id| (0..HOSTS).filter(|host| arrived(id, *host)).count();
        (
            wanted - load.acknowledged.iter().map(arrivals).sum::<usize>(),
            entries.keys().filter(|(_, id)| !load.sent.contains(id)).count(),
            entries.values().map(|entry| entry.times - 1).sum::<usize>(),
            entries.values().filter(|entry| entry.altered).count(),
        )
    });
    println!();
    println!("kills                  {kills}, with at least {fewest} attempts in flight");
    println!("acknowledged events    {}, {wanted} deliveries", load.acknowledged.len());
    println!("lost                   {lost}");
    println!("invented               {invented}");
    println!("altered                {altered}");
    println!("duplicates             {duplicates}, at most {in_flight} were in flight");
    println!("integrity_check        {damaged} of {} not ok", kills + 1);
    println!("clean stop at the end  {}", if stopped { "yes" } else { "no" });
    let good = lost + invented + altered + damaged == 0 && duplicates <= in_flight;
    good && fewest >= IN_FLIGHT && stopped
}
