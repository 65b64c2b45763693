//! What follows behind and what is taken away: search, counts, retention, erasing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use hookbench_ambient::Clock;
use hookbench_domain::{
    AttemptRecord, Connection, Definition, DeliveryId, EventDraft, EventId, Finished, Kind, Lease, Outcome,
    RequestRecord, ResponseRecord, RetryPolicy, SubscriptionId, Timestamp, Timings, Trigger,
};
use hookbench_store::{
    ClaimRequest, ClaimWhat, DeliveryFilter, EventFilter, Facet, Facets, Publication, PublishOutcome,
    Published, Record, RetentionRules, Share, Store,
};
use sqlx::Connection as _;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

async fn store() -> (TempDir, Clock, Store, SubscriptionId) {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::manual(NOW));
    let store = Store::open(dir.path(), clock.clone()).await.unwrap();
    let definition = Definition {
        name: "CRM".into(),
        scheme: "none".into(),
        ..Definition::new("http://127.0.0.1:9/hooks", vec!["*".parse().unwrap()], policy())
    };
    let id = SubscriptionId::new(NOW, 1);
    store.create_subscription(id, definition, vec![], NOW).await.unwrap();
    (dir, clock, store, id)
}

fn policy() -> RetryPolicy {
    RetryPolicy {
        delays_ms: vec![],
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

async fn publish(store: &Store, id: &str, data: &str) -> Published {
    let draft = EventDraft::new("lead.new", data, Some(id), None, None).unwrap();
    let event = Arc::new(draft.keep(|| EventId::new(NOW, 1), store.clock().now()).unwrap());
    store.publish(vec![Publication { event, only: None, arrival: None }]).await.unwrap().remove(0)
}

/// Makes the attempts that are due; each is answered with this status and body.
async fn attempt_all(store: &Store, id: SubscriptionId, status: u16, body: &str) {
    let (now, lease) = (store.clock().now(), Lease { owner: "test".into(), until: NOW.plus_ms(1) });
    let what = ClaimWhat::Due(vec![Share { subscription: id, places: 100, asked_only: false }]);
    let claimed = store.claim(ClaimRequest { lease: lease.clone(), now, what }).await.unwrap();
    let records = claimed.into_iter().map(|claimed| {
        let outcome = Outcome::of_status(status);
        let end = Finished {
            outcome,
            status: Some(status),
            retry_after_ms: None,
            local_shortage: false,
            idle_closed: false,
        };
        let (after, _) = claimed.delivery.clone().finish(end, &policy(), now, 0.0).unwrap();
        Record {
            delivery: claimed.id,
            subscription: id,
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
                    status,
                    headers: vec![],
                    body: body.as_bytes().to_vec(),
                    truncated: false,
                }),
                connection: Connection::default(),
            }),
            after,
            disable: None,
        }
    });
    store.record(records.collect()).await.unwrap();
}

async fn follow(store: &Store) {
    while store.follow_search().await.unwrap() {}
    while store.follow_rollup().await.unwrap() {}
}

async fn found(store: &Store, text: &str) -> Vec<String> {
    let filter = DeliveryFilter { search: Some(text.into()), limit: 100, ..DeliveryFilter::default() };
    let page = store.deliveries(&filter).await.unwrap();
    let mut ids: Vec<String> = page.items.iter().map(|d| d.event.to_string()).collect();
    ids.sort();
    ids
}

async fn facets(store: &Store, filter: &DeliveryFilter) -> Facets {
    store.facets(filter).await.unwrap()
}

