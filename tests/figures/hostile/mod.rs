//! Attacks from outside against the built program: each case is one thing that an event, a peer, a
//! neighbour on the machine or a careless hand may do, and what must hold all the same. Printed by
//! group; what failed is told with what was seen.
#![expect(clippy::print_stdout, reason = "it is what the program is for")]

mod concurrency;
mod credentials;
mod door;
mod foreign_data;
mod ground;
mod machine;
mod network;
mod own;
mod parts;
mod raw;
mod receiver;
mod safe_modes;
mod words;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hookbench_ambient::Stopwatch;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

use ground::{LAST_STEP, Step};

/// Why a case does not count as held.
pub(crate) enum Not {
    /// What was seen instead.
    Held(String),
    /// What is missing on this machine, so that it cannot be tried.
    Tried(String),
}

impl From<String> for Not {
    fn from(seen: String) -> Self {
        Self::Held(seen)
    }
}

/// How a case ends.
pub(crate) type Held = Result<(), Not>;
type Running = Pin<Box<dyn Future<Output = Held>>>;

/// Where a case belongs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    ForeignData,
    SafeModes,
    Concurrency,
    Hosts,
    Clocks,
    Peers,
    Wire,
    Handles,
    Credentials,
    Database,
    Files,
    Door,
    Receiver,
    Words,
    Own,
    Parts,
}

impl Group {
    const ALL: [(Self, &'static str); 16] = [
        (Self::ForeignData, "foreign data"),
        (Self::SafeModes, "safe modes"),
        (Self::Concurrency, "concurrency"),
        (Self::Hosts, "hosts"),
        (Self::Clocks, "clocks"),
        (Self::Peers, "peers"),
        (Self::Wire, "the wire"),
        (Self::Handles, "handles"),
        (Self::Credentials, "credentials"),
        (Self::Database, "database"),
        (Self::Files, "files and locks"),
        (Self::Door, "API door"),
        (Self::Receiver, "receiver"),
        (Self::Words, "words"),
        (Self::Own, "of our own"),
        (Self::Parts, "real parts"),
    ];
}

/// One attack.
pub(crate) struct Case {
    group: Group,
    name: String,
    run: Box<dyn FnOnce() -> Running + Send>,
    /// It is much work or measures time: only one other runs beside it.
    heavy: bool,
}

/// Gathers the cases of one group.
pub(crate) struct Cases {
    group: Group,
    all: Vec<Case>,
}

impl Cases {
    fn of(group: Group, fill: impl FnOnce(&mut Self)) -> Vec<Case> {
        let mut cases = Self { group, all: Vec::new() };
        fill(&mut cases);
        cases.all
    }

