//! Health and counts.

use std::fmt;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use hookbench_workbench::{PauseView, StatsView};
use serde_json::{Value, json};

use crate::extract::Nothing;
use crate::problem::Problem;

/// Tells whether the dispatcher works; the default has none to ask.
#[derive(Clone, Default)]
pub struct ServiceHealth(Option<Arc<dyn Fn() -> bool + Send + Sync>>);

impl ServiceHealth {
    /// Asks `stalled` whether sending pauses because the database cannot be written.
    #[must_use]
    pub fn asking(stalled: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(stalled)))
    }

    fn stalled(&self) -> bool {
        self.0.as_ref().is_some_and(|ask| ask())
    }
}

impl fmt::Debug for ServiceHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceHealth").finish_non_exhaustive()
    }
}

pub(crate) async fn health(State(state): State<crate::State>, _: Nothing) -> Json<Value> {
    let stalled = state.health.stalled();
    let paused = state.workbench.paused();
    Json(json!({
        "status": if stalled { "stalled" } else { "ok" },
        "version": env!("CARGO_PKG_VERSION"),
        "data_dir": state.workbench.folder(),
        "dispatching": state.workbench.dispatching().is_some(),
        "problem": state.workbench.trouble(),
        "paused": paused.paused,
        "paused_since": paused.paused_since,
    }))
}

pub(crate) async fn stats(State(state): State<crate::State>, _: Nothing) -> Result<Json<StatsView>, Problem> {
    Ok(Json(state.workbench.stats().summary().await?))
}

pub(crate) async fn metrics(
    State(state): State<crate::State>,
    _: Nothing,
) -> Result<impl IntoResponse, Problem> {
    let text = state.workbench.stats().metrics().await?;
    Ok(([(http::header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

pub(crate) async fn pause(State(state): State<crate::State>, _: Nothing) -> Result<Json<PauseView>, Problem> {
    Ok(Json(state.workbench.pause().await?))
}

pub(crate) async fn resume(
    State(state): State<crate::State>,
    _: Nothing,
) -> Result<Json<PauseView>, Problem> {
    Ok(Json(state.workbench.resume().await?))
}
