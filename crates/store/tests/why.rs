//! What the store remembers for whoever asks why: what a subscription was like when an event came, how
//! events have looked, what was told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use hookbench_ambient::Clock;
use hookbench_domain::{Definition, EventDraft, EventId, RetryPolicy, SubscriptionId, Timestamp};
use hookbench_store::{
    AlertFilter, DeliveryFilter, LearnedEvents, NewAlert, Publication, Secrets, Store, StoreError,
    SubscriptionVersions,
};
use serde_json::json;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

/// A store whose clock stands still: nothing can be told apart by time.
async fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    (dir, store)
}

fn definition(filter: Option<&str>) -> Definition {
    Definition {
        name: "CRM".into(),
        filter: filter.map(str::to_owned),
        scheme: "none".into(),
        ..Definition::new(
            "http://127.0.0.1:9/x",
            vec!["*".parse().unwrap()],
            RetryPolicy {
                delays_ms: vec![],
                repeat_last: false,
                max_age_ms: None,
                jitter: 0.0,
                timeout_ms: 1000,
                final_on: vec![],
                retry_on: vec![],
                gone_on: vec![],
                honour_retry_after: true,
            },
        )
    }
}

fn publication(id: &str) -> Publication {
    let draft = EventDraft::new("a.b", "{}", Some(id), None, None).unwrap();
    let kept = draft.keep(|| EventId::new(NOW, 1), NOW).unwrap();
    Publication { event: Arc::new(kept), only: None, arrival: None }
}

/// Keeps an event and answers its place.
async fn publish(store: &Store, id: &str) -> i64 {
    store.publish(vec![publication(id)]).await.unwrap();
    store.event(id, None).await.unwrap().0.seq()
}

async fn history(store: &Store, seq: i64) -> SubscriptionVersions {
    store.histories(seq, None).await.unwrap().pop().unwrap()
}

async fn edit(store: &Store, id: SubscriptionId, definition: Definition) {
    store.look().await.unwrap();
    let revision = store.registry().borrow().get(id).unwrap().subscription.revision;
    store.update_subscription(id, revision, definition, Secrets::Keep, NOW).await.unwrap();
}

#[tokio::test]
async fn each_event_meets_the_subscription_as_it_was_to_the_very_event() {
    let (_dir, store) = store().await;
    let before = publish(&store, "before").await;
    let id = SubscriptionId::new(NOW, 1);
    store.create_subscription(id, definition(Some("data.a == 1")), vec![], NOW).await.unwrap();
    let first = publish(&store, "first").await;
    edit(&store, id, definition(Some("data.a == 2"))).await;
    store.pause_subscription(id, None, Some(NOW)).await.unwrap();
    let second = publish(&store, "second").await;
    store.pause_subscription(id, None, None).await.unwrap();
    let off = Definition { enabled: false, ..definition(None) };
    edit(&store, id, off).await;
    let third = publish(&store, "third").await;
    store.delete_subscription(id, None, NOW).await.unwrap();
    let last = publish(&store, "last").await;

    let of = history(&store, before).await;
    assert_eq!((of.then.as_ref(), of.whole, of.now.deleted), (None, true, true));
    let of = history(&store, first).await.then.unwrap();
    assert_eq!((of.definition.filter.as_deref(), of.paused_since), (Some("data.a == 1"), None));
    let of = history(&store, second).await.then.unwrap();
    assert_eq!((of.definition.filter.as_deref(), of.paused_since), (Some("data.a == 2"), Some(NOW)));
    let of = history(&store, third).await.then.unwrap();
    assert_eq!((of.definition.enabled, of.paused_since, of.deleted), (false, None, false));
    assert!(history(&store, last).await.then.unwrap().deleted);
}

