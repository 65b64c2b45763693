//! Dry runs and narrow filters: what is misspelt, doubled or said twice does nothing, rather than
//! everything.

use std::sync::Arc;

use hookbench_journeys::client;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::ground::{Site, hold, ms, step};
use super::{Cases, Held};

/// A folder with something to lose: three deliveries that wait, one that failed, an event of a
/// person.
struct Stake {
    site: Site,
    subscription: String,
}

/// One for all cases, one after the other; a new one after any of them did something.
type Shared = Arc<Mutex<Option<Stake>>>;

async fn stake() -> Stake {
    let mut site = Site::new().await;
    // Cases have a runtime each: a connection would end with the one that made it.
    site.program.client = client().pool_max_idle_per_host(0).build().unwrap();
    let closed =
        json!({"url": "http://127.0.0.1:9/", "events": ["waits.here"], "policy": {"preset": "none"}});
    let subscription = site.program.subscribe(closed).await;
    site.program.call("POST", &format!("/v1/subscriptions/{subscription}/pause"), Value::Null).await;
    for n in 0..3 {
        site.publish("waits.here", json!({"n": n, "email": "jane@example.com"})).await;
    }
    let failing = json!({"url": "http://127.0.0.1:9/", "events": ["fails.here"], "policy": "none"});
    let failing = site.program.subscribe(failing).await;
    let (_, ids) = site.publish("fails.here", json!({"n": 1})).await;
    let _refused = site.settled(&ids[0]).await;
    site.program.call("POST", &format!("/v1/subscriptions/{failing}/pause"), Value::Null).await;
    Stake { site, subscription }
}

/// What must be as it was.
async fn state(stake: &Stake) -> Value {
    let program = &stake.site.program;
    let subscriptions = program.get("/v1/subscriptions").await;
    let kept: Vec<Value> = subscriptions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| json!([s["id"], s["url"], s["name"], s["enabled"], s["paused"], s["updated_at"]]))
        .collect();
    let deliveries = program.get("/v1/deliveries?limit=500").await;
    let deliveries: Vec<Value> = deliveries["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| json!([d["id"], d["state"], d["attempt_count"], d["next_attempt_at"]]))
        .collect();
    let events = program.get("/v1/events?limit=500&search=jane").await["items"].as_array().unwrap().len();
    let operations = program.get("/v1/operations").await["items"].as_array().unwrap().len();
    let retention = program.get("/v1/retention").await;
    let retention = json!([retention["bodies_days"], retention["rows_days"], retention["max_bytes"]]);
    let sources = program.get("/v1/sources").await["items"].as_array().unwrap().len();
    json!([kept, deliveries, events, operations, retention, sources])
}

/// A request that must be refused and change nothing. `SUB` stands for the subscription.
async fn refused(shared: Shared, method: &str, path: &str, body: &str) -> Held {
    step("waiting for its turn");
    let mut shared = shared.lock().await;
    let at_stake = match shared.take() {
        Some(stake) => stake,
        None => stake().await,
    };
    step(format!("{method} {path} {body}"));
    let held = refuses(&at_stake, method, path, body).await;
    if held.is_ok() {
        *shared = Some(at_stake);
    }
    held
}

