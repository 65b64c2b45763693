//! The receiver's sources.

use hookbench_domain::SourceId;
use hookbench_workbench::{ReceivedView, SavedSource, SourceInput, SourceView};
use serde::Deserialize;
use serde_json::Value;

use crate::commands::ById;
use crate::desk::Desk;
use crate::problem::Problem;

/// What the local API takes for a source, key for key.
#[derive(Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(
    type = "{ name: string; scheme?: string; secret?: string; generate_secret?: boolean; brand?: string; allow_ips?: Array<string>; token?: boolean | string }"
)]
pub(crate) struct SourceForm(Value);

pub(crate) async fn sources(desk: &Desk) -> Result<Vec<SourceView>, Problem> {
    Ok(desk.workbench().await?.sources())
}

pub(crate) async fn source_create(desk: &Desk, input: SourceForm) -> Result<SavedSource, Problem> {
    let input: SourceInput =
        serde_json::from_value(input.0).map_err(|error| Problem::new("invalid_field", error.to_string()))?;
    Ok(desk.workbench().await?.create_source(input).await?)
}

pub(crate) async fn source_delete(desk: &Desk, input: ById<SourceId>) -> Result<(), Problem> {
    desk.workbench().await?.delete_source(&input.id.to_string()).await?;
    Ok(())
}

pub(crate) async fn received(desk: &Desk, input: ById<SourceId>) -> Result<Vec<ReceivedView>, Problem> {
    Ok(desk.workbench().await?.source(&input.id.to_string()).await?.requests)
}
