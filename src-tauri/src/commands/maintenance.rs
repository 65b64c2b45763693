//! Retention, erasing, and the doctor.

use hookbench_workbench::{
    DoctorReport, EraseInput, EraseReport, RetentionDone, RetentionInput, RetentionRun, RetentionView,
};

use crate::problem::Problem;
use crate::state::AppState;

pub(crate) async fn retention(state: &AppState) -> Result<RetentionView, Problem> {
    Ok(state.workbench().await?.maintenance().retention().await?)
}

pub(crate) async fn retention_set(state: &AppState, input: RetentionInput) -> Result<RetentionView, Problem> {
    Ok(state.workbench().await?.maintenance().set_retention(input).await?)
}

pub(crate) async fn retention_run(state: &AppState) -> Result<RetentionDone, Problem> {
    Ok(state.workbench().await?.maintenance().run_retention(RetentionRun::default()).await?)
}

pub(crate) async fn erase(state: &AppState, input: EraseInput) -> Result<EraseReport, Problem> {
    Ok(state.workbench().await?.events().erase(&input).await?)
}

pub(crate) async fn doctor(state: &AppState) -> Result<DoctorReport, Problem> {
    Ok(state.workbench().await?.maintenance().examine().await)
}
