//! A platform's own API: how it is spoken, and the client that speaks it.

mod answer;
mod client;
mod dialect;
mod error;

pub use client::{
    ApiClient, ClientOptions, MAX_ANSWER_BYTES, MAX_PAGES, RemoteDelivery, RemoteEventType, RemoteWebhook,
    TRIES, WebhookDraft, parse_base_url,
};
pub use dialect::{
    ApiDialect, AuthHeader, CursorPaging, DeliveryFields, EventTypeFields, Fields, NumberPaging, Paging,
    Route, RouteError, Routes, WebhookFields, field_of, set_field,
};
pub use error::ApiError;