#[tokio::test]
async fn any_part_of_what_was_sent_or_answered_is_found_before_and_after_search_knows_it() {
    let (_dir, _clock, store, id) = store().await;
    publish(&store, "order-1", r#"{"click":"clk_9f3A77","email":"Jane.Doe+x@example.com"}"#).await;
    publish(&store, "order-2", r#"{"click":"clk_000001","note":"100% \"quoted\" _under","city":"Zürich"}"#)
        .await;
    attempt_all(&store, id, 500, "upstream said: EPIPE_42").await;
    publish(&store, "order-3", r#"{"amount":1260}"#).await;
    for round in ["before", "after"] {
        for (text, wanted) in [
            ("9f3a7", vec!["order-1"]),
            ("doe+x@exam", vec!["order-1"]),
            ("clk_", vec!["order-1", "order-2"]),
            (r#"\"quoted"#, vec!["order-2"]),
            ("100%", vec!["order-2"]),
            ("0%0", vec![]),
            ("Zürich", vec!["order-2"]),
            ("EPIPE_4", vec!["order-1", "order-2"]),
            ("126", vec!["order-3"]),
            ("Zü", vec!["order-2"]),
            ("order-3", vec!["order-3"]),
            ("127.0.0.1:9/ho", vec!["order-1", "order-2", "order-3"]),
            ("nothing has this", vec![]),
        ] {
            assert_eq!(found(&store, text).await, wanted, "{text} {round}");
        }
        let filter = EventFilter { search: Some("9f3a7".into()), limit: 10, ..EventFilter::default() };
        assert_eq!(store.events(&filter).await.unwrap().items.len(), 1, "{round}");
        follow(&store).await;
    }
    assert_eq!(store.search_behind().await.unwrap(), hookbench_store::Behind::default());
}

#[tokio::test]
async fn what_stands_far_back_in_a_long_body_is_found_before_and_after_search_knows_it() {
    let (_dir, _clock, store, id) = store().await;
    let long = format!(r#"{{"filler":"{}","click":"clk_9f3A77"}}"#, "abcdefgh ".repeat(22_000));
    publish(&store, "long", &long).await;
    publish(&store, "short", "{}").await;
    attempt_all(&store, id, 200, "thanks").await;
    for round in ["before", "after"] {
        assert_eq!(found(&store, "clk_9f3a77").await, ["long"], "{round}");
        assert_eq!(found(&store, "short").await, ["short"], "{round}");
        assert_eq!(found(&store, "thanks").await, ["long", "short"], "{round}");
        follow(&store).await;
    }
}

#[tokio::test]
async fn a_search_looks_at_so_many_events_whatever_their_type() {
    let (dir, _clock, store, _id) = store().await;
    let draft = EventDraft::new("rare", r#"{"city":"Zug"}"#, Some("rare"), None, None).unwrap();
    let event = Arc::new(draft.keep(|| EventId::new(NOW, 1), NOW).unwrap());
    store.publish(vec![Publication { event, only: None, arrival: None }]).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("hookbench.db"));
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(
        "with recursive n(i) as (select 2 union all select i + 1 from n where i < 10500)
         insert into events (seq, scope, event_id, event_type, created_at, created_at_given, received_at, test, body)
         select i, '', 'x' || i, 'often', 0, 0, 1780000000000, 0, x'7b7d' from n",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let mut filter = EventFilter {
        event_type: Some("rare".into()),
        search: Some("Zu".into()),
        limit: 10,
        ..EventFilter::default()
    };
    let first = store.events(&filter).await.unwrap();
    assert!(first.items.is_empty() && first.next_cursor.is_some(), "{:?}", first.next_cursor);
    filter.cursor = first.next_cursor;
    let second = store.events(&filter).await.unwrap();
    assert_eq!((second.items.len(), second.next_cursor), (1, None));
}

#[tokio::test]
async fn counts_are_the_same_however_far_behind_they_are() {
    let (_dir, clock, store, id) = store().await;
    let all = DeliveryFilter::default();
    let failed = DeliveryFilter { states: vec!["failed".into()], ..DeliveryFilter::default() };
    let mut ids: Vec<DeliveryId> = Vec::new();
    for n in 0..10 {
        ids.extend(publish(&store, &format!("e{n}"), "{}").await.deliveries);
        clock.set(clock.now().plus_ms(45_000));
    }
    for step in 0..6 {
        match step {
            1 => attempt_all(&store, id, 500, "").await,
            2 => store.retry(ids[..4].to_vec(), clock.now()).await.unwrap(),
            3 => store.cancel(ids[..1].to_vec(), clock.now()).await.unwrap(),
            4 => attempt_all(&store, id, 200, "").await,
            5 => {
                publish(&store, "late", "{}").await;
            }
            _ => {}
        }
        let from = Timestamp::from_ms(NOW.ms() - NOW.ms().rem_euclid(60_000));
        let before = (facets(&store, &all).await, facets(&store, &failed).await);
        let bars = store.histogram(&all, from, 60_000, 12).await.unwrap().stretches;
        follow(&store).await;
        let after = (facets(&store, &all).await, facets(&store, &failed).await);
        assert_eq!(before, after, "step {step}");
        assert_eq!(store.histogram(&all, from, 60_000, 12).await.unwrap().stretches, bars, "step {step}");
        assert_eq!(after.0.total, 10 + i64::from(step == 5));
        let fine = store.histogram(&all, from, 1000, 720).await.unwrap().stretches;
        assert_eq!(fine.iter().map(|s| s.failed).sum::<i64>(), bars.iter().map(|s| s.failed).sum::<i64>());
    }
    let of = |kind| DeliveryFilter { kinds: vec![kind], ..DeliveryFilter::default() };
    assert_eq!(facets(&store, &of(Kind::Webhook)).await.total, 11, "the counts know kinds");
    let postbacks = facets(&store, &of(Kind::Postback)).await;
    assert_eq!((postbacks.total, &*postbacks.by[&Facet::Kind].values), (0, &[("webhook".into(), 11)][..]));
    let branded = DeliveryFilter { brands: vec!["acme".into()], ..DeliveryFilter::default() };
    assert_eq!(facets(&store, &branded).await.total, 0, "the counts know brands");
    let bars = store.histogram(&branded, Timestamp::from_ms(0), 60_000, 12).await.unwrap().stretches;
    assert_eq!(bars.iter().map(|s| s.delivered + s.failed + s.other).sum::<i64>(), 0);
    let states = &facets(&store, &all).await.by[&Facet::State].values;
    assert_eq!(*states, [("failed".into(), 7), ("delivered".into(), 3), ("waiting".into(), 1)]);
}

#[tokio::test]
async fn rows_go_by_age_and_the_id_of_an_event_stays_known() {
    let (_dir, clock, store, id) = store().await;
    for n in 0..3 {
        publish(&store, &format!("e{n}"), r#"{"who":"jane"}"#).await;
    }
    attempt_all(&store, id, 200, "thanks").await;
    publish(&store, "waits", "{}").await;
    follow(&store).await;
    clock.set(NOW.plus_ms(10 * DAY_MS));
    publish(&store, "new", "{}").await;
    let now = clock.now();
    let before = now.minus_ms(5 * DAY_MS);
    let batch = store.prune_bodies(before, now).await.unwrap();
    assert_eq!(batch.pruned, 3, "what waits keeps its body");
    assert_eq!(found(&store, "jane").await, Vec::<String>::new());
    let rows = store.prune_deliveries(before, 0).await.unwrap();
    assert_eq!(rows.pruned, 2, "the latest attempt keeps its delivery");
    store.prune_events(before, 0, now).await.unwrap();
    let kept = store.events(&EventFilter { limit: 10, ..EventFilter::default() }).await.unwrap();
    let ids: Vec<&str> = kept.items.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["new", "waits", "e2"]);
    assert_eq!(facets(&store, &DeliveryFilter::default()).await.total, 3, "counts follow");
    assert_eq!(publish(&store, "e1", r#"{"who":"jane"}"#).await.fate, PublishOutcome::Duplicate);

    clock.set(NOW.plus_ms(31 * DAY_MS));
    store.prune_events(clock.now().minus_ms(5 * DAY_MS), 0, clock.now()).await.unwrap();
    assert_eq!(
        publish(&store, "e1", r#"{"who":"jane"}"#).await.fate,
        PublishOutcome::New,
        "after thirty days it is new"
    );
    attempt_all(&store, id, 200, "").await;
    assert_eq!(
        store.prune_held(0, before, clock.now()).await.unwrap().pruned,
        1,
        "what waited then goes now"
    );
    let rules = RetentionRules { bodies_days: Some(7), rows_days: None, max_bytes: None };
    store.set_retention(rules).await.unwrap();
    assert_eq!(store.retention().await.unwrap(), rules);
}

/// Publishes `times` events, a second after another.
async fn publish_some(store: &Store, clock: &Clock, name: &str, times: u32) {
    for n in 0..times {
        publish(store, &format!("{name}{n}"), r#"{"who":"jane"}"#).await;
        clock.set(clock.now().plus_ms(1000));
    }
}

/// The ids of the events that are kept, and of those that have a body still.
async fn kept(store: &Store) -> (Vec<String>, Vec<String>) {
    let page = store.events(&EventFilter { limit: 500, ..EventFilter::default() }).await.unwrap();
    let names = |bodies: bool| {
        let items = page.items.iter().filter(move |e| !bodies || e.pruned_at.is_none());
        let mut names: Vec<String> = items.map(|e| e.id.clone()).collect();
        names.sort();
        names
    };
    (names(false), names(true))
}

#[tokio::test]
async fn a_clock_that_was_set_back_for_a_while_takes_nothing_young_away() {
    let (_dir, clock, store, id) = store().await;
    publish_some(&store, &clock, "a", 10).await;
    clock.set(NOW.minus_ms(400 * DAY_MS));
    publish_some(&store, &clock, "back", 10).await;
    clock.set(NOW.plus_ms(60_000));
    publish_some(&store, &clock, "b", 9).await;
    attempt_all(&store, id, 200, "thanks").await;
    follow(&store).await;
    let now = clock.now();
    let before = now.minus_ms(5 * DAY_MS);
    assert_eq!(store.prune_deliveries(before, 0).await.unwrap().pruned, 10);
    store.prune_events(before, 0, now).await.unwrap();
    let (ids, _) = kept(&store).await;
    assert_eq!(ids.len(), 19, "{ids:?}");
    assert!(!ids.iter().any(|id| id.starts_with("back")), "only what is older goes: {ids:?}");
    assert_eq!(facets(&store, &DeliveryFilter::default()).await.total, 19);
}

#[tokio::test]
async fn a_clock_that_was_set_ahead_for_a_while_keeps_no_old_body() {
    let (_dir, clock, store, id) = store().await;
    publish_some(&store, &clock, "a", 3).await;
    clock.set(NOW.plus_ms(900 * DAY_MS));
    publish_some(&store, &clock, "ahead", 3).await;
    attempt_all(&store, id, 200, "thanks").await;
    clock.set(NOW.plus_ms(60_000));
    publish_some(&store, &clock, "b", 3).await;
    attempt_all(&store, id, 200, "thanks").await;
    clock.set(NOW.plus_ms(10 * DAY_MS));
    let (now, before) = (clock.now(), clock.now().minus_ms(5 * DAY_MS));
    while store.prune_bodies(before, now).await.unwrap().next.is_some() {}
    assert_eq!(kept(&store).await.1, ["ahead0", "ahead1", "ahead2"]);
    assert_eq!(store.prune_held(0, before, now).await.unwrap().pruned, 0, "their time has not come");
    let later = NOW.plus_ms(910 * DAY_MS);
    assert_eq!(store.prune_held(0, later.minus_ms(5 * DAY_MS), later).await.unwrap().pruned, 3);
}

#[tokio::test]
async fn an_erased_event_is_a_duplicate_for_ever_and_cannot_be_sent() {
    let (_dir, clock, store, _id) = store().await;
    let made = publish(&store, "e1", r#"{"who":"jane"}"#).await;
    follow(&store).await;
    let seq = store.event_bodies(0, 10).await.unwrap()[0].seq;
    let erased = store.erase_events(vec![seq], clock.now()).await.unwrap();
    assert_eq!((erased.events, erased.cancelled), (1, 1));
    assert!(store.scrub().await.unwrap());
    assert_eq!(found(&store, "jane").await, Vec::<String>::new());
    assert_eq!(publish(&store, "e1", r#"{"who":"somebody else"}"#).await.fate, PublishOutcome::Duplicate);
    let error = store.retry(made.deliveries, clock.now()).await.unwrap_err().to_string();
    assert!(error.contains("pruned"), "{error}");
}
