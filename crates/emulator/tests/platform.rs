//! An emulated platform from outside: its API through the client, its webhooks at a real endpoint.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::{Ipv4Addr, SocketAddr};

use hookbench_ambient::chance;
use hookbench_domain::Timestamp;
use hookbench_emulator::{Faults, Platform, PlatformError, PlatformOptions};
use hookbench_platform::{ApiClient, ClientOptions, Profile, WebhookDraft, parse_profile, profile, profiles};
use hookbench_receiver::{Target, TargetArrival, TargetOptions, parse_script};
use hookbench_signature::{Secret, verify};
use tokio::sync::mpsc::Receiver;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn anywhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

async fn start(profile: &'static Profile, faults: &str) -> Platform {
    let options = PlatformOptions {
        profile,
        addr: anywhere(),
        rate: 200.0,
        seed: 7,
        faults: faults.parse::<Faults>().unwrap(),
        requests_per_second: 1000,
    };
    Platform::start(options).await.unwrap()
}

/// A client that does not wait.
fn client_with(platform: &Platform, profile: &Profile, key: &str) -> ApiClient {
    let key = Secret::new(key.into()).unwrap();
    let mut options = ClientOptions::new(|| Timestamp::from_ms(0));
    options.wait = std::sync::Arc::new(|_| Box::pin(async {}));
    ApiClient::new(profile.api.as_ref().unwrap(), platform.base_url(), &key, options).unwrap()
}

fn client(platform: &Platform, profile: &Profile) -> ApiClient {
    client_with(platform, profile, platform.api_key())
}

async fn target() -> (Target, Receiver<TargetArrival>) {
    Target::start(anywhere(), parse_script("200").unwrap(), TargetOptions::new(chance)).await.unwrap()
}

async fn create(client: &ApiClient, url: &str, events: &[String], key: &str) -> Result<String, String> {
    let secret = Secret::new(SECRET.into()).unwrap();
    let draft = WebhookDraft { url, events, secret: Some(&secret) };
    client.create(&draft, key).await.map(|made| made.id).map_err(|error| error.code().to_owned())
}

async fn all_types(client: &ApiClient) -> Vec<String> {
    client.event_types().await.unwrap().into_iter().map(|t| t.name).collect()
}

/// A profile with another dialect than the built-in ones.
fn numbered() -> &'static Profile {
    let mut file: serde_json::Value =
        serde_json::from_str(include_str!("../../platform/profiles/trackdesk.json")).unwrap();
    file["name"] = "numbered".into();
    let api = &mut file["api"];
    api["auth"] = serde_json::json!({ "header": "X-Key", "value": "{key}" });
    api["routes"]["delete"] = "POST /v2/hooks/{id}/remove".into();
    api["routes"]["list"] = "GET /v2/hooks".into();
    api["paging"] = serde_json::json!({ "items": "data.rows", "page": { "query": "p", "first": 0 } });
    api["fields"]["webhook"] =
        serde_json::json!({ "id": "ref", "url": "to.url", "events": "to.types", "secret": "to.key" });
    Box::leak(Box::new(parse_profile(&file.to_string()).unwrap()))
}

#[tokio::test]
async fn every_dialect_is_served_and_its_webhooks_are_sent_as_the_platform_signs() {
    let numbered = numbered();
    for profile in profiles().into_iter().chain([numbered]) {
        let platform = start(profile, "").await;
        let client = client(&platform, profile);
        let types = all_types(&client).await;
        assert_eq!(types.len(), profile.catalogue.len(), "{}", profile.name);
        let (target, mut arrivals) = target().await;
        let id = create(&client, &format!("{}/in", target.url()), &types, "k1").await.unwrap();
        let listed = client.webhooks().await.unwrap();
        assert_eq!(
            (listed.len(), &listed[0].id, listed[0].events.len()),
            (1, &id, types.len()),
            "{}",
            profile.name
        );

        let arrival = arrivals.recv().await.unwrap();
        let headers: Vec<(String, Vec<u8>)> =
            arrival.headers.iter().map(|(n, v)| (n.to_string(), v.as_bytes().to_vec())).collect();
        let scheme = profile.signature.scheme.parse().unwrap();
        let secrets = [Secret::new(SECRET.into()).unwrap()];
        let now = hookbench_ambient::Clock::system().now();
        let verdict = verify(scheme, &secrets, &headers, &arrival.body, now.unix_seconds(), 300);
        assert!(verdict.valid, "{}: {verdict:?}", profile.name);
        if profile.name == "trcker" {
            assert_eq!(arrival.headers["x-trcker-webhook-id"], id.as_str());
        }

        let log = loop {
            let log = client.deliveries(1).await.unwrap();
            if log.iter().any(|d| d.status == Some(200)) {
                break log;
            }
        };
        let sent = log.iter().find(|d| d.status.is_some()).unwrap();
        assert_eq!((sent.webhook.as_ref(), sent.latency_ms.is_some()), (Some(&id), true), "{}", profile.name);
        assert!(client.delete(&id, "k2").await.unwrap());
        assert!(!client.delete(&id, "k3").await.unwrap());
        assert!(client.webhooks().await.unwrap().is_empty());
        platform.stop().await;
    }
}

