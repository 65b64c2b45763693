//! The description of this API for machines: OpenAPI 3.1. A test holds it against the router.

use axum::response::IntoResponse;
use http::header;

const DOCUMENT: &str = include_str!("../openapi.json");

pub(crate) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::DOCUMENT;

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
