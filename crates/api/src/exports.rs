//! Deliveries as files, the incident bundle, and sending what was edited.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hookbench_domain::DeliveryId;
use hookbench_workbench::{Bundle, EditedEvent, Export, ExportFormat, Redaction, SentEdited, WorkbenchError};
use http::{StatusCode, header};
use serde::Deserialize;

use crate::deliveries::Filters;
use crate::problem::Problem;

/// How long a request waits for the answer of what it sent.
const PATIENCE: Duration = Duration::from_secs(35);
/// A body of 1 MiB in base64, and headers besides.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// How a file is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct How {
    format: Option<String>,
    #[serde(default)]
    mask_signatures: bool,
    #[serde(default)]
    unredacted: bool,
}

impl How {
    fn redaction(&self) -> Redaction {
        Redaction { secrets: !self.unredacted, signatures: self.mask_signatures }
    }
}

fn id(text: &str) -> Result<DeliveryId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

/// Splits what belongs to the file from what belongs to the filters.
fn split(raw: Option<&str>) -> Result<(How, Filters), Problem> {
    let of_file = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        matches!(name, "format" | "mask_signatures" | "unredacted")
    };
    let (file, filters): (Vec<&str>, Vec<&str>) =
        raw.unwrap_or_default().split('&').filter(|p| !p.is_empty()).partition(of_file);
    let read = |pairs: &[&str]| format!("http://localhost/?{}", pairs.join("&")).parse::<http::Uri>();
    let bad = |error: &dyn std::fmt::Display| Problem::bad_query(error);
    let file = read(&file).map_err(|error| bad(&error))?;
    let filters = read(&filters).map_err(|error| bad(&error))?;
    let Query(how) = Query::<How>::try_from_uri(&file).map_err(|error| bad(&error.body_text()))?;
    let Query(filters) = Query::<Filters>::try_from_uri(&filters).map_err(|error| bad(&error.body_text()))?;
    Ok((how, filters))
}

pub(crate) async fn export(State(state): State<crate::State>, uri: http::Uri) -> Result<Response, Problem> {
    let (how, filters) = split(uri.query())?;
    let format: ExportFormat = how.format.as_deref().unwrap_or("json").parse()?;
    let export = state.workbench.export(&filters.query(), format, how.redaction())?;
    let name = format!("attachment; filename=\"deliveries.{}\"", extension(format));
    let body = Body::from_stream(futures_util::stream::unfold(export, piece));
    Ok(([(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)], body)
        .into_response())
}

/// A file that breaks off says so by the connection that breaks: its status is already out.
async fn piece(mut export: Export) -> Option<(Result<Bytes, WorkbenchError>, Export)> {
    let piece = export.next().await.transpose()?;
    Some((piece.map(Bytes::from), export))
}

fn extension(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Json => "json",
        ExportFormat::Har => "har",
        ExportFormat::Curl => "sh",
    }
}

pub(crate) async fn bundle(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    query: Result<Query<How>, QueryRejection>,
) -> Result<Json<Bundle>, Problem> {
    let Query(how) = query.map_err(|error| Problem::bad_query(&error.body_text()))?;
    if how.format.is_some() {
        return Err(Problem::bad_query(&"`format` belongs to /v1/deliveries/export"));
    }
    Ok(Json(state.workbench.bundle(id(&text)?, how.redaction()).await?))
}

pub(crate) async fn edit_and_send(
    State(state): State<crate::State>,
    body: Body,
) -> Result<(StatusCode, Json<SentEdited>), Problem> {
    let bytes = crate::events::read(body, MAX_BYTES).await?;
    let input: EditedEvent = crate::subscriptions::parse(&bytes)?;
    let sent = state.workbench.edit_and_send(input, PATIENCE).await?;
    Ok((if sent.detail.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED }, Json(sent)))
}
