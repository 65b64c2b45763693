//! Retention, erasing, and the doctor.

use axum::Json;
use axum::extract::State;
use hookbench_workbench::{
    DoctorReport, EraseInput, EraseReport, RetentionDone, RetentionInput, RetentionRun, RetentionView,
};

use crate::extract::{Nothing, OptionalJson, StrictJson};
use crate::problem::Problem;

pub(crate) async fn retention(
    State(state): State<crate::State>,
    _: Nothing,
) -> Result<Json<RetentionView>, Problem> {
    Ok(Json(state.workbench.maintenance().retention().await?))
}

pub(crate) async fn set_retention(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<RetentionInput>,
) -> Result<Json<RetentionView>, Problem> {
    Ok(Json(state.workbench.maintenance().set_retention(input).await?))
}

pub(crate) async fn run_retention(
    State(state): State<crate::State>,
    OptionalJson(run): OptionalJson<RetentionRun>,
) -> Result<Json<RetentionDone>, Problem> {
    Ok(Json(state.workbench.maintenance().run_retention(run).await?))
}

pub(crate) async fn erase(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<EraseInput>,
) -> Result<Json<EraseReport>, Problem> {
    Ok(Json(state.workbench.events().erase(&input).await?))
}

pub(crate) async fn doctor(State(state): State<crate::State>, _: Nothing) -> Json<DoctorReport> {
    Json(state.workbench.maintenance().examine().await)
}
