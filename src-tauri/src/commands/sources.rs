//! The receiver: its sources, what came to them, how it is reached; targets and the check.

use hookbench_domain::{SourceId, read_value};
use hookbench_workbench::{
    CheckInput, ForwardInput, ForwardedRequest, ReachView, ReceivedView, ReplayedRequest, ReportCard,
    SavedSource, SelfCheck, SourceInput, SourceView, TargetInput, TargetRequest, TargetView, WorkbenchError,
};
use serde::Deserialize;
use serde_json::Value;

use crate::commands::ById;
use crate::desk::Desk;
use crate::problem::Problem;

/// What the local API takes for a source, key for key.
#[derive(Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(
    type = "{ name: string; scheme?: string; secret?: string; generate_secret?: boolean; brand?: string; allow_ips?: Array<string>; token?: boolean | string; postback?: PostbackMapping; relay?: { kind: RelayKind; url: string; key?: string } }"
)]
pub(crate) struct SourceForm(Value);

pub(crate) async fn sources(desk: &Desk) -> Result<Vec<SourceView>, Problem> {
    Ok(desk.workbench().await?.sources().await?)
}

pub(crate) async fn source_create(desk: &Desk, input: SourceForm) -> Result<SavedSource, Problem> {
    let input: SourceInput = read_value(&input.0).map_err(WorkbenchError::Input)?;
    Ok(desk.workbench().await?.create_source(input).await?)
}

pub(crate) async fn source_delete(desk: &Desk, input: ById<SourceId>) -> Result<(), Problem> {
    desk.workbench().await?.delete_source(&input.id.to_string()).await?;
    Ok(())
}

pub(crate) async fn received(desk: &Desk, input: ById<SourceId>) -> Result<Vec<ReceivedView>, Problem> {
    Ok(desk.workbench().await?.source(&input.id.to_string()).await?.requests)
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

pub(crate) async fn received_replay(desk: &Desk, input: ReceivedOf) -> Result<ReplayedRequest, Problem> {
    Ok(desk.workbench().await?.replay_received(&input.id, input.source.as_deref()).await?)
}

pub(crate) async fn received_forward(
    desk: &Desk,
    input: ReceivedForward,
) -> Result<ForwardedRequest, Problem> {
    Ok(desk.workbench().await?.forward_received(&input.id, &input.to).await?)
}

pub(crate) async fn reach(desk: &Desk) -> Result<ReachView, Problem> {
    Ok(desk.workbench().await?.reach().await?)
}

pub(crate) async fn reach_set(desk: &Desk, input: PublicUrl) -> Result<ReachView, Problem> {
    Ok(desk.workbench().await?.set_public_url(input.url.as_deref()).await?)
}

pub(crate) async fn self_check(desk: &Desk, input: PublicUrl) -> Result<SelfCheck, Problem> {
    Ok(desk.workbench().await?.self_check(input.url.as_deref()).await?)
}

pub(crate) async fn check_receiver(desk: &Desk, input: CheckInput) -> Result<ReportCard, Problem> {
    Ok(desk.workbench().await?.check_receiver(input).await?)
}

pub(crate) async fn targets(desk: &Desk) -> Result<Vec<TargetView>, Problem> {
    Ok(desk.workbench().await?.targets())
}

pub(crate) async fn target_start(desk: &Desk, input: TargetInput) -> Result<TargetView, Problem> {
    Ok(desk.workbench().await?.start_target(input).await?)
}

pub(crate) async fn target_requests(desk: &Desk, input: ById<String>) -> Result<Vec<TargetRequest>, Problem> {
    Ok(desk.workbench().await?.target_requests(&input.id)?)
}

pub(crate) async fn target_stop(desk: &Desk, input: ById<String>) -> Result<(), Problem> {
    Ok(desk.workbench().await?.stop_target(&input.id).await?)
}
