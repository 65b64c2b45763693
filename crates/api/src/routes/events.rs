//! Events: publish, list, show.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use hookbench_domain::{MAX_BODY_BYTES, SourceId, Timestamp, parse_when};
use hookbench_workbench::{
    BatchResult, EventDetail, EventQuery, EventTypeView, Page, Workbench, WorkbenchError,
};
use http::{HeaderMap, StatusCode, Uri, header};
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;

use crate::extract::{Nothing, StrictQuery, no_query, read};
use crate::problem::Problem;

/// The most one request of many events may hold, in bytes (64 MiB).
const MAX_LINES_BYTES: usize = 64 * 1024 * 1024;

/// Publishes many events as their lines come, without holding the body.
async fn publish_lines(workbench: &Workbench, body: Body) -> Result<BatchResult, Problem> {
    let mut body = Limited::new(body, MAX_LINES_BYTES);
    let mut batch = workbench.events().lines();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                let detail = format!(
                    "the body has more than {MAX_LINES_BYTES} bytes; events in its first lines were kept: send the \
                     rest on its own"
                );
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
            } else {
                Problem::malformed_json(&error)
            }
        })?;
        if let Ok(bytes) = frame.into_data() {
            batch.take(&bytes).await?;
        }
    }
    Ok(batch.finish().await?)
}

pub(crate) async fn publish(
    State(state): State<crate::State>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    no_query(&uri, "; say it in the event")?;
    let lines = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/x-ndjson"));
    if lines {
        return Ok(Json(publish_lines(&state.workbench, body).await?).into_response());
    }
    let accepted = state.workbench.events().publish_json(&read(body, MAX_BODY_BYTES).await?).await?;
    let status = if accepted.duplicate { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(accepted)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    event_type: Option<String>,
    brand: Option<String>,
    since: Option<String>,
    until: Option<String>,
    search: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Reads `since` and `until`: RFC 3339, or how long ago.
pub(crate) fn moment(text: Option<&str>, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    text.map(|t| parse_when(t, now)).transpose().map_err(|error| WorkbenchError::from(error).into())
}

pub(crate) async fn list(
    State(state): State<crate::State>,
    StrictQuery(q): StrictQuery<ListQuery>,
) -> Result<impl IntoResponse, Problem> {
    let now = state.workbench.now();
    let query = EventQuery {
        event_type: q.event_type,
        brand: q.brand,
        since: moment(q.since.as_deref(), now)?,
        until: moment(q.until.as_deref(), now)?,
        search: q.search,
        limit: q.limit.unwrap_or(50),
        cursor: q.cursor,
    };
    Ok(Json(state.workbench.events().list(&query).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichQuery {
    brand: Option<String>,
    source: Option<String>,
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(id): Path<String>,
    StrictQuery(q): StrictQuery<WhichQuery>,
) -> Result<Json<EventDetail>, Problem> {
    let source = q.source.as_deref().map(str::parse::<SourceId>).transpose().map_err(WorkbenchError::from)?;
    Ok(Json(state.workbench.events().get(&id, q.brand.as_deref(), source).await?))
}

/// A listing that has one page only.
pub(crate) fn all<T>(items: Vec<T>) -> Json<Page<T>> {
    Json(Page { items, next_cursor: None })
}

pub(crate) async fn types(
    State(state): State<crate::State>,
    _: Nothing,
) -> Result<Json<Page<EventTypeView>>, Problem> {
    Ok(all(state.workbench.platforms().event_types().await?))
}
