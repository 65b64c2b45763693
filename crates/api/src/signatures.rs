//! Signature tools.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_diagnosis::Autopsy;
use hookbench_domain::Timestamp;
use hookbench_signature::{DEFAULT_TOLERANCE_S, Scheme, Secret, Verification};
use hookbench_workbench::{DiagnoseRequest, VerifyRequest, WorkbenchError};
use http::StatusCode;
use serde::Deserialize;

use crate::events::read;
use crate::problem::Problem;

/// Bodies are at most 1 MiB, a third more in base64, and headers besides.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// A received request and what to check it with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Received {
    scheme: Option<String>,
    body_base64: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    secrets: Vec<Secret>,
    at: Option<Timestamp>,
    tolerance_s: Option<i64>,
}

/// The same, with its fields read.
struct Checked {
    scheme: Option<Scheme>,
    body: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    secrets: Vec<Secret>,
    at: Timestamp,
    tolerance_s: i64,
}

async fn received(state: &crate::State, body: Body) -> Result<Checked, Problem> {
    let bytes = read(body, MAX_BYTES).await?;
    let input: Received = serde_json::from_slice(&bytes).map_err(|error| Problem::malformed_json(&error))?;
    let body = STANDARD.decode(input.body_base64.as_bytes()).map_err(|error| {
        let detail = format!("`body_base64` is not base64: {error}");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", detail)
    })?;
    Ok(Checked {
        scheme: input.scheme.as_deref().map(str::parse).transpose().map_err(WorkbenchError::Scheme)?,
        body,
        headers: input.headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect(),
        secrets: input.secrets,
        at: input.at.unwrap_or_else(|| state.workbench.now()),
        tolerance_s: input.tolerance_s.unwrap_or(DEFAULT_TOLERANCE_S),
    })
}

pub(crate) async fn verify(
    State(state): State<crate::State>,
    body: Body,
) -> Result<Json<Verification>, Problem> {
    let Checked { scheme, body, headers, secrets, at, tolerance_s } = received(&state, body).await?;
    let missing =
        || WorkbenchError::Field { field: "scheme", why: "is missing: say by which rules".to_owned() };
    let request =
        VerifyRequest { scheme: scheme.ok_or_else(missing)?, secrets, headers, body, at, tolerance_s };
    Ok(Json(request.verify()))
}

pub(crate) async fn diagnose(
    State(state): State<crate::State>,
    body: Body,
) -> Result<Json<Autopsy>, Problem> {
    let Checked { scheme, body, headers, secrets, at, tolerance_s } = received(&state, body).await?;
    let name = |i| if i == 0 { "the configured secret".to_owned() } else { format!("candidate secret {i}") };
    let secrets = secrets.into_iter().enumerate().map(|(i, secret)| (name(i), secret)).collect();
    let request = DiagnoseRequest { scheme, secrets, headers, body, at, tolerance_s };
    let search = tokio::task::spawn_blocking(move || request.diagnose());
    let failed =
        |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "diagnosis_failed", "the search ended early");
    Ok(Json(search.await.map_err(failed)?))
}
