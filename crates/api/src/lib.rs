//! The local HTTP API: one door to the same use cases as the command and the window. A route
//! parses, calls one function of the workbench, and maps the error.

mod brands;
mod deliveries;
mod events;
mod exports;
mod filters;
mod guard;
mod investigate;
mod openapi;
mod operations;
mod problem;
mod server;
mod signatures;
mod sources;
mod stream;
mod subscriptions;
mod system;
mod targets;
mod upkeep;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
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
        .route("/v1/metrics", get(system::metrics))
        .route("/v1/openapi.json", get(openapi::document))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/events", get(events::list).post(events::publish))
        .route("/v1/resend", post(exports::edit_and_send))
        .route("/v1/events/{id}", get(events::show))
        .route("/v1/events/{id}/why", get(investigate::why))
        .route("/v1/event-types", get(events::types))
        .route("/v1/templates", get(subscriptions::templates))
        .route("/v1/subscriptions/preview", post(subscriptions::preview))
        .route("/v1/event-types/{name}/fields", get(investigate::shape))
        .route("/v1/compare", get(investigate::compare))
        .route("/v1/outage", get(investigate::outage))
        .route("/v1/alerts", get(investigate::alerts))
        .route("/v1/alerts/acknowledge", post(investigate::acknowledge_many))
        .route("/v1/alerts/{id}", get(investigate::alert))
        .route("/v1/alerts/{id}/acknowledge", post(investigate::acknowledge))
        .route("/v1/subscriptions", get(subscriptions::list).post(subscriptions::create))
        .route(
            "/v1/subscriptions/{id}",
            get(subscriptions::show).patch(subscriptions::edit).delete(subscriptions::delete),
        )
        .route("/v1/subscriptions/{id}/test", post(subscriptions::test))
        .route("/v1/subscriptions/{id}/rotate-secret", post(subscriptions::rotate_secret))
        .route("/v1/subscriptions/{id}/reveal", post(subscriptions::reveal))
        .route("/v1/subscriptions/{id}/repair", post(subscriptions::repair))
        .route("/v1/subscriptions/{id}/accept", post(subscriptions::accept))
        .route("/v1/subscriptions/{id}/pause", post(subscriptions::pause))
        .route("/v1/subscriptions/{id}/resume", post(subscriptions::resume))
        .route("/v1/subscriptions/{id}/recover", post(operations::recover))
        .route("/v1/subscriptions/{id}/replay", post(operations::replay))
        .route("/v1/operations", get(operations::list))
        .route("/v1/operations/{id}", get(operations::show))
        .route("/v1/operations/{id}/cancel", post(operations::cancel))
        .route("/v1/retention", get(upkeep::retention).patch(upkeep::set_retention))
        .route("/v1/retention/run", post(upkeep::run_retention))
        .route("/v1/erase", post(upkeep::erase))
        .route("/v1/doctor", get(upkeep::doctor))
        .route("/v1/pause", post(system::pause))
        .route("/v1/resume", post(system::resume))
        .route("/v1/filters/test", post(filters::test))
        .route("/v1/sources", get(sources::list).post(sources::create))
        .route("/v1/sources/{id}", get(sources::show).delete(sources::delete))
        .route("/v1/received/{id}/replay", post(sources::replay))
        .route("/v1/received/{id}/forward", post(sources::forward))
        .route("/v1/receiver", get(sources::reach).put(sources::set_reach))
        .route("/v1/receiver/self-check", post(sources::self_check))
        .route("/v1/check-receiver", post(targets::check))
        .route("/v1/targets", get(targets::list).post(targets::start))
        .route("/v1/targets/{id}", get(targets::requests).delete(targets::stop))
        .route("/v1/brands", get(brands::list).post(brands::add))
        .route("/v1/brands/{id}", get(brands::show).patch(brands::edit).delete(brands::remove))
        .route("/v1/brands/{id}/sync", post(brands::sync))
        .route("/v1/brands/{id}/check", post(brands::check))
        .route("/v1/brands/{id}/deliveries", get(brands::log))
        .route("/v1/brands/{id}/webhooks/{webhook}", delete(brands::delete_webhook))
        .route("/v1/brands/{id}/webhooks/{webhook}/adopt", post(brands::adopt))
        .route("/v1/deliveries", get(deliveries::list))
        .route("/v1/deliveries/retry", post(deliveries::retry_matching))
        .route("/v1/deliveries/export", get(exports::export))
        .route("/v1/deliveries/cancel", post(deliveries::cancel_matching))
        .route("/v1/deliveries/{id}", get(deliveries::show))
        .route("/v1/deliveries/{id}/bundle", get(exports::bundle))
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
