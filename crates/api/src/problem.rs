//! Errors as `application/problem+json` (RFC 9457), each with a `code` that programs branch on.

use axum::response::{IntoResponse, Response};
use hookbench_bounds::shortened_to;
use hookbench_domain::ReadError;
use hookbench_workbench::{ErrorKind, WorkbenchError};
use http::{HeaderValue, StatusCode, header};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// An error as it is answered.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    /// The field or query key at fault, where one is.
    field: Option<String>,
    hint: Option<&'static str>,
}

/// How long a problem's sentence is at most, in characters: it may quote what was sent.
const MAX_DETAIL_CHARS: usize = 1000;

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut fields = s.serialize_map(None)?;
        fields.serialize_entry("type", "about:blank")?;
        fields.serialize_entry("title", self.status.canonical_reason().unwrap_or("Error"))?;
        fields.serialize_entry("status", &self.status.as_u16())?;
        fields.serialize_entry("code", self.code)?;
        fields.serialize_entry("detail", &self.detail)?;
        if let Some(field) = &self.field {
            fields.serialize_entry("field", field)?;
        }
        if let Some(hint) = self.hint {
            fields.serialize_entry("hint", hint)?;
        }
        fields.end()
    }
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = shortened_to(&detail.into(), MAX_DETAIL_CHARS).into_owned();
        Self { status, code, detail, field: None, hint: None }
    }

    /// Names the field or query key at fault.
    pub(crate) fn at_field(self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self }
    }

    /// A body that cannot be read: no JSON, or JSON that says what cannot be.
    pub(crate) fn input(error: &ReadError) -> Self {
        if error.is_malformed() {
            return Self::malformed_json(error);
        }
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", error.to_string());
        Self { field: error.field().map(str::to_owned), ..problem }
    }

    /// A query that cannot be read.
    pub(crate) fn query(error: &ReadError) -> Self {
        Self { field: error.field().map(str::to_owned), ..Self::bad_query(error) }
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
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        (self.status, [(header::CONTENT_TYPE, kind)], body).into_response()
    }
}

impl From<WorkbenchError> for Problem {
    fn from(error: WorkbenchError) -> Self {
        let code = error.code();
        let status = match error.kind() {
            ErrorKind::Invalid => match code {
                "malformed_json" | "bad_cursor" | "invalid_time" => StatusCode::BAD_REQUEST,
                "event_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            },
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            // Without `If-Match` nobody is told so: the change is made anew.
            ErrorKind::Conflict if code == "stale_revision" => StatusCode::PRECONDITION_FAILED,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::Authentication | ErrorKind::Network => StatusCode::BAD_GATEWAY,
            ErrorKind::Configuration | ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { hint: error.hint(), field: error.field_name(), ..Self::new(status, code, error.to_string()) }
    }
}

pub(crate) async fn no_such_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_route", "there is no such route; the API lives under /v1")
}

pub(crate) async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this route does not take this method")
}
