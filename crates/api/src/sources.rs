//! Sources: the inbound paths of the receiver.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_workbench::{Page, SourceDetail, SourceInput, SourceView};
use http::StatusCode;
use serde_json::json;

use crate::events::all;
use crate::problem::Problem;
use crate::subscriptions::read_input;

pub(crate) async fn list(State(state): State<crate::State>) -> Json<Page<SourceView>> {
    all(state.workbench.sources())
}

pub(crate) async fn create(
    State(state): State<crate::State>,
    body: Body,
) -> Result<impl IntoResponse, Problem> {
    let input: SourceInput = read_input(body).await?;
    Ok((StatusCode::CREATED, Json(state.workbench.create_source(input).await?)))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<SourceDetail>, Problem> {
    Ok(Json(state.workbench.source(&text).await?))
}

pub(crate) async fn delete(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let id = state.workbench.delete_source(&text).await?;
    Ok(Json(json!({ "id": id, "deleted": true })))
}