#[tokio::test]
async fn only_the_key_opens_it_and_it_sends_to_this_machine_only() {
    let profile = profile("track360").unwrap();
    let platform = start(profile, "").await;
    let error = client_with(&platform, profile, "nope").webhooks().await.unwrap_err();
    assert_eq!(error.code(), "remote_authentication");
    let client = client(&platform, profile);
    let types = all_types(&client).await;
    let refused = Err("remote_refused".to_owned());
    assert_eq!(create(&client, "https://example.com/", &types, "a").await, refused);
    assert_eq!(create(&client, "http://127.0.0.1:9/", &["no.such".into()], "b").await, refused);
    assert_eq!(create(&client, "http://127.0.0.1:9/", &[], "c").await, refused);
    let draft = WebhookDraft { url: "http://127.0.0.1:9/", events: &types, secret: None };
    assert_eq!(client.create(&draft, "d").await.unwrap_err().code(), "remote_refused", "it must be signed");
    let elsewhere = PlatformOptions {
        profile,
        addr: "0.0.0.0:0".parse().unwrap(),
        rate: 1.0,
        seed: 1,
        faults: Faults::default(),
        requests_per_second: 1,
    };
    assert!(matches!(Platform::start(elsewhere).await, Err(PlatformError::NotLoopback(_))));
}

#[tokio::test]
async fn a_repeated_creation_is_recognised_by_its_key() {
    let profile = profile("trcker").unwrap();
    let platform = start(profile, "create=lost:2").await;
    let client = client(&platform, profile);
    let types = all_types(&client).await;
    let id = create(&client, "http://127.0.0.1:9/", &types, "once").await.unwrap();
    let listed = client.webhooks().await.unwrap();
    assert_eq!(listed.iter().map(|w| &w.id).collect::<Vec<_>>(), [&id], "three tries made one webhook");
    let other = create(&client, "http://127.0.0.1:9/other", &types, "once").await;
    assert_eq!(other, Err("remote_conflict".to_owned()));
}

#[tokio::test]
async fn each_fault_is_what_its_name_says() {
    let profile = profile("generic").unwrap();
    let platform = start(profile, "").await;
    let client = client(&platform, profile);
    for (fault, code) in [
        ("401", "remote_authentication"),
        ("403", "remote_forbidden"),
        ("404", "remote_not_found"),
        ("409", "remote_conflict"),
        ("429", "remote_rate_limited"),
        ("5xx", "remote_failing"),
        ("html", "remote_html"),
        ("truncated", "remote_truncated"),
        ("loop", "remote_loop"),
        ("reset", "remote_unreachable"),
        ("lost", "remote_unreachable"),
    ] {
        platform.set_faults(fault.parse().unwrap());
        assert_eq!(client.webhooks().await.unwrap_err().code(), code, "{fault}");
    }
    platform.set_faults("429:2,5xx:1".parse().unwrap());
    assert!(client.webhooks().await.unwrap().is_empty(), "they pass");
}

#[tokio::test]
async fn more_requests_than_it_takes_are_told_to_wait() {
    let profile = profile("generic").unwrap();
    let options = PlatformOptions {
        profile,
        addr: anywhere(),
        rate: 1.0,
        seed: 1,
        faults: Faults::default(),
        requests_per_second: 1,
    };
    let platform = Platform::start(options).await.unwrap();
    let client = client(&platform, profile);
    let mut refused = None;
    for _ in 0..20 {
        if let Err(error) = client.webhooks().await {
            refused = Some(error.to_string());
            break;
        }
    }
    assert!(refused.unwrap().contains("wait 1 seconds"));
}
