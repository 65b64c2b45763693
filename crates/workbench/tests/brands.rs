//! Brands and subscriptions at their platforms, against an emulated platform that fails as told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use hookbench_domain::SubscriptionId;
use hookbench_emulator::{Faults, Platform, PlatformOptions};
use hookbench_platform::{ApiClient, ClientOptions, RemoteWebhook, profile};
use hookbench_signature::Secret;
use hookbench_workbench::{
    BrandInput, BrandView, DriftProblem, ErrorKind, NewKey, RunOptions, SubscriptionInput, SubscriptionView,
    VaultKeySource, Where, Workbench, WorkbenchError,
};
use tempfile::TempDir;

const SIGNING: &str = "canary-signing-0123456789abcdef0123456789";
const HOOK: &str = "http://127.0.0.1:9/hooks";

struct Place {
    folder: TempDir,
    platform: Platform,
    name: &'static str,
    workbench: Workbench,
}

async fn open(folder: &Path) -> Workbench {
    let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".to_owned().into();
    Workbench::open(folder, VaultKeySource { direct: Some(key), ..VaultKeySource::default() }).await.unwrap()
}

fn brand(place: &Place, name: &str, key: &str) -> BrandInput {
    BrandInput {
        name: name.into(),
        platform: place.name.into(),
        base_url: Some(place.platform.base_url().to_owned()),
        payload_id: None,
        secret: Some(Secret::new(key.into()).unwrap()),
    }
}

impl Place {
    /// A workbench, an emulated platform without traffic to speak of, and a brand `b1` on it.
    async fn new(name: &'static str) -> Self {
        let options = PlatformOptions {
            profile: profile(name).unwrap(),
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            rate: 0.1,
            seed: 7,
            faults: Faults::default(),
            requests_per_second: 10_000,
        };
        let folder = tempfile::tempdir().unwrap();
        let workbench = open(folder.path()).await;
        let place = Self { platform: Platform::start(options).await.unwrap(), folder, name, workbench };
        place.add("b1").await;
        place
    }

    async fn add(&self, name: &str) -> BrandView {
        self.workbench.brands().add(brand(self, name, self.platform.api_key())).await.unwrap()
    }

    fn faults(&self, spec: &str) {
        self.platform.set_faults(spec.parse().unwrap());
    }

    /// What the platform itself has.
    async fn there(&self) -> Vec<RemoteWebhook> {
        self.faults("");
        let key = Secret::new(self.platform.api_key().into()).unwrap();
        let api = profile(self.name).unwrap().api.as_ref().unwrap();
        let options = ClientOptions::new(|| hookbench_domain::Timestamp::from_ms(0));
        ApiClient::new(api, self.platform.base_url(), &key, options).unwrap().webhooks().await.unwrap()
    }

    async fn urls(&self) -> Vec<String> {
        self.there().await.into_iter().map(|w| w.url).collect()
    }

    async fn create(&self, events: &[&str]) -> Result<SubscriptionView, WorkbenchError> {
        self.workbench.subscriptions().create(remote(HOOK, events)).await.map(|saved| saved.subscription)
    }

    async fn edit(&self, id: SubscriptionId, url: &str) -> Result<SubscriptionView, WorkbenchError> {
        let input = SubscriptionInput { url: Some(url.into()), ..SubscriptionInput::default() };
        self.workbench.subscriptions().edit(id, input).await.map(|saved| saved.subscription)
    }

    fn view(&self, id: SubscriptionId) -> SubscriptionView {
        self.workbench.subscriptions().get(id).unwrap()
    }

    /// The next program on the same folder.
    async fn restarted(mut self) -> Self {
        self.workbench.close().await;
        self.workbench = open(self.folder.path()).await;
        self
    }
}

fn remote(url: &str, events: &[&str]) -> SubscriptionInput {
    SubscriptionInput {
        url: Some(url.into()),
        events: Some(events.iter().map(|e| (*e).to_owned()).collect()),
        brand: Some(Some("b1".into())),
        secret: Some(Some(Secret::new(SIGNING.into()).unwrap())),
        remote: true,
        ..SubscriptionInput::default()
    }
}

