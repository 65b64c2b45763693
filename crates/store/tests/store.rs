//! What the store promises, on a real file. The same promises hold for any other store.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use hookbench_ambient::Clock;
use hookbench_domain::{
    AttemptRecord, Breaker, Connection, Definition, DeliveryId, DeliveryState, EventDraft, EventId, Failure,
    Finished, Health, Held, Lease, Outcome, Pending, RequestRecord, ResponseRecord, RetryPolicy, SkipReason,
    StoredEvent, SubscriptionId, Timestamp, Timings, Trigger,
};
use hookbench_store::{
    ClaimRequest, ClaimWhat, Claimed, DeliveryFilter, Disable, Due, EventFilter, Learned, Publication,
    PublishOutcome, Published, Record, Recorded, SealedSecret, Secrets, Share, Store, StoreError,
};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

async fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    (dir, store)
}

fn policy() -> RetryPolicy {
    RetryPolicy {
        delays_ms: vec![1000, 2000],
        repeat_last: false,
        max_age_ms: None,
        jitter: 0.0,
        timeout_ms: 10_000,
        final_on: vec![],
        retry_on: vec![],
        gone_on: vec!["410".parse().unwrap()],
        honour_retry_after: true,
    }
}

fn definition(pattern: &str) -> Definition {
    Definition {
        name: "Test".into(),
        ..Definition::new("http://127.0.0.1:9/x", vec![pattern.parse().unwrap()], policy())
    }
}

async fn subscribe(store: &Store, n: u128, definition: Definition) -> SubscriptionId {
    let id = SubscriptionId::new(NOW, n);
    store.create_subscription(id, definition, vec![], NOW).await.unwrap();
    id
}

async fn edit(store: &Store, id: SubscriptionId, definition: Definition) {
    store.look().await.unwrap();
    let revision = store.registry().borrow().get(id).unwrap().subscription.revision;
    store.update_subscription(id, revision, definition, Secrets::Keep, NOW).await.unwrap();
}

fn event(event_type: &str, id: &str, data: &str, brand: Option<&str>) -> Publication {
    let draft = EventDraft::new(event_type, data, Some(id), brand, None).unwrap();
    let kept: StoredEvent = draft.keep(|| EventId::new(NOW, 1), NOW).unwrap();
    Publication { event: Arc::new(kept), only: None, arrival: None }
}

async fn publish(store: &Store, item: Publication) -> Published {
    store.publish(vec![item]).await.unwrap().remove(0)
}

fn lease() -> Lease {
    Lease { owner: "test".into(), until: NOW.plus_ms(60_000) }
}

async fn claim(store: &Store, id: SubscriptionId, now: Timestamp) -> Vec<Claimed> {
    let what = ClaimWhat::Due(vec![Share { subscription: id, places: 10, asked_only: false }]);
    store.claim(ClaimRequest { lease: lease(), now, what }).await.unwrap()
}

fn attempt(claimed: &Claimed, status: u16) -> Record {
    let outcome = Outcome::of_status(status);
    let end = Finished {
        outcome,
        status: Some(status),
        retry_after_ms: None,
        local_shortage: false,
        idle_closed: false,
    };
    let (after, _) = claimed.delivery.clone().finish(end, &policy(), NOW, 0.0).unwrap();
    let attempt = Arc::new(AttemptRecord {
        number: claimed.delivery.attempts,
        trigger: Trigger::Scheduled,
        started_at: NOW,
        outcome,
        error: None,
        timings: Timings { total_us: 1500, connect_us: Some(100), ..Timings::default() },
        request: Some(RequestRecord {
            method: "POST".into(),
            url: "http://x/".into(),
            headers: vec![("host".into(), "x".into())],
            body: None,
        }),
        response: Some(ResponseRecord {
            status,
            headers: vec![("a".into(), "b".into())],
            body: vec![0, 159, 255],
            truncated: true,
        }),
        connection: Connection { reused: true, ..Connection::default() },
    });
    Record {
        delivery: claimed.id,
        subscription: claimed.registered.subscription.id,
        lease: lease(),
        attempt,
        after,
        disable: None,
    }
}

async fn state(store: &Store, id: hookbench_domain::DeliveryId) -> DeliveryState {
    store.delivery(id).await.unwrap().delivery.state
}

