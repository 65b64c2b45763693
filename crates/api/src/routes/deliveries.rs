//! The delivery log.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use hookbench_domain::DeliveryId;
use hookbench_workbench::{
    BulkCancel, BulkRetry, Course, DeliveryDetail, DeliveryQuery, DeliveryView, Page, WorkbenchError,
};
use http::StatusCode;
use serde::{Deserialize, Deserializer};

use crate::extract::{Nothing, QueryOrJson, StrictQuery};
use crate::problem::Problem;

/// The filters of the log, in a query or, for a verb on what they name, in a body.
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
    rate_per_second: Option<f64>,
    canary: Option<bool>,
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
    #[serde(untagged, expecting = "must be a status such as 404, or a class such as 4xx")]
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
    StrictQuery(query): StrictQuery<DeliveryQuery>,
) -> Result<Json<Page<DeliveryView>>, Problem> {
    Ok(Json(state.workbench.deliveries().list(&query).await?))
}

pub(crate) async fn show(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<DeliveryDetail>, Problem> {
    Ok(Json(state.workbench.deliveries().get(id(&text)?).await?))
}

pub(crate) async fn retry(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    let id = id(&text)?;
    state.workbench.deliveries().retry(vec![id]).await?;
    Ok((StatusCode::ACCEPTED, Json(state.workbench.deliveries().get(id).await?.delivery)))
}

pub(crate) async fn cancel(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<DeliveryView>, Problem> {
    let id = id(&text)?;
    state.workbench.deliveries().cancel(vec![id]).await?;
    Ok(Json(state.workbench.deliveries().get(id).await?.delivery))
}

pub(crate) async fn retry_matching(
    State(state): State<crate::State>,
    QueryOrJson(filters): QueryOrJson<Filters>,
) -> Result<Json<BulkRetry>, Problem> {
    let dry_run = filters.dry_run.unwrap_or(false);
    let course = Course { rate_per_second: filters.rate_per_second, canary: filters.canary };
    Ok(Json(state.workbench.operations().retry_matching(&filters.query(), &course, dry_run).await?))
}

pub(crate) async fn cancel_matching(
    State(state): State<crate::State>,
    QueryOrJson(filters): QueryOrJson<Filters>,
) -> Result<Json<BulkCancel>, Problem> {
    for (field, given) in
        [("rate_per_second", filters.rate_per_second.is_some()), ("canary", filters.canary.is_some())]
    {
        if given {
            let why = "belongs to POST /v1/deliveries/retry: what is cancelled is cancelled at once";
            return Err(WorkbenchError::field(field, why).into());
        }
    }
    let dry_run = filters.dry_run.unwrap_or(false);
    Ok(Json(state.workbench.operations().cancel_matching(&filters.query(), dry_run).await?))
}
