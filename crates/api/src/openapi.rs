//! The description of this API for machines: OpenAPI 3.1. A test holds it against the router.

use axum::response::IntoResponse;
use http::header;

use crate::extract::Nothing;

pub(crate) const DOCUMENT: &str = include_str!("../openapi.json");

pub(crate) async fn document(_: Nothing) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::DOCUMENT;
    use crate::test_client::TestClient;

    /// Every route of the router as `GET /v1/…`, read from its own text: axum does not list them.
    fn routes() -> BTreeSet<String> {
        let text: String = include_str!("lib.rs").split_whitespace().collect();
        let mut routes = BTreeSet::new();
        for part in text.split(".route(\"").skip(1) {
            let (path, rest) = part.split_once('"').unwrap();
            let handlers = rest.split(".route(").next().unwrap().split(".fallback(").next().unwrap();
            let mut found = 0;
            for method in ["get", "post", "put", "patch", "delete"] {
                let starts = [format!(",{method}("), format!(").{method}(")];
                if starts.iter().any(|start| handlers.contains(start)) {
                    routes.insert(format!("{} {path}", method.to_uppercase()));
                    found += 1;
                }
            }
            assert!(found > 0, "the test does not understand the route {path}");
        }
        routes
    }

    fn document() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    #[test]
    fn it_describes_every_route_and_nothing_else() {
        let document = document();
        let mut described = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys().filter(|m| *m != "parameters") {
                described.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
        let routes = routes();
        assert!(routes.len() > 30, "{routes:?}");
        let missing: Vec<_> = routes.difference(&described).collect();
        let gone: Vec<_> = described.difference(&routes).collect();
        assert!(
            missing.is_empty() && gone.is_empty(),
            "not described: {missing:?}; described but not there: {gone:?}"
        );
    }

    /// Values just outside what a schema allows.
    fn beyond(schema: &Value) -> Vec<Value> {
        let number = |key: &str| schema[key].as_f64();
        let whole = schema["type"] == "integer" || schema["type"][0] == "integer";
        let step = if whole { 1.0 } else { 0.001 };
        #[expect(clippy::cast_possible_truncation, reason = "bounds are small")]
        let as_json = |n: f64| if whole { json!(n as i64) } else { json!(n) };
        let length = |key: &str| schema[key].as_u64().and_then(|n| usize::try_from(n).ok());
        let pairs = schema["items"]["type"] == "array";
        let numbers = schema["items"]["type"] == "integer";
        let item = |i| match (pairs, numbers) {
            (true, _) => json!(["X-A", "1"]),
            (false, true) => json!(1),
            (false, false) => json!(format!("a.b{i}")),
        };
        let list = |n: usize| Value::Array((0..n).map(item).collect());
        let mut found = Vec::new();
        found.extend(number("minimum").map(|n| as_json(n - step)));
        found.extend(number("maximum").map(|n| as_json(n + step)));
        found.extend(length("minLength").map(|n| json!("a".repeat(n - 1))));
        found.extend(length("maxLength").map(|n| json!("a".repeat(n + 1))));
        found.extend(length("minItems").map(|n| list(n - 1)));
        found.extend(length("maxItems").map(|n| list(n + 1)));
        found.extend(length("maxProperties").map(|n| {
            (0..=n).map(|i| (format!("X-{i}"), json!("1"))).collect::<serde_json::Map<_, _>>().into()
        }));
        found.extend(schema["oneOf"].as_array().into_iter().flatten().flat_map(beyond));
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            found.extend(beyond(inner).into_iter().map(|value| json!({ name: value })));
        }
        found
    }

    fn schema<'d>(document: &'d Value, place: &'d Value) -> &'d Value {
        match place["$ref"].as_str() {
            Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => place,
        }
    }

    #[tokio::test]
    async fn what_it_bounds_is_refused_beyond_and_what_it_describes_is_known() {
        let (document, mut door) = (document(), TestClient::new().await);
        let (mut wrong, mut asked) = (Vec::new(), 0);
        for (path, methods) in document["paths"].as_object().unwrap() {
            let real = path.replace("{id}", "x").replace("{name}", "x").replace("{webhook}", "x");
            for (method, operation) in methods.as_object().unwrap() {
                let method = method.to_uppercase();
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                for parameter in parameters.filter(|p| p["in"] == "query") {
                    let name = parameter["name"].as_str().unwrap();
                    for value in beyond(&parameter["schema"]) {
                        let value = value.as_str().map_or(value.to_string(), str::to_owned);
                        let (status, answer) = door.ask(&method, &format!("{real}?{name}={value}"), "").await;
                        asked += 1;
                        if !matches!(status, 400 | 404 | 422) {
                            wrong.push(format!("{method} {path}?{name}={value}: {status} {answer}"));
                        }
                    }
                    let (_, answer) = door.ask(&method, &format!("{real}?{name}=1"), "").await;
                    if answer["detail"].as_str().unwrap_or_default().contains("is not known here") {
                        wrong.push(format!("{method} {path}?{name}: {answer}"));
                    }
                }
                let content = &operation["requestBody"]["content"]["application/json"]["schema"];
                let body = schema(&document, content);
                for (name, property) in body["properties"].as_object().into_iter().flatten() {
                    for value in beyond(property).into_iter().chain([json!(null)]) {
                        let inner = value.as_object().filter(|_| name == "policy");
                        let inner = inner.and_then(|fields| fields.keys().next()).cloned();
                        let mut said = json!({ "url": "http://127.0.0.1:9/", "events": ["*"] });
                        if path != "/v1/subscriptions" {
                            said = json!({});
                        }
                        let edge = !value.is_null();
                        said[name] = value;
                        let (status, answer) = door.ask(&method, &real, &said.to_string()).await;
                        asked += 1;
                        let detail = answer["detail"].as_str().unwrap_or_default();
                        let taken = edge && !(400..500).contains(&status);
                        let other = edge
                            && path == "/v1/subscriptions"
                            && !detail.contains(inner.as_deref().unwrap_or(name));
                        if detail.contains("is not known here") || taken || other {
                            wrong.push(format!("{method} {path} {said}: {status} {answer}"));
                        }
                    }
                }
                if content.is_object() && path != "/v1/subscriptions/preview" {
                    assert_eq!(body["additionalProperties"], false, "{method} {path}");
                }
            }
        }
        assert!(asked > 100, "{asked}");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        door.workbench.close().await;
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_is_whole() {
        fn references(value: &Value, found: &mut BTreeSet<String>) {
            match value {
                Value::Object(fields) => {
                    found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    fields.values().for_each(|v| references(v, found));
                }
                Value::Array(items) => items.iter().for_each(|v| references(v, found)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        let document = document();
        assert_eq!(document["openapi"], "3.1.0");
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for name in schemas.keys() {
            assert!(found.contains(&format!("#/components/schemas/{name}")), "nothing uses {name}");
        }
        let mut ids = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let named: BTreeSet<&str> =
                path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')).collect();
            for (method, operation) in methods.as_object().unwrap() {
                let place = format!("{method} {path}");
                assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{place}");
                assert!(operation["summary"].is_string() && operation["responses"].is_object(), "{place}");
                let declared: BTreeSet<&str> = operation["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|p| p["in"] == "path")
                    .filter_map(|p| p["name"].as_str())
                    .collect();
                assert_eq!(named, declared, "{place}");
            }
        }
    }
}
