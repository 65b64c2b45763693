//! Inbound webhooks: the limits of the listener, and the decision whether a request is accepted.
//! What is accepted is kept by whoever implements [`Intake`].

mod answer;
mod decide;
mod path;
mod postback;
mod rate;
mod refusal;
mod request;
mod server;

pub use answer::{InboundAnswer, RETRY_AFTER_S};
pub use decide::{AcceptedEvent, IntakeDecision, Rules, decide};
pub use path::{InboundPath, read_path};
pub use postback::{MASKED_KEY, without_key};
pub use rate::{REFUSED_BURST, REFUSED_PER_SECOND, RefusedRate};
pub use refusal::Refusal;
pub use request::{InboundBody, InboundRequest};
pub use server::{InboundLimits, Intake, serve_inbound};
