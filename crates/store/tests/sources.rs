//! Sources, what they receive, and the migration that brought them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use hookbench_ambient::Clock;
use hookbench_domain::{
    BrandDefinition, BrandId, Definition, EventId, EventType, RetryPolicy, Scope, SourceDefinition, SourceId,
    StoredEvent, SubscriptionId, Timestamp,
};
use hookbench_store::{
    Arrival, ArrivalMore, DeliveryFilter, EventFilter, Publication, PublishOutcome, Published, Reading,
    Refused, RelayState, RelayStatus, STORED_BODY_BYTES, STORED_REFUSED, SealedSecret, SourceSecrets, Store,
    StoreError, StoredRelay,
};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

async fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    (dir, store)
}

fn source(n: u128) -> SourceId {
    SourceId::new(NOW, n)
}

fn named(name: &str, brand: Option<&str>) -> SourceDefinition {
    SourceDefinition {
        name: name.into(),
        scheme: "trcker".into(),
        brand: brand.map(Into::into),
        allow_ips: vec!["10.0.0.0/8".parse().unwrap()],
        postback: None,
        relay: None,
    }
}

fn sealed(byte: u8) -> SealedSecret {
    SealedSecret { sealed: vec![byte; 3], valid_until: None }
}

async fn create(store: &Store, n: u128, name: &str, brand: Option<&str>) -> SourceId {
    store.create_source(source(n), named(name, brand), SourceSecrets::default(), NOW).await.unwrap();
    source(n)
}

fn arrival(source: SourceId) -> Arrival {
    let headers = vec![("x-a".to_owned(), "1".to_owned())];
    Arrival {
        source,
        at: NOW,
        peer: "127.0.0.1".into(),
        method: "POST".into(),
        headers,
        more: ArrivalMore::default(),
    }
}

async fn receive(store: &Store, source: SourceId, id: &str, body: &str) -> Published {
    let event = StoredEvent {
        scope: Scope::Source(source),
        id: id.parse::<EventId>().unwrap(),
        event_type: "conversion.created".parse::<EventType>().unwrap(),
        created_at: NOW,
        received_at: NOW,
        created_at_given: false,
        body: body.as_bytes().to_vec(),
        test: false,
    };
    let item = Publication { event: Arc::new(event), only: None, arrival: Some(arrival(source)) };
    store.publish(vec![item]).await.unwrap().remove(0)
}

fn refused(source: SourceId, n: usize) -> Refused {
    Refused {
        arrival: arrival(source),
        status: 401,
        code: "mismatch".into(),
        detail: format!("number {n}"),
        body: vec![b'x'; STORED_BODY_BYTES + 1],
        body_bytes: STORED_BODY_BYTES + 1,
    }
}

async fn subscribe(store: &Store, n: u128, brand: Option<&str>) -> SubscriptionId {
    let definition = Definition {
        brand: brand.map(Into::into),
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
                honour_retry_after: false,
            },
        )
    };
    let id = SubscriptionId::new(NOW, n);
    store.create_subscription(id, definition, vec![], NOW).await.unwrap();
    id
}

#[tokio::test]
async fn a_source_is_known_at_once_by_its_name_which_is_unique_among_the_living() {
    let (_dir, store) = store().await;
    let secrets = SourceSecrets { signing: vec![sealed(1)], token: Some(sealed(2)), relay_key: None };
    store.create_source(source(1), named("shop", Some("b1")), secrets, NOW).await.unwrap();
    let registry = store.registry().borrow().clone();
    let known = registry.source_named("shop").unwrap();
    assert_eq!((known.source.id, &known.source.definition), (source(1), &named("shop", Some("b1"))));
    assert_eq!((known.secrets.as_slice(), known.token.as_ref()), (&[sealed(1)][..], Some(&sealed(2))));
    assert_eq!(registry.any_secret().unwrap().0, source(1).to_string());

    let again = store.create_source(source(2), named("shop", None), SourceSecrets::default(), NOW).await;
    assert!(matches!(again, Err(StoreError::NameTaken { .. })));
    store.delete_source(source(1), NOW).await.unwrap();
    let registry = store.registry().borrow().clone();
    assert!(registry.source_named("shop").is_none() && registry.any_secret().is_none());
    assert!(matches!(store.delete_source(source(1), NOW).await, Err(StoreError::NotFound { .. })));
    create(&store, 3, "shop", None).await;
}

