//! How a platform's API is spoken, as a profile says it: where it is, the header with the key, the
//! routes, the names of fields, the paging. Whoever has a platform that serves it otherwise
//! changes the file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::base_url::parse_base_url;

/// A platform's API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiDialect {
    /// Where the platform serves it; `None` where that is not documented and must be given.
    #[serde(default)]
    pub base_url: Option<String>,
    /// What is documented of it, and what is assumed.
    pub note: String,
    /// The header with the API key.
    pub auth: AuthHeader,
    /// The header by which a repeated `POST` is recognised.
    pub idempotency_header: String,
    /// What is asked where.
    pub routes: Routes,
    /// How a long list is split.
    pub paging: Paging,
    /// What the fields are called. A dot leads into a nested object.
    pub fields: Fields,
}

/// The header that carries the API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthHeader {
    /// Its name.
    pub header: String,
    /// Its value; `{key}` stands for the key.
    pub value: String,
    /// What keys of this platform begin with; empty if nothing is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key_prefix: String,
}

/// What is asked where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routes {
    /// The event types there are.
    pub event_types: Route,
    /// The webhooks that are registered.
    pub list: Route,
    /// Registers one.
    pub create: Route,
    /// Removes one; `{id}` stands for it.
    pub delete: Route,
    /// The platform's own delivery log, if it serves one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<Route>,
}

/// A method and a path, written `GET /api/webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Route {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// From the base URL on; may hold `{id}`.
    pub path: String,
}

/// How a long list is split into pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The field that holds a page's items; `None` where the answer itself is the list.
    #[serde(default)]
    pub items: Option<String>,
    /// The next page is named by a cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<CursorPaging>,
    /// Pages are numbered; the one after the last is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<NumberPaging>,
}

/// Pages that name the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CursorPaging {
    /// The query key that asks for a page.
    pub query: String,
    /// The field of an answer that names the next page; absent, null or empty on the last.
    pub next: String,
}

/// Pages with numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberPaging {
    /// The query key that asks for a page.
    pub query: String,
    /// The number of the first page.
    pub first: u32,
}

/// What the fields are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// Of an event type. Where the list holds plain text, the text is the name.
    pub event_type: EventTypeFields,
    /// Of a webhook.
    pub webhook: WebhookFields,
    /// Of an entry of the delivery log.
    pub delivery: DeliveryFields,
}

/// The fields of an event type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTypeFields {
    /// Its dotted name.
    pub name: String,
    /// What it means, in words.
    pub meaning: String,
    /// The JSON Schema of its data.
    pub schema: String,
}

/// The fields of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookFields {
    /// Its id.
    pub id: String,
    /// Where it sends to.
    pub url: String,
    /// The event types it sends, as a list of names.
    pub events: String,
    /// The signing secret, when one is created.
    pub secret: String,
}

/// The fields of an entry of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryFields {
    /// Its id.
    pub id: String,
    /// The webhook's id.
    pub webhook: String,
    /// The event's id.
    pub event: String,
    /// The event's type.
    pub event_type: String,
    /// When it was tried, RFC 3339.
    pub at: String,
    /// The status that was answered; null if none was.
    pub status: String,
    /// How long the answer took, in milliseconds.
    pub latency_ms: String,
    /// What the receiver answered.
    pub response: String,
}

/// Text that is no route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no route: write a method and a path, such as GET /api/webhooks")]
pub struct RouteError(String);

impl FromStr for Route {
    type Err = RouteError;
    fn from_str(text: &str) -> Result<Self, RouteError> {
        let wrong = || RouteError(text.to_owned());
        let (method, path) = text.split_once(' ').ok_or_else(wrong)?;
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        if !known.contains(&method) {
            return Err(wrong());
        }
        let plain = path.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'\\'));
        let braces = path.replace("{id}", "");
        if !path.starts_with('/') || !plain || braces.contains(['{', '}']) {
            return Err(wrong());
        }
        Ok(Self { method: method.to_owned(), path: path.to_owned() })
    }
}

impl TryFrom<String> for Route {
    type Error = RouteError;
    fn try_from(text: String) -> Result<Self, RouteError> {
        text.parse()
    }
}

impl From<Route> for String {
    fn from(route: Route) -> Self {
        route.to_string()
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl ApiDialect {
    /// What is wrong with it: the name of the field, and why.
    pub(crate) fn check(&self) -> Result<(), (&'static str, String)> {
        let wrong = |field, why: &str| Err((field, why.to_owned()));
        if let Some(base) = &self.base_url
            && let Err(error) = parse_base_url(base)
        {
            return wrong("base_url", &error.to_string());
        }
        if self.auth.value.matches("{key}").count() != 1 {
            return wrong("auth", "the header's value holds {key} once");
        }
        for (field, name) in [("auth", &self.auth.header), ("idempotency_header", &self.idempotency_header)] {
            let token = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            if name.is_empty() || name.len() > 128 || !name.bytes().all(token) {
                return wrong(field, "a header's name has letters, digits and -");
            }
        }
        if !self.routes.delete.path.contains("{id}") {
            return wrong("delete", "the path that removes a webhook holds {id}");
        }
        for (field, route) in [
            ("event_types", Some(&self.routes.event_types)),
            ("list", Some(&self.routes.list)),
            ("log", self.routes.log.as_ref()),
        ] {
            if route.is_some_and(|r| r.method != "GET" || r.path.contains("{id}")) {
                return wrong(field, "what is only read is asked for with GET, and without {id}");
            }
        }
        if self.routes.create.path.contains("{id}") || self.routes.create.method == "GET" {
            return wrong("create", "a webhook is made with POST (or PUT), and without {id}");
        }
        if self.paging.cursor.is_some() && self.paging.page.is_some() {
            return wrong("paging", "pages are named by a cursor or by numbers, not both");
        }
        Ok(())
    }
}

/// The field of that name; a dot leads into a nested object.
#[must_use]
pub fn field_of<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    name.split('.').try_fold(value, |value, part| value.get(part)).filter(|found| !found.is_null())
}

/// Sets the field of that name; a dot leads into a nested object, which is made.
pub fn set_field(object: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            object.insert(name.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = object.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                set_field(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_route_is_a_method_and_a_path() {
        for good in ["GET /a", "DELETE /a/{id}", "POST /api/v2/hooks"] {
            assert_eq!(good.parse::<Route>().unwrap().to_string(), good);
        }
        for bad in
            ["", "/a", "FETCH /a", "GET a", "GET /a?b=1", "GET /a b", "GET /{key}", "GET /a#b", "get /a"]
        {
            assert!(bad.parse::<Route>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_dot_leads_into_a_nested_object_both_ways() {
        let mut object = Map::new();
        set_field(&mut object, "target.url", json!("u"));
        set_field(&mut object, "target.events", json!(["a"]));
        set_field(&mut object, "name", json!(1));
        let value = Value::Object(object);
        assert_eq!(value, json!({"target": {"url": "u", "events": ["a"]}, "name": 1}));
        assert_eq!(field_of(&value, "target.url"), Some(&json!("u")));
        assert_eq!(field_of(&value, "target.none"), None);
        assert_eq!(field_of(&json!({"a": null}), "a"), None, "null is as good as absent");
    }
}