    /// Adds a case that may run beside others.
    fn add<F>(&mut self, name: impl Into<String>, run: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = Held> + 'static,
    {
        self.push(name.into(), Box::new(move || Box::pin(run())), false);
    }

    /// Adds one that is much work, or measures time.
    fn add_heavy<F>(&mut self, name: impl Into<String>, run: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = Held> + 'static,
    {
        self.push(name.into(), Box::new(move || Box::pin(run())), true);
    }

    fn push(&mut self, name: String, run: Box<dyn FnOnce() -> Running + Send>, heavy: bool) {
        self.all.push(Case { group: self.group, name, run, heavy });
    }
}

fn all() -> Vec<Case> {
    [
        Cases::of(Group::ForeignData, foreign_data::cases),
        Cases::of(Group::SafeModes, safe_modes::cases),
        Cases::of(Group::Concurrency, concurrency::cases),
        Cases::of(Group::Hosts, network::hosts::cases),
        Cases::of(Group::Clocks, machine::clocks::cases),
        Cases::of(Group::Peers, network::peers::cases),
        Cases::of(Group::Wire, network::wire::cases),
        Cases::of(Group::Handles, network::handles::cases),
        Cases::of(Group::Credentials, credentials::cases),
        Cases::of(Group::Database, machine::database::cases),
        Cases::of(Group::Files, machine::files::cases),
        Cases::of(Group::Door, door::cases),
        Cases::of(Group::Receiver, receiver::cases),
        Cases::of(Group::Words, words::cases),
        Cases::of(Group::Own, own::cases),
        Cases::of(Group::Parts, |cases| {
            parts::cases(cases);
            machine::keyrings::cases(cases);
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// So many cases at a time, and so many of those that are much work.
const AT_ONCE: usize = 6;
const HEAVY_AT_ONCE: usize = 2;
/// What takes longer hangs.
const MOST_TIME: Duration = Duration::from_secs(45);

/// Runs cases, so many at a time.
async fn run_all(cases: Vec<Case>, at_once: usize, verbose: bool) -> Vec<Ended> {
    let (places, mut running, mut ended) = (Arc::new(Semaphore::new(at_once)), JoinSet::new(), Vec::new());
    for case in cases {
        let place = places.clone().acquire_owned().await.ok();
        running.spawn(async move {
            let ended = attack(case).await;
            drop(place);
            ended
        });
        while let Some(one) = running.try_join_next() {
            ended.extend(one.ok().inspect(|one| tell(one, verbose)));
        }
    }
    while let Some(one) = running.join_next().await {
        ended.extend(one.ok().inspect(|one| tell(one, verbose)));
    }
    ended
}

/// One of each group after the other: those that share something come one by one anyway.
fn by_turns(cases: Vec<Case>) -> Vec<Case> {
    let mut seen: BTreeMap<Group, usize> = BTreeMap::new();
    let mut turns: Vec<(usize, Case)> = Vec::new();
    for case in cases {
        let turn = seen.entry(case.group).or_default();
        turns.push((*turn, case));
        *turn += 1;
    }
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().map(|(_, case)| case).collect()
}

/// How one case ended, and how long it took.
struct Ended {
    group: Group,
    name: String,
    held: Held,
    ms: u64,
}

/// Runs every case whose group or name contains one of `words`, or all; whether all held.
pub(crate) async fn hostile(words: &[String], verbose: bool) -> bool {
    // A case that cannot go on has failed, and says why in its line.
    std::panic::set_hook(Box::new(|_| ()));
    ground::take_handles();
    let wanted = |case: &Case| {
        let title = Group::ALL.iter().find(|(g, _)| *g == case.group).map_or("", |(_, t)| *t);
        words.is_empty() || words.iter().any(|w| title.contains(w.as_str()) || case.name.contains(w.as_str()))
    };
    let watch = Stopwatch::start();
    let (heavy, light): (Vec<Case>, Vec<Case>) = all().into_iter().filter(wanted).partition(|c| c.heavy);
    let mut ended = run_all(by_turns(light), AT_ONCE, verbose).await;
    ended.extend(run_all(heavy, HEAVY_AT_ONCE, verbose).await);
    let _own = std::panic::take_hook();
    print(&ended, watch.us() / 1_000_000)
}

async fn attack(case: Case) -> Ended {
    let watch = Stopwatch::start();
    let step = Step::default();
    let (run, scope) = (case.run, step.clone());
    // A runtime of its own: what it started ends with it.
    let running = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.unwrap();
        let held = runtime.block_on(async {
            let case = LAST_STEP.scope(scope, async { run().await });
            tokio::time::timeout(MOST_TIME, case).await
        });
        runtime.shutdown_background();
        held
    });
    let held = match running.await {
        Ok(Ok(held)) => held,
        Ok(Err(_)) => Err(Not::Held(format!("still not done after {} s, while {step}", MOST_TIME.as_secs()))),
        Err(error) => Err(Not::Held(format!("cannot go on while {step}: {}", panic_text(error)))),
    };
    Ended { group: case.group, name: case.name, held, ms: watch.us() / 1000 }
}

fn panic_text(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => match panic.downcast::<String>() {
            Ok(text) => *text,
            Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("no words").to_owned(),
        },
        Err(error) => error.to_string(),
    }
}

fn tell(one: &Ended, verbose: bool) {
    if verbose {
        let how = match &one.held {
            Ok(()) => "held".to_owned(),
            Err(Not::Held(seen)) => format!("FAILED {}", short(seen)),
            Err(Not::Tried(why)) => format!("skipped: {why}"),
        };
        println!("{:>6} ms  {}: {how}", one.ms, one.name);
    }
}

/// What fits a line or two.
fn short(text: &str) -> String {
    const MOST: usize = 400;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST { line } else { line.chars().take(MOST).chain("…".chars()).collect() }
}

fn print(ended: &[Ended], seconds: u64) -> bool {
    #[derive(Default)]
    struct Counts {
        cases: usize,
        held: usize,
        failed: usize,
        skipped: usize,
    }
    let mut groups: BTreeMap<Group, Counts> = BTreeMap::new();
    for one in ended {
        let counts = groups.entry(one.group).or_default();
        counts.cases += 1;
        match one.held {
            Ok(()) => counts.held += 1,
            Err(Not::Held(_)) => counts.failed += 1,
            Err(Not::Tried(_)) => counts.skipped += 1,
        }
    }
    println!("{:<16} {:>6} {:>6} {:>6} {:>8}", "group", "cases", "held", "failed", "skipped");
    let line = |title: &str, c: &Counts| {
        println!("{title:<16} {:>6} {:>6} {:>6} {:>8}", c.cases, c.held, c.failed, c.skipped);
    };
    let mut sum = Counts::default();
    for (group, title) in Group::ALL {
        if let Some(c) = groups.get(&group) {
            line(title, c);
            sum.cases += c.cases;
            sum.held += c.held;
            sum.failed += c.failed;
            sum.skipped += c.skipped;
        }
    }
    line("all", &sum);
    println!("in {seconds} s");
    for (group, title) in Group::ALL {
        for one in ended.iter().filter(|one| one.group == group) {
            match &one.held {
                Ok(()) => {}
                Err(Not::Held(seen)) => println!("\nFAILED  {title}: {}\n        {}", one.name, short(seen)),
                Err(Not::Tried(why)) => println!("\nskipped {title}: {}\n        {}", one.name, short(why)),
            }
        }
    }
    println!();
    match sum.failed {
        0 => println!("All {} cases that could be tried held.", sum.held),
        n => println!("{n} of {} cases failed.", sum.cases),
    }
    sum.failed == 0
}
