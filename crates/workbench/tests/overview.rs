//! What the screens show, over a real database, a real dispatcher and real endpoints.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::{Ipv4Addr, SocketAddr};

use hookbench_ambient::chance;
use hookbench_receiver::{Target, TargetOptions, parse_script};
use hookbench_workbench::{
    DeliveryQuery, Dispatching, HistogramQuery, LabInput, LabSignInput, Light, LiveQuery, RotationInput,
    RunOptions, SavedSubscription, SubscriptionInput, VaultKeySource, Workbench,
};
use serde_json::json;
use tempfile::TempDir;

struct Desk {
    workbench: Workbench,
    dispatching: Dispatching,
    targets: Vec<Target>,
    _folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open(folder.path(), key).await.unwrap();
        let dispatching = workbench.start(RunOptions::default()).await.unwrap();
        Self { workbench, dispatching, targets: Vec::new(), _folder: folder }
    }

    /// A subscription to an endpoint that answers by the script; nothing is tried again.
    async fn subscribe(&mut self, name: &str, script: &str, events: &str) -> SavedSubscription {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let options = TargetOptions::new(chance);
        let (target, _arrivals) =
            Target::start(anywhere, parse_script(script).unwrap(), options).await.unwrap();
        let input = SubscriptionInput {
            url: Some(format!("{}/hooks", target.url())),
            name: Some(Some(name.to_owned())),
            events: Some(vec![events.to_owned()]),
            platform: Some("trcker".to_owned()),
            generate_secret: true,
            policy: Some(Some(json!({ "preset": "none" }))),
            ..SubscriptionInput::default()
        };
        self.targets.push(target);
        self.workbench.subscriptions().create(input).await.unwrap()
    }

    async fn publish(&self, json: serde_json::Value) {
        self.workbench.events().publish_json(json.to_string().as_bytes()).await.unwrap();
    }

    /// Waits until nothing is waiting or under way.
    async fn settled(&self) {
        let mut changed = self.workbench.changed();
        loop {
            let pulse = self.workbench.stats().live_metrics().await.unwrap();
            if pulse.waiting + pulse.in_flight == 0 {
                return;
            }
            assert!(changed.wait().await);
        }
    }

    async fn close(self) {
        self.dispatching.stop().await;
        for target in self.targets {
            target.stop().await;
        }
    }
}

/// Four conversions: the CRM takes all, the ledger refuses approved ones.
async fn four_conversions() -> (Desk, SavedSubscription, SavedSubscription) {
    let mut desk = Desk::new().await;
    let crm = desk.subscribe("CRM", "200", "conversion.*").await;
    let ledger = desk.subscribe("Ledger", "422", "conversion.approved").await;
    for n in 1..=4 {
        let kind = if n == 4 { "conversion.created" } else { "conversion.approved" };
        let data =
            json!({ "externalTxnId": format!("order-{n}"), "revenueCents": 1000 * n, "currency": "EUR" });
        desk.publish(json!({ "event": kind, "data": data })).await;
    }
    desk.settled().await;
    (desk, crm, ledger)
}

