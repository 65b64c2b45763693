//! Scripted targets inside the running program, and the receiver check.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_workbench::{CheckInput, Page, ReportCard, TargetInput, TargetRequest, TargetView};
use http::StatusCode;
use serde_json::json;

use crate::events::all;
use crate::problem::Problem;
use crate::subscriptions::{read_input, read_input_or_default};

pub(crate) async fn list(State(state): State<crate::State>) -> Json<Page<TargetView>> {
    all(state.workbench.targets())
}

pub(crate) async fn start(
    State(state): State<crate::State>,
    body: Body,
) -> Result<impl IntoResponse, Problem> {
    let input: TargetInput = read_input_or_default(body).await?;
    Ok((StatusCode::CREATED, Json(state.workbench.start_target(input).await?)))
}

pub(crate) async fn requests(
    State(state): State<crate::State>,
    Path(id): Path<String>,
) -> Result<Json<Page<TargetRequest>>, Problem> {
    Ok(all(state.workbench.target_requests(&id)?))
}

pub(crate) async fn stop(
    State(state): State<crate::State>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    state.workbench.stop_target(&id).await?;
    Ok(Json(json!({ "id": id, "stopped": true })))
}

pub(crate) async fn check(
    State(state): State<crate::State>,
    body: Body,
) -> Result<Json<ReportCard>, Problem> {
    let input: CheckInput = read_input(body).await?;
    Ok(Json(state.workbench.check_receiver(input).await?))
}
