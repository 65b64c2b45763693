//! Counts, bars and pages of the log are what its rows say, whatever happened to them and however
//! far the counts have come.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hookbench_ambient::Clock;
use hookbench_domain::{
    AttemptRecord, Connection as Peer, Definition, DeliveryId, EventDraft, EventId, Finished, Kind, Lease,
    Outcome, RequestRecord, ResponseRecord, RetryPolicy, SubscriptionId, Timestamp, Timings, Trigger,
};
use hookbench_store::{
    ClaimRequest, ClaimWhat, DeliveryFilter, Facet, Publication, Record, ResponseFilter, Share, Store,
    TimeRange,
};
use proptest::prelude::*;
use proptest::sample::Index;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);
const TYPES: [&str; 3] = ["lead.new", "lead.lost", "click"];
const BRANDS: [Option<&str>; 3] = [None, Some("acme"), Some("zeta")];
const STATUSES: [u16; 4] = [200, 204, 404, 503];

fn policy() -> RetryPolicy {
    RetryPolicy {
        delays_ms: vec![1000],
        repeat_last: false,
        max_age_ms: None,
        jitter: 0.0,
        timeout_ms: 10_000,
        final_on: vec![],
        retry_on: vec![],
        gone_on: vec![],
        honour_retry_after: true,
    }
}

fn definition(pattern: &str, kind: Kind) -> Definition {
    Definition {
        name: pattern.into(),
        kind,
        scheme: "none".into(),
        ..Definition::new("http://127.0.0.1:9/hooks", vec![pattern.parse().unwrap()], policy())
    }
}

struct Log {
    folder: tempfile::TempDir,
    clock: Clock,
    store: Store,
    subscriptions: Vec<SubscriptionId>,
    published: u32,
}

/// A delivery as its row says.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    seq: i64,
    subscription: String,
    kind: String,
    event_type: String,
    brand: Option<String>,
    at: i64,
    state: String,
    attempts: i64,
    status: Option<i64>,
    outcome: Option<String>,
}

