//! Brands: accounts on a platform, and what the platform has.

use hookbench_domain::{BrandId, read_value};
use hookbench_workbench::{
    BrandChange, BrandDetail, BrandInput, BrandView, KeyCheck, RemoteLog, RemoteLogQuery, SubscriptionView,
    SyncSummary, WorkbenchError,
};
use serde::Deserialize;
use serde_json::Value;

use crate::commands::ById;
use crate::desk::Desk;
use crate::problem::Problem;

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

pub(crate) async fn brands(desk: &Desk) -> Result<Vec<BrandView>, Problem> {
    Ok(desk.workbench().await?.brands()?)
}

pub(crate) async fn brand(desk: &Desk, input: ById<BrandId>) -> Result<BrandDetail, Problem> {
    Ok(desk.workbench().await?.brand(&input.id.to_string()).await?)
}

pub(crate) async fn brand_try(desk: &Desk, input: BrandForm) -> Result<KeyCheck, Problem> {
    let input: BrandInput = read(input.0)?;
    Ok(desk.workbench().await?.check_key(&input).await?)
}

pub(crate) async fn brand_add(desk: &Desk, input: BrandForm) -> Result<BrandView, Problem> {
    Ok(desk.workbench().await?.add_brand(read(input.0)?).await?)
}

pub(crate) async fn brand_edit(desk: &Desk, input: BrandEdit) -> Result<BrandView, Problem> {
    let change: BrandChange = read(input.change)?;
    Ok(desk.workbench().await?.edit_brand(&input.id.to_string(), change).await?)
}

pub(crate) async fn brand_check(desk: &Desk, input: ById<BrandId>) -> Result<KeyCheck, Problem> {
    Ok(desk.workbench().await?.check_brand(&input.id.to_string()).await?)
}

pub(crate) async fn brand_sync(desk: &Desk, input: BrandSync) -> Result<SyncSummary, Problem> {
    Ok(desk.workbench().await?.sync_brand(&input.id.to_string(), input.repair).await?)
}

pub(crate) async fn brand_remove(desk: &Desk, input: BrandRemoval) -> Result<(), Problem> {
    desk.workbench().await?.remove_brand(&input.id.to_string(), input.leave_webhooks).await?;
    Ok(())
}

pub(crate) async fn brand_log(desk: &Desk, input: RemoteLogOf) -> Result<RemoteLog, Problem> {
    Ok(desk.workbench().await?.remote_log(&input.id.to_string(), &input.query).await?)
}

pub(crate) async fn webhook_adopt(desk: &Desk, input: WebhookOf) -> Result<SubscriptionView, Problem> {
    Ok(desk.workbench().await?.adopt_webhook(&input.brand.to_string(), &input.webhook).await?)
}

pub(crate) async fn webhook_delete(desk: &Desk, input: WebhookOf) -> Result<(), Problem> {
    Ok(desk.workbench().await?.delete_webhook(&input.brand.to_string(), &input.webhook).await?)
}
