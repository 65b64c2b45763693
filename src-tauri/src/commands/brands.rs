//! Brands: accounts on a platform, and what the platform has.

use hookbench_domain::{BrandId, read_value};
use hookbench_workbench::{
    BrandChange, BrandDetail, BrandInput, BrandView, KeyCheck, RemoteLog, RemoteLogQuery, SubscriptionView,
    SyncSummary, WorkbenchError,
};
use serde::Deserialize;
use serde_json::Value;

use crate::commands::ById;
use crate::problem::Problem;
use crate::state::AppState;

/// What the local API takes for a brand, key for key.
#[derive(Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "{ name?: string; platform: string; base_url?: string; payload_id?: string; secret?: string }")]
pub(crate) struct BrandForm(Value);

/// A change of a brand; what is left out stays.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct BrandEdit {
    id: BrandId,
    #[ts(type = "{ name?: string; base_url?: string; payload_id?: string | null; secret?: string }")]
    change: Value,
}

/// How a platform is read.
#[derive(Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct BrandSync {
    id: BrandId,
    /// Whether what differs is set right.
    repair: bool,
}

/// How a brand is removed.
#[derive(Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct BrandRemoval {
    id: BrandId,
    /// Whether the webhooks of its subscriptions stay at the platform.
    leave_webhooks: bool,
}

/// Which entries of a brand's delivery log.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct RemoteLogOf {
    id: BrandId,
    query: RemoteLogQuery,
}

/// A webhook at a brand's platform.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct WebhookOf {
    brand: BrandId,
    /// The platform's id of it.
    webhook: String,
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Problem> {
    Ok(read_value(&value).map_err(WorkbenchError::Input)?)
}

pub(crate) async fn brands(state: &AppState) -> Result<Vec<BrandView>, Problem> {
    Ok(state.workbench().await?.brands().list()?)
}

pub(crate) async fn brand(state: &AppState, input: ById<BrandId>) -> Result<BrandDetail, Problem> {
    Ok(state.workbench().await?.brands().get(&input.id.to_string()).await?)
}

pub(crate) async fn brand_test(state: &AppState, input: BrandForm) -> Result<KeyCheck, Problem> {
    let input: BrandInput = read(input.0)?;
    Ok(state.workbench().await?.brands().check_key(&input).await?)
}

pub(crate) async fn brand_add(state: &AppState, input: BrandForm) -> Result<BrandView, Problem> {
    Ok(state.workbench().await?.brands().add(read(input.0)?).await?)
}

pub(crate) async fn brand_edit(state: &AppState, input: BrandEdit) -> Result<BrandView, Problem> {
    let change: BrandChange = read(input.change)?;
    Ok(state.workbench().await?.brands().edit(&input.id.to_string(), change).await?)
}

pub(crate) async fn brand_check(state: &AppState, input: ById<BrandId>) -> Result<KeyCheck, Problem> {
    Ok(state.workbench().await?.brands().check(&input.id.to_string()).await?)
}

pub(crate) async fn brand_sync(state: &AppState, input: BrandSync) -> Result<SyncSummary, Problem> {
    Ok(state.workbench().await?.brands().sync(&input.id.to_string(), input.repair).await?)
}

pub(crate) async fn brand_remove(state: &AppState, input: BrandRemoval) -> Result<(), Problem> {
    state.workbench().await?.brands().remove(&input.id.to_string(), input.leave_webhooks).await?;
    Ok(())
}

pub(crate) async fn brand_log(state: &AppState, input: RemoteLogOf) -> Result<RemoteLog, Problem> {
    Ok(state.workbench().await?.brands().platform_log(&input.id.to_string(), &input.query).await?)
}

pub(crate) async fn webhook_import(state: &AppState, input: WebhookOf) -> Result<SubscriptionView, Problem> {
    Ok(state.workbench().await?.brands().import_webhook(&input.brand.to_string(), &input.webhook).await?)
}

pub(crate) async fn webhook_delete(state: &AppState, input: WebhookOf) -> Result<(), Problem> {
    Ok(state.workbench().await?.brands().delete_webhook(&input.brand.to_string(), &input.webhook).await?)
}
