//! Scripted targets inside the running program, and the receiver check.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_workbench::{CheckInput, Page, ReportCard, TargetInput, TargetRequest, TargetView};
use http::StatusCode;
use serde_json::json;

use crate::extract::{Nothing, OptionalJson, StrictJson};
use crate::problem::Problem;
use crate::routes::events::all;

pub(crate) async fn list(State(state): State<crate::State>, _: Nothing) -> Json<Page<TargetView>> {
    all(state.workbench.targets().list())
}

pub(crate) async fn start(
    State(state): State<crate::State>,
    OptionalJson(input): OptionalJson<TargetInput>,
) -> Result<impl IntoResponse, Problem> {
    Ok((StatusCode::CREATED, Json(state.workbench.targets().start(input).await?)))
}

pub(crate) async fn requests(
    State(state): State<crate::State>,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Json<Page<TargetRequest>>, Problem> {
    Ok(all(state.workbench.targets().requests(&id)?))
}

pub(crate) async fn stop(
    State(state): State<crate::State>,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    state.workbench.targets().stop(&id).await?;
    Ok(Json(json!({ "id": id, "stopped": true })))
}

pub(crate) async fn check(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<CheckInput>,
) -> Result<Json<ReportCard>, Problem> {
    Ok(Json(state.workbench.receiver().check(input).await?))
}
