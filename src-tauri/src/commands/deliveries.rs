//! The delivery log.

use hookbench_domain::DeliveryId;
use hookbench_workbench::{
    BulkRetry, Course, DeliveryDetail, DeliveryLine, DeliveryQuery, FacetsView, HistogramQuery,
    HistogramView, Page,
};
use serde::Deserialize;

use crate::commands::{AttemptOf, ById};
use crate::problem::Problem;
use crate::state::AppState;

/// Some deliveries.
#[derive(Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ids {
    ids: Vec<DeliveryId>,
}

/// A retry of all that a filter names.
#[derive(Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetryMatching {
    query: DeliveryQuery,
    dry_run: bool,
}

pub(crate) async fn deliveries(
    state: &AppState,
    input: DeliveryQuery,
) -> Result<Page<DeliveryLine>, Problem> {
    Ok(state.workbench().await?.deliveries().lines(&input).await?)
}

pub(crate) async fn facets(state: &AppState, input: DeliveryQuery) -> Result<FacetsView, Problem> {
    Ok(state.workbench().await?.deliveries().facets(&input).await?)
}

pub(crate) async fn histogram(state: &AppState, input: HistogramQuery) -> Result<HistogramView, Problem> {
    Ok(state.workbench().await?.deliveries().histogram(&input).await?)
}

pub(crate) async fn delivery(state: &AppState, input: ById<DeliveryId>) -> Result<DeliveryDetail, Problem> {
    Ok(state.workbench().await?.deliveries().get(input.id).await?)
}

pub(crate) async fn curl(state: &AppState, input: AttemptOf) -> Result<String, Problem> {
    Ok(state.workbench().await?.exports().curl(input.id, input.attempt).await?)
}

pub(crate) async fn retry(state: &AppState, input: Ids) -> Result<(), Problem> {
    Ok(state.workbench().await?.deliveries().retry(input.ids).await?)
}

pub(crate) async fn cancel(state: &AppState, input: Ids) -> Result<(), Problem> {
    Ok(state.workbench().await?.deliveries().cancel(input.ids).await?)
}

pub(crate) async fn retry_matching(state: &AppState, input: RetryMatching) -> Result<BulkRetry, Problem> {
    Ok(state
        .workbench()
        .await?
        .operations()
        .retry_matching(&input.query, &Course::default(), input.dry_run)
        .await?)
}
