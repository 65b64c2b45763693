//! Signature tools.

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_diagnosis::Autopsy;
use hookbench_domain::{DeliveryId, Timestamp, header_pairs};
use hookbench_signature::{DEFAULT_TOLERANCE_S, Scheme, Secret, Verification};
use hookbench_workbench::{DiagnoseInput, RawRequest, Subject, VerifyRequest, WorkbenchError};
use serde::Deserialize;

use crate::extract::StrictJson;
use crate::problem::Problem;

/// Bodies are at most 1 MiB, a third more in base64, and headers besides.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// A received request and what to check it with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Received {
    scheme: Option<String>,
    body_base64: Option<String>,
    /// A whole HTTP message, instead of body and headers; for `diagnose`.
    message_base64: Option<String>,
    /// A delivery of the log, instead; for `diagnose`.
    delivery: Option<DeliveryId>,
    /// A request of the receiver's log, instead; for `diagnose`.
    received: Option<String>,
    #[serde(default)]
    use_vault: bool,
    #[serde(default)]
    thorough: bool,
    #[serde(default, deserialize_with = "header_pairs")]
    headers: Vec<(String, String)>,
    #[serde(default)]
    secrets: Vec<Secret>,
    at: Option<Timestamp>,
    tolerance_s: Option<i64>,
}

fn decoded(field: &'static str, text: &str) -> Result<Vec<u8>, Problem> {
    let wrong = |error| WorkbenchError::field(field, format!("is not base64: {error}"));
    Ok(STANDARD.decode(text.as_bytes()).map_err(wrong)?)
}

impl Received {
    fn scheme(&self) -> Result<Option<Scheme>, Problem> {
        Ok(self.scheme.as_deref().map(str::parse).transpose().map_err(WorkbenchError::Scheme)?)
    }

    /// Where the request lies: in exactly one of the four.
    fn subject(&mut self) -> Result<Subject, Problem> {
        let headers: Vec<_> = std::mem::take(&mut self.headers)
            .into_iter()
            .map(|(name, value)| (name, value.into_bytes()))
            .collect();
        let subject = match (&self.body_base64, &self.message_base64, self.delivery, self.received.take()) {
            (Some(body), None, None, None) => {
                return Ok(Subject::Request(RawRequest { headers, body: decoded("body_base64", body)? }));
            }
            (None, Some(message), None, None) => {
                Subject::Request(RawRequest::read(&decoded("message_base64", message)?)?)
            }
            (None, None, Some(id), None) => Subject::Delivery(id),
            (None, None, None, Some(id)) => Subject::Received(id),
            (_, _, _, _) => {
                let why = "or exactly one of `message_base64`, `delivery` and `received` must be given";
                return Err(WorkbenchError::field("body_base64", why).into());
            }
        };
        if headers.is_empty() {
            Ok(subject)
        } else {
            let why = "belong to `body_base64`: leave them out, the request brings its own";
            Err(WorkbenchError::field("headers", why).into())
        }
    }
}

pub(crate) async fn verify(
    State(state): State<crate::State>,
    StrictJson(mut input): StrictJson<Received, MAX_BYTES>,
) -> Result<Json<Verification>, Problem> {
    let missing = || WorkbenchError::field("scheme", "is missing: say by which rules");
    let scheme = input.scheme()?.ok_or_else(missing)?;
    let Subject::Request(RawRequest { headers, body }) = input.subject()? else {
        let why = "or `message_base64` must be given: only `diagnose` looks into the logs";
        return Err(WorkbenchError::field("body_base64", why).into());
    };
    let request = VerifyRequest {
        scheme,
        secrets: input.secrets,
        headers,
        body,
        at: input.at.unwrap_or_else(|| state.workbench.now()),
        tolerance_s: input.tolerance_s.unwrap_or(DEFAULT_TOLERANCE_S),
    };
    Ok(Json(request.verify()))
}

pub(crate) async fn diagnose(
    State(state): State<crate::State>,
    StrictJson(mut input): StrictJson<Received, MAX_BYTES>,
) -> Result<Json<Autopsy>, Problem> {
    let subject = input.subject()?;
    let name = |i| if i == 0 { "the configured secret".to_owned() } else { format!("candidate secret {i}") };
    let request = DiagnoseInput {
        subject,
        scheme: input.scheme()?,
        secrets: input.secrets.into_iter().enumerate().map(|(i, secret)| (name(i), secret)).collect(),
        use_vault: input.use_vault,
        at: input.at,
        tolerance_s: input.tolerance_s.unwrap_or(DEFAULT_TOLERANCE_S),
        thorough: input.thorough,
    };
    Ok(Json(state.workbench.signatures().diagnose(request).await?))
}
