//! What an event, a subscription, a delivery, an attempt and a retry policy are.
//!
//! Everything here is pure: no clock, no randomness, no input or output. `now` and jitter come
//! in as arguments, so a year of outages is a unit test.

mod clock_trust;
mod delivery;
mod event;
mod id;
mod network;
mod operation;
mod rate;
mod reading;
mod source;
mod subscription;
mod time;

pub use clock_trust::{ClockTrust, Leap, Passed};
pub use delivery::attempt::{
    AttemptRecord, Body, Certificate, Connection, Outcome, RequestRecord, ResponseRecord, Timings, Trigger,
};
pub use delivery::policy::{
    MAX_DELAY_MS, MAX_DELAYS, Next, PolicyError, PolicySpec, RetryPolicy, UNTIL_SUCCESSFUL_MS,
};
pub use delivery::retry_after::{RETRY_AFTER_CAP_MS, parse_http_date, parse_retry_after};
pub use delivery::status_class::{Class, Matcher};
pub use delivery::{
    Delivery, DeliveryState, Effect, Failure, Finished, Held, INTERRUPTIONS_HELD, Lease, Pending, Resume,
    SkipReason, TransitionError,
};
pub use event::event_type::{EventType, NameError, Pattern};
pub use event::hops::{HOPS_HEADER, MAX_HOPS, hops_of};
pub use event::json::{compact, same_json};
pub use event::{EventDraft, EventError, MAX_BODY_BYTES, Scope, StoredEvent, parse_draft, same_content};
pub use id::{
    AlertId, AttemptId, BrandId, DeliveryId, EventId, IdError, OperationId, SourceId, SubscriptionId, Ulid128,
};
pub use network::address::{AddressRefusal, AddressRules, check_address, is_localhost, is_loopback_url};
pub use network::handles::HandleShares;
pub use network::{Network, NetworkError};
pub use operation::{
    Move, OPERATION_IN_A_ROW, OPERATION_RATE, OPERATION_SAMPLE, OPERATION_UNDER_WAY, OperationCounts,
    OperationKind, OperationState, next_move,
};
pub use rate::TokenBucket;
pub use reading::{ReadError, header_pairs, header_pairs_if_given, read_json, read_value};
pub use source::postback::{FieldRule, PostbackError, PostbackMapping};
pub use source::{MAX_SOURCE_NAME, Relay, RelayKind, Source, SourceDefinition, SourceError};
pub use subscription::credential::{
    MASK, fill, is_credential_header, is_credential_param, legible_mask, mask_header, mask_url, refill,
    split_url,
};
pub use subscription::health::{Breaker, BreakerRules, Health, Sign};
pub use subscription::remote::{
    Brand, BrandDefinition, BrandError, Heard, Listed, Putting, RemoteDefinition, RemoteRequest, RemoteState,
    RemoteSubscription, Rest, Turn,
};
pub use subscription::{
    AUTO_DISABLE_RANGE_MS, CustomHeader, Definition, DefinitionError, HOP_BY_HOP_HEADERS, Kind,
    MAX_URL_CHARS, Method, Mode, RESERVED_HEADERS, Subscription, host_of, parse_target_url,
};
pub use time::{Timestamp, WhenError, parse_duration_ms, parse_when};
