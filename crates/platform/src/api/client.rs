//! The client of a platform's API. It follows no redirect, asks no proxy, sends the key in a header
//! marked sensitive, and repeats only what failed without an answer of its own: at most three
//! tries, under one idempotency key.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hookbench_domain::{Timestamp, parse_http_date, parse_retry_after};
use hookbench_signature::Secret;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use url::Url;

use crate::api::answer::Answer;
use crate::api::base_url::parse_base_url;
use crate::api::dialect::{ApiDialect, Route, field_of, set_field};
use crate::api::error::ApiError;
use crate::http::{HttpTime, http_client, why_http};

/// How often a request is made that gets no answer, or a 5xx.
pub const TRIES: u32 = 3;
/// The most pages of one list.
pub const MAX_PAGES: usize = 1000;

/// How often a 429 is waited for.
const RATE_WAITS: u32 = 5;
/// How long is waited for 429 in all, in milliseconds.
const RATE_WAIT_MS: u64 = 60_000;
/// The wait after a 429 that names none, in milliseconds.
const RATE_DEFAULT_MS: u64 = 1000;
const WHOLE_TIME: Duration = Duration::from_secs(30);

/// A wait that is under way.
type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the client needs of its surroundings.
#[derive(Clone)]
pub struct ClientOptions {
    /// Waits before a request is repeated.
    pub wait: Arc<dyn Fn(Duration) -> Wait + Send + Sync>,
    /// The time now, for a `Retry-After` that is a date.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl ClientOptions {
    /// Waits for real, by this clock.
    #[must_use]
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { wait: Arc::new(|time| Box::pin(tokio::time::sleep(time))), now: Arc::new(now) }
    }
}

/// Speaks with one platform under one key.
#[derive(Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    dialect: ApiDialect,
    base: Url,
    key: Secret,
    auth: (HeaderName, HeaderValue),
    options: ClientOptions,
    /// How far this machine's clock is ahead of the platform's, as its last answer told it.
    ahead_ms: Arc<AtomicI64>,
}

impl std::fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiClient").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// An event type as the platform names it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RemoteEventType {
    /// Its dotted name.
    pub name: String,
    /// What it means; empty if the platform does not say.
    pub meaning: String,
    /// The JSON Schema of its data, if the platform serves one.
    pub schema: Option<Value>,
}

/// A webhook as the platform lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteWebhook {
    /// The platform's id of it.
    pub id: String,
    /// Where it sends to.
    pub url: String,
    /// The event types it sends.
    pub events: Vec<String>,
}

/// A webhook to be made.
#[derive(Debug, Clone, Copy)]
pub struct WebhookDraft<'a> {
    /// Where it sends to.
    pub url: &'a str,
    /// The event types it sends.
    pub events: &'a [String],
    /// What it signs with.
    pub secret: Option<&'a Secret>,
}

/// An entry of the platform's delivery log.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RemoteDelivery {
    /// The platform's id of it.
    pub id: String,
    /// The webhook's id at the platform.
    pub webhook: Option<String>,
    /// The event's id.
    pub event: Option<String>,
    /// The event's type.
    pub event_type: Option<String>,
    /// When it was tried, as the platform writes it.
    pub at: Option<String>,
    /// The status that was answered.
    pub status: Option<u16>,
    /// How long the answer took, in milliseconds.
    pub latency_ms: Option<f64>,
    /// What the receiver answered.
    pub response: Option<String>,
}

impl ApiClient {
    /// A client of the platform at `base_url`, with its API key. Connects when it is first asked.
    ///
    /// # Errors
    /// [`ApiError::BaseUrl`] and [`ApiError::Key`] for what cannot be used, [`ApiError::Tls`].
    pub fn new(
        dialect: &ApiDialect,
        base_url: &str,
        key: &Secret,
        options: ClientOptions,
    ) -> Result<Self, ApiError> {
        let base = parse_base_url(base_url)?;
        let text = std::str::from_utf8(key.expose()).map_err(|_| ApiError::Key)?;
        if text.bytes().any(|b| !b.is_ascii_graphic()) {
            return Err(ApiError::Key);
        }
        let name = HeaderName::from_bytes(dialect.auth.header.as_bytes()).map_err(|_| ApiError::Key)?;
        let value = dialect.auth.value.replace("{key}", text);
        let mut value = HeaderValue::from_str(&value).map_err(|_| ApiError::Key)?;
        value.set_sensitive(true);
        let http = http_client(&base, HttpTime::Whole(WHOLE_TIME), false)?;
        Ok(Self {
            http,
            dialect: dialect.clone(),
            base,
            key: key.clone(),
            auth: (name, value),
            options,
            ahead_ms: Arc::default(),
        })
    }

