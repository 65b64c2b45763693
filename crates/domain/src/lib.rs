//! What an event, a subscription, a delivery, an attempt and a retry policy are.
//!
//! Everything here is pure: no clock, no randomness, no input or output. `now` and jitter come
//! in as arguments, so a year of outages is a unit test.

mod attempt;
mod credential;
mod delivery;
mod event;
mod event_type;
mod health;
mod id;
mod json;
mod network;
mod operation;
mod policy;
mod postback;
mod remote;
mod retry_after;
mod source;
mod status_class;
mod subscription;
mod time;

pub use attempt::{
    AttemptRecord, Body, Certificate, Connection, Outcome, RequestRecord, ResponseRecord, Timings, Trigger,
};
pub use credential::{
    MASK, fill, is_credential_header, is_credential_param, legible_mask, mask_header, mask_url, refill,
    split_url,
};
pub use delivery::{
    Delivery, DeliveryState, Effect, Failure, Finished, Held, INTERRUPTIONS_HELD, Lease, Pending, Resume,
    SkipReason, TransitionError,
};
pub use event::{EventDraft, EventError, KeptEvent, MAX_BODY_BYTES, Scope, parse_draft, same_content};
pub use event_type::{EventType, NameError, Pattern};
pub use health::{Breaker, BreakerRules, Health, Sign};
pub use id::{
    AlertId, AttemptId, BrandId, DeliveryId, EventId, IdError, OperationId, SourceId, SubscriptionId, Ulid128,
};
pub use json::{compact, same_json};
pub use network::{Network, NetworkError};
pub use operation::{
    Move, OPERATION_IN_A_ROW, OPERATION_RATE, OPERATION_SAMPLE, OPERATION_UNDER_WAY, OperationKind,
    OperationState, Tally, next_move,
};
pub use policy::{MAX_DELAY_MS, MAX_DELAYS, Next, PolicyError, PolicySpec, RetryPolicy, UNTIL_SUCCESSFUL_MS};
pub use postback::{FieldRule, PostbackError, PostbackMapping};
pub use remote::{
    Brand, BrandDefinition, BrandError, Heard, Listed, Putting, RemoteDefinition, RemoteRequest, RemoteState,
    RemoteSubscription, Rest, Turn,
};
pub use retry_after::{RETRY_AFTER_CAP_MS, parse_http_date, parse_retry_after};
pub use source::{MAX_SOURCE_NAME, Relay, RelayKind, Source, SourceDefinition, SourceError};
pub use status_class::{Class, Matcher};
pub use subscription::{
    AUTO_DISABLE_RANGE_MS, CustomHeader, Definition, DefinitionError, Kind, MAX_URL_CHARS, Method, Mode,
    RESERVED_HEADERS, Subscription, host_of, is_loopback_url, parse_target_url,
};
pub use time::{Timestamp, WhenError, parse_duration_ms, parse_when};
