//! Signature tools and the retry plan.

use hookbench_workbench::{LabAnswer, LabInput, LabRequest, LabSignInput, ScheduleView, SchemeView};
use serde::Deserialize;

use crate::commands::AttemptOf;
use crate::desk::Desk;
use crate::problem::Problem;

/// Whose schedule to draw: from when, and with the receiver down until when (RFC 3339 or an age).
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub(crate) struct ScheduleOf {
    platform: String,
    from: Option<String>,
    down_until: Option<String>,
}

pub(crate) async fn schemes(desk: &Desk) -> Result<Vec<SchemeView>, Problem> {
    Ok(desk.workbench().await?.schemes())
}

pub(crate) async fn lab(desk: &Desk, input: LabInput) -> Result<LabAnswer, Problem> {
    Ok(desk.workbench().await?.lab(input).await?)
}

pub(crate) async fn lab_request(desk: &Desk, input: AttemptOf) -> Result<LabRequest, Problem> {
    Ok(desk.workbench().await?.lab_request(input.id, input.attempt).await?)
}

pub(crate) async fn lab_sign(desk: &Desk, input: LabSignInput) -> Result<Vec<(String, String)>, Problem> {
    Ok(desk.workbench().await?.lab_sign(input).await?)
}

pub(crate) async fn schedule(desk: &Desk, input: ScheduleOf) -> Result<ScheduleView, Problem> {
    let workbench = desk.workbench().await?;
    Ok(workbench.schedule(&input.platform, input.from.as_deref(), input.down_until.as_deref())?)
}
