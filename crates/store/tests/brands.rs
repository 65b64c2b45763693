//! Brands, what was seen at their platforms, and subscriptions that run there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hookbench_ambient::Clock;
use hookbench_domain::{
    BrandDefinition, BrandId, Listed, Pattern, RemoteDefinition, RemoteState, RemoteSubscription, Rest,
    SubscriptionId, Timestamp,
};
use hookbench_store::{
    BrandEventType, Reading, RegisteredRemote, RemoteSecret, SealedSecret, Store, StoreError,
};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);
const LATER: Timestamp = Timestamp::from_ms(1_800_000_060_000);

async fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    (dir, store)
}

fn brand(n: u128) -> BrandId {
    BrandId::new(NOW, n)
}

fn sealed(byte: u8) -> SealedSecret {
    SealedSecret { sealed: vec![byte; 3], valid_until: None }
}

fn hook(id: &str, url: &str) -> Listed {
    Listed { id: id.into(), url: url.into(), events: vec!["a.b".into()] }
}

fn reading(webhooks: Vec<Listed>) -> Reading {
    let kind = |name: &str| BrandEventType { name: name.into(), meaning: "M".into(), schema: None };
    Reading { event_types: vec![kind("z.first"), kind("a.second")], webhooks }
}

async fn add(store: &Store, n: u128, name: &str, webhooks: Vec<Listed>) -> Result<(), StoreError> {
    let definition = BrandDefinition {
        name: name.into(),
        platform: "trcker".into(),
        base_url: "https://x".into(),
        payload_id: None,
    };
    store.create_brand(brand(n), definition, sealed(7), reading(webhooks), NOW).await
}

fn remote(n: u128, state: RemoteState) -> RemoteSubscription {
    RemoteSubscription {
        id: SubscriptionId::new(NOW, n),
        brand: brand(1),
        definition: RemoteDefinition {
            adopted: false,
            name: "n".into(),
            url: "https://x.example/h".into(),
            patterns: vec![Pattern::Any],
            events: vec!["a.b".parse().unwrap()],
        },
        state,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn known(store: &Store, n: u128) -> Option<RegisteredRemote> {
    let registry = store.registry().borrow().clone();
    registry.remote(SubscriptionId::new(NOW, n)).map(|r| (**r).clone())
}

#[tokio::test]
async fn a_brand_is_kept_with_its_key_and_its_name_is_its_own_until_it_is_removed() {
    let (dir, store) = store().await;
    add(&store, 1, "b1", Vec::new()).await.unwrap();
    assert!(matches!(
        add(&store, 2, "b1", Vec::new()).await,
        Err(StoreError::NameTaken { what: "brand", .. })
    ));
    store.close().await;
    let store = Store::open(dir.path(), Clock::manual(NOW)).await.unwrap();
    let registry = store.registry().borrow().clone();
    let kept = registry.brands().next().unwrap();
    assert_eq!((kept.brand.id, kept.brand.definition.name.as_str()), (brand(1), "b1"));
    assert_eq!((kept.key.clone(), kept.brand.synced_at), (Some(sealed(7)), Some(NOW)));
    assert_eq!(registry.any_secret().unwrap().0, brand(1).to_string());
    store.delete_brand(brand(1), LATER).await.unwrap();
    assert_eq!(store.registry().borrow().brands().count(), 0);
    assert!(store.registry().borrow().any_secret().is_none(), "its key is gone");
    assert!(matches!(store.delete_brand(brand(1), LATER).await, Err(StoreError::NotFound { .. })));
    add(&store, 2, "b1", Vec::new()).await.unwrap();
}

#[tokio::test]
async fn webhooks_keep_what_was_seen_of_them_also_when_they_are_gone() {
    let (_dir, store) = store().await;
    add(&store, 1, "b1", vec![hook("w1", "u1"), hook("w2", "u2")]).await.unwrap();
    store
        .store_reading(brand(1), reading(vec![hook("w2", "u2-moved"), hook("w3", "u3")]), LATER)
        .await
        .unwrap();
    let seen = store.brand_webhooks(brand(1)).await.unwrap();
    let short: Vec<_> = seen
        .iter()
        .map(|w| (w.listed.id.as_str(), w.listed.url.as_str(), w.first_seen_at, w.last_seen_at, w.gone_at))
        .collect();
    assert_eq!(
        short,
        [
            ("w1", "u1", NOW, NOW, Some(LATER)),
            ("w2", "u2-moved", NOW, LATER, None),
            ("w3", "u3", LATER, LATER, None),
        ]
    );
    let types = store.brand_event_types(brand(1)).await.unwrap();
    assert_eq!(types.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["z.first", "a.second"]);
    assert!(store.store_reading(brand(9), reading(Vec::new()), NOW).await.is_err());
}

#[tokio::test]
async fn a_remote_subscription_is_kept_in_every_state_and_its_secrets_go_with_it() {
    let (_dir, store) = store().await;
    add(&store, 1, "b1", Vec::new()).await.unwrap();
    let on = RemoteState::On { webhook: "wh_1".into() };
    store.save_remote(remote(5, on.clone()), RemoteSecret::Current(Some(sealed(1)))).await.unwrap();
    store.save_remote(remote(5, on.clone()), RemoteSecret::Next(Some(sealed(2)))).await.unwrap();
    let kept = known(&store, 5).unwrap();
    assert_eq!(
        (kept.remote.state, kept.secret, kept.next_secret),
        (on.clone(), Some(sealed(1)), Some(sealed(2)))
    );
    let off = RemoteState::Resting { rest: Rest::Off };
    store.save_remote(remote(5, off.clone()), RemoteSecret::Current(Some(sealed(3)))).await.unwrap();
    let kept = known(&store, 5).unwrap();
    assert_eq!((kept.remote.state, kept.secret, kept.next_secret), (off, Some(sealed(3)), None));
    let deleted = RemoteState::Resting { rest: Rest::Deleted };
    store.save_remote(remote(5, deleted), RemoteSecret::Keep).await.unwrap();
    assert!(known(&store, 5).is_none());

    store.save_remote(remote(6, on), RemoteSecret::Current(Some(sealed(4)))).await.unwrap();
    store.delete_brand(brand(1), LATER).await.unwrap();
    assert!(known(&store, 6).is_none() && store.registry().borrow().any_secret().is_none());
    let orphan = remote(8, RemoteState::On { webhook: "wh_2".into() });
    assert!(store.save_remote(orphan, RemoteSecret::Keep).await.is_err(), "its brand is removed");
}
