//! The description of the local API says what is really answered.

use hookbench_journeys::{Sink, Workplace};
use serde_json::{Value, json};

/// What departs from the description in an answer.
#[expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]
fn departures(document: &Value, path: &str, answer: &Value) -> Vec<String> {
    let pointer = path.replace('~', "~0").replace('/', "~1");
    let place = format!("/paths/{pointer}/get/responses/200/content/application~1json/schema");
    let schema = document.pointer(&place).unwrap_or_else(|| panic!("{place}"));
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
    validator.iter_errors(answer).map(|e| format!("{path} {}: {e}", e.instance_path())).collect()
}

/// Keys that are answered but not described.
fn undescribed(document: &Value, name: &str, answer: &Value) -> Vec<String> {
    let known = &document["components"]["schemas"][name]["properties"];
    let keys = answer.as_object().into_iter().flatten().map(|(key, _)| key);
    keys.filter(|key| known.get(key.as_str()).is_none()).map(|key| format!("{name}.{key}")).collect()
}

#[tokio::test]
async fn what_is_answered_is_as_it_is_described() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let subscription = program
        .subscribe(json!({"url": sink.url("/status/500"), "events": ["*"], "policy": "none", "name": "CRM",
            "filter": "data.n > 0"}))
        .await;
    let event = json!({"id": "e-1", "event": "conversion.created", "data": {"n": 1, "click": "{click_id}"}});
    let (_, accepted) = program.call("POST", "/v1/events", event).await;
    program.attempt(|line| line["state"] == "failed").await;
    let delivery = accepted["deliveries"][0].as_str().unwrap().to_owned();
    program.call("POST", "/v1/sources", json!({"name": "in", "scheme": "none"})).await;

    let document = program.get("/v1/openapi.json").await;
    let mut wrong = Vec::new();
    for (path, real) in [
        ("/v1/health", "/v1/health".to_owned()),
        ("/v1/stats", "/v1/stats".to_owned()),
        ("/v1/events", "/v1/events".to_owned()),
        ("/v1/events/{id}", "/v1/events/e-1".to_owned()),
        ("/v1/events/{id}/why", "/v1/events/e-1/why".to_owned()),
        ("/v1/event-types", "/v1/event-types".to_owned()),
        ("/v1/compare", format!("/v1/compare?left={delivery}&right={delivery}")),
        ("/v1/compare", "/v1/compare?left=e-1&right=e-1".to_owned()),
        ("/v1/outage", "/v1/outage?down_until=%2B2h".to_owned()),
        ("/v1/alerts", "/v1/alerts".to_owned()),
        ("/v1/subscriptions", "/v1/subscriptions".to_owned()),
        ("/v1/subscriptions/{id}", format!("/v1/subscriptions/{subscription}")),
        ("/v1/sources", "/v1/sources".to_owned()),
        ("/v1/brands", "/v1/brands".to_owned()),
        ("/v1/deliveries", "/v1/deliveries".to_owned()),
        ("/v1/deliveries/{id}", format!("/v1/deliveries/{delivery}")),
        ("/v1/deliveries/{id}/bundle", format!("/v1/deliveries/{delivery}/bundle")),
    ] {
        let answer = program.get(&real).await;
        wrong.extend(departures(&document, path, &answer));
    }
    for (name, path) in [
        ("Delivery", "/v1/deliveries".to_owned()),
        ("Subscription", "/v1/subscriptions".to_owned()),
        ("Event", "/v1/events".to_owned()),
        ("EventType", "/v1/event-types".to_owned()),
    ] {
        let page = program.get(&path).await;
        wrong.extend(undescribed(&document, name, &page["items"][0]));
    }
    let detail = program.get(&format!("/v1/deliveries/{delivery}")).await;
    wrong.extend(undescribed(&document, "Attempt", &detail["attempts"][0]));
    wrong.extend(undescribed(&document, "Stats", &program.get("/v1/stats").await));
    let refused = program.call("GET", "/v1/alerts?state=nonsense", Value::Null).await;
    assert_eq!(refused.0, 422);
    wrong.extend(undescribed(&document, "Problem", &refused.1));
    assert_eq!(wrong, Vec::<String>::new());
    // What the document names exists: nothing answers that there is no such route or method.
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|m| *m != "parameters") {
            let real = path.replace("{id}", "nobody").replace("{name}", "a.b").replace("{webhook}", "nobody");
            if real == "/v1/stream" {
                continue;
            }
            let (status, answer) = program.call(&method.to_uppercase(), &real, json!({})).await;
            let code = answer["code"].as_str().unwrap_or_default();
            let there = !matches!(code, "no_such_route" | "method_not_allowed");
            assert!(there && status != 500, "{method} {path}: {status} {answer}");
        }
    }
    assert!(program.terminate().await.success());
}
