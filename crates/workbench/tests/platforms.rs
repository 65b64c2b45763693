//! What a person does with a connected platform beside subscribing: keys, webhooks made elsewhere,
//! the platform's own log, tests.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::{Ipv4Addr, SocketAddr};

use hookbench_ambient::{Clock, chance};
use hookbench_domain::Timestamp;
use hookbench_emulator::{Faults, Platform, PlatformOptions};
use hookbench_platform::{ApiClient, ClientOptions, WebhookDraft, profile};
use hookbench_receiver::{Target, TargetOptions, parse_script};
use hookbench_signature::Secret;
use hookbench_workbench::{
    BrandChange, BrandInput, DriftProblem, ErrorKind, RemoteLogQuery, RotationInput, SubscriptionInput,
    VaultKeySource, Workbench,
};
use serde_json::json;
use tempfile::TempDir;

const SIGNING: &str = "canary-signing-0123456789abcdef0123456789";

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

struct Place {
    platform: Platform,
    name: &'static str,
    workbench: Workbench,
    _folder: TempDir,
}

async fn started(name: &str) -> Platform {
    let options = PlatformOptions {
        profile: profile(name).unwrap(),
        addr: loopback(),
        rate: 0.1,
        seed: 7,
        faults: Faults::default(),
        requests_per_second: 10_000,
    };
    Platform::start(options).await.unwrap()
}

impl Place {
    async fn new(name: &'static str, clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open_with(folder.path(), key, clock).await.unwrap();
        let place = Self { platform: started(name).await, name, workbench, _folder: folder };
        place.workbench.brands().add(place.input("b1", place.platform.api_key())).await.unwrap();
        place
    }

    fn input(&self, name: &str, key: &str) -> BrandInput {
        BrandInput {
            name: name.into(),
            platform: self.name.into(),
            base_url: Some(self.platform.base_url().to_owned()),
            payload_id: None,
            secret: Some(Secret::new(key.into()).unwrap()),
        }
    }

    /// Somebody else at the platform.
    fn somebody(&self) -> ApiClient {
        let api = profile(self.name).unwrap().api.as_ref().unwrap();
        let key = Secret::new(self.platform.api_key().into()).unwrap();
        let options = ClientOptions::new(|| Timestamp::from_ms(0));
        ApiClient::new(api, self.platform.base_url(), &key, options).unwrap()
    }

    fn faults(&self, spec: &str) {
        self.platform.set_faults(spec.parse().unwrap());
    }

    async fn make(&self, url: &str) -> hookbench_workbench::SubscriptionView {
        let input = SubscriptionInput {
            url: Some(url.into()),
            events: Some(vec!["*".into()]),
            brand: Some(Some("b1".into())),
            secret: Some(Some(Secret::new(SIGNING.into()).unwrap())),
            remote: true,
            ..SubscriptionInput::default()
        };
        self.workbench.subscriptions().create(input).await.unwrap().subscription
    }
}

#[tokio::test]
async fn a_key_that_was_revoked_is_kept_in_mind_until_another_one_is_given() {
    let place = Place::new("trcker", Clock::system()).await;
    let bench = &place.workbench;
    assert_eq!(bench.brands().check("b1").await.unwrap().event_types, 8);
    place.faults("401");
    let refused = bench.brands().sync("b1", false).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Authentication);
    assert!(refused.hint().unwrap().contains("copy the key again"));
    let trouble = bench.brands().list().unwrap()[0].trouble.clone().unwrap();
    assert_eq!(trouble.code, "remote_authentication");
    place.faults("");
    let wrong =
        BrandChange { secret: Some(Secret::new(b"nope-nope".to_vec()).unwrap()), ..BrandChange::default() };
    assert_eq!(bench.brands().edit("b1", wrong).await.unwrap_err().kind(), ErrorKind::Authentication);
    bench.brands().check("b1").await.expect("the old key is still there");
    let key = Secret::new(place.platform.api_key().into()).unwrap();
    let change = BrandChange { secret: Some(key), name: Some("shop".into()), ..BrandChange::default() };
    let brand = bench.brands().edit("b1", change).await.unwrap();
    assert_eq!((brand.name.as_str(), brand.trouble), ("shop", None));
}