#[tokio::test]
async fn what_came_twice_is_one_event_and_other_bytes_are_a_conflict_and_all_of_it_is_kept() {
    let (_dir, store) = store().await;
    let (one, two) = (create(&store, 1, "one", None).await, create(&store, 2, "two", None).await);
    assert_eq!(receive(&store, one, "e1", r#"{"data":{}}"#).await.fate, PublishOutcome::New);
    assert_eq!(receive(&store, one, "e1", r#"{"data":{}}"#).await.fate, PublishOutcome::Duplicate);
    assert_eq!(receive(&store, one, "e1", r#"{"data": {}}"#).await.fate, PublishOutcome::Conflict);
    assert_eq!(
        receive(&store, two, "e1", r#"{"data": {}}"#).await.fate,
        PublishOutcome::New,
        "another source"
    );
    let log = store.received(one, 10).await.unwrap();
    let seen: Vec<_> = log.iter().map(|r| (r.status, r.code.as_str(), r.body.is_some())).collect();
    assert_eq!(seen, [(409, "event_conflict", true), (200, "duplicate", false), (200, "ok", false)]);
    assert_eq!(log[2].headers, arrival(one).headers);
    assert_eq!((log[2].event_id.as_deref(), log[2].body_bytes), (Some("e1"), 11));
    assert_eq!(store.received(two, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_last_thousand_refused_requests_are_kept_with_the_start_of_their_bodies() {
    let (_dir, store) = store().await;
    let (one, two) = (create(&store, 1, "one", None).await, create(&store, 2, "two", None).await);
    receive(&store, one, "e1", "{}").await;
    store.store_refused(vec![refused(two, 0)]).await.unwrap();
    let most = usize::try_from(STORED_REFUSED).unwrap();
    let small = |n| Refused { body: vec![], ..refused(one, n) };
    store.store_refused((0..most).map(small).collect()).await.unwrap();
    store.store_refused(vec![refused(one, most)]).await.unwrap();
    let log = store.received(one, 2 * STORED_REFUSED).await.unwrap();
    assert_eq!(log.len(), most + 1, "the accepted one stays");
    assert_eq!(log[0].body.as_ref().unwrap().len(), STORED_BODY_BYTES);
    assert_eq!(log[0].body_bytes, i64::try_from(STORED_BODY_BYTES + 1).unwrap());
    assert_eq!(log[most - 1].detail.as_deref(), Some("number 1"), "the oldest made room");
    assert_eq!(log[most].code, "ok");
    assert_eq!(store.received(two, 10).await.unwrap().len(), 1, "each source has its own");
}

#[tokio::test]
async fn an_event_matches_by_the_brand_of_its_source() {
    let (_dir, store) = store().await;
    let branded = create(&store, 1, "branded", Some("b1")).await;
    let plain = create(&store, 2, "plain", None).await;
    subscribe(&store, 1, None).await;
    subscribe(&store, 2, Some("b1")).await;
    subscribe(&store, 3, Some("b2")).await;
    let first = receive(&store, branded, "e1", "{}").await;
    assert_eq!(first.deliveries.len(), 2);
    assert_eq!(receive(&store, plain, "e1", "{}").await.deliveries.len(), 1);
    assert_eq!(store.delivery(first.deliveries[0]).await.unwrap().brand.as_deref(), Some("b1"));
    store.delete_source(branded, NOW).await.unwrap();
    let filter = EventFilter { brand: Some("b1".into()), limit: 10, ..EventFilter::default() };
    let events = store.events(&filter).await.unwrap().items;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].source, Some(branded.to_string()));
    assert_eq!(events[0].brand.as_deref(), Some("b1"));
}

#[tokio::test]
async fn a_source_without_a_brand_takes_the_one_that_the_payload_names() {
    let (_dir, store) = store().await;
    let definition = BrandDefinition {
        name: "shop".into(),
        platform: "trcker".into(),
        base_url: "https://x".into(),
        payload_id: Some("b7".into()),
    };
    let brand = BrandId::new(NOW, 9);
    let reading = Reading { event_types: Vec::new(), webhooks: Vec::new() };
    store.create_brand(brand, definition, sealed(1), reading, NOW).await.unwrap();
    let shared = create(&store, 1, "shared", None).await;
    subscribe(&store, 1, Some("shop")).await;
    subscribe(&store, 2, Some("b8")).await;
    let ours = receive(&store, shared, "e1", r#"{"brandId":"b7"}"#).await;
    assert_eq!(ours.deliveries.len(), 1, "by the brand's name, though the payload calls it otherwise");
    assert_eq!(receive(&store, shared, "e2", r#"{"brandId":"b8"}"#).await.deliveries.len(), 1);
    for odd in ["{}", "[]", "no json", r#"{"brandId":null}"#, r#"{"brandId":"a b"}"#] {
        assert!(
            receive(&store, shared, odd.replace(' ', "_").as_str(), odd).await.deliveries.is_empty(),
            "{odd}"
        );
    }
    for word in ["b7", "shop", &brand.to_string()] {
        let filter = EventFilter { brand: Some(word.into()), limit: 10, ..EventFilter::default() };
        assert_eq!(store.events(&filter).await.unwrap().items.len(), 1, "{word}");
        let filter = DeliveryFilter { brands: vec![word.into()], limit: 10, ..DeliveryFilter::default() };
        let found = store.deliveries(&filter).await.unwrap().items;
        assert_eq!(found.iter().map(|d| d.id).collect::<Vec<_>>(), ours.deliveries, "{word}");
    }
}

#[tokio::test]
async fn what_is_over_is_forgotten_and_what_waits_stays_until_it_is_given_up() {
    let (_dir, store) = store().await;
    let plain = create(&store, 1, "plain", None).await;
    receive(&store, plain, "over", "{}").await;
    subscribe(&store, 1, None).await;
    let waits = receive(&store, plain, "waits", "{}").await.deliveries[0];
    let later = NOW.plus_ms(1000);
    assert_eq!(store.forget_before(NOW, NOW).await.unwrap(), 0, "not yet");
    assert_eq!(store.forget_before(later, NOW).await.unwrap(), 1);
    assert!(store.event("over", None).await.is_err() && store.delivery(waits).await.is_ok());
    assert_eq!(store.forget_before(later, later).await.unwrap(), 1, "given up");
    assert!(store.delivery(waits).await.is_err());
}

#[tokio::test]
async fn a_database_of_format_1_is_backed_up_and_migrated_with_all_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hookbench.db");
    let url = format!("sqlite://{}?mode=rwc", path.display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::raw_sql(include_str!("../migrations/0001_initial.sql")).execute(&pool).await.unwrap();
    let mark = "insert into events values (1, '', 'e1', 'a.b', 1, 0, 1, 0, x'7b7d');
                pragma application_id = 0x484B424E; pragma user_version = 1";
    sqlx::raw_sql(mark).execute(&pool).await.unwrap();
    pool.close().await;
    // What a migration that was cut off left behind is replaced.
    std::fs::write(dir.path().join("hookbench.format-1.backup.db"), "half a backup").unwrap();

    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    assert_eq!(store.event("e1", None).await.unwrap().1.body, b"{}");
    let id = create(&store, 1, "shop", None).await;
    assert_eq!(receive(&store, id, "e1", "{}").await.fate, PublishOutcome::New);
    store.close().await;

    let backup = dir.path().join("hookbench.format-1.backup.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", backup.display())).await.unwrap();
    let count: i64 = sqlx::query_scalar("select count(*) from events").fetch_one(&pool).await.unwrap();
    let format: i64 = sqlx::query_scalar("pragma user_version").fetch_one(&pool).await.unwrap();
    let sources: i64 = sqlx::query_scalar("select count(*) from sqlite_schema where name = 'sources'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!((count, format, sources), (1, 1, 0));
    pool.close().await;
    let again = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    assert_eq!(again.received(id, 10).await.unwrap().len(), 1, "migrated once");
}

#[tokio::test]
async fn a_request_of_a_relay_is_known_again_and_where_it_goes_on_is_kept() {
    let (_dir, store) = store().await;
    let id = create(&store, 1, "far", None).await;
    let mut again = refused(id, 1);
    again.arrival.more.relay_id = Some("r-1".to_owned());
    store.store_refused(vec![again.clone(), again]).await.unwrap();
    assert_eq!(store.received(id, 10).await.unwrap().len(), 1, "the same request is kept once");
    let known = store.relayed(id, &["r-1".to_owned(), "r-2".to_owned()]).await.unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), ["r-1"]);
    let standing = RelayStatus {
        state: RelayState::Waiting,
        since: NOW,
        answered_at: None,
        pulled: 7,
        failures: 1,
        error: Some("no".to_owned()),
        next_try_at: Some(NOW.plus_ms(1000)),
    };
    let kept = StoredRelay { cursor: Some("c".to_owned()), standing };
    store.store_relay(id, kept.clone(), NOW).await.unwrap();
    store.store_relay(id, kept.clone(), NOW).await.unwrap();
    assert_eq!(store.relays().await.unwrap()[&id], kept);
    let one = store.received(id, 1).await.unwrap().remove(0);
    assert_eq!(store.received_request(&one.id).await.unwrap(), (id, one));
    assert!(matches!(store.received_request("rcv_999").await, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn a_self_check_arrives_once_and_in_time() {
    let (_dir, store) = store().await;
    store.expect_self_check("a".to_owned(), NOW.plus_ms(1000), NOW).await.unwrap();
    assert!(!store.self_check_came("b".to_owned(), NOW).await.unwrap());
    assert!(!store.self_check_came("a".to_owned(), NOW.plus_ms(1001)).await.unwrap());
    assert_eq!(store.self_check_arrived("a").await.unwrap(), None);
    assert!(store.self_check_came("a".to_owned(), NOW).await.unwrap());
    assert!(!store.self_check_came("a".to_owned(), NOW).await.unwrap());
    assert_eq!(store.self_check_arrived("a").await.unwrap(), Some(NOW));
    store.set_public_url(Some("https://a.example".to_owned())).await.unwrap();
    assert_eq!(store.public_url().await.unwrap().as_deref(), Some("https://a.example"));
    store.set_public_url(None).await.unwrap();
    assert_eq!(store.public_url().await.unwrap(), None);
}
