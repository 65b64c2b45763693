//! Somebody asks why: what became of an event, what differs, what an outage costs, what looks odd.

use std::collections::BTreeSet;

use hookbench_journeys::{Program, Sink, Workplace};
use serde_json::{Value, json};

/// Waits for what follows the log at a distance, by asking until it is there.
async fn until(program: &Program, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let asking = async {
        loop {
            let (status, answer) = program.call("GET", path, Value::Null).await;
            if status == 200 && wanted(&answer) {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), asking).await.expect(path)
}

#[expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]
fn clause<'v>(why: &'v Value, name: &str) -> &'v Value {
    why["clauses"].as_array().unwrap().iter().find(|c| c["clause"] == name).unwrap()
}

#[tokio::test]
async fn why_an_event_was_not_sent_is_told_as_it_was_and_as_it_is() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let filtered = program
        .subscribe(json!({"url": sink.url("/ok"), "events": ["conversion.*"], "name": "CRM",
            "filter": "data.country == 'DE' && data.payout > 10"}))
        .await;
    let other =
        program.subscribe(json!({"url": sink.url("/ok"), "events": ["click.*"], "name": "Clicks"})).await;
    let event =
        json!({"id": "order-1", "event": "conversion.approved", "data": {"country": "DE", "payout": 5}});
    program.call("POST", "/v1/events", event.clone()).await;
    assert_eq!(program.call("POST", "/v1/events", event).await.1["duplicate"], true);
    let (status, _) =
        program.call("PATCH", &format!("/v1/subscriptions/{filtered}"), json!({"filter": null})).await;
    assert_eq!(status, 200);
    let late = program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"], "name": "Late"})).await;

    let all = program.get("/v1/events/order-1/why").await;
    assert_eq!((all["items"].as_array().unwrap().len(), &all["repeats"]), (3, &json!(1)));
    let of = |id: &str| all["items"].as_array().unwrap().iter().find(|w| w["subscription"] == id).unwrap();
    let why = of(&filtered);
    assert_eq!((&why["code"], &why["would_be_sent_now"]), (&json!("not_wanted"), &json!(true)));
    assert!(why["sentence"].as_str().unwrap().contains("data.payout is 5"), "{why}");
    let filter = clause(why, "filter");
    assert_eq!((&filter["then"]["holds"], &filter["now"]["holds"]), (&json!(false), &json!(true)));
    let holds: Vec<&Value> =
        filter["then"]["pieces"].as_array().unwrap().iter().map(|p| &p["holds"]).collect();
    assert_eq!(holds, [&json!(true), &json!(false)]);
    assert_eq!(of(&other)["code"], "not_wanted");
    assert_eq!(of(&late)["code"], "not_yet");

    let one = program.get(&format!("/v1/events/order-1/why?subscription={filtered}")).await;
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
    assert!(program.terminate().await.success());
    let told = place.run(&["why", "order-1", "--subscription", &filtered]).await;
    assert_eq!(told.json()["items"][0]["code"], "not_wanted");
    assert_eq!(place.run(&["why", "nothing"]).await.code, 1);
}