async fn refuses(stake: &Stake, method: &str, path: &str, body: &str) -> Held {
    let (path, body) = (path.replace("SUB", &stake.subscription), body.replace("SUB", &stake.subscription));
    let before = state(stake).await;
    let mut request = stake.site.program.request(method, &path);
    if !body.is_empty() {
        request = request.header("content-type", "application/json").body(body.clone());
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let answer = response.text().await.unwrap();
    ms(60).await;
    let after = state(stake).await;
    hold!(before == after, "{method} {path} {body} did something: {status} {answer}");
    // An empty object says nothing: then the query's dry run counts.
    if body == "{}" && status == 200 && answer.contains("\"dry_run\":true") {
        return Ok(());
    }
    hold!((400..500).contains(&status), "{method} {path} {body}: {status} {answer}");
    hold!(answer.contains("\"code\""), "{method} {path}: refused without words: {answer}");
    Ok(())
}

/// Each with what is wrong about it. They share one folder, because none of them may change it.
const REQUESTS: [(&str, &str, &str, &str); 46] = [
    (
        "a dry run in the query and an empty object as the body: cancel",
        "POST",
        "/v1/deliveries/cancel?dry_run=true&subscription=SUB",
        "{}",
    ),
    (
        "a dry run in the query and filters in the body: cancel",
        "POST",
        "/v1/deliveries/cancel?dry_run=true",
        r#"{"subscription":"SUB"}"#,
    ),
    (
        "filters in the query and a dry run in the body: cancel",
        "POST",
        "/v1/deliveries/cancel?subscription=SUB",
        r#"{"dry_run":true}"#,
    ),
    (
        "a dry run in the query and an empty object as the body: retry",
        "POST",
        "/v1/deliveries/retry?dry_run=true",
        "{}",
    ),
    (
        "a dry run in the query and filters in the body: retry",
        "POST",
        "/v1/deliveries/retry?dry_run=true",
        r#"{"state":"failed"}"#,
    ),
    (
        "a dry run in the query: erase",
        "POST",
        "/v1/erase?dry_run=true",
        r#"{"field":"data.email","value":"jane@example.com"}"#,
    ),
    (
        "a dry run in the query: recover",
        "POST",
        "/v1/subscriptions/SUB/recover?dry_run=true",
        r#"{"since":"1h"}"#,
    ),
    (
        "a dry run in the query: replay",
        "POST",
        "/v1/subscriptions/SUB/replay?dry_run=true",
        r#"{"since":"1h"}"#,
    ),
    ("a dry run in the query: delete", "DELETE", "/v1/subscriptions/SUB?dry_run=true", ""),
    ("a dry run in the query: edit", "PATCH", "/v1/subscriptions/SUB?dry_run=true", r#"{"name":"x"}"#),
    (
        "a dry run in the query: create",
        "POST",
        "/v1/subscriptions?dry_run=true",
        r#"{"url":"http://127.0.0.1:9/","events":["*"]}"#,
    ),
    ("a dry run in the query: rotate", "POST", "/v1/subscriptions/SUB/rotate-secret?dry_run=true", ""),
    ("a dry run in the query: retention", "POST", "/v1/retention/run?dry_run=true", ""),
    (
        "a dry run in the query: rules of retention",
        "PATCH",
        "/v1/retention?dry_run=true",
        r#"{"rows_days":1}"#,
    ),
    ("a dry run in the query: pause", "POST", "/v1/pause?dry_run=true", ""),
    ("a dry run in the query: resume", "POST", "/v1/subscriptions/SUB/resume?dry_run=true", ""),
    (
        "a dry run in the query: a source",
        "POST",
        "/v1/sources?dry_run=true",
        r#"{"name":"a","scheme":"none"}"#,
    ),
    (
        "a dry run in the query: publish",
        "POST",
        "/v1/events?dry_run=true",
        r#"{"event":"jane.x","data":{"email":"jane"}}"#,
    ),
    ("a dry run in the query: a test", "POST", "/v1/subscriptions/SUB/test?dry_run=true", ""),
    ("a misspelt dry run in the body: cancel", "POST", "/v1/deliveries/cancel", r#"{"dryRun":true}"#),
    ("a misspelt dry run in the query: cancel", "POST", "/v1/deliveries/cancel?dry-run=true", ""),
    ("a misspelt dry run in the query: retry", "POST", "/v1/deliveries/retry?dryrun=1", ""),
    (
        "a misspelt dry run in the body: erase",
        "POST",
        "/v1/erase",
        r#"{"field":"data.email","value":"jane@example.com","dry-run":true}"#,
    ),
    (
        "a misspelt dry run in the body: recover",
        "POST",
        "/v1/subscriptions/SUB/recover",
        r#"{"since":"1h","DRY_RUN":true}"#,
    ),
    (
        "a misspelt dry run in the body: replay",
        "POST",
        "/v1/subscriptions/SUB/replay",
        r#"{"since":"1h","dryrun":true}"#,
    ),
    ("a misspelt filter in the query: cancel", "POST", "/v1/deliveries/cancel?subscripton=SUB", ""),
    ("a misspelt filter in the body: retry", "POST", "/v1/deliveries/retry", r#"{"states":"cancelled"}"#),
    ("a dry run as a text: cancel", "POST", "/v1/deliveries/cancel", r#"{"dry_run":"true"}"#),
    ("a dry run as a number: cancel", "POST", "/v1/deliveries/cancel", r#"{"dry_run":1}"#),
    ("a dry run that is neither: cancel", "POST", "/v1/deliveries/cancel?dry_run=yes", ""),
    ("a dry run without a value: cancel", "POST", "/v1/deliveries/cancel?dry_run", ""),
    (
        "a dry run said twice in the body: cancel",
        "POST",
        "/v1/deliveries/cancel",
        r#"{"dry_run":true,"dry_run":false}"#,
    ),
    (
        "a dry run said twice in the query: cancel",
        "POST",
        "/v1/deliveries/cancel?dry_run=true&dry_run=false",
        "",
    ),
    (
        "a dry run said twice in the body: erase",
        "POST",
        "/v1/erase",
        r#"{"field":"data.email","value":"jane@example.com","dry_run":true,"dry_run":false}"#,
    ),
    ("a list for an object: cancel", "POST", "/v1/deliveries/cancel", r#"["pending"]"#),
    ("a list for an object: erase", "POST", "/v1/erase", r#"["data.email","jane@example.com",false]"#),
    ("a list for an object: recover", "POST", "/v1/subscriptions/SUB/recover", r#"["1h"]"#),
    ("a list for an object: rules of retention", "PATCH", "/v1/retention", "[1,1,1]"),
    ("a list for an object: rotate", "POST", "/v1/subscriptions/SUB/rotate-secret", "[]"),
    ("a list for an object: a source", "POST", "/v1/sources", r#"["a","none"]"#),
    ("a list for an object: edit", "PATCH", "/v1/subscriptions/SUB", r#"["http://127.0.0.1:9/other"]"#),
    ("null for an object: cancel", "POST", "/v1/deliveries/cancel", "null"),
    ("an unknown field: edit", "PATCH", "/v1/subscriptions/SUB", r#"{"name":"x","enabeld":false}"#),
    ("an unknown field: a rotation", "POST", "/v1/subscriptions/SUB/rotate-secret", r#"{"overlap":"7d"}"#),
    ("an unknown query key: list", "GET", "/v1/subscriptions?brandd=x", ""),
    (
        "two objects in one body: cancel",
        "POST",
        "/v1/deliveries/cancel",
        r#"{"dry_run":true}{"dry_run":false}"#,
    ),
];

/// A dry run that is written as it should be says what would happen, and does nothing.
async fn plain_dry_runs() -> Held {
    let stake = &stake().await;
    let before = state(stake).await;
    let program = &stake.site.program;
    for (path, body, key) in [
        ("/v1/deliveries/cancel?dry_run=true", Value::Null, "matched"),
        ("/v1/deliveries/cancel", json!({"dry_run": true}), "matched"),
        ("/v1/deliveries/retry", json!({"dry_run": true, "state": "failed"}), "matched"),
        ("/v1/erase", json!({"field": "data.email", "value": "jane@example.com", "dry_run": true}), "events"),
    ] {
        let (status, answer) = program.call("POST", path, body).await;
        hold!(status == 200 && answer["dry_run"] == true, "{path}: {status} {answer}");
        hold!(answer[key].as_u64() > Some(0), "{path} finds nothing: {answer}");
    }
    let place = &stake.site.place;
    for args in [
        vec!["deliveries", "cancel", "--state", "pending", "--dry-run"],
        vec!["deliveries", "retry", "--state", "failed", "--dry-run"],
        vec!["erase", "--field", "data.email", "--value", "jane@example.com", "--dry-run"],
    ] {
        let answer = place.run(&args).await;
        hold!(answer.code == 0, "{args:?}: {answer:?}");
    }
    hold!(before == state(stake).await, "a dry run did something");
    Ok(())
}

/// The command refuses the same.
async fn command_line() -> Held {
    let stake = &stake().await;
    let before = state(stake).await;
    for args in [
        vec!["deliveries", "cancel", "--dryrun"],
        vec!["deliveries", "cancel", "--dry-run=no"],
        vec!["deliveries", "retry"],
        vec!["deliveries", "cancel"],
        vec!["deliveries", "cancel", "--subscription", ""],
        vec!["erase", "--field", "data.email", "--value", "jane@example.com", "--dry"],
        vec!["erase", "--field", "", "--value", ""],
    ] {
        let answer = stake.site.place.run(&args).await;
        hold!(answer.code != 0, "{args:?}: exit 0, {}", answer.out);
    }
    hold!(before == state(stake).await, "the command did something");
    Ok(())
}

pub(super) fn cases(cases: &mut Cases) {
    let shared = Shared::default();
    for (name, method, path, body) in REQUESTS {
        let shared = shared.clone();
        cases.add(name, move || refused(shared, method, path, body));
    }
    cases.add("dry runs as they should be written", plain_dry_runs);
    cases.add("dry runs and filters misspelt on the command line", command_line);
}
