//! The client against a real socket: what it sends, what it makes of every bad answer, and that no
//! error tells the key.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod remote;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbench_domain::Timestamp;
use hookbench_platform::{
    ApiClient, ApiDialect, ApiError, ClientOptions, MAX_PAGES, TRIES, WebhookDraft, profile,
};
use hookbench_signature::Secret;
use remote::{Remote, Say};
use serde_json::json;

const KEY: &str = "tk_canary_key";
const SIGNING: &str = "canary-signing-secret";

fn dialect() -> ApiDialect {
    profile("trcker").unwrap().api.clone().unwrap()
}

/// A client that notes its waits instead of waiting.
fn client(remote: &Remote, dialect: &ApiDialect) -> (ApiClient, Arc<Mutex<Vec<u64>>>) {
    let waits: Arc<Mutex<Vec<u64>>> = Arc::default();
    let noted = waits.clone();
    let options = ClientOptions {
        wait: Arc::new(move |time: Duration| {
            noted.lock().unwrap().push(u64::try_from(time.as_millis()).unwrap());
            Box::pin(async {})
        }),
        now: Arc::new(|| Timestamp::parse("1994-11-06T08:49:07Z").unwrap()),
    };
    let key = Secret::new(KEY.into()).unwrap();
    (ApiClient::new(dialect, &remote.url(), &key, options).unwrap(), waits)
}

async fn create(client: &ApiClient) -> Result<String, ApiError> {
    let (events, secret) = (["conversion.created".to_owned()], Secret::new(SIGNING.into()).unwrap());
    let draft = WebhookDraft { url: "https://x.example/h", events: &events, secret: Some(&secret) };
    Ok(client.create(&draft, "once-1").await?.id)
}

#[tokio::test]
async fn it_speaks_the_dialect_of_the_profile() {
    let remote = Remote::start(vec![
        Say::json(201, json!({ "id": "wh_1", "url": "https://x.example/h" })),
        Say::json(200, json!({ "items": [{ "id": "wh_1", "url": "u", "events": ["a.b"] }], "next_cursor": "p/2 +" })),
        Say::json(200, json!({ "items": [{ "id": 7, "url": "v", "events": [] }], "next_cursor": null })),
        Say::json(200, json!({ "items": ["plain.name", { "event": "a.b", "description": "D", "schema": {"type": "object"} }] })),
        Say::json(200, json!({ "items": [{ "id": "d1", "webhookId": "wh_1", "event": "a.b", "status": 503, "latencyMs": 12.5, "responseBody": "no" }], "next_cursor": "more" })),
        Say::status(204),
        Say::json(404, json!({ "detail": "gone" })),
    ])
    .await;
    let (client, _) = client(&remote, &dialect());
    assert_eq!(create(&client).await.unwrap(), "wh_1");
    let hooks = client.webhooks().await.unwrap();
    assert_eq!(
        hooks.iter().map(|w| (w.id.as_str(), w.url.as_str())).collect::<Vec<_>>(),
        [("wh_1", "u"), ("7", "v")]
    );
    let types = client.event_types().await.unwrap();
    assert_eq!(
        (types[0].name.as_str(), types[1].name.as_str(), types[1].meaning.as_str()),
        ("plain.name", "a.b", "D")
    );
    assert!(types[1].schema.is_some());
    let log = client.deliveries(1).await.unwrap();
    assert_eq!(
        (log[0].status, log[0].latency_ms, log[0].response.as_deref()),
        (Some(503), Some(12.5), Some("no"))
    );
    assert!(client.delete("wh/1", "once-2").await.unwrap());
    assert!(!client.delete("wh_1", "once-3").await.unwrap(), "404: it is gone already");

    let asked = remote.asked();
    let lines: Vec<String> = asked.iter().map(|a| format!("{} {}", a.method, a.path)).collect();
    assert_eq!(
        lines,
        [
            "POST /api/public/webhooks",
            "GET /api/public/webhooks",
            "GET /api/public/webhooks?cursor=p%2F2+%2B",
            "GET /api/public/webhook-events",
            "GET /api/public/webhook-deliveries",
            "DELETE /api/public/webhooks/wh%2F1",
            "DELETE /api/public/webhooks/wh_1",
        ]
    );
    assert!(asked.iter().all(|a| a.header("authorization") == "Bearer tk_canary_key"));
    assert_eq!(asked[0].header("idempotency-key"), "once-1");
    let body: serde_json::Value = serde_json::from_slice(&asked[0].body).unwrap();
    assert_eq!(
        body,
        json!({ "url": "https://x.example/h", "events": ["conversion.created"], "secret": SIGNING })
    );
}

