//! The log: a page with filters, facets and histogram from ten thousand and from a million
//! deliveries, and the memory of the program over the larger one.

use std::path::Path;

use anyhow::Context;
use hookbench_ambient::{Clock, Stopwatch};
use hookbench_store::Store;
use hookbench_workbench::{
    BrandFilter, DeliveryQuery, HistogramQuery, LiveQuery, OutageQuery, VaultKeySource, Workbench,
};
use serde_json::{Value, json};

use super::fill::fill;
use super::process;
use super::rate::median;

const SMALL: u64 = 10_000;
const LARGE: u64 = 1_000_000;
/// How often each page is taken.
const TIMES: usize = 9;

/// How many batches of each kind of retention are measured.
const BATCHES: usize = 40;
/// Behind how many deliveries the page lies that is far down.
const FAR_DOWN: usize = 9_900;

/// One page: what is asked, and how long it takes from either log, in microseconds.
pub(super) struct Page {
    name: &'static str,
    /// Whether it is a page of the log; else another screen over it.
    of_log: bool,
    small_us: u64,
    large_us: u64,
}

/// Work behind the log in batches: how long one holds the writer, in microseconds.
struct Upkeep {
    name: &'static str,
    batches: usize,
    median_us: u64,
    longest_us: u64,
}

/// What was measured.
pub(super) struct LogReport {
    pages: Vec<Page>,
    upkeep: Vec<Upkeep>,
    memory: Option<u64>,
}

#[expect(clippy::cast_precision_loss, reason = "microseconds and bytes far below 2^53")]
fn number(n: u64) -> f64 {
    n as f64
}

impl Page {
    fn ratio(&self) -> f64 {
        number(self.large_us) / number(self.small_us)
    }
}

impl LogReport {
    /// All pages of the log together.
    fn together(&self) -> Page {
        let sum = |us: fn(&Page) -> u64| self.pages.iter().filter(|p| p.of_log).map(us).sum();
        Page {
            name: "pages of the log together",
            of_log: true,
            small_us: sum(|p| p.small_us),
            large_us: sum(|p| p.large_us),
        }
    }

    pub(super) fn as_json(&self) -> Value {
        let page = |p: &Page| json!({ "page": p.name, "small_us": p.small_us, "large_us": p.large_us, "large_over_small": p.ratio() });
        let upkeep = |u: &Upkeep| json!({ "work": u.name, "batches": u.batches, "median_us": u.median_us, "longest_us": u.longest_us });
        json!({
            "small": SMALL,
            "large": LARGE,
            "pages": self.pages.iter().map(page).collect::<Vec<_>>(),
            "large_over_small": self.together().ratio(),
            "upkeep": self.upkeep.iter().map(upkeep).collect::<Vec<_>>(),
            "process_memory_bytes": self.memory,
        })
    }

    pub(super) fn print(&self) {
        println!("\na page of the log with facets and histogram, medians of {TIMES}");
        println!("{:<32}{:>14}{:>14}", "", "of 10,000", "of 1,000,000");
        let (pages, screens): (Vec<&Page>, Vec<&Page>) = self.pages.iter().partition(|p| p.of_log);
        for p in pages.into_iter().chain([&self.together()]).chain(screens) {
            let (small, large) = (number(p.small_us) / 1000.0, number(p.large_us) / 1000.0);
            println!("{:<32}{small:>11.2} ms{large:>11.2} ms{:>8.2} ×", p.name, p.ratio());
        }
        println!("\nbatches of what follows behind and of retention, over the million");
        for u in &self.upkeep {
            let (median, longest) = (number(u.median_us) / 1000.0, number(u.longest_us) / 1000.0);
            println!("{:<32}{median:>11.2} ms{longest:>11.2} ms at most, of {}", u.name, u.batches);
        }
        match self.memory {
            Some(bytes) => println!(
                "memory of hookbench run over the million: {:.1} MiB resident",
                number(bytes) / 1024.0 / 1024.0
            ),
            None => println!("memory of hookbench run over the million: not told by this system"),
        }
    }
}

/// What is asked of a log.
enum Asked {
    /// A page of the log with facets and histogram; of the whole log with `true`.
    Log(DeliveryQuery, bool),
    /// The same, far down the log.
    FarDown(DeliveryQuery),
    Home,
    Live(LiveQuery),
    Outage,
    /// One delivery with its attempts.
    Delivery,
    Stats,
}