impl Log {
    async fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(NOW));
        let store = Store::open(folder.path(), clock.clone()).await.unwrap();
        let mut subscriptions = Vec::new();
        for (n, (pattern, kind)) in [("*", Kind::Webhook), ("lead.*", Kind::Postback)].into_iter().enumerate()
        {
            let id = SubscriptionId::new(NOW, u128::try_from(n).unwrap() + 1);
            store.create_subscription(id, definition(pattern, kind), vec![], NOW).await.unwrap();
            subscriptions.push(id);
        }
        Self { folder, clock, store, subscriptions, published: 0 }
    }

    async fn publish(&mut self, event_type: &str, brand: Option<&str>, times: u32) {
        let mut items = Vec::new();
        for _ in 0..times {
            self.published += 1;
            let id = format!("e{}", self.published);
            let draft = EventDraft::new(event_type, r#"{"n":1}"#, Some(&id), brand, None).unwrap();
            let event = Arc::new(draft.keep(|| EventId::new(NOW, 1), self.clock.now()).unwrap());
            items.push(Publication { event, only: None, arrival: None });
        }
        self.store.publish(items).await.unwrap();
    }

    /// Attempts what is due, each with one of these answers.
    async fn attempt(&self, places: u32, statuses: &[u16]) {
        let (now, lease) = (self.clock.now(), Lease { owner: "test".into(), until: NOW.plus_ms(1) });
        for id in &self.subscriptions {
            let what = ClaimWhat::Due(vec![Share { subscription: *id, places, asked_only: false }]);
            let claimed = self.store.claim(ClaimRequest { lease: lease.clone(), now, what }).await.unwrap();
            let records = claimed.into_iter().zip(statuses.iter().cycle()).map(|(claimed, status)| {
                let outcome = Outcome::of_status(*status);
                let end = Finished {
                    outcome,
                    status: Some(*status),
                    retry_after_ms: None,
                    local_shortage: false,
                    idle_closed: false,
                };
                let (after, _) = claimed.delivery.clone().finish(end, &policy(), now, 0.0).unwrap();
                Record {
                    delivery: claimed.id,
                    subscription: *id,
                    lease: lease.clone(),
                    attempt: Arc::new(AttemptRecord {
                        number: claimed.delivery.attempts,
                        trigger: Trigger::Scheduled,
                        started_at: now,
                        outcome,
                        error: None,
                        timings: Timings::default(),
                        request: Some(RequestRecord::default()),
                        response: Some(ResponseRecord {
                            status: *status,
                            headers: vec![],
                            body: b"answer".to_vec(),
                            truncated: false,
                        }),
                        connection: Peer::default(),
                    }),
                    after,
                    disable: None,
                }
            });
            self.store.record(records.collect()).await.unwrap();
        }
    }

    /// Every delivery, newest first, read by nothing but SQL.
    async fn lines(&self) -> Vec<Line> {
        let mut connection = open(self.folder.path()).await;
        let rows = sqlx::query(
            "select d.*, e.event_type, e.brand, s.id as subscription, s.definition ->> '$.kind' as kind from deliveries d
             join events e on e.seq = d.event_seq join subscriptions s on s.seq = d.subscription_seq order by d.seq desc",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        let line = |row: &sqlx::sqlite::SqliteRow| {
            let (state, attempts): (String, i64) = (row.get("state"), row.get("attempts"));
            let state = match (state.as_str(), attempts) {
                ("pending", 0) => "waiting".to_owned(),
                ("pending", _) => "retrying".to_owned(),
                _ => state,
            };
            Line {
                seq: row.get("seq"),
                subscription: row.get("subscription"),
                kind: row.get("kind"),
                event_type: row.get("event_type"),
                brand: row.get("brand"),
                at: row.get("created_at"),
                state,
                attempts,
                status: row.get("last_status"),
                outcome: row.get("last_outcome"),
            }
        };
        rows.iter().map(line).collect()
    }

    async fn ids(&self) -> Vec<DeliveryId> {
        let filter = DeliveryFilter { limit: 500, ..DeliveryFilter::default() };
        self.store.deliveries(&filter).await.unwrap().items.iter().map(|d| d.id).collect()
    }

    /// Holds everything against the rows.
    async fn check(&self, when: &str) {
        self.check_these(when, self.filters()).await;
    }

    /// The same of these filters.
    async fn check_these(&self, when: &str, filters: Vec<DeliveryFilter>) {
        let lines = self.lines().await;
        for filter in filters {
            let wanted: Vec<&Line> = lines.iter().filter(|line| fits(line, &filter, None)).collect();
            let facets = self.store.facets(&filter).await.unwrap();
            let total = i64::try_from(wanted.len()).unwrap();
            assert_eq!((facets.total, facets.total_capped), (total, false), "{when}: {filter:?}");
            for facet in Facet::ALL {
                let mut counts: BTreeMap<String, i64> = BTreeMap::new();
                for line in lines.iter().filter(|line| fits(line, &filter, Some(facet))) {
                    if let Some(value) = value(line, facet) {
                        *counts.entry(value).or_default() += 1;
                    }
                }
                let found: BTreeMap<String, i64> = facets.by[&facet].values.iter().cloned().collect();
                assert_eq!(found, counts, "{when}: {facet:?} of {filter:?}");
            }
            for (from, width) in [(NOW.ms() - 5000, 7_777), (NOW.ms() + 61_000, 60_000)] {
                let mut bars = vec![TimeRange::default(); 40];
                let of_any_time = DeliveryFilter { since: None, until: None, ..filter.clone() };
                for line in lines.iter().filter(|line| line.at >= from && fits(line, &of_any_time, None)) {
                    let Some(bar) = bars.get_mut(usize::try_from((line.at - from) / width).unwrap()) else {
                        continue;
                    };
                    match line.state.as_str() {
                        "delivered" => bar.delivered += 1,
                        "failed" => bar.failed += 1,
                        _ => bar.other += 1,
                    }
                }
                let found =
                    self.store.histogram(&of_any_time, Timestamp::from_ms(from), width, 40).await.unwrap();
                assert_eq!((found.stretches, found.capped), (bars, false), "{when}: {filter:?}");
            }
            let mut listed = Vec::new();
            let mut page_filter = DeliveryFilter { limit: 200, ..filter.clone() };
            loop {
                let page = self.store.deliveries(&page_filter).await.unwrap();
                listed.extend(page.items.iter().map(|d| i64::try_from(d.id.ulid().low()).unwrap()));
                page_filter.cursor = page.next_cursor;
                if page_filter.cursor.is_none() {
                    break;
                }
            }
            let expected: Vec<i64> = wanted.iter().map(|line| line.seq).collect();
            assert_eq!(listed, expected, "{when}: {filter:?}");
        }
        let mut connection = open(self.folder.path()).await;
        let events: i64 =
            sqlx::query_scalar("select count(*) from events").fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let stats = self.store.stats(self.clock.now()).await.unwrap();
        assert_eq!(stats.events, events, "{when}");
        assert_eq!(stats.total.by_state.values().sum::<i64>(), i64::try_from(lines.len()).unwrap(), "{when}");
        let seen = self.store.seen_types().await.unwrap();
        assert_eq!(seen.iter().map(|t| t.count).sum::<i64>(), events, "{when}");
    }

    fn filters(&self) -> Vec<DeliveryFilter> {
        let any = DeliveryFilter::default();
        let at = |ms: i64| Some(Timestamp::from_ms(NOW.ms() + ms));
        let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        vec![
            any.clone(),
            DeliveryFilter { states: texts(&["failed"]), ..any.clone() },
            DeliveryFilter { states: texts(&["pending", "delivered"]), since: at(20_000), ..any.clone() },
            DeliveryFilter { subscriptions: vec![self.subscriptions[1]], until: at(70_000), ..any.clone() },
            DeliveryFilter { kinds: vec![Kind::Postback], attempts: Some((1, 2)), ..any.clone() },
            DeliveryFilter {
                event_types: texts(&["lead.new", "click"]),
                brands: texts(&["acme"]),
                since: at(10_000),
                until: at(300_000),
                ..any.clone()
            },
            DeliveryFilter { brands: texts(&["zeta"]), states: texts(&["delivered"]), ..any.clone() },
            DeliveryFilter {
                statuses: vec![(400, 599)],
                answers: vec![ResponseFilter::Status(503, 503), ResponseFilter::Outcome(Outcome::Timeout)],
                ..any.clone()
            },
            DeliveryFilter { outcomes: vec![Outcome::HttpStatus], attempts: Some((2, u32::MAX)), ..any },
        ]
    }
}

