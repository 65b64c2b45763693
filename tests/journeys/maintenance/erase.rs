//! Erasing one customer's data wherever a value went: payloads, what was made of them, what was asked
//! about them.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]

use hookbench_journeys::{Program, Sink, Workplace};
use serde_json::{Value, json};

const WHO: &str = "jane.canary@example.com";

/// The files of the data folder that hold this text, plain or percent-encoded.
fn files_with(place: &Workplace) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(place.data()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if bytes.windows(11).any(|w| w == b"jane.canary") {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Takes a request in through the receiver; answers its status.
async fn receive(program: &Program, path: &str, body: Option<&str>) -> u16 {
    let url = format!("{}/in/{path}", program.ready["receiver"].as_str().unwrap());
    let request = match body {
        None => program.client.get(url),
        Some(body) if body.starts_with('{') => {
            program.client.post(url).header("content-type", "application/json").body(body.to_owned())
        }
        Some(form) => program
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned()),
    };
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_erased_value_is_gone_from_everything_that_it_went_through() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let mapping = json!({
        "event_type": "lead.new", "dedupe": "click_id",
        "fields": [{"param": "click_id", "field": "clickId"}, {"param": "email", "field": "email"}],
    });
    for source in [
        json!({"name": "s2s", "scheme": "none", "postback": mapping}),
        json!({"name": "signed", "scheme": "trcker", "secret": "0123456789abcdef0123456789abcdef"}),
        json!({"name": "open", "scheme": "none"}),
    ] {
        assert_eq!(program.call("POST", "/v1/sources", source).await.0, 201);
    }
    // Sent as it is, rendered, and in a URL; and one that waits.
    let template = r#"{"to":"{{ data.email }}"}"#;
    let postback = sink.url("/pb?e={data.email}");
    for subscription in [
        json!({"url": sink.url("/ok"), "events": ["*"]}),
        json!({"url": sink.url("/ok"), "events": ["*"], "template": template}),
        json!({"url": postback, "events": ["*"], "kind": "postback"}),
    ] {
        program.subscribe(subscription).await;
    }
    let waits = program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    program.call("POST", &format!("/v1/subscriptions/{waits}/pause"), Value::Null).await;

    let event = |id: &str| json!({"id": id, "event": "lead.new", "data": {"email": WHO}});
    assert_eq!(program.call("POST", "/v1/events", event("api")).await.0, 202);
    assert_eq!(receive(&program, "open", Some(&event("hook").to_string())).await, 200);
    assert_eq!(receive(&program, &format!("s2s?click_id=c1&email={WHO}"), None).await, 200);
    assert_eq!(receive(&program, "s2s", Some("click_id=c2&email=jane.canary%40example.com")).await, 200);
    // Refused, and kept in the receiver's log.
    let refused = receive(&program, &format!("s2s?email={WHO}&click_id="), None).await;
    assert!((400..500).contains(&refused), "{refused}");
    assert_eq!(receive(&program, "signed", Some(&event("forged").to_string())).await, 401);
    let other = event("hook").to_string().replace("lead.new", "lead.other");
    assert_eq!(receive(&program, "open", Some(&other)).await, 409);
    for _ in 0..12 {
        program.attempt(|line| line["state"] == "delivered").await;
    }
    // A search that named the value.
    let ask = json!({"search": "jane.canary", "state": "delivered"});
    let (status, asked) = program.call("POST", "/v1/deliveries/retry", ask).await;
    assert!(status < 300, "{asked}");
    for _ in 0..asked["matched"].as_u64().unwrap() {
        program.attempt(|line| line["trigger"] == "manual").await;
    }
    assert!(!files_with(&place).is_empty(), "the test can fail");

    let (status, report) =
        program.call("POST", "/v1/erase", json!({"field": "data.email", "value": WHO})).await;
    assert_eq!(
        (status, report["events"].clone(), report["cancelled"].clone()),
        (200, json!(4), json!(4)),
        "{report}"
    );
    assert_eq!(report["log_emptied"], true, "{report}");
    assert_eq!(files_with(&place), Vec::<String>::new(), "while it runs");
    assert_eq!(program.get("/v1/deliveries?search=jane.canary").await["items"], json!([]));
    assert!(program.terminate().await.success());
    assert_eq!(files_with(&place), Vec::<String>::new(), "and after");
}
