//! Sources: the inbound paths of the receiver; their requests again; how they are reached from
//! outside.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_workbench::{
    ForwardInput, ForwardedRequest, Page, PublicEndpointView, ReplayedRequest, SelfCheck, SourceDetail,
    SourceInput, SourceView,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::extract::{Nothing, OptionalJson, StrictJson};
use crate::problem::Problem;
use crate::routes::events::all;

pub(crate) async fn list(
    State(state): State<crate::State>,
    _: Nothing,
) -> Result<Json<Page<SourceView>>, Problem> {
    Ok(all(state.workbench.sources().list().await?))
}

pub(crate) async fn create(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<SourceInput>,
) -> Result<impl IntoResponse, Problem> {
    Ok((StatusCode::CREATED, Json(state.workbench.sources().create(input).await?)))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<SourceDetail>, Problem> {
    Ok(Json(state.workbench.sources().get(&text).await?))
}

pub(crate) async fn delete(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    let id = state.workbench.sources().delete(&text).await?;
    Ok(Json(json!({ "id": id, "deleted": true })))
}

/// By whose rules a request is decided about again: its own source's if left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Replay {
    source: Option<String>,
}

pub(crate) async fn replay(
    State(state): State<crate::State>,
    Path(id): Path<String>,
    OptionalJson(input): OptionalJson<Replay>,
) -> Result<Json<ReplayedRequest>, Problem> {
    Ok(Json(state.workbench.receiver().replay(&id, input.source.as_deref()).await?))
}

pub(crate) async fn forward(
    State(state): State<crate::State>,
    Path(id): Path<String>,
    StrictJson(input): StrictJson<ForwardInput>,
) -> Result<Json<ForwardedRequest>, Problem> {
    Ok(Json(state.workbench.receiver().forward(&id, &input).await?))
}

/// The public URL: one to set or check, or null.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PublicUrl {
    public_url: Option<String>,
}

pub(crate) async fn reach(
    State(state): State<crate::State>,
    _: Nothing,
) -> Result<Json<PublicEndpointView>, Problem> {
    Ok(Json(state.workbench.receiver().public_endpoint().await?))
}

pub(crate) async fn set_reach(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<PublicUrl>,
) -> Result<Json<PublicEndpointView>, Problem> {
    Ok(Json(state.workbench.receiver().set_public_url(input.public_url.as_deref()).await?))
}

pub(crate) async fn self_check(
    State(state): State<crate::State>,
    OptionalJson(input): OptionalJson<PublicUrl>,
) -> Result<Json<SelfCheck>, Problem> {
    Ok(Json(state.workbench.receiver().self_check(input.public_url.as_deref()).await?))
}
