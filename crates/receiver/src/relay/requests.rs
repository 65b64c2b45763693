//! A relay that lists requests, as webhook.site does: `GET /token/{token}/requests`, oldest first,
//! and `GET /token/{token}/request/{id}/raw` for a body that is no text. See
//! <https://docs.webhook.site/api/requests.html>.

use std::collections::BTreeMap;
use std::time::Duration;

use hookbench_domain::{Relay, Timestamp, parse_retry_after};
use hookbench_platform::{HttpTime, http_client, parse_base_url, why_http};
use hookbench_signature::Secret;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Pulled, RelayError};

/// How many requests a page holds.
const PER_PAGE: u32 = 20;
/// The most bytes of a page: its bodies have up to 1 MiB, and JSON escapes them.
const MAX_PAGE_BYTES: usize = 64 * 1024 * 1024;
/// The most bytes of a body: one more than is taken.
const MAX_RAW_BYTES: usize = hookbench_domain::MAX_BODY_BYTES + 1;
const WHOLE_TIME: Duration = Duration::from_secs(30);
/// The longest id of a request.
const MAX_ID: usize = 255;

/// The client of such a relay.
#[derive(Clone)]
pub struct RequestList {
    http: reqwest::Client,
    /// `https://webhook.site/token/{token}`.
    base: Url,
    key: Option<HeaderValue>,
}

/// A page of the list.
#[derive(Debug)]
pub struct RequestPage {
    /// The requests, oldest first.
    pub requests: Vec<RelayListing>,
    /// Whether there are no more.
    pub is_last: bool,
}

/// A request of the list.
#[derive(Debug)]
pub struct RelayListing {
    /// The request, with its body as far as the list has it.
    pub pulled: Pulled,
    /// When the relay took it, as the relay writes it: the list can begin there.
    pub created_at: String,
    /// Whether the list cannot hold the body as it came, so that it has to be asked for.
    pub needs_raw: bool,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Item>,
    #[serde(default)]
    is_last_page: Option<bool>,
}

#[derive(Deserialize)]
struct Item {
    uuid: String,
    #[serde(default)]
    r#type: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    ip: Option<String>,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    created_at: Option<String>,
}

impl RequestList {
    /// A client of the list behind the address that senders are given. Connects when it is first
    /// asked.
    ///
    /// # Errors
    /// [`RelayError::Url`] and [`RelayError::Key`] for what cannot be used.
    pub fn new(relay: &Relay, key: Option<&Secret>) -> Result<Self, RelayError> {
        let mut base = parse_base_url(&relay.url).map_err(RelayError::of_setup)?;
        let path = base.path().trim_matches('/').to_owned();
        let token = path.rsplit('/').next().filter(|token| !token.is_empty()).ok_or_else(|| {
            RelayError::Url("has no token: give your unique address, like https://webhook.site/…".to_owned())
        })?;
        let before = path.strip_suffix(token).unwrap_or_default();
        base.set_path(&format!("/{before}token/{token}"));
        let key =
            key.map(|key| HeaderValue::from_bytes(key.expose()).map_err(|_| RelayError::Key)).transpose()?;
        let key = key.map(|mut key| {
            key.set_sensitive(true);
            key
        });
        let http = http_client(&base, HttpTime::Whole(WHOLE_TIME), true).map_err(RelayError::of_setup)?;
        Ok(Self { http, base, key })
    }

