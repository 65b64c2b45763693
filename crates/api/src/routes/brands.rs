//! Brands: accounts on a platform.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_workbench::{
    BrandChange, BrandDetail, BrandInput, BrandView, KeyCheck, Page, RemoteLog, RemoteLogQuery,
    SubscriptionView, SyncSummary,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::extract::{Nothing, OptionalJson, StrictJson, StrictQuery};
use crate::problem::Problem;
use crate::routes::events::all;

/// How a brand is removed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RemoveQuery {
    leave_webhooks: bool,
}

/// How a platform is read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SyncInput {
    repair: bool,
}

pub(crate) async fn list(
    State(state): State<crate::State>,
    _: Nothing,
) -> Result<Json<Page<BrandView>>, Problem> {
    Ok(all(state.workbench.brands().list()?))
}

pub(crate) async fn add(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<BrandInput>,
) -> Result<impl IntoResponse, Problem> {
    Ok((StatusCode::CREATED, Json(state.workbench.brands().add(input).await?)))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<BrandDetail>, Problem> {
    Ok(Json(state.workbench.brands().get(&text).await?))
}

pub(crate) async fn sync(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    OptionalJson(input): OptionalJson<SyncInput>,
) -> Result<Json<SyncSummary>, Problem> {
    Ok(Json(state.workbench.brands().sync(&text, input.repair).await?))
}

pub(crate) async fn edit(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    StrictJson(change): StrictJson<BrandChange>,
) -> Result<Json<BrandView>, Problem> {
    Ok(Json(state.workbench.brands().edit(&text, change).await?))
}

pub(crate) async fn check(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<KeyCheck>, Problem> {
    Ok(Json(state.workbench.brands().check(&text).await?))
}

pub(crate) async fn log(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    StrictQuery(query): StrictQuery<RemoteLogQuery>,
) -> Result<Json<RemoteLog>, Problem> {
    Ok(Json(state.workbench.brands().platform_log(&text, &query).await?))
}

pub(crate) async fn adopt(
    State(state): State<crate::State>,
    Path((text, webhook)): Path<(String, String)>,
    _: Nothing,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.brands().import_webhook(&text, &webhook).await?))
}

pub(crate) async fn delete_webhook(
    State(state): State<crate::State>,
    Path((text, webhook)): Path<(String, String)>,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    state.workbench.brands().delete_webhook(&text, &webhook).await?;
    Ok(Json(json!({ "id": webhook, "deleted": true })))
}

pub(crate) async fn remove(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    StrictQuery(query): StrictQuery<RemoveQuery>,
) -> Result<impl IntoResponse, Problem> {
    let id = state.workbench.brands().remove(&text, query.leave_webhooks).await?;
    Ok(Json(json!({ "id": id, "deleted": true })))
}