#[tokio::test]
async fn an_event_is_kept_once_and_fanned_out_to_who_wants_it() {
    let (_dir, store) = store().await;
    let wants = subscribe(&store, 1, definition("conversion.*")).await;
    subscribe(&store, 2, definition("click.*")).await;
    let mut brand = definition("*");
    brand.brand = Some("b1".into());
    subscribe(&store, 3, brand).await;

    let first = publish(&store, event("conversion.created", "e1", r#"{"a":1}"#, None)).await;
    assert_eq!((first.fate, first.deliveries.len()), (PublishOutcome::New, 1));
    assert_eq!(store.delivery(first.deliveries[0]).await.unwrap().subscription, wants);

    let again = publish(&store, event("conversion.created", "e1", r#"{ "a": 1 }"#, None)).await;
    assert_eq!((again.fate, &again.deliveries), (PublishOutcome::Duplicate, &first.deliveries));
    let other = publish(&store, event("conversion.created", "e1", r#"{"a":2}"#, None)).await;
    assert_eq!(other.fate, PublishOutcome::Conflict);
    let branded = publish(&store, event("conversion.created", "e1", r#"{"a":2}"#, Some("b1"))).await;
    assert_eq!((branded.fate, branded.deliveries.len()), (PublishOutcome::New, 2));

    assert!(matches!(store.event("e1", None).await, Err(StoreError::Ambiguous(_))));
    assert_eq!(
        store.events(&EventFilter { limit: 10, ..EventFilter::default() }).await.unwrap().items.len(),
        2
    );
}

#[tokio::test]
async fn a_filter_decides_who_gets_an_event_also_right_after_another_process_changed_it() {
    let (dir, store) = store().await;
    let filtered = |text: &str| Definition { filter: Some(text.into()), ..definition("*") };
    let id = subscribe(&store, 1, filtered("data.n > 1 && type == 'a.b'")).await;
    let all = subscribe(&store, 2, definition("*")).await;
    let to = async |answer: Published| {
        let mut to = Vec::new();
        for delivery in answer.deliveries {
            to.push(store.delivery(delivery).await.unwrap().subscription);
        }
        to
    };
    let send = async |n: u32, data: &str| {
        to(publish(&store, event("a.b", &format!("e{n}"), data, None)).await).await
    };
    assert_eq!(send(1, r#"{"n":2}"#).await, [id, all]);
    assert_eq!(send(2, r#"{"n":1}"#).await, [all]);
    assert_eq!(send(3, "{}").await, [all], "what it cannot tell does not match");
    // Asked before the writer was, with what this process knew; the transaction knows better.
    let other = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    edit(&other, id, filtered("data.n < 1")).await;
    assert_eq!(send(4, r#"{"n":2}"#).await, [all]);
    assert_eq!(send(5, r#"{"n":0}"#).await, [id, all]);
    let test = Publication { only: Some(id), ..event("a.b", "e6", r#"{"n":2}"#, None) };
    assert_eq!(to(publish(&store, test).await).await, [id], "a test is not filtered");
    let latest = store.latest_events(i64::MAX, 2).await.unwrap();
    let ids: Vec<_> = latest.iter().map(|(_, event, _)| event.id.to_string()).collect();
    assert_eq!(ids, ["e6", "e5"]);
    assert_eq!(store.latest_events(latest[1].0, 10).await.unwrap().len(), 4);
}

#[tokio::test]
async fn the_same_event_twice_in_one_group_is_kept_once() {
    let (_dir, store) = store().await;
    subscribe(&store, 1, definition("*")).await;
    let item = event("a.b", "e1", "{}", None);
    let answers =
        store.publish(vec![item.clone(), item.clone(), event("a.b", "e2", "{}", None)]).await.unwrap();
    let fates: Vec<PublishOutcome> = answers.iter().map(|a| a.fate).collect();
    assert_eq!(fates, [PublishOutcome::New, PublishOutcome::Duplicate, PublishOutcome::New]);
    assert_eq!(answers[0].deliveries, answers[1].deliveries);
}

#[tokio::test]
async fn a_disabled_subscription_leaves_a_skipped_delivery_and_holds_what_waits() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let waits = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let off = Definition { enabled: false, ..definition("*") };
    edit(&store, id, off).await;
    let skipped = publish(&store, event("a.b", "e2", "{}", None)).await.deliveries[0];
    assert_eq!(state(&store, skipped).await, DeliveryState::Skipped { reason: SkipReason::Disabled });
    assert!(matches!(state(&store, waits).await, DeliveryState::Pending(_)));
    assert!(store.due().await.unwrap().is_empty());
    edit(&store, id, definition("*")).await;
    assert_eq!(store.due().await.unwrap(), [Due { subscription: id, at: NOW, asked_at: None }]);
}

#[tokio::test]
async fn while_paused_nothing_is_claimed_and_everything_is_kept() {
    let (dir, store) = store().await;
    let (one, two) =
        (subscribe(&store, 1, definition("*")).await, subscribe(&store, 2, definition("*")).await);
    store.pause_subscription(one, None, Some(NOW)).await.unwrap();
    store.pause_subscription(one, None, Some(NOW.plus_ms(5))).await.unwrap();
    let kept = publish(&store, event("a.b", "e1", "{}", None)).await;
    assert_eq!(kept.deliveries.len(), 2, "what is new is fanned out and waits");
    store.retry(vec![kept.deliveries[0]], NOW).await.unwrap();
    assert_eq!(store.due().await.unwrap(), [Due { subscription: two, at: NOW, asked_at: None }]);
    let what = ClaimWhat::One(kept.deliveries[0]);
    assert!(store.claim(ClaimRequest { lease: lease(), now: NOW, what }).await.unwrap().is_empty());
    assert!(claim(&store, one, NOW).await.is_empty());
    store.pause(Some(NOW)).await.unwrap();
    assert!(claim(&store, two, NOW).await.is_empty() && store.due().await.unwrap().is_empty());
    store.close().await;

    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    let registry = store.registry().borrow().clone();
    assert_eq!(registry.paused_since(), Some(NOW), "a restart does not resume");
    assert_eq!(registry.get(one).unwrap().subscription.paused_since, Some(NOW), "the first time counts");
    store.pause(None).await.unwrap();
    store.pause_subscription(one, None, None).await.unwrap();
    assert_eq!((claim(&store, one, NOW).await.len(), claim(&store, two, NOW).await.len()), (1, 1));
    let nobody = SubscriptionId::new(NOW, 9);
    assert!(matches!(store.pause_subscription(nobody, None, None).await, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn what_a_person_asked_for_can_be_claimed_alone() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    publish(&store, event("a.b", "e1", "{}", None)).await;
    let asked = publish(&store, event("a.b", "e2", "{}", None)).await.deliveries[0];
    store.retry(vec![asked], NOW.plus_ms(7)).await.unwrap();
    let due = Due { subscription: id, at: NOW, asked_at: Some(NOW.plus_ms(7)) };
    assert_eq!(store.due().await.unwrap(), [due]);
    let what = || ClaimWhat::Due(vec![Share { subscription: id, places: 10, asked_only: true }]);
    let request = |now| ClaimRequest { lease: lease(), now, what: what() };
    assert!(store.claim(request(NOW)).await.unwrap().is_empty());
    let claimed = store.claim(request(NOW.plus_ms(7))).await.unwrap();
    assert_eq!(claimed.iter().map(|c| c.id).collect::<Vec<_>>(), [asked]);
}

#[tokio::test]
async fn of_an_ordered_subscription_only_the_oldest_can_be_asked_for() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, Definition { ordered: true, ..definition("*") }).await;
    let first = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let second = publish(&store, event("a.b", "e2", "{}", None)).await.deliveries[0];
    store.retry(vec![second], NOW).await.unwrap();
    assert_eq!(store.due().await.unwrap(), [Due { subscription: id, at: NOW, asked_at: None }]);
    let what = || ClaimWhat::Due(vec![Share { subscription: id, places: 1, asked_only: true }]);
    let request = || ClaimRequest { lease: lease(), now: NOW, what: what() };
    assert!(
        store.claim(request()).await.unwrap().is_empty(),
        "what is said to be due and what is taken agree"
    );
    store.retry(vec![first], NOW).await.unwrap();
    assert_eq!(store.due().await.unwrap(), [Due { subscription: id, at: NOW, asked_at: Some(NOW) }]);
    assert_eq!(store.claim(request()).await.unwrap()[0].id, first);
}

fn by_customer() -> Definition {
    Definition { ordered: true, ordered_by: Some("data.customer".into()), ..definition("*") }
}

async fn publish_of(store: &Store, customers: &[&str]) -> Vec<DeliveryId> {
    let mut made = Vec::new();
    for (n, customer) in customers.iter().enumerate() {
        let item = event("a.b", &format!("{customer}-{n}"), &format!(r#"{{"customer":{customer}}}"#), None);
        made.extend(publish(store, item).await.deliveries);
    }
    made
}

fn ids(claimed: &[Claimed]) -> Vec<DeliveryId> {
    claimed.iter().map(|c| c.id).collect()
}

#[tokio::test]
async fn ordered_by_a_value_the_oldest_of_each_goes_and_nothing_waits_for_others() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, by_customer()).await;
    let of = publish_of(&store, &["1", "1", "\"1\"", "2", "2", "null"]).await;
    let plain = publish(&store, event("a.b", "none", "{}", None)).await.deliveries[0];
    let first = claim(&store, id, NOW).await;
    assert_eq!(
        ids(&first),
        [of[0], of[3], of[5], plain],
        "1 and its text are one value; without one nobody waits"
    );
    assert!(claim(&store, id, NOW).await.is_empty(), "while they are under way");
    assert!(store.due().await.unwrap().is_empty(), "and nothing is said to be due");
    store.record(vec![attempt(&first[0], 200), attempt(&first[1], 500)]).await.unwrap();
    let due = store.due().await.unwrap();
    assert_eq!(due, [Due { subscription: id, at: NOW, asked_at: None }], "the next of the one that went");
    assert_eq!(ids(&claim(&store, id, NOW).await), [of[1]], "the other waits for its retry");
    let retried = claim(&store, id, NOW.plus_ms(1000)).await;
    assert_eq!(ids(&retried), [of[3]]);
}

#[tokio::test]
async fn the_order_is_kept_by_the_field_that_is_named_now() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let of = publish_of(&store, &["1", "1", "2"]).await;
    edit(&store, id, by_customer()).await;
    assert_eq!(ids(&claim(&store, id, NOW).await), [of[0], of[2]], "what waited is ordered, too");
    edit(&store, id, definition("*")).await;
    assert_eq!(ids(&claim(&store, id, NOW).await), [of[1]], "and is not any more");
}

#[tokio::test]
async fn a_retry_by_hand_takes_its_place_again_and_a_deleted_subscription_holds_none() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, by_customer()).await;
    let of = publish_of(&store, &["1", "1", "1"]).await;
    for _ in 0..2 {
        let claimed = claim(&store, id, NOW).await;
        store.record(vec![attempt(&claimed[0], 200)]).await.unwrap();
    }
    store.retry(vec![of[0]], NOW).await.unwrap();
    assert_eq!(ids(&claim(&store, id, NOW).await), [of[0]], "the oldest that waits, then the last");
    assert_eq!(store.delete_subscription(id, None, NOW).await.unwrap(), 1);
}

#[tokio::test]
async fn many_that_wait_behind_the_first_of_their_value_hold_up_no_other() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, by_customer()).await;
    publish_of(&store, &vec!["1"; 700]).await;
    let stuck = claim(&store, id, NOW).await;
    store.record(vec![attempt(&stuck[0], 500)]).await.unwrap();
    let other = publish_of(&store, &["2"]).await;
    assert_eq!(ids(&claim(&store, id, NOW).await), other);
}

#[tokio::test]
async fn what_was_learned_of_an_endpoint_outlives_a_restart_but_not_a_new_url() {
    let (dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let breaker = Breaker::Open { since: NOW, wait_ms: 60_000, next_probe_at: NOW.plus_ms(30_000) };
    let health = Health { breaker, failing_since: Some(NOW) };
    store.store_health(vec![Learned { subscription: id, epoch: 0, health }]).await.unwrap();
    store.close().await;
    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    let known = |store: &Store| {
        let registry = store.registry().borrow().clone();
        let registered = registry.get(id).unwrap();
        (registered.subscription.health, registered.epoch)
    };
    assert_eq!(known(&store), (health, 0));
    edit(&store, id, definition("a.*")).await;
    assert_eq!(known(&store), (health, 0), "other edits say nothing of the endpoint");
    let moved = Definition { url: "http://127.0.0.1:2/".into(), ..definition("a.*") };
    edit(&store, id, moved.clone()).await;
    assert_eq!(known(&store), (Health::default(), 1));
    store.store_health(vec![Learned { subscription: id, epoch: 0, health }]).await.unwrap();
    assert_eq!(known(&store), (Health::default(), 1), "what belongs to the old one comes too late");
    store.store_health(vec![Learned { subscription: id, epoch: 1, health }]).await.unwrap();
    let off = Definition { enabled: false, ..moved.clone() };
    edit(&store, id, off).await;
    assert_eq!(known(&store), (health, 1));
    edit(&store, id, moved).await;
    assert_eq!(known(&store), (Health::default(), 2), "enabled again, it starts afresh");
}

#[tokio::test]
async fn what_did_not_change_is_not_made_again() {
    let (_dir, store) = store().await;
    let (one, two) =
        (subscribe(&store, 1, definition("*")).await, subscribe(&store, 2, definition("*")).await);
    let before = store.registry().borrow().clone();
    store.pause_subscription(one, None, Some(NOW)).await.unwrap();
    let after = store.registry().borrow().clone();
    assert!(Arc::ptr_eq(before.get(two).unwrap(), after.get(two).unwrap()));
    assert!(!Arc::ptr_eq(before.get(one).unwrap(), after.get(one).unwrap()));
}

#[tokio::test]
async fn an_attempt_is_counted_at_the_claim_and_recorded_with_its_bytes() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let delivery = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let claimed = claim(&store, id, NOW).await;
    assert_eq!((claimed.len(), claimed[0].delivery.attempts), (1, 1));
    assert!(claim(&store, id, NOW).await.is_empty());
    let record = attempt(&claimed[0], 500);
    assert_eq!(store.record(vec![record.clone()]).await.unwrap(), [Recorded::Kept]);
    assert_eq!(store.attempts(delivery).await.unwrap()[0].1, *record.attempt);
    let DeliveryState::Pending(Pending { next_attempt_at, .. }) = state(&store, delivery).await else {
        panic!()
    };
    assert_eq!(next_attempt_at, NOW.plus_ms(1000));
    assert!(claim(&store, id, NOW.plus_ms(999)).await.is_empty());
    assert_eq!(claim(&store, id, NOW.plus_ms(1000)).await.len(), 1);
}

#[tokio::test]
async fn who_comes_too_late_changes_nothing() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let delivery = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let claimed = claim(&store, id, NOW).await;
    assert_eq!(store.recover(NOW).await.unwrap(), 1);
    assert_eq!(store.record(vec![attempt(&claimed[0], 200)]).await.unwrap(), [Recorded::LeaseLost]);
    let attempts = store.attempts(delivery).await.unwrap();
    assert_eq!((attempts.len(), attempts[0].1.outcome), (1, Outcome::Interrupted));
    let again = claim(&store, id, NOW).await;
    assert_eq!((again[0].delivery.attempts, again[0].delivery.step), (2, 0));
}

fn held(state: &DeliveryState) -> Option<Held> {
    let DeliveryState::Pending(pending) = state else { panic!("{state:?} does not wait") };
    pending.held
}

async fn claim_one(store: &Store, id: DeliveryId) -> Option<Claimed> {
    store.claim(ClaimRequest { lease: lease(), now: NOW, what: ClaimWhat::One(id) }).await.unwrap().pop()
}

#[tokio::test]
async fn a_delivery_given_back_is_not_claimed_until_it_is_released_and_counts_no_attempt() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let delivery = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let claimed = claim(&store, id, NOW).await;
    let other = Lease { owner: "other".into(), ..lease() };
    assert!(!store.hold(delivery, &other, 1, Held::Vault, NOW).await.unwrap(), "somebody else's lease");
    assert!(store.hold(delivery, &lease(), 1, Held::Vault, NOW).await.unwrap());
    assert!(!store.hold(delivery, &lease(), 1, Held::Vault, NOW).await.unwrap(), "given back once");
    assert_eq!(store.record(vec![attempt(&claimed[0], 200)]).await.unwrap(), [Recorded::LeaseLost]);
    assert_eq!(held(&state(&store, delivery).await), Some(Held::Vault));
    assert_eq!(store.due().await.unwrap(), []);
    assert_eq!(store.held(Held::Vault).await.unwrap().oldest, [delivery]);
    assert!(claim(&store, id, NOW).await.is_empty());
    assert!(claim_one(&store, delivery).await.is_none());
    let listed =
        |name: &str| DeliveryFilter { states: vec![name.into()], limit: 9, ..DeliveryFilter::default() };
    for (name, count) in [("held", 1), ("pending", 1), ("waiting", 0), ("retrying", 0)] {
        assert_eq!(store.deliveries(&listed(name)).await.unwrap().items.len(), count, "{name}");
    }
    assert_eq!(store.release_held(Held::Interrupted).await.unwrap(), 0);
    assert_eq!(store.release_held(Held::Vault).await.unwrap(), 1);
    let again = claim(&store, id, NOW).await;
    assert_eq!(again[0].delivery.attempts, 1);
    assert!(store.attempts(delivery).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_waits_behind_a_held_delivery_of_an_ordered_subscription_waits_on() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, Definition { ordered: true, ..definition("*") }).await;
    let first = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    publish(&store, event("a.b", "e2", "{}", None)).await;
    claim(&store, id, NOW).await;
    assert!(store.hold(first, &lease(), 1, Held::Vault, NOW).await.unwrap());
    assert!(claim(&store, id, NOW).await.is_empty());
    assert_eq!(store.due().await.unwrap(), []);
    store.release_held(Held::Vault).await.unwrap();
    assert_eq!(claim(&store, id, NOW).await[0].id, first);
}

#[tokio::test]
async fn a_delivery_is_set_aside_at_the_third_start_in_a_row_and_goes_on_when_retried() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let delivery = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    for ends in 1..=3 {
        assert_eq!(claim(&store, id, NOW).await.len(), 1, "start {ends}");
        assert_eq!(store.recover(NOW).await.unwrap(), 1);
    }
    assert_eq!(held(&state(&store, delivery).await), Some(Held::Interrupted));
    assert!(claim(&store, id, NOW).await.is_empty());
    assert_eq!(store.held(Held::Interrupted).await.unwrap().count, 1);
    store.retry(vec![delivery], NOW).await.unwrap();
    let claimed = claim(&store, id, NOW).await;
    assert_eq!(claimed[0].delivery.attempts, 4);
    store.record(vec![attempt(&claimed[0], 200)]).await.unwrap();
    assert!(matches!(state(&store, delivery).await, DeliveryState::Delivered { .. }));
}

#[tokio::test]
async fn attempts_that_ended_otherwise_in_between_set_nothing_aside() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let delivery = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    for crash in [true, true, false, true, true] {
        let claimed = claim(&store, id, NOW.plus_ms(60_000)).await;
        if crash {
            store.recover(NOW).await.unwrap();
        } else {
            store.record(vec![attempt(&claimed[0], 500)]).await.unwrap();
        }
    }
    assert_eq!(held(&state(&store, delivery).await), None);
}

#[tokio::test]
async fn a_gone_receiver_disables_its_subscription_in_the_same_transaction() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let delivery = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let claimed = claim(&store, id, NOW).await;
    let gone = Disable { because: "gone".into(), epoch: claimed[0].registered.epoch };
    let record = Record { disable: Some(gone), ..attempt(&claimed[0], 410) };
    store.record(vec![record]).await.unwrap();
    assert!(matches!(state(&store, delivery).await, DeliveryState::Failed { failure: Failure::Gone, .. }));
    let registry = store.registry().borrow().clone();
    let subscription = &registry.get(id).unwrap().subscription;
    assert!(!subscription.definition.enabled);
    assert_eq!(subscription.disabled_because.as_deref(), Some("gone"));
}

#[tokio::test]
async fn deleting_cancels_what_waits_keeps_the_log_and_forgets_the_secrets() {
    let (_dir, store) = store().await;
    let id = SubscriptionId::new(NOW, 1);
    let secret = SealedSecret { sealed: vec![1, 2, 3], valid_until: None };
    store.create_subscription(id, definition("*"), vec![secret], NOW).await.unwrap();
    let done = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let claimed = claim(&store, id, NOW).await;
    store.record(vec![attempt(&claimed[0], 200)]).await.unwrap();
    store.retry(vec![done], NOW).await.unwrap();
    let waits = publish(&store, event("a.b", "e2", "{}", None)).await.deliveries[0];
    let under_way = publish(&store, event("a.b", "e3", "{}", None)).await.deliveries[0];
    let what = ClaimWhat::One(under_way);
    let late = store.claim(ClaimRequest { lease: lease(), now: NOW, what }).await.unwrap();
    assert_eq!(store.delete_subscription(id, None, NOW).await.unwrap(), 2);
    assert!(matches!(state(&store, waits).await, DeliveryState::Cancelled { .. }));
    assert!(matches!(state(&store, done).await, DeliveryState::Delivered { .. }));
    store.record(vec![attempt(&late[0], 500)]).await.unwrap();
    assert!(matches!(state(&store, under_way).await, DeliveryState::Cancelled { .. }));
    assert!(matches!(store.delete_subscription(id, None, NOW).await, Err(StoreError::NotFound { .. })));
    assert!(matches!(store.retry(vec![waits], NOW).await, Err(StoreError::Transition(_))));
}

#[tokio::test]
async fn retry_and_cancel_of_many_are_all_or_nothing() {
    let (_dir, store) = store().await;
    subscribe(&store, 1, definition("*")).await;
    let one = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let nowhere = hookbench_domain::DeliveryId::new(NOW, 999);
    let error = store.cancel(vec![one, nowhere], NOW).await.unwrap_err();
    assert!(error.to_string().contains(&nowhere.to_string()));
    assert!(matches!(state(&store, one).await, DeliveryState::Pending(_)));
    store.cancel(vec![one], NOW).await.unwrap();
    assert!(matches!(store.cancel(vec![one], NOW).await, Err(StoreError::Transition(_))));
}

#[tokio::test]
async fn pages_hold_every_delivery_once_newest_first() {
    let (_dir, store) = store().await;
    subscribe(&store, 1, definition("*")).await;
    let items =
        (0..130).map(|n| event("a.b", &format!("e{n}"), &format!(r#"{{"n":"{n}%_"}}"#), None)).collect();
    store.publish(items).await.unwrap();
    let mut filter = DeliveryFilter { limit: 50, ..DeliveryFilter::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.deliveries(&filter).await.unwrap();
        seen.extend(page.items.iter().map(|d| d.event.to_string()));
        let Some(next) = page.next_cursor else { break };
        filter.cursor = Some(next);
    }
    let want: Vec<String> = (0..130).rev().map(|n| format!("e{n}")).collect();
    assert_eq!(seen, want);
    filter.cursor = Some("nonsense".into());
    assert!(matches!(store.deliveries(&filter).await, Err(StoreError::Cursor(_))));
    let search = DeliveryFilter { search: Some("\"7%_".into()), limit: 5, ..DeliveryFilter::default() };
    assert_eq!(store.deliveries(&search).await.unwrap().items.len(), 1);
    assert_eq!(store.count_up_to_cap(&search).await.unwrap(), 1);
}

#[tokio::test]
async fn two_processes_see_each_others_changes() {
    let (dir, store) = store().await;
    let other = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    let mut changes = store.changes();
    changes.borrow_and_update();
    let id = subscribe(&other, 1, definition("*")).await;
    // Published here before this process has noticed the subscription: the transaction does.
    assert_eq!(publish(&store, event("a.b", "e1", "{}", None)).await.deliveries.len(), 1);
    publish(&other, event("a.b", "e2", "{}", None)).await;
    changes.wait_for(|c| c.queue > 0).await.unwrap();
    assert_eq!(claim(&store, id, NOW).await.len(), 2);
}

#[tokio::test]
async fn a_newer_or_foreign_file_is_refused_and_left_as_it_is() {
    let (dir, store) = store().await;
    store.close().await;
    let path = dir.path().join("hookbench.db");
    assert!(!dir.path().join("hookbench.db-wal").exists());
    let good = std::fs::read(&path).unwrap();
    let mut newer = good.clone();
    newer[60..64].copy_from_slice(&999u32.to_be_bytes());
    let mut foreign = good.clone();
    foreign[68..72].copy_from_slice(&7u32.to_be_bytes());
    let mut damaged = good.clone();
    let middle = damaged.len() / 2;
    damaged[middle..].fill(0xA5);
    for (bytes, word) in [
        (newer, "newer"),
        (foreign, "another program"),
        (b"hello".to_vec(), "not a database"),
        (damaged, "damaged"),
    ] {
        std::fs::write(&path, &bytes).unwrap();
        let error = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap_err().to_string();
        assert!(error.contains(word), "{word}: {error}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{word}");
    }
}

#[tokio::test]
async fn the_schema_refuses_states_that_the_machine_does_not_have() {
    let (dir, store) = store().await;
    subscribe(&store, 1, definition("*")).await;
    publish(&store, event("a.b", "e1", "{}", None)).await;
    store.close().await;
    let url = format!("sqlite://{}", dir.path().join("hookbench.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    for sql in [
        "update deliveries set state = 'done'",
        "update deliveries set next_attempt_at = null",
        "update deliveries set state = 'failed', failure = 'tired', finished_at = 1, next_attempt_at = null",
        "update deliveries set state = 'in_flight', next_attempt_at = null",
        "update deliveries set resume = 'scheduled'",
    ] {
        assert!(sqlx::query(sql).execute(&pool).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_gone_disables_what_the_subscription_is_now_and_nothing_else() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    publish(&store, event("a.b", "e1", "{}", None)).await;
    let claimed = claim(&store, id, NOW).await.remove(0);
    let seen = store.registry().borrow().get(id).unwrap().subscription.clone();
    // Somebody renames it while the request is under way.
    edit(&store, id, Definition { name: "Renamed".into(), ..definition("*") }).await;
    let gone = Disable { because: "gone".into(), epoch: claimed.registered.epoch };
    let record = Record { disable: Some(gone), ..attempt(&claimed, 410) };
    store.record(vec![record]).await.unwrap();
    let now = store.registry().borrow().get(id).unwrap().subscription.clone();
    assert_eq!((now.definition.name.as_str(), now.definition.enabled), ("Renamed", false));
    assert_eq!(now.disabled_because.as_deref(), Some("gone"));
    // Who saw it before changes nothing, and does not enable it again by the way.
    let blind = store.update_subscription(id, seen.revision, definition("*"), Secrets::Keep, NOW).await;
    assert!(matches!(blind, Err(StoreError::Stale { .. })), "{blind:?}");
    assert!(!store.registry().borrow().get(id).unwrap().subscription.definition.enabled);
}

#[tokio::test]
async fn what_was_learned_of_an_endpoint_that_was_changed_since_disables_nothing() {
    let (_dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    publish(&store, event("a.b", "e1", "{}", None)).await;
    let claimed = claim(&store, id, NOW).await.remove(0);
    // Somebody gives it the right URL while the old one is asked a last time.
    edit(&store, id, Definition { url: "http://127.0.0.1:9/right".into(), ..definition("*") }).await;
    let gone = Disable { because: "gone".into(), epoch: claimed.registered.epoch };
    store.record(vec![Record { disable: Some(gone), ..attempt(&claimed, 410) }]).await.unwrap();
    assert!(store.registry().borrow().get(id).unwrap().subscription.definition.enabled);
}

#[tokio::test]
async fn what_a_change_leaves_alone_stays_in_memory_as_it_is_in_every_process() {
    let (dir, store) = store().await;
    let ids: Vec<SubscriptionId> = {
        let mut ids = Vec::new();
        for n in 1..=5 {
            ids.push(subscribe(&store, n, definition("*")).await);
        }
        ids
    };
    let other = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    let before = other.registry().borrow().clone();
    edit(&store, ids[1], definition("a.*")).await;
    store.delete_subscription(ids[3], None, NOW).await.unwrap();
    let added = subscribe(&store, 6, definition("b.*")).await;
    store.pause_subscription(ids[4], None, Some(NOW)).await.unwrap();
    other.look().await.unwrap();
    for store in [&store, &other] {
        let now = store.registry().borrow().clone();
        let listed: Vec<SubscriptionId> = now.iter().map(|r| r.subscription.id).collect();
        assert_eq!(listed, [ids[0], ids[1], ids[2], ids[4], added]);
        for (id, pattern) in [(ids[0], "*"), (ids[1], "a.*"), (added, "b.*")] {
            let known = now.get(id).unwrap();
            assert_eq!(known.subscription.definition.events[0].to_string(), pattern);
        }
        assert!(now.get(ids[3]).is_none());
        assert_eq!(now.get(ids[4]).unwrap().subscription.paused_since, Some(NOW));
    }
    let now = other.registry().borrow().clone();
    assert!(Arc::ptr_eq(before.get(ids[2]).unwrap(), now.get(ids[2]).unwrap()));
    assert!(!Arc::ptr_eq(before.get(ids[1]).unwrap(), now.get(ids[1]).unwrap()));
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_acknowledged_while_the_database_is_gone_and_it_heals_when_it_is_back() {
    let (dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    let (path, aside) = (dir.path().join("hookbench.db"), dir.path().join("aside"));
    std::fs::rename(&path, &aside).unwrap();
    let refused = |result: Result<Vec<Published>, StoreError>| match result {
        Err(StoreError::Unavailable(why)) => why,
        other => panic!("{other:?}"),
    };
    let why = refused(store.publish(vec![event("a.b", "e1", "{}", None)]).await);
    assert!(why.contains("moved"), "{why}");
    assert!(matches!(store.pause(Some(NOW)).await, Err(StoreError::Unavailable(_))));
    let mut trouble = store.trouble();
    assert!(trouble.wait_for(Option::is_some).await.unwrap().as_deref().unwrap().contains("moved"));
    // Another file in its place is not taken for it.
    std::fs::write(&path, "something else").unwrap();
    let why = refused(store.publish(vec![event("a.b", "e1", "{}", None)]).await);
    assert!(why.contains("replaced"), "{why}");
    store.look().await.unwrap();
    assert!(trouble.borrow().is_some());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "something else", "it is left alone");
    std::fs::rename(&aside, &path).unwrap();
    trouble.wait_for(Option::is_none).await.unwrap();
    let kept = publish(&store, event("a.b", "e1", "{}", None)).await;
    assert_eq!(kept.fate, PublishOutcome::New, "what was refused was not kept");
    assert_eq!(claim(&store, id, NOW).await.len(), 1);
}

/// Writes past the program, as a fault or a person might.
async fn meddle(dir: &TempDir, sql: &'static str) {
    use sqlx::Connection;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("hookbench.db"));
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_record_that_the_database_refuses_says_so_and_takes_no_other_with_it() {
    let (dir, store) = store().await;
    let id = subscribe(&store, 1, definition("*")).await;
    for n in 0..3 {
        publish(&store, event("a.b", &format!("e{n}"), "{}", None)).await;
    }
    let claimed = claim(&store, id, NOW).await;
    meddle(
        &dir,
        "create trigger refuse before insert on attempts when new.status = 418
                  begin select raise(abort, 'no teapots'); end",
    )
    .await;
    let (first, refused, last) =
        (attempt(&claimed[0], 200), attempt(&claimed[1], 418), attempt(&claimed[2], 200));
    let both = async |record: &Record| store.record(vec![record.clone()]).await;
    let (a, b, c) = tokio::join!(both(&first), both(&refused), both(&last));
    assert_eq!((a.unwrap(), c.unwrap()), (vec![Recorded::Kept], vec![Recorded::Kept]));
    let error = b.unwrap_err();
    assert!(matches!(&error, StoreError::Rejected(why) if why == "no teapots"), "{error:?}");
    assert_eq!(*store.trouble().borrow(), None, "the database itself is well");

    let aside = store.set_record_aside(refused.clone(), error.to_string(), NOW).await.unwrap();
    assert_eq!(aside, Recorded::Kept);
    assert_eq!(held(&state(&store, refused.delivery).await), Some(Held::SetAside));
    let attempts = store.attempts(refused.delivery).await.unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].1.outcome, Outcome::Interrupted);
    assert!(attempts[0].1.error.as_deref().unwrap().contains("no teapots"));
    let named = store.set_aside().await.unwrap();
    assert_eq!((named.len(), named[0].key.clone()), (1, refused.delivery.to_string()));
    assert!(claim(&store, id, NOW).await.is_empty());
    // Once, and by whoever holds the lease.
    let again = store.set_record_aside(refused.clone(), "again".into(), NOW).await.unwrap();
    assert_eq!(again, Recorded::LeaseLost);
    store.retry(vec![refused.delivery], NOW).await.unwrap();
    assert!(store.set_aside().await.unwrap().is_empty(), "a person has seen to it");
    assert_eq!(claim(&store, id, NOW).await.len(), 1);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_nothing_but_itself() {
    let (dir, store) = store().await;
    let (good, bad) =
        (subscribe(&store, 1, definition("a.*")).await, subscribe(&store, 2, definition("b.*")).await);
    let waits = publish(&store, event("b.b", "b1", "{}", None)).await.deliveries[0];
    let one = publish(&store, event("a.b", "e1", "{}", None)).await.deliveries[0];
    let two = publish(&store, event("a.b", "e2", "{}", None)).await.deliveries[0];
    let three = publish(&store, event("a.b", "e3", "{}", None)).await.deliveries[0];
    store.close().await;
    meddle(&dir, "update subscriptions set definition = '{}' where seq = 2;
                  update events set scope = 'x' where event_id = 'e1';
                  update deliveries set headers = '{}' where event_seq = (select seq from events where event_id = 'e2')").await;

    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    let registry = store.registry().borrow().clone();
    assert!(registry.get(good).is_some() && registry.get(bad).is_none());
    let named: Vec<_> = registry.unreadable().iter().map(|row| (row.table, row.key.clone())).collect();
    assert_eq!(named, [("subscriptions", bad.to_string())]);
    let claimed = claim(&store, good, NOW).await;
    assert_eq!(claimed.iter().map(|c| c.id).collect::<Vec<_>>(), [three]);
    assert!(claim(&store, good, NOW).await.is_empty());
    for aside in [one, two] {
        let found = state(&store, aside).await;
        assert_eq!(held(&found), Some(Held::SetAside));
    }
    let mut keys: Vec<String> = store.set_aside().await.unwrap().into_iter().map(|a| a.key).collect();
    let mut wanted = vec![one.to_string(), two.to_string()];
    keys.sort();
    wanted.sort();
    assert_eq!(keys, wanted);
    assert!(matches!(state(&store, waits).await, DeliveryState::Pending(_)), "it is not deleted");
    // What can be read is listed, to its end.
    let mut filter = EventFilter { limit: 1, ..EventFilter::default() };
    let mut listed = Vec::new();
    loop {
        let page = store.events(&filter).await.unwrap();
        listed.extend(page.items.into_iter().map(|e| e.id.to_string()));
        match page.next_cursor {
            Some(cursor) => filter.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(listed, ["e3", "e2", "b1"]);
    // What is written again is read again.
    meddle(
        &dir,
        "update subscriptions set changed_at_version = 1 +
                    (select value from meta where key = 'subscriptions_version'),
                    definition = (select definition from subscriptions where seq = 1) where seq = 2;
                  update meta set value = value + 1 where key = 'subscriptions_version'",
    )
    .await;
    store.look().await.unwrap();
    let registry = store.registry().borrow().clone();
    assert!(registry.get(bad).is_some() && registry.unreadable().is_empty());
}