fn state(view: &SubscriptionView) -> &'static str {
    view.remote.as_ref().unwrap().state
}

#[tokio::test]
async fn adding_a_brand_checks_its_key_and_reads_its_platform() {
    let place = Place::new("trcker").await;
    let wrong = place.workbench.brands().add(brand(&place, "b2", "nope")).await.unwrap_err();
    assert_eq!((wrong.kind(), wrong.code()), (ErrorKind::Authentication, "remote_authentication"));
    let twice =
        place.workbench.brands().add(brand(&place, "b1", place.platform.api_key())).await.unwrap_err();
    assert_eq!(twice.code(), "name_taken");
    let nowhere = BrandInput { base_url: Some("http://127.0.0.1:1".into()), ..brand(&place, "b3", "k") };
    assert_eq!(place.workbench.brands().add(nowhere).await.unwrap_err().kind(), ErrorKind::Network);
    let open = BrandInput { base_url: Some("http://example.com".into()), ..brand(&place, "b3", "k") };
    assert_eq!(place.workbench.brands().add(open).await.unwrap_err().kind(), ErrorKind::Invalid);
    place.add("b2").await;
    assert_eq!(place.workbench.brands().list().unwrap().len(), 2, "several brands on one platform");
    let detail = place.workbench.brands().get("b1").await.unwrap();
    assert_eq!(detail.event_types.len(), 8);
    assert!(detail.brand.synced_at.is_some() && detail.event_types[0].schema.is_some());
    let place = place.restarted().await;
    place.workbench.brands().sync("b1", false).await.unwrap();
}