#[tokio::test]
async fn a_failure_is_compared_with_the_last_success_edited_and_sent_again() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let id = program
        .subscribe(json!({"url": sink.url("/ok"), "events": ["*"], "name": "CRM", "policy": "none",
            "platform": "trcker", "secret": "a-secret-of-the-crm"}))
        .await;
    program.call("POST", "/v1/events", json!({"event": "a.b", "data": {"n": 1}})).await;
    program.attempt(|line| line["state"] == "delivered").await;
    let path = format!("/v1/subscriptions/{id}");
    program
        .call("PATCH", &path, json!({"url": sink.url("/status/401?key=s3cret"), "headers": [["X-New", "1"]]}))
        .await;
    let (_, sent) =
        program.call("POST", "/v1/events", json!({"event": "a.b", "data": {"n": 2, "m": null}})).await;
    program.attempt(|line| line["state"] == "failed").await;
    let failed = sent["deliveries"][0].as_str().unwrap().to_owned();

    let found = program.get(&format!("/v1/compare?right={failed}")).await;
    let fact =
        |name: &str| found["facts"].as_array().unwrap().iter().find(|f| f["name"] == name).unwrap().clone();
    assert_eq!((&fact("status")["left"], &fact("status")["right"]), (&json!("200"), &json!("401")));
    let headers: BTreeSet<(&str, &str, bool)> = found["request"]["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| {
            (h["name"].as_str().unwrap(), h["change"].as_str().unwrap(), h["expected"].as_bool().unwrap())
        })
        .collect();
    assert!(headers.contains(&("X-New", "added", false)), "{headers:?}");
    assert!(headers.contains(&("X-Trcker-Signature", "changed", true)), "{headers:?}");
    let paths: Vec<&str> = found["request"]["body"]["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["path"].as_str().unwrap())
        .collect();
    assert!(paths.contains(&"data.n") && paths.contains(&"data.m"), "{paths:?}");

    program.call("PATCH", &path, json!({"url": sink.url("/ok")})).await;
    let edited = r#"{"id":"by-hand","event":"a.b","data":{"n":7}}"#;
    let input =
        json!({"delivery": failed, "body": edited, "headers": [["X-Own", "yes"]], "event_type": "a.c"});
    let (status, answer) = program.call("POST", "/v1/resend", input).await;
    assert_eq!(
        (status, &answer["detail"]["state"], &answer["detail"]["test"]),
        (200, &json!("delivered"), &json!(true))
    );
    let hit = sink.at("/ok").into_iter().find(|hit| hit.header("x-own") == "yes").unwrap();
    assert_eq!((hit.body.as_slice(), hit.header("x-hookbench-test")), (edited.as_bytes(), "true"));
    assert!(!hit.header("x-trcker-signature").is_empty(), "it is signed anew");

    // To a URL, whose target no list shows; metadata addresses stay out of reach.
    let (_, once) =
        program.call("POST", "/v1/resend", json!({"delivery": failed, "url": sink.url("/once")})).await;
    assert_eq!(once["detail"]["state"], "delivered");
    assert_eq!(sink.at("/once").len(), 1);
    assert_eq!(program.get("/v1/subscriptions").await["items"].as_array().unwrap().len(), 1);
    let (_, blocked) = program
        .call("POST", "/v1/resend", json!({"delivery": failed, "url": "http://169.254.169.254/"}))
        .await;
    assert_eq!(blocked["detail"]["attempts"][0]["outcome"], "blocked");
    let (status, _) = program
        .call("POST", "/v1/resend", json!({"delivery": failed, "headers": [["Host", "x"]], "url": "ftp://x"}))
        .await;
    assert_eq!(status, 422);

    // Files: masked, and readable by those who were not there.
    let text = program
        .request("GET", "/v1/deliveries/export?format=har")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!text.contains("s3cret") && text.contains("key=***"), "{text}");
    let har: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(har["log"]["version"], "1.2");
    assert_eq!(har["log"]["entries"].as_array().unwrap().len(), 5);
    assert!(program.terminate().await.success());
    let file = place.path().join("incident.json").display().to_string();
    assert_eq!(place.run(&["deliveries", "bundle", &failed, "-o", &file]).await.code, 0);
    assert!(!std::fs::read_to_string(&file).unwrap().contains("s3cret"));
    let elsewhere = Workplace::new();
    let opened = elsewhere.run(&["bundle", "show", &file]).await;
    assert_eq!(opened.json()["delivery"]["id"], json!(failed));
    let csv = place.run(&["deliveries", "export", "--format", "csv", "--state", "failed"]).await;
    assert_eq!(csv.out.lines().count(), 3, "{}", csv.out);
    let markdown = place.run(&["deliveries", "bundle", &failed, "--format", "markdown"]).await;
    assert!(markdown.out.contains("## Attempt 1: 401"), "{}", markdown.out);
}

