//! Signature tools and the retry plan.

use hookbench_workbench::{LabInput, LabRequest, LabResult, LabSignInput, ScheduleView, SchemeView};
use serde::Deserialize;

use crate::commands::AttemptOf;
use crate::problem::Problem;
use crate::state::AppState;

/// Whose schedule to draw: from when, and with the receiver down until when (RFC 3339 or an age).
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub(crate) struct ScheduleOf {
    platform: String,
    from: Option<String>,
    down_until: Option<String>,
}

pub(crate) async fn schemes(state: &AppState) -> Result<Vec<SchemeView>, Problem> {
    Ok(state.workbench().await?.platforms().schemes())
}

pub(crate) async fn lab(state: &AppState, input: LabInput) -> Result<LabResult, Problem> {
    Ok(state.workbench().await?.signatures().check(input).await?)
}

pub(crate) async fn lab_request(state: &AppState, input: AttemptOf) -> Result<LabRequest, Problem> {
    Ok(state.workbench().await?.signatures().request(input.id, input.attempt).await?)
}

pub(crate) async fn lab_sign(
    state: &AppState,
    input: LabSignInput,
) -> Result<Vec<(String, String)>, Problem> {
    Ok(state.workbench().await?.signatures().sign(input).await?)
}

pub(crate) async fn schedule(state: &AppState, input: ScheduleOf) -> Result<ScheduleView, Problem> {
    let workbench = state.workbench().await?;
    Ok(workbench.schedule(&input.platform, input.from.as_deref(), input.down_until.as_deref())?)
}
