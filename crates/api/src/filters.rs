//! Trying filters.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use hookbench_workbench::{FilterTrial, TRY_DEFAULT};
use serde::Deserialize;

use crate::problem::Problem;
use crate::subscriptions::read_input;

/// What to try, and on how many events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trial {
    filter: String,
    #[serde(default = "usual")]
    last: u32,
}

fn usual() -> u32 {
    TRY_DEFAULT
}

pub(crate) async fn test(
    State(state): State<crate::State>,
    body: Body,
) -> Result<Json<FilterTrial>, Problem> {
    let Trial { filter, last } = read_input(body).await?;
    Ok(Json(state.workbench.try_filter(&filter, last).await?))
}
