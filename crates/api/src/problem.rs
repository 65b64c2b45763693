//! Errors as `application/problem+json` (RFC 9457), each with a `code` that programs branch on.

use axum::response::{IntoResponse, Response};
use hookbench_bounds::shortened_to;
use hookbench_workbench::{Kind, WorkbenchError};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// An error as it is answered.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    code: String,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// How long a problem's sentence is at most, in characters: it may quote what was sent.
const MAX_DETAIL_CHARS: usize = 1000;

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: shortened_to(&detail.into(), MAX_DETAIL_CHARS).into_owned(),
            hint: None,
        }
    }

    pub(crate) fn malformed_json(error: &dyn std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_json", format!("the body cannot be read: {error}"))
    }

    pub(crate) fn bad_query(error: &dyn std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_query", format!("the query cannot be read: {error}"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, kind)], body).into_response()
    }
}

impl From<WorkbenchError> for Problem {
    fn from(error: WorkbenchError) -> Self {
        let code = error.code();
        let status = match error.kind() {
            Kind::Invalid => match code {
                "malformed_json" | "bad_cursor" | "invalid_time" => StatusCode::BAD_REQUEST,
                "event_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            },
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Authentication | Kind::Network => StatusCode::BAD_GATEWAY,
            Kind::Configuration | Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { hint: error.hint(), ..Self::new(status, code, error.to_string()) }
    }
}

pub(crate) async fn no_such_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_route", "there is no such route; the API lives under /v1")
}

pub(crate) async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this route does not take this method")
}
