//! Retention, erasing, and the doctor.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use hookbench_workbench::{
    DoctorReport, EraseInput, EraseReport, RetentionDone, RetentionInput, RetentionRun, RetentionView,
};

use crate::problem::Problem;
use crate::subscriptions::{read_input, read_input_or_default};

pub(crate) async fn retention(State(state): State<crate::State>) -> Result<Json<RetentionView>, Problem> {
    Ok(Json(state.workbench.retention().await?))
}

pub(crate) async fn set_retention(
    State(state): State<crate::State>,
    body: Body,
) -> Result<Json<RetentionView>, Problem> {
    Ok(Json(state.workbench.set_retention(read_input::<RetentionInput>(body).await?).await?))
}

pub(crate) async fn run_retention(
    State(state): State<crate::State>,
    body: Body,
) -> Result<Json<RetentionDone>, Problem> {
    let run = read_input_or_default::<RetentionRun>(body).await?;
    Ok(Json(state.workbench.run_retention(run).await?))
}

pub(crate) async fn erase(
    State(state): State<crate::State>,
    body: Body,
) -> Result<Json<EraseReport>, Problem> {
    Ok(Json(state.workbench.erase(&read_input::<EraseInput>(body).await?).await?))
}

pub(crate) async fn doctor(State(state): State<crate::State>) -> Json<DoctorReport> {
    Json(state.workbench.examine().await)
}