#[tokio::test]
async fn saving_the_same_again_is_no_change_and_a_pause_of_everything_is_remembered() {
    let (_dir, store) = store().await;
    let id = SubscriptionId::new(NOW, 1);
    store.create_subscription(id, definition(None), vec![], NOW).await.unwrap();
    for _ in 0..600 {
        edit(&store, id, definition(None)).await;
    }
    let one = publish(&store, "one").await;
    assert!(history(&store, one).await.whole, "the first version was not pushed out");
    store.pause(Some(NOW)).await.unwrap();
    let two = publish(&store, "two").await;
    store.pause(None).await.unwrap();
    let three = publish(&store, "three").await;
    let mut paused = Vec::new();
    for seq in [one, two, three] {
        paused.push(store.all_paused_at(seq).await.unwrap());
    }
    assert_eq!(paused, [None, Some(NOW), None]);
}

#[tokio::test]
async fn a_repeat_is_counted_and_headers_stand_with_the_one_delivery() {
    let (_dir, store) = store().await;
    let id = SubscriptionId::new(NOW, 1);
    store.create_subscription(id, definition(None), vec![], NOW).await.unwrap();
    let seq = publish(&store, "one").await;
    assert_eq!(store.repeats(seq).await.unwrap(), 0);
    store.publish(vec![publication("one"), publication("one")]).await.unwrap();
    assert_eq!(store.repeats(seq).await.unwrap(), 2);

    let headers = vec![("X-Own".to_owned(), "1".to_owned())];
    let item = Publication { only: Some(id), ..publication("edited") };
    let made = store.publish_with(item, headers.clone()).await.unwrap();
    assert_eq!(store.headers_of(made.deliveries[0]).await.unwrap(), headers);
    let all = store.deliveries(&DeliveryFilter { limit: 10, ..DeliveryFilter::default() }).await.unwrap();
    let other = all.items.iter().find(|d| d.id != made.deliveries[0]).unwrap();
    assert_eq!(store.headers_of(other.id).await.unwrap(), []);
}

#[tokio::test]
async fn what_was_learned_is_kept_once_and_alerts_are_acknowledged() {
    let (_dir, store) = store().await;
    for id in ["one", "two"] {
        publish(&store, id).await;
    }
    let events = store.unlearned(10).await.unwrap();
    let (first, last) = (events[0].seq, events[1].seq);
    let alert = NewAlert {
        at: NOW,
        kind: "schema_drift".to_owned(),
        summary: "it looks different".to_owned(),
        event_type: Some("a.b".to_owned()),
        event_seq: Some(last),
        details: json!({ "drifts": [] }),
    };
    let learned = LearnedEvents {
        up_to: last,
        shapes: vec![("a.b".to_owned(), json!({ "events": 2 }))],
        conversions: vec![(first, "c-1".into(), "a.b".into()), (last, "c-1".into(), "a.b".into())],
        alerts: vec![alert],
    };
    assert!(store.store_learned(first, learned.clone(), NOW).await.unwrap());
    assert!(!store.store_learned(first, learned, NOW).await.unwrap(), "another process was faster");
    assert_eq!(store.unlearned(10).await.unwrap(), []);
    assert_eq!(store.same_conversion("c-1", "a.b", last).await.unwrap(), ["one"]);
    assert_eq!(store.same_conversion("c-1", "a.b", first).await.unwrap(), [""; 0]);
    assert_eq!(store.shapes(None).await.unwrap()["a.b"].shape, json!({ "events": 2 }));

    let open = AlertFilter { acknowledged: Some(false), limit: 10, ..AlertFilter::default() };
    let alerts = store.alerts(&open).await.unwrap().items;
    assert_eq!((alerts.len(), alerts[0].event.as_deref()), (1, Some("two")));
    assert_eq!(store.acknowledge(Some(vec![alerts[0].id]), NOW).await.unwrap(), 1);
    assert_eq!(store.acknowledge(None, NOW).await.unwrap(), 0);
    assert_eq!((store.open_alerts().await.unwrap(), store.alerts(&open).await.unwrap().items.len()), (0, 0));
    let nobody = hookbench_domain::AlertId::new(NOW, 99);
    assert!(matches!(store.acknowledge(Some(vec![nobody]), NOW).await, Err(StoreError::NotFound { .. })));
}
