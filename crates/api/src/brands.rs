//! Brands: accounts on a platform.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use hookbench_workbench::{
    BrandChange, BrandDetail, BrandInput, BrandView, KeyCheck, Page, RemoteLog, RemoteLogQuery,
    SubscriptionView, SyncSummary,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::events::all;
use crate::problem::Problem;
use crate::subscriptions::{read_input, read_input_or_default};

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

pub(crate) async fn list(State(state): State<crate::State>) -> Result<Json<Page<BrandView>>, Problem> {
    Ok(all(state.workbench.brands()?))
}

pub(crate) async fn add(State(state): State<crate::State>, body: Body) -> Result<impl IntoResponse, Problem> {
    let input: BrandInput = read_input(body).await?;
    Ok((StatusCode::CREATED, Json(state.workbench.add_brand(input).await?)))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<BrandDetail>, Problem> {
    Ok(Json(state.workbench.brand(&text).await?))
}

pub(crate) async fn sync(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    body: Body,
) -> Result<Json<SyncSummary>, Problem> {
    let input: SyncInput = read_input_or_default(body).await?;
    Ok(Json(state.workbench.sync_brand(&text, input.repair).await?))
}

pub(crate) async fn edit(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    body: Body,
) -> Result<Json<BrandView>, Problem> {
    let change: BrandChange = read_input(body).await?;
    Ok(Json(state.workbench.edit_brand(&text, change).await?))
}

pub(crate) async fn check(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<KeyCheck>, Problem> {
    Ok(Json(state.workbench.check_brand(&text).await?))
}

pub(crate) async fn log(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    query: Result<Query<RemoteLogQuery>, QueryRejection>,
) -> Result<Json<RemoteLog>, Problem> {
    let Query(query) = query.map_err(|error| Problem::bad_query(&error))?;
    Ok(Json(state.workbench.remote_log(&text, &query).await?))
}

pub(crate) async fn adopt(
    State(state): State<crate::State>,
    Path((text, webhook)): Path<(String, String)>,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.adopt_webhook(&text, &webhook).await?))
}

pub(crate) async fn delete_webhook(
    State(state): State<crate::State>,
    Path((text, webhook)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    state.workbench.delete_webhook(&text, &webhook).await?;
    Ok(Json(json!({ "id": webhook, "deleted": true })))
}

pub(crate) async fn remove(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    query: Result<Query<RemoveQuery>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(query) = query.map_err(|error| Problem::bad_query(&error))?;
    let id = state.workbench.remove_brand(&text, query.leave_webhooks).await?;
    Ok(Json(json!({ "id": id, "deleted": true })))
}