#[tokio::test]
async fn patterns_become_what_the_platform_names_and_what_it_decides_is_refused() {
    let place = Place::new("trcker").await;
    let saved = place.create(&["conversion.*", "cap.reached"]).await.unwrap();
    assert_eq!((saved.runs, state(&saved)), (Where::Platform, "on"));
    let there = place.there().await;
    let want = ["conversion.created", "conversion.approved", "conversion.rejected", "cap.reached"];
    assert_eq!((there.len(), there[0].events.as_slice()), (1, want.map(str::to_owned).as_slice()));
    assert_eq!(
        place.workbench.subscriptions().list().iter().map(|s| s.runs).collect::<Vec<_>>(),
        [Where::Platform]
    );
    for (input, field) in [
        (remote(HOOK, &["no.such"]), "events"),
        (remote(HOOK, &[]), "events"),
        (SubscriptionInput { brand: None, ..remote(HOOK, &["*"]) }, "brand"),
        (SubscriptionInput { policy: Some(Some("none".into())), ..remote(HOOK, &["*"]) }, "policy"),
        (SubscriptionInput { ordered: Some(true), ..remote(HOOK, &["*"]) }, "ordered"),
        (SubscriptionInput { platform: Some("generic".into()), ..remote(HOOK, &["*"]) }, "platform"),
    ] {
        let error = place.workbench.subscriptions().create(input).await.unwrap_err();
        assert!(error.to_string().contains(&format!("`{field}`")), "{error}");
    }
    let strange = SubscriptionInput { brand: Some(Some("b9".into())), ..remote(HOOK, &["*"]) };
    assert_eq!(
        place.workbench.subscriptions().create(strange).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(place.there().await.len(), 1);
}

#[tokio::test]
async fn an_edit_puts_a_new_webhook_in_the_place_of_the_old_one() {
    for name in ["trackdesk", "trcker", "track360", "generic"] {
        let place = Place::new(name).await;
        let id = place.create(&["*"]).await.unwrap().id;
        let old = place.view(id).remote.unwrap().webhook;
        let edited = place.edit(id, "http://127.0.0.1:9/new").await.unwrap();
        assert_eq!(
            (state(&edited), edited.url.as_str(), edited.has_secret),
            ("on", "http://127.0.0.1:9/new", true)
        );
        let there = place.there().await;
        assert_eq!(there.len(), 1, "{name}");
        assert_eq!(
            (Some(&there[0].id), there[0].url.as_str()),
            (edited.remote.unwrap().webhook.as_ref(), "http://127.0.0.1:9/new")
        );
        assert_ne!(Some(&there[0].id), old.as_ref());

        let renamed = SubscriptionInput { name: Some(Some("N".into())), ..SubscriptionInput::default() };
        place.faults("reset");
        let renamed = place.workbench.subscriptions().edit(id, renamed).await.unwrap();
        assert_eq!(renamed.subscription.name, "N", "a name is no matter of the platform's");
        place.there().await;
        place.workbench.subscriptions().delete(id).await.unwrap();
        assert!(place.there().await.is_empty() && place.workbench.subscriptions().get(id).is_err());
    }
}

#[tokio::test]
async fn an_edit_that_fails_is_undone_and_says_so() {
    for (faults, kind) in [
        ("create=403:1", ErrorKind::Network),
        ("create=401:1", ErrorKind::Authentication),
        ("create=lost:3", ErrorKind::Network),
        ("delete=403:1", ErrorKind::Network),
        ("delete=reset:3", ErrorKind::Network),
        ("create=truncated:1", ErrorKind::Network),
    ] {
        let place = Place::new("trackdesk").await;
        let id = place.create(&["*"]).await.unwrap().id;
        let before = place.there().await;
        place.faults(faults);
        let error = place.edit(id, "http://127.0.0.1:9/new").await.unwrap_err();
        assert_eq!(error.kind(), kind, "{faults}: {error}");
        assert!(error.to_string().contains("the edit was undone"), "{error}");
        assert_eq!(place.there().await, before, "{faults}");
        assert_eq!((state(&place.view(id)), place.view(id).url.as_str()), ("on", HOOK), "{faults}");
        place.edit(id, "http://127.0.0.1:9/new").await.unwrap();
        assert_eq!(place.urls().await, ["http://127.0.0.1:9/new"], "{faults}");
    }
}

#[tokio::test]
async fn an_edit_that_loses_the_platform_is_taken_up_by_the_next_program() {
    let place = Place::new("trackdesk").await;
    let id = place.create(&["*"]).await.unwrap().id;
    place.faults("delete=reset,list=reset:3");
    // The first list is the edit's own look at what is there: it may fail without harm.
    assert_eq!(place.edit(id, "http://127.0.0.1:9/new").await.unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(state(&place.view(id)), "on");
    place.faults("delete=reset");
    let error = place.edit(id, "http://127.0.0.1:9/new").await.unwrap_err();
    assert!(error.to_string().contains("unfinished"), "{error}");
    assert_eq!(state(&place.view(id)), "undoing");
    assert_eq!(place.urls().await.len(), 2, "both are there, and it is known");
    let place = place.restarted().await;
    let summary = place.workbench.brands().sync("b1", false).await.unwrap();
    assert_eq!(summary.resumed.iter().map(|r| r.outcome).collect::<Vec<_>>(), ["undone"]);
    assert_eq!((state(&place.view(id)), place.urls().await), ("on", vec![HOOK.to_owned()]));
}

#[tokio::test]
async fn a_creation_without_an_answer_leaves_nothing_behind() {
    let place = Place::new("generic").await;
    place.faults("create=lost,list=reset:3");
    assert!(place.create(&["*"]).await.is_err(), "the platform cannot be read");
    place.faults("create=lost");
    let error = place.create(&["*"]).await.unwrap_err();
    assert!(error.to_string().contains("not created"), "{error}");
    assert!(place.there().await.is_empty() && place.workbench.subscriptions().list().is_empty());
    place.faults("create=lost,delete=reset");
    place.create(&["*"]).await.unwrap_err();
    assert_eq!(
        (place.there().await.len(), place.workbench.subscriptions().list().len()),
        (1, 1),
        "and it is known"
    );
    let place = place.restarted().await;
    let running = place.workbench.start(RunOptions::default()).await.unwrap();
    let mut kept = place.workbench.subscriptions().list().len();
    while kept > 0 {
        tokio::task::yield_now().await;
        kept = place.workbench.subscriptions().list().len();
    }
    assert!(place.there().await.is_empty(), "a running program takes it up by itself");
    running.stop().await;
}

#[tokio::test]
async fn a_removal_without_an_answer_is_made_later() {
    let place = Place::new("trcker").await;
    let id = place.create(&["*"]).await.unwrap().id;
    place.faults("delete=403");
    let refused = place.workbench.subscriptions().delete(id).await.unwrap_err();
    assert!(refused.to_string().contains("not deleted"), "{refused}");
    assert_eq!(state(&place.view(id)), "on");
    place.faults("delete=reset");
    assert!(place.workbench.subscriptions().delete(id).await.unwrap_err().to_string().contains("unfinished"));
    assert_eq!(state(&place.view(id)), "removing");
    place.there().await;
    place.workbench.subscriptions().delete(id).await.unwrap();
    assert!(place.there().await.is_empty() && place.workbench.subscriptions().list().is_empty());
}

#[tokio::test]
async fn a_disabled_one_is_kept_here_and_put_up_again() {
    let place = Place::new("trackdesk").await;
    let id = place.create(&["*"]).await.unwrap().id;
    let off = place.workbench.subscriptions().enable(id, false).await.unwrap().subscription;
    assert_eq!((off.enabled, state(&off), place.there().await.len()), (false, "off", 0));
    place.edit(id, "http://127.0.0.1:9/while-off").await.unwrap();
    assert!(place.there().await.is_empty(), "nothing is there to edit");
    let on = place.workbench.subscriptions().enable(id, true).await.unwrap().subscription;
    assert_eq!((on.enabled, place.urls().await), (true, vec!["http://127.0.0.1:9/while-off".to_owned()]));
}

#[tokio::test]
async fn what_somebody_changed_at_the_platform_is_seen_and_set_right() {
    let place = Place::new("generic").await;
    let id = place.create(&["*"]).await.unwrap().id;
    let api = profile("generic").unwrap().api.as_ref().unwrap();
    let key = Secret::new(place.platform.api_key().into()).unwrap();
    let options = ClientOptions::new(|| hookbench_domain::Timestamp::from_ms(0));
    let somebody = ApiClient::new(api, place.platform.base_url(), &key, options).unwrap();
    let mine = place.view(id).remote.unwrap().webhook.unwrap();
    somebody.delete(&mine, "x").await.unwrap();
    let summary = place.workbench.brands().sync("b1", false).await.unwrap();
    assert_eq!(
        summary.drift.iter().map(|d| (d.problem, d.repaired)).collect::<Vec<_>>(),
        [(DriftProblem::Removed, false)]
    );
    assert!(place.there().await.is_empty(), "a look changes nothing");
    let summary = place.workbench.brands().sync("b1", true).await.unwrap();
    assert_eq!(summary.drift.iter().map(|d| d.repaired).collect::<Vec<_>>(), [true]);
    assert_eq!(place.urls().await, [HOOK]);
    let again = place.workbench.brands().sync("b1", false).await.unwrap();
    assert!(again.drift.is_empty() && again.webhooks.added.is_empty(), "{again:?}");
    assert_eq!(
        place.workbench.brands().get("b1").await.unwrap().webhooks.last().unwrap().subscription,
        Some(id)
    );
}

#[tokio::test]
async fn a_brand_with_subscriptions_is_removed_only_when_told_to_leave_them() {
    let place = Place::new("trcker").await;
    place.create(&["*"]).await.unwrap();
    assert_eq!(place.workbench.brands().remove("b1", false).await.unwrap_err().kind(), ErrorKind::Conflict);
    place.workbench.brands().remove("b1", true).await.unwrap();
    assert!(
        place.workbench.brands().list().unwrap().is_empty()
            && place.workbench.subscriptions().list().is_empty()
    );
    assert_eq!(place.there().await.len(), 1, "its webhook stays");
    place.add("b1").await;
}

#[tokio::test]
async fn neither_key_nor_secret_is_in_any_file_or_answer() {
    let place = Place::new("trcker").await;
    let id = place.create(&["*"]).await.unwrap().id;
    place.faults("delete=reset");
    let error = place.edit(id, "http://127.0.0.1:9/new").await.unwrap_err();
    let key = place.platform.api_key().to_owned();
    let mut said = format!("{error} {error:?} {:?}", place.view(id));
    let detail = place.workbench.brands().get("b1").await.unwrap();
    said.push_str(&serde_json::to_string(&detail).unwrap());
    said.push_str(&serde_json::to_string(&place.workbench.subscriptions().list()).unwrap());
    assert!(!said.contains(&key) && !said.contains(SIGNING), "{said}");
    let mut read = 0;
    for entry in std::fs::read_dir(place.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        read += bytes.len();
        for canary in [key.as_bytes(), SIGNING.as_bytes()] {
            assert!(!bytes.windows(canary.len()).any(|w| w == canary), "{}", path.display());
        }
    }
    assert!(read > 10_000, "database and WAL were read");
}

#[cfg(unix)]
#[tokio::test]
async fn after_a_change_of_the_vaults_key_only_the_new_one_opens_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new("trcker").await;
    let id = place.create(&["*"]).await.unwrap().id;
    let path = place.folder.path().join("new.key");
    std::fs::write(&path, "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let new = NewKey::File(path.clone());
    let running = place.workbench.start(RunOptions::default()).await.unwrap();
    assert_eq!(place.workbench.vault().rotate_key(&new).await.unwrap_err().code(), "data_dir_in_use");
    running.stop().await;
    let place = place.restarted().await;
    assert!(
        place.workbench.vault().rotate_key(&NewKey::File(place.folder.path().join("none"))).await.is_err()
    );
    place.workbench.brands().sync("b1", false).await.unwrap();
    assert_eq!(place.workbench.vault().rotate_key(&new).await.unwrap().secrets, 2, "key and signing secret");
    let mut place = place.restarted().await;
    assert_eq!(place.workbench.brands().sync("b1", false).await.unwrap_err().code(), "vault_unavailable");
    place.workbench.close().await;
    let source = VaultKeySource { file: Some(path), ..VaultKeySource::default() };
    place.workbench = Workbench::open(place.folder.path(), source).await.unwrap();
    place.workbench.brands().sync("b1", false).await.unwrap();
    place.edit(id, "http://127.0.0.1:9/new").await.unwrap();
}

#[tokio::test]
async fn an_event_of_a_connected_brand_has_its_platforms_envelope() {
    for (name, want) in [
        (
            "track360",
            r#"{"id":"e1","event":"a.b","timestamp":"2026-05-08T04:51:35.080Z","schema_version":"1.0","data":{"n":1.50}}"#,
        ),
        ("generic", r#"{"id":"e1","event":"a.b","n":1.50,"event_timestamp":"2026-05-08T04:51:35.080Z"}"#),
    ] {
        let place = Place::new(name).await;
        let body = |id: &str| {
            format!(
                r#"{{"event":"a.b","id":"{id}","brandId":"b1","data":{{"n":1.50}},"createdAt":"2026-05-08T04:51:35.080Z"}}"#
            )
        };
        place.workbench.events().publish_json(body("e1").as_bytes()).await.unwrap();
        let kept = place.workbench.events().get("e1", Some("b1"), None).await.unwrap();
        assert_eq!(serde_json::to_value(&kept).unwrap()["body"], want, "{name}");
        let undated = |n: u32| format!(r#"{{"event":"a.b","id":"e2","brandId":"b1","data":{{"n":{n}}}}}"#);
        place.workbench.events().publish_json(undated(1).as_bytes()).await.unwrap();
        assert!(
            place.workbench.events().publish_json(undated(1).as_bytes()).await.unwrap().duplicate,
            "{name}"
        );
        assert_eq!(
            place.workbench.events().publish_json(undated(2).as_bytes()).await.unwrap_err().code(),
            "event_conflict"
        );
        let strange = body("e3").replace("b1", "b9");
        place.workbench.events().publish_json(strange.as_bytes()).await.unwrap();
        let kept = place.workbench.events().get("e3", Some("b9"), None).await.unwrap();
        assert!(
            serde_json::to_string(&kept).unwrap().contains("createdAt"),
            "no brand is connected under this id"
        );
    }
}
