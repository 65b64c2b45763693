//! The delivery log.

use hookbench_domain::DeliveryId;
use hookbench_workbench::{
    BulkRetry, Course, DeliveryDetail, DeliveryLine, DeliveryQuery, FacetsView, HistogramQuery,
    HistogramView, Page,
};
use serde::Deserialize;

use crate::commands::{AttemptOf, ById};
use crate::desk::Desk;
use crate::problem::Problem;

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

pub(crate) async fn deliveries(desk: &Desk, input: DeliveryQuery) -> Result<Page<DeliveryLine>, Problem> {
    Ok(desk.workbench().await?.delivery_lines(&input).await?)
}

pub(crate) async fn facets(desk: &Desk, input: DeliveryQuery) -> Result<FacetsView, Problem> {
    Ok(desk.workbench().await?.facets(&input).await?)
}

pub(crate) async fn histogram(desk: &Desk, input: HistogramQuery) -> Result<HistogramView, Problem> {
    Ok(desk.workbench().await?.histogram(&input).await?)
}

pub(crate) async fn delivery(desk: &Desk, input: ById<DeliveryId>) -> Result<DeliveryDetail, Problem> {
    Ok(desk.workbench().await?.delivery(input.id).await?)
}

pub(crate) async fn curl(desk: &Desk, input: AttemptOf) -> Result<String, Problem> {
    Ok(desk.workbench().await?.curl(input.id, input.attempt).await?)
}

pub(crate) async fn retry(desk: &Desk, input: Ids) -> Result<(), Problem> {
    Ok(desk.workbench().await?.retry(input.ids).await?)
}

pub(crate) async fn cancel(desk: &Desk, input: Ids) -> Result<(), Problem> {
    Ok(desk.workbench().await?.cancel(input.ids).await?)
}

pub(crate) async fn retry_matching(desk: &Desk, input: RetryMatching) -> Result<BulkRetry, Problem> {
    Ok(desk.workbench().await?.retry_matching(&input.query, &Course::default(), input.dry_run).await?)
}