#[tokio::test(flavor = "multi_thread")]
async fn facets_count_every_choice_without_their_own() {
    let (desk, crm, ledger) = four_conversions().await;
    let pairs = |values: Vec<hookbench_workbench::FacetValue>| -> Vec<(String, i64)> {
        values.into_iter().map(|v| (v.value, v.count)).collect()
    };
    let all = desk.workbench.deliveries().facets(&DeliveryQuery::default()).await.unwrap();
    assert_eq!((all.total, all.total_capped, all.capped), (7, false, false));
    assert_eq!(pairs(all.states), [("delivered".into(), 4), ("failed".into(), 3)]);
    assert_eq!(pairs(all.statuses), [("200".into(), 4), ("422".into(), 3)]);
    assert_eq!(pairs(all.attempts), [("1".into(), 7)]);
    assert_eq!(pairs(all.event_types), [("conversion.approved".into(), 6), ("conversion.created".into(), 1)]);
    let failed = DeliveryQuery { state: Some("failed".into()), ..DeliveryQuery::default() };
    let narrowed = desk.workbench.deliveries().facets(&failed).await.unwrap();
    assert_eq!(narrowed.total, 3);
    assert_eq!(
        pairs(narrowed.states),
        [("delivered".into(), 4), ("failed".into(), 3)],
        "its own choice is left out"
    );
    assert_eq!(narrowed.subscriptions.len(), 1);
    assert_eq!(narrowed.subscriptions[0].label, "Ledger");
    assert_eq!(narrowed.subscriptions[0].value, ledger.subscription.id.to_string());
    let both = DeliveryQuery {
        subscription: Some(format!("{},{}", crm.subscription.id, ledger.subscription.id)),
        status: Some("2xx,422".into()),
        attempts: Some("1-".into()),
        ..DeliveryQuery::default()
    };
    assert_eq!(desk.workbench.deliveries().facets(&both).await.unwrap().total, 7);
    let mixed = DeliveryQuery { answer: Some("422,timeout".into()), ..DeliveryQuery::default() };
    assert_eq!(desk.workbench.deliveries().facets(&mixed).await.unwrap().total, 3);
    let none = DeliveryQuery { attempts: Some("2-".into()), ..DeliveryQuery::default() };
    assert_eq!(desk.workbench.deliveries().facets(&none).await.unwrap().total, 0);
    for (bad, field) in [
        (DeliveryQuery { state: Some("lost".into()), ..DeliveryQuery::default() }, "state"),
        (DeliveryQuery { status: Some("99".into()), ..DeliveryQuery::default() }, "status"),
        (DeliveryQuery { status: Some("axx".into()), ..DeliveryQuery::default() }, "status"),
        (DeliveryQuery { attempts: Some("3-2".into()), ..DeliveryQuery::default() }, "attempts"),
        (DeliveryQuery { answer: Some("lost".into()), ..DeliveryQuery::default() }, "answer"),
        (DeliveryQuery { outcome: Some("lost".into()), ..DeliveryQuery::default() }, "outcome"),
    ] {
        let error = desk.workbench.deliveries().facets(&bad).await.unwrap_err();
        assert_eq!(error.field_name().as_deref(), Some(field), "{error}");
    }
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_bars_say_what_the_log_holds() {
    let (desk, _, ledger) = four_conversions().await;
    let page = desk.workbench.deliveries().lines(&DeliveryQuery::default()).await.unwrap();
    assert_eq!(page.items.len(), 7);
    let newest = &page.items[0];
    assert_eq!(newest.delivery.event_type, "conversion.created");
    assert_eq!(newest.about.subject.as_deref(), Some("order-4"));
    assert_eq!(newest.about.money.as_ref().unwrap().amount, "40.00");
    let asked = |query| HistogramQuery { query, bars: 10, whole: false };
    let bars = desk.workbench.deliveries().histogram(&asked(DeliveryQuery::default())).await.unwrap();
    assert_eq!(bars.bars.len(), 10);
    let sum = |f: fn(&hookbench_workbench::Bar) -> i64| bars.bars.iter().map(f).sum::<i64>();
    assert_eq!((sum(|b| b.delivered), sum(|b| b.failed), sum(|b| b.other)), (4, 3, 0));
    let whole = HistogramQuery { query: DeliveryQuery::default(), bars: 4, whole: true };
    let whole = desk.workbench.deliveries().histogram(&whole).await.unwrap();
    assert_eq!(whole.bars.iter().map(|b| b.delivered + b.failed).sum::<i64>(), 7);
    let of_ledger =
        DeliveryQuery { subscription: Some(ledger.subscription.id.to_string()), ..DeliveryQuery::default() };
    let bars = desk.workbench.deliveries().histogram(&asked(of_ledger)).await.unwrap();
    assert_eq!(bars.bars.iter().map(|b| b.failed).sum::<i64>(), 3);
    let live = desk.workbench.events().live(&LiveQuery::default()).await.unwrap();
    assert_eq!(live.items.len(), 4);
    let approved = &live.items[1];
    let fates: Vec<(&str, &str)> =
        approved.fates.iter().map(|f| (f.name.as_str(), f.state.as_str())).collect();
    assert_eq!(fates, [("CRM", "delivered"), ("Ledger", "failed")]);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_names_who_fails_and_why() {
    let (mut desk, crm, ledger) = four_conversions().await;
    let off = desk.subscribe("Off", "200", "partner.*").await;
    desk.workbench.subscriptions().enable(off.subscription.id, false).await.unwrap();
    let lines = desk.workbench.stats().subscription_lines().await.unwrap();
    let lights: Vec<(&str, Light)> =
        lines.iter().map(|l| (l.subscription.name.as_str(), l.health.light)).collect();
    assert_eq!(lights, [("CRM", Light::Ok), ("Ledger", Light::Failing), ("Off", Light::Off)]);
    let failing = &lines[1].health;
    assert_eq!((failing.delivered, failing.failed, failing.success_rate), (0, 3, Some(0.0)));
    assert!(failing.failing_since.is_some() && failing.last_success_at.is_none());
    assert_eq!(failing.verdict.as_ref().unwrap().code.as_str(), "rejected");
    let shown = desk.workbench.deliveries().get(failing.shown_by.unwrap()).await.unwrap();
    assert_eq!(shown.delivery.subscription, ledger.subscription.id);
    let home = desk.workbench.stats().home(&hookbench_workbench::BrandFilter::default()).await.unwrap();
    assert_eq!((home.delivered, home.failed, home.waiting), (4, 3, 0));
    assert_eq!(home.subscriptions[0].subscription.name, "Ledger", "what fails comes first");
    assert!(home.p95_ms.unwrap() >= home.p50_ms.unwrap());
    let good: i64 = lines[0].health.tries.iter().map(|t| t.good).sum();
    assert_eq!(good, 4);
    let pulse = desk.workbench.stats().live_metrics().await.unwrap();
    assert_eq!((pulse.subscriptions, pulse.failing, pulse.failed_24h, pulse.any_event), (3, 1, 3, true));
    let line = desk.workbench.stats().subscription_line(crm.subscription.id).await.unwrap();
    assert_eq!(line.health.told, "everything about conversions");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lab_proves_a_stored_request_and_names_what_was_done_to_it() {
    let (desk, crm, _) = four_conversions().await;
    let of_crm =
        DeliveryQuery { subscription: Some(crm.subscription.id.to_string()), ..DeliveryQuery::default() };
    let id = desk.workbench.deliveries().list(&of_crm).await.unwrap().items[0].id;
    let request = desk.workbench.signatures().request(id, None).await.unwrap();
    let body = match &request.body {
        hookbench_workbench::BodyView::Body(text) => text.clone(),
        hookbench_workbench::BodyView::BodyBase64(_) => panic!("the body is text"),
    };
    let input = |body: String| LabInput {
        headers: request.headers.clone(),
        body: Some(body),
        secret_of: request.secret_of.clone(),
        at: Some(request.at),
        ..LabInput::default()
    };
    let proven = desk.workbench.signatures().check(input(body.clone())).await.unwrap();
    assert!(proven.autopsy.valid, "{}", proven.autopsy.explanation);
    assert_eq!(proven.snippets.len(), 8);
    let spoilt = desk.workbench.signatures().check(input(format!("{body}\n"))).await.unwrap();
    assert_eq!(spoilt.autopsy.cause.code(), "body_trailing_newline");
    let by_hand = LabInput { secret_of: None, try_kept: true, ..input(body.clone()) };
    let found = desk.workbench.signatures().check(by_hand).await.unwrap();
    assert_eq!(found.autopsy.matching_secret.as_deref(), Some("the secret of CRM"));
    let curl = desk.workbench.exports().curl(id, None).await.unwrap();
    assert!(curl.contains("--data-binary") && curl.contains("X-Trcker-Signature"), "{curl}");
    let signed = LabSignInput {
        scheme: "trcker".into(),
        body,
        secret_of: request.secret_of.clone(),
        ..LabSignInput::default()
    };
    assert!(!desk.workbench.signatures().sign(signed).await.unwrap().is_empty());
    let unknown = LabInput { secret_of: Some("sub_none".into()), ..LabInput::default() };
    assert_eq!(desk.workbench.signatures().check(unknown).await.unwrap_err().code(), "not_found");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_signs_beside_the_old_one_until_its_end() {
    let mut desk = Desk::new().await;
    let crm = desk.subscribe("CRM", "200", "*").await;
    let id = crm.subscription.id;
    let old = crm.secret.unwrap();
    let rotated = desk.workbench.subscriptions().rotate_secret(id, RotationInput::default()).await.unwrap();
    let new = rotated.secret.unwrap();
    assert_ne!(old, new);
    desk.publish(json!({ "event": "conversion.created", "data": {} })).await;
    desk.settled().await;
    let delivery = desk.workbench.deliveries().list(&DeliveryQuery::default()).await.unwrap().items[0].id;
    let request = desk.workbench.signatures().request(delivery, None).await.unwrap();
    let hookbench_workbench::BodyView::Body(body) = request.body else { panic!("the body is text") };
    for secret in [&old, &new] {
        let input = LabInput {
            headers: request.headers.clone(),
            body: Some(body.clone()),
            secret: Some(hookbench_workbench::Secret::new(secret.clone().into_bytes()).unwrap()),
            at: Some(request.at),
            ..LabInput::default()
        };
        assert!(desk.workbench.signatures().check(input).await.unwrap().autopsy.valid);
    }
    let at_once = RotationInput { overlap_ms: Some(0), ..RotationInput::default() };
    desk.workbench.subscriptions().rotate_secret(id, at_once).await.unwrap();
    assert_eq!(desk.workbench.vault().view().await.secrets, 1, "without an overlap the old one is gone");
    let too_long = RotationInput { overlap_ms: Some(u64::MAX), ..RotationInput::default() };
    let error = desk.workbench.subscriptions().rotate_secret(id, too_long).await.unwrap_err();
    assert_eq!(error.field_name().as_deref(), Some("overlap_ms"));
    desk.close().await;
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hookbench.db"), vec![7u8; 8192]).unwrap();
    let key = || VaultKeySource { in_memory: true, ..VaultKeySource::default() };
    assert_eq!(Workbench::open(folder.path(), key()).await.err().unwrap().code(), "unusable_database");
    let aside = Workbench::set_aside(folder.path()).unwrap();
    assert_eq!(std::fs::read(aside).unwrap(), vec![7u8; 8192]);
    Workbench::open(folder.path(), key()).await.unwrap().close().await;
}
