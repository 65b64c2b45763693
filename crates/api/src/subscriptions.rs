//! Subscriptions.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_domain::SubscriptionId;
use hookbench_workbench::{
    Page, Preview, PreviewInput, RevealedView, RotationInput, SavedSubscription, SubscriptionInput,
    SubscriptionView, TemplatesView, Tested, WorkbenchError,
};
use http::StatusCode;
use serde_json::json;

use crate::events::all;
use crate::extract::{Nothing, OptionalJson, StrictJson};
use crate::problem::Problem;

fn id(text: &str) -> Result<SubscriptionId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

pub(crate) async fn list(State(state): State<crate::State>, _: Nothing) -> Json<Page<SubscriptionView>> {
    all(state.workbench.subscriptions())
}

pub(crate) async fn create(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<SubscriptionInput>,
) -> Result<impl IntoResponse, Problem> {
    let saved = state.workbench.create_subscription(input).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.subscription(id(&text)?)?))
}

pub(crate) async fn edit(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    StrictJson(input): StrictJson<SubscriptionInput>,
) -> Result<Json<SavedSubscription>, Problem> {
    let id = id(&text)?;
    Ok(Json(state.workbench.edit_subscription(id, input).await?))
}

pub(crate) async fn delete(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    let id = id(&text)?;
    let cancelled = state.workbench.delete_subscription(id).await?;
    Ok(Json(json!({ "id": id, "deleted": true, "cancelled_deliveries": cancelled })))
}

pub(crate) async fn test(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<(StatusCode, Json<Tested>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(state.workbench.try_subscription(id(&text)?, None).await?)))
}

pub(crate) async fn repair(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.repair_subscription(id(&text)?).await?))
}

pub(crate) async fn accept(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.accept_drift(id(&text)?).await?))
}

pub(crate) async fn preview(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<PreviewInput>,
) -> Result<Json<Preview>, Problem> {
    Ok(Json(state.workbench.preview(input).await?))
}

pub(crate) async fn templates(_: Nothing) -> Json<TemplatesView> {
    Json(hookbench_workbench::templates())
}

pub(crate) async fn rotate_secret(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    OptionalJson(input): OptionalJson<RotationInput>,
) -> Result<Json<SavedSubscription>, Problem> {
    let id = id(&text)?;
    Ok(Json(state.workbench.rotate_secret(id, input).await?))
}

pub(crate) async fn reveal(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<RevealedView>, Problem> {
    Ok(Json(state.workbench.reveal_subscription(id(&text)?).await?))
}

pub(crate) async fn pause(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.pause_subscription(id(&text)?).await?))
}

pub(crate) async fn resume(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.resume_subscription(id(&text)?).await?))
}