    /// A page of the requests since `from` (as the relay writes times), oldest first; pages are
    /// counted from 1. `now` reads a `Retry-After` that is a date.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn page(
        &self,
        from: Option<&str>,
        number: u32,
        now: Timestamp,
    ) -> Result<RequestPage, RelayError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/requests", self.base.path()));
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("sorting", "oldest").append_pair("per_page", &PER_PAGE.to_string());
            query.append_pair("page", &number.to_string());
            if let Some(from) = from {
                query.append_pair("date_from", from);
            }
        }
        let body = self.get(url, "application/json", MAX_PAGE_BYTES, now).await?;
        if body.trim_ascii_start().starts_with(b"<") {
            return Err(RelayError::Html);
        }
        let page: Page =
            serde_json::from_slice(&body).map_err(|error| RelayError::Shape(error.to_string()))?;
        let full = page.data.len() >= usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
        let is_last = page.is_last_page.unwrap_or(!full) || page.data.is_empty();
        let requests = page.data.into_iter().filter_map(|item| listed(item).transpose());
        Ok(RequestPage { requests: requests.collect::<Result<_, _>>()?, is_last })
    }

    /// The exact body of a request.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn raw(&self, id: &str, now: Timestamp) -> Result<Vec<u8>, RelayError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/request/{id}/raw", self.base.path()));
        self.get(url, "*/*", MAX_RAW_BYTES, now).await
    }

    async fn get(
        &self,
        url: Url,
        accept: &'static str,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<u8>, RelayError> {
        let mut request = self.http.get(url).header(ACCEPT, accept);
        if let Some(key) = &self.key {
            request = request.header(HeaderName::from_static("api-key"), key.clone());
        }
        let broke = |error: reqwest::Error| RelayError::Network(why_http(&error));
        let mut response = request.send().await.map_err(broke)?;
        let text = |name| response.headers().get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        let wait_ms = text(RETRY_AFTER).and_then(|text| parse_retry_after(text, now));
        let is_page = text(CONTENT_TYPE).is_some_and(|kind| kind.contains("html"));
        if let Some(error) = RelayError::of_status(response.status().as_u16(), wait_ms) {
            return Err(error);
        }
        if is_page && accept == "application/json" {
            return Err(RelayError::Html);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broke)? {
            if body.len() + chunk.len() > most {
                return Err(RelayError::TooLarge(most / (1024 * 1024)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// Reads one entry; what did not come over HTTP (an e-mail) is passed over.
fn listed(item: Item) -> Result<Option<RelayListing>, RelayError> {
    if item.r#type.as_deref().is_some_and(|kind| kind != "web") {
        return Ok(None);
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if !(1..=MAX_ID).contains(&item.uuid.len()) || !item.uuid.bytes().all(plain) {
        return Err(RelayError::Shape("a request has no usable `uuid`".to_owned()));
    }
    let content = item.content.unwrap_or_default().into_bytes();
    let other_size = item.size.is_some_and(|size| usize::try_from(size).ok() != Some(content.len()));
    let replaced = content.windows(3).any(|bytes| bytes == "\u{fffd}".as_bytes());
    let created_at = item.created_at.unwrap_or_default();
    let query = item.url.and_then(|url| url.split_once('?').map(|(_, query)| query.to_owned()));
    let mut headers = Vec::new();
    for (name, value) in item.headers.unwrap_or_default() {
        let values = value.as_array().map_or_else(|| std::slice::from_ref(&value), Vec::as_slice);
        let texts = values.iter().filter_map(Value::as_str);
        headers.extend(texts.map(|text| (name.to_ascii_lowercase(), text.as_bytes().to_vec())));
    }
    Ok(Some(RelayListing {
        needs_raw: other_size || replaced,
        pulled: Pulled {
            id: item.uuid,
            at: moment(&created_at),
            peer: item.ip.and_then(|ip| ip.parse().ok()),
            method: item.method.unwrap_or_else(|| "POST".to_owned()),
            query: query.filter(|query| !query.is_empty()),
            headers,
            body: content,
        },
        created_at,
    }))
}

/// `2019-10-03 19:06:35`, in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{}Z", text.trim().replacen(' ', "T", 1))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbench_domain::RelayKind;

    fn list(url: &str) -> Result<RequestList, RelayError> {
        RequestList::new(&Relay { kind: RelayKind::WebhookSite, url: url.into() }, None)
    }

    #[test]
    fn the_list_stands_behind_the_address_that_senders_are_given() {
        assert_eq!(
            list("https://webhook.site/0b5c-1/").unwrap().base.as_str(),
            "https://webhook.site/token/0b5c-1"
        );
        assert_eq!(
            list("http://127.0.0.1:8084/hooks/x").unwrap().base.as_str(),
            "http://127.0.0.1:8084/hooks/token/x"
        );
        for bad in ["https://webhook.site", "http://webhook.site/x", "https://webhook.site/#!/view/x", "x"] {
            assert!(matches!(list(bad), Err(RelayError::Url(_))), "{bad}");
        }
        let key = Secret::new(b"a\nb".to_vec()).unwrap();
        let relay = Relay { kind: RelayKind::WebhookSite, url: "https://webhook.site/x".into() };
        assert!(matches!(RequestList::new(&relay, Some(&key)), Err(RelayError::Key)));
    }

    #[test]
    fn an_entry_is_read_with_its_bytes_headers_query_and_time() {
        let json = r#"{"data":[{"uuid":"a-1","type":"web","ip":"203.0.113.7","method":"GET","content":"{\"a\": 1}\n",
            "headers":{"X-Sig":["t=1"],"accept":"*/*"},"url":"https:\/\/webhook.site\/x?b=%7B1&a","size":9,
            "created_at":"2019-10-03 19:06:35"},{"uuid":"a-2","type":"email"}],"is_last_page":true}"#;
        let page: Page = serde_json::from_str(json).unwrap();
        let mut items = page.data.into_iter().map(listed);
        let got = items.next().unwrap().unwrap().unwrap();
        assert!(!got.needs_raw);
        assert_eq!(got.pulled.body, b"{\"a\": 1}\n");
        assert_eq!(got.pulled.query.as_deref(), Some("b=%7B1&a"));
        assert_eq!(got.pulled.at.unwrap().to_string(), "2019-10-03T19:06:35.000Z");
        assert!(got.pulled.headers.contains(&("x-sig".into(), b"t=1".to_vec())));
        assert!(items.next().unwrap().unwrap().is_none());
    }

    #[test]
    fn a_body_that_json_cannot_hold_is_asked_for() {
        let item = |text: &str| serde_json::from_str::<Item>(text).unwrap();
        assert!(listed(item(r#"{"uuid":"a","content":"\ufffdx"}"#)).unwrap().unwrap().needs_raw);
        assert!(listed(item(r#"{"uuid":"a","content":"x","size":2}"#)).unwrap().unwrap().needs_raw);
        assert!(!listed(item(r#"{"uuid":"a","content":"x"}"#)).unwrap().unwrap().needs_raw);
        assert!(listed(item(r#"{"uuid":"../x"}"#)).is_err());
    }
}
