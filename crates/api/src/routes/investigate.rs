//! Why: what became of an event, what differs, what an outage costs, what somebody should look at.

use axum::Json;
use axum::extract::{Path, State};
use hookbench_domain::{AlertId, SourceId, SubscriptionId};
use hookbench_workbench::{
    Acknowledged, AlertQuery, AlertView, CompareQuery, ComparisonView, InferredSchemaView, OutageQuery,
    OutageView, Page, WhyQuery, WhyResult, WorkbenchError,
};
use serde::Deserialize;

use crate::extract::{Nothing, OptionalJson, StrictQuery};
use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichSubscription {
    subscription: Option<String>,
    brand: Option<String>,
    source: Option<String>,
}

pub(crate) async fn why(
    State(state): State<crate::State>,
    Path(event): Path<String>,
    StrictQuery(q): StrictQuery<WhichSubscription>,
) -> Result<Json<WhyResult>, Problem> {
    let source = q.source.as_deref().map(str::parse::<SourceId>).transpose().map_err(WorkbenchError::from)?;
    let subscription = q
        .subscription
        .as_deref()
        .map(str::parse::<SubscriptionId>)
        .transpose()
        .map_err(WorkbenchError::from)?;
    let query = WhyQuery { event, brand: q.brand, source, subscription };
    Ok(Json(state.workbench.deliveries().why(&query).await?))
}

pub(crate) async fn compare(
    State(state): State<crate::State>,
    StrictQuery(query): StrictQuery<CompareQuery>,
) -> Result<Json<ComparisonView>, Problem> {
    Ok(Json(state.workbench.deliveries().compare(&query).await?))
}

pub(crate) async fn outage(
    State(state): State<crate::State>,
    StrictQuery(query): StrictQuery<OutageQuery>,
) -> Result<Json<OutageView>, Problem> {
    Ok(Json(state.workbench.deliveries().outage(&query).await?))
}

pub(crate) async fn shape(
    State(state): State<crate::State>,
    Path(event_type): Path<String>,
    _: Nothing,
) -> Result<Json<InferredSchemaView>, Problem> {
    let shape = state.workbench.events().schema(&event_type).await?;
    shape.map(Json).ok_or_else(|| {
        let detail = format!("no event of the type `{event_type}` is kept");
        Problem::new(http::StatusCode::NOT_FOUND, "not_found", detail)
    })
}

pub(crate) async fn alerts(
    State(state): State<crate::State>,
    StrictQuery(query): StrictQuery<AlertQuery>,
) -> Result<Json<Page<AlertView>>, Problem> {
    Ok(Json(state.workbench.alerts().list(&query).await?))
}

fn alert_id(text: &str) -> Result<AlertId, Problem> {
    text.parse().map_err(|error| WorkbenchError::Id(error).into())
}

pub(crate) async fn alert(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<AlertView>, Problem> {
    Ok(Json(state.workbench.alerts().get(alert_id(&text)?).await?))
}

pub(crate) async fn acknowledge(
    State(state): State<crate::State>,
    Path(text): Path<String>,
    _: Nothing,
) -> Result<Json<AlertView>, Problem> {
    let id = alert_id(&text)?;
    state.workbench.alerts().acknowledge(Some(vec![id])).await?;
    Ok(Json(state.workbench.alerts().get(id).await?))
}

/// Which alerts; all that are open if none is named.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Ids {
    ids: Option<Vec<AlertId>>,
}

pub(crate) async fn acknowledge_many(
    State(state): State<crate::State>,
    OptionalJson(Ids { ids }): OptionalJson<Ids>,
) -> Result<Json<Acknowledged>, Problem> {
    Ok(Json(state.workbench.alerts().acknowledge(ids).await?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::TestClient;

    #[tokio::test]
    async fn a_type_whose_events_were_not_looked_at_yet_has_no_fields_and_is_there() {
        let mut door = TestClient::new().await;
        let (status, answer) =
            door.ask("POST", "/v1/events", r#"{"event":"wide.event","data":{"a":1}}"#).await;
        assert_eq!(status, 202, "{answer}");
        let (status, answer) = door.ask("GET", "/v1/event-types/wide.event/fields", "").await;
        assert_eq!(
            (status, answer),
            (200, json!({"event_type":"wide.event","events":0,"learning":true,"full":false,"fields":[]}))
        );
        let (status, answer) = door.ask("GET", "/v1/event-types/other.event/fields", "").await;
        assert_eq!((status, &answer["code"]), (404, &json!("not_found")));
        door.workbench.close().await;
    }
}