#[tokio::test]
async fn another_dialect_is_another_profile_and_no_other_code() {
    let mut other = dialect();
    other.auth.header = "X-Api-Key".into();
    other.auth.value = "{key}".into();
    other.routes.list = "GET /v3/hooks".parse().unwrap();
    other.routes.create = "PUT /v3/hooks".parse().unwrap();
    other.paging =
        serde_json::from_value(json!({ "items": "result.rows", "page": { "query": "page", "first": 1 } }))
            .unwrap();
    other.fields.webhook.id = "ref".into();
    other.fields.webhook.url = "target.url".into();
    other.fields.webhook.events = "target.types".into();
    let row = |id: u32| json!({ "ref": id, "target": { "url": "u", "types": ["a.b"] } });
    let remote = Remote::start(vec![
        Say::json(200, json!({ "ref": 3 })),
        Say::json(200, json!({ "result": { "rows": [row(1), row(2)] } })),
        Say::json(200, json!({ "result": { "rows": [row(3)] } })),
        Say::json(200, json!({ "result": { "rows": [] } })),
    ])
    .await;
    let (client, _) = client(&remote, &other);
    assert_eq!(create(&client).await.unwrap(), "3");
    let hooks = client.webhooks().await.unwrap();
    assert_eq!(hooks.iter().map(|w| w.id.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!(hooks[0].events, ["a.b"]);
    let asked = remote.asked();
    assert_eq!(asked[0].header("x-api-key"), KEY);
    assert!(asked[0].body.starts_with(br#"{"target":{"url":"#), "nested as the profile says");
    assert_eq!(asked[3].path, "/v3/hooks?page=3");
}

#[tokio::test]
async fn a_no_is_final_and_typed() {
    for (status, code) in [
        (401, "remote_authentication"),
        (403, "remote_forbidden"),
        (404, "remote_not_found"),
        (409, "remote_conflict"),
        (422, "remote_refused"),
        (302, "remote_redirect"),
    ] {
        let said = format!("no: {KEY} {SIGNING} https://x/?token=canary-query");
        let mut say = Say::json(status, json!({ "detail": said }));
        say.headers.push(("location".into(), "https://elsewhere.example/?k=canary-query".into()));
        let remote = Remote::start(vec![say]).await;
        let (client, waits) = client(&remote, &dialect());
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.code(), code);
        let text = format!("{error} {error:?} {client:?}");
        assert!(!text.contains("canary"), "{text}");
        assert_eq!((remote.asked().len(), waits.lock().unwrap().len()), (1, 0), "{status} is not repeated");
        assert_eq!(error.is_refusal(), status != 409);
    }
}

#[tokio::test]
async fn what_fails_without_a_no_is_tried_three_times_under_one_key() {
    for (fault, code) in [(Say::status(503), "remote_failing"), (Say::hang_up(), "remote_unreachable")] {
        let remote = Remote::start(vec![fault.clone(); 5]).await;
        let (client, waits) = client(&remote, &dialect());
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!error.is_refusal() && !format!("{error} {error:?}").contains("canary"), "{error}");
        let asked = remote.asked();
        assert_eq!(asked.len(), usize::try_from(TRIES).unwrap());
        assert!(asked.iter().all(|a| a.header("idempotency-key") == "once-1"));
        assert_eq!(*waits.lock().unwrap(), [500, 1000]);
    }
    let remote =
        Remote::start(vec![Say::hang_up(), Say::status(500), Say::json(201, json!({ "id": "wh_9" }))]).await;
    assert_eq!(create(&client(&remote, &dialect()).0).await.unwrap(), "wh_9");
}

#[tokio::test]
async fn a_no_after_a_try_without_an_answer_leaves_open_what_that_try_did() {
    let remote = Remote::start(vec![Say::hang_up(), Say::status(403)]).await;
    let error = create(&client(&remote, &dialect()).0).await.unwrap_err();
    assert!(!error.is_refusal(), "{error}");
}

#[tokio::test]
async fn too_many_requests_are_waited_for_as_told_and_not_for_ever() {
    let busy = |after: &str| {
        let mut say = Say::status(429);
        say.headers.push(("retry-after".into(), after.into()));
        say
    };
    let done = Say::json(200, json!({ "items": [] }));
    let remote =
        Remote::start(vec![busy("2"), busy("Sun, 06 Nov 1994 08:49:37 GMT"), Say::status(429), done]).await;
    let (ok, waits) = client(&remote, &dialect());
    ok.webhooks().await.unwrap();
    assert_eq!(*waits.lock().unwrap(), [2000, 30_000, 1000]);

    let remote = Remote::start(vec![busy("3600")]).await;
    let (hour, waits) = client(&remote, &dialect());
    let error = hour.webhooks().await.unwrap_err();
    assert!(matches!(&error, ApiError::RateLimited { wait, .. } if wait.contains("3600")), "{error}");
    assert!(waits.lock().unwrap().is_empty());

    let remote = Remote::start(vec![busy("0"); 20]).await;
    assert_eq!(client(&remote, &dialect()).0.webhooks().await.unwrap_err().code(), "remote_rate_limited");
    assert_eq!(remote.asked().len(), 6);
}

#[tokio::test]
async fn answers_that_are_no_good_are_named() {
    let html = Say {
        status: 200,
        headers: vec![("content-type".into(), "text/html".into())],
        body: b"<html>Log in".to_vec(),
        hang_up: false,
    };
    let text = |body: &str| Say { status: 200, headers: Vec::new(), body: body.into(), hang_up: false };
    for (say, code) in [
        (html, "remote_html"),
        (text(r#"{"items":[{"id":"wh_1","ur"#), "remote_truncated"),
        (text("nonsense"), "remote_not_json"),
        (text(r#"{"webhooks":[]}"#), "remote_shape"),
        (text(r#"{"items":[{"url":"u"}]}"#), "remote_shape"),
        (text(&format!(r#"{{"items":["{}"]}}"#, "x".repeat(5 << 20))), "remote_too_large"),
    ] {
        let remote = Remote::start(vec![say]).await;
        assert_eq!(client(&remote, &dialect()).0.webhooks().await.unwrap_err().code(), code);
        assert_eq!(remote.asked().len(), 1);
    }
}

#[tokio::test]
async fn pages_that_go_round_or_never_end_are_left() {
    let page = |next: String| Say::json(200, json!({ "items": [], "next_cursor": next }));
    let remote = Remote::start(vec![page("a".into()), page("b".into()), page("a".into())]).await;
    assert_eq!(client(&remote, &dialect()).0.webhooks().await.unwrap_err().code(), "remote_loop");
    assert_eq!(remote.asked().len(), 3);

    let remote = Remote::start((0..1100).map(|n| page(n.to_string())).collect()).await;
    assert_eq!(client(&remote, &dialect()).0.webhooks().await.unwrap_err().code(), "remote_too_many_pages");
    assert_eq!(remote.asked().len(), MAX_PAGES);
}

#[tokio::test]
async fn a_key_that_cannot_be_a_header_is_refused_before_anything_is_sent() {
    for bad in ["a\nb", "a b", "é"] {
        let key = Secret::new(bad.into()).unwrap();
        let options = ClientOptions::new(|| Timestamp::from_ms(0));
        let made = ApiClient::new(&dialect(), "http://127.0.0.1:1", &key, options);
        assert_eq!(made.unwrap_err(), ApiError::Key);
    }
}
