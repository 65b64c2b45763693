//! Reading an answer: JSON or a typed error, and the words of a platform that says no.

use serde_json::Value;

use crate::api::ApiError;
use crate::api::dialect::field_of;

/// The longest piece of a platform's own words that an error repeats, in characters.
/// The most bytes of one answer (4 MiB).
pub const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;
const MAX_SAID: usize = 200;

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) retry_after: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Reads the rest of a response, up to the limit. `None`: it was larger.
    pub(super) async fn read(mut response: reqwest::Response) -> Result<Option<Self>, reqwest::Error> {
        let text = |name| response.headers().get(name).and_then(|v: &http::HeaderValue| v.to_str().ok());
        let content_type = text(http::header::CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
        let retry_after = text(http::header::RETRY_AFTER).map(str::to_owned);
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(Self { status, content_type, retry_after, body }))
    }

    /// The body as JSON; an empty one is null.
    pub(super) fn json(&self, route: &str) -> Result<Value, ApiError> {
        let route = || route.to_owned();
        let body = self.body.trim_ascii();
        if body.is_empty() {
            return Ok(Value::Null);
        }
        if self.content_type.contains("html") || body.starts_with(b"<") {
            return Err(ApiError::Html { route: route() });
        }
        serde_json::from_slice(body).map_err(|error| {
            if error.is_eof() {
                ApiError::Truncated { route: route() }
            } else {
                ApiError::NotJson { route: route() }
            }
        })
    }

    /// What the platform says about a refusal, without the `secrets`: `: its words`, or nothing.
    pub(super) fn said(&self, secrets: &[&str]) -> String {
        let Ok(value) = serde_json::from_slice::<Value>(&self.body) else { return String::new() };
        let names = ["detail", "message", "error.message", "error", "title"];
        let Some(text) = names.iter().find_map(|n| field_of(&value, n).and_then(Value::as_str)) else {
            return String::new();
        };
        let text = secrets
            .iter()
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |text, secret| text.replace(secret, "••••"));
        let visible = |c: char| if c.is_control() { ' ' } else { c };
        let text: String = without_queries(&text).chars().map(visible).take(MAX_SAID).collect();
        format!(": {}", text.trim())
    }
}

/// Drops what follows a `?` up to the next white space: the query of a URL may hold a key.
fn without_queries(text: &str) -> String {
    let cut = |word: &str| match word.split_once('?') {
        Some((before, query)) if query.contains('=') => format!("{before}?…"),
        Some(_) | None => word.to_owned(),
    };
    text.split(' ').map(cut).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer { status: 422, content_type: String::new(), retry_after: None, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_platforms_words_are_repeated_without_secrets_and_queries() {
        let said = |body: &str| answer(body).said(&["tk_canary", "s3cret"]);
        assert_eq!(said(r#"{"detail":"bad url"}"#), ": bad url");
        assert_eq!(said(r#"{"error":{"message":"no\r\nX: y"}}"#), ": no  X: y");
        assert_eq!(said(r#"{"message":"key tk_canary is old, s3cret too"}"#), ": key •••• is old, •••• too");
        assert_eq!(said(r#"{"message":"see https://x/?a=b now?"}"#), ": see https://x/?… now?");
        assert_eq!(said("<html>"), "");
        assert!(said(&format!(r#"{{"detail":"{}"}}"#, "x".repeat(900))).len() < 210);
    }

    #[test]
    fn what_is_not_json_is_named_for_what_it_is() {
        let of = |body: &str| answer(body).json("GET /a").unwrap_err().code();
        assert_eq!(of("<!doctype html><title>Log in"), "remote_html");
        assert_eq!(of(r#"{"items":[{"id":1"#), "remote_truncated");
        assert_eq!(of("nonsense"), "remote_not_json");
        assert_eq!(answer("").json("GET /a").unwrap(), Value::Null);
    }
}
