//! Subscriptions.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_domain::SubscriptionId;
use hookbench_workbench::{
    Page, Preview, PreviewInput, RevealedView, RotationInput, SavedSubscription, SubscriptionInput,
    SubscriptionView, TemplatesView, Tested, WorkbenchError,
};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::events::{all, read};
use crate::problem::Problem;

/// More than any subscription needs, in bytes.
const MAX_BYTES: usize = 256 * 1024;

fn id(text: &str) -> Result<SubscriptionId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

/// Reads what a person says, as JSON; a field that is wrong is named.
pub(crate) async fn read_input<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    parse(&read(body, MAX_BYTES).await?)
}

/// The same; no body at all says nothing.
pub(crate) async fn read_input_or_default<T: DeserializeOwned + Default>(body: Body) -> Result<T, Problem> {
    let bytes = read(body, MAX_BYTES).await?;
    if bytes.trim_ascii().is_empty() { Ok(T::default()) } else { parse(&bytes) }
}

pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", error.to_string())
        } else {
            Problem::malformed_json(&error)
        }
    })
}

pub(crate) async fn list(State(state): State<crate::State>) -> Json<Page<SubscriptionView>> {
    all(state.workbench.subscriptions())
}

pub(crate) async fn create(
    State(state): State<crate::State>,
    body: Body,
) -> Result<impl IntoResponse, Problem> {
    let saved = state.workbench.create_subscription(read_input::<SubscriptionInput>(body).await?).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.subscription(id(&text)?)?))
}

pub(crate) async fn edit(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    body: Body,
) -> Result<Json<SavedSubscription>, Problem> {
    let id = id(&text)?;
    Ok(Json(state.workbench.edit_subscription(id, read_input::<SubscriptionInput>(body).await?).await?))
}

pub(crate) async fn delete(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let id = id(&text)?;
    let cancelled = state.workbench.delete_subscription(id).await?;
    Ok(Json(json!({ "id": id, "deleted": true, "cancelled_deliveries": cancelled })))
}

pub(crate) async fn test(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<(StatusCode, Json<Tested>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(state.workbench.try_subscription(id(&text)?, None).await?)))
}

pub(crate) async fn repair(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.repair_subscription(id(&text)?).await?))
}

pub(crate) async fn accept(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.accept_drift(id(&text)?).await?))
}

pub(crate) async fn preview(State(state): State<crate::State>, body: Body) -> Result<Json<Preview>, Problem> {
    Ok(Json(state.workbench.preview(read_input::<PreviewInput>(body).await?).await?))
}

pub(crate) async fn templates() -> Json<TemplatesView> {
    Json(hookbench_workbench::templates())
}

pub(crate) async fn rotate_secret(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    body: Body,
) -> Result<Json<SavedSubscription>, Problem> {
    let id = id(&text)?;
    let bytes = read(body, MAX_BYTES).await?;
    let input = if bytes.trim_ascii().is_empty() { RotationInput::default() } else { parse(&bytes)? };
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
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.pause_subscription(id(&text)?).await?))
}

pub(crate) async fn resume(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.resume_subscription(id(&text)?).await?))
}
