//! Events, and the catalogues they come from.

use hookbench_domain::SourceId;
use hookbench_workbench::{Accepted, EventDetail, EventTypeView, LiveLine, LiveQuery, Page, PlatformView};
use serde::Deserialize;

use crate::problem::Problem;
use crate::state::AppState;

/// Names an event; brand or source where the id alone does not.
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub(crate) struct EventOf {
    id: String,
    brand: Option<String>,
    source: Option<SourceId>,
}

/// An event as JSON text, as the local API takes it.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct EventJson {
    json: String,
}

pub(crate) async fn live(state: &AppState, input: LiveQuery) -> Result<Page<LiveLine>, Problem> {
    Ok(state.workbench().await?.events().live(&input).await?)
}

pub(crate) async fn event(state: &AppState, input: EventOf) -> Result<EventDetail, Problem> {
    let workbench = state.workbench().await?;
    Ok(workbench.events().get(&input.id, input.brand.as_deref(), input.source).await?)
}

pub(crate) async fn event_send(state: &AppState, input: EventJson) -> Result<Accepted, Problem> {
    Ok(state.workbench().await?.events().publish_json(input.json.as_bytes()).await?)
}

pub(crate) async fn event_types(state: &AppState) -> Result<Vec<EventTypeView>, Problem> {
    Ok(state.workbench().await?.platforms().event_types().await?)
}

pub(crate) async fn platforms(state: &AppState) -> Result<Vec<PlatformView>, Problem> {
    Ok(state.workbench().await?.platforms().list())
}