/// What a person asks a log, by name.
fn questions(subscription: &str) -> Vec<(&'static str, Asked)> {
    let of = |state: Option<&str>| DeliveryQuery {
        state: state.map(str::to_owned),
        limit: Some(50),
        ..DeliveryQuery::default()
    };
    let search =
        |text: &str, state| Asked::Log(DeliveryQuery { search: Some(text.to_owned()), ..of(state) }, false);
    let log = |query| Asked::Log(query, false);
    let text = |text: &str| Some(text.to_owned());
    vec![
        ("everything", log(of(None))),
        ("everything, all of its time", Asked::Log(of(None), true)),
        ("what failed", log(of(Some("failed")))),
        ("what failed, all of its time", Asked::Log(of(Some("failed")), true)),
        (
            "delivered to one",
            log(DeliveryQuery { subscription: text(subscription), ..of(Some("delivered")) }),
        ),
        (
            "one type, refused",
            log(DeliveryQuery { event_type: text("conversion.type7"), status: text("5xx"), ..of(None) }),
        ),
        ("one brand", log(DeliveryQuery { brand: text("brand3"), ..of(None) })),
        ("one brand, failed", log(DeliveryQuery { brand: text("brand2"), ..of(Some("failed")) })),
        ("gone, which is rare", log(DeliveryQuery { status: text("410"), ..of(None) })),
        ("nine attempts, which is none", log(DeliveryQuery { attempts: text("9-"), ..of(None) })),
        ("the last 24 hours", log(DeliveryQuery { since: text("24h"), ..of(None) })),
        ("failed in 24 hours", log(DeliveryQuery { since: text("24h"), ..of(Some("failed")) })),
        (
            "gone, three weeks ago",
            log(DeliveryQuery { since: text("25d"), until: text("20d"), status: text("410"), ..of(None) }),
        ),
        (
            "one type, since three weeks",
            log(DeliveryQuery { since: text("21d"), event_type: text("conversion.type3"), ..of(None) }),
        ),
        ("far down", Asked::FarDown(of(None))),
        ("far down what failed", Asked::FarDown(of(Some("failed")))),
        ("a click's id", search("clk_00007777", None)),
        ("a text in every event", search("conversion", None)),
        ("the same, failed", search("conversion", Some("failed"))),
        ("a text in no event", search("nothing has this", None)),
        ("home", Asked::Home),
        ("live", Asked::Live(LiveQuery::default())),
        ("live, 15 minutes", Asked::Live(LiveQuery { since: text("15m"), ..LiveQuery::default() })),
        ("what an outage costs", Asked::Outage),
        ("one delivery", Asked::Delivery),
        ("stats", Asked::Stats),
    ]
}

impl Asked {
    async fn of(&self, workbench: &Workbench, cursors: &Cursors) -> anyhow::Result<()> {
        match self {
            Self::Log(query, whole) => page(workbench, query, *whole).await?,
            Self::FarDown(query) => {
                let cursor = if query.state.is_some() { &cursors.failed } else { &cursors.any };
                page(workbench, &DeliveryQuery { cursor: Some(cursor.clone()), ..query.clone() }, false)
                    .await?;
            }
            Self::Home => drop(workbench.stats().home(&BrandFilter::default()).await?),
            Self::Live(query) => drop(workbench.events().live(query).await?),
            Self::Outage => {
                let query = OutageQuery { subscription: None, down_until: "+2h".to_owned() };
                workbench.deliveries().outage(&query).await?;
            }
            Self::Delivery => drop(workbench.deliveries().get(cursors.any.parse()?).await?),
            Self::Stats => drop(workbench.stats().summary().await?),
        }
        Ok(())
    }
}

/// The screen of the log.
async fn page(workbench: &Workbench, query: &DeliveryQuery, whole: bool) -> anyhow::Result<()> {
    workbench.deliveries().lines(query).await?;
    workbench.deliveries().facets(query).await?;
    workbench.deliveries().histogram(&HistogramQuery { query: query.clone(), whole, bars: 96 }).await?;
    Ok(())
}

/// Places far down a log.
struct Cursors {
    any: String,
    failed: String,
}

impl Cursors {
    async fn find(workbench: &Workbench) -> anyhow::Result<Self> {
        Ok(Self {
            any: far_down(workbench, None, FAR_DOWN).await?,
            failed: far_down(workbench, Some("failed"), FAR_DOWN / 21).await?,
        })
    }
}

