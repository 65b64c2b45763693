//! A platform's own API: how it is spoken, and the client that speaks it.

mod answer;
mod base_url;
mod client;
mod dialect;
mod error;

pub use answer::MAX_ANSWER_BYTES;
pub use base_url::parse_base_url;
pub use client::{
    ApiClient, ClientOptions, MAX_PAGES, RemoteDelivery, RemoteEventType, RemoteWebhook, TRIES, WebhookDraft,
};
pub use dialect::{
    ApiDialect, AuthHeader, CursorPaging, DeliveryFields, EventTypeFields, Fields, NumberPaging, Paging,
    Route, RouteError, Routes, WebhookFields, field_of, set_field,
};
pub use error::ApiError;