    /// How far this machine's clock is ahead of the platform's, in milliseconds, to the second: as
    /// the date of the last answer told it; 0 while none did.
    #[must_use]
    pub fn clock_ahead_ms(&self) -> i64 {
        self.ahead_ms.load(Ordering::Relaxed)
    }

    /// The event types the platform sends.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn event_types(&self) -> Result<Vec<RemoteEventType>, ApiError> {
        let (route, fields) = (&self.dialect.routes.event_types, &self.dialect.fields.event_type);
        let read = |item: &Value| {
            let text = |name: &str| field_of(item, name).and_then(Value::as_str).map(str::to_owned);
            let name = item.as_str().map(str::to_owned).or_else(|| text(&fields.name));
            let name =
                name.ok_or_else(|| shape(route, &format!("has an event type without `{}`", fields.name)))?;
            let schema = field_of(item, &fields.schema).filter(|s| s.is_object()).cloned();
            Ok(RemoteEventType { name, meaning: text(&fields.meaning).unwrap_or_default(), schema })
        };
        self.list(route, usize::MAX).await?.iter().map(read).collect()
    }

    /// The webhooks that are registered under this key.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn webhooks(&self) -> Result<Vec<RemoteWebhook>, ApiError> {
        let route = &self.dialect.routes.list;
        self.list(route, usize::MAX).await?.iter().map(|item| self.webhook(route, item)).collect()
    }

    /// Registers a webhook. `idempotency_key` is sent with every try of it.
    ///
    /// # Errors
    /// [`ApiError`]; see [`ApiError::is_refusal`] for whether it may have been made all the same.
    pub async fn create(
        &self,
        draft: &WebhookDraft<'_>,
        idempotency_key: &str,
    ) -> Result<RemoteWebhook, ApiError> {
        let (route, fields) = (&self.dialect.routes.create, &self.dialect.fields.webhook);
        let mut body = Map::new();
        set_field(&mut body, &fields.url, draft.url.into());
        set_field(&mut body, &fields.events, draft.events.into());
        let secret = draft.secret.map(|s| String::from_utf8_lossy(s.expose()).into_owned());
        if let Some(secret) = &secret {
            set_field(&mut body, &fields.secret, secret.as_str().into());
        }
        let ask = Ask {
            route,
            path: route.path.clone(),
            query: None,
            body: Some(Value::Object(body)),
            idempotency_key: Some(idempotency_key),
            secret: secret.as_deref().unwrap_or_default(),
        };
        let answer = self.ask(&ask).await?.json(&route.to_string())?;
        // Some platforms wrap the new webhook like a list's items.
        let wrapped = self.dialect.paging.items.as_deref().and_then(|name| field_of(&answer, name));
        let item = wrapped.filter(|inner| inner.is_object()).unwrap_or(&answer);
        let id = id_of(item, &fields.id)
            .ok_or_else(|| shape(route, &format!("does not name the new webhook in `{}`", fields.id)))?;
        Ok(RemoteWebhook { id, url: draft.url.to_owned(), events: draft.events.to_vec() })
    }

    /// Removes a webhook. `false`: there was none of that id.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn delete(&self, id: &str, idempotency_key: &str) -> Result<bool, ApiError> {
        let route = &self.dialect.routes.delete;
        let ask = Ask {
            route,
            path: route.path.replace("{id}", &percent(id)),
            query: None,
            body: None,
            idempotency_key: Some(idempotency_key),
            secret: "",
        };
        match self.ask(&ask).await {
            Ok(_) => Ok(true),
            Err(ApiError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The newest entries of the platform's delivery log, at least `most` where there are so many.
    ///
    /// # Errors
    /// [`ApiError::NoLog`] where the profile names none; else [`ApiError`].
    pub async fn deliveries(&self, most: usize) -> Result<Vec<RemoteDelivery>, ApiError> {
        let route = self.dialect.routes.log.as_ref().ok_or(ApiError::NoLog)?;
        let f = &self.dialect.fields.delivery;
        let read = |item: &Value| {
            let text = |name: &str| field_of(item, name).and_then(Value::as_str).map(str::to_owned);
            let id = id_of(item, &f.id)
                .ok_or_else(|| shape(route, &format!("has an entry without `{}`", f.id)))?;
            let status = field_of(item, &f.status).and_then(Value::as_u64);
            Ok(RemoteDelivery {
                id,
                webhook: id_of(item, &f.webhook),
                event: id_of(item, &f.event),
                event_type: text(&f.event_type),
                at: text(&f.at),
                status: status.and_then(|s| u16::try_from(s).ok()),
                latency_ms: field_of(item, &f.latency_ms).and_then(Value::as_f64),
                response: text(&f.response),
            })
        };
        self.list(route, most).await?.iter().map(read).collect()
    }

    fn webhook(&self, route: &Route, item: &Value) -> Result<RemoteWebhook, ApiError> {
        let fields = &self.dialect.fields.webhook;
        let id = id_of(item, &fields.id);
        let url = field_of(item, &fields.url).and_then(Value::as_str);
        let (Some(id), Some(url)) = (id, url) else {
            return Err(shape(route, &format!("has a webhook without `{}` or `{}`", fields.id, fields.url)));
        };
        let events = field_of(item, &fields.events).and_then(Value::as_array).cloned().unwrap_or_default();
        let events = events.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(RemoteWebhook { id, url: url.to_owned(), events })
    }

    /// Reads a list, page by page, until it has `enough`.
    async fn list(&self, route: &Route, enough: usize) -> Result<Vec<Value>, ApiError> {
        let paging = &self.dialect.paging;
        let text = || route.to_string();
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut query = paging.page.as_ref().map(|p| (p.query.clone(), p.first.to_string()));
        for number in 0..MAX_PAGES {
            let ask = Ask {
                route,
                path: route.path.clone(),
                query: query.take(),
                body: None,
                idempotency_key: None,
                secret: "",
            };
            let answer = self.ask(&ask).await?;
            let page = answer.json(&text())?;
            let found = match (&page, &paging.items) {
                (Value::Array(bare), _) => Some(bare),
                (_, Some(name)) => field_of(&page, name).and_then(Value::as_array),
                (_, None) => None,
            };
            let found = found.ok_or_else(|| {
                let where_ =
                    paging.items.as_ref().map_or_else(|| "at the top".to_owned(), |n| format!("in `{n}`"));
                shape(route, &format!("holds no list {where_}"))
            })?;
            items.extend(found.iter().cloned());
            if items.len() >= enough {
                return Ok(items);
            }
            if let Some(cursor) = &paging.cursor {
                let Some(next) = id_of(&page, &cursor.next).filter(|next| !next.is_empty()) else {
                    return Ok(items);
                };
                if !seen.insert(next.clone()) {
                    return Err(ApiError::Loop { route: text() });
                }
                query = Some((cursor.query.clone(), next));
            } else if let Some(numbers) = &paging.page {
                if found.is_empty() {
                    return Ok(items);
                }
                // Whoever ignores the number answers the same page for ever.
                if !seen.insert(page.to_string()) {
                    return Err(ApiError::Loop { route: text() });
                }
                let next = u64::from(numbers.first) + u64::try_from(number).unwrap_or(u64::MAX) + 1;
                query = Some((numbers.query.clone(), next.to_string()));
            } else {
                return Ok(items);
            }
        }
        Err(ApiError::TooManyPages { route: text() })
    }

    /// Makes a request until it is answered with yes or no.
    async fn ask(&self, ask: &Ask<'_>) -> Result<Answer, ApiError> {
        let route = || ask.route.to_string();
        let (mut tries, mut rate_waits, mut waited_ms) = (0, 0, 0);
        // What an earlier try left open: a later no does not undo it.
        let mut open: Option<ApiError> = None;
        loop {
            tries += 1;
            let error = match self.once(ask).await {
                Ok(None) => return Err(ApiError::TooLarge { route: route() }),
                Ok(Some(answer)) => match answer.status {
                    200..=299 => return Ok(answer),
                    429 => {
                        let wait = self.asked_wait(&answer);
                        let (asked, total) = (wait.unwrap_or(RATE_DEFAULT_MS), waited_ms);
                        if rate_waits < RATE_WAITS && asked + total <= RATE_WAIT_MS {
                            (rate_waits, waited_ms, tries) = (rate_waits + 1, total + asked, tries - 1);
                            (self.options.wait)(Duration::from_millis(asked)).await;
                            continue;
                        }
                        let wait = wait.map_or_else(
                            || ": try again later".to_owned(),
                            |ms| format!(": it asks to wait {} seconds", ms.div_ceil(1000)),
                        );
                        return Err(open.unwrap_or(ApiError::RateLimited { route: route(), wait }));
                    }
                    status @ 500..=599 => ApiError::Server { route: route(), status, tries },
                    status => {
                        return Err(match open {
                            Some(open) if ask.body.is_some() => open,
                            Some(_) | None => self.refusal(ask, status, &answer),
                        });
                    }
                },
                Err(error) => ApiError::Network { route: route(), why: why_http(&error), tries },
            };
            if tries >= TRIES {
                return Err(error);
            }
            open = Some(error);
            (self.options.wait)(Duration::from_millis(250 << tries)).await;
        }
    }

    fn refusal(&self, ask: &Ask<'_>, status: u16, answer: &Answer) -> ApiError {
        let route = ask.route.to_string();
        let key = String::from_utf8_lossy(self.key.expose());
        let said = answer.said(&[key.as_ref(), ask.secret]);
        match status {
            300..=399 => ApiError::Redirect { route, status },
            401 => ApiError::Authentication { route },
            403 => ApiError::Forbidden { route, said },
            404 => ApiError::NotFound { route, said },
            409 => ApiError::Conflict { route, said },
            _ => ApiError::Refused { route, status, said },
        }
    }

    fn asked_wait(&self, answer: &Answer) -> Option<u64> {
        parse_retry_after(answer.retry_after.as_deref()?, (self.options.now)())
    }

    /// One request.
    async fn once(&self, ask: &Ask<'_>) -> Result<Option<Answer>, reqwest::Error> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path().trim_end_matches('/'), ask.path));
        if let Some((name, value)) = &ask.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        let mut headers = HeaderMap::new();
        headers.insert(http::header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(self.auth.0.clone(), self.auth.1.clone());
        let name = HeaderName::from_bytes(self.dialect.idempotency_header.as_bytes());
        if let (Some(key), Ok(name)) = (ask.idempotency_key, name)
            && let Ok(value) = HeaderValue::from_str(key)
        {
            headers.insert(name, value);
        }
        let method = reqwest::Method::from_bytes(ask.route.method.as_bytes()).unwrap_or_default();
        let mut request = self.http.request(method, url).headers(headers);
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let date = response.headers().get(http::header::DATE).and_then(|value| value.to_str().ok());
        if let Some(there) = date.and_then(parse_http_date) {
            let here = (self.options.now)().ms();
            self.ahead_ms.store(here.saturating_sub(there.ms()), Ordering::Relaxed);
        }
        Answer::read(response).await
    }
}

/// What is asked.
struct Ask<'a> {
    route: &'a Route,
    path: String,
    query: Option<(String, String)>,
    body: Option<Value>,
    idempotency_key: Option<&'a str>,
    secret: &'a str,
}

fn shape(route: &Route, why: &str) -> ApiError {
    ApiError::Shape { route: route.to_string(), why: why.to_owned() }
}

/// An id is text or a number.
fn id_of(item: &Value, name: &str) -> Option<String> {
    match field_of(item, name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Everything but letters, digits and `-_.~` percent-encoded: an id is one part of a path.
fn percent(id: &str) -> String {
    let plain =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'~') || (b == b'.' && id.len() > 2);
    id.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_https_or_this_machine() {
        for (good, want) in [
            ("https://trcker.io", "https://trcker.io/"),
            ("https://api.example.com/v2/", "https://api.example.com/v2"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("http://localhost:1/", "http://localhost:1/"),
            ("http://[::1]:1", "http://[::1]:1/"),
        ] {
            assert_eq!(parse_base_url(good).unwrap().as_str(), want);
        }
        for bad in
            ["", "x", "http://example.com", "ftp://x", "https://u:p@x", "https://x/?k=1", "https://x/#a"]
        {
            assert!(parse_base_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_id_stays_one_part_of_a_path() {
        assert_eq!(percent("wh_1-2.a~"), "wh_1-2.a~");
        assert_eq!(percent("../x?y#z é"), "..%2Fx%3Fy%23z%20%C3%A9");
        assert_eq!(percent(".."), "%2E%2E");
    }
}