async fn far_down(workbench: &Workbench, state: Option<&str>, behind: usize) -> anyhow::Result<String> {
    let (mut left, mut cursor) = (behind, None);
    loop {
        let limit = u32::try_from(left.min(500))?;
        let query = DeliveryQuery {
            state: state.map(str::to_owned),
            limit: Some(limit),
            cursor,
            ..DeliveryQuery::default()
        };
        let page = workbench.deliveries().list(&query).await?;
        left -= page.items.len();
        let last = page.items.last().context("the log is too short")?.id.to_string();
        if left == 0 {
            return Ok(last);
        }
        cursor = Some(last);
    }
}

/// Makes both logs, and asks them.
///
/// # Errors
/// When a log cannot be made or asked.
pub(super) async fn measure(folder: &Path) -> anyhow::Result<LogReport> {
    let (small, large) = (folder.join("log-small"), folder.join("log-large"));
    for (place, rows) in [(&small, SMALL), (&large, LARGE)] {
        eprintln!("a log of {rows} deliveries");
        fill(place, rows).await?;
    }
    count(&small).await?;
    let counting = count(&large).await?;
    let (before, after) = (ask(&small).await?, ask(&large).await?);
    let pages = before
        .into_iter()
        .zip(after)
        .map(|((name, of_log, small_us), (_, _, large_us))| Page { name, of_log, small_us, large_us })
        .collect();
    let memory = process::memory_over(&large).await?;
    let mut upkeep = vec![batches("counting", counting)?];
    upkeep.extend(retain(&large).await?);
    Ok(LogReport { pages, upkeep, memory })
}

async fn ask(folder: &Path) -> anyhow::Result<Vec<(&'static str, bool, u64)>> {
    let workbench =
        Workbench::open(folder, VaultKeySource { in_memory: true, ..VaultKeySource::default() }).await?;
    let subscription = workbench.subscriptions().list().first().context("no subscription")?.id.to_string();
    let cursors = Cursors::find(&workbench).await?;
    let mut answers = Vec::new();
    for (name, asked) in questions(&subscription) {
        let mut times = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let watch = Stopwatch::start();
            asked.of(&workbench, &cursors).await?;
            times.push(watch.us());
        }
        answers.push((name, matches!(asked, Asked::Log(..) | Asked::FarDown(_)), median(times)?));
    }
    workbench.close().await;
    Ok(answers)
}

/// Lets what follows behind come up, as it would in a running program. How long each batch took.
async fn count(folder: &Path) -> anyhow::Result<Vec<u64>> {
    let store = Store::open(folder, Clock::system()).await?;
    let mut times = Vec::new();
    loop {
        let watch = Stopwatch::start();
        let more = store.follow_rollup().await?;
        times.push(watch.us());
        if !more {
            break;
        }
    }
    store.close().await;
    Ok(times)
}

fn batches(name: &'static str, times: Vec<u64>) -> anyhow::Result<Upkeep> {
    let longest_us = times.iter().copied().max().unwrap_or(0);
    Ok(Upkeep { name, batches: times.len(), median_us: median(times)?, longest_us })
}

/// Batches of retention over the oldest of a log.
async fn retain(folder: &Path) -> anyhow::Result<Vec<Upkeep>> {
    let store = Store::open(folder, Clock::system()).await?;
    let now = store.clock().now();
    let before = now.minus_ms(15 * 24 * 60 * 60 * 1000);
    let (mut bodies, mut deliveries, mut events) = (Vec::new(), Vec::new(), Vec::new());
    let (mut delivery, mut event) = (0, 0);
    for _ in 0..BATCHES {
        let watch = Stopwatch::start();
        store.prune_bodies(before, now).await?;
        bodies.push(watch.us());
        let watch = Stopwatch::start();
        delivery = store.prune_deliveries(before, delivery).await?.next.unwrap_or(delivery);
        deliveries.push(watch.us());
        let watch = Stopwatch::start();
        event = store.prune_events(before, event, now).await?.next.unwrap_or(event);
        events.push(watch.us());
    }
    store.close().await;
    Ok(vec![
        batches("pruning bodies", bodies)?,
        batches("pruning deliveries", deliveries)?,
        batches("pruning events", events)?,
    ])
}
