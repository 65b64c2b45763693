//! Why: what became of an event, what differs, what an outage costs, what somebody should look at.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use hookbench_domain::{AlertId, SourceId, SubscriptionId};
use hookbench_workbench::{
    Acknowledged, AlertQuery, AlertView, CompareQuery, ComparisonView, OutageQuery, OutageView, Page,
    ShapeView, WhyAnswer, WhyQuery, WorkbenchError,
};
use serde::Deserialize;

use crate::problem::Problem;
use crate::subscriptions::read_input_or_default;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichSubscription {
    subscription: Option<String>,
    brand: Option<String>,
    source: Option<String>,
}

/// The query, or what is wrong with it.
fn read<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    query.map(|Query(value)| value).map_err(|error| Problem::bad_query(&error.body_text()))
}

pub(crate) async fn why(
    State(state): State<crate::State>,
    Path(event): Path<String>,
    query: Result<Query<WhichSubscription>, QueryRejection>,
) -> Result<Json<WhyAnswer>, Problem> {
    let q = read(query)?;
    let source = q.source.as_deref().map(str::parse::<SourceId>).transpose().map_err(WorkbenchError::from)?;
    let subscription = q
        .subscription
        .as_deref()
        .map(str::parse::<SubscriptionId>)
        .transpose()
        .map_err(WorkbenchError::from)?;
    let query = WhyQuery { event, brand: q.brand, source, subscription };
    Ok(Json(state.workbench.why(&query).await?))
}

pub(crate) async fn compare(
    State(state): State<crate::State>,
    query: Result<Query<CompareQuery>, QueryRejection>,
) -> Result<Json<ComparisonView>, Problem> {
    Ok(Json(state.workbench.compare(&read(query)?).await?))
}

pub(crate) async fn outage(
    State(state): State<crate::State>,
    query: Result<Query<OutageQuery>, QueryRejection>,
) -> Result<Json<OutageView>, Problem> {
    Ok(Json(state.workbench.outage(&read(query)?).await?))
}

pub(crate) async fn shape(
    State(state): State<crate::State>,
    Path(event_type): Path<String>,
) -> Result<Json<ShapeView>, Problem> {
    let shape = state.workbench.shape(&event_type).await?;
    shape.map(Json).ok_or_else(|| {
        let detail = format!("no event of the type `{event_type}` was looked at yet");
        Problem::new(http::StatusCode::NOT_FOUND, "not_found", detail)
    })
}

pub(crate) async fn alerts(
    State(state): State<crate::State>,
    query: Result<Query<AlertQuery>, QueryRejection>,
) -> Result<Json<Page<AlertView>>, Problem> {
    Ok(Json(state.workbench.alerts(&read(query)?).await?))
}

fn alert_id(text: &str) -> Result<AlertId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

pub(crate) async fn alert(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<AlertView>, Problem> {
    Ok(Json(state.workbench.alert(alert_id(&text)?).await?))
}

pub(crate) async fn acknowledge(
    State(state): State<crate::State>,
    Path(text): Path<String>,
) -> Result<Json<AlertView>, Problem> {
    let id = alert_id(&text)?;
    state.workbench.acknowledge(Some(vec![id])).await?;
    Ok(Json(state.workbench.alert(id).await?))
}

/// Which alerts; all that are open if none is named.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ids {
    ids: Option<Vec<AlertId>>,
}

pub(crate) async fn acknowledge_many(
    State(state): State<crate::State>,
    body: Body,
) -> Result<Json<Acknowledged>, Problem> {
    let Ids { ids } = read_input_or_default(body).await?;
    Ok(Json(state.workbench.acknowledge(ids).await?))
}
