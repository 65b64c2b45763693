//! Operations: sending again what did not get through.

use axum::Json;
use axum::extract::{Path, State};
use hookbench_domain::{OperationId, SubscriptionId};
use hookbench_workbench::{OperationPlan, OperationView, Page, RecoverInput, ReplayInput, WorkbenchError};
use http::StatusCode;
use serde::Deserialize;

use crate::extract::{Nothing, OptionalJson, StrictQuery};
use crate::problem::Problem;

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PageOf {
    limit: Option<u32>,
    cursor: Option<String>,
}

fn id(text: &str) -> Result<OperationId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

fn subscription(text: &str) -> Result<SubscriptionId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

/// `202` where something was started.
fn planned(plan: OperationPlan) -> (StatusCode, Json<OperationPlan>) {
    (if plan.operation.is_some() { StatusCode::ACCEPTED } else { StatusCode::OK }, Json(plan))
}

pub(crate) async fn recover(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    OptionalJson(input): OptionalJson<RecoverInput>,
) -> Result<(StatusCode, Json<OperationPlan>), Problem> {
    let id = subscription(&text)?;
    Ok(planned(state.workbench.operations().recover(id, &input).await?))
}

pub(crate) async fn replay(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    OptionalJson(input): OptionalJson<ReplayInput>,
) -> Result<(StatusCode, Json<OperationPlan>), Problem> {
    let id = subscription(&text)?;
    Ok(planned(state.workbench.operations().replay(id, &input).await?))
}

pub(crate) async fn list(
    State(state): State<crate::State>,
    StrictQuery(page): StrictQuery<PageOf>,
) -> Result<Json<Page<OperationView>>, Problem> {
    Ok(Json(state.workbench.operations().list(page.limit, page.cursor.as_deref()).await?))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(state.workbench.operations().get(id(&text)?).await?))
}

pub(crate) async fn cancel(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(state.workbench.operations().cancel(id(&text)?).await?))
}
