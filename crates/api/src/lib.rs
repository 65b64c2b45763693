//! The local HTTP API: one door to the same use cases as the command and the window. A route
//! parses, calls one function of the workbench, and maps the error.

mod brands;
mod deliveries;
mod events;
mod filters;
mod guard;
mod problem;
mod server;
mod signatures;
mod sources;
mod stream;
mod subscriptions;
mod system;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use hookbench_workbench::Workbench;

pub use server::{ApiError, Server};
pub use system::Health;

/// What every route needs.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) workbench: Workbench,
    pub(crate) health: Health,
    pub(crate) stopping: tokio::sync::watch::Receiver<bool>,
    pub(crate) doorkeeper: Arc<guard::Doorkeeper>,
}

pub(crate) fn router(state: State) -> Router {
    Router::new()
        .route("/v1/health", get(system::health))
        .route("/v1/stats", get(system::stats))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/events", get(events::list).post(events::publish))
        .route("/v1/events/{id}", get(events::show))
        .route("/v1/event-types", get(events::types))
        .route("/v1/templates", get(subscriptions::templates))
        .route("/v1/subscriptions/preview", post(subscriptions::preview))
        .route("/v1/subscriptions", get(subscriptions::list).post(subscriptions::create))
        .route(
            "/v1/subscriptions/{id}",
            get(subscriptions::show).patch(subscriptions::edit).delete(subscriptions::delete),
        )
        .route("/v1/subscriptions/{id}/test", post(subscriptions::test))
        .route("/v1/subscriptions/{id}/rotate-secret", post(subscriptions::rotate_secret))
        .route("/v1/subscriptions/{id}/pause", post(subscriptions::pause))
        .route("/v1/subscriptions/{id}/resume", post(subscriptions::resume))
        .route("/v1/pause", post(system::pause))
        .route("/v1/resume", post(system::resume))
        .route("/v1/filters/test", post(filters::test))
        .route("/v1/sources", get(sources::list).post(sources::create))
        .route("/v1/sources/{id}", get(sources::show).delete(sources::delete))
        .route("/v1/brands", get(brands::list).post(brands::add))
        .route("/v1/brands/{id}", get(brands::show).delete(brands::remove))
        .route("/v1/brands/{id}/sync", post(brands::sync))
        .route("/v1/deliveries", get(deliveries::list))
        .route("/v1/deliveries/retry", post(deliveries::retry_matching))
        .route("/v1/deliveries/{id}", get(deliveries::show))
        .route("/v1/deliveries/{id}/retry", post(deliveries::retry))
        .route("/v1/deliveries/{id}/cancel", post(deliveries::cancel))
        .route("/v1/verify", post(signatures::verify))
        .route("/v1/diagnose", post(signatures::diagnose))
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(axum::middleware::from_fn_with_state(state.clone(), guard::guard))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(state)
}
