//! What a request is answered: JSON, problems as `application/problem+json` (RFC 9457).

use http::StatusCode;
use serde_json::{Value, json};

use super::refusal::Refusal;

/// When to come again after too many refused requests, in seconds.
pub const RETRY_AFTER_S: u32 = 1;

/// An answer of the receiver.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundAnswer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Value,
    /// The methods that are taken, which a 405 tells.
    pub allow: &'static str,
}

impl InboundAnswer {
    /// It was accepted, now or before.
    #[must_use]
    pub fn accepted(body: Value) -> Self {
        Self { status: 200, body, allow: "POST" }
    }

    /// A problem: what is wrong, for programs and for people.
    #[must_use]
    pub fn problem(status: u16, code: &str, detail: &str) -> Self {
        let known = StatusCode::from_u16(status).ok();
        let title = known.and_then(|s| s.canonical_reason()).unwrap_or("Error");
        let body = json!({
            "type": "about:blank", "title": title, "status": status, "code": code, "detail": detail,
        });
        Self { status, body, allow: "POST" }
    }

    /// There is no source of that name, or nobody is to know of it.
    #[must_use]
    pub fn unknown_source() -> Self {
        Self::problem(404, "unknown_source", "there is no such source: a source's path is /in/NAME")
    }

    /// More refused requests than are looked at one by one.
    #[must_use]
    pub fn too_many_refused(last: &Refusal) -> Self {
        let detail = format!(
            "too many refused requests came to this source: this one is not kept, and was refused because of `{}`; \
             what is valid is still accepted",
            last.code
        );
        Self::problem(429, "too_many_refused", &detail)
    }
}

impl From<&Refusal> for InboundAnswer {
    fn from(refusal: &Refusal) -> Self {
        let mut answer = Self::problem(refusal.status, refusal.code, &refusal.detail);
        answer.body["check"] = refusal.check.into();
        if !refusal.parameters.is_empty() {
            answer.body["parameters"] = refusal.parameters.clone().into();
        }
        answer
    }
}
