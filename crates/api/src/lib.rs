//! The local HTTP API: one door to the same use cases as the command and the window. A route
//! parses, calls one function of the workbench, and maps the error.

mod extract;
mod guard;
mod openapi;
mod problem;
mod routes;
mod server;
mod stream;
#[cfg(test)]
mod test_client;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use hookbench_workbench::Workbench;

pub use routes::system::ServiceHealth;
pub use server::{ServeError, Server};

/// What every route needs.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) workbench: Workbench,
    pub(crate) health: ServiceHealth,
    pub(crate) stopping: tokio::sync::watch::Receiver<bool>,
    pub(crate) doorkeeper: Arc<guard::RequestGuard>,
}

pub(crate) fn router(state: State) -> Router {
    Router::new()
        .route("/v1/health", get(routes::system::health))
        .route("/v1/stats", get(routes::system::stats))
        .route("/v1/metrics", get(routes::system::metrics))
        .route("/v1/openapi.json", get(openapi::document))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/events", get(routes::events::list).post(routes::events::publish))
        .route("/v1/resend", post(routes::exports::edit_and_send))
        .route("/v1/events/{id}", get(routes::events::show))
        .route("/v1/events/{id}/why", get(routes::investigate::why))
        .route("/v1/event-types", get(routes::events::types))
        .route("/v1/templates", get(routes::subscriptions::templates))
        .route("/v1/subscriptions/preview", post(routes::subscriptions::preview))
        .route("/v1/event-types/{name}/fields", get(routes::investigate::shape))
        .route("/v1/compare", get(routes::investigate::compare))
        .route("/v1/outage", get(routes::investigate::outage))
        .route("/v1/alerts", get(routes::investigate::alerts))
        .route("/v1/alerts/acknowledge", post(routes::investigate::acknowledge_many))
        .route("/v1/alerts/{id}", get(routes::investigate::alert))
        .route("/v1/alerts/{id}/acknowledge", post(routes::investigate::acknowledge))
        .route("/v1/subscriptions", get(routes::subscriptions::list).post(routes::subscriptions::create))
        .route(
            "/v1/subscriptions/{id}",
            get(routes::subscriptions::show)
                .patch(routes::subscriptions::edit)
                .delete(routes::subscriptions::delete),
        )
        .route("/v1/subscriptions/{id}/test", post(routes::subscriptions::test))
        .route("/v1/subscriptions/{id}/rotate-secret", post(routes::subscriptions::rotate_secret))
        .route("/v1/subscriptions/{id}/reveal", post(routes::subscriptions::reveal))
        .route("/v1/subscriptions/{id}/repair", post(routes::subscriptions::repair))
        .route("/v1/subscriptions/{id}/accept", post(routes::subscriptions::accept))
        .route("/v1/subscriptions/{id}/pause", post(routes::subscriptions::pause))
        .route("/v1/subscriptions/{id}/resume", post(routes::subscriptions::resume))
        .route("/v1/subscriptions/{id}/recover", post(routes::operations::recover))
        .route("/v1/subscriptions/{id}/replay", post(routes::operations::replay))
        .route("/v1/operations", get(routes::operations::list))
        .route("/v1/operations/{id}", get(routes::operations::show))
        .route("/v1/operations/{id}/cancel", post(routes::operations::cancel))
        .route("/v1/retention", get(routes::maintenance::retention).patch(routes::maintenance::set_retention))
        .route("/v1/retention/run", post(routes::maintenance::run_retention))
        .route("/v1/erase", post(routes::maintenance::erase))
        .route("/v1/doctor", get(routes::maintenance::doctor))
        .route("/v1/pause", post(routes::system::pause))
        .route("/v1/resume", post(routes::system::resume))
        .route("/v1/filters/test", post(routes::filters::test))
        .route("/v1/sources", get(routes::sources::list).post(routes::sources::create))
        .route("/v1/sources/{id}", get(routes::sources::show).delete(routes::sources::delete))
        .route("/v1/received/{id}/replay", post(routes::sources::replay))
        .route("/v1/received/{id}/forward", post(routes::sources::forward))
        .route("/v1/receiver", get(routes::sources::reach).put(routes::sources::set_reach))
        .route("/v1/receiver/self-check", post(routes::sources::self_check))
        .route("/v1/check-receiver", post(routes::targets::check))
        .route("/v1/targets", get(routes::targets::list).post(routes::targets::start))
        .route("/v1/targets/{id}", get(routes::targets::requests).delete(routes::targets::stop))
        .route("/v1/brands", get(routes::brands::list).post(routes::brands::add))
        .route(
            "/v1/brands/{id}",
            get(routes::brands::show).patch(routes::brands::edit).delete(routes::brands::remove),
        )
        .route("/v1/brands/{id}/sync", post(routes::brands::sync))
        .route("/v1/brands/{id}/check", post(routes::brands::check))
        .route("/v1/brands/{id}/deliveries", get(routes::brands::log))
        .route("/v1/brands/{id}/webhooks/{webhook}", delete(routes::brands::delete_webhook))
        .route("/v1/brands/{id}/webhooks/{webhook}/adopt", post(routes::brands::adopt))
        .route("/v1/deliveries", get(routes::deliveries::list))
        .route("/v1/deliveries/retry", post(routes::deliveries::retry_matching))
        .route("/v1/deliveries/export", get(routes::exports::export))
        .route("/v1/deliveries/cancel", post(routes::deliveries::cancel_matching))
        .route("/v1/deliveries/{id}", get(routes::deliveries::show))
        .route("/v1/deliveries/{id}/bundle", get(routes::exports::bundle))
        .route("/v1/deliveries/{id}/retry", post(routes::deliveries::retry))
        .route("/v1/deliveries/{id}/cancel", post(routes::deliveries::cancel))
        .route("/v1/verify", post(routes::signatures::verify))
        .route("/v1/diagnose", post(routes::signatures::diagnose))
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(axum::middleware::from_fn_with_state(state.clone(), guard::guard))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(state)
}
