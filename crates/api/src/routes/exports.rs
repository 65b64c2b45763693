//! Deliveries as files, the incident bundle, and sending what was edited.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use hookbench_domain::DeliveryId;
use hookbench_workbench::{
    Bundle, DeliveryQuery, EditedEvent, Export, ExportFormat, Redaction, SentEdited, WorkbenchError,
};
use http::{StatusCode, Uri, header};
use serde::Deserialize;

use crate::extract::{StrictJson, StrictQuery, read_query};
use crate::problem::Problem;

/// How long a request waits for the answer of what it sent.
const TIMEOUT: Duration = Duration::from_secs(35);
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
fn split(uri: &Uri) -> Result<(How, DeliveryQuery), Problem> {
    let mut queries =
        [form_urlencoded::Serializer::new(String::new()), form_urlencoded::Serializer::new(String::new())];
    let [file, filters] = &mut queries;
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let of_file = matches!(&*name, "format" | "mask_signatures" | "unredacted");
        if of_file { &mut *file } else { &mut *filters }.append_pair(&name, &value);
    }
    let [file, filters] = queries.map(|mut query| query.finish());
    Ok((read_query(&file)?, read_query(&filters)?))
}

pub(crate) async fn export(State(state): State<crate::State>, uri: Uri) -> Result<Response, Problem> {
    let (how, filters) = split(&uri)?;
    let format: ExportFormat = how.format.as_deref().unwrap_or("json").parse()?;
    let mut export = state.workbench.exports().start(&filters, format, how.redaction()).await?;
    // The head and the first delivery: what fails up to there is answered as a problem.
    let mut first = Vec::new();
    for _ in 0..2 {
        first.extend(export.next().await?.unwrap_or_default());
    }
    let name = format!("attachment; filename=\"deliveries.{}\"", extension(format));
    let first = futures_util::stream::iter([Ok(Bytes::from(first))]);
    let body = Body::from_stream(first.chain(futures_util::stream::unfold(export, piece)));
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
    StrictQuery(how): StrictQuery<How>,
) -> Result<Json<Bundle>, Problem> {
    if how.format.is_some() {
        return Err(Problem::bad_query(&"`format` belongs to /v1/deliveries/export"));
    }
    Ok(Json(state.workbench.exports().bundle(id(&text)?, how.redaction()).await?))
}

pub(crate) async fn edit_and_send(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<EditedEvent, MAX_BYTES>,
) -> Result<(StatusCode, Json<SentEdited>), Problem> {
    let sent = state.workbench.deliveries().edit_and_send(input, TIMEOUT).await?;
    Ok((if sent.detail.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED }, Json(sent)))
}
