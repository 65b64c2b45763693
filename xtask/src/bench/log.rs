//! The log: a page with filters, facets and histogram from ten thousand and from a million
//! deliveries, and the memory of the program over the larger one.

use std::path::Path;

use anyhow::Context;
use hookbench_ambient::Stopwatch;
use hookbench_workbench::{DeliveryQuery, HistogramQuery, VaultKeySource, Workbench};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

use super::process;
use super::report::median;

const SMALL: u64 = 10_000;
const LARGE: u64 = 1_000_000;
/// How often each page is taken.
const TIMES: usize = 9;

/// One page: what is asked, and how long it takes from either log, in microseconds.
pub(super) struct Page {
    name: &'static str,
    small_us: u64,
    large_us: u64,
}

/// What was measured.
pub(super) struct LogReport {
    pages: Vec<Page>,
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
    fn all(&self) -> Page {
        let sum = |us: fn(&Page) -> u64| self.pages.iter().map(us).sum();
        Page { name: "together", small_us: sum(|p| p.small_us), large_us: sum(|p| p.large_us) }
    }

    pub(super) fn as_json(&self) -> Value {
        let page = |p: &Page| json!({ "page": p.name, "small_us": p.small_us, "large_us": p.large_us, "large_over_small": p.ratio() });
        json!({
            "small": SMALL,
            "large": LARGE,
            "pages": self.pages.iter().map(page).collect::<Vec<_>>(),
            "large_over_small": self.all().ratio(),
            "process_memory_bytes": self.memory,
        })
    }