#[tokio::test]
async fn an_outage_is_foretold_for_what_really_waits() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let policy = json!({"delays_ms": [3_600_000], "repeat_last": false, "jitter": 0});
    let id = program
        .subscribe(json!({"url": sink.url("/status/503"), "events": ["*"], "policy": policy, "name": "CRM"}))
        .await;
    for n in 0..3 {
        program.call("POST", "/v1/events", json!({"event": "a.b", "data": {"n": n}})).await;
        program.attempt(|_| true).await;
    }
    let short = program.get(&format!("/v1/outage?subscription={id}&down_until=%2B30m")).await;
    assert_eq!((&short["waiting"], &short["lost"]), (&json!(3), &json!(0)));
    let long = program.get(&format!("/v1/outage?subscription={id}&down_until=%2B2h")).await;
    assert_eq!((&long["waiting"], &long["lost"]), (&json!(3), &json!(3)), "{long}");
    assert!(long["sentence"].as_str().unwrap().contains("3 of 3"), "{long}");
    assert_eq!(long["items"][0]["deliveries"][0]["fate"], "lost");
    assert_eq!(program.call("GET", "/v1/outage?down_until=2h", Value::Null).await.0, 422);
    assert!(program.terminate().await.success());
    let told = place.run(&["schedule", "--subscription", &id, "--down-until", "+2h"]).await;
    assert_eq!(told.json()["lost"], 3);
}

#[tokio::test]
async fn the_first_event_that_looks_different_raises_an_alert_and_odd_data_are_found() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    for n in 0..60 {
        let event = json!({"event": "conversion.created", "data": {"conversionId": format!("c-{n}"), "payout": 1.5, "currency": "EUR"}});
        assert_eq!(program.call("POST", "/v1/events", event).await.0, 202);
    }
    let shape = until(&program, "/v1/event-types/conversion.created/fields", |s| s["events"] == 60).await;
    let names: Vec<&str> =
        shape["fields"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    assert!(names.contains(&"data.payout"), "{names:?}");
    assert_eq!(program.get("/v1/alerts").await["items"], json!([]));

    let odd = json!({"id": "odd", "event": "conversion.created",
        "data": {"conversionId": "c-0", "payout": "1.50", "click": "{click_id}"}});
    program.call("POST", "/v1/events", odd).await;
    let alerts = until(&program, "/v1/alerts", |a| !a["items"].as_array().unwrap().is_empty()).await;
    let alert = &alerts["items"][0];
    assert_eq!((&alert["kind"], &alert["event"]), (&json!("schema_drift"), &json!("odd")));
    let kinds: BTreeSet<(&str, &str)> = alert["drifts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["kind"].as_str().unwrap(), d["path"].as_str().unwrap()))
        .collect();
    let wanted =
        [("kind_changed", "data.payout"), ("missing_field", "data.currency"), ("new_field", "data.click")];
    assert_eq!(kinds, BTreeSet::from(wanted));
    let id = alert["id"].as_str().unwrap();
    let (status, seen) = program.call("POST", &format!("/v1/alerts/{id}/acknowledge"), Value::Null).await;
    assert!(status == 200 && seen["acknowledged_at"].is_string(), "{seen}");
    assert_eq!(program.get("/v1/alerts").await["items"], json!([]));

    let detail = program.get("/v1/events/odd").await;
    let codes: BTreeSet<&str> =
        detail["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, BTreeSet::from(["literal_macro", "missing_currency", "duplicate_conversion"]));
    let metrics = program.request("GET", "/v1/metrics").send().await.unwrap().text().await.unwrap();
    assert!(
        metrics.contains("hookbench_events 61") && metrics.contains("hookbench_alerts_open 0"),
        "{metrics}"
    );
    assert!(metrics.contains("hookbench_attempt_duration_seconds_bucket{le=\"+Inf\"}"), "{metrics}");
    assert!(program.terminate().await.success());
    let file = place.file("data.json", r#"{"clickId":"","payout":5,"currency":"EURO"}"#);
    let checked = place.run(&["events", "check", "--data", &file]).await;
    assert_eq!((checked.code, checked.json()["findings"].as_array().unwrap().len()), (1, 2));
    assert_eq!(place.run(&["alerts", "list", "--state", "all"]).await.json()["items"][0]["id"], json!(id));
}
