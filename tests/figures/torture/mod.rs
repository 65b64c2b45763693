//! Kills the running `hookbench` again and again under load, and counts: what was lost, what was
//! invented, what came twice, whether the database is whole, and how soon after a restart that
//! which was under way has come again.

mod inspect;
mod ledger;

use std::time::Duration;

use hookbench_ambient::Stopwatch;
use hookbench_journeys::{Load, Publishing, Workplace};
use serde_json::json;

use crate::table::{Figure, counted};
use inspect::inspect;
use ledger::Ledger;

/// Endpoints, each with a subscription to everything.
const HOSTS: usize = 4;
/// How many requests the endpoints leave without an answer.
const HOLD: usize = 72;
/// How many attempts must be under way at a kill.
const IN_FLIGHT: usize = 50;
/// How many events must have been acknowledged in a round before the kill.
const ACKNOWLEDGED: usize = 100;
const CONNECTIONS: usize = 16;
/// How soon after a restart what was under way must have come again.
const AGAIN: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(60);

/// Kills so many times; `tell` prints a line for each.
#[expect(clippy::print_stderr, reason = "it takes minutes, and says how far it is")]
pub(crate) async fn torture(kills: usize, tell: bool) -> Vec<Figure> {
    let (place, ledger) = (Workplace::new(), Ledger::start(HOSTS, HOLD).await);
    let (mut load, mut in_flight, mut fewest, mut damaged) = (Load::default(), 0_usize, usize::MAX, 0);
    let (mut slowest, mut late, mut unrecorded) = (Duration::ZERO, 0, 0);
    let mut orphans = Vec::new();
    for round in 1..=kills {
        let program = place.start().await;
        let since_ready = Stopwatch::start();
        if round == 1 {
            for addr in &ledger.addrs {
                program.subscribe(json!({"url": format!("http://{addr}/hooks"), "events": ["*"]})).await;
            }
        }
        let mut publishing = Publishing::start(&program, CONNECTIONS, &round.to_string());
        let back = ledger.again(&orphans, TIMEOUT).await;
        let took = since_ready.elapsed();
        slowest = slowest.max(took);
        late += usize::from(!back || took > AGAIN);
        publishing.acknowledged(ACKNOWLEDGED).await;
        ledger.held(IN_FLIGHT).await;
        // Another moment each time, spread over some commits.
        tokio::time::sleep(Duration::from_millis((round * 7 % 40) as u64)).await;
        program.kill().await;
        let published = publishing.end().await;
        let found = inspect(&place.data(), &ledger.addrs).await;
        orphans = ledger.so_far(found.orphans);
        ledger.let_go();
        // Of each attempt that a kill before this one cut off there is a record.
        unrecorded += in_flight.saturating_sub(found.interrupted);
        if tell {
            eprintln!(
                "kill {round:>3}: {:>4} acknowledged, {:>3} in flight, integrity {}, came again after {:>4} ms",
                published.acknowledged.len(),
                orphans.len(),
                found.integrity,
                took.as_millis(),
            );
        } else if round % 20 == 0 {
            eprintln!("  {round} of {kills}");
        }
        damaged += usize::from(found.integrity != "ok");
        in_flight += orphans.len();
        fewest = fewest.min(orphans.len());
        load.add(published);
    }

    ledger.drain();
    let program = place.start().await;
    let since_ready = Stopwatch::start();
    let back = ledger.again(&orphans, TIMEOUT).await;
    slowest = slowest.max(since_ready.elapsed());
    late += usize::from(!back || since_ready.elapsed() > AGAIN);
    let complete = ledger.complete(&load.acknowledged).await;
    // What was not acknowledged may have been kept all the same: let it arrive, too.
    let mut waits = complete;
    while waits {
        let queue = program.get("/v1/stats").await["queue"].clone();
        waits = queue["pending"] != 0 || queue["in_flight"] != 0;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let stopped = program.terminate().await.success();
    let last = inspect(&place.data(), &ledger.addrs).await;
    damaged += usize::from(last.integrity != "ok");
    unrecorded += in_flight.abs_diff(last.interrupted);

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
    vec![
        Figure::new(
            format!("{kills} × SIGKILL, in flight at each"),
            format!("at least {IN_FLIGHT}"),
            format!("at least {fewest}, {} in all", counted(in_flight)),
            fewest >= IN_FLIGHT,
        ),
        Figure::new(
            "  lost",
            format!("0 of {}", counted(wanted)),
            format!("{lost}, of {} events", counted(load.acknowledged.len())),
            lost == 0,
        ),
        Figure::new("  invented, altered", "0, 0", format!("{invented}, {altered}"), invented + altered == 0),
        Figure::new(
            "  came twice",
            format!("at most {}", counted(in_flight)),
            counted(duplicates),
            duplicates <= in_flight,
        ),
        Figure::new(
            "  integrity_check",
            "ok each time",
            format!("{damaged} of {} not ok", kills + 1),
            damaged == 0,
        ),
        Figure::new(
            "  recorded as interrupted",
            format!("{}, all cut off", counted(in_flight)),
            format!("{}, {unrecorded} not", counted(last.interrupted)),
            unrecorded == 0,
        ),
        Figure::new(
            "  sent again after the restart",
            format!("all within {} s", AGAIN.as_secs()),
            format!("{late} late, slowest {:.2} s", slowest.as_secs_f64()),
            late == 0,
        ),
        Figure::new("  clean stop at the end", "yes", if stopped { "yes" } else { "no" }, stopped),
    ]
}
