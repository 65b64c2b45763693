//! Retention, erasing, and the doctor.

use hookbench_workbench::{
    DoctorReport, EraseInput, EraseReport, RetentionDone, RetentionInput, RetentionRun, RetentionView,
};

use crate::desk::Desk;
use crate::problem::Problem;

pub(crate) async fn retention(desk: &Desk) -> Result<RetentionView, Problem> {
    Ok(desk.workbench().await?.retention().await?)
}

pub(crate) async fn retention_set(desk: &Desk, input: RetentionInput) -> Result<RetentionView, Problem> {
    Ok(desk.workbench().await?.set_retention(input).await?)
}

pub(crate) async fn retention_run(desk: &Desk) -> Result<RetentionDone, Problem> {
    Ok(desk.workbench().await?.run_retention(RetentionRun::default()).await?)
}

pub(crate) async fn erase(desk: &Desk, input: EraseInput) -> Result<EraseReport, Problem> {
    Ok(desk.workbench().await?.erase(&input).await?)
}

pub(crate) async fn doctor(desk: &Desk) -> Result<DoctorReport, Problem> {
    Ok(desk.workbench().await?.examine().await)
}
