//! A relay that sends events, as smee.io does: `GET` of the channel with `Accept:
//! text/event-stream`. Each message is JSON with the headers, `body`, `query` and `timestamp`. The
//! relay has parsed the body and written it anew, so its bytes are not those that were signed.

use std::time::Duration;

use hookbench_domain::{Relay, Timestamp, parse_retry_after};
use hookbench_platform::{HttpTime, http_client, parse_base_url, why_http};
use hookbench_signature::sha256_hex;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use serde_json::value::RawValue;
use url::Url;

use super::sse::{SseEvent, SseParser};
use super::{Pulled, RelayError};

/// A stream that says nothing for so long is opened anew: smee sends a ping every 30 seconds.
const SILENCE: Duration = Duration::from_secs(90);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The client of such a relay.
#[derive(Clone)]
pub struct StreamClient {
    http: reqwest::Client,
    url: Url,
}

/// An open stream.
pub struct EventStream {
    response: reqwest::Response,
    parser: SseParser,
    ready: std::collections::VecDeque<SseEvent>,
}

impl StreamClient {
    /// A client of the channel. Connects when it is asked to.
    ///
    /// # Errors
    /// [`RelayError::Url`] for what cannot be used.
    pub fn new(relay: &Relay) -> Result<Self, RelayError> {
        let url = parse_base_url(&relay.url).map_err(RelayError::of_setup)?;
        if url.path().trim_matches('/').is_empty() {
            return Err(RelayError::Url(
                "has no channel: give your own address, like https://smee.io/…".to_owned(),
            ));
        }
        let http = http_client(&url, HttpTime::Silence(SILENCE), true).map_err(RelayError::of_setup)?;
        Ok(Self { http, url })
    }

    /// Opens the stream, behind the event of `last_id` where the relay can do that.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn open(&self, last_id: Option<&str>, now: Timestamp) -> Result<EventStream, RelayError> {
        let mut request = self.http.get(self.url.clone()).header(ACCEPT, "text/event-stream");
        if let Some(id) = last_id.and_then(|id| HeaderValue::from_str(id).ok()) {
            request = request.header(LAST_EVENT_ID, id);
        }
        let response = request.send().await.map_err(|error| RelayError::Network(why_http(&error)))?;
        let text = |name| response.headers().get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        let wait_ms = text(RETRY_AFTER).and_then(|text| parse_retry_after(text, now));
        if let Some(error) = RelayError::of_status(response.status().as_u16(), wait_ms) {
            return Err(error);
        }
        match text(CONTENT_TYPE) {
            Some(kind) if kind.starts_with("text/event-stream") => {}
            Some(kind) if kind.contains("html") => return Err(RelayError::Html),
            Some(_) | None => return Err(RelayError::Shape("it is no stream of events".to_owned())),
        }
        Ok(EventStream { response, parser: SseParser::default(), ready: std::collections::VecDeque::new() })
    }
}

impl EventStream {
    /// The next event.
    ///
    /// # Errors
    /// [`RelayError::Closed`] at the end of the stream, [`RelayError::Network`] when it breaks or
    /// says nothing for 90 seconds.
    pub async fn next(&mut self) -> Result<SseEvent, RelayError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            let chunk = self.response.chunk().await.map_err(|error| RelayError::Network(why_http(&error)))?;
            let Some(chunk) = chunk else { return Err(RelayError::Closed) };
            self.ready.extend(self.parser.push(&chunk)?);
        }
    }
}

/// Reads the request out of a message; nothing for pings and the like.
///
/// # Errors
/// [`RelayError::Shape`] where it is no such message.
pub fn read_message(event: &SseEvent) -> Result<Option<Pulled>, RelayError> {
    if !matches!(event.name.as_str(), "" | "message") {
        return Ok(None);
    }
    let wrong = |why: &str| RelayError::Shape(why.to_owned());
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&event.data).map_err(|_| wrong("a message is no JSON object"))?;
    let raw: std::collections::HashMap<String, Box<RawValue>> =
        serde_json::from_str(&event.data).map_err(|_| wrong("a message is no JSON object"))?;
    let Some(body) = fields.get("body") else { return Ok(None) };
    // As the relay wrote it: compact, keys in their order.
    let body = match body.as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => raw.get("body").map(|raw| raw.get().as_bytes().to_vec()).unwrap_or_default(),
    };
    let headers = fields
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "body" | "query" | "timestamp"))
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.as_bytes().to_vec())))
        .collect();
    Ok(Some(Pulled {
        // The stream's own ids begin anew with each connection; a message has its time in it.
        id: sha256_hex(event.data.as_bytes()),
        at: fields.get("timestamp").and_then(serde_json::Value::as_i64).map(Timestamp::from_ms),
        peer: None,
        method: "POST".to_owned(),
        query: None,
        headers,
        body,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str, data: &str) -> SseEvent {
        SseEvent { name: name.into(), data: data.into(), last_id: None }
    }

    #[test]
    fn a_message_is_headers_body_and_time() {
        let data = r#"{"host":"smee.io","X-GitHub-Event":"push","body":{"b":1.50,"a":"é"},"query":{},"timestamp":1700000000123}"#;
        let got = read_message(&message("", data)).unwrap().unwrap();
        assert_eq!(got.body, r#"{"b":1.50,"a":"é"}"#.as_bytes());
        assert_eq!(got.at, Some(Timestamp::from_ms(1_700_000_000_123)));
        assert!(got.headers.contains(&("x-github-event".into(), b"push".to_vec())));
        assert_eq!(got.headers.len(), 2);
        assert_eq!(read_message(&message("", data)).unwrap().unwrap().id, got.id);
    }

    #[test]
    fn pings_are_passed_over_and_nonsense_is_named() {
        assert_eq!(read_message(&message("ping", "{}")).unwrap(), None);
        assert_eq!(read_message(&message("ready", "{}")).unwrap(), None);
        assert_eq!(read_message(&message("", "{}")).unwrap(), None);
        assert!(read_message(&message("", "nonsense")).is_err());
    }
}
