//! Subscriptions.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_domain::SubscriptionId;
use hookbench_workbench::{
    Page, Preview, PreviewInput, RevealedView, RotationInput, SavedSubscription, SubscriptionInput,
    SubscriptionRef, SubscriptionView, TemplatesView, Tested, WorkbenchError,
};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use crate::extract::{Nothing, OptionalJson, StrictJson};
use crate::problem::Problem;
use crate::routes::events::all;

fn id(text: &str) -> Result<SubscriptionId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

/// A subscription with its revision as entity tag.
fn shown(view: SubscriptionView) -> impl IntoResponse {
    ([(header::ETAG, format!("\"{}\"", view.revision))], Json(view))
}

/// The same of one that was just saved.
fn saved_as(saved: SavedSubscription) -> impl IntoResponse {
    ([(header::ETAG, format!("\"{}\"", saved.subscription.revision))], Json(saved))
}

/// The subscription that a path names, at the revision that `If-Match` asks for.
fn addressed(state: &crate::State, text: &str, headers: &HeaderMap) -> Result<SubscriptionRef, Problem> {
    let id = id(text)?;
    let found = || state.workbench.subscriptions().get(id).map(|view| view.revision);
    Ok(SubscriptionRef { id, revision: if_match(headers, found)? })
}

/// The revision that `If-Match` asks for (RFC 9110, section 13.1.1): of several, the one that the
/// subscription has. A tag that was never given out is no revision, and so matches none.
fn if_match(
    headers: &HeaderMap,
    found: impl FnOnce() -> Result<u64, WorkbenchError>,
) -> Result<Option<u64>, Problem> {
    let mut asked = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        for tag in value.to_str().unwrap_or_default().split(',').map(str::trim) {
            if tag == "*" {
                return Ok(None);
            }
            let number = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            // The form in which it was given out, and no other: no sign, no zero before it.
            let number = number.and_then(|n| n.parse::<u64>().ok().filter(|parsed| parsed.to_string() == n));
            asked.push(number.unwrap_or(NO_REVISION));
        }
    }
    match asked.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => {
            let found = found()?;
            Ok(Some(if several.contains(&found) { found } else { NO_REVISION }))
        }
    }
}

/// Revisions count from 1.
const NO_REVISION: u64 = 0;

pub(crate) async fn list(State(state): State<crate::State>, _: Nothing) -> Json<Page<SubscriptionView>> {
    all(state.workbench.subscriptions().list())
}

pub(crate) async fn create(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<SubscriptionInput>,
) -> Result<impl IntoResponse, Problem> {
    let saved = state.workbench.subscriptions().create(input).await?;
    Ok((StatusCode::CREATED, saved_as(saved)))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    Ok(shown(state.workbench.subscriptions().get(id(&text)?)?))
}

pub(crate) async fn edit(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    headers: HeaderMap,
    StrictJson(input): StrictJson<SubscriptionInput>,
) -> Result<impl IntoResponse, Problem> {
    let which = addressed(&state, &text, &headers)?;
    Ok(saved_as(state.workbench.subscriptions().edit(which, input).await?))
}

pub(crate) async fn delete(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    headers: HeaderMap,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    let which = addressed(&state, &text, &headers)?;
    let (id, cancelled) = (which.id, state.workbench.subscriptions().delete(which).await?);
    Ok(Json(json!({ "id": id, "deleted": true, "cancelled_deliveries": cancelled })))
}

pub(crate) async fn test(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<(StatusCode, Json<Tested>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(state.workbench.subscriptions().test_input(id(&text)?, None).await?)))
}

pub(crate) async fn repair(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.brands().repair_subscription(id(&text)?).await?))
}

pub(crate) async fn accept(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<SubscriptionView>, Problem> {
    Ok(Json(state.workbench.brands().accept_drift(id(&text)?).await?))
}

pub(crate) async fn preview(
    State(state): State<crate::State>,
    StrictJson(input): StrictJson<PreviewInput>,
) -> Result<Json<Preview>, Problem> {
    Ok(Json(state.workbench.subscriptions().preview(input).await?))
}

pub(crate) async fn templates(_: Nothing) -> Json<TemplatesView> {
    Json(hookbench_workbench::templates())
}

pub(crate) async fn rotate_secret(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    headers: HeaderMap,
    OptionalJson(input): OptionalJson<RotationInput>,
) -> Result<impl IntoResponse, Problem> {
    let which = addressed(&state, &text, &headers)?;
    Ok(saved_as(state.workbench.subscriptions().rotate_secret(which, input).await?))
}

pub(crate) async fn reveal(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<RevealedView>, Problem> {
    Ok(Json(state.workbench.subscriptions().reveal(id(&text)?).await?))
}

pub(crate) async fn pause(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    headers: HeaderMap,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    let which = addressed(&state, &text, &headers)?;
    Ok(shown(state.workbench.subscriptions().pause(which).await?))
}

pub(crate) async fn resume(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    headers: HeaderMap,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    let which = addressed(&state, &text, &headers)?;
    Ok(shown(state.workbench.subscriptions().resume(which).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_names_one_revision_or_none_that_ever_was() {
        for (values, revision) in [
            (&[][..], None),
            (&["*"], None),
            (&["\"7\""], Some(7)),
            (&["\"7\", \"9\""], Some(9)),
            (&["\"7\"", "\"9\""], Some(9)),
            (&["\"7\", \"8\""], Some(NO_REVISION)),
            (&["7"], Some(NO_REVISION)),
            (&["W/\"9\""], Some(NO_REVISION)),
            (&["\"07\""], Some(NO_REVISION)),
            (&["\"+7\""], Some(NO_REVISION)),
            (&["\"x\""], Some(NO_REVISION)),
            (&[""], Some(NO_REVISION)),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::IF_MATCH, value.parse().unwrap());
            }
            assert_eq!(if_match(&headers, || Ok(9)).unwrap(), revision, "{values:?}");
        }
    }
}