async fn open(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("hookbench.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

fn value(line: &Line, facet: Facet) -> Option<String> {
    match facet {
        Facet::State => Some(line.state.clone()),
        Facet::Subscription => Some(line.subscription.clone()),
        Facet::EventType => Some(line.event_type.clone()),
        Facet::Outcome => line.outcome.clone().filter(|_| line.status.is_none()),
        Facet::Status => line.status.map(|s| s.to_string()),
        Facet::Attempts => Some(match line.attempts {
            n @ (0 | 1) => n.to_string(),
            2 | 3 => "2-3".to_owned(),
            4..=6 => "4-6".to_owned(),
            _ => "7-".to_owned(),
        }),
        Facet::Kind => Some(line.kind.clone()),
    }
}

/// Whether a line is what a filter asks for; what it says of one property left aside.
fn fits(line: &Line, f: &DeliveryFilter, aside: Option<Facet>) -> bool {
    let asks = |facet| aside != Some(facet);
    let status =
        |low: u16, high: u16| line.status.is_some_and(|s| s >= i64::from(low) && s <= i64::from(high));
    let outcome = |o: Outcome| line.outcome.as_deref() == Some(o.as_str());
    let pending = line.state == "waiting" || line.state == "retrying";
    let state =
        f.states.is_empty() || f.states.iter().any(|s| *s == line.state || (s == "pending" && pending));
    let subscription =
        f.subscriptions.is_empty() || f.subscriptions.iter().any(|s| s.to_string() == line.subscription);
    let answers = f.answers.is_empty()
        || f.answers.iter().any(|a| match a {
            ResponseFilter::Status(low, high) => status(*low, *high),
            ResponseFilter::Outcome(o) => outcome(*o),
        });
    (!asks(Facet::State) || state)
        && (!asks(Facet::Subscription) || subscription)
        && (!asks(Facet::Kind) || f.kinds.is_empty() || f.kinds.iter().any(|k| k.as_str() == line.kind))
        && (!asks(Facet::EventType) || f.event_types.is_empty() || f.event_types.contains(&line.event_type))
        && (f.brands.is_empty() || line.brand.as_ref().is_some_and(|b| f.brands.contains(b)))
        && (!asks(Facet::Status) || f.statuses.is_empty() || f.statuses.iter().any(|(l, h)| status(*l, *h)))
        && (!asks(Facet::Outcome) || f.outcomes.is_empty() || f.outcomes.iter().any(|o| outcome(*o)))
        && (!asks(Facet::Status) || !asks(Facet::Outcome) || answers)
        && (!asks(Facet::Attempts)
            || f.attempts.is_none_or(|(low, high)| {
                line.attempts >= i64::from(low) && line.attempts <= i64::from(high)
            }))
        && f.since.is_none_or(|since| line.at >= since.ms())
        && f.until.is_none_or(|until| line.at < until.ms())
}

/// Something that happens to a log.
#[derive(Debug, Clone)]
enum Step {
    Publish(usize, usize, u32),
    Wait(u64),
    /// The clock is set back.
    Back(u64),
    Attempt(u32, Vec<u16>),
    Retry(Index),
    Cancel(Index),
    Erase(Index),
    /// Takes away what is older than so many milliseconds.
    Prune(u64),
    Forget(u64),
    /// The counts take one batch.
    Follow,
}

fn step() -> impl Strategy<Value = Step> {
    let statuses = proptest::collection::vec(proptest::sample::select(&STATUSES[..]), 1..5);
    prop_oneof![
        3 => (0..TYPES.len(), 0..BRANDS.len(), 1..300_u32).prop_map(|(t, b, n)| Step::Publish(t, b, n)),
        3 => (1..40_000_u64).prop_map(Step::Wait),
        1 => (1..60_000_u64).prop_map(Step::Back),
        4 => (1..400_u32, statuses).prop_map(|(n, s)| Step::Attempt(n, s)),
        3 => any::<Index>().prop_map(Step::Retry),
        2 => any::<Index>().prop_map(Step::Cancel),
        1 => any::<Index>().prop_map(Step::Erase),
        1 => (0..120_000_u64).prop_map(Step::Prune),
        1 => (30_000..200_000_u64).prop_map(Step::Forget),
        5 => Just(Step::Follow),
    ]
}

async fn take(log: &mut Log, step: &Step) {
    let now = log.clock.now();
    match step {
        Step::Publish(t, b, n) => log.publish(TYPES[*t], BRANDS[*b], *n).await,
        Step::Wait(ms) => log.clock.set(now.plus_ms(*ms)),
        Step::Attempt(places, statuses) => log.attempt(*places, statuses).await,
        Step::Back(ms) => log.clock.set(now.minus_ms(*ms)),
        Step::Retry(index) | Step::Cancel(index) => {
            let ids = log.ids().await;
            if !ids.is_empty() {
                let id = vec![*index.get(&ids)];
                // What cannot be done in its state is refused, and changes nothing.
                let _done = if matches!(step, Step::Retry(_)) {
                    log.store.retry(id, now).await
                } else {
                    log.store.cancel(id, now).await
                };
            }
        }
        Step::Erase(index) => {
            let bodies = log.store.event_bodies(0, 5000).await.unwrap();
            if !bodies.is_empty() {
                log.store.erase_events(vec![index.get(&bodies).seq], now).await.unwrap();
            }
        }
        Step::Prune(age) => {
            log.store.prune_deliveries(now.minus_ms(*age), 0).await.unwrap();
            log.store.prune_events(now.minus_ms(*age), 0, now.plus_ms(40 * 86_400_000)).await.unwrap();
        }
        Step::Forget(age) => {
            log.store.forget_before(now.minus_ms(*age), now.minus_ms(*age)).await.unwrap();
        }
        Step::Follow => {
            log.store.follow_rollup().await.unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_is_counted_is_what_the_rows_say(steps in proptest::collection::vec(step(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut log = Log::new().await;
            // More than one strip from the beginning.
            log.publish("lead.new", Some("acme"), 700).await;
            log.attempt(600, &[200, 503, 404]).await;
            for (n, step) in steps.iter().enumerate() {
                take(&mut log, step).await;
                if n % 3 == 0 {
                    log.check(&format!("after {:?}", &steps[..=n])).await;
                }
            }
            while log.store.follow_rollup().await.unwrap() {}
            log.check("at the end").await;
            let after = log.store.follow_rollup().await.unwrap();
            assert!(!after, "nothing is left to count");
        });
    }
}

#[tokio::test]
async fn a_log_of_the_format_before_is_counted_anew_from_its_first_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = {
        let options =
            SqliteConnectOptions::new().filename(folder.path().join("hookbench.db")).create_if_missing(true);
        SqliteConnection::connect_with(&options).await.unwrap()
    };
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    for file in &files[..11] {
        let sql = std::fs::read_to_string(file).unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    let definition = serde_json::to_string(&definition("*", Kind::Webhook)).unwrap();
    sqlx::query("insert into subscriptions (seq, id, definition, enabled, created_at, updated_at) values (1, ?, ?, 1, 0, 0)")
        .bind(SubscriptionId::new(NOW, 1).to_string())
        .bind(definition)
        .execute(&mut connection)
        .await
        .unwrap();
    let at = NOW.ms();
    for sql in [
        format!(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500)
             insert into events (seq, scope, event_id, event_type, created_at, created_at_given, received_at, test, brand, body)
             select i, '', 'e' || i, 'lead.' || (i % 2), {at} + i, 0, {at} + i, 0, iif(i % 3 = 0, 'acme', null), x'7b7d' from n"
        ),
        format!(
            "insert into deliveries (seq, subscription_seq, event_seq, created_at, attempts, state, finished_at, last_outcome, last_status)
             select seq, 1, seq, {at} + seq, 1, 'delivered', {at} + seq, 'success', 200 from events"
        ),
        // The counts of the format before, which are not taken over.
        "insert into rollup values (1, 'lead.0', 'delivered', 200, 'success', 1, 99)".to_owned(),
        "insert into meta values ('rolled_to', 1500)".to_owned(),
        "pragma application_id = 1212891726; pragma user_version = 11".to_owned(),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let store = Store::open(folder.path(), Clock::manual(NOW)).await.unwrap();
    let acme = DeliveryFilter { brands: vec!["acme".into()], ..DeliveryFilter::default() };
    let lead = DeliveryFilter { event_types: vec!["lead.0".into()], ..DeliveryFilter::default() };
    for _ in 0..3 {
        assert_eq!(store.facets(&acme).await.unwrap().total, 500);
        assert_eq!(store.facets(&lead).await.unwrap().total, 750);
        assert_eq!(store.stats(NOW).await.unwrap().events, 1500);
        store.follow_rollup().await.unwrap();
    }
    let mut connection = open(folder.path()).await;
    let counted: i64 =
        sqlx::query_scalar("select sum(n) from log_combinations").fetch_one(&mut connection).await.unwrap();
    assert_eq!(counted, 1500);
}

#[tokio::test]
async fn counting_goes_on_until_nothing_that_settled_is_left() {
    let mut log = Log::new().await;
    for _ in 0..10 {
        log.publish("click", None, 500).await;
    }
    while log.store.follow_rollup().await.unwrap() {}
    let mut connection = open(log.folder.path()).await;
    let open_ones = "select count(*) from rolled_open";
    let waiting: i64 = sqlx::query_scalar(open_ones).fetch_one(&mut connection).await.unwrap();
    assert_eq!(waiting, 5000);
    for _ in 0..13 {
        log.attempt(400, &[200]).await;
    }
    while log.store.follow_rollup().await.unwrap() {}
    let waiting: i64 = sqlx::query_scalar(open_ones).fetch_one(&mut connection).await.unwrap();
    assert_eq!(waiting, 0);
}

#[tokio::test]
async fn whatever_the_clock_did_a_time_is_listed_as_it_is_counted() {
    let mut log = Log::new().await;
    let hour = 60 * 60 * 1000;
    // Set ahead for a while, then right, then back for a while, then right.
    for (name, hours) in [("click", 0), ("lead.new", 24), ("click", 1), ("lead.lost", -24), ("click", 2)] {
        log.clock.set(Timestamp::from_ms(NOW.ms() + hours * hour));
        log.publish(name, None, 450).await;
        log.publish("click", Some("acme"), 400).await;
    }
    let any = DeliveryFilter::default();
    let mut filters = Vec::new();
    for minutes in [-1000, 30, 90, 1000, 3000] {
        let at = Some(Timestamp::from_ms(NOW.ms() + minutes * 60_000));
        for filter in [
            any.clone(),
            DeliveryFilter { subscriptions: vec![log.subscriptions[0]], ..any.clone() },
            DeliveryFilter { states: vec!["failed".into()], ..any.clone() },
        ] {
            filters.push(DeliveryFilter { since: at, ..filter.clone() });
            filters.push(DeliveryFilter { until: at, ..filter });
        }
    }
    log.check_these("before it is counted", filters.clone()).await;
    while log.store.follow_rollup().await.unwrap() {}
    log.check_these("while it waits", filters.clone()).await;
    for _ in 0..4 {
        log.attempt(1000, &[200, 404]).await;
        log.check_these("while it settles", filters[..4].to_vec()).await;
    }
    while log.store.follow_rollup().await.unwrap() {}
    log.check_these("once it is counted", filters).await;
}

#[tokio::test]
async fn of_more_combinations_than_help_rows_are_counted_and_what_was_not_counted_is_said() {
    let mut log = Log::new().await;
    log.publish("click", Some("acme"), 2).await;
    log.attempt(2, &[200]).await;
    let mut connection = open(log.folder.path()).await;
    let at = NOW.ms();
    for sql in [
        format!(
            "with recursive n(i) as (select 3 union all select i + 1 from n where i < 20500)
             insert into events (seq, scope, event_id, event_type, created_at, created_at_given, received_at, test, brand, body)
             select i, '', 'x' || i, 'made.up', {at} + i, 0, {at} + i, 0, 'brand-' || i, x'7b7d' from n"
        ),
        format!(
            "insert into deliveries (seq, subscription_seq, event_seq, created_at, attempts, state, finished_at, last_outcome, last_status)
             select seq, 1, seq, {at} + seq, 1, 'delivered', {at} + seq, 'success', 200 from events where seq > 2"
        ),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    for when in ["before they are counted", "afterwards"] {
        let stats = log.store.stats(NOW).await.unwrap();
        assert_eq!((stats.total.of("delivered"), stats.by_subscription.len()), (20_500, 1), "{when}");
        let any = DeliveryFilter::default();
        let bars = log.store.histogram(&any, NOW, 10_000, 3).await.unwrap();
        let delivered: Vec<i64> = bars.stretches.iter().map(|bar| bar.delivered).collect();
        assert_eq!((delivered, bars.capped), (vec![9_999, 10_000, 501], false), "{when}");
        let facets = log.store.facets(&any).await.unwrap();
        assert!(facets.total_capped && facets.total > 10_000, "{when}: {}", facets.total);
        for (brand, wanted) in [("acme", vec![2, 1]), ("brand-17", vec![17]), ("brand-1", vec![])] {
            let filter = DeliveryFilter { brands: vec![brand.into()], limit: 10, ..any.clone() };
            let page = log.store.deliveries(&filter).await.unwrap().items;
            assert_eq!(
                page.iter().map(|d| i64::try_from(d.id.ulid().low()).unwrap()).collect::<Vec<_>>(),
                wanted
            );
            let facets = log.store.facets(&filter).await.unwrap();
            assert_eq!((facets.total, facets.total_capped), (i64::try_from(wanted.len()).unwrap(), false));
        }
        while log.store.follow_rollup().await.unwrap() {}
    }
    let counted: i64 =
        sqlx::query_scalar("select count(*) from log_combinations").fetch_one(&mut connection).await.unwrap();
    assert!(counted > 20_000, "{counted}");
}
