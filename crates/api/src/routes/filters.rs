//! Trying filters.

use axum::Json;
use axum::extract::State;
use hookbench_workbench::{FilterTest, TEST_DEFAULT};
use serde::Deserialize;

use crate::extract::StrictJson;
use crate::problem::Problem;

/// What to try, and on how many events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilterTestRequest {
    filter: String,
    #[serde(default = "usual")]
    last: u32,
}

fn usual() -> u32 {
    TEST_DEFAULT
}

pub(crate) async fn test(
    State(state): State<crate::State>,
    StrictJson(FilterTestRequest { filter, last }): StrictJson<FilterTestRequest>,
) -> Result<Json<FilterTest>, Problem> {
    Ok(Json(state.workbench.subscriptions().test_filter(&filter, last).await?))
}