    pub(super) fn print(&self) {
        println!("\na page of the log with facets and histogram, medians of {TIMES}");
        println!("{:<28}{:>14}{:>14}", "", "of 10,000", "of 1,000,000");
        for p in self.pages.iter().chain([&self.all()]) {
            let (small, large) = (number(p.small_us) / 1000.0, number(p.large_us) / 1000.0);
            println!("{:<28}{small:>11.2} ms{large:>11.2} ms{:>8.2} ×", p.name, p.ratio());
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

/// What a person asks the log, by name.
fn questions(subscription: &str) -> Vec<(&'static str, DeliveryQuery)> {
    let of = |state: Option<&str>| DeliveryQuery {
        state: state.map(str::to_owned),
        limit: Some(50),
        ..DeliveryQuery::default()
    };
    vec![
        ("everything", of(None)),
        ("what failed", of(Some("failed"))),
        (
            "delivered to one",
            DeliveryQuery { subscription: Some(subscription.to_owned()), ..of(Some("delivered")) },
        ),
        (
            "one type, refused",
            DeliveryQuery {
                event_type: Some("conversion.type7".to_owned()),
                status: Some("5xx".to_owned()),
                ..of(None)
            },
        ),
        ("the last 24 hours", DeliveryQuery { since: Some("24h".to_owned()), ..of(None) }),
        ("failed in 24 hours", DeliveryQuery { since: Some("24h".to_owned()), ..of(Some("failed")) }),
        ("a click's id", DeliveryQuery { search: Some("clk_00007777".to_owned()), ..of(None) }),
    ]
}

/// Makes both logs, and asks them.
///
/// # Errors
/// When a log cannot be made or asked.
pub(super) async fn measure(folder: &Path) -> anyhow::Result<LogReport> {
    let (small, large) = (folder.join("small"), folder.join("large"));
    for (place, rows) in [(&small, SMALL), (&large, LARGE)] {
        eprintln!("a log of {rows} deliveries");
        fill(place, rows).await?;
    }
    let (before, after) = (ask(&small).await?, ask(&large).await?);
    let pages = before
        .into_iter()
        .zip(after)
        .map(|((name, small_us), (_, large_us))| Page { name, small_us, large_us })
        .collect();
    let memory = process::memory_over(&large).await?;
    Ok(LogReport { pages, memory })
}

async fn ask(folder: &Path) -> anyhow::Result<Vec<(&'static str, u64)>> {
    let workbench =
        Workbench::open(folder, VaultKeySource { in_memory: true, ..VaultKeySource::default() }).await?;
    let subscription = workbench.subscriptions().first().context("no subscription")?.id.to_string();
    let mut answers = Vec::new();
    for (name, query) in questions(&subscription) {
        let mut times = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let watch = Stopwatch::start();
            let page = workbench.delivery_lines(&query).await?;
            workbench.facets(&query).await?;
            workbench.histogram(&HistogramQuery { query: query.clone(), whole: false, bars: 96 }).await?;
            times.push(watch.us());
            anyhow::ensure!(!page.items.is_empty(), "the log answers nothing to `{name}`");
        }
        answers.push((name, median(times)?));
    }
    workbench.close().await;
    Ok(answers)
}

/// A log as it would have come about over thirty days: ten subscriptions, ten types, 93 % delivered,
/// 5 % failed, some cancelled.
async fn fill(folder: &Path, rows: u64) -> anyhow::Result<()> {
    let workbench =
        Workbench::open(folder, VaultKeySource { in_memory: true, ..VaultKeySource::default() }).await?;
    for n in 0..10 {
        let input = serde_json::from_value(json!({
            "name": format!("Endpoint {n}"), "url": format!("http://127.0.0.1:9/hooks/{n}"), "events": ["*"],
        }))?;
        workbench.create_subscription(input).await?;
    }
    let now = workbench.now().ms();
    workbench.close().await;
    let options = SqliteConnectOptions::new().filename(folder.join("hookbench.db"));
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let span = 30 * 24 * 60 * 60 * 1000_i64;
    let rows = i64::try_from(rows)?;
    let (first, each) = (now - span, span / rows);
    let series = format!("with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})");
    for sql in [
        "pragma synchronous = off".to_owned(),
        "begin".to_owned(),
        format!(
            "insert into events (seq, scope, event_id, event_type, created_at, created_at_given, received_at, test, body)
             {series} select i, '', 'evt_bench_' || i, 'conversion.type' || (i % 10), {first} + i * {each}, 0,
               {first} + i * {each}, 0, cast(json_object('id', 'evt_bench_' || i, 'event', 'conversion.type' || (i % 10),
               'createdAt', '2026-11-21T11:41:27.158Z', 'data', json_object('clickId', 'clk_' || printf('%08d', i),
               'affiliateId', i % 977, 'payoutCents', i % 9973, 'currency', 'EUR', 'country', 'DE')) as blob) from n"
        ),
        format!(
            "insert into deliveries (seq, subscription_seq, event_seq, created_at, attempts, state, finished_at, failure,
               last_outcome, last_status)
             {series} select i, i % 10 + 1, i, {first} + i * {each}, case when i % 20 = 7 then 4 else 1 end,
               case when i % 20 = 7 then 'failed' when i % 50 = 3 then 'cancelled' else 'delivered' end,
               {first} + i * {each} + 20, case when i % 20 = 7 then 'exhausted' end,
               case when i % 20 = 7 then 'http_status' else 'success' end, case when i % 20 = 7 then 503 else 200 end
             from n"
        ),
        format!(
            "insert into attempts (seq, delivery_seq, number, trigger, started_at, outcome, total_us, request, connection,
               status, response_headers, response_body)
             {series} select i, i, 1, 'scheduled', {first} + i * {each}, case when i % 20 = 7 then 'http_status' else 'success' end,
               2000, null, '{{\"reused\":true}}', case when i % 20 = 7 then 503 else 200 end, '[]', x'6f6b' from n"
        ),
        "insert into search_events (rowid, text) select seq, event_id || char(10) || cast(body as text) from events".to_owned(),
        format!(
            "insert into meta values ('searched_events', {rows}), ('searched_attempts', {rows}), ('rolled_to', {rows})"
        ),
        "insert into rollup select d.subscription_seq, e.event_type, d.state, coalesce(d.last_status, -1),
           coalesce(d.last_outcome, ''), d.attempts, count(*) from deliveries d join events e on e.seq = d.event_seq
         group by 1, 2, 3, 4, 5, 6"
            .to_owned(),
        "insert into rollup_minutes select created_at / 60000, state, count(*) from deliveries group by 1, 2".to_owned(),
        "commit".to_owned(),
        "pragma wal_checkpoint(truncate)".to_owned(),
    ] {
        let what: String = sql.chars().take(60).collect();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.context(what)?;
    }
    connection.close().await?;
    Ok(())
}
