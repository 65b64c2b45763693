//! The delivery log.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use hookbench_domain::DeliveryId;
use hookbench_workbench::{BulkRetry, DeliveryDetail, DeliveryQuery, DeliveryView, Page, WorkbenchError};
use http::StatusCode;
use serde::{Deserialize, Deserializer};

use crate::events::read;
use crate::problem::Problem;

/// The filters of the log, in a query or, for a retry, in a body.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filters {
    state: Option<String>,
    subscription: Option<String>,
    event: Option<String>,
    event_type: Option<String>,
    brand: Option<String>,
    kind: Option<String>,
    #[serde(deserialize_with = "number_or_text")]
    status: Option<String>,
    outcome: Option<String>,
    answer: Option<String>,
    attempts: Option<String>,
    since: Option<String>,
    until: Option<String>,
    search: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
    dry_run: Option<bool>,
}

impl Filters {
    pub(crate) fn query(self) -> DeliveryQuery {
        DeliveryQuery {
            state: self.state,
            subscription: self.subscription,
            event: self.event,
            event_type: self.event_type,
            brand: self.brand,
            kind: self.kind,
            since: self.since,
            until: self.until,
            status: self.status,
            outcome: self.outcome,
            answer: self.answer,
            attempts: self.attempts,
            search: self.search,
            limit: self.limit,
            cursor: self.cursor,
        }
    }
}

/// A status is a number in a JSON body, and text in a query or where it is a class.
fn number_or_text<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Status {
        Number(u16),
        Text(String),
    }
    Ok(Option::<Status>::deserialize(d)?.map(|status| match status {
        Status::Number(code) => code.to_string(),
        Status::Text(text) => text,
    }))
}

fn id(text: &str) -> Result<DeliveryId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

pub(crate) async fn list(
    State(state): State<crate::State>,
    query: Result<Query<Filters>, QueryRejection>,
) -> Result<Json<Page<DeliveryView>>, Problem> {
    let Query(filters) = query.map_err(|error| Problem::bad_query(&error.body_text()))?;
    if filters.dry_run.is_some() {
        return Err(Problem::bad_query(&"`dry_run` belongs to POST /v1/deliveries/retry"));
    }
    let query = filters.query();
    Ok(Json(state.workbench.deliveries(&query).await?))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<DeliveryDetail>, Problem> {
    Ok(Json(state.workbench.delivery(id(&text)?).await?))
}

pub(crate) async fn retry(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let id = id(&text)?;
    state.workbench.retry(vec![id]).await?;
    Ok((StatusCode::ACCEPTED, Json(state.workbench.delivery(id).await?.delivery)))
}

pub(crate) async fn cancel(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<DeliveryView>, Problem> {
    let id = id(&text)?;
    state.workbench.cancel(vec![id]).await?;
    Ok(Json(state.workbench.delivery(id).await?.delivery))
}

pub(crate) async fn retry_matching(
    State(state): State<crate::State>,
    query: Result<Query<Filters>, QueryRejection>,
    body: Body,
) -> Result<Json<BulkRetry>, Problem> {
    let Query(from_query) = query.map_err(|error| Problem::bad_query(&error.body_text()))?;
    let bytes = read(body, 64 * 1024).await?;
    let filters = if bytes.trim_ascii().is_empty() {
        from_query
    } else {
        serde_json::from_slice(&bytes).map_err(|error| Problem::malformed_json(&error))?
    };
    let dry_run = filters.dry_run.unwrap_or(false);
    let query = filters.query();
    Ok(Json(state.workbench.retry_matching(&query, dry_run).await?))
}
