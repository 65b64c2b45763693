//! Operations: sending again what did not get through.

use hookbench_domain::{OperationId, SubscriptionId};
use hookbench_workbench::{
    BulkCancel, DeliveryQuery, OperationPlan, OperationView, Page, RecoverInput, ReplayInput,
};
use serde::Deserialize;

use crate::commands::ById;
use crate::problem::Problem;
use crate::state::AppState;

/// Resend what failed of a subscription.
#[derive(Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecoverOf {
    id: SubscriptionId,
    input: RecoverInput,
}

/// Send events to a subscription once more, or at last.
#[derive(Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayOf {
    id: SubscriptionId,
    input: ReplayInput,
}

/// A cancel of all that a filter names.
#[derive(Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelMatching {
    query: DeliveryQuery,
    dry_run: bool,
}

/// Which operations.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct OperationsOf {
    limit: Option<u32>,
    cursor: Option<String>,
}

pub(crate) async fn recover(state: &AppState, input: RecoverOf) -> Result<OperationPlan, Problem> {
    Ok(state.workbench().await?.operations().recover(input.id, &input.input).await?)
}

pub(crate) async fn replay(state: &AppState, input: ReplayOf) -> Result<OperationPlan, Problem> {
    Ok(state.workbench().await?.operations().replay(input.id, &input.input).await?)
}

pub(crate) async fn cancel_matching(state: &AppState, input: CancelMatching) -> Result<BulkCancel, Problem> {
    Ok(state.workbench().await?.operations().cancel_matching(&input.query, input.dry_run).await?)
}

pub(crate) async fn operations(
    state: &AppState,
    input: OperationsOf,
) -> Result<Page<OperationView>, Problem> {
    Ok(state.workbench().await?.operations().list(input.limit, input.cursor.as_deref()).await?)
}

pub(crate) async fn operation(state: &AppState, input: ById<OperationId>) -> Result<OperationView, Problem> {
    Ok(state.workbench().await?.operations().get(input.id).await?)
}

pub(crate) async fn operation_cancel(
    state: &AppState,
    input: ById<OperationId>,
) -> Result<OperationView, Problem> {
    Ok(state.workbench().await?.operations().cancel(input.id).await?)
}