#[tokio::test]
async fn a_key_is_tried_before_anything_is_kept() {
    let place = Place::new("generic", Clock::system()).await;
    let found = place.workbench.brands().check_key(&place.input("", place.platform.api_key())).await.unwrap();
    assert_eq!((found.event_types, found.webhooks, found.warnings.len()), (4, 0, 0));
    let wrong = place.workbench.brands().check_key(&place.input("", "nope-nope")).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Authentication);
    place.faults("html");
    let page = place.workbench.brands().check_key(&place.input("", "whatever")).await.unwrap_err();
    assert_eq!(page.code(), "remote_html");
    assert_eq!(place.workbench.brands().list().unwrap().len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_said() {
    let clock = Clock::manual(Clock::system().now().plus_ms(10 * 60_000));
    let place = Place::new("trcker", clock).await;
    let summary = place.workbench.brands().sync("b1", false).await.unwrap();
    assert!(summary.warnings.iter().any(|w| w.contains("ahead of the platform's")), "{summary:?}");
}

#[tokio::test]
async fn a_webhook_made_elsewhere_is_taken_over_watched_and_edited_or_removed() {
    let place = Place::new("trackdesk", Clock::system()).await;
    let bench = &place.workbench;
    let events = vec!["conversion.created".to_owned()];
    let draft = |url| WebhookDraft { url, events: &events, secret: None };
    let theirs = place.somebody().create(&draft("http://127.0.0.1:9/theirs"), "k1").await.unwrap().id;
    let stray = place.somebody().create(&draft("http://127.0.0.1:9/stray"), "k2").await.unwrap().id;
    bench.brands().sync("b1", false).await.unwrap();
    let adopted = bench.brands().import_webhook("b1", &theirs).await.unwrap();
    let remote = adopted.remote.clone().unwrap();
    assert!(remote.adopted && remote.drift.is_none() && remote.webhook == Some(theirs.clone()));
    assert_eq!(bench.brands().import_webhook("b1", &theirs).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(bench.brands().delete_webhook("b1", &theirs).await.unwrap_err().kind(), ErrorKind::Conflict);
    bench.brands().delete_webhook("b1", &stray).await.unwrap();
    assert_eq!(bench.brands().import_webhook("b1", &stray).await.unwrap_err().kind(), ErrorKind::NotFound);
    place.somebody().delete(&theirs, "k3").await.unwrap();
    bench.brands().sync("b1", false).await.unwrap();
    let drift = bench.subscriptions().get(adopted.id).unwrap().remote.unwrap().drift.unwrap();
    assert_eq!(drift.problem, DriftProblem::Removed);
    assert_eq!(bench.brands().list().unwrap()[0].drifted, 1);
    let repaired = bench.brands().repair_subscription(adopted.id).await.unwrap();
    assert!(repaired.remote.unwrap().drift.is_none());
    let lines = bench.stats().subscription_lines().await.unwrap();
    assert_eq!(lines.iter().map(|l| l.subscription.id).collect::<Vec<_>>(), [adopted.id]);
}

#[tokio::test]
async fn a_test_goes_to_a_target_of_ours_first_and_then_to_the_receiver_signed_as_the_platform_signs() {
    let place = Place::new("track360", Clock::system()).await;
    let script = parse_script("200").unwrap();
    let (target, mut arrivals) = Target::start(loopback(), script, TargetOptions::new(chance)).await.unwrap();
    let id = place.make(&format!("{}/crm", target.url())).await.id;
    let test = place.workbench.subscriptions().test_remotely(id).await.unwrap();
    assert_eq!((test.rehearsal.delivery.state, test.verified), ("delivered", Some(true)));
    assert!(test.rehearsal.delivery.url.contains("/rehearsal"), "{}", test.rehearsal.delivery.url);
    assert_eq!(test.delivery.unwrap().delivery.state, "delivered");
    assert!(test.note.contains("offers no test"));
    assert!(arrivals.recv().await.is_some(), "the receiver got it");
    target.stop().await;
    let failed = place.workbench.subscriptions().test_remotely(id).await.unwrap();
    assert_eq!(failed.verified, Some(true), "what is wrong is at the receiver");
    assert_eq!(failed.delivery.unwrap().delivery.state, "failed");
    assert!(
        place.workbench.deliveries().list(&Default::default()).await.unwrap().items.is_empty(),
        "nothing is kept"
    );
}

#[tokio::test]
async fn the_platforms_own_log_is_read_for_all_or_one_webhook() {
    let place = Place::new("trcker", Clock::system()).await;
    let id = place.make("http://127.0.0.1:9/a").await.id;
    let log = |query: RemoteLogQuery| {
        let bench = place.workbench.clone();
        async move { bench.brands().platform_log("b1", &query).await }
    };
    let all = log(RemoteLogQuery::default()).await.unwrap().items.len();
    let of_it = RemoteLogQuery { subscription: Some(id), limit: Some(5), ..RemoteLogQuery::default() };
    assert!(log(of_it).await.unwrap().items.len() <= all.max(5));
    let other = RemoteLogQuery { webhook: Some("wh_none".into()), ..RemoteLogQuery::default() };
    assert!(log(other).await.unwrap().items.is_empty());
    let zero = RemoteLogQuery { limit: Some(0), ..RemoteLogQuery::default() };
    assert_eq!(log(zero).await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_new_secret_at_a_platform_is_in_force_at_once() {
    let place = Place::new("trcker", Clock::system()).await;
    let before = place.make("http://127.0.0.1:9/a").await;
    let overlap = RotationInput { overlap_ms: Some(1000), ..RotationInput::default() };
    assert_eq!(
        place.workbench.subscriptions().rotate_secret(before.id, overlap).await.unwrap_err().kind(),
        ErrorKind::Invalid
    );
    let saved =
        place.workbench.subscriptions().rotate_secret(before.id, RotationInput::default()).await.unwrap();
    assert!(saved.secret.is_some() && saved.warnings.iter().any(|w| w.contains("one secret only")));
    let webhook = |view: &hookbench_workbench::SubscriptionView| view.remote.clone().unwrap().webhook;
    assert_ne!(webhook(&saved.subscription), webhook(&before), "a new webhook took the old one's place");
}

#[tokio::test]
async fn what_somebody_changed_there_is_accepted_and_nothing_changes_at_the_platform() {
    let place = Place::new("trcker", Clock::system()).await;
    let bench = &place.workbench;
    let id = place.make("http://127.0.0.1:9/ours").await.id;
    let webhook = bench.subscriptions().get(id).unwrap().remote.unwrap().webhook.unwrap();
    let body = json!({ "url": "http://127.0.0.1:9/theirs", "events": ["conversion.approved"] });
    assert!(place.platform.change_webhook(&webhook, body).await);
    let before = place.somebody().webhooks().await.unwrap();
    let accepted = bench.brands().accept_drift(id).await.unwrap();
    assert_eq!(
        (accepted.url.as_str(), &accepted.events),
        ("http://127.0.0.1:9/theirs", &vec!["conversion.approved".to_owned()])
    );
    let remote = accepted.remote.unwrap();
    assert!(remote.drift.is_none() && remote.adopted && remote.webhook == Some(webhook.clone()));
    assert_eq!(place.somebody().webhooks().await.unwrap(), before);
    assert!(bench.brands().sync("b1", true).await.unwrap().drift.is_empty(), "a repair puts nothing back");
    assert_eq!(place.somebody().webhooks().await.unwrap(), before);
    // Gone there: it rests here, and can be put up again.
    place.somebody().delete(&webhook, "k1").await.unwrap();
    let off = bench.brands().accept_drift(id).await.unwrap();
    assert_eq!((off.enabled, off.remote.unwrap().drift), (false, None));
    assert!(place.somebody().webhooks().await.unwrap().is_empty());
    assert!(bench.subscriptions().enable(id, true).await.unwrap().subscription.enabled);
    assert_eq!(place.somebody().webhooks().await.unwrap()[0].url, "http://127.0.0.1:9/theirs");
}

#[tokio::test]
async fn a_url_that_was_changed_there_is_accepted_and_patterns_stay_patterns() {
    let place = Place::new("trcker", Clock::system()).await;
    let bench = &place.workbench;
    let made = place.make("http://127.0.0.1:9/ours").await;
    let there = place.somebody().webhooks().await.unwrap().remove(0);
    let events: Vec<&String> = there.events.iter().rev().collect();
    let body = json!({ "url": "http://127.0.0.1:9/theirs", "events": events });
    assert!(place.platform.change_webhook(&there.id, body).await);
    let accepted = bench.brands().accept_drift(made.id).await.unwrap();
    assert_eq!((accepted.url.as_str(), &accepted.events), ("http://127.0.0.1:9/theirs", &made.events));
    assert_eq!(accepted.events, ["*"]);
    assert_eq!(accepted.remote.unwrap().drift, None);
}

#[tokio::test]
async fn where_nothing_differs_there_is_nothing_to_accept() {
    let place = Place::new("generic", Clock::system()).await;
    let made = place.make("http://127.0.0.1:9/ours").await;
    let kept = place.workbench.brands().accept_drift(made.id).await.unwrap();
    assert_eq!((kept.events, kept.updated_at), (made.events, made.updated_at), "its patterns stay patterns");
    let nobody = "sub_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
    assert_eq!(place.workbench.brands().accept_drift(nobody).await.unwrap_err().kind(), ErrorKind::NotFound);
}
