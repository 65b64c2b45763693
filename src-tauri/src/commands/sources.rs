//! The receiver: its sources, what came to them, how it is reached; targets and the check.

use hookbench_domain::{SourceId, read_value};
use hookbench_workbench::{
    CheckInput, ForwardInput, ForwardedRequest, PublicEndpointView, ReceivedView, ReplayedRequest,
    ReportCard, SavedSource, SelfCheck, SourceInput, SourceView, TargetInput, TargetRequest, TargetView,
    WorkbenchError,
};
use serde::Deserialize;
use serde_json::Value;

use crate::commands::ById;
use crate::problem::Problem;
use crate::state::AppState;

/// What the local API takes for a source, key for key.
#[derive(Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(
    type = "{ name: string; scheme?: string; secret?: string; generate_secret?: boolean; brand?: string; allow_ips?: Array<string>; token?: boolean | string; postback?: PostbackMapping; relay?: { kind: RelayKind; url: string; key?: string } }"
)]
pub(crate) struct SourceForm(Value);

pub(crate) async fn sources(state: &AppState) -> Result<Vec<SourceView>, Problem> {
    Ok(state.workbench().await?.sources().list().await?)
}

pub(crate) async fn source_create(state: &AppState, input: SourceForm) -> Result<SavedSource, Problem> {
    let input: SourceInput = read_value(&input.0).map_err(WorkbenchError::Input)?;
    Ok(state.workbench().await?.sources().create(input).await?)
}

pub(crate) async fn source_delete(state: &AppState, input: ById<SourceId>) -> Result<(), Problem> {
    state.workbench().await?.sources().delete(&input.id.to_string()).await?;
    Ok(())
}

pub(crate) async fn received(state: &AppState, input: ById<SourceId>) -> Result<Vec<ReceivedView>, Problem> {
    Ok(state.workbench().await?.sources().get(&input.id.to_string()).await?.requests)
}

/// A request of the receiver's log, and the source by whose rules it is decided about again.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct ReceivedOf {
    id: String,
    source: Option<String>,
}

/// A request of the log, and where to send it on to.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct ReceivedForward {
    id: String,
    to: ForwardInput,
}

/// A public URL, or none.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct PublicUrl {
    url: Option<String>,
}

pub(crate) async fn received_replay(state: &AppState, input: ReceivedOf) -> Result<ReplayedRequest, Problem> {
    Ok(state.workbench().await?.receiver().replay(&input.id, input.source.as_deref()).await?)
}

pub(crate) async fn received_forward(
    state: &AppState,
    input: ReceivedForward,
) -> Result<ForwardedRequest, Problem> {
    Ok(state.workbench().await?.receiver().forward(&input.id, &input.to).await?)
}

pub(crate) async fn public_endpoint(state: &AppState) -> Result<PublicEndpointView, Problem> {
    Ok(state.workbench().await?.receiver().public_endpoint().await?)
}

pub(crate) async fn public_endpoint_set(
    state: &AppState,
    input: PublicUrl,
) -> Result<PublicEndpointView, Problem> {
    Ok(state.workbench().await?.receiver().set_public_url(input.url.as_deref()).await?)
}

pub(crate) async fn self_check(state: &AppState, input: PublicUrl) -> Result<SelfCheck, Problem> {
    Ok(state.workbench().await?.receiver().self_check(input.url.as_deref()).await?)
}

pub(crate) async fn check_receiver(state: &AppState, input: CheckInput) -> Result<ReportCard, Problem> {
    Ok(state.workbench().await?.receiver().check(input).await?)
}

pub(crate) async fn targets(state: &AppState) -> Result<Vec<TargetView>, Problem> {
    Ok(state.workbench().await?.targets().list())
}

pub(crate) async fn target_start(state: &AppState, input: TargetInput) -> Result<TargetView, Problem> {
    Ok(state.workbench().await?.targets().start(input).await?)
}

pub(crate) async fn target_requests(
    state: &AppState,
    input: ById<String>,
) -> Result<Vec<TargetRequest>, Problem> {
    Ok(state.workbench().await?.targets().requests(&input.id)?)
}

pub(crate) async fn target_stop(state: &AppState, input: ById<String>) -> Result<(), Problem> {
    Ok(state.workbench().await?.targets().stop(&input.id).await?)
}
